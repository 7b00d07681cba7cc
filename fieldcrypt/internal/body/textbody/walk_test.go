package textbody_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/textbody"
)

var propertyN = flag.Int("property.n", 3000, "how many payloads a property test generates")

// hexEditor writes <hex of the text>.
type hexEditor struct{}

func (hexEditor) Edit(_ context.Context, dst []byte, v *body.Value) ([]byte, error) {
	return append(dst, "<"+hex.EncodeToString(v.Text)+">"...), nil
}

var hexed = regexp.MustCompile(`<([0-9a-f]+)>`)

func opened(t testing.TB, text string) string {
	t.Helper()
	return hexed.ReplaceAllStringFunc(text, func(s string) string {
		plain, err := hex.DecodeString(s[1 : len(s)-1])
		if err != nil {
			return s
		}
		return string(plain)
	})
}

func options(t testing.TB) *body.Options {
	return &body.Options{
		Patterns: allPatterns(t), Editor: hexEditor{},
		Limits: body.Limits{Field: 4 << 10, Text: 64 << 10, Depth: 32, Name: 64, Names: 1000},
	}
}

// sealedWhole is what Walk should give: what Find says of the whole text.
func sealedWhole(t testing.TB, text string) string {
	t.Helper()
	var b strings.Builder
	done := 0
	for m := range textbody.Find(allPatterns(t), []byte(text)) {
		b.WriteString(text[done:m.Start] + "<" + hex.EncodeToString([]byte(text[m.Start:m.End])) + ">")
		done = m.End
	}
	return b.String() + text[done:]
}

// chunks gives a text in reads of odd lengths.
func chunks(r *rand.Rand, text string) io.Reader {
	var readers []io.Reader
	for len(text) > 0 {
		n := min(len(text), 1+r.IntN(1<<r.IntN(15)))
		readers = append(readers, strings.NewReader(text[:n]))
		text = text[n:]
	}
	return io.MultiReader(readers...)
}

// A match is found wherever the reads and the window happen to end.
func TestWalkAcrossBorders(t *testing.T) {
	secrets := "4111 1111 1111 1111 GB29 NWBK 6016 1331 9268 19\n078-05-1120 " + strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 100) + "com é"
	want := sealedWhole(t, secrets)
	for _, before := range []int{0, 1, 400, 16<<10 - 300, 16<<10 - 40, 16<<10 - 3, 16 << 10, 32<<10 - 200, 70_000} {
		pad := strings.Repeat("é.", before/3) + "\n"
		for name, src := range map[string]io.Reader{
			"whole":        strings.NewReader(pad + secrets),
			"bytewise":     iotest.OneByteReader(strings.NewReader(pad + secrets)),
			"data and EOF": iotest.DataErrReader(strings.NewReader(pad + secrets)),
		} {
			var out bytes.Buffer
			err := textbody.Walk(t.Context(), &out, src, options(t))
			if err != nil || out.String() != pad+want {
				t.Fatalf("%s, %d bytes before: %v\n%q, want\n%q", name, before, err, strings.TrimPrefix(out.String(), pad), want)
			}
		}
	}
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	pieces, longest := 8, 100
	if r.IntN(100) == 0 { // longer than a window
		pieces, longest = 40, 3000
	}
	for range r.IntN(pieces) {
		switch r.IntN(7) {
		case 0:
			b.WriteString(testCards[r.IntN(len(testCards))])
		case 1:
			b.WriteString(group(testCards[r.IntN(len(testCards))], 1+r.IntN(6), []string{" ", "-", "\u00a0", "."}[r.IntN(4)]))
		case 2:
			b.WriteString(testIBANs[r.IntN(len(testIBANs))])
		case 3:
			b.WriteString([]string{"078-05-1120", "a.b@example.com", "日本@例.jp", `"a b"@x.yz`}[r.IntN(4)])
		case 4:
			b.WriteString(strings.Repeat([]string{"a", "1", "é", "@", "1 ", "4111 "}[r.IntN(6)], r.IntN(longest)))
		default:
			b.WriteString([]string{" ", "\n", ", ", "", ".", "x", "-"}[r.IntN(7)])
		}
	}
	return b.String()
}

