package wire

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

const xmlDeclaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

func (restXMLCodec) EncodeOutput(buf []byte, op *api.Operation, out any, requestID string) Response {
	plan, v := structureOf(op.Output), reflect.ValueOf(out).Elem()
	e := restEncoder{op: op, plan: plan, v: v, style: xmlStyle{millis: isS3(op.Service)}}
	e.resp = Response{Status: successStatus(op), Header: appendRequestID(make([]Field, 0, 16), op.Service, requestID)}
	if plan.bound != nil {
		e.headers()
	}
	e.body(buf)
	return e.resp
}

// appendRequestID appends the fields that tell the id of the request. S3 has a
// second one, which is opaque.
func appendRequestID(fields []Field, svc *api.Service, id string) []Field {
	if !isS3(svc) {
		return append(fields, Field{requestIDField, id})
	}
	return append(fields, Field{"x-amz-request-id", id}, Field{"x-amz-id-2", hostID(id)})
}

// hostID is the second id of a request.
func hostID(requestID string) string {
	sum := sha256.Sum256([]byte(requestID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// restEncoder makes a response of the members of an output.
type restEncoder struct {
	op    *api.Operation
	plan  *structure
	v     reflect.Value
	style xmlStyle
	resp  Response
}

func (e *restEncoder) add(name, value string) {
	e.resp.Header = append(e.resp.Header, Field{name, value})
}

// headers writes the members that stand in the header, and the status. A part
// of a content has a status of its own.
func (e *restEncoder) headers() {
	b := e.plan.bound
	for _, i := range b.headers {
		m := &e.plan.members[i]
		f := e.v.Field(m.index)
		if m.absent(f) {
			continue
		}
		e.add(m.name, headerText(m, &m.shape, m.deref(f)))
		if m.name == "Content-Range" {
			e.resp.Status = http.StatusPartialContent
		}
	}
	if b.prefix >= 0 {
		e.prefixed(&e.plan.members[b.prefix])
	}
	if b.status >= 0 {
		m := &e.plan.members[b.status]
		if f := e.v.Field(m.index); !m.absent(f) {
			e.resp.Status = int(m.deref(f).Int())
		}
	}
}

// prefixed writes a map of which the keys are the ends of names. What cannot be
// printed is left out, and counted instead.
func (e *restEncoder) prefixed(m *member) {
	entries, _ := e.v.Field(m.index).Interface().(map[string]string)
	missing := 0
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if text, ok := encodeMetadata(entries[key]); ok {
			e.add(m.name+key, text)
		} else {
			missing++
		}
	}
	if missing > 0 {
		e.add("x-amz-missing-meta", strconv.Itoa(missing))
	}
}

// headerText is a value as it stands in a header field.
func headerText(m *member, s *shape, v reflect.Value) string {
	switch s.kind {
	case kindString, kindEnum:
		if s.tag.JSONValue {
			return base64.StdEncoding.EncodeToString([]byte(v.String()))
		}
		return v.String()
	case kindBool:
		return strconv.FormatBool(v.Bool())
	case kindInt:
		return strconv.FormatInt(v.Int(), 10)
	case kindFloat:
		return strconv.FormatFloat(v.Float(), 'g', -1, s.typ.Bits())
	case kindTime:
		var room [32]byte
		return string(appendTime(room[:0], timeOf(v), m.timeFormat(), true))
	case kindBlob:
		return base64.StdEncoding.EncodeToString(v.Bytes())
	case kindList:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = headerText(m, s.elem, v.Index(i))
		}
		return strings.Join(items, ",")
	}
	return ""
}

// body writes what of the output stands in the body.
func (e *restEncoder) body(buf []byte) {
	b := e.plan.bound
	switch {
	case b != nil && b.payload >= 0:
		m := &e.plan.members[b.payload]
		if f := e.v.Field(m.index); !m.absent(f) {
			e.payload(buf, m, m.deref(f))
		}
	case len(e.plan.byElement) == 0:
	case e.unwrapped():
		m := &e.plan.members[0]
		e.xml(buf, m.name, &m.shape, e.v.Field(m.index))
	default:
		e.xml(buf, cmp.Or(e.op.ResultWrapper, e.op.Name+"Result"), &shape{kind: kindStruct, fields: e.plan}, e.v)
	}
}

// unwrapped reports whether the only member is the root element itself, and not
// an element of that name within: GetBucketLocation.
func (e *restEncoder) unwrapped() bool {
	return len(e.plan.members) == 1 && e.plan.members[0].name == e.op.ResultWrapper
}

// payload writes the member that is the body.
func (e *restEncoder) payload(buf []byte, m *member, v reflect.Value) {
	switch m.kind {
	case kindStream:
		e.resp.Stream = v.Interface().(io.Reader)
		e.contentType("binary/octet-stream")
	case kindString:
		e.resp.Body = append(buf, v.String()...)
		e.contentType("application/json") // of all strings that AWS answers so
	case kindBlob:
		e.resp.Body = append(buf, v.Bytes()...)
		e.contentType("binary/octet-stream")
	default:
		e.xml(buf, m.name, &m.shape, v)
	}
}

// contentType says what the body is, unless a member does.
func (e *restEncoder) contentType(standard string) {
	for _, f := range e.resp.Header {
		if f.Name == "Content-Type" {
			return
		}
	}
	e.add("Content-Type", standard)
}

// xml writes a document with one root element.
func (e *restEncoder) xml(buf []byte, root string, s *shape, v reflect.Value) {
	buf = append(append(append(buf, xmlDeclaration...), '<'), root...)
	if ns := e.op.Service.Namespace; ns != "" {
		buf = append(append(append(buf, ` xmlns="`...), ns...), '"')
	}
	buf = append(buf, '>')
	open := len(buf)
	if buf = e.style.appendXML(buf, s, v); len(buf) == open {
		buf = append(buf[:open-1], "/>"...)
	} else {
		buf = append(append(append(buf, "</"...), root...), '>')
	}
	e.resp.Body = buf
	e.add("Content-Type", "application/xml")
}

func (restXMLCodec) EncodeError(buf []byte, svc *api.Service, op *api.Operation, e *api.Error, requestID string) Response {
	if !isS3(svc) {
		return queryCodec{}.EncodeError(buf, svc, op, e, requestID)
	}
	resp := Response{Status: errorStatus(e), Header: appendRequestID(make([]Field, 0, 8), svc, requestID)}
	bodiless := resp.Status == http.StatusNotModified
	buf = append(buf, xmlDeclaration+"<Error><Code>"...)
	buf = append(appendXMLText(buf, e.Code), "</Code><Message>"...)
	buf = append(appendXMLText(buf, e.Message), "</Message>"...)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		if bodiless || inErrorHeader(name) {
			resp.Header = append(resp.Header, Field{name, fieldText(e.Fields[name])})
			continue
		}
		buf = append(append(append(buf, '<'), name...), '>')
		buf = appendXMLText(buf, fieldText(e.Fields[name]))
		buf = append(append(append(buf, "</"...), name...), '>')
	}
	if bodiless {
		return resp
	}
	buf = append(appendXMLText(append(buf, "<RequestId>"...), requestID), "</RequestId><HostId>"...)
	resp.Body = append(append(buf, hostID(requestID)...), "</HostId></Error>"...)
	resp.Header = append(resp.Header, Field{"Content-Type", "application/xml"})
	return resp
}

// inErrorHeader reports whether a field of an error stands in the header of the
// answer. A hyphen alone does not tell: Content-MD5 and X-Amz-Expires are
// elements.
func inErrorHeader(name string) bool {
	return name == "Allow" || name == "Last-Modified" || strings.HasPrefix(name, "x-amz-")
}
