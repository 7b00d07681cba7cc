package multipartbody_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"strconv"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body/multipartbody"
)

var propertyN = flag.Int("property.n", 3000, "how many payloads a property test generates")

// randomForm writes a form in the ways that clients do.
func randomForm(r *rand.Rand) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	var parts []string
	for range r.IntN(5) {
		name := pick("ssn", "SSN", "user[ssn]", "name", "n.x", "s%73n", "日本", "")
		head := pick("Content-Disposition", "content-disposition") + pick(": ", ":") + `form-data; name="` + name + `"` +
			pick("", `; filename="a.txt"`, `; filename=""; filename*=utf-8''%41`)
		var value string
		for range r.IntN(4) {
			value += pick("123-45-6789", "Alejandro", "\r\n", "\n", "--", "--"+boundary[:25], "\r\n--", "é", "\x00\xff",
				strings.Repeat("x", r.IntN(70_000)/(1+r.IntN(1000))))
		}
		if r.IntN(4) == 0 {
			head = "Content-Length: " + strconv.Itoa(len(value)) + "\r\n" + head
		}
		if r.IntN(4) == 0 {
			head += "\r\n" + pick("X-Other: y", "Content-Transfer-Encoding: binary", "Content-Type: text/plain; charset=utf-8")
		}
		parts = append(parts, head+"\r\n\r\n"+value)
	}
	text := form(parts...)
	if r.IntN(2) == 0 {
		text = strings.TrimSuffix(text, "\r\n")
	}
	return text
}

// Opening what was sealed gives the form again, byte for byte, and another
// parser finds nothing readable in the fields.
func TestProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seal := options("ssn")
	seal.Limits.Field = 1 << 20
	open := options()
	open.All, open.Editor = true, hexEditor{open: true}
	open.Limits.Text = 1 << 20
	for i := range *propertyN {
		text := randomForm(r)
		var sealed, opened bytes.Buffer
		if err := multipartbody.Walk(t.Context(), &sealed, strings.NewReader(text), boundary, seal); err != nil {
			t.Fatalf("form %d is refused: %v\n%.2000q", i, err, text)
		}
		checkNothingReadable(t, sealed.Bytes())
		if err := multipartbody.Walk(t.Context(), &opened, &sealed, boundary, open); err != nil || opened.String() != text {
			t.Fatalf("form %d opens as\n%.2000q, %v, was\n%.2000q", i, opened.String(), err, text)
		}
	}
}

// checkNothingReadable reads a sealed form with mime/multipart.
func checkNothingReadable(t *testing.T, text []byte) {
	t.Helper()
	r := multipart.NewReader(bytes.NewReader(text), boundary)
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("mime/multipart refuses what was let through: %v\n%.2000q", err, text)
		}
		value, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if name := strings.ToLower(p.FormName()); name == "ssn" || name == "user[ssn]" || name == "s%73n" {
			if !bytes.HasPrefix(value, []byte("{")) || !bytes.HasSuffix(value, []byte("}")) ||
				strings.Trim(string(value), "{}0123456789abcdef") != "" {
				t.Fatalf("%s has %.100q in the clear", name, value)
			}
		}
	}
}

// Whatever comes: nothing panics, and what is let through is a form to another
// parser too, with its fields sealed.
func FuzzWalk(f *testing.F) {
	for _, text := range []string{
		form(field("ssn", "1-2"), "Content-Length: 1\r\n"+field("n", "x")),
		form("Content-Type: application/json\r\n" + field("n", "{}")),
		form(`Content-Disposition: form-data; name="n"; filename="a\"; name=\"ssn"` + "\r\n\r\n1"),
		form(field("n", "x\n--"+boundary+"\n"+field("ssn", "1"))),
		"--" + boundary + "--",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var sealed, opened bytes.Buffer
		if multipartbody.Walk(t.Context(), &sealed, bytes.NewReader(text), boundary, options("ssn")) != nil {
			return
		}
		if bytes.Contains(bytes.ToLower(text), []byte("content-type")) || bytes.Contains(text, []byte("{")) {
			return // a file is not opened; a brace might be taken for sealed
		}
		checkNothingReadable(t, sealed.Bytes())
		o := options()
		o.All, o.Editor = true, hexEditor{open: true}
		if err := multipartbody.Walk(t.Context(), &opened, &sealed, boundary, o); err != nil || !bytes.Equal(opened.Bytes(), text) {
			t.Fatalf("%q opens as %q, %v", text, opened.Bytes(), err)
		}
	})
}
