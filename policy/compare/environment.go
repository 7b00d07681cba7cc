package compare

import (
	"slices"
	"strings"
)

// maxEnvironments bounds how many environments one question looks at.
const maxEnvironments = 243

// allEnvironments are what the variables of a question can be. Every request is in
// one of them: where nothing differs in any, nothing differs at all. There are
// none where there would be too many.
func (q *question) allEnvironments() []*environment {
	known := make([][]string, len(q.keys))
	all := make([][]setting, len(q.keys))
	for i, k := range q.keys {
		known[i] = q.literalsOf(k)
		all[i] = q.settings(k, known[i])
	}
	if product(all) > maxEnvironments {
		for i, k := range q.keys {
			known[i], all[i] = nil, q.settings(k, nil)
		}
	}
	if product(all) > maxEnvironments {
		return nil
	}
	var list []*environment
	for _, settings := range choices(all) {
		list = append(list, &environment{keys: q.keys, settings: settings, known: known})
	}
	return list
}

// settings are what the key of a variable can have: the given values and any other.
func (q *question) settings(key string, values []string) []setting {
	var list []setting
	k := q.key(key)
	if !k.always {
		list = append(list, setting{kind: absent})
	}
	if !k.single {
		list = append(list, setting{kind: several})
	}
	for _, v := range values {
		list = append(list, setting{kind: fixed, value: v})
	}
	return append(list, setting{kind: unknown})
}

func product(options [][]setting) int {
	n := 1
	for _, list := range options {
		if n *= len(list); n > maxEnvironments {
			return n
		}
	}
	return n
}

// choices are all ways to take one of each list.
func choices(options [][]setting) [][]setting {
	list := [][]setting{nil}
	for _, of := range options {
		var next [][]setting
		for _, have := range list {
			for _, s := range of {
				next = append(next, append(slices.Clone(have), s))
			}
		}
		list = next
	}
	return list
}

// maxLiterals is how many values of a variable get an environment of their own.
const maxLiterals = 6

// literalsOf are the values that conditions compare the key with.
func (q *question) literalsOf(key string) []string {
	var list []string
	for _, side := range q.sides {
		for _, r := range side {
			for _, a := range r.atoms {
				if a.key != key || a.family != textual || a.name == "binaryequals" {
					continue
				}
				for _, v := range a.values {
					if text, ok := a.only(v); ok && !slices.Contains(list, text) {
						list = append(list, text)
					}
				}
			}
		}
	}
	return list[:min(len(list), maxLiterals)]
}

// trials are further environments in which an example may be found. All
// variables have a value in them: one that occurs nowhere else, then one at a
// time a word from the policies.
func (q *question) trials(d *domain) []*environment {
	base := make([]setting, len(q.keys))
	for i, k := range q.keys {
		base[i] = setting{kind: fixed, value: q.fresh(k)}
	}
	list := []*environment{{keys: q.keys, settings: base}}
	words := q.words(d)
	for i, k := range q.keys {
		for _, w := range slices.Concat(q.asked(k), words) {
			if len(list) == maxEnvironments {
				return list
			}
			settings := slices.Clone(base)
			settings[i].value = w
			list = append(list, &environment{keys: q.keys, settings: settings})
		}
	}
	return list
}

// asked are values with which the conditions on a key itself have different
// outcomes.
func (q *question) asked(key string) []string {
	var atoms []*atom
	for _, side := range q.sides {
		for _, r := range side {
			for _, a := range r.atoms {
				if a.key == key && a.family == textual && len(a.variables) == 0 && !slices.Contains(atoms, a) {
					atoms = append(atoms, a)
				}
			}
		}
	}
	if len(atoms) == 0 {
		return nil
	}
	values, _ := q.texts(q.key(key), atoms, &environment{})
	return values[:min(len(values), maxWords)]
}

// fresh is a value that no policy mentions.
func (q *question) fresh(key string) string {
	name := key[strings.LastIndexAny(key, ":/")+1:]
	value := "example-" + name
	if t := q.key(key).typ; t != "" && t != "String" && t != "ArrayOfString" {
		value = q.key(key).example()
	}
	return value
}

// maxWords bounds the words that are tried as values of each variable.
const maxWords = 12

// words are pieces of the resource patterns, between colons, slashes and
// wildcards: what a variable may have to be to meet another pattern. And where
// the variable is all of the last part of an ARN, what that can be.
func (q *question) words(d *domain) []string {
	var list []string
	for _, part := range d.parts(q.partitions) {
		if sample := part.sample(); headOf(sample) > 0 && len(list) < maxWords/2 {
			list = append(list, sample[headOf(sample):])
		}
	}
	for _, el := range q.elements {
		for _, v := range el.values {
			head := headOf(v)
			if head < 0 {
				continue
			}
			if el.syntax {
				var b strings.Builder
				for _, p := range parts(v[head:]) {
					if !p.variable {
						b.WriteString(p.text)
					}
					b.WriteByte('*')
				}
				v, head = b.String(), 0
			}
			for _, w := range strings.FieldsFunc(v[head:], func(r rune) bool { return strings.ContainsRune(":/*?", r) }) {
				if !slices.Contains(list, w) && len(list) < maxWords {
					list = append(list, w)
				}
			}
		}
	}
	return list
}
