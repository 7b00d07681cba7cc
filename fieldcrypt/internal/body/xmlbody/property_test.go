package xmlbody_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

var propertyN = flag.Int("property.n", 3000, "how many payloads a property test generates")

// A maker writes random documents that are well-formed, in all the ways of
// writing that there are.
type maker struct {
	*rand.Rand
	bytes.Buffer
}

func (m *maker) pick(from ...string) string { return from[m.IntN(len(from))] }

func (m *maker) space() { m.WriteString(m.pick(" ", "  ", "\n", "\t", "\r\n")) }

func (m *maker) name() string {
	return m.pick("a", "p:a", "b.c", "d-e", "é", "日本", "ssn", "SSN", "x:ssn", "Ssn", "_1")
}

func (m *maker) text(in string) {
	for range m.IntN(6) {
		switch m.IntN(8) {
		case 0:
			m.WriteString(m.pick("&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x1F600;", "&#13;", "&#00010;"))
		case 1:
			m.WriteString(m.pick("é", "日本", "\U0001F600", "\u2028", "]", "]]", "\r", "\r\n", "\t"))
		case 2:
			m.WriteString(strings.Repeat(m.pick("x", " ", "\n"), m.IntN(300)))
		case 3:
			if in == "" {
				m.WriteString(m.pick(`"`, `'`, "a > b"))
			}
		default:
			m.WriteString(m.pick("123-45-6789", "Alejandro", " Rosalez ", "#ssn.1#"))
		}
	}
}

func (m *maker) content(depth int) {
	for range m.IntN(4) {
		switch m.IntN(7) {
		case 0:
			m.WriteString("<!--" + m.pick("", " <ssn>1</ssn> ", " - - ", "é") + "-->")
		case 1:
			m.WriteString("<![CDATA[" + m.pick("", "<ssn>", "]]", "&amp;", "a\r\nb", ">") + "]]>")
		case 2:
			m.WriteString("<?" + m.pick("p", "xm", "xmlx") + m.pick("", " ", " q='1' ? ") + "?>")
		case 3, 4:
			m.text("")
		default:
			m.element(depth + 1)
		}
	}
}

func (m *maker) element(depth int) {
	name := m.name()
	m.WriteString("<" + name)
	seen := map[string]bool{}
	for range m.IntN(3) {
		attr := m.pick(m.name(), "xmlns:x", "xmlns", "id")
		if seen[attr] {
			continue
		}
		seen[attr] = true
		quote := m.pick(`"`, `'`)
		m.space()
		m.WriteString(attr + m.pick("", " ") + "=" + m.pick("", "\n") + quote)
		m.text(quote)
		m.WriteString(quote)
	}
	m.WriteString(m.pick("", " ", "\n"))
	if depth > 6 || m.IntN(6) == 0 {
		m.WriteString("/>")
		return
	}
	m.WriteString(">")
	m.content(depth)
	m.WriteString("</" + name + m.pick("", " ") + ">")
}

func (m *maker) document() string {
	m.Reset()
	m.WriteString(m.pick("", "\ufeff"))
	m.WriteString(m.pick("", `<?xml version="1.0"?>`, `<?xml version='1.0' encoding='utf-8' ?>`+"\n"))
	m.WriteString(m.pick("", "<!-- c -->", "\n"))
	m.element(0)
	m.WriteString(m.pick("", "\n", "<?p?>", "<!---->"))
	// The text may have "]]" and then ">" by chance.
	return strings.ReplaceAll(m.String(), "]]>b", "]] >b")
}

// Opening what was sealed gives the document again, byte for byte, and another
// parser finds nothing readable where a field was.
func TestProperty(t *testing.T) {
	m := &maker{Rand: rand.New(rand.NewPCG(1, 2))}
	accepted := 0
	for i := range *propertyN {
		doc := m.document()
		var sealed, opened bytes.Buffer
		err := xmlbody.Walk(t.Context(), &sealed, strings.NewReader(doc), anySSN(t, &hexEditor{}))
		if err != nil {
			if !strings.Contains(doc, "]]") {
				t.Fatalf("document %d is refused: %v\n%s", i, err, doc)
			}
			continue
		}
		accepted++
		checkNothingReadable(t, sealed.Bytes())
		o := options(t, hexOpener{t})
		o.All = true
		if err := xmlbody.Walk(t.Context(), &opened, &sealed, o); err != nil || opened.String() != doc {
			t.Fatalf("document %d opens as\n%s, %v, was\n%s", i, opened.String(), err, doc)
		}
	}
	if accepted < *propertyN*9/10 {
		t.Errorf("only %d of %d documents were accepted", accepted, *propertyN)
	}
}

