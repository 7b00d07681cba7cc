package diff

import (
	"encoding/json"
	"slices"

	"github.com/fortlet/fortlet/internal/inspect/equivalence"
)

// applier applies the dictionary and remembers what came of it, for the same
// names occur over and over. It is for one goroutine.
type applier struct {
	dictionary *equivalence.Dictionary
	texts      map[string]string
	conditions map[string]string
}

func newApplier(d *equivalence.Dictionary) *applier {
	return &applier{d, make(map[string]string), make(map[string]string)}
}

func (a *applier) text(s string) string {
	if t, ok := a.texts[s]; ok {
		return t
	}
	t := a.dictionary.Apply(s)
	a.texts[s] = t
	return t
}

// condition applies the dictionary to a Condition element. Its values are
// sorted thereafter: their order says nothing, and the dictionary changes it.
func (a *applier) condition(s string) string {
	if s == "" {
		return ""
	}
	if t, ok := a.conditions[s]; ok {
		return t
	}
	var v any
	t := s
	if json.Unmarshal([]byte(s), &v) == nil {
		t = compact(a.value(v, 0))
	}
	a.conditions[s] = t
	return t
}

// value applies the dictionary to the strings within a JSON value. A Condition
// has objects to the depth of two (operators, keys), and below them values, of
// which a single one is a list of one.
func (a *applier) value(v any, depth int) any {
	switch v := v.(type) {
	case string:
		if depth == 2 {
			return []any{a.text(v)}
		}
		return a.text(v)
	case []any:
		for i := range v {
			v[i] = a.value(v[i], depth+1)
		}
		slices.SortStableFunc(v, compareText)
		return v
	case map[string]any:
		for name := range v {
			v[name] = a.value(v[name], depth+1)
		}
	}
	return v
}

// compareText orders strings, and leaves anything else where it is.
func compareText(x, y any) int {
	s, ok1 := x.(string)
	t, ok2 := y.(string)
	switch {
	case !ok1 || !ok2 || s == t:
		return 0
	case s < t:
		return -1
	}
	return 1
}
