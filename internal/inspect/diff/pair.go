package diff

import (
	"cmp"
	"maps"
	"slices"
)

// pair is what two sides say under the same policy name and type. A side has
// several documents where the dictionary makes names equal, and none where it
// does not have the policy.
type pair struct {
	policy string
	typ    PolicyType
	a, b   []*document
}

// pairResult is how a pair compares: the rows and the items of one side alone.
type pairResult struct {
	rowsA, rowsB   []row
	itemsA, itemsB []Item
	common         int
}

// same goes by the items: the rows also differ in what IAM does not tell apart,
// such as the letter case of an action.
func (r *pairResult) same() bool { return len(r.itemsA)+len(r.itemsB) == 0 }

// pairKey names a pair of one document each, which other entities may have too:
// it is compared once.
type pairKey struct {
	policy string
	typ    PolicyType
	a, b   *document
}

func (p *pair) key() (pairKey, bool) {
	k := pairKey{policy: p.policy, typ: p.typ}
	if len(p.a) > 1 || len(p.b) > 1 {
		return k, false
	}
	if len(p.a) == 1 {
		k.a = p.a[0]
	}
	if len(p.b) == 1 {
		k.b = p.b[0]
	}
	return k, true
}

func (c *Comparison) compare(p pair) *pairResult {
	key, single := p.key()
	if !single {
		return c.comparePair(p)
	}
	r := c.pairs[key]
	if r == nil {
		r = c.comparePair(p)
		c.pairs[key] = r
	}
	return r
}

func (c *Comparison) comparePair(p pair) *pairResult {
	if len(p.a) == 1 && len(p.b) == 1 && c.sameWords(p.a[0], p.b[0]) {
		return &pairResult{common: c.countItems(p.a[0])}
	}
	r := new(pairResult)
	if p.typ != Boundary {
		r.rowsA, r.rowsB = onlyIn(c.rowSet(p.a), c.rowSet(p.b), compareRows)
	}
	a, b := c.itemSet(p, p.a), c.itemSet(p, p.b)
	for i := range a {
		if _, ok := b[i]; ok {
			r.common++
		}
	}
	r.itemsA, r.itemsB = c.annotated(a, b), c.annotated(b, a)
	return r
}

func (c *Comparison) rowSet(docs []*document) map[row]struct{} {
	set := make(map[row]struct{})
	for _, d := range docs {
		for r := range d.rows() {
			set[r.apply(c.apply.text)] = struct{}{}
		}
	}
	return set
}

func (c *Comparison) itemSet(p pair, docs []*document) map[Item]origin {
	set := make(map[Item]origin)
	for _, d := range docs {
		c.items(d, p.policy, p.typ, func(i Item, o origin) { set[i] = o })
	}
	return set
}

// maxScratch is how many items the set for counting is kept for: to clear one
// that has been large takes long, though it has few items then.
const maxScratch = 1000

// countItems counts the distinct items of a document.
func (c *Comparison) countItems(d *document) int {
	n, ok := c.counts[d]
	if !ok {
		c.items(d, "", "", func(i Item, _ origin) { c.scratch[i] = struct{}{} })
		n = len(c.scratch)
		c.counts[d] = n
		if clear(c.scratch); n > maxScratch {
			c.scratch = make(map[Item]struct{})
		}
	}
	return n
}

// annotated are the items of one set that another lacks, in order.
func (c *Comparison) annotated(set, other map[Item]origin) []Item {
	var list []Item
	for i, o := range set {
		if _, ok := other[i]; !ok {
			list = append(list, c.library.annotate(i, o))
		}
	}
	slices.SortFunc(list, compareItems)
	return list
}

// onlyIn are the members of each set that the other lacks, in order.
func onlyIn[T comparable](a, b map[T]struct{}, order func(x, y T) int) (onlyA, onlyB []T) {
	lacking := func(set, other map[T]struct{}) []T {
		return slices.SortedFunc(func(yield func(T) bool) {
			for v := range maps.Keys(set) {
				if _, ok := other[v]; !ok && !yield(v) {
					return
				}
			}
		}, order)
	}
	return lacking(a, b), lacking(b, a)
}

func compareRows(x, y row) int {
	return cmp.Or(
		cmp.Compare(x.effect, y.effect), cmp.Compare(x.service, y.service), cmp.Compare(x.action, y.action),
		cmp.Compare(x.arn, y.arn), cmp.Compare(x.trusted, y.trusted),
	)
}

func compareItems(x, y Item) int {
	return cmp.Or(
		cmp.Compare(x.Policy, y.Policy), cmp.Compare(x.Type, y.Type), cmp.Compare(x.Effect, y.Effect),
		cmp.Compare(x.Service, y.Service), cmp.Compare(x.Action, y.Action), cmp.Compare(x.Resource, y.Resource),
		cmp.Compare(x.Principal, y.Principal), cmp.Compare(x.Condition, y.Condition), cmp.Compare(x.Text, y.Text),
		compareBool(x.NotAction, y.NotAction), compareBool(x.NotResource, y.NotResource), compareBool(x.NotPrincipal, y.NotPrincipal),
	)
}

func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// sameWords reports whether two documents say the same in the same order, after
// the dictionary. Their rows and items are then the same, and none of them has
// to be made: that is so of nearly all documents of two accounts that are meant
// to be alike.
func (c *Comparison) sameWords(d, e *document) bool {
	if d == e {
		return true
	}
	return d.unread == e.unread && (!d.unread || c.apply.text(d.text) == c.apply.text(e.text)) &&
		c.apply.text(d.unknown) == c.apply.text(e.unknown) &&
		slices.EqualFunc(d.statements, e.statements, c.sameStatement)
}

func (c *Comparison) sameStatement(s, t statement) bool {
	return c.apply.text(s.effect) == c.apply.text(t.effect) &&
		slices.EqualFunc(s.actions, t.actions, sameAction) &&
		slices.EqualFunc(s.notActions, t.notActions, sameAction) &&
		slices.EqualFunc(s.resources, t.resources, c.sameResource) &&
		slices.EqualFunc(s.notResources, t.notResources, c.sameResource) &&
		slices.EqualFunc(s.principals, t.principals, c.samePrincipal) &&
		slices.EqualFunc(s.notPrincipals, t.notPrincipals, c.samePrincipal) &&
		c.apply.condition(s.condition) == c.apply.condition(t.condition) &&
		c.apply.text(s.unknown) == c.apply.text(t.unknown)
}

func sameAction(p, q actionPattern) bool { return p.text == q.text }

func (c *Comparison) sameResource(p, q resourcePattern) bool {
	return p.text == q.text || c.apply.text(p.text) == c.apply.text(q.text) && slices.Equal(p.owners, q.owners)
}

func (c *Comparison) samePrincipal(p, q principal) bool {
	return p == q || p.kind == q.kind && c.apply.text(p.value) == c.apply.text(q.value)
}
