package edge

import (
	"io"
	"net/http"
	"time"
)

// patience moves a time limit for as long as there is progress: a long body may
// take its time, one that does not move may not.
type patience struct {
	set   func(time.Time) error // nil: there is no limit
	stall time.Duration
	next  time.Time
}

// renew moves the limit, once in a second at most: it costs more than many a
// read.
func (p *patience) renew() {
	if p.set == nil {
		return
	}
	if now := time.Now(); now.After(p.next) {
		if p.set(now.Add(p.stall)) != nil {
			p.set = nil // a connection that knows no limits, as in tests
			return
		}
		p.next = now.Add(min(time.Second, p.stall/4))
	}
}

// release lifts the limit.
func (p *patience) release() {
	if p.set != nil {
		_ = p.set(time.Time{}) // of a connection that is gone
		p.next = time.Time{}
	}
}

// clientBody is the body of a request as it comes in.
type clientBody struct {
	io.ReadCloser
	patience patience
	empty    bool // known to have no byte
	first    []byte
	err      error
}

func newClientBody(w http.ResponseWriter, r *http.Request, stall time.Duration) *clientBody {
	b := &clientBody{ReadCloser: r.Body, empty: r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0}
	if b.empty {
		b.ReadCloser = http.NoBody
		return b
	}
	b.patience = patience{set: http.NewResponseController(w).SetReadDeadline, stall: stall}
	// Also for a request that is refused unread: net/http then reads on for a bit.
	b.patience.renew()
	return b
}

// peek reports whether there is anything in the body.
func (b *clientBody) peek() (bool, error) {
	if b.empty {
		return false, nil
	}
	var one [1]byte
	_, err := io.ReadFull(b, one[:])
	switch err {
	case nil:
		b.first = one[:]
		return true, nil
	case io.EOF:
		b.empty = true
		return false, nil
	}
	return false, err
}

// Read implements io.Reader.
func (b *clientBody) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(b.first) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	b.patience.renew()
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.err = err
		if err == io.EOF {
			// From here on the origin may take its time, and net/http would take a
			// limit that passes for a client that leaves.
			b.patience.release()
		} else {
			b.err = &readError{err}
		}
	}
	return n, b.err
}

// readError is a body that could not be read from the client.
type readError struct{ error }

// Unwrap gives the error of net/http.
func (e *readError) Unwrap() error { return e.error }
