package fieldcrypt_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// A long body is never in memory as a whole: what comes out is never far behind
// what went in.
func TestBodyStreams(t *testing.T) {
	const window = 256 << 10
	p := protector(t, fieldcrypt.Limits{}, "k ssn")
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	value := strings.Repeat("x", 60_000)
	for _, body := range []struct{ contentType, start, item, end string }{
		{jsonType, "[", record + ",\n", "1]"},
		{jsonType, `[`, `{"ssn":"` + value + `","a":["` + value + value + `"]},`, "1]"},
		{jsonType, `[`, `{"ssn":[` + strings.Repeat("[1],", 10_000) + `2]},`, "1]"},
		{jsonType, `["`, strings.Repeat("é", 500), `"]`},
		{jsonType, ``, "1234567890", ``},
		{"application/x-ndjson", "", record + "\n", ""},
		{formType, "a=1", "&ssn=123-45-6789&b=2&c=" + value, ""},
		{formType, "a=1", "aaaaaaaaaa%20", ""},
	} {
		b := &lagging{item: []byte(body.item), items: 4<<20/len(body.item) + 1, start: body.start, end: body.end}
		if _, err := p.Body(t.Context(), b, b, body.contentType); err != nil {
			t.Errorf("%s %.20s: %v", body.contentType, body.item, err)
		}
		if b.most > window {
			t.Errorf("%s %.20s: %d bytes behind", body.contentType, body.item, b.most)
		}
		if b.written < b.read {
			t.Errorf("%s %.20s: %d bytes of %d", body.contentType, body.item, b.written, b.read)
		}
		// Opening looks at every text, up to 1 MiB of it.
		b = &lagging{item: []byte(body.item), items: 4<<20/len(body.item) + 1, start: body.start, end: body.end}
		if _, err := u.Body(t.Context(), b, b, body.contentType); err != nil {
			t.Errorf("opening %s %.20s: %v", body.contentType, body.item, err)
		}
		if b.most > 4<<20 {
			t.Errorf("opening %s %.20s: %d bytes behind", body.contentType, body.item, b.most)
		}
	}
}

// lagging is a body of many items, and the writer of what becomes of it. It
// notes how far the writing is behind the reading.
type lagging struct {
	item          []byte
	items         int
	start, end    string
	rest          []byte
	state         int
	read, written int
	most          int
}

func (l *lagging) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		switch {
		case l.state == 0:
			l.rest = []byte(l.start)
			l.state = 1
		case l.items > 0:
			l.rest = l.item
			l.items--
		case l.state == 1:
			l.rest = []byte(l.end)
			l.state = 2
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	l.read += n
	l.most = max(l.most, l.read-l.written)
	return n, nil
}

func (l *lagging) Write(p []byte) (int, error) {
	l.written += len(p)
	return len(p), nil
}

// A body that ends with an error is not completed: what was held back stays so.
func TestBodyEndsEarly(t *testing.T) {
	p := protector(t, fieldcrypt.Limits{}, "k ssn")
	for _, in := range []string{`{"ssn":"secret`, `{"ssn":["secret"`, `{"ssn":secret`, `[{"ssn":"a"},{"ssn":"secret"`, `{"x":1,"ssn":"secret"`} {
		var out bytes.Buffer
		if _, err := p.Body(t.Context(), &out, strings.NewReader(in), jsonType); err == nil || strings.Contains(out.String(), "secret") {
			t.Errorf("%s: %s, %v", in, out.String(), err)
		}
	}
}
