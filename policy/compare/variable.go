package compare

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// part is a piece of a value of a policy: text or a policy variable.
type part struct {
	text        string // the text, or the variable's key in lower case
	name        string // the variable's key as it is written
	variable    bool
	plain       bool // text without wildcards: what "${*}" stands for
	fallback    string
	hasFallback bool
}

// parts takes a value apart. The policy has been parsed, so that its variables
// are well formed.
func parts(value string) []part {
	var list []part
	for value != "" {
		start := strings.Index(value, "${")
		if start < 0 {
			return append(list, part{text: value})
		}
		if start > 0 {
			list = append(list, part{text: value[:start]})
		}
		body := value[start+len("${"):]
		end := strings.IndexAny(body, ",}")
		if end < 0 {
			return append(list, part{text: value[start:]})
		}
		p := part{text: strings.ToLower(body[:end]), name: body[:end], variable: true}
		value = body[end+1:]
		if body[end] == ',' {
			quoted := strings.TrimPrefix(strings.TrimLeft(value, " "), "'")
			p.fallback, value, _ = strings.Cut(quoted, "'}")
			p.hasFallback = true
		}
		if p.text == "*" || p.text == "?" || p.text == "$" {
			p.variable, p.plain = false, true
		}
		list = append(list, p)
	}
	return list
}

// variablesIn adds the keys of a value's variables.
func variablesIn(keys []string, value string) []string {
	if !strings.Contains(value, "${") {
		return keys
	}
	for _, p := range parts(value) {
		if p.variable && !slices.Contains(keys, p.text) {
			keys = append(keys, p.text)
		}
	}
	return keys
}

// normal writes the variables of a value in one way, so that values that mean
// the same are the same text.
func normal(value string, version2012 bool) string {
	if !version2012 || !strings.Contains(value, "${") {
		return value
	}
	var b strings.Builder
	for _, p := range parts(value) {
		switch {
		case p.variable && p.hasFallback:
			b.WriteString("${" + p.text + ", '" + p.fallback + "'}")
		case p.variable || p.plain:
			b.WriteString("${" + p.text + "}")
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func normalAll(values []string, version2012 bool) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = normal(v, version2012)
	}
	return canonical(list)
}

// wildcardsIn reports whether a value has wildcards.
func wildcardsIn(value string, version2012 bool) bool {
	if !version2012 {
		return strings.ContainsAny(value, "*?")
	}
	return slices.ContainsFunc(parts(value), func(p part) bool {
		return !p.variable && !p.plain && strings.ContainsAny(p.text, "*?")
	})
}

// variablesOf reports whether "${" is special in values, and the keys of their
// variables. The older version of the language has none.
func variablesOf(values []string, version2012 bool) (syntax bool, keys []string) {
	if !version2012 {
		return false, nil
	}
	for _, v := range values {
		syntax = syntax || strings.Contains(v, "${")
		keys = variablesIn(keys, v)
	}
	return syntax, keys
}

// meetVariables remembers how the policies write the keys of variables.
func (c *comparison) meetVariables(values []string) {
	for _, v := range values {
		if !strings.Contains(v, "${") {
			continue
		}
		for _, p := range parts(v) {
			if p.variable {
				c.key(p.name)
			}
		}
	}
}

// setting is what is known about the value of a variable's key.
type setting struct {
	kind  settingKind
	value string // where it is fixed
}

type settingKind uint8

const (
	absent  settingKind = iota
	several             // the key has more than one value, and so the variable none
	fixed               // the key has this value
	unknown             // the key has one value, which can be any
)

// leavesOpen reports whether a value depends on an unknown variable.
func (e *environment) leavesOpen(value string) bool {
	return slices.ContainsFunc(variablesIn(nil, value), func(key string) bool { return e.of(key).kind == unknown })
}

// environment is a setting for each variable of the policies. It is the Context
// that they are evaluated in as far as variables go.
type environment struct {
	keys     []string
	settings []setting
	// known are, of each key, the values that some environment fixes: where it
	// is unknown it has another one.
	known [][]string

	name string // see key
}

// apart are the values that an unknown key does not have.
func (e *environment) apart(key string) []string {
	if i := slices.Index(e.keys, key); i >= 0 && e.settings[i].kind == unknown {
		return e.known[i]
	}
	return nil
}

func (e *environment) of(key string) setting {
	if i := slices.Index(e.keys, key); i >= 0 {
		return e.settings[i]
	}
	return setting{}
}

// exact reports that no variable is unknown: in such an environment everything
// can be evaluated.
func (e *environment) exact() bool {
	return !slices.ContainsFunc(e.settings, func(s setting) bool { return s.kind == unknown })
}

// twoValues is what a key with several values has where nothing else is asked.
var twoValues = []string{"example-1", "example-2"}

// Lookup implements policy.Context.
func (e *environment) Lookup(key string) ([]string, bool) {
	switch s := e.of(key); s.kind {
	case several:
		return twoValues, true
	case fixed:
		return []string{s.value}, true
	}
	return nil, false
}

var _ policy.Context = (*environment)(nil)

// key tells the environments of a question apart.
func (e *environment) key() string {
	if e.name != "" || len(e.settings) == 0 {
		return e.name
	}
	var b strings.Builder
	for _, s := range e.settings {
		b.WriteByte('0' + byte(s.kind))
		b.WriteString(s.value)
		b.WriteByte(0)
	}
	e.name = b.String()
	return e.name
}

// spelling is a value in an environment.
type spelling struct {
	glob       glob
	unresolved bool // a variable has no value: nothing is matched
	holes      bool // a variable is unknown
	apart      bool // it matches nothing that is asked about
}

// plain reports a pattern that can match and has no holes.
func (sp spelling) plain() bool { return !sp.unresolved && !sp.apart && !sp.holes }

// filled reports a pattern that can match, depending on what fills its holes.
func (sp spelling) filled() bool { return !sp.unresolved && !sp.apart && sp.holes }

// spell adds a value to the glob. Values of variables are taken literally.
func (e *environment) spell(sp *spelling, value string, wildcards, variables bool, set class) {
	plain := func(s string, wildcards bool) {
		if wildcards {
			sp.glob = sp.glob.wild(s, set)
		} else {
			sp.glob = append(sp.glob, text(s)...)
		}
	}
	if !variables {
		plain(value, wildcards)
		return
	}
	for _, p := range parts(value) {
		if !p.variable {
			plain(p.text, wildcards && !p.plain)
			continue
		}
		switch s := e.of(p.text); {
		case s.kind == fixed:
			plain(s.value, false)
		case s.kind == unknown:
			sp.holes = true
			sp.glob = append(sp.glob, token{kind: hole, char: -1 - rune(slices.Index(e.keys, p.text))})
		case s.kind == absent && p.hasFallback:
			plain(p.fallback, false)
		default:
			sp.unresolved = true
		}
	}
}

// resource is a resource pattern in an environment, by the rules of
// [policy.Policy.Evaluate]: wildcards do not cross the first five colons, except
// in an ARN that is cut short, and variables stand in the last part only.
func (e *environment) resource(value string, variables bool) spelling {
	var sp spelling
	head := headOf(value)
	if head < 0 {
		if !strings.HasSuffix(value, "*") {
			value += ":*"
		}
		e.spell(&sp, value, true, false, class{})
		return sp
	}
	set := class{columns: arnColumns}
	e.spell(&sp, value[:head], true, false, set)
	e.spell(&sp, value[head:], true, variables, set)
	return sp
}
