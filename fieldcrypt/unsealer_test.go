package fieldcrypt_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/fieldcrypt"
)

// What is opened is written as its new place needs it, whatever was sealed.
func TestOpenInto(t *testing.T) {
	k := newFakeKey("k")
	m := func(e fieldcrypt.Encoding, plaintext string) string { return fakeMarker(t, k, e, plaintext) }
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	for _, tt := range []struct{ name, contentType, in, out string }{
		{"quotes do not end a string", jsonType, `{"a":"` + m("", `","admin":"1`) + `"}`, `{"a":"\",\"admin\":\"1"}`},
		{"number in a longer string", jsonType, `{"a":"no ` + m("json", "15") + `!"}`, `{"a":"no 15!"}`},
		{"JSON string in a longer string", jsonType, `{"a":"\n ` + m("json", `"\u0061\""`) + `"}`, `{"a":"\n a\""}`},
		{"two in one string", jsonType, `["` + m("", "x") + m("json", "1") + `"]`, `["x1"]`},
		{"escaped slashes of PHP", jsonType, `["` + strings.ReplaceAll(m("", "???>>>"), "/", `\/`) + `"]`, `["???>>>"]`},
		{"escaped plus of .NET", jsonType, `["` + strings.ReplaceAll(m("", ">>>???"), "+", `\u002B`) + `"]`, `[">>>???"]`},
		{"form source in JSON", jsonType, `["` + m("form", "a%20%22") + `"]`, `["a \""]`},
		{"XML source in JSON", jsonType, `["` + m("xml", "a&lt;&#34;") + `"]`, `["a<\""]`},
		{"names are no values", jsonType, `{"` + m("", "x") + `":1}`, `{"` + m("", "x") + `":1}`},
		{"separators do not end a form's value", formType, "a=" + m("", "1&admin=1") + "&b=1", "a=1%26admin%3D1&b=1"},
		{"line break in JSON lines", "application/x-ndjson", `["` + m("", "a\nb") + "\"]\n", "[\"a\\nb\"]\n"},
		{"plain text", "text/plain", "a " + m("json", `"\u0062"`) + m("form", "%63") + m("", "d") + " e", "a bcd e"},
		{"opened text is not opened again", jsonType, `["` + m("", m("", "x")) + `"]`, `["` + m("", "x") + `"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.HasPrefix(tt.contentType, formType) {
				tt.in = strings.NewReplacer("#", "%23", "=", "%3D", "+", "%2B", "/", "%2F").Replace(tt.in)
				tt.in = strings.ReplaceAll(tt.in, "a%3D", "a=")
				tt.in = strings.ReplaceAll(tt.in, "b%3D", "b=")
			}
			out, r, err := open(t, u, tt.contentType, tt.in)
			if err != nil || out != tt.out || r.Sealed != 0 {
				t.Errorf("%s\nopens to %s, %+v, %v; want %s", tt.in, out, r, err, tt.out)
			}
		})
	}
}

// What does not open, or would not be a value where it stands, stays sealed.
func TestOpenLeaves(t *testing.T) {
	k, other := newFakeKey("k"), newFakeKey("other")
	m := func(e fieldcrypt.Encoding, plaintext string) string { return fakeMarker(t, k, e, plaintext) }
	for _, tt := range []struct{ name, contentType, in string }{
		{"other key", jsonType, `{"a":["` + fakeMarker(t, other, "", "x") + `"]}`},
		{"other key in text", "text/plain", `b ` + fakeMarker(t, other, "", "x") + ` c`},
		{"not JSON", jsonType, `{"a":["` + m("json", `1,"admin":true`) + `"]}`},
		{"not one value", jsonType, `{"a":["` + m("json", `"a"],"b":["c"`) + `"]}`},
		{"not UTF-8", jsonType, `{"a":["` + m("", "\xff") + `"]}`},
		{"not a form", jsonType, `{"a":["` + m("form", "%zz") + `"]}`},
		{"not XML", jsonType, `{"a":["` + m("xml", "&unknown;") + `"]}`},
		{"JSON on several lines", "application/x-ndjson", `{"a":["` + m("json", "[\n1]") + "\"]}\n"},
		{"not JSON in text", "text/plain", m("json", `x`)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, r, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}, "other"), tt.contentType, tt.in)
			if err != nil || out != tt.in || r.Opened != 0 || r.Sealed != 1 || len(r.Left) != 1 || r.Left[0].Err == nil {
				t.Errorf("%s, %+v, %v", out, r, err)
			}
			if tt.contentType == jsonType && r.Left[0].Path != "$.a[0]" {
				t.Errorf("path %s", r.Left[0].Path)
			}
			_, _, err = open(t, unsealer(t, fieldcrypt.UnsealOptions{Strict: true}, "other"), tt.contentType, tt.in)
			if !errors.Is(err, fieldcrypt.ErrSealed) {
				t.Errorf("strict: %v", err)
			}
		})
	}
}

func TestOpenReportIsBounded(t *testing.T) {
	sealed := fakeMarker(t, newFakeKey("other"), "", "x")
	in := "[" + strings.Repeat(`"`+sealed+`",`, 500) + "1]"
	_, r, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{}, "other"), jsonType, in)
	if err != nil || r.Sealed != 500 || len(r.Left) != 1 || r.Left[0].Count != 500 || r.Left[0].Path != "$[0]" {
		t.Errorf("%d, %d, %v", r.Sealed, len(r.Left), err)
	}
}

