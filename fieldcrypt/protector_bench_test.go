package fieldcrypt_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// freeKey seals for nothing, so that the parser alone is measured.
type freeKey struct{}

func (freeKey) Seal(_ context.Context, dst, _ []byte, _ fieldcrypt.Encoding) ([]byte, error) {
	return append(dst, "#k.1#AAAA#1.k#"...), nil
}

// article's record: six fields to seal, and some that stay.
const record = `{"id": 4711, "fname": "Alejandro", "lname": "Rosalez", "email": "alejandro_rosalez@example.com", ` +
	`"ssn": "123-45-6789", "dob": "1970-01-01", "phone": "+1-555-0100", "address": {"street": "100 Main Street", ` +
	`"city": "Anytown", "zip": "98101"}, "tags": ["a", "b"], "active": true, "note": null}`

func BenchmarkBody(b *testing.B) {
	for name, bench := range map[string]struct{ contentType, in string }{
		"json":     {"application/json", record},
		"form":     {"application/x-www-form-urlencoded", "id=4711&fname=Alejandro&lname=Rosalez&email=a%40example.com&ssn=123-45-6789&dob=1970-01-01&phone=%2B1"},
		"json-1MB": {"application/json", "[" + strings.Repeat(record+",\n", 1<<20/len(record)) + record + "]"},
	} {
		b.Run(name, func(b *testing.B) {
			var all []fieldcrypt.Rule
			for _, f := range strings.Fields("fname lname email ssn dob phone") {
				all = append(all, fieldcrypt.Rule{Name: f, Selectors: selectors(b, f), Sealer: freeKey{}})
			}
			p, err := fieldcrypt.NewProtector(all, fieldcrypt.Limits{})
			if err != nil {
				b.Fatal(err)
			}
			src, dst := strings.NewReader(bench.in), new(bytes.Buffer)
			b.SetBytes(int64(len(bench.in)))
			b.ReportAllocs()
			for b.Loop() {
				src.Reset(bench.in)
				dst.Reset()
				n, err := p.Body(b.Context(), dst, src, bench.contentType)
				if err != nil || n.Total()%6 != 0 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// BenchmarkPass is the parser where nothing is selected.
func BenchmarkPass(b *testing.B) {
	p, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{{Name: "k", Selectors: selectors(b, "other"), Sealer: freeKey{}}}, fieldcrypt.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	in := "[" + strings.Repeat(record+",\n", 1<<20/len(record)) + record + "]"
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Body(b.Context(), io.Discard, strings.NewReader(in), "application/json"); err != nil {
			b.Fatal(err)
		}
	}
}
