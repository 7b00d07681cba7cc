package sigv4

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// PostPolicy is what the signer of a presigned POST allows others to upload.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
type PostPolicy struct {
	expiration time.Time
	conditions []postCondition
	// What the file may be in size.
	minimum, maximum int64
}

// postCondition is a condition on one field of the form.
type postCondition struct {
	name   string // of the field, in lower case; "" for one that nothing meets
	value  string
	prefix bool   // value is what the field starts with
	text   string // as it is shown
}

func invalidPolicy(format string, args ...any) *api.Error {
	return api.Errorf("InvalidPolicyDocument", 400, "Invalid Policy: "+format, args...)
}

func policyDenied(format string, args ...any) *api.Error {
	return api.Errorf("AccessDenied", 403, "Invalid according to Policy: "+format, args...)
}

// Policy reads the policy that a presigned POST has signed.
func (s *Signature) Policy() (*PostPolicy, error) { return ParsePostPolicy(s.policy) }

// ParsePostPolicy reads the policy of a form.
func ParsePostPolicy(encoded string) (*PostPolicy, error) {
	document, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, invalidPolicy("invalid Base64 encoding.")
	}
	var parts map[string]json.RawMessage // names are told apart by their case
	if err := json.Unmarshal(dollars(document), &parts); err != nil || parts == nil {
		return nil, invalidPolicy("Invalid JSON.")
	}
	for name := range parts {
		if name != "expiration" && name != "conditions" {
			return nil, invalidPolicy("Unexpected: '%s'", clip(name))
		}
	}
	p := &PostPolicy{maximum: math.MaxInt64}
	if err := p.parseExpiration(parts["expiration"]); err != nil {
		return nil, err
	}
	if err := p.parseConditions(parts["conditions"]); err != nil {
		return nil, err
	}
	return p, nil
}

// dollars takes the backslash away from an escaped dollar sign, which the
// policy's documentation demands and JSON does not know.
func dollars(document []byte) []byte {
	if !bytes.Contains(document, []byte(`\$`)) {
		return document
	}
	out := make([]byte, 0, len(document))
	for i := 0; i < len(document); i++ {
		if document[i] == '\\' && i+1 < len(document) {
			if i++; document[i] != '$' {
				out = append(out, '\\')
			}
		}
		out = append(out, document[i])
	}
	return out
}

func (p *PostPolicy) parseExpiration(raw json.RawMessage) error {
	if raw == nil {
		return invalidPolicy("Policy missing expiration.")
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return invalidPolicy("Invalid JSON.")
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", text) // Parse takes fractions, too
	if err != nil {
		return invalidPolicy("Invalid 'expiration' value: '%s'", clip(text))
	}
	p.expiration = t
	return nil
}

func (p *PostPolicy) parseConditions(raw json.RawMessage) error {
	if raw == nil {
		return invalidPolicy("Policy missing conditions.")
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return invalidPolicy("Invalid 'conditions' value: must be a List.")
	}
	for _, c := range list {
		var err error
		switch c[0] {
		case '{':
			err = p.parseSimple(c)
		case '[':
			err = p.parseList(c)
		default:
			err = invalidPolicy("Invalid condition test: must be a List or Object.")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseSimple reads {"acl": "public-read"}.
func (p *PostPolicy) parseSimple(raw json.RawMessage) error {
	var members map[string]any
	if json.Unmarshal(raw, &members) != nil {
		return invalidPolicy("Invalid JSON.")
	}
	if len(members) != 1 {
		return invalidPolicy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
	}
	for name, v := range members {
		value, ok := v.(string)
		if !ok {
			return invalidPolicy("Invalid Simple-Condition: value must be a string.")
		}
		text := `["eq", ` + strconv.Quote("$"+name) + ", " + strconv.Quote(value) + "]"
		p.conditions = append(p.conditions, postCondition{name: strings.ToLower(name), value: value, text: text})
	}
	return nil
}

// parseList reads ["starts-with", "$key", "user/"].
func (p *PostPolicy) parseList(raw json.RawMessage) error {
	var list []any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&list) != nil {
		return invalidPolicy("Invalid JSON.")
	}
	if len(list) == 0 {
		return invalidPolicy("Invalid Condition: missing operation identifier.")
	}
	operation, _ := list[0].(string)
	lower := strings.ToLower(operation)
	switch lower {
	case "eq", "starts-with", "content-length-range":
	default:
		return invalidPolicy("Invalid Condition: unknown operation '%s'.", clip(operation))
	}
	if len(list) != 3 {
		return invalidPolicy("Invalid %s: wrong number of arguments.", operation)
	}
	if lower == "content-length-range" {
		return p.parseRange(list[1], list[2])
	}
	operand, ok1 := list[1].(string)
	value, ok2 := list[2].(string)
	if !ok1 || !ok2 {
		return invalidPolicy("Invalid JSON.")
	}
	c := postCondition{value: value, prefix: lower == "starts-with", text: string(raw)}
	if name, ok := strings.CutPrefix(operand, "$"); ok {
		c.name = strings.ToLower(name)
	}
	p.conditions = append(p.conditions, c)
	return nil
}

// parseRange narrows the range of sizes. Every one of several counts.
func (p *PostPolicy) parseRange(low, high any) error {
	minimum, ok1 := length(low)
	maximum, ok2 := length(high)
	if !ok1 || !ok2 {
		return invalidPolicy("Invalid JSON.")
	}
	p.minimum, p.maximum = max(p.minimum, minimum), min(p.maximum, maximum)
	return nil
}

// length reads a length, which many clients write as a string.
func length(v any) (int64, bool) {
	text, ok := v.(string)
	if number, isNumber := v.(json.Number); isNumber {
		text, ok = number.String(), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil && n >= 0
}
