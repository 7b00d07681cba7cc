package cryptography

import (
	"fmt"
	"testing"
)

func TestAppendContext(t *testing.T) {
	for _, test := range []struct {
		context map[string]string
		want    string
	}{
		{nil, ""},
		{map[string]string{}, ""},
		{map[string]string{"": ""}, "\x00\x00\x00\x00\x00\x00\x00\x00"},
		{map[string]string{"k": "vv"}, "\x00\x00\x00\x01k\x00\x00\x00\x02vv"},
		{
			map[string]string{"b": "2", "a": "1", "B": ""},
			"\x00\x00\x00\x01B\x00\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x00\x011\x00\x00\x00\x01b\x00\x00\x00\x012",
		},
	} {
		if got := string(appendContext(nil, test.context)); got != test.want {
			t.Errorf("%q: %q, want %q", test.context, got, test.want)
		}
	}
}

// TestAppendContextIgnoresMapOrder repeats, because Go shuffles maps.
func TestAppendContextIgnoresMapOrder(t *testing.T) {
	context := map[string]string{}
	for i := range 20 {
		context[fmt.Sprint("key", i)] = fmt.Sprint("value", i)
	}
	want := string(appendContext(nil, context))
	for range 50 {
		if got := string(appendContext(nil, context)); got != want {
			t.Fatalf("%q, then %q", want, got)
		}
	}
}
