package fieldcrypt_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// What other people's parsers were found to read as the field ssn, recorded from
// them: the value is sealed, or the payload refused.
func TestReadOtherwise(t *testing.T) {
	const secret = "123-45-6789"
	part := func(boundary, name string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + secret + "\r\n"
	}
	within := func(outer, inner string) string {
		return "--" + outer + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + part(inner, "ssn") + "--" + inner + "--\r\n--" + outer + "--\r\n"
	}
	for _, tt := range []struct{ reader, rules, contentType, in string }{
		// {"a=1": {"ssn": …}}: a pair is cut at its first "]=".
		{"qs of Node", "k ssn", formType, "a=1[ssn]=" + secret},
		{"qs of Node, escaped", "k ssn", formType, "a=1%5bssn%5d=" + secret},
		{"qs of Node, no name", "k ssn", formType, "=a[ssn]=" + secret},
		// strstr(content_type, "boundary")
		{"PHP", "k ssn", "multipart/form-data; x-boundary=evil; boundary=good", within("good", "evil")},
		// %r|\Amultipart/.*boundary="?([^";,]+)"?|
		{"Rack, last boundary", "k ssn", `multipart/form-data; boundary="xboundary=evil"`, within("xboundary=evil", "evil")},
		{"Rack, comma", "k ssn", `multipart/form-data; boundary="evil,good"`, within("evil,good", "evil")},
		{"a search for form-data", "k ssn", "application/xml; x=multipart/form-data; boundary=evil", "<p><!--\r\n" + strings.ReplaceAll(part("evil", "ssn"), "--evil", "-evil") + "--></p>"},
		// A part without a file name is a text in $_POST, whatever it says it is.
		{"PHP, media type of a field", "k any:ssn", "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"note\"\r\nContent-Type: image/png\r\n\r\n" + secret + "\r\n--b--\r\n"},
		// people[0] and people["0"] are the same.
		{"JavaScript, PHP: object for array", "k json:$.people[0].ssn", jsonType, `{"people":{"0":{"ssn":"` + secret + `"}}}`},
		{"JavaScript, PHP: array for object", "k json:$.people['0'].ssn", jsonType, `{"people":[{"ssn":"` + secret + `"}]}`},
		// An attribute ssn, whatever its namespace.
		{"encoding/xml", "k ssn", "application/xml", `<p xmlns:ssn="` + secret + `"/>`},
	} {
		t.Run(tt.reader, func(t *testing.T) {
			out, counts, err := seal(t, protector(t, fieldcrypt.Limits{}, tt.rules), tt.contentType, tt.in)
			if err == nil && (counts.Total() == 0 || strings.Contains(out, secret)) {
				t.Errorf("forwarded as %s", out)
			}
		})
	}
}

// The same of queries, which are forms.
func TestQueryReadOtherwise(t *testing.T) {
	p := protector(t, fieldcrypt.Limits{}, "k ssn")
	if out, _, err := p.Query(t.Context(), "a=1[ssn]=2"); !errors.Is(err, fieldcrypt.ErrSyntax) {
		t.Errorf("%s, %v", out, err)
	}
}

// Who has the public key can seal whatever source he likes. Opened, it stays one
// value in its place.
func TestOpenedBreaksOutOfNothing(t *testing.T) {
	k := newFakeKey("k")
	marker := func(e fieldcrypt.Encoding, plaintext string) string { return fakeMarker(t, k, e, plaintext) }
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	evil := []string{
		`","admin":"1`, `1,"admin":1`, `"}],"x":[{"y":"`, "\u2028", "a\nb", "\x00", "\xff\xfe", `{"a":1,"a":2}`, `"a" `, `tru`, "",
		"</v><admin>1</admin><v>", `" admin="1`, "<v>", "]]>", "<![CDATA[", "<!--", "&x;", "&", "<!DOCTYPE v>", "a&admin=1", "a;admin=1", "%", "%zz", "a]=b",
	}
	for _, plaintext := range evil {
		for _, e := range []fieldcrypt.Encoding{fieldcrypt.Plain, fieldcrypt.JSON, fieldcrypt.Form, fieldcrypt.XML} {
			m := marker(e, plaintext)
			out, _, err := open(t, u, jsonType, `{"v":"`+m+`","w":"a`+m+`b"}`)
			var members map[string]any
			if err != nil || json.Unmarshal([]byte(out), &members) != nil || len(members) != 2 {
				t.Errorf("JSON with %q (%q): %s, %v", plaintext, e, out, err)
			}
			out, _, err = open(t, u, "application/x-ndjson", `{"v":"`+m+`"}`)
			if err != nil || strings.ContainsAny(out, "\r\n") || !json.Valid([]byte(out)) {
				t.Errorf("JSON line with %q (%q): %s, %v", plaintext, e, out, err)
			}
			out, _, err = open(t, u, "application/xml", `<r><v a="`+m+`">`+m+`</v><w>a`+m+`<![CDATA[`+m+`]]></w></r>`)
			var r struct {
				Children []struct {
					Attributes []xml.Attr `xml:",any,attr"`
				} `xml:",any"`
			}
			if err != nil || xml.Unmarshal([]byte(out), &r) != nil || len(r.Children) != 2 || len(r.Children[0].Attributes) != 1 {
				t.Errorf("XML with %q (%q): %s, %v", plaintext, e, out, err)
			}
			out, _, err = open(t, u, formType, "v="+escapedForm(m)+"&w=1")
			if err != nil || strings.Count(out, "&") != 1 || strings.ContainsAny(out, ";") || strings.Contains(out, "]=") {
				t.Errorf("form with %q (%q): %s, %v", plaintext, e, out, err)
			}
		}
	}
}

func escapedForm(marker string) string {
	return strings.NewReplacer("#", "%23", "+", "%2B", "/", "%2F", "=", "%3D").Replace(marker)
}

// Markers where nobody opens them (in names, in values that are too long) are not
// begun without bound while KMS is slow.
func TestMarkersThatNobodyOpens(t *testing.T) {
	f, err := fieldcrypt.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	u := fieldcrypt.NewUnsealer(f, stuckOpener{}, fieldcrypt.UnsealOptions{Concurrent: 2})
	var doc strings.Builder
	doc.WriteString(`[{"a":1}`)
	for i := range 5000 {
		doc.WriteString(`,{"` + fakeMarker(t, newFakeKey("k"), fieldcrypt.Plain, string(rune('a'+i%26))+strings.Repeat("x", i/26)) + `":1}`)
	}
	doc.WriteString(`]`)
	before := runtime.NumGoroutine()
	out := &countingGoroutines{}
	_, err = u.Body(t.Context(), out, strings.NewReader(doc.String()), jsonType)
	if err != nil || out.most-before > 100 {
		t.Errorf("%d goroutines more, %v", out.most-before, err)
	}
}

// stuckOpener is a KMS that does not answer before the request is over.
type stuckOpener struct{}

func (stuckOpener) Open(ctx context.Context, _ *fieldcrypt.Sealed) ([]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// countingGoroutines notes at each write how many there are.
type countingGoroutines struct{ most int }

func (c *countingGoroutines) Write(p []byte) (int, error) {
	c.most = max(c.most, runtime.NumGoroutine())
	return len(p), nil
}
