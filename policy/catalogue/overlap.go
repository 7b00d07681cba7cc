package catalogue

// overlap says whether some text fits both a pattern of the reference and one of
// a policy. It walks the pairs of places that can be reached at the same time,
// row by row of the policy's pattern: at worst as many steps as there are pairs.
func overlap(pattern, glob []element) bool {
	r := newRows(len(pattern))
	for _, g := range glob {
		for i, reached := range r.here {
			if !reached {
				continue
			}
			if g.gap == maybe {
				r.next[i] = true // nothing at all
			}
			if i == len(pattern) {
				break
			}
			switch p := pattern[i]; {
			case p.gap == maybe || g.gap == maybe && (p.gap != none || g.holds(p.byte)):
				r.here[i+1] = true // all that fills p, and perhaps more
				r.next[i] = r.next[i] || p.gap == maybe && (g.gap != none || p.holds(g.byte))
			case p.gap == none:
				r.next[i+1] = r.next[i+1] || g.fits(p.byte)
			case g.gap == one || p.holds(g.byte):
				r.next[i], r.next[i+1] = true, true // the gap goes on, or ends
			}
		}
		r.turn()
	}
	return r.end(pattern)
}

// fits says whether the element can be the one byte b.
func (e element) fits(b byte) bool {
	if e.gap == none {
		return e.byte == b
	}
	return e.holds(b)
}

// covers says whether every text that fits inner fits outer too, the empty text
// in place of a star apart. It may say no where the answer is yes.
func covers(outer, inner []element) bool {
	r := newRows(len(outer))
	for _, e := range inner {
		for i, o := range outer {
			if !r.here[i] {
				continue
			}
			if o.gap == maybe {
				r.here[i+1] = true
			}
			switch {
			case o.gap == none:
				r.next[i+1] = r.next[i+1] || e.gap == none && e.byte == o.byte
			case e.gap == none && o.holds(e.byte) || e.gap != none && e.within(o):
				r.next[i], r.next[i+1] = true, true
			}
		}
		r.turn()
	}
	return r.end(outer)
}

// rows are the places of one text that can be reached, before and behind an
// element of the other.
type rows struct{ here, next []bool }

func newRows(n int) rows {
	both := make([]bool, 2*(n+1))
	r := rows{both[:n+1], both[n+1:]}
	r.here[0] = true
	return r
}

func (r *rows) turn() {
	r.here, r.next = r.next, r.here
	clear(r.next)
}

// end says whether the end of the list has been reached, with nothing left for
// the stars before it.
func (r *rows) end(list []element) bool {
	for i, e := range list {
		if r.here[i] && e.gap == maybe {
			r.here[i+1] = true
		}
	}
	return r.here[len(list)]
}
