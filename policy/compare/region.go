package compare

import "slices"

// region is resources that are alike: the same Resource elements match them.
type region struct {
	matches []bool      // by the id of the resource element
	arn     string      // one of them,
	part    *domainPart // or, where arn is "", any of these; nil where the environment is not exact
}

// regions are all regions of a domain, or of all texts where it is nil, as far
// as the elements are concerned. It reports false where one may be missing.
func (q *question) regions(elements []*resource, d *domain, e *environment) ([]region, bool) {
	if !q.budget.spend(stepsOfSpelling(elements, e)) {
		return nil, false
	}
	b := regionBuilder{question: q, elements: elements, env: e, seen: make(map[string]bool)}
	b.spell()
	complete := true
	if d == nil {
		complete = b.add(nil)
		return b.list, complete
	}
	for _, part := range d.parts(q.partitions) {
		complete = b.add(&part) && complete
	}
	return b.list, complete
}

// stepsOfSpelling are the steps of spelling the elements' values, in each of which
// every variable can occur.
func stepsOfSpelling(elements []*resource, e *environment) int {
	steps := 1 + len(elements) + len(e.keys)
	for _, el := range elements {
		if el.selective() {
			steps += len(el.values) * (1 + len(e.keys)/4)
		}
	}
	return steps
}

// selective reports whether some resource is not the element's.
func (r *resource) selective() bool {
	return r.negated || !slices.Equal(r.values, []string{"*"})
}

type regionBuilder struct {
	*question
	elements []*resource
	env      *environment

	list []region
	seen map[string]bool

	spellings [][]spelling // of each element's values
	part      *domainPart
}

// spell spells the elements' values. An element that matches everything needs
// no pattern.
func (b *regionBuilder) spell() {
	name := b.env.key()
	if b.spellings = b.spelledIn[name]; b.spellings != nil {
		return
	}
	for _, el := range b.elements {
		var list []spelling
		if el.selective() {
			for _, v := range el.values {
				list = append(list, b.env.resource(v, el.syntax))
			}
		}
		b.spellings = append(b.spellings, list)
	}
	b.spelledIn[name] = b.spellings
}

// add adds the regions of a part of a domain, or of all texts where it is nil.
// Patterns that nothing there can match, as their beginnings tell, are set apart.
func (b *regionBuilder) add(part *domainPart) bool {
	if !b.budget.spend(1 + len(b.spellings)) {
		return false
	}
	b.part = part
	for _, list := range b.spellings {
		for i := range list {
			list[i].apart = part != nil && !meet(part.glob, list[i].glob)
		}
	}
	switch {
	case b.any(spelling.filled), b.any(spelling.plain) && !b.env.exact():
		// The evaluator takes an unknown variable for one without a value. That
		// matters even where its pattern is apart.
		return b.abstract()
	case b.any(spelling.plain):
		return b.exact()
	}
	r := b.region(nil, nil)
	r.part = part
	b.keep(r)
	return true
}

func (b *regionBuilder) any(is func(spelling) bool) bool {
	for _, list := range b.spellings {
		if slices.ContainsFunc(list, is) {
			return true
		}
	}
	return false
}

// machine reads ARNs of the part with the patterns without holes.
func (b *regionBuilder) machine() *machine {
	m := &machine{}
	if b.part != nil {
		m.add(b.part.glob, true)
	}
	b.addAll(m, spelling.plain, nil)
	return m
}

// addAll adds the patterns of a sort to a machine, changed or as they are.
func (b *regionBuilder) addAll(m *machine, are func(spelling) bool, change func(glob) glob) {
	for _, list := range b.spellings {
		for _, sp := range list {
			switch {
			case !are(sp):
			case change != nil:
				m.add(change(sp.glob), false)
			default:
				m.add(sp.glob, false)
			}
		}
	}
}

