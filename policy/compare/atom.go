package compare

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// atom is one condition: an operator, a key and values. Conditions that say the
// same are one atom.
type atom struct {
	id    int
	of    *rule // a rule that has it,
	index int   // as this condition of its statement

	operator
	key       string // in lower case
	values    []string
	syntax    bool     // "${" is special in the values
	variables []string // their keys
}

// operator is what the comparison needs to know of a condition operator.
type operator struct {
	name      string // in lower case, without qualifier and IfExists
	family    family
	negated   bool
	ifExists  bool
	qualifier string // "", "forallvalues:" or "foranyvalue:"
}

// family is a kind of values that operators compare.
type family uint8

const (
	textual family = iota
	numeric
	dated
	addressed
	presence // Null
)

func operatorOf(spelled string) operator {
	name := lower(spelled)
	var op operator
	for _, q := range []string{"forallvalues:", "foranyvalue:"} {
		if rest, ok := strings.CutPrefix(name, q); ok {
			name, op.qualifier = rest, q
		}
	}
	name, op.ifExists = strings.CutSuffix(name, "ifexists")
	name = strings.Replace(name, "arnlike", "arnequals", 1) // they behave identically
	name = strings.Replace(name, "arnnotlike", "arnnotequals", 1)
	op.name, op.negated = name, strings.Contains(name, "not")
	switch {
	case strings.HasPrefix(name, "numeric"):
		op.family = numeric
	case strings.HasPrefix(name, "date"):
		op.family = dated
	case strings.HasSuffix(name, "ipaddress"):
		op.family = addressed
	case name == "null":
		op.family, op.qualifier = presence, "" // asks about the key alone
	}
	return op
}

// simplify brings operator and values into the form that equal conditions share.
func (a *atom) simplify(version2012 bool) {
	if a.name == "bool" || a.name == "null" {
		for i, v := range a.values {
			a.values[i] = lower(v)
		}
	}
	if a.family == textual && a.name != "binaryequals" {
		a.values = normalAll(a.values, version2012)
		a.syntax, a.variables = variablesOf(a.values, version2012)
	}
	a.values = canonical(a.values)
	wild := func(v string) bool { return wildcardsIn(v, version2012) }
	if strings.HasPrefix(a.name, "string") && strings.HasSuffix(a.name, "like") && !slices.ContainsFunc(a.values, wild) {
		a.name = strings.TrimSuffix(a.name, "like") + "equals"
	}
	// Where there is no value, nothing is that a negated operator dislikes.
	if a.ifExists && a.negated && a.qualifier != "foranyvalue:" || a.qualifier == "forallvalues:" {
		a.ifExists = false
	}
}

func (c *comparison) atomOf(r *rule, index int, cond policy.Condition, version2012 bool) *atom {
	a := &atom{of: r, index: index, operator: operatorOf(cond.Operator), key: strings.ToLower(cond.Key), values: slices.Clone(cond.Values)}
	c.key(cond.Key)
	c.meetVariables(cond.Values)
	a.simplify(version2012)
	name := identity('C', a.ifExists, a.syntax, a.negated && a.variables != nil && r.deny, strings.Join(append([]string{a.qualifier + a.name, a.key}, a.values...), "\x00"))
	if known := c.atoms[name]; known != nil {
		return known
	}
	a.id = len(c.atoms)
	c.atoms[name] = a
	return a
}

// holds evaluates the atom for one key with the given values.
func (a *atom) holds(ctx policy.Context) bool {
	return a.of.policy.Holds(a.of.index, a.index, ctx)
}

// usesUnknown reports whether a value of the atom depends on an unknown variable.
func (a *atom) usesUnknown(e *environment) bool {
	for _, key := range a.variables {
		if e.of(key).kind == unknown {
			return true
		}
	}
	return false
}

// only is the one text that an operand of the atom matches, apart from its letter
// case; ok is false where there are others or a variable.
func (a *atom) only(value string) (text string, ok bool) {
	wildcards := strings.HasSuffix(a.name, "like") || strings.HasPrefix(a.name, "arn")
	if wildcards && wildcardsIn(value, a.syntax) {
		return "", false
	}
	if !a.syntax {
		return value, true
	}
	for _, p := range parts(value) {
		if p.variable {
			return "", false
		}
		text += p.text
	}
	return text, true
}

// itself is the operand that is the value of the atom's own key, and so matches it.
func (a *atom) itself() string { return "${" + a.key + "}" }

// comparesWithItself reports that the atom's own key is a variable of its
// operands, in any way but the trivial one.
func (a *atom) comparesWithItself() bool {
	return slices.ContainsFunc(a.values, func(v string) bool {
		return (v != a.itself() || a.name == "bool") && slices.Contains(variablesIn(nil, v), a.key)
	})
}

// spell adds the atom's values as globs.
func (a *atom) spell(e *environment) []glob {
	var list []glob
	for _, v := range a.values {
		var sp spelling
		switch a.name {
		case "stringlike", "stringnotlike":
			e.spell(&sp, v, true, a.syntax, class{})
		case "arnequals", "arnnotequals":
			e.spell(&sp, v, true, a.syntax, class{columns: a.columns(v)})
		default:
			e.spell(&sp, v, false, a.syntax, class{})
		}
		switch a.name {
		case "stringequalsignorecase", "stringnotequalsignorecase", "bool":
			sp.glob = sp.glob.folded()
		}
		if !sp.unresolved && !sp.holes {
			list = append(list, sp.glob)
		}
	}
	return list
}

// columns is how many colons the wildcards of an ARN must not cross: five, or
// fewer in one that is cut short and ends in a star.
func (a *atom) columns(value string) uint8 {
	if strings.HasSuffix(value, "*") && (!a.syntax || len(variablesIn(nil, value)) == 0) {
		return uint8(min(strings.Count(value, ":"), arnColumns))
	}
	return arnColumns
}
