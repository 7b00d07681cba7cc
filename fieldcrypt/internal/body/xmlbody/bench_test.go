package xmlbody_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
	"github.com/fortlet/fortlet/fieldcrypt/internal/body/xmlbody"
)

const person = `<person id="7"><fname>Alejandro</fname><lname>Rosalez</lname><ssn>078-05-1120</ssn><note>nothing to see here, move along</note></person>` + "\n"

// endless gives a document of many records.
type endless struct {
	records int
	rest    string
	ended   bool
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch {
		case e.records > 0:
			e.rest = person
			e.records--
		case !e.ended:
			e.rest, e.ended = "</people>", true
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

type markerEditor struct{}

func (markerEditor) Edit(_ context.Context, dst []byte, _ *body.Value) ([]byte, error) {
	return append(dst, "#ssn.1#AAAA#1.ssn#"...), nil
}

// A document of any length needs little memory, and the same for each record.
func TestConstantMemory(t *testing.T) {
	o := anySSN(t, markerEditor{})
	run := func(records int) float64 {
		return testing.AllocsPerRun(3, func() {
			err := xmlbody.Walk(context.Background(), io.Discard, &endless{records: records, rest: "<people>"}, o)
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := run(10), run(10_000); many > few+10_000*2 {
		t.Errorf("%v allocations for 10 records, %v for 10,000", few, many)
	}
}

func BenchmarkWalk(b *testing.B) {
	doc := "<people>" + strings.Repeat(person, 5000) + "</people>"
	o := anySSN(b, markerEditor{})
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if err := xmlbody.Walk(b.Context(), io.Discard, strings.NewReader(doc), o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSmall(b *testing.B) {
	doc := "<people>" + person + "</people>"
	o := anySSN(b, markerEditor{})
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := xmlbody.Walk(b.Context(), &out, strings.NewReader(doc), o); err != nil {
			b.Fatal(err)
		}
	}
}
