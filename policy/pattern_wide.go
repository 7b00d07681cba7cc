package policy

// patience is how many steps run may take before it gives way to wide. Patterns
// of real policies take some dozens.
const patience = 1 << 14

// wide matches as run does, without its weakness: a pattern of many single
// wildcards behind a star ("*a?a?a?…") and a text that almost matches it make
// run try every place of the one at every place of the other. Here all places
// of the pattern advance together, 64 in a machine word, once per character.
//
// A place is the number of bytes and single wildcards that have been matched.
type wide struct {
	end    int // the last place: all is matched
	places bits
	next   bits

	literal [256]bits // from which places a byte leads on
	any     bits      // from which places any character does
	star    bits      // at which places any character may be passed over
}

func (p *pattern) newWide(values []string) *wide {
	w := new(wide)
	for i := range p.tokens {
		switch t := &p.tokens[i]; t.typ {
		case starToken:
		case anyToken:
			w.end++
		default:
			w.end += len(t.value(values))
		}
	}
	w.places, w.next, w.any, w.star = newBits(w.end), newBits(w.end), newBits(w.end), newBits(w.end)
	place := 0
	for i := range p.tokens {
		switch t := &p.tokens[i]; t.typ {
		case starToken:
			w.star.set(place)
		case anyToken:
			w.any.set(place)
			place++
		default:
			for _, c := range []byte(t.value(values)) {
				if w.literal[c] == nil {
					w.literal[c] = newBits(w.end)
				}
				w.literal[c].set(place)
				place++
			}
		}
	}
	w.places.set(0)
	return w
}

// match matches a text. Wildcards take no colon in front of the wall.
func (w *wide) match(s string, wall int) bool {
	for i := 0; i < len(s); {
		n := width(s[i:])
		copy(w.next, w.places)
		for _, c := range []byte(s[i : i+n]) {
			w.next.advance(w.literal[c])
		}
		if s[i] != ':' || i >= wall {
			w.pass()
		}
		w.places, w.next = w.next, w.places
		if w.places.none() {
			return false
		}
		i += n
	}
	return w.places.has(w.end)
}

// pass adds the places to which wildcards lead.
func (w *wide) pass() {
	var carry uint64
	for i, from := range w.places {
		step := from & w.any[i]
		w.next[i] |= step<<1 | carry | from&w.star[i]
		carry = step >> 63
	}
}

// bits is a set of places.
type bits []uint64

func newBits(last int) bits { return make(bits, last/64+1) }

func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bits) none() bool {
	for _, word := range b {
		if word != 0 {
			return false
		}
	}
	return true
}

// advance moves the places that are among those of by to the next one and drops
// all others.
func (b bits) advance(by bits) {
	if by == nil {
		clear(b)
		return
	}
	var carry uint64
	for i := range b {
		step := b[i] & by[i]
		b[i] = step<<1 | carry
		carry = step >> 63
	}
}
