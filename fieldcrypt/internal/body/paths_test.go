package body_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// The compiled paths select what a plain reading of the steps selects.
func TestPathsAgainstPlainReading(t *testing.T) {
	names := []string{"a", "b", "@c"}
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		rules := make([][][]body.Step, 1+r.IntN(3))
		for i := range rules {
			for range 1 + r.IntN(2) {
				rules[i] = append(rules[i], randomSteps(r, names))
			}
		}
		p, err := body.NewPaths(rules)
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			place := make([]any, r.IntN(5))
			state := p.Start()
			for i := range place {
				if r.IntN(3) == 0 {
					n := r.IntN(3)
					place[i], state = n, p.Element(state, n)
				} else {
					name := []string{"a", "A", "b", "@c", "@d", "e"}[r.IntN(6)]
					place[i], state = strings.ToLower(name), p.Member(state, p.Symbol([]byte(name)))
				}
			}
			want := body.NoRule
			for rule := len(rules) - 1; rule >= 0; rule-- {
				for _, steps := range rules[rule] {
					if selects(steps, place) {
						want = rule
					}
				}
			}
			if got := p.Rule(state); got != want {
				t.Fatalf("seed %d: %v select %v by rule %d, want %d", seed, rules, place, got, want)
			}
		}
	}
}

func randomSteps(r *rand.Rand, names []string) (steps []body.Step) {
	for range r.IntN(5) {
		switch r.IntN(6) {
		case 0:
			steps = append(steps, body.Step{Kind: body.Any})
		case 1:
			steps = append(steps, body.Step{Kind: body.AnyElement})
		case 2:
			steps = append(steps, body.Step{Kind: body.Index, Index: r.IntN(2)})
		case 3:
			steps = append(steps, body.Step{Kind: body.Descend})
		default:
			steps = append(steps, body.Step{Name: names[r.IntN(len(names))]})
		}
	}
	return steps
}

// selects is what the steps say, tried one by one.
func selects(steps []body.Step, place []any) bool {
	if len(steps) == 0 {
		return len(place) == 0
	}
	if steps[0].Kind == body.Descend {
		return selects(steps[1:], place) || len(place) > 0 && selects(steps, place[1:])
	}
	if len(place) == 0 {
		return false
	}
	name, named := place[0].(string)
	var ok bool
	switch steps[0].Kind {
	case body.Any:
		ok = true
	case body.AnyElement:
		ok = !strings.HasPrefix(name, "@")
	case body.Index:
		ok = !named && place[0] == steps[0].Index
	default:
		ok = named && name == steps[0].Name
	}
	return ok && selects(steps[1:], place[1:])
}

func TestNoPaths(t *testing.T) {
	p, err := body.NewPaths(make([][][]body.Step, 3))
	if err != nil || p != nil {
		t.Errorf("%v, %v", p, err)
	}
	if s := p.Member(p.Start(), p.Symbol([]byte("a"))); p.Rule(s) != body.NoRule {
		t.Error("no paths select something")
	}
}

func TestFold(t *testing.T) {
	for _, alike := range [][]string{
		{"ssn", "SSN", "sſn", "s-s_n", "ßn", "ẞN"},
		{"first", "FIRST", "ﬁrﬆ", "ﬁrﬅ"},
		{"office", "oﬃce"}, {"waffle", "waﬄe"}, {"fluff", "ﬂuﬀ"},
		{"key", "KEY", "\u212aey"},
		{"id", "ID", "Id", "ıd", "İD", "i_d"},
		{"straße", "STRAẞE"},
		{"ångström", "\u212bngström", "ÅNGSTRÖM"},
		{"σ", "ς", "Σ"},
		{"ǆ", "ǅ", "Ǆ"},
		{"", "-_-"},
	} {
		first := string(body.AppendFold(nil, []byte(alike[0])))
		for _, name := range alike {
			if got := string(body.AppendFold(nil, []byte(name))); got != first {
				t.Errorf("%q folds to %q, %q to %q", name, got, alike[0], first)
			}
		}
	}
	for _, pair := range [][2]string{{"ssn", "ssn2"}, {"e", "é"}, {"a.b", "ab"}, {"ssn", "ssn "}} {
		if string(body.AppendFold(nil, []byte(pair[0]))) == string(body.AppendFold(nil, []byte(pair[1]))) {
			t.Errorf("%q and %q fold to the same", pair[0], pair[1])
		}
	}
}

func TestDisplayName(t *testing.T) {
	for in, want := range map[string]string{
		"ssn": "ssn", "a\nb\x1b[2J\x7f\u2028": "a?b?[2J??", "\xff": "?", "名前": "名前",
		strings.Repeat("a", 65): strings.Repeat("a", 64) + "…", strings.Repeat("é", 33): strings.Repeat("é", 32) + "…",
	} {
		if got := body.DisplayName([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
