package body

import (
	"slices"
	"strconv"
	"strings"
)

// pathsBuilder turns paths into an automaton, each state of which is a set of
// places in the paths: the textbook's subset construction.
type pathsBuilder struct {
	paths  [][]Step
	rules  []int
	states map[string]State
	sets   [][]place
}

// A place is how far one path is matched.
type place struct{ path, step int }

func (b *pathsBuilder) build(p *Paths) error {
	b.sets = append(b.sets, nil) // Dead
	b.states[""] = Dead
	p.rule = append(p.rule, NoRule)
	p.next = make([]State, p.width)
	var start []place
	for i := range b.paths {
		start = b.add(start, place{i, 0})
	}
	b.state(p, start)
	for s := 1; s < len(b.sets); s++ {
		if len(b.sets) > maxStates {
			return errTooManyPaths
		}
		row := make([]State, p.width)
		row[Other] = b.state(p, b.follow(b.sets[s], func(st Step) bool { return st.Kind == AnyElement }))
		row[OtherAttribute] = b.state(p, b.follow(b.sets[s], func(Step) bool { return false }))
		for name, symbol := range p.names {
			row[symbol] = b.state(p, b.follow(b.sets[s], func(st Step) bool {
				return st.Kind == AnyElement && !strings.HasPrefix(name, "@") ||
					st.Kind == Child && string(AppendFold(nil, []byte(st.Name))) == name ||
					st.Kind == Index && strconv.Itoa(st.Index) == name
			}))
		}
		for index, symbol := range p.indexes {
			row[symbol] = b.state(p, b.follow(b.sets[s], func(st Step) bool {
				return st.Kind == AnyElement || st.Kind == Index && st.Index == index ||
					st.Kind == Child && st.Name == strconv.Itoa(index)
			}))
		}
		p.next = append(p.next, row...)
	}
	p.places = b.sets
	return nil
}

// add puts a place into a set, and with it those that a ".." leads to at once.
func (b *pathsBuilder) add(set []place, at place) []place {
	if slices.Contains(set, at) {
		return set
	}
	set = append(set, at)
	if steps := b.paths[at.path]; at.step < len(steps) && steps[at.step].Kind == Descend {
		set = b.add(set, place{at.path, at.step + 1})
	}
	return set
}

// follow gives the places that a child leads to for which match says yes.
func (b *pathsBuilder) follow(set []place, match func(Step) bool) []place {
	var out []place
	for _, at := range set {
		steps := b.paths[at.path]
		if at.step == len(steps) {
			continue
		}
		switch s := steps[at.step]; {
		case s.Kind == Descend:
			out = b.add(out, at)
		case s.Kind == Any || match(s):
			out = b.add(out, place{at.path, at.step + 1})
		}
	}
	return out
}

// state gives the state of a set of places.
func (b *pathsBuilder) state(p *Paths, set []place) State {
	slices.SortFunc(set, func(x, y place) int {
		if x.path != y.path {
			return x.path - y.path
		}
		return x.step - y.step
	})
	var key strings.Builder
	rule := NoRule
	for _, at := range set {
		key.WriteString(strconv.Itoa(at.path) + "." + strconv.Itoa(at.step) + " ")
		if at.step == len(b.paths[at.path]) && (rule == NoRule || b.rules[at.path] < rule) {
			rule = b.rules[at.path]
		}
	}
	if s, ok := b.states[key.String()]; ok {
		return s
	}
	s := State(len(b.sets))
	b.sets = append(b.sets, set)
	b.states[key.String()] = s
	p.rule = append(p.rule, int32(rule))
	return s
}