func TestOpenRefused(t *testing.T) {
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	for contentType, in := range map[string]string{
		"image/png": "x", "": "x", jsonType: "{", formType: "%", "application/json; charset=utf-16": "{}", "multipart/form-data": "",
	} {
		if _, _, err := open(t, u, contentType, in); err == nil {
			t.Errorf("%s is accepted", contentType)
		}
	}
	// A value too long to be searched passes, but not when all has to be opened.
	long := `["` + strings.Repeat("a", 2<<20) + `"]`
	if out, _, err := open(t, u, jsonType, long); err != nil || out != long {
		t.Errorf("long value: %v", err)
	}
	if _, _, err := open(t, unsealer(t, fieldcrypt.UnsealOptions{Strict: true}), jsonType, long); !errors.Is(err, fieldcrypt.ErrTooLong) {
		t.Errorf("long value, strict: %v", err)
	}
}

// A slowOpener takes a second, and counts how many wait at the same time.
type slowOpener struct {
	mu        sync.Mutex
	now, most int
	calls     int
}

func (o *slowOpener) Open(ctx context.Context, s *fieldcrypt.Sealed) ([]byte, error) {
	o.mu.Lock()
	o.now++
	o.calls++
	o.most = max(o.most, o.now)
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		o.now--
		o.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
		return fakeOpener(nil).Open(ctx, s)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Markers are opened several at a time, each once.
func TestOpenConcurrently(t *testing.T) {
	k := newFakeKey("k")
	var in, want strings.Builder
	for i := range 12 {
		text := strings.Repeat("x", i+1)
		in.WriteString(`"` + fakeMarker(t, k, "", text) + "\"\n")
		want.WriteString(`"` + text + "\"\n")
	}
	finder, err := fieldcrypt.NewFinder()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		o := new(slowOpener)
		u := fieldcrypt.NewUnsealer(finder, o, fieldcrypt.UnsealOptions{Concurrent: 4})
		start := time.Now()
		out, r, err := open(t, u, "application/x-ndjson", in.String())
		if err != nil || out != want.String() || r.Opened != 12 || o.calls != 12 || o.most != 4 {
			t.Errorf("%s, %+v, %v; %d calls, %d at a time", out, r, err, o.calls, o.most)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
	})
	// What is under way ends with the call: synctest would find it waiting.
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		u := fieldcrypt.NewUnsealer(finder, new(slowOpener), fieldcrypt.UnsealOptions{Concurrent: 4})
		r, err := u.Body(ctx, io.Discard, strings.NewReader(in.String()), "application/x-ndjson")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestOpenHeader(t *testing.T) {
	k := newFakeKey("k")
	m := func(plaintext string) string { return fakeMarker(t, k, "", plaintext) }
	long := strings.Repeat("x", 100_000)
	h := http.Header{"A": {m("x") + ", " + m("é"), "y"}, "B": {m("x\r\nSet-Cookie: y")}, "C": {long}, "D": {fakeMarker(t, k, "json", `"z"`)}}
	r, err := unsealer(t, fieldcrypt.UnsealOptions{Limits: fieldcrypt.Limits{Text: 1000}}).Header(t.Context(), h)
	if err != nil || r.Opened != 3 || r.Sealed != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if h["A"][0] != "x, é" || h["A"][1] != "y" || h.Get("B") != m("x\r\nSet-Cookie: y") || h.Get("C") != long || h.Get("D") != "z" {
		t.Errorf("%.300q", h)
	}
	strict := unsealer(t, fieldcrypt.UnsealOptions{Strict: true, Limits: fieldcrypt.Limits{Text: 1000}})
	if _, err := strict.Header(t.Context(), http.Header{"B": h["B"]}); !errors.Is(err, fieldcrypt.ErrSealed) {
		t.Errorf("strict: %v", err)
	}
	if _, err := strict.Header(t.Context(), http.Header{"C": h["C"]}); !errors.Is(err, fieldcrypt.ErrTooLong) {
		t.Errorf("strict, long: %v", err)
	}
}

func TestUnsealerCovers(t *testing.T) {
	u := unsealer(t, fieldcrypt.UnsealOptions{})
	for contentType, want := range map[string]bool{
		jsonType: true, "text/plain": true, "text/xml; charset=utf-8": true, "image/png": false, "text/html": false, "": false,
		"application/json; charset=latin1": false, "application/json-patch+json": false,
	} {
		if u.Covers(contentType) != want {
			t.Errorf("%s: covered is %t", contentType, !want)
		}
	}
}

// Any text is opened, of whatever format it is, if it has one.
func TestOpenText(t *testing.T) {
	k := newFakeKey("k")
	in := "\xff" + fakeMarker(t, k, "", "a") + "<" + fakeMarker(t, k, "xml", "&lt;") + fakeMarker(t, k, "form", "%zz") + "#"
	want := "\xffa<<" + fakeMarker(t, k, "form", "%zz") + "#"
	var out strings.Builder
	r, err := unsealer(t, fieldcrypt.UnsealOptions{}).Text(t.Context(), &out, iotest.OneByteReader(strings.NewReader(in)))
	if err != nil || out.String() != want || r.Opened != 2 || r.Sealed != 1 {
		t.Errorf("%q, %+v, %v", out.String(), r, err)
	}
	lost := errors.New("lost")
	if _, err := unsealer(t, fieldcrypt.UnsealOptions{}).Text(t.Context(), io.Discard, iotest.ErrReader(lost)); !errors.Is(err, lost) {
		t.Error(err)
	}
}
