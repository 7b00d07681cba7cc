package policy

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWide: both ways of matching agree, on patterns and texts of few different
// characters, so that there is much to try.
func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string, most int) string {
		var b strings.Builder
		for range r.IntN(most) {
			b.WriteString(from[r.IntN(len(from))])
		}
		return b.String()
	}
	matched := 0
	for range 200_000 {
		var b patternBuilder
		if err := b.parse(pick([]string{"a", "b", ":", "ä", "*", "?", "*a", "a?", "${k}"}, 12), syntax{wildcards: true, variables: true}); err != nil {
			t.Fatal(err)
		}
		b.flush()
		p := b.pattern
		p.columns = r.IntN(4)
		s := pick([]string{"a", "a", "b", ":", "ä", "aä", "\U0001F600", "\xff"}, 14)
		values := make([]string, p.slots)
		for i := range values {
			values[i] = pick([]string{"a", "ä", ":", "*"}, 3)
		}
		if len(p.tokens) == 0 {
			continue
		}
		want := p.run(s, values)
		if got := p.newWide(values).match(s, p.wall(s)); got != want {
			t.Fatalf("%+v with %q on %q: %t, want %t", p.tokens, values, s, got, want)
		}
		if want {
			matched++
		}
	}
	if matched < 3_000 {
		t.Errorf("only %d texts matched", matched)
	}
}

// TestPatience: a pattern that would take run more than a hundred million steps
// still matches what it matches.
func TestPatience(t *testing.T) {
	p, err := parsePattern("*"+strings.Repeat("a?", 20_000)+"b", syntax{wildcards: true})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 60_000)
	for s, want := range map[string]result{text: missed, text + "b": matched, text + "ba": missed, text[:40_000] + "b": matched, text[:39_999] + "b": missed} {
		if got := p.match(s, nil); got != want {
			t.Errorf("%d characters with %q at the end: %d, want %d", len(s), s[len(s)-2:], got, want)
		}
	}
}

func BenchmarkPatience(b *testing.B) {
	p, err := parsePattern("*"+strings.Repeat("a?", 2_000)+"b", syntax{wildcards: true})
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("a", 8_000)
	for b.Loop() {
		p.match(text, nil)
	}
}
