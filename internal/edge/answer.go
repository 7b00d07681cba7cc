package edge

import (
	"net/http"
	"time"
)

// answer is the way back to the client.
type answer struct {
	http.ResponseWriter
	patience patience
	// eager says that a limit that passes ends the stream even while nothing is
	// being written, as in HTTP/2. It must then be lifted while the origin thinks.
	eager   bool
	status  int
	written int64
	failed  bool // the client takes no more
}

func newAnswer(w http.ResponseWriter, r *http.Request, stall time.Duration) answer {
	a := answer{
		ResponseWriter: w, eager: r.ProtoMajor >= 2,
		patience: patience{set: http.NewResponseController(w).SetWriteDeadline, stall: stall},
	}
	if !a.eager {
		// The last request's limit may be over, and net/http is yet to write a
		// "100 Continue".
		a.patience.renew()
	}
	return a
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if status >= 200 && a.status == 0 {
		a.status = status
	}
	defer a.limit()()
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	defer a.limit()()
	n, err := a.ResponseWriter.Write(p)
	a.written += int64(n)
	a.failed = a.failed || err != nil
	return n, err
}

// FlushError sends what there is.
func (a *answer) FlushError() error {
	defer a.limit()()
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// limit bounds a write; the function it gives is called after it.
func (a *answer) limit() func() {
	a.patience.renew()
	if a.eager {
		return a.patience.release
	}
	return func() {}
}

// last bounds what net/http writes once the handler has returned.
func (a *answer) last() {
	a.patience.next = time.Time{}
	a.patience.renew()
}

// Unwrap lets http.ResponseController find the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
