package store

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestKeyIsReadableWhenItCanBe(t *testing.T) {
	for want, parts := range map[string][]string{
		"111122223333":                {"111122223333"},
		"111122223333\x00alice":       {"111122223333", "alice"},
		"a\x00\x00b":                  {"a", "", "b"},
		"a\x01\x01b":                  {"a\x00b"},
		"a\x01\x02b":                  {"a\x01b"},
		"a\x01\x02\x01\x01\x00\u00e9": {"a\x01\x00", "\u00e9"},
		"":                            {""},
		"\x00":                        {"", ""},
	} {
		if got := Key(parts...); got != want {
			t.Errorf("Key(%q) = %q, want %q", parts, got, want)
		}
		if got := Parts(want); !slices.Equal(got, parts) {
			t.Errorf("Parts(%q) = %q, want %q", want, got, parts)
		}
	}
}

// TestKeyOrder compares keys of random parts: the same order, the same
// prefixes, and the parts come back.
func TestKeyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	parts := func() []string {
		parts := make([]string, 1+random.IntN(3))
		for i := range parts {
			for range random.IntN(4) {
				parts[i] += string("\x00\x01\x02ab\xff"[random.IntN(6)])
			}
		}
		return parts
	}
	for range 100_000 {
		a, b := parts(), parts()
		if got, want := cmp.Compare(Key(a...), Key(b...)), slices.Compare(a, b); got != want {
			t.Fatalf("keys of %q and %q compare as %d, want %d", a, b, got, want)
		}
		continues := len(b) > len(a) && slices.Equal(a, b[:len(a)])
		if got := strings.HasPrefix(Key(b...), Prefix(a...)); got != continues {
			t.Fatalf("Prefix(%q) begins Key(%q): %t, want %t", a, b, got, continues)
		}
		if got := Parts(Key(a...)); !slices.Equal(got, a) {
			t.Fatalf("Parts(Key(%q)) = %q", a, got)
		}
	}
	if Prefix() != "" {
		t.Error("the prefix of nothing excludes something")
	}
}

func TestKeyOfOnePlainPartIsFree(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Key("AKIAIOSFODNN7EXAMPLE") }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
