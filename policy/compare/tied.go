package compare

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// tiedKeys are the condition keys whose values follow from who calls. Where
// policies name principals, they are not free: a stranger whose
// aws:PrincipalAccount is ours does not exist.
var tiedKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principaltype", "aws:principalisawsservice", "aws:principalservicename", "aws:username",
}

// tied splits atoms into those on keys that follow from the caller and others. A
// key that is a variable too stays free.
func (q *question) tied(atoms []*atom, e *environment) (tied, others []*atom) {
	for _, a := range atoms {
		if slices.Contains(tiedKeys, a.key) && !slices.Contains(e.keys, a.key) {
			tied = append(tied, a)
		} else {
			others = append(others, a)
		}
	}
	return tied, others
}

var principalTypes = map[policy.PrincipalType]string{
	policy.Root: "Account", policy.User: "User", policy.AssumedRole: "AssumedRole",
	policy.FederatedUser: "FederatedUser", policy.ServicePrincipal: "Service",
}

// callerValues are the values of a tied key for a caller.
func callerValues(p *policy.Principal, key string) ([]string, bool) {
	value := ""
	switch key {
	case "aws:principalaccount":
		value = p.Account
	case "aws:principalarn":
		value = cmp.Or(p.RoleARN, p.ARN)
	case "aws:principaltype":
		value = cmp.Or(principalTypes[p.Type], "Anonymous")
	case "aws:principalisawsservice":
		value = strconv.FormatBool(p.Type == policy.ServicePrincipal)
	case "aws:principalservicename":
		value = p.Service
	case "aws:username":
		if p.Type == policy.User {
			value = p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
		}
	}
	if value == "" {
		return nil, false
	}
	return []string{value}, true
}

// callers is the dimension of the principals, with the keys that follow from
// them: one caller for each outcome of the Principal elements and the atoms.
func (q *question) callers(elements []*principal, tied []*atom, e *environment) *dimension {
	slices.SortFunc(elements, func(a, b *principal) int { return cmp.Compare(a.id, b.id) })
	d := &dimension{principals: elements, atoms: tied, complete: true}
	var n named
	for _, el := range elements {
		n.add(el)
	}
	for _, a := range tied {
		n.mention(a)
	}
	seen := map[string]bool{}
	keep := func(c cell) {
		if k := packed(c.holds); !seen[k] {
			seen[k] = true
			d.cells = append(d.cells, c)
		}
	}
	callers := n.callers()
	for _, caller := range callers {
		c := cell{caller: &caller}
		for _, a := range tied {
			values, present := callerValues(&caller, a.key)
			c.holds = append(c.holds, a.holds(&keyContext{environment: e, key: a.key, values: values, present: present}))
		}
		for _, el := range elements {
			c.holds = append(c.holds, el.matches(&caller))
		}
		keep(c)
	}
	if slices.ContainsFunc(tied, func(a *atom) bool { return !a.decidedByNames() }) {
		q.untie(d, e, callers, keep)
	}
	return d
}

// decidedByNames reports that the callers made of the names in the policies
// include one for each outcome of the atom.
func (a *atom) decidedByNames() bool {
	if a.family == presence {
		return true
	}
	if len(a.variables) > 0 || a.family != textual {
		return false
	}
	switch a.key {
	case "aws:principaltype", "aws:principalisawsservice":
		return true
	case "aws:username":
		return false
	}
	return !strings.HasSuffix(a.name, "ignorecase") && !slices.ContainsFunc(a.values, func(v string) bool { return wildcardsIn(v, a.syntax) })
}

// untie adds what callers could be that nobody has thought of: each outcome of
// the Principal elements with each outcome of the atoms, as far as callers of
// such an outcome have the keys at all.
func (q *question) untie(d *dimension, e *environment, callers []policy.Principal, keep func(cell)) {
	byElements := map[string][]policy.Principal{}
	elements := map[string][]bool{}
	for _, caller := range callers {
		var holds []bool
		for _, el := range d.principals {
			holds = append(holds, el.matches(&caller))
		}
		k := packed(holds)
		byElements[k], elements[k] = append(byElements[k], caller), holds
	}
	for _, k := range slices.Sorted(maps.Keys(elements)) {
		rows := q.freeRows(d, e, byElements[k])
		if d.complete = d.complete && len(rows) <= maxCells; !d.complete {
			return
		}
		for _, row := range rows {
			keep(cell{holds: append(row, elements[k]...), abstract: true})
		}
	}
}

// freeRows are outcomes of the atoms, each key by itself.
func (q *question) freeRows(d *dimension, e *environment, callers []policy.Principal) [][]bool {
	rows := [][]bool{nil}
	for from := 0; from < len(d.atoms) && len(rows) <= maxCells; {
		key := d.atoms[from].key
		to := from + 1
		for to < len(d.atoms) && d.atoms[to].key == key {
			to++
		}
		free := q.dimension(q.key(key), slices.Clone(d.atoms[from:to]), e)
		d.complete = d.complete && free.complete
		var next [][]bool
		for _, row := range rows {
			for _, c := range free.cells {
				if slices.ContainsFunc(callers, func(p policy.Principal) bool { return hasKey(&p, key) == c.present }) {
					next = append(next, slices.Concat(row, c.holds))
				}
			}
		}
		rows, from = next, to
	}
	return rows
}

func hasKey(p *policy.Principal, key string) bool {
	_, present := callerValues(p, key)
	return present
}

// mention adds what the values of an atom name. Wildcards become names.
func (n *named) mention(a *atom) {
	if a.family != textual || len(a.variables) > 0 {
		return
	}
	for _, v := range a.values {
		switch a.key {
		case "aws:principalaccount":
			n.accounts = append(n.accounts, strings.NewReplacer("*", "", "?", "0").Replace(v))
		case "aws:principalservicename":
			n.services = append(n.services, strings.NewReplacer("*", "example", "?", "x").Replace(v))
		case "aws:username":
			n.userNames = append(n.userNames, strings.NewReplacer("*", "", "?", "x").Replace(v))
		case "aws:principalarn":
			n.mentionARN(v)
		}
	}
}

func (n *named) mentionARN(v string) {
	parts := strings.SplitN(v, ":", arnColumns+1)
	if len(parts) <= arnColumns || parts[0] != "arn" {
		return
	}
	if strings.ContainsAny(parts[4], "*?") {
		parts[4] = strangerAccount
	}
	parts[1], parts[2] = "aws", "iam"
	if kind, _, _ := strings.Cut(parts[5], "/"); strings.ContainsAny(kind, "*?") {
		parts[5] = "role/" + strangerName
	}
	parts[5] = strings.NewReplacer("*", "example", "?", "x").Replace(parts[5])
	n.addAWS(strings.Join(parts, ":"))
}
