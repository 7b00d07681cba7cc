package multipartbody_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/multipartbody"
)

type markerEditor struct{}

func (markerEditor) Edit(_ context.Context, dst []byte, _ *body.Value) ([]byte, error) {
	return append(dst, "#ssn.1#AAAA#1.ssn#"...), nil
}

// A file of any length goes by in the same memory.
func TestConstantMemory(t *testing.T) {
	o := options("ssn")
	o.Editor = markerEditor{}
	head := "--b\r\nContent-Type: image/png\r\n" + field("f", "")
	tail := "\r\n--b\r\n" + field("ssn", "078-05-1120") + "\r\n--b--"
	run := func(lines int) float64 {
		return testing.AllocsPerRun(3, func() {
			file := &repeated{text: "\r\n--a line of a file--\n", times: lines}
			src := io.MultiReader(strings.NewReader(head), file, strings.NewReader(tail))
			if err := multipartbody.Walk(context.Background(), io.Discard, src, "b", o); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := run(10), run(1_000_000); many > few+10 {
		t.Errorf("%v allocations for a small file, %v for a large one", few, many)
	}
}

// A repeated is a reader of a text many times.
type repeated struct {
	text  string
	times int
	at    int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) && r.times > 0 {
		k := copy(p[n:], r.text[r.at:])
		n += k
		if r.at += k; r.at == len(r.text) {
			r.at = 0
			r.times--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func BenchmarkFile(b *testing.B) {
	text := form("Content-Type: image/png\r\n"+field("f", strings.Repeat("\x89PNG\r\n\x1a\n--", 100_000)), field("ssn", "1-2"))
	o := options("ssn")
	o.Editor = markerEditor{}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := multipartbody.Walk(b.Context(), io.Discard, strings.NewReader(text), boundary, o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFields(b *testing.B) {
	text := form(field("fname", "Alejandro"), field("lname", "Rosalez"), field("ssn", "078-05-1120"), field("city", "Seattle"))
	o := options("ssn")
	o.Editor = markerEditor{}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := multipartbody.Walk(b.Context(), io.Discard, strings.NewReader(text), boundary, o); err != nil {
			b.Fatal(err)
		}
	}
}