// checkNothingReadable reads a sealed document with encoding/xml and looks at
// every element and attribute that selectors would have chosen.
func checkNothingReadable(t *testing.T, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	inside := 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && strings.Contains(err.Error(), "invalid XML name") {
			return // it knows the names of the fourth edition only
		}
		if err != nil {
			t.Fatalf("encoding/xml refuses what was let through: %v\n%q", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if inside > 0 {
				t.Fatalf("an element in a sealed one:\n%s", doc)
			}
			if strings.EqualFold(token.Name.Local, "ssn") {
				inside++
			}
			for _, a := range token.Attr {
				if strings.EqualFold(a.Name.Local, "ssn") && a.Name.Space != "xmlns" && !looksSealed(a.Value) {
					t.Fatalf("attribute %q in the clear:\n%s", a.Value, doc)
				}
			}
		case xml.EndElement:
			inside = 0
		case xml.CharData:
			if inside > 0 && !looksSealed(string(token)) {
				t.Fatalf("text %q in the clear:\n%s", token, doc)
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			if inside > 0 {
				t.Fatalf("markup in a sealed element:\n%s", doc)
			}
		}
	}
}

func looksSealed(s string) bool {
	s, ok := strings.CutPrefix(s, "{")
	s, ok2 := strings.CutSuffix(s, "}")
	return ok && ok2 && strings.Trim(strings.TrimPrefix(s, "xml:"), "0123456789abcdef") == ""
}

// Whatever comes: nothing panics, what is let through is XML to another parser
// too, with all fields sealed, and gives the same bytes again when opened.
func FuzzWalk(f *testing.F) {
	for _, doc := range []string{
		`<p a:ssn='1' b="2"><ssn>1<!-- x --><![CDATA[2]]>&#51;</ssn>&amp;</p>`,
		"\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<ssn><a/></ssn>",
		`<!DOCTYPE p [<!ENTITY e "x">]><p>&e;</p>`,
		"<p\xc0\xbc/>", `<a:b:c/>`, `<p>]]></p>`, `<p><!--></p>`,
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var sealed, opened bytes.Buffer
		if xmlbody.Walk(t.Context(), &sealed, bytes.NewReader(doc), anySSN(t, &hexEditor{})) != nil {
			return
		}
		if strings.Contains(string(doc), "{") { // might be taken for sealed
			return
		}
		checkNothingReadable(t, sealed.Bytes())
		o := options(t, hexOpener{t})
		o.All = true
		if err := xmlbody.Walk(t.Context(), &opened, &sealed, o); err != nil || !bytes.Equal(opened.Bytes(), doc) {
			t.Fatalf("%q opens as %q, %v", doc, opened.Bytes(), err)
		}
	})
}

// FuzzSyntax: what Escape writes Decode reads, and what Decode takes cannot
// end the element or attribute that it is put into.
func FuzzSyntax(f *testing.F) {
	f.Add("a&b<c>\"'\r\n\t")
	f.Add("</p><q>")
	f.Add("&lt;![CDATA[x]]>")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []body.Syntax{xmlbody.Text, xmlbody.Attribute('"'), xmlbody.Attribute('\'')} {
			if source, err := s.Escape(nil, []byte(text)); err == nil {
				back, err := s.Decode(source)
				if err != nil || string(back) != text {
					t.Fatalf("%q is written as %q and read as %q, %v", text, source, back, err)
				}
			}
		}
		if _, err := xmlbody.Text.Decode([]byte(text)); err == nil {
			mustBeOneElement(t, "<p>"+text+"</p>")
		}
		if _, err := xmlbody.Attribute('"').Decode([]byte(text)); err == nil {
			mustBeOneElement(t, `<p a="`+text+`"></p>`)
		}
		if _, err := xmlbody.Attribute('\'').Decode([]byte(text)); err == nil {
			mustBeOneElement(t, `<p a='`+text+`'></p>`)
		}
	})
}

func mustBeOneElement(t *testing.T, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	depth, roots := 0, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && strings.Contains(err.Error(), "invalid XML name") {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
				if token.Name.Local != "p" || len(token.Attr) > 1 {
					t.Fatalf("%q broke out", doc)
				}
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
	if depth != 0 || roots != 1 {
		t.Fatalf("%q broke out", doc)
	}
}
