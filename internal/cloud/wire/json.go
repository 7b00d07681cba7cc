package wire

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// jsonCodec speaks awsJson 1.0 and 1.1, which differ by content type alone.
type jsonCodec struct{ contentType string }

func (jsonCodec) Decode(op *api.Operation, r *Request) (any, error) {
	in := reflect.New(op.Input)
	plan := structureOf(op.Input)
	if len(r.Body) == 0 && len(plan.members) == 0 {
		return in.Interface(), nil
	}
	d := jsonDecoder{buf: r.Body}
	if err := d.document(plan, in.Elem()); err != nil {
		return nil, err
	}
	return in.Interface(), nil
}

func (c jsonCodec) EncodeOutput(buf []byte, op *api.Operation, out any, requestID string) Response {
	// AWS answers nothing at all, not even {}, where there is nothing to say.
	if plan := structureOf(op.Output); len(plan.members) > 0 {
		buf = appendJSONStruct(buf, plan, reflect.ValueOf(out).Elem())
	}
	return respond(successStatus(op), c.contentType, requestID, buf)
}

func (c jsonCodec) EncodeError(buf []byte, _ *api.Service, _ *api.Operation, e *api.Error, requestID string) Response {
	buf = append(buf, `{"__type":`...)
	buf = appendJSONString(buf, e.Code)
	buf = appendErrorMembers(buf, e)
	buf = append(buf, '}')
	return respond(errorStatus(e), c.contentType, requestID, buf)
}

// appendErrorMembers appends the message of an error and its fields, into an
// object whose brace is open, but for those that have the name of a header.
func appendErrorMembers(b []byte, e *api.Error) []byte {
	if e.Message != "" {
		b = appendErrorMember(b, messageName(e.Code), appendJSONString(nil, e.Message))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		value, err := json.Marshal(e.Fields[name])
		if err != nil || strings.Contains(name, "-") {
			continue // a field that cannot be written must not hide the error
		}
		b = appendErrorMember(b, name, value)
	}
	return b
}

func appendErrorMember(b []byte, name string, value []byte) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(appendJSONString(b, name), ':')
	return append(b, value...)
}

// messageName is the member that holds an error's message. Errors of the
// service and of authentication have it in lower case, as the models do; the
// two of the framework before and behind them do not.
func messageName(code string) string {
	switch code {
	case "SerializationException", "AccessDeniedException":
		return "Message"
	}
	return "message"
}

// errorStatus is the HTTP status of an error; one that was made without any is
// ours.
func errorStatus(e *api.Error) int {
	if e.Status == 0 {
		return http.StatusInternalServerError
	}
	return e.Status
}
