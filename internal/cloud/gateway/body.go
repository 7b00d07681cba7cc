package gateway

import (
	"errors"
	"io"
	"net/http"

	"github.com/fortlet/fortlet/internal/api"
)

// maxBody bounds the body of a request. The largest legal request of the JSON
// and query services is far below: a KMS key policy or an IAM simulation with
// all its documents.
const maxBody = 1 << 20

// promised is the most that is allocated on a client's word that so much will
// come. Beyond it memory grows with what has come.
const promised = 64 << 10

func errTooLarge() error {
	return api.Errorf("RequestEntityTooLargeException", http.StatusRequestEntityTooLarge, "The request body is larger than %d bytes.", maxBody)
}

// readBody reads the body, and refuses one that says or shows that it is too
// large before reading all of it.
func (x *exchange) readBody() (err error) {
	switch n := x.r.ContentLength; {
	case n == 0:
		return nil
	case n > maxBody:
		// The client may be sending still; the connection is of no more use.
		x.w.Header().Set("Connection", "close")
		return errTooLarge()
	case n > 0 && n <= promised:
		x.wire.Body = make([]byte, n)
		_, err = io.ReadFull(x.r.Body, x.wire.Body)
	default:
		x.wire.Body, err = x.readWhole(http.MaxBytesReader(x.w, x.r.Body, maxBody), n)
	}
	if err != nil {
		return bodyError(err)
	}
	return nil
}

// bodyError is the answer for a body that could not be read.
func bodyError(err error) error {
	var known *api.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &tooLarge):
		return errTooLarge()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return api.Errorf("RequestAbortedException", http.StatusBadRequest, "The request ended before its body did.").WithCause(err)
	}
	return api.Errorf("MalformedHttpRequestException", http.StatusBadRequest, "The request body cannot be read.").WithCause(err)
}