// exact evaluates one ARN for each set of patterns that match some ARN.
func (b *regionBuilder) exact() bool {
	return b.machine().explore(&b.budget, func(_ []bool, w word) bool {
		r := region{matches: make([]bool, len(b.resources)), arn: w.String()}
		for _, el := range b.elements {
			r.matches[el.id] = el.matches(r.arn, b.env)
		}
		b.keep(r)
		return true
	})
}

func (b *regionBuilder) keep(r region) {
	k := packed(r.matches)
	if !b.seen[k] {
		b.seen[k] = true
		b.list = append(b.list, r)
	}
}

// abstract finds what regions there can be where patterns have holes: parts
// that a variable fills with a value that can be anything. It may find some that
// are none, but misses none.
//
// The patterns also read texts in which a hole is a character of its own; a star
// takes it, as it takes whatever the hole stands for, and a single wildcard does
// not. A resource matches a pattern with holes exactly if some text that becomes
// the resource once the holes are filled does. Such a text matches no pattern
// without holes that the resource does not match. So what a resource matches is
// a union of what such texts match.
//
// Among the patterns without holes are those with holes once more, with stars in
// their place. They keep away regions in which no value would do.
func (b *regionBuilder) abstract() bool {
	var plain [][]bool
	m := b.machine()
	b.addAll(m, spelling.filled, glob.widened)
	n := b.count(spelling.plain) + b.count(spelling.filled)
	complete := m.explore(&b.budget, func(matched []bool, _ word) bool {
		plain = append(plain, slices.Clone(matched[len(matched)-n:]))
		return true
	})
	m = &machine{holes: true}
	b.addAll(m, spelling.plain, nil)
	b.addAll(m, spelling.filled, glob.widened)
	b.addAll(m, spelling.filled, nil)
	var filled [][]bool
	complete = m.explore(&b.budget, func(matched []bool, _ word) bool {
		filled = append(filled, slices.Clone(matched))
		return true
	}) && complete
	for _, p := range plain {
		if !b.unions(p, filled) {
			return false
		}
	}
	return complete
}

// count is how many patterns are of a sort.
func (b *regionBuilder) count(are func(spelling) bool) int {
	n := 0
	for _, list := range b.spellings {
		for _, sp := range list {
			if are(sp) {
				n++
			}
		}
	}
	return n
}

// unions keeps the regions of the resources that match the patterns of plain,
// and of those with holes any union of what filled allows.
func (b *regionBuilder) unions(plain []bool, filled [][]bool) bool {
	n := len(plain)
	reached := [][]bool{make([]bool, b.count(spelling.filled))}
	seen := map[string]bool{packed(reached[0]): true}
	for i := 0; i < len(reached); i++ {
		b.keep(b.region(plain, reached[i]))
		for _, f := range filled {
			if !subset(f[:n], plain) {
				continue
			}
			union := slices.Clone(reached[i])
			for j, in := range f[n:] {
				union[j] = union[j] || in
			}
			if k := packed(union); !seen[k] {
				seen[k] = true
				reached = append(reached, union)
			}
		}
		if len(reached) > maxCells || !b.budget.spend(len(filled)) {
			return false
		}
	}
	return true
}

func subset(a, b []bool) bool {
	for i := range a {
		if a[i] && !b[i] {
			return false
		}
	}
	return true
}

// region works out which elements match, given which patterns do.
func (b *regionBuilder) region(plain, holes []bool) region {
	r := region{matches: make([]bool, len(b.resources))}
	p, h := 0, 0
	for i, el := range b.elements {
		matched, unresolved := false, false
		for _, sp := range b.spellings[i] {
			switch {
			case sp.unresolved:
				unresolved = true
			case sp.filled():
				matched = matched || holes[h]
				h++
			case sp.plain():
				matched = matched || plain[p]
				p++
			}
		}
		switch {
		case !el.selective():
			r.matches[el.id] = true
		case !el.negated:
			r.matches[el.id] = matched
		case matched:
		case unresolved:
			r.matches[el.id] = el.deny // it errs on the closed side
		default:
			r.matches[el.id] = true
		}
	}
	return r
}