// A stream gives what the whole text does, and the text comes back.
func TestProperty(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range *propertyN {
		secret := []string{testCards[i%len(testCards)], testIBANs[i%len(testIBANs)], "078-05-1120", "a.rosalez@example.com"}[i%4]
		text := randomText(r) + "\n" + secret + "\n" + randomText(r)
		var out bytes.Buffer
		o := options(t)
		o.Limits.Field = 1 << 20
		err := textbody.Walk(t.Context(), &out, chunks(r, text), o)
		if err != nil {
			t.Fatalf("text %d: %v", i, err)
		}
		if want := sealedWhole(t, text); out.String() != want {
			t.Fatalf("text %d\n%q becomes\n%q, want\n%q", i, text, out.String(), want)
		}
		if strings.Contains(out.String(), "\n"+secret+"\n") {
			t.Fatalf("text %d shows %s in\n%q", i, secret, out.String())
		}
		if back := opened(t, out.String()); back != text {
			t.Fatalf("text %d opens as\n%q, was\n%q", i, back, text)
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add("4111 1111 1111 1111 078-05-1120 GB29NWBK60161331926819 a@b.cd", uint64(1))
	f.Add("\"a b\"@c.de４１１１", uint64(2))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if strings.ContainsAny(text, "<>") {
			return
		}
		var out bytes.Buffer
		if textbody.Walk(t.Context(), &out, chunks(rand.New(rand.NewPCG(seed, 0)), text), options(t)) != nil {
			return
		}
		if want := sealedWhole(t, text); out.String() != want {
			t.Fatalf("%q becomes %q, want %q", text, out.String(), want)
		}
	})
}

func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"UTF-16":           {"4\x001\x001\x001\x00", body.ErrUnsupported},
		"UTF-16 with mark": {"\xff\xfe4\x001\x00", body.ErrUnsupported},
		"latin-1":          {"caf\xe9", body.ErrUnsupported},
		"cut character":    {"caf\xc3", body.ErrUnsupported},
		"overlong":         {"\xc0\xb4111", body.ErrUnsupported},
		"ISO 2022":         {"\x1b$B", body.ErrUnsupported},
		"shift":            {"a\x0eb", body.ErrUnsupported},
		"late":             {strings.Repeat("é", 50_000) + "\xe9", body.ErrUnsupported},
	} {
		for _, src := range []io.Reader{strings.NewReader(tt.text), iotest.OneByteReader(strings.NewReader(tt.text))} {
			if err := textbody.Walk(t.Context(), io.Discard, src, options(t)); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
	}
}

// Numbers that overlap without end are one match, of bounded length.
func TestEndlessMatch(t *testing.T) {
	text := strings.Repeat("42000000 ", 2000) // any two in a row are a number
	longest := 0
	for m := range textbody.Find([]body.Pattern{pattern(t, 0, "pan")}, []byte(text)) {
		longest = max(longest, m.End-m.Start)
	}
	if longest < 5000 {
		t.Fatalf("the longest match has %d bytes: this tests nothing", longest)
	}
	if err := textbody.Walk(t.Context(), io.Discard, strings.NewReader(text), options(t)); !errors.Is(err, body.ErrTooLong) {
		t.Error(err)
	}
}

func TestEditorError(t *testing.T) {
	o := options(t)
	o.Editor = refusing{}
	err := textbody.Walk(t.Context(), io.Discard, strings.NewReader("é 078-05-1120"), o)
	var f *body.FieldError
	if !errors.Is(err, body.ErrSeal) || !errors.As(err, &f) || f.Path != "text at byte 3" || strings.Contains(err.Error(), "078") {
		t.Error(err)
	}
}

type refusing struct{}

func (refusing) Edit(context.Context, []byte, *body.Value) ([]byte, error) { return nil, body.ErrSeal }

func TestReaderAndWriterErrors(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("text"), iotest.ErrReader(broken))
	if err := textbody.Walk(t.Context(), io.Discard, src, options(t)); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if err := textbody.Walk(t.Context(), brokenWriter{broken}, strings.NewReader("text"), options(t)); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// lines is text without matches.
type lines struct{ left int }

func (l *lines) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && l.left > 0 {
		k := copy(p[n:min(len(p), n+l.left)], "order 12345 of 2026-07-01, paid in full by the customer.\n")
		n += k
		l.left -= k
	}
	return n, nil
}

func BenchmarkWalk(b *testing.B) {
	o := options(b)
	const size = 1 << 20
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if err := textbody.Walk(b.Context(), io.Discard, &lines{size}, o); err != nil {
			b.Fatal(err)
		}
	}
}
