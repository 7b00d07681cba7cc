package multipartbody_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/multipartbody"
)

// hexEditor writes {hex of the text}, or opens that again.
type hexEditor struct {
	open bool
	seen *[]string
}

func (e hexEditor) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	if e.seen != nil {
		*e.seen = append(*e.seen, fmt.Sprintf("%d:%s", v.Rule, v.Text))
	}
	if !e.open {
		if v.Rule == body.NoRule {
			return append(dst, v.Source...), nil
		}
		return append(dst, "{"+hex.EncodeToString(v.Text)+"}"...), nil
	}
	s := string(v.Source)
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
		if plain, err := hex.DecodeString(s[1 : len(s)-1]); err == nil {
			return v.Syntax.Escape(dst, plain)
		}
	}
	return append(dst, v.Source...), nil
}

func sealed(text string) string { return "{" + hex.EncodeToString([]byte(text)) + "}" }

func options(names ...string) *body.Options {
	return &body.Options{
		Names: body.NewNames([][]string{names}), Editor: hexEditor{},
		Limits: body.Limits{Field: 64 << 10, Text: 64 << 10, Depth: 32, Name: 64, Names: 1000},
	}
}

const boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

// form makes a body of parts, each header lines, an empty line and content.
func form(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n" + p + "\r\n")
	}
	return b.String() + "--" + boundary + "--\r\n"
}

func field(name, value string) string {
	return `Content-Disposition: form-data; name="` + name + `"` + "\r\n\r\n" + value
}

// walk runs Walk twice, the second time with one byte at a time: where reads
// end must not matter.
func walk(t testing.TB, text string, o *body.Options) (string, error) {
	t.Helper()
	var whole, bytewise bytes.Buffer
	err := multipartbody.Walk(context.Background(), &whole, strings.NewReader(text), boundary, o)
	err2 := multipartbody.Walk(context.Background(), &bytewise, iotest.OneByteReader(strings.NewReader(text)), boundary, o)
	if (err == nil) != (err2 == nil) || err == nil && whole.String() != bytewise.String() {
		t.Errorf("one byte at a time %q gives\n%q, %v\nand at once\n%q, %v", text, bytewise.String(), err2, whole.String(), err)
	}
	return whole.String(), err
}

