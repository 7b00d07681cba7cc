package report

import (
	"errors"
	"strings"
	"testing"
)

// TestCSV: lines as csv.writer(f).writerow(...) of Python 3 writes them.
func TestCSV(t *testing.T) {
	for _, test := range []struct {
		fields []string
		want   string
	}{
		{[]string{"a", "b"}, "a,b\r\n"},
		{[]string{"a", ""}, "a,\r\n"},
		{[]string{"", ""}, ",\r\n"},
		{[]string{""}, "\"\"\r\n"},
		{[]string{"a,b", "c"}, "\"a,b\",c\r\n"},
		{[]string{`say "x"`, "c"}, "\"say \"\"x\"\"\",c\r\n"},
		{[]string{"a\nb", "a\rb"}, "\"a\nb\",\"a\rb\"\r\n"},
		{[]string{" a", "b ", "\ta", `\.`, "#", "'x'", "a;b"}, " a,b ,\ta,\\.,#,'x',a;b\r\n"},
		{[]string{"ä", "日本"}, "ä,日本\r\n"},
	} {
		var b strings.Builder
		w := newCSVWriter(&b)
		w.write(test.fields...)
		if err := w.flush(); err != nil {
			t.Fatal(err)
		}
		if b.String() != test.want {
			t.Errorf("%q: %q, want %q", test.fields, b.String(), test.want)
		}
	}
}

// TestCSVError: a full disk is not passed over.
func TestCSVError(t *testing.T) {
	f := file{name: "x", columns: nameColumns, rows: nameRows(make([]string, 100_000))}
	if err := f.encode(full{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
