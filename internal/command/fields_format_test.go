package command

import (
	"bufio"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// TestSniff: what begins like JSON or XML and goes on otherwise is text.
func TestSniff(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	for text, want := range map[string]string{
		"":                                    "text",
		"\n\n":                                "text",
		`{"a":1}`:                             "json",
		"\n [1, 2]\n":                         "json",
		`{"a": [{"b": "` + long:               "json",
		`[{"a":1},{"a":2}`:                    "json",
		"{\"a\":1}\n{\"a\":2}\n":              "ndjson",
		"{\"a\":1}{\"a\":\"" + long:           "ndjson",
		"{\"a\":1}\n2026 not JSON":            "ndjson",
		"[2026-11-23 10:00:01] {\"a\":1}":     "text",
		"[info] started":                      "text",
		"{name} was here":                     "text",
		"<person><ssn>1</ssn></person>":       "xml",
		"<?xml version=\"1.0\"?>\n<a>" + long: "xml",
		"<13>Nov 23 10:00:01 host app: x":     "text",
		"<- see above":                        "text",
		"ssn=123-45-6789&a=b":                 "text",
		"\ufeff{\"a\":1}":                     "json",
		`"#ssn.1#AQID#1.ssn#"`:                "json",
		`"a","b"`:                             "text",
		`"quoted" words`:                      "text",
		"plain":                               "text",
	} {
		r := bufio.NewReaderSize(strings.NewReader(text), inputBuffer)
		if got := sniff(r); got != fieldFormats[want] {
			t.Errorf("%.40q: %s, want %s", text, got, want)
		}
		if rest, err := r.Peek(min(len(text), 10)); err != nil || !strings.HasPrefix(text, string(rest)) {
			t.Errorf("%.40q: reading goes on with %q, %v", text, rest, err)
		}
	}
	if got := sniff(bufio.NewReader(iotest.ErrReader(errors.New("broken")))); got != textFormat {
		t.Errorf("of what cannot be read: %s", got)
	}
}

func TestContentType(t *testing.T) {
	for _, c := range []struct{ given, file, want string }{
		{"json", "", "application/json"},
		{"", "a/b.JSON", "application/json"},
		{"text", "a.json", "text/plain"},
		{"", "a.jsonl", "application/x-ndjson"},
		{"", "a.txt", "text/plain"},
		{"", "a.dat", "application/xml"}, // by what is in it
		{"multipart/form-data; boundary=x", "a.json", "multipart/form-data; boundary=x"},
	} {
		got, err := contentType(c.given, c.file, bufio.NewReader(strings.NewReader("<a>1</a>")))
		if err != nil || got != c.want {
			t.Errorf("%q %q: %s, %v", c.given, c.file, got, err)
		}
	}
	if _, err := contentType("yaml", "", nil); !errors.As(err, new(usageError)) {
		t.Errorf("yaml: %v", err)
	}
}
