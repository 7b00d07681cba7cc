package reach

import (
	"slices"
	"strings"
	"sync"

	"github.com/fortlet/fortlet/policy"
)

// variant is a policy as it reads when the request turns out one way or the
// other.
type variant struct {
	loose *policy.Policy // allows the most, denies the least
	tight *policy.Policy // allows the least, denies the most
	// open are the statements that the request still decides about.
	open []openStatement
}

// openStatement is a statement with conditions on keys that are not known.
type openStatement struct {
	index      int
	effect     policy.Effect
	sid        string
	conditions []policy.Condition // those on keys that are not known
	variables  []string           // keys that are not known and stand in its resources
	alone      *policy.Policy     // the statement by itself, without these
}

// variants keeps what was made: most principals of a question have policies in
// common.
type variants struct {
	mu    sync.RWMutex
	made  map[variantKey]*variant
	alone map[*policy.Policy][]*policy.Policy
}

type variantKey struct {
	policy *policy.Policy
	open   string
}

// of gives the variant of a policy, nil when nothing in it is open. unknown
// tells which condition keys, in lower case, are not known.
func (v *variants) of(p *policy.Policy, unknown func(key string) bool) *variant {
	asked := keysOf(p)
	open := slices.DeleteFunc(asked, func(key string) bool { return !unknown(key) })
	if len(open) == 0 {
		return nil
	}
	key := variantKey{p, strings.Join(open, " ")}
	v.mu.RLock()
	made := v.made[key]
	v.mu.RUnlock()
	if made != nil {
		return made
	}
	made = newVariant(p, func(key string) bool { return slices.Contains(open, key) })
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.made == nil {
		v.made = make(map[variantKey]*variant)
	}
	v.made[key] = made
	return made
}

// singles gives each statement of a policy as a policy of its own.
func (v *variants) singles(p *policy.Policy) []*policy.Policy {
	v.mu.RLock()
	list := v.alone[p]
	v.mu.RUnlock()
	if list != nil {
		return list
	}
	for _, s := range p.Statements() {
		list = append(list, write(p, []policy.Statement{s}))
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.alone == nil {
		v.alone = make(map[*policy.Policy][]*policy.Policy)
	}
	v.alone[p] = list
	return list
}

// keysOf lists the condition keys that a policy asks for, in lower case.
func keysOf(p *policy.Policy) []string {
	var list []string
	variables := p.Version() != policy.Version2008
	for _, s := range p.Statements() {
		for _, c := range s.Conditions {
			note(&list, keyOf(&c))
		}
		if !variables {
			continue
		}
		for _, values := range valuesOf(&s) {
			for _, value := range values {
				for _, key := range variablesIn(value) {
					note(&list, key)
				}
			}
		}
	}
	return list
}

// anyUserID stands for aws:userid in a condition to which all sessions of a role
// are the same.
const anyUserID = "aws:userid*"

// keyOf is the key of a condition, in lower case.
func keyOf(c *policy.Condition) string {
	key := strings.ToLower(c.Key)
	if key == "aws:userid" && !comparesSession(c.Values) {
		return anyUserID
	}
	return key
}

// comparesSession reports values for aws:userid that mean some sessions of a
// role and not others: "AROA…:alice", but not "AROA…:*" or the id of a user.
func comparesSession(values []string) bool {
	return slices.ContainsFunc(values, func(value string) bool {
		_, session, found := strings.Cut(value, ":")
		return found && session != "*"
	})
}

// valuesOf are the values of a statement that can have variables.
func valuesOf(s *policy.Statement) [][]string {
	list := [][]string{s.Resources, s.NotResources}
	for _, c := range s.Conditions {
		list = append(list, c.Values)
	}
	return list
}

// variablesIn lists the condition keys of the variables in a value, in lower
// case.
func variablesIn(value string) []string {
	var list []string
	for {
		_, after, found := strings.Cut(value, "${")
		end := strings.IndexAny(after, ",}")
		if !found || end < 0 {
			return list
		}
		if key := strings.ToLower(strings.TrimSpace(after[:end])); strings.Trim(key, "*?$") != "" {
			list = append(list, key)
		}
		value = after[end:]
	}
}

func newVariant(p *policy.Policy, unknown func(string) bool) *variant {
	v := new(variant)
	variables := p.Version() != policy.Version2008
	var loose, tight []policy.Statement
	for i, s := range p.Statements() {
		wide, narrow, open := split(s, variables, unknown)
		if open == nil {
			loose, tight = append(loose, s), append(tight, s)
			continue
		}
		open.index, open.effect, open.sid = i, s.Effect, sidOf(s.Sid, i)
		open.alone = write(p, []policy.Statement{wide})
		v.open = append(v.open, *open)
		more, less := &loose, &tight
		if s.Effect == policy.Deny {
			more, less = less, more
		}
		*more = append(*more, wide)
		if narrow != nil {
			*less = append(*less, *narrow)
		}
	}
	v.loose, v.tight = write(p, loose), write(p, tight)
	return v
}

// split gives the statement as it reads when everything open in it is
// fulfilled, and as it reads when nothing is: nil when it then says nothing.
func split(s policy.Statement, variables bool, unknown func(string) bool) (wide policy.Statement, narrow *policy.Statement, open *openStatement) {
	isOpen := func(value string) bool { return variables && slices.ContainsFunc(variablesIn(value), unknown) }
	o := new(openStatement)
	wide, rest := s, s
	wide.Conditions = nil
	for _, c := range s.Conditions {
		if unknown(keyOf(&c)) || slices.ContainsFunc(c.Values, isOpen) {
			o.conditions = append(o.conditions, c)
		} else {
			wide.Conditions = append(wide.Conditions, c)
		}
	}
	for _, value := range slices.Concat(s.Resources, s.NotResources) {
		for _, key := range variablesIn(value) {
			if isOpen(value) && unknown(key) {
				note(&o.variables, key)
			}
		}
	}
	if len(o.conditions)+len(o.variables) == 0 {
		return s, nil, nil
	}
	if len(o.variables) > 0 {
		wide.Resources, rest.Resources = widened(s.Resources, unknown), slices.DeleteFunc(slices.Clone(s.Resources), isOpen)
		wide.NotResources, rest.NotResources = slices.DeleteFunc(slices.Clone(s.NotResources), isOpen), widened(s.NotResources, unknown)
		if s.NotResources != nil && len(wide.NotResources) == 0 {
			wide.NotResources, wide.Resources = nil, []string{"*"}
		}
	}
	if len(o.conditions) > 0 || s.Resources != nil && len(rest.Resources) == 0 {
		return wide, nil, o
	}
	return wide, &rest, o
}

// widened puts a star in the place of each variable that is not known.
func widened(values []string, unknown func(string) bool) []string {
	if values == nil {
		return nil
	}
	list := make([]string, len(values))
	for i, value := range values {
		list[i] = widen(value, unknown)
	}
	return list
}

func widen(value string, unknown func(string) bool) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, "${")
		variable, rest, closed := strings.Cut(after, "}")
		b.WriteString(before)
		switch {
		case !found:
			return b.String()
		case !closed:
			return b.String() + "${" + after
		case slices.ContainsFunc(variablesIn("${"+variable+"}"), unknown):
			b.WriteByte('*')
		default:
			b.WriteString("${" + variable + "}")
		}
		value = rest
	}
}
