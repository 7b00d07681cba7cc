package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxAnswer is the size of an answer past which an endpoint is not believed
// to be IAM. The largest page that AWS could give is a third of it: a thousand
// managed policies in five versions of 6,144 characters, each encoded in three.
const maxAnswer = 256 << 20

// errTooMuch is an answer larger than that.
var errTooMuch = errors.New("answer too large")

// bodies is an HTTP client that is careful with what goes out and comes in.
//
// Requests are sent from memory, in one piece. The SDK's own body is read once
// more after its last byte, to see its end. A cloud on the same machine can
// have answered by then, and the SDK have closed the body: net/http would take
// that for a broken connection, and the SDK wait and ask again.
type bodies struct {
	next  aws.HTTPClient
	limit int64 // of an answer, in bytes
}

func (b bodies) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := b.next.Do(r)
	if err == nil {
		resp.Body = &limitedBody{resp.Body, b.limit, b.limit}
	}
	return resp, err
}

// limitedBody ends with an error where io.LimitReader would pretend an end.
type limitedBody struct {
	io.ReadCloser
	limit, left int64
}

func (l *limitedBody) Read(p []byte) (int, error) {
	n, err := l.ReadCloser.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("%w: more than %d bytes", errTooMuch, l.limit)
	}
	return n, err
}