func TestFields(t *testing.T) {
	s := sealed("1-2")
	cd := "Content-Disposition: form-data; name="
	for _, tt := range []struct{ name, body, want string }{
		{"field", form(field("ssn", "1-2"), field("n", "Al")), form(field("ssn", s), field("n", "Al"))},
		{"case", form(field("SSN", "1-2")), form(field("SSN", s))},
		{"array", form(field("ssn[]", "1-2"), field("user[ssn]", "1-2")), form(field("ssn[]", s), field("user[ssn]", s))},
		{"twice", form(field("ssn", "1-2"), field("ssn", "1-2")), form(field("ssn", s), field("ssn", s))},
		{"empty", form(field("ssn", "")), form(field("ssn", "{}"))},
		{"empty name", form(field("", "x")), form(field("", "x"))},
		{"lines", form(field("ssn", "\r\n1\n2\r\n--\r\n")), form(field("ssn", sealed("\r\n1\n2\r\n--\r\n")))},
		{"bytes", form(field("ssn", "\x00\xff")), form(field("ssn", sealed("\x00\xff")))},
		{"token", form(cd + "ssn\r\n\r\n1-2"), form(cd + "ssn\r\n\r\n" + s)},
		{"header in lower case", form("content-disposition:form-data;name=\"ssn\"\r\n\r\n1-2"), form("content-disposition:form-data;name=\"ssn\"\r\n\r\n" + s)},
		{"FORM-DATA", form("CONTENT-DISPOSITION:\tFORM-DATA ; NAME=\"ssn\" \r\n\r\n1-2"), form("CONTENT-DISPOSITION:\tFORM-DATA ; NAME=\"ssn\" \r\n\r\n" + s)},
		{"file", form(cd + "\"ssn\"; filename=\"a.txt\"\r\nContent-Type: image/png\r\n\r\n1-2"), form(cd + "\"ssn\"; filename=\"a.txt\"\r\nContent-Type: image/png\r\n\r\n" + s)},
		{"file without name", form(cd + "\"ssn\"; filename=\"\"\r\n\r\n1-2"), form(cd + "\"ssn\"; filename=\"\"\r\n\r\n" + s)},
		{"extended file name", form(cd + "\"ssn\"; filename=\"a\"; filename*=UTF-8''%e2%82%ac\r\n\r\n1-2"), form(cd + "\"ssn\"; filename=\"a\"; filename*=UTF-8''%e2%82%ac\r\n\r\n" + s)},
		{"path as file name", form(cd + "\"ssn\"; filename=\"C:\\dir\\a; name='b'.txt\"\r\n\r\n1-2"), form(cd + "\"ssn\"; filename=\"C:\\dir\\a; name='b'.txt\"\r\n\r\n" + s)},
		{"percent encoding", form(field("s%73n", "1-2"), field("%", "x"), field("%7", "x")), form(field("s%73n", s), field("%", "x"), field("%7", "x"))},
		{"harmless transfer encoding", form("Content-Transfer-Encoding: 8BIT\r\n" + field("ssn", "1-2")), form("Content-Transfer-Encoding: 8BIT\r\n" + field("ssn", s))},
		{"length", form("Content-Length: 3\r\n" + field("ssn", "1-2")), form("Content-Length: 8\r\n" + field("ssn", s))},
		{"length behind", form(cd + "\"ssn\"\r\ncontent-length:  3 \r\nX: y\r\n\r\n1-2"), form(cd + "\"ssn\"\r\ncontent-length:  8 \r\nX: y\r\n\r\n" + s)},
		{"length of another", form("Content-Length: 3\r\n" + field("n", "1-2")), form("Content-Length: 3\r\n" + field("n", "1-2"))},
		{"other types", form("Content-Type: image/png\r\n" + field("n", "\x89PNG\r\n\n")), form("Content-Type: image/png\r\n" + field("n", "\x89PNG\r\n\n"))},
		{"character set of forms", form(field("_charset_", "UTF-8"), field("ssn", "1-2")), form(field("_charset_", "UTF-8"), field("ssn", s))},
		{"no parts", form(), form()},
		{"no line end at the end", strings.TrimSuffix(form(field("ssn", "1-2")), "\r\n"), strings.TrimSuffix(form(field("ssn", s)), "\r\n")},
		{"nearly the boundary", form(field("ssn", "\r\n--"+boundary[:30]+"\r\n")), form(field("ssn", sealed("\r\n--"+boundary[:30]+"\r\n")))},
		{"name within names", form(field("ssn2", "1-2"), field("xssn", "1-2")), form(field("ssn2", "1-2"), field("xssn", "1-2"))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := walk(t, tt.body, options("ssn"))
			if err != nil || got != tt.want {
				t.Fatalf("%q becomes\n%q, %v, want\n%q", tt.body, got, err, tt.want)
			}
			o := options()
			o.All, o.Editor = true, hexEditor{open: true}
			if strings.Contains(tt.body, "Content-Type: image") {
				return // not opened: their content is nobody's text
			}
			back, err := walk(t, got, o)
			if err != nil || back != tt.body {
				t.Errorf("opens as\n%q, %v, want\n%q", back, err, tt.body)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	cd := "Content-Disposition: form-data; "
	ssn := "\r\n\r\n1-2"
	good := form(field("ssn", "1-2"))
	for _, tt := range []struct {
		name, body string
		want       error
	}{
		{"empty", "", body.ErrSyntax},
		{"preamble", "x\r\n" + good, body.ErrSyntax},
		{"line before", "\r\n" + good, body.ErrSyntax},
		{"space before", " " + good, body.ErrSyntax},
		{"epilogue", good + "x", body.ErrSyntax},
		{"epilogue with a form", good + good, body.ErrSyntax},
		{"line after", good + "\r\n", body.ErrSyntax},
		{"another boundary", strings.ReplaceAll(good, "WebKit", "webkit"), body.ErrSyntax},
		{"no last boundary", strings.TrimSuffix(good, "--\r\n") + "\r\n", body.ErrSyntax},
		{"cut in content", good[:len(good)-60], body.ErrSyntax},
		{"cut in boundary", good[:len(good)-10], body.ErrSyntax},
		{"cut in header", good[:60], body.ErrSyntax},
		{"cut after boundary", "--" + boundary + "\r\n", body.ErrSyntax},
		{"boundary with padding", strings.Replace(good, boundary+"\r\n", boundary+" \r\n", 1), body.ErrSyntax},
		{"boundary with tab", strings.Replace(good, boundary+"--", boundary+"\t--", 1), body.ErrSyntax},
		{"boundary as prefix", form(field("n", "x\r\n--"+boundary+"X\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"one dash after boundary", form(field("n", "x\r\n--"+boundary+"-\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"last boundary, then more", form(field("n", "x\r\n--"+boundary+"--\r\n--"+boundary+"\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"boundary after LF", form(field("n", "x\n--"+boundary+"\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"boundary after CR", form(field("n", "x\r--"+boundary+"\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"boundary in a line", form(field("n", "x--"+boundary+"\r\n"+field("ssn", "1-2"))), body.ErrSyntax},
		{"boundary right after header", strings.Replace(good, "1-2\r\n--", "--", 1), body.ErrSyntax},
		{"boundary with LF", strings.Replace(good, boundary+"\r\n", boundary+"\n", 1), body.ErrSyntax},
		{"LF only", strings.ReplaceAll(good, "\r\n", "\n"), body.ErrSyntax},
		{"CR only", strings.ReplaceAll(good, "\r\n", "\r"), body.ErrSyntax},
		{"header line with LF", form("X: y\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"CR in header line", form("X: y\rContent-Type: text/plain\r\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"NUL in header", form("X: \x00\r\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"NUL in name", form(field("ssn\x00", "1-2")), body.ErrSyntax},
		{"folded line", form(cd + "\r\n name=\"ssn\"" + ssn), body.ErrSyntax},
		{"folded line at first", form(" X: y\r\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"line without colon", form("X\r\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"space before colon", form("Content-Disposition : form-data; name=\"ssn\"" + ssn), body.ErrSyntax},
		{"no header", form("\r\n1-2"), body.ErrSyntax},
		{"no disposition", form("Content-Type: text/plain" + ssn), body.ErrSyntax},
		{"two dispositions", form("Content-Disposition: form-data; name=\"n\"\r\n" + field("ssn", "1-2")), body.ErrDuplicate},
		{"two types", form("Content-Type: text/plain\r\nContent-type: application/json\r\n" + field("n", "{}")), body.ErrDuplicate},
		{"two lengths", form("Content-Length: 3\r\nContent-Length: 3\r\n" + field("n", "1-2")), body.ErrDuplicate},
		{"attachment", form("Content-Disposition: attachment; name=\"ssn\"" + ssn), body.ErrUnsupported},
		{"no kind", form("Content-Disposition: name=\"ssn\"" + ssn), body.ErrUnsupported},
		{"no name", form("Content-Disposition: form-data" + ssn), body.ErrSyntax},
		{"file without field name", form(cd + "filename=\"ssn\"" + ssn), body.ErrSyntax},
		{"name behind file name", form(cd + "filename=\"n\"; name=\"ssn\"" + ssn), body.ErrSyntax},
		{"two names", form(cd + "name=\"n\"; name=\"ssn\"" + ssn), body.ErrSyntax},
		{"two names in other case", form(cd + "name=\"n\"; Name=\"ssn\"" + ssn), body.ErrSyntax},
		{"extended name", form(cd + "name=\"n\"; name*=utf-8''ssn" + ssn), body.ErrSyntax},
		{"extended name alone", form(cd + "name*=utf-8''ssn" + ssn), body.ErrSyntax},
		{"continued name", form(cd + "name*0=\"s\"; name*1=\"sn\"" + ssn), body.ErrSyntax},
		{"other parameter", form(cd + "name=\"n\"; size=3" + ssn), body.ErrSyntax},
		{"parameter after file name", form(cd + "name=\"n\"; filename*=x; filename=y" + ssn), body.ErrSyntax},
		{"space around equals", form(cd + "name = \"ssn\"" + ssn), body.ErrSyntax},
		{"quoted quote", form(cd + `name="n"; filename="a\"; name=\"ssn"` + ssn), body.ErrSyntax},
		{"backslash in name", form(cd + `name="s\sn"` + ssn), body.ErrUnsupported},
		{"quote without end", form(cd + `name="ssn` + ssn), body.ErrSyntax},
		{"text after quote", form(cd + `name="n"ssn` + ssn), body.ErrSyntax},
		{"single quotes", form(cd + `name='ssn'` + ssn), body.ErrSyntax},
		{"name with space without quotes", form(cd + `name=a ssn` + ssn), body.ErrSyntax},
		{"semicolon at the end", form(cd + `name="n";` + ssn), body.ErrSyntax},
		{"two semicolons", form(cd + `; name="n"` + ssn), body.ErrSyntax},
		{"encoded word", form(cd + `name="=?utf-8?q?ssn?="` + ssn), body.ErrUnsupported},
		{"name in latin-1", form(cd + "name=\"\xe9\"" + ssn), body.ErrUnsupported},
		{"base64", form("Content-Transfer-Encoding: base64\r\n" + field("n", "MS0y")), body.ErrUnsupported},
		{"quoted-printable", form("Content-Transfer-Encoding: quoted-printable\r\n" + field("ssn", "1=2D2")), body.ErrUnsupported},
		{"content encoding", form("Content-Encoding: gzip\r\n" + field("n", "x")), body.ErrUnsupported},
		{"multipart in multipart", form("Content-Type: multipart/mixed; boundary=x\r\n" + field("n", "--x\r\n\r\n1\r\n--x--")), body.ErrUnsupported},
		{"message", form("Content-Type: message/rfc822\r\n" + field("n", "x")), body.ErrUnsupported},
		{"bad type", form("Content-Type: text/plain; charset=a; charset=b\r\n" + field("n", "x")), body.ErrUnsupported},
		{"extended type", form("Content-Type: text/plain; charset*=utf-8''utf-16\r\n" + field("n", "x")), body.ErrUnsupported},
		{"character set of forms", form(field("_charset_", "utf-16"), field("n", "x")), body.ErrUnsupported},
		{"long character set", form(field("_charset_", "utf-8 "), field("n", "x")), body.ErrUnsupported},
		{"length too small", form("Content-Length: 2\r\n" + field("ssn", "1-2")), body.ErrSyntax},
		{"length too large", form("Content-Length: 400\r\n" + field("n", "1-2")), body.ErrSyntax},
		{"negative length", form("Content-Length: -3\r\n" + field("n", "1-2")), body.ErrSyntax},
		{"odd length", form("Content-Length: 03\r\n" + field("n", "1-2")), body.ErrSyntax},
		{"long field", form(field("ssn", strings.Repeat("1", 64<<10+1))), body.ErrTooLong},
		{"long header", form("X: " + strings.Repeat("y", 8<<10) + "\r\n" + field("n", "")), body.ErrTooLong},
		{"many lines", form(strings.Repeat("X: y\r\n", 40) + field("n", "")), body.ErrTooMany},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := walk(t, tt.body, options("ssn")); !errors.Is(err, tt.want) {
				t.Fatalf("%.200q: %v, want %v", tt.body, err, tt.want)
			}
		})
	}
}

func TestBoundaries(t *testing.T) {
	for b, good := range map[string]bool{
		"x": true, "----geckoformboundary7f": true, "=_Part_1.2+(3)": true, "0123456789": true,
		strings.Repeat("x", 70): true,
		"":                      false, "a b": false, "a\"b": false, "a;b": false, "a\\b": false, "a\r\nb": false, "é": false,
		strings.Repeat("x", 71): false,
	} {
		text := "--" + b + "\r\n" + field("ssn", "1-2") + "\r\n--" + b + "--"
		err := multipartbody.Walk(t.Context(), io.Discard, strings.NewReader(text), b, options("ssn"))
		if good && err != nil || !good && !errors.Is(err, body.ErrUnsupported) {
			t.Errorf("boundary %q: %v", b, err)
		}
	}
}

// A stream of any length passes, as long as nobody selected it.
func TestLongFiles(t *testing.T) {
	file := strings.Repeat("\r\n--"+boundary[:20], 200_000)
	text := form("Content-Type: image/png\r\nContent-Length: "+fmt.Sprint(len(file))+"\r\n"+field("n", file), field("ssn", "1-2"))
	var out bytes.Buffer
	err := multipartbody.Walk(t.Context(), &out, strings.NewReader(text), boundary, options("ssn"))
	if want := strings.Replace(text, "1-2", sealed("1-2"), 1); err != nil || out.String() != want {
		t.Fatalf("%d bytes became %d, %v", len(text), out.Len(), err)
	}
}

func TestTypedParts(t *testing.T) {
	upper := func(_ context.Context, dst io.Writer, src io.Reader) error {
		b, err := io.ReadAll(src)
		if err != nil {
			return err
		}
		_, err = dst.Write(append(bytes.ToUpper(b), '!'))
		return err
	}
	var plain body.Walk
	o := options("ssn")
	o.Part = func(contentType string) (body.Walk, error) {
		switch contentType {
		case "application/json":
			return upper, nil
		case "text/plain":
			return plain, nil
		case "application/evil":
			return nil, body.ErrUnsupported
		case "application/lazy":
			return func(context.Context, io.Writer, io.Reader) error { return nil }, nil
		case "application/forger":
			return func(_ context.Context, dst io.Writer, src io.Reader) error {
				for _, piece := range []string{"\r\n--", boundary[:5], boundary[5:], "\r\n"} {
					if _, err := io.WriteString(dst, piece); err != nil {
						return err
					}
				}
				_, err := io.Copy(io.Discard, src)
				return err
			}, nil
		}
		return nil, nil
	}
	part := func(kind, head, value string) string {
		return form(head+"Content-Type: "+kind+"\r\n"+field("n", value), field("ssn", "1-2"))
	}
	after := func(text string) string { return strings.Replace(text, "1-2", sealed("1-2"), 1) }
	for _, tt := range []struct{ in, want string }{
		{part("application/json", "", "ab"), after(part("application/json", "", "AB!"))},
		{part("application/json", "Content-Length: 2\r\n", "ab"), after(part("application/json", "Content-Length: 3\r\n", "AB!"))},
		{part("image/png", "", "ab"), after(part("image/png", "", "ab"))},
		{part("text/plain", "", "ab"), after(part("text/plain", "", "ab"))},
	} {
		if got, err := walk(t, tt.in, o); err != nil || got != tt.want {
			t.Errorf("%q becomes\n%q, %v, want\n%q", tt.in, got, err, tt.want)
		}
	}
	latin1 := part("text/plain; charset=iso-8859-1", "", "ab")
	if got, err := walk(t, latin1, o); err != nil || got != after(latin1) {
		t.Errorf("text that nobody reads: %q, %v", got, err)
	}
	plain = upper
	text := part("text/plain; charset=UTF-8", "", "ab")
	if got, err := walk(t, text, o); err != nil || got != after(strings.Replace(text, "ab\r\n", "AB!\r\n", 1)) {
		t.Errorf("text: %q, %v", got, err)
	}
	for in, want := range map[string]error{
		latin1:                               body.ErrUnsupported,
		part("application/evil", "", "ab"):   body.ErrUnsupported,
		part("application/lazy", "", "ab"):   body.ErrSyntax,
		part("application/forger", "", "ab"): body.ErrSyntax,
		part("application/forger", "Content-Length: 2\r\n", "ab"):     body.ErrSyntax,
		part("application/json", "Content-Length: 3\r\n", "ab"):       body.ErrSyntax,
		part("application/json", "Content-Length: 9999999\r\n", "ab"): body.ErrTooLong,
	} {
		if _, err := walk(t, in, o); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestAll(t *testing.T) {
	var seen []string
	o := options("ssn")
	o.All, o.Editor = true, hexEditor{seen: &seen}
	text := form(field("a", "x y"), field("ssn", "1"), "Content-Type: text/plain; charset=us-ascii\r\n"+field("b", "z"))
	var out bytes.Buffer
	if err := multipartbody.Walk(t.Context(), &out, strings.NewReader(text), boundary, o); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(seen); got != "[-1:x y 0:1 -1:z]" {
		t.Errorf("offered %s", got)
	}
	utf16 := form("Content-Type: text/plain; charset=utf-16\r\n" + field("b", "z"))
	if _, err := walk(t, utf16, o); !errors.Is(err, body.ErrUnsupported) {
		t.Errorf("UTF-16: %v", err)
	}
	long := form(field("b", strings.Repeat("z", 64<<10+1)))
	if _, err := walk(t, long, o); !errors.Is(err, body.ErrTooLong) {
		t.Errorf("long: %v", err)
	}
	o.SkipLong = true
	if got, err := walk(t, long, o); err != nil || got != long {
		t.Errorf("long, to be skipped: %v", err)
	}
}

// What an editor opens must not end the part that it stands in.
func TestOpenedBoundary(t *testing.T) {
	o := options()
	o.All, o.Editor = true, hexEditor{open: true}
	evil := sealed("x\r\n--" + boundary + "\r\n" + field("admin", "1"))
	if _, err := walk(t, form(field("n", evil)), o); !errors.Is(err, body.ErrSyntax) {
		t.Errorf("a value that ends its part: %v", err)
	}
}

func TestErrorsNameTheFieldAndNoValue(t *testing.T) {
	_, err := walk(t, form("Content-Length: 1\r\n"+field("ssn", "078-05-1120")), options("ssn"))
	var f *body.FieldError
	if !errors.As(err, &f) || f.Path != "ssn" || strings.Contains(err.Error(), "078") {
		t.Error(err)
	}
}

// A name cannot be sealed: what must not be in one refuses the form.
func TestCheckName(t *testing.T) {
	o := options("ssn")
	o.CheckName = func(name []byte) error {
		if bytes.Contains(name, []byte("4111")) {
			return body.ErrUnsupported
		}
		return nil
	}
	cd := "Content-Disposition: form-data; name=\"a\"; "
	for _, part := range []string{
		field("4111", "x"), field("4%3111", "x"),
		cd + "filename=\"4111.txt\"\r\n\r\nx", cd + "filename=\"a\"; filename*=utf-8''%34111\r\n\r\nx",
	} {
		if _, err := walk(t, form(part), o); !errors.Is(err, body.ErrUnsupported) || strings.Contains(err.Error(), "4111") {
			t.Errorf("%q: %v", part, err)
		}
	}
	if _, err := walk(t, form(cd+"filename=\"411.txt\"\r\n\r\n4111"), o); err != nil {
		t.Error(err)
	}
}

func TestReaderAndWriterErrors(t *testing.T) {
	broken := errors.New("broken")
	text := form(field("ssn", "1-2"))
	src := io.MultiReader(strings.NewReader(text[:len(text)-60]), iotest.ErrReader(broken))
	if err := multipartbody.Walk(t.Context(), io.Discard, src, boundary, options("ssn")); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if err := multipartbody.Walk(t.Context(), brokenWriter{broken}, strings.NewReader(text), boundary, options("ssn")); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
