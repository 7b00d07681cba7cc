package sigv4

import (
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// Payload is the body of a request to S3, on its way in. Its errors are
// *api.Error; after the first one there is nothing more to read.
type Payload interface {
	api.Payload
	// Size is how many bytes Read will give in all.
	Size() int64
	// Free gives the payload's memory back. Nothing may be read after it.
	Free()
}

// NewPayload checks a body while it is read, against a signature that Verify
// has found to be good. The signature is nil for a request that nobody has
// signed. Declared is what ContentSHA256 gave, and decides what is checked:
//
//	a hash                                      that the whole body has it, at its end
//	UNSIGNED-PAYLOAD                            its length
//	STREAMING-AWS4-HMAC-SHA256-PAYLOAD          every chunk before any byte of it is given
//	STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER  the same, and the trailing headers
//	STREAMING-UNSIGNED-PAYLOAD-TRAILER          the form of the chunks
//
// and in each case that all of it came, and no more.
func NewPayload(body io.Reader, r *Request, s *Signature, declared, secret string, keys *Keys) (Payload, error) {
	trailing := declared == StreamingPayloadTrailer || declared == StreamingUnsignedTrailer
	if len(r.Header[headerTrailer]) > 0 && !trailing {
		return nil, errAnnounced() // it cannot keep its promise
	}
	if !IsStreaming(declared) {
		return newPlain(body, r, declared)
	}
	size, err := decodedLength(r)
	if err != nil {
		return nil, err
	}
	c := &chunked{size: size, left: size, trailing: trailing}
	if c.announced, err = announced(r); err != nil {
		return nil, err
	}
	if declared != StreamingUnsignedTrailer {
		if s == nil || s.V2 {
			return nil, errContentSHA256(declared)
		}
		key, _ := keys.of(s.keyID(secret))
		c.signer = newChunkSigner(s, key)
	}
	c.start(body)
	return c, nil
}

const (
	headerDecodedLength = "X-Amz-Decoded-Content-Length"
	headerTrailer       = "X-Amz-Trailer"
)

// decodedLength is the length of the content of an aws-chunked body.
func decodedLength(r *Request) (int64, error) {
	values := r.Header[headerDecodedLength]
	if len(values) == 0 {
		return 0, errMissingLength()
	}
	n, err := strconv.ParseInt(values[0], 10, 64)
	if err != nil || n < 0 || len(values) > 1 || values[0][0] == '+' {
		e := api.Errorf("InvalidArgument", 400, "x-amz-decoded-content-length must be a number of bytes.")
		e.Fields = map[string]any{"ArgumentName": "x-amz-decoded-content-length", "ArgumentValue": clip(values[0])}
		return 0, e
	}
	return n, nil
}

// announced are the headers that will follow the chunks. S3 takes checksums
// there and nothing else.
func announced(r *Request) ([]string, error) {
	var names []string
	for _, value := range r.Header[headerTrailer] {
		for name := range strings.SplitSeq(value, ",") {
			a, ok := checksum.ParseHeader(strings.Trim(name, " \t"))
			if !ok || slices.Contains(names, a.Header()) {
				return nil, errAnnounced()
			}
			names = append(names, a.Header())
		}
	}
	return names, nil
}

func errAnnounced() error {
	return api.Errorf("InvalidRequest", 400, "The value specified in the x-amz-trailer header is not supported")
}

// maxTrailers bounds what can be sent: as many as can be announced.
var maxTrailers = len(checksum.Algorithms())

func errMissingLength() error {
	return api.Errorf("MissingContentLength", 411, "You must provide the Content-Length HTTP header.")
}

func errLength() *api.Error {
	return api.Errorf("IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header")
}

func errTerminated() *api.Error {
	return api.Errorf("IncompleteBody", 400, "The request body terminated unexpectedly")
}

// readError is the answer for a body that could not be read any further.
func readError(err error) error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e // of a reader below that knows better
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return api.Errorf("RequestTimeout", 400, "Your socket connection to the server was not read from or written to "+
			"within the timeout period. Idle connections will be closed.").WithCause(err)
	}
	return errTerminated().WithCause(err)
}
