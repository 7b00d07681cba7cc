package api

import (
	"fmt"
	"strconv"
	"strings"
)

// The keys of the struct tags on generated types. Every member has TagMember.
// What the model says of the elements below a member stands under TagElem
// (elements of a list, values of a map) and TagKey (keys of a map), and for
// deeper levels under the joined keys: "elem.elem" for a list of lists.
const (
	TagMember = "api"
	TagElem   = "elem"
	TagKey    = "key"
)

// Tag is what a struct tag says. Its text is a wire name followed by options,
// all separated by commas; an option is a word or word=value. The pattern
// stands last, since it may hold commas itself:
//
//	api:"UserName,required,min=1,max=64,pattern=[\\w+=,.@-]+"
type Tag struct {
	Name string // wire name; empty for elements that have the standard one

	Required         bool
	Sensitive        bool // never to be logged or echoed
	IdempotencyToken bool
	Flattened        bool // a list or map without an element around it, in XML and query
	XMLAttribute     bool
	JSONValue        bool // a string that holds JSON, in headers

	Location        string // of REST: header, headers, uri, querystring, statusCode, payload
	QueryName       string // name in EC2 requests, where it differs
	TimestampFormat string // iso8601, rfc822, unixTimestamp; empty for the protocol's own
	XMLPrefix       string
	XMLNamespace    string

	// Min and Max bound the length of strings, blobs, lists and maps, and the
	// value of numbers.
	Min, Max *float64
	Pattern  string // for CompilePattern
}

// ParseTag reads the text of one tag.
func ParseTag(text string) (Tag, error) {
	var t Tag
	t.Name, text, _ = strings.Cut(text, ",")
	for text != "" {
		if pattern, ok := strings.CutPrefix(text, "pattern="); ok {
			t.Pattern = pattern
			break
		}
		var option string
		option, text, _ = strings.Cut(text, ",")
		if err := t.set(option); err != nil {
			return Tag{}, err
		}
	}
	return t, nil
}

func (t *Tag) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "required":
		t.Required = true
	case "sensitive":
		t.Sensitive = true
	case "idempotencyToken":
		t.IdempotencyToken = true
	case "flattened":
		t.Flattened = true
	case "xmlAttribute":
		t.XMLAttribute = true
	case "jsonvalue":
		t.JSONValue = true
	case "location":
		t.Location = value
	case "queryName":
		t.QueryName = value
	case "timestampFormat":
		t.TimestampFormat = value
	case "xmlPrefix":
		t.XMLPrefix = value
	case "xmlNamespace":
		t.XMLNamespace = value
	case "min", "max":
		bound, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("tag option %q: %w", option, err)
		}
		if name == "min" {
			t.Min = &bound
		} else {
			t.Max = &bound
		}
	default:
		return fmt.Errorf("unknown tag option %q", option)
	}
	return nil
}

// Enum is what the generated enumerations have in common.
type Enum interface {
	// Values lists what the model allows, in its order.
	Values() []string
}
