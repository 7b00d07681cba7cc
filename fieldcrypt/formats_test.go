package fieldcrypt_test

import (
	"encoding/xml"
	"errors"
	"io"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

const (
	xmlType       = "application/xml"
	multipartType = "multipart/form-data; boundary=xyz"
)

// crlf makes the line ends of a multipart body.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// Payloads of the other formats open to what they were, and are sealed under
// the eyes of the standard library's parsers.
func TestOtherFormats(t *testing.T) {
	for _, tt := range []struct {
		name, rules, contentType, in string
		sealed                       int
		hidden                       string
	}{
		{"XML elements", "k ssn", xmlType, `<?xml version="1.0"?><a><ssn>secret</ssn><b ssn='secret'/><SSN>secret</SSN></a>`, 3, "secret"},
		{"XML prefix", "k ssn", xmlType, `<x:a xmlns:x="urn:x"><x:ssn>secret</x:ssn></x:a>`, 1, "secret"},
		{"XML source", "k ssn", xmlType, `<a><ssn>se<![CDATA[cret]]>&#x41;</ssn><ssn><b>secret</b></ssn></a>`, 2, "cret"},
		{"XML path", "k xml:/a/ssn", xmlType, `<a><b><ssn>x</ssn></b><ssn>secret</ssn></a>`, 1, "secret"},
		{"XML attribute", "k xml://@ssn", xmlType, `<a><b ssn="sec&quot;ret"/><ssn>x</ssn></a>`, 1, "ret"},
		{"XML wildcard", "k xml:/a/*", xmlType, `<a x="y"><b>secret</b>z</a>`, 1, "secret"},
		{"XML text", "k any:pan", xmlType, `<a b="4111111111111111">no 4111111111111111, <!-- x -->yes</a>`, 2, "4111111111111111"},
		{"multipart", "k ssn", multipartType, crlf("--xyz\nContent-Disposition: form-data; name=\"ssn\"\n\nsecret\n--xyz\nContent-Disposition: form-data; name=\"a\"\n\nb\n--xyz--\n"), 1, "secret"},
		{"multipart JSON", "k ssn", multipartType, crlf("--xyz\nContent-Disposition: form-data; name=\"a\"\nContent-Type: application/json\n\n{\"ssn\":\"secret\"}\n--xyz--\n"), 1, "secret"},
		{"multipart file", "k ssn", multipartType, crlf("--xyz\nContent-Disposition: form-data; name=\"a\"; filename=\"ssn\"\nContent-Type: image/png\n\n\x89PNG\n--xyz\nContent-Disposition: form-data; name=\"user[SSN]\"\n\nsecret\n--xyz--\n"), 1, "secret"},
		{"multipart text", "k any:pan", multipartType, crlf("--xyz\nContent-Disposition: form-data; name=\"a\"\n\nno 4111111111111111.\n--xyz\nContent-Disposition: form-data; name=\"b\"\nContent-Type: text/plain\n\n4111111111111111\n--xyz--\n"), 2, "4111111111111111"},
		{"text", "k text:pan text:email", "text/plain; charset=utf-8", "é jane@example.com paid with 4111 1111 1111 1111.\n", 2, "1111 1111"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, n, err := seal(t, protector(t, fieldcrypt.Limits{}, tt.rules), tt.contentType, tt.in)
			if err != nil || n.Total() != tt.sealed || strings.Contains(out, tt.hidden) {
				t.Fatalf("%s, %v, %v", out, n, err)
			}
			if err := wellFormed(tt.contentType, out); err != nil {
				t.Errorf("%s: %v", out, err)
			}
			back, r, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}), tt.contentType, out)
			if err != nil || back != tt.in || r.Opened != tt.sealed {
				t.Errorf("%s\nopens to %s, %+v, %v", out, back, r, err)
			}
		})
	}
}

func wellFormed(contentType, body string) error {
	switch contentType {
	case xmlType:
		return xml.Unmarshal([]byte(body), new(struct {
			XMLName xml.Name
			All     string `xml:",innerxml"`
		}))
	case multipartType:
		r := multipart.NewReader(strings.NewReader(body), "xyz")
		for {
			part, err := r.NextPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := io.ReadAll(part); err != nil {
				return err
			}
		}
	}
	return nil
}

