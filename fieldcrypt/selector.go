package fieldcrypt

import (
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/textbody"
)

// A Selector chooses fields of payloads.
//
//	ssn                   the field of that name: at any depth of a JSON or XML
//	                      body, in a form, in a multipart form and in the query
//	json:$.person.ssn     one member; $.people[*].ssn and $.people.*.ssn one of each,
//	                      $.people[0].ssn of the first, $..ssn at any depth,
//	                      $['odd name'] and $["odd name"] for names that are not words
//	form:ssn              a field of a form; form:user[ssn] a nested one
//	multipart:ssn         a field of a multipart form
//	query:ssn             a parameter of the query
//	header:X-Ssn          a header field
//	xml:/person/ssn       an element; /person/@ssn an attribute, //ssn and //@ssn
//	                      at any depth, /people/*/ssn below any element
//	text:pan              card numbers in text/plain; also iban, ssn and email
//	any:pan               the same in every value of every body and of the query
//
// Names are compared loosely, because the origin may do so too: case does not
// count, nor do '-' and '_'. Names of forms, multipart forms and queries choose
// the ways that frameworks nest and repeat fields as well: ssn chooses ssn[],
// ssn[0], user[ssn] and user.ssn, and members of JSON with such names are read as
// a path where a path selects them. XML names are compared without their prefixes.
//
// A name alone is the safest choice: an origin that reads a field of a form will
// often take it from the query, or from JSON, as well.
//
// A JSON object or array that is chosen is sealed as a whole, and so is the
// content of an XML element; its attributes are not.
type Selector struct {
	text   string
	format format
	path   []body.Step // json, xml
	name   string      // form, multipart, query, header; and of a bare name
	find   func(text []byte, from int) (start, end int)
}

// String is the selector as it was written.
func (s Selector) String() string { return s.text }

// ParseSelector reads a selector.
func ParseSelector(text string) (Selector, error) {
	s := Selector{text: text}
	kind, rest, found := strings.Cut(text, ":")
	if !found {
		return s, s.bare()
	}
	var err error
	switch kind {
	case "json":
		s.format = formatJSON
		s.path, err = parseJSONPath(rest)
	case "xml":
		s.format = formatXML
		s.path, err = parseXMLPath(rest)
	case "form", "multipart", "query":
		s.format = map[string]format{"form": formatForm, "multipart": formatMultipart, "query": formatQuery}[kind]
		s.name, err = rest, checkName(rest)
	case "header":
		s.format = formatHeader
		s.name, err = rest, checkHeader(rest)
	case "text", "any":
		s.format = map[string]format{"text": formatText, "any": formatAny}[kind]
		var ok bool
		if s.find, ok = textbody.Lookup(rest); !ok {
			err = fmt.Errorf("no pattern is called %q: there are pan, iban, ssn and email", rest)
		}
	default:
		err = fmt.Errorf("no kind of selector is called %q", kind)
	}
	if err != nil {
		return s, fmt.Errorf("selector %q: %w", text, err)
	}
	return s, nil
}

// bare makes a selector of a name alone.
func (s *Selector) bare() error {
	s.format, s.name = formatBare, s.text
	if err := checkName(s.text); err != nil {
		return fmt.Errorf("selector %q: %w", s.text, err)
	}
	if i := strings.IndexAny(s.text, "$/@*[].'\" "); i >= 0 {
		return fmt.Errorf("selector %q: %q in a name: json:, xml: or form: has to say what it means", s.text, s.text[i])
	}
	return nil
}

// checkName refuses names that no field can have, or that fold to nothing.
func checkName(name string) error {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '�' }) {
		return fmt.Errorf("name %q has control characters", name)
	}
	if body.NewNames([][]string{{name}}) == nil {
		return fmt.Errorf("name %q has no letters or digits", name)
	}
	return nil
}

// unsealable are header fields that the connection needs as they are.
var unsealable = []string{
	"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive",
	"Te", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
}

func checkHeader(name string) error {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>@,;:\\\"/[]?={}", c) >= 0 {
			return fmt.Errorf("%q is not the name of a header field", name)
		}
	}
	if slices.Contains(unsealable, textproto.CanonicalMIMEHeaderKey(strings.ReplaceAll(name, "_", "-"))) {
		return fmt.Errorf("header %s is part of how the request is sent", name)
	}
	return checkName(name)
}
