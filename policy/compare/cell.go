package compare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// cell is requests that are alike as far as one key (or the principal) goes: the
// same atoms hold for all of them. It has an example of what the request has.
type cell struct {
	holds   []bool // of the dimension's atoms and then of its principals
	present bool
	values  []string
	caller  *policy.Principal
	// abstract: it is not known whether there is such a request.
	abstract bool
}

// dimension is one key with all its cells.
type dimension struct {
	key        *keyInfo // nil: the principal
	atoms      []*atom
	principals []*principal
	cells      []cell
	complete   bool // no cell is missing
}

// keyContext is the context of a request as far as variables and one key go.
type keyContext struct {
	*environment
	key     string
	values  []string
	present bool
}

// Lookup implements policy.Context.
func (c *keyContext) Lookup(key string) ([]string, bool) {
	switch {
	case key == c.key:
		return c.values, c.present
	case c.of(key).kind == unknown:
		return noValue, true
	}
	return c.environment.Lookup(key)
}

// noValue is what an unknown variable is taken for until operands are decided:
// a text that no value of a request has, so that it matches nothing.
var noValue = []string{"\U0010fffd\U0010fffc"}

// maxCells bounds the cells of one key.
const maxCells = 512

// dimension makes the cells of a key for some of its atoms.
func (q *question) dimension(k *keyInfo, atoms []*atom, e *environment) *dimension {
	name := cellsName(k, atoms, e)
	if known := q.dimensions[name]; known != nil {
		return known
	}
	b := cellBuilder{question: q, dimension: &dimension{key: k, atoms: atoms, complete: true}, env: e, seen: make(map[string]bool)}
	b.build()
	q.dimensions[name] = b.dimension
	return b.dimension
}

func cellsName(k *keyInfo, atoms []*atom, e *environment) string {
	var b strings.Builder
	b.WriteString(e.key())
	b.WriteString(k.name)
	for _, a := range atoms {
		b.WriteByte(0)
		b.WriteString(strconv.Itoa(a.id))
	}
	return b.String()
}

type cellBuilder struct {
	*question
	*dimension
	env  *environment
	seen map[string]bool
}

func (b *cellBuilder) build() {
	s := setting{kind: unknown}
	variable := slices.Contains(b.env.keys, b.key.name)
	if variable {
		s = b.env.of(b.key.name)
	}
	if !variable && !b.key.always || variable && s.kind == absent {
		b.add(false, nil)
	}
	if s.kind == absent {
		return
	}
	if s.kind == fixed {
		b.add(true, []string{s.value})
		return
	}
	singles := b.singles()
	if s.kind != several {
		for _, v := range singles {
			b.add(true, []string{v})
		}
		b.mix(singles)
	}
	if variable && s.kind == unknown || b.key.single {
		return
	}
	if !variable {
		b.add(true, []string{})
	}
	if len(b.families()) > 1 {
		b.complete = false // what sets of mixed values could be, nobody has worked out
	}
	b.sets(singles)
}

// singles are values of the key, one for each outcome of its atoms.
func (b *cellBuilder) singles() []string {
	byFamily := map[family][]*atom{}
	for _, a := range b.atoms {
		if a.family != presence {
			byFamily[a.family] = append(byFamily[a.family], a)
		}
	}
	if len(byFamily) == 0 {
		byFamily[presence] = nil
	}
	var values []string
	for f := textual; f <= presence; f++ {
		if atoms, ok := byFamily[f]; ok {
			found, complete := b.candidates(b.key, f, atoms, b.env)
			values = append(values, found...)
			b.complete = b.complete && complete
		}
	}
	return b.distinct(values)
}

// distinct leaves one value of those for which the same atoms hold.
func (b *cellBuilder) distinct(values []string) []string {
	seen := map[string]bool{}
	var list []string
	for _, v := range values {
		k := packed(b.outcomes(true, []string{v}))
		if !seen[k] {
			seen[k] = true
			list = append(list, v)
		}
	}
	return list
}

// outcomes evaluates the atoms for the values of the key.
func (b *cellBuilder) outcomes(present bool, values []string) []bool {
	b.complete = b.budget.spend(1+len(b.atoms)) && b.complete
	ctx := &keyContext{environment: b.env, key: b.key.name, values: values, present: present}
	holds := make([]bool, len(b.atoms))
	for i, a := range b.atoms {
		holds[i] = a.holds(ctx)
	}
	return holds
}