// A marker in CDATA, which some writers of XML use for all text, opens too.
func TestOpenXML(t *testing.T) {
	k := newFakeKey("k")
	m := func(e fieldcrypt.Encoding, plaintext string) string { return fakeMarker(t, k, e, plaintext) }
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	for _, tt := range []struct{ in, out string }{
		{`<a>` + m("", `</a><admin/>`) + `</a>`, `<a>&lt;/a&gt;&lt;admin/&gt;</a>`},
		{`<a b="` + m("", `" admin="1`) + `"/>`, `<a b="&quot; admin=&quot;1"/>`},
		{`<a><![CDATA[` + m("", `]]>&`) + `]]></a>`, `<a>]]&gt;&amp;</a>`},
		{`<a>x <![CDATA[y ` + m("json", `"z"`) + ` <]]></a>`, `<a>x y z &lt;</a>`},
	} {
		out, r, err := open(t, u, xmlType, tt.in)
		if err != nil || out != tt.out || r.Opened != 1 {
			t.Errorf("%s\nopens to %s, %+v, %v; want %s", tt.in, out, r, err, tt.out)
		}
	}
	for _, in := range []string{
		`<a>` + m("", "\x00") + `</a>`, `<a>` + m("xml", "</a><admin/><a>") + `</a>`, `<a>` + m("xml", "<!DOCTYPE a>") + `</a>`, `<a b="` + m("xml", `" admin="1`) + `"/>`,
	} {
		if out, r, err := open(t, u, xmlType, in); err != nil || out != in || r.Sealed != 1 {
			t.Errorf("%s\nopens to %s, %+v, %v", in, out, r, err)
		}
	}
}

// A part of a multipart body is held to the same rules as a body.
func TestMultipartParts(t *testing.T) {
	part := func(contentType, content string) string {
		return crlf("--xyz\nContent-Disposition: form-data; name=\"a\"\nContent-Type: " + contentType + "\n\n" + content + "\n--xyz--\n")
	}
	p := protector(t, fieldcrypt.Limits{}, "k ssn")
	for _, tt := range []struct {
		contentType, content string
		err                  error
	}{
		{"application/json; charset=utf-16", `{"ssn":"1"}`, fieldcrypt.ErrUnsupported},
		{"application/json", `{"ssn":"1","ssn":"2"}`, fieldcrypt.ErrDuplicate},
		{"application/json", `{"ssn":`, fieldcrypt.ErrSyntax},
		{"application/json-patch+json", `[{"op":"add","path":"/ssn","value":"1"}]`, fieldcrypt.ErrUnsupported},
		{"text/xml", `<!DOCTYPE a><ssn/>`, fieldcrypt.ErrUnsupported},
		{"multipart/form-data; boundary=b", "--b--", fieldcrypt.ErrUnsupported},
		{"multipart/mixed; boundary=b", "--b--", fieldcrypt.ErrUnsupported},
		{"application/json; charset", `{}`, fieldcrypt.ErrUnsupported},
	} {
		if out, _, err := seal(t, p, multipartType, part(tt.contentType, tt.content)); !errors.Is(err, tt.err) {
			t.Errorf("%s: %s: %s, %v", tt.contentType, tt.content, out, err)
		}
	}
	only := protector(t, fieldcrypt.Limits{}, "k multipart:ssn")
	if out, _, err := seal(t, only, multipartType, part("application/json", `{"ssn":"1"}`)); !errors.Is(err, fieldcrypt.ErrUnsupported) {
		t.Errorf("JSON part that no rule covers: %s, %v", out, err)
	}
	for _, contentType := range []string{"image/png", "text/plain", "application/octet-stream"} {
		in := part(contentType, "\x00\xff")
		if out, _, err := seal(t, only, multipartType, in); err != nil || out != in {
			t.Errorf("%s: %s, %v", contentType, out, err)
		}
	}
}
