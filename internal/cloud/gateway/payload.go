package gateway

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// maxDocument bounds the body of a request to a REST service that is not a
// stream. The largest legal ones are the deletion of 1,000 objects with keys of
// 1,024 escaped characters and the list of the 10,000 parts of an upload.
const maxDocument = 8 << 20

// declare finds out what a request says of its body. Of services other than S3
// it says nothing until all of it is there.
func (x *exchange) declare() error {
	if x.service.SigningName != "s3" {
		return x.readBody()
	}
	var err error
	x.rest.declared, err = sigv4.ContentSHA256(x.signed, x.signature)
	return err
}

// readREST takes the body of a request that may be made: a document as a whole,
// a stream as a stream, what an operation has no use for not at all.
func (g *Gateway) readREST(x *exchange) error {
	kind := x.rest.restRoute.body
	switch {
	case x.rest.form != nil:
		x.rest.body.patient = true
		x.wire.Payload = x.rest.form.file
		return nil
	case x.rest.declared == "": // it has been read
		return nil
	case kind != bodyStream && isTrailing(x.rest.declared):
		return errInvalidRequest("The value of x-amz-content-sha256 header is invalid.")
	case kind == bodyIgnored:
		return nil
	}
	if err := x.checkLength(kind); err != nil {
		return err
	}
	payload, err := sigv4.NewPayload(x.rest.body, x.signed, x.signature, x.rest.declared, x.credential.Secret, &g.keys)
	if err != nil {
		return err
	}
	if kind == bodyStream {
		x.rest.body.patient = true
		x.rest.payload, x.wire.Payload = payload, payload
		x.wire.Header = decodedHeader(x.r.Header, payload.Size())
		return nil
	}
	defer payload.Free()
	return x.readDocument(payload)
}

// isTrailing reports whether checksums follow the body, which S3 takes with
// streams alone.
func isTrailing(declared string) bool {
	return declared == sigv4.StreamingPayloadTrailer || declared == sigv4.StreamingUnsignedTrailer
}

// readDocument reads a body as a whole.
func (x *exchange) readDocument(payload sigv4.Payload) error {
	if payload.Size() > maxDocument {
		return errTooBig()
	}
	body, err := x.readWhole(payload, payload.Size())
	if err != nil {
		return err
	}
	x.wire.Body = body
	x.call.Size += len(body)
	return x.checkDigests(body)
}

func errTooBig() error {
	e := api.Errorf("MaxMessageLengthExceeded", http.StatusBadRequest, "Your request was too big.")
	e.Fields = map[string]any{"MaxMessageLengthBytes": strconv.Itoa(maxDocument)}
	return e
}

// checkLength refuses a body that does not say how long it is. S3 takes the
// chunks of HTTP only around chunks of its own, which tell the length.
func (x *exchange) checkLength(kind bodyKind) error {
	switch {
	case sigv4.IsStreaming(x.rest.declared):
		return nil
	case x.r.ContentLength < 0:
		e := api.Errorf("NotImplemented", http.StatusNotImplemented, "A header you provided implies functionality that is not implemented")
		e.Fields = map[string]any{"Header": "Transfer-Encoding"}
		return e
	case x.r.ContentLength == 0 && kind == bodyStream && len(x.r.Header["Content-Length"]) == 0:
		return api.Errorf("MissingContentLength", http.StatusLengthRequired, "You must provide the Content-Length HTTP header.")
	}
	return nil
}

// decodedHeader is the header as it is of the content alone: with its length,
// and without the encoding in which it came.
func decodedHeader(h http.Header, size int64) http.Header {
	length := strconv.FormatInt(size, 10)
	encodings := h["Content-Encoding"]
	if h.Get("Content-Length") == length && len(encodings) == 0 {
		return h
	}
	h = maps.Clone(h)
	h["Content-Length"] = []string{length}
	if len(encodings) > 0 {
		delete(h, "Content-Encoding")
		if left := withoutChunks(encodings); left != "" {
			h["Content-Encoding"] = []string{left}
		}
	}
	return h
}

// withoutChunks takes aws-chunked out of a list of encodings.
func withoutChunks(encodings []string) string {
	var left []string
	for _, list := range encodings {
		for e := range strings.SplitSeq(list, ",") {
			if e = strings.TrimSpace(e); e != "" && !strings.EqualFold(e, "aws-chunked") {
				left = append(left, e)
			}
		}
	}
	return strings.Join(left, ",")
}
