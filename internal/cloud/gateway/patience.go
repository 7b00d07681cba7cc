package gateway

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// How long clients are waited for. A request must have arrived, and its answer
// be taken, within a time that does for all but the streams of REST services.
// Those go on for as long as they make progress: a body of 5 GiB over a slow
// line takes hours.
const (
	headerTime  = 10 * time.Second
	requestTime = time.Minute
	answerTime  = 2 * time.Minute // from the end of the header: reading the body counts
	idleTime    = 2 * time.Minute // between two requests
	stallTime   = time.Minute     // amid a stream
)

// maxHeaderBytes leaves room for session tokens, which travel in headers.
const maxHeaderBytes = 128 << 10

// NewServer makes the HTTP server that a Gateway is made for: its time limits
// are those that the gateway knows how to stretch.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
		// "OPTIONS *" is no exception to the rule that nobody is answered unsigned.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// deadlines are the time limits of a connection, as far as it has any: those
// of net/http have, a test's recorder has not.
type deadlines interface {
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// patience moves a time limit for as long as there is progress. It does so once
// in a second, since that costs more than most reads and writes.
type patience struct {
	set  func(time.Time) error // nil: there is no limit
	next time.Time
}

func (p *patience) renew() {
	if p.set == nil {
		return
	}
	if now := time.Now(); now.After(p.next) {
		// An error is a connection that is gone, as the next read will tell.
		_ = p.set(now.Add(stallTime))
		p.next = now.Add(time.Second)
	}
}

// requestBody is the body of a request to a REST service, as it comes in.
type requestBody struct {
	r io.Reader
	// patient is set for a stream: as long as it goes on, it is waited for. Until
	// then the time limit is that of all requests.
	patient  bool
	patience patience
	length   int64 // -1 is unknown
	read     int64
	ended    bool
	broken   bool // there is nothing more to be had from the client
}

func newRequestBody(w http.ResponseWriter, r *http.Request) *requestBody {
	b := &requestBody{r: r.Body, length: r.ContentLength, ended: r.ContentLength == 0}
	if d, ok := w.(deadlines); ok {
		b.patience.set = d.SetReadDeadline
	}
	if b.ended {
		b.release()
	}
	return b
}

// Read implements io.Reader. Its errors are in the words of S3.
func (b *requestBody) Read(p []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	if b.patient {
		b.patience.renew()
	}
	n, err := b.r.Read(p)
	b.read += int64(n)
	switch err {
	case nil:
		return n, nil
	case io.EOF:
		b.ended = true
		b.release()
		return n, err
	}
	b.broken = true
	return n, streamError(err)
}

// release lifts the limit from reading: the work that is left may take its
// time, and net/http would take a limit that passes for a client that leaves.
func (b *requestBody) release() {
	if b.patience.set != nil {
		_ = b.patience.set(time.Time{})
	}
}

// left is how much of the body has not been read, at most; -1 is unknown.
func (b *requestBody) left() int64 {
	switch {
	case b.ended:
		return 0
	case b.length < 0:
		return -1
	}
	return b.length - b.read
}

// streamError is the answer for a body that stopped coming.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func streamError(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return api.Errorf("RequestTimeout", http.StatusBadRequest,
			"Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.").WithCause(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return api.Errorf("IncompleteBody", http.StatusBadRequest,
			"You did not provide the number of bytes specified by the Content-Length HTTP header").WithCause(err)
	}
	return api.Errorf("IncompleteBody", http.StatusBadRequest, "The request body terminated unexpectedly").WithCause(err)
}
