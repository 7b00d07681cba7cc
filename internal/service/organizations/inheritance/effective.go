package inheritance

import (
	"encoding/json"
	"maps"
	"slices"
)

// place is a place of what is in effect so far.
type place struct {
	value    any // of a leaf: a scalar or []any; nil where there is none
	level    int // on which it was assigned last
	allowed  []string
	children map[string]*place
}

// Effective combines the policies that apply to an account: those of each level,
// the root's first. The policies of one level have no say over each other; where
// two of them assign one place, lists are joined, and of single values that of
// the first policy counts. The answer is "" if nothing is left.
func Effective(levels [][]*Policy) (string, error) {
	top := &place{allowed: []string{all}}
	for i, docs := range levels {
		for _, operator := range []string{opAssign, opAppend, opRemove} {
			for _, p := range docs {
				top.apply(p.root, operator, i+1, top.allowed)
			}
		}
		for _, p := range docs {
			top.restrict(p.root, top.allowed)
		}
	}
	v := top.render()
	if v == nil {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// apply applies an operator wherever a policy has it and the policies of higher
// levels allow it: those that speak of the place itself or else of the nearest
// one above it.
func (at *place) apply(n *node, operator string, level int, allowed []string) {
	if at.allowed != nil {
		allowed = at.allowed
	}
	if v, ok := n.values[operator]; ok && (allowed[0] == all || slices.Contains(allowed, operator)) {
		at.operate(operator, v, level)
	}
	for _, key := range slices.Sorted(maps.Keys(n.children)) {
		next := at.children[key]
		if next == nil {
			next = &place{}
			if at.children == nil {
				at.children = make(map[string]*place)
			}
			at.children[key] = next
		}
		next.apply(n.children[key], operator, level, allowed)
	}
}

func (at *place) operate(operator string, v any, level int) {
	switch operator {
	case opAssign:
		at.assign(v, level)
	case opAppend:
		at.value = join(at.value, v)
	case opRemove:
		gone := make(map[any]bool)
		for _, item := range v.([]any) {
			gone[item] = true
		}
		at.value = slices.DeleteFunc(join(at.value, nil), func(item any) bool { return gone[item] })
	}
}

func (at *place) assign(v any, level int) {
	_, isList := v.([]any)
	switch {
	case at.level != level:
		at.value = v
		if isList {
			at.value = join(nil, v)
		}
	case isList:
		at.value = join(at.value, v)
	}
	at.level = level
}

// join is a new list of the values of both, each once.
func join(a, b any) []any {
	joined, have := []any{}, make(map[any]bool) // lists can be long
	for _, v := range []any{a, b} {
		list, isList := v.([]any)
		if !isList && v != nil {
			list = []any{v}
		}
		for _, item := range list {
			if !have[item] {
				have[item] = true
				joined = append(joined, item)
			}
		}
	}
	return joined
}

// restrict notes what a policy allows the levels below. It can take away from
// what it was allowed itself, and not add to it.
func (at *place) restrict(n *node, allowed []string) {
	if at.allowed != nil {
		allowed = at.allowed
	}
	if n.allowed != nil {
		at.allowed = narrow(allowed, n.allowed)
	}
	for key, child := range n.children {
		if next := at.children[key]; next != nil {
			next.restrict(child, allowed)
		}
	}
}

func narrow(have, want []string) []string {
	switch {
	case have[0] == all:
		return want
	case want[0] == all:
		return have
	}
	both := slices.DeleteFunc(slices.Clone(want), func(op string) bool { return !slices.Contains(have, op) })
	if len(both) == 0 {
		return []string{none}
	}
	return both
}

// render is the value as JSON has it; nil for nothing.
func (at *place) render() any {
	if list, isList := at.value.([]any); isList && len(list) == 0 {
		return nil
	}
	if at.value != nil {
		return at.value
	}
	object := make(map[string]any)
	for key, child := range at.children {
		if v := child.render(); v != nil {
			object[key] = v
		}
	}
	if len(object) == 0 {
		return nil
	}
	return object
}
