package audit

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// reference is s as encoding/json writes it.
func reference(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func FuzzString(f *testing.F) {
	for c := range 256 {
		f.Add(string([]byte{'a', byte(c), 'z'}))
	}
	for _, s := range []string{
		"", "ünïcödé", "\u2028\u2029", "\xff\xfe", "\xe2\x80", "a\u2028\xe2\x80\xa8", "😀", "\ufffd",
		"<script>&", "\x00\x1f\x7f", `\"`, "line\r\nline", strings.Repeat("a\"", 50),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := string(appendString([]byte("x"), s))
		if want := "x" + reference(t, s); got != want {
			t.Errorf("appendString(%q) = %s, want %s", s, got, want)
		}
	})
}

func TestRawValuesStayOnOneLine(t *testing.T) {
	for _, c := range []struct{ name, raw, want string }{
		{"as it is", `{"a": [1, "b"]}`, `{"a": [1, "b"]}`},
		{"pretty", "{\n  \"a\": 1,\r\n  \"b\": \"\\n\"\n}\n", `{"a":1,"b":"\n"}`},
		{"not JSON", "a\nb", `"a\nb"`},
		{"newline inside a string is not JSON", "\"a\nb\"", `"\"a\nb\""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(appendRaw(nil, json.RawMessage(c.raw))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestBuffersNeverGrowForPlainText(t *testing.T) {
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() { appendString(buf, "arn:aws:iam::111122223333:user/alejandro") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
