// Package wire speaks the protocols of AWS: it turns requests into the
// generated input types of package api, and outputs and errors into responses.
//
// Each protocol is a Codec, found by For. What a codec needs to know of a type
// (wire names, constraints, what is sensitive) it reads once from the struct
// tags that tools/apigen wrote and keeps as a plan; see plan.go. Then there
// are, over the same plans, Validate, which checks an input against the
// constraints of the model, and AppendTrail and AppendRequestTrail, which write
// an input or output the way CloudTrail records it. Where a service has words
// of its own for all this, they are its dialect: see dialect.go and, for S3,
// s3.go.
//
// A request goes
//
//	in, err := codec.Decode(op, request) // may it be read?
//	err = wire.Validate(op, in)          // does it satisfy the model?
//	out, err := handler(ctx, in)
//	response := codec.EncodeOutput(buf, op, out, requestID)
//
// where every error is an *api.Error with AWS's code and wording, which
// EncodeError writes. No error repeats a value that the model marks sensitive.
package wire

import (
	"fmt"
	"io"
	"net/http"

	"github.com/fortlet/fortlet/internal/api"
)

// Codec is one protocol.
type Codec interface {
	// Decode makes the input of an operation from a request. It returns a
	// pointer to the operation's input type.
	Decode(op *api.Operation, r *Request) (in any, err error)
	// EncodeOutput makes the response of a call that succeeded; out is a
	// pointer to the operation's output type. The body is appended to buf.
	EncodeOutput(buf []byte, op *api.Operation, out any, requestID string) Response
	// EncodeError makes the response of a call that failed. The body is
	// appended to buf. Without an operation, as when it is not known, op is nil.
	EncodeError(buf []byte, svc *api.Service, op *api.Operation, e *api.Error, requestID string) Response
}

var codecs = map[api.Protocol]Codec{
	api.JSON10:   jsonCodec{contentType: "application/x-amz-json-1.0"},
	api.JSON11:   jsonCodec{contentType: "application/x-amz-json-1.1"},
	api.Query:    queryCodec{},
	api.RestXML:  restXMLCodec{},
	api.RestJSON: restJSONCodec{},
}

// For gives the codec of a protocol. It panics if there is none, since that is
// known as soon as a service is added.
func For(p api.Protocol) Codec {
	c, ok := codecs[p]
	if !ok {
		panic(fmt.Sprintf("wire: no codec for protocol %d", p))
	}
	return c
}

// Request is an HTTP request whose body has been read. Its strings and body
// must not change while it is in use.
type Request struct {
	Method   string
	Path     string // escaped, as it came
	RawQuery string
	Header   http.Header
	Body     []byte

	// Labels are the parts of the path that are parameters, unescaped, by their
	// name in the operation's path: REST protocols.
	Labels map[string]string
	// Payload is in place of Body for operations whose input has a streamed
	// member.
	Payload io.Reader

	form *Form // made on first use
}

// Response is what to answer. Header holds the fields that the protocol asks
// for, among them Content-Type, with their names as AWS writes them: some
// clients take the case of a user's metadata from there.
type Response struct {
	Status int
	Header []Field
	Body   []byte
	// Stream is the body, in place of Body, of outputs with a streamed member.
	// Who sends it closes it, if it is an io.Closer.
	Stream io.Reader
}

// Field is one header field.
type Field struct{ Name, Value string }

// requestIDField is the header under which most services give the request id.
const requestIDField = "X-Amzn-Requestid"

// respond makes a response with the header that all protocols here share.
func respond(status int, contentType, requestID string, body []byte) Response {
	return Response{
		Status: status,
		Header: []Field{{"Content-Type", contentType}, {requestIDField, requestID}},
		Body:   body,
	}
}

// successStatus is the HTTP status of an operation that succeeded.
func successStatus(op *api.Operation) int {
	if op.Status != 0 {
		return op.Status
	}
	return http.StatusOK
}
