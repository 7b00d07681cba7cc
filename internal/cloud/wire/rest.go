package wire

import (
	"bytes"
	"io"
	"reflect"

	"github.com/fortlet/fortlet/internal/api"
)

// restXMLCodec speaks restXml: members in the path, the query, the headers and
// an XML body, and so back. Where S3 has an answer of its own, the service does.
type restXMLCodec struct{}

func (restXMLCodec) Decode(op *api.Operation, r *Request) (any, error) {
	in := reflect.New(op.Input)
	d := restDecoder{plan: structureOf(op.Input), v: in.Elem(), words: dialects[op.Service.Name].refuse, uri: malformedURI, hoists: true}
	if d.words == nil {
		d.words = refuseArgument
	}
	if err := d.bound(r); err != nil {
		return nil, err
	}
	if err := d.body(op, r); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

// body decodes what of the input stands in the body.
func (d *restDecoder) body(op *api.Operation, r *Request) error {
	b := d.plan.bound
	if b == nil || b.payload < 0 {
		if len(r.Body) == 0 || len(d.plan.byElement) == 0 {
			return nil
		}
		if err := decodeXML(r.Body, op.Name+"Request", &shape{kind: kindStruct, fields: d.plan}, d.v); err != nil {
			return malformedXML().WithCause(err)
		}
		return nil
	}
	m := &d.plan.members[b.payload]
	f := d.v.Field(m.index)
	switch {
	case m.kind == kindStream:
		f.Set(reflect.ValueOf(streamOf(r)))
	case len(bytes.TrimSpace(r.Body)) == 0:
	case m.kind == kindString:
		m.settable(f).SetString(string(r.Body))
	case m.kind == kindBlob:
		f.SetBytes(bytes.Clone(r.Body))
	default:
		if err := decodeXML(r.Body, m.name, &m.shape, f); err != nil {
			return malformedDocument(m).WithCause(err)
		}
	}
	return nil
}

// streamOf is the body of a request as a stream, which is empty for want of any.
func streamOf(r *Request) io.Reader {
	if r.Payload != nil {
		return r.Payload
	}
	return bytes.NewReader(r.Body)
}
