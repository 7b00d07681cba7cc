package wire

import (
	"reflect"

	"github.com/fortlet/fortlet/internal/api"
)

// queryCodec speaks awsQuery: form in, XML out.
type queryCodec struct{}

func (queryCodec) Decode(op *api.Operation, r *Request) (any, error) {
	in := reflect.New(op.Input)
	plan := structureOf(op.Input)
	if len(plan.members) == 0 {
		return in.Interface(), nil
	}
	form, err := r.Form()
	if err != nil {
		return nil, err
	}
	root, err := form.tree()
	if err != nil {
		return nil, err
	}
	if err := root.structure(plan, in.Elem()); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

func (queryCodec) EncodeOutput(buf []byte, op *api.Operation, out any, requestID string) Response {
	buf = append(buf, '<')
	buf = append(buf, op.Name...)
	buf = append(buf, `Response xmlns="`...)
	buf = append(buf, op.Service.Namespace...)
	buf = append(buf, `">`...)
	if op.ResultWrapper != "" {
		buf = append(buf, '<')
		buf = append(buf, op.ResultWrapper...)
		buf = append(buf, '>')
		buf = xmlStyle{}.appendXMLStruct(buf, structureOf(op.Output), reflect.ValueOf(out).Elem())
		buf = append(buf, "</"...)
		buf = append(buf, op.ResultWrapper...)
		buf = append(buf, '>')
	}
	buf = append(buf, "<ResponseMetadata><RequestId>"...)
	buf = appendXMLText(buf, requestID)
	buf = append(buf, "</RequestId></ResponseMetadata></"...)
	buf = append(buf, op.Name...)
	buf = append(buf, "Response>"...)
	return respond(successStatus(op), "text/xml", requestID, buf)
}

func (queryCodec) EncodeError(buf []byte, svc *api.Service, _ *api.Operation, e *api.Error, requestID string) Response {
	buf = append(buf, `<ErrorResponse xmlns="`...)
	buf = append(buf, svc.Namespace...)
	buf = append(buf, `"><Error><Type>`...)
	buf = append(buf, e.Fault()...)
	buf = append(buf, "</Type><Code>"...)
	buf = appendXMLText(buf, e.Code)
	buf = append(buf, "</Code>"...)
	if e.Message != "" {
		buf = append(buf, "<Message>"...)
		buf = appendXMLText(buf, e.Message)
		buf = append(buf, "</Message>"...)
	}
	buf = appendXMLFields(buf, e.Fields)
	buf = append(buf, "</Error><RequestId>"...)
	buf = appendXMLText(buf, requestID)
	buf = append(buf, "</RequestId></ErrorResponse>"...)
	return respond(errorStatus(e), "text/xml", requestID, buf)
}