// add adds the cell of the values, and one for each outcome of comparing them
// with unknown variables.
func (b *cellBuilder) add(present bool, values []string) {
	holds := b.outcomes(present, values)
	if len(values) == 0 {
		b.keep(cell{holds: holds, present: present, values: values})
		return
	}
	operands := b.operands(len(values) == 1)
	if len(operands) > maxOperands {
		b.complete = false
		return
	}
	for n := range 1 << len(operands) {
		c := cell{holds: slices.Clone(holds), present: present, values: values, abstract: len(operands) > 0}
		for i, o := range operands {
			o.apply(c.holds, b.atoms, n>>i&1 == 1)
		}
		b.keep(c)
	}
}

// maxOperands bounds the operands of one key of which nothing is known.
const maxOperands = 6

// operand is a value of a policy that a value of the request may match or not,
// because it depends on an unknown variable.
type operand struct {
	atoms []int // those that have it
	// whole: what the atoms say of the request altogether is what is unknown.
	whole bool
}

// apply sets the atoms' outcomes, which have been worked out as if the request
// did not match the operand.
func (o operand) apply(holds []bool, atoms []*atom, matched bool) {
	for _, j := range o.atoms {
		switch {
		case o.whole:
			holds[j] = matched
		case matched:
			holds[j] = !atoms[j].negated
		}
	}
}

// operands are those of the atoms that depend on unknown variables. For a single
// value of the request the same operand in several atoms is one; for more, each
// atom is by itself.
func (b *cellBuilder) operands(single bool) []operand {
	var list []operand
	known := map[string]int{}
	for j, a := range b.atoms {
		if !a.usesUnknown(b.env) || a.family == presence {
			continue
		}
		if !single || a.comparesWithItself() {
			list = append(list, operand{atoms: []int{j}, whole: true})
			continue
		}
		for _, v := range a.values {
			if !b.env.leavesOpen(v) || v == a.itself() {
				continue
			}
			name := strings.Replace(a.name, "not", "", 1) + "\x00" + v
			i, seen := known[name]
			if !seen {
				i = len(list)
				known[name] = i
				list = append(list, operand{})
			}
			list[i].atoms = append(list[i].atoms, j)
		}
	}
	return list
}

func (b *cellBuilder) keep(c cell) {
	k := packed(c.holds)
	if b.seen[k] {
		return
	}
	if len(b.cells) == maxCells {
		b.complete = false
		return
	}
	b.seen[k] = true
	b.cells = append(b.cells, c)
}

// families are those of the operators that compare values of the key.
func (b *cellBuilder) families() []family {
	var list []family
	for _, a := range b.atoms {
		if a.family != presence && !slices.Contains(list, a.family) {
			list = append(list, a.family)
		}
	}
	return list
}

// mix adds what values could be that operators of different families compare:
// each outcome of the one with each outcome of the other, whether or not there
// is such a value.
func (b *cellBuilder) mix(singles []string) {
	families := b.families()
	if len(families) < 2 {
		return
	}
	var rows [][]bool
	for _, v := range singles {
		rows = append(rows, b.outcomes(true, []string{v}))
	}
	mixed := rows
	for _, f := range families {
		var next [][]bool
		seen := map[string]bool{}
		for _, have := range mixed {
			for _, other := range rows {
				row := slices.Clone(have)
				for j, a := range b.atoms {
					if a.family == f {
						row[j] = other[j]
					}
				}
				if k := packed(row); !seen[k] {
					seen[k] = true
					next = append(next, row)
				}
			}
		}
		if mixed = next; len(mixed) > maxCells {
			b.complete = false
			return
		}
	}
	for _, row := range mixed {
		b.keep(cell{holds: row, present: true, abstract: true})
	}
}

// sets adds the cells of two and more values. A set qualifier asks for all or
// any of them, so that each further value can only change outcomes one way, and
// growing every set by every value reaches all outcomes.
func (b *cellBuilder) sets(singles []string) {
	var frontier [][]string
	seen := map[string]bool{}
	reach := func(values []string) {
		k := packed(b.outcomes(true, values))
		if seen[k] {
			return
		}
		if seen[k] = true; len(seen) > maxCells {
			b.complete = false
			return
		}
		frontier = append(frontier, values)
		b.add(true, values)
	}
	for _, v := range singles {
		reach([]string{v, v})
	}
	for len(frontier) > 0 && b.complete {
		set := frontier[0]
		frontier = frontier[1:]
		for _, v := range singles {
			if b.complete && !slices.Contains(set, v) {
				reach(append(slices.Clone(set), v))
			}
		}
	}
}
