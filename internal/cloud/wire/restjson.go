package wire

import (
	"bytes"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// restJSONCodec speaks restJson1: members in the path, the query, the headers
// and a JSON body, and so back. What is not well formed is a
// SerializationException, wherever it stands.
type restJSONCodec struct{}

const contentJSON = "application/json"

// errorTypeField is the header that has the code of an error.
const errorTypeField = "X-Amzn-Errortype"

func (restJSONCodec) Decode(op *api.Operation, r *Request) (any, error) {
	in := reflect.New(op.Input)
	d := restDecoder{plan: structureOf(op.Input), v: in.Elem(), words: refuseText, uri: refuseQuery}
	if err := d.bound(r); err != nil {
		return nil, err
	}
	if err := d.jsonBody(r); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

// refuseText answers for the text of a header, a parameter or a part of the path
// that is no value of its type.
func refuseText(m *member, _ string) error {
	return serialization("%s can not be converted to %s", m.name, javaName(&m.shape))
}

func refuseQuery() error { return serialization("the query string is not well formed") }

// jsonBody decodes what of the input stands in the body. No body is an empty
// one.
func (d *restDecoder) jsonBody(r *Request) error {
	j := jsonDecoder{buf: r.Body, request: d.plan}
	b := d.plan.bound
	switch {
	case b != nil && b.payload >= 0:
		m := &d.plan.members[b.payload]
		return j.payload(m, d.v.Field(m.index), r)
	case len(bytes.TrimSpace(r.Body)) == 0, !d.plan.inBody():
		return nil
	}
	return j.document(d.plan, d.v)
}

// inBody reports whether an input or output has members in its body.
func (s *structure) inBody() bool {
	return slices.ContainsFunc(s.members, func(m member) bool { return m.tag.Location == "" })
}

// payload decodes the member that is the body.
func (d *jsonDecoder) payload(m *member, f reflect.Value, r *Request) error {
	switch {
	case m.kind == kindStream:
		f.Set(reflect.ValueOf(streamOf(r)))
	case len(r.Body) == 0:
	case m.kind == kindString:
		m.settable(f).SetString(string(r.Body))
	case m.kind == kindBlob:
		f.SetBytes(bytes.Clone(r.Body))
	case d.peek() == 'n':
		return d.whole(d.literal("null"))
	default:
		return d.whole(d.value(&m.shape, f))
	}
	return nil
}

func (restJSONCodec) EncodeOutput(buf []byte, op *api.Operation, out any, requestID string) Response {
	plan, v := structureOf(op.Output), reflect.ValueOf(out).Elem()
	e := restEncoder{op: op, plan: plan, v: v}
	e.resp = Response{Status: successStatus(op), Header: append(make([]Field, 0, 8), Field{requestIDField, requestID})}
	if plan.bound != nil {
		e.headers()
	}
	e.jsonBody(buf)
	return e.resp
}

// jsonBody writes what of the output stands in the body, which has nothing at
// all, not even {}, where there is nothing to say.
func (e *restEncoder) jsonBody(buf []byte) {
	b := e.plan.bound
	switch {
	case b != nil && b.payload >= 0:
		m := &e.plan.members[b.payload]
		if f := e.v.Field(m.index); !m.absent(f) {
			e.jsonPayload(buf, m, m.deref(f))
		}
		return
	case e.plan.inBody():
		buf = appendJSONMembers(buf, e.plan, e.v, true)
	}
	e.resp.Body = buf
	e.contentType(contentJSON)
}

// jsonPayload writes the member that is the body.
func (e *restEncoder) jsonPayload(buf []byte, m *member, v reflect.Value) {
	switch m.kind {
	case kindStream:
		e.resp.Stream = v.Interface().(io.Reader)
		e.contentType("application/octet-stream")
	case kindString, kindEnum:
		e.resp.Body = append(buf, v.String()...)
		e.contentType("text/plain")
	case kindBlob:
		e.resp.Body = append(buf, v.Bytes()...)
		e.contentType("application/octet-stream")
	default:
		e.resp.Body = appendJSON(buf, &m.shape, v)
		e.contentType(contentJSON)
	}
}

// EncodeError has the code in the header, where the clients look first. Fields
// that have the name of a header stand there: the Retry-After of a throttled
// call.
func (restJSONCodec) EncodeError(buf []byte, _ *api.Service, _ *api.Operation, e *api.Error, requestID string) Response {
	resp := respond(errorStatus(e), contentJSON, requestID, nil)
	resp.Header = append(resp.Header, Field{errorTypeField, e.Code})
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		if strings.Contains(name, "-") {
			resp.Header = append(resp.Header, Field{name, fieldText(e.Fields[name])})
		}
	}
	resp.Body = append(appendErrorMembers(append(buf, '{'), e), '}')
	return resp
}
