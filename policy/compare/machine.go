package compare

import "slices"

// machine reads a text with many globs at once. Its state is the set of places
// in all of them; that makes it the product of their automata, of which only the
// part that can be reached is ever built.
//
// A state needs few letters: those that a place in it waits for, and one other
// character that stands for all the rest. That keeps the product of real
// policies, whose patterns part early, nearly as small as their text.
type machine struct {
	tokens  []token // of all globs, each with its accept
	starts  []int
	columns bool // some wildcard counts colons
	holes   bool // holes may be read
	// must are the globs of which one has to accept: states from which none can
	// are left out. Empty: all states are visited.
	must []bool
}

// add adds a glob. Its number is the order of adding.
func (m *machine) add(g glob, must bool) {
	m.starts = append(m.starts, len(m.tokens))
	for _, t := range g {
		if t.kind == one || t.kind == star {
			m.columns = m.columns || t.set.columns > 0
		}
	}
	m.tokens = append(m.tokens, g...)
	m.tokens = append(m.tokens, token{kind: accept, char: rune(len(m.must))})
	m.must = append(m.must, must)
}

// state is a reached set of places, with the way that led to it.
type state struct {
	places []int32
	colons uint8
	parent int32
	letter rune
}

// word is a text that the machine has read: letters, and holes as negative
// numbers.
type word []rune

func (w word) String() string { return string([]rune(w)) }

// explore visits one text for each set of globs that some text matches, the
// shortest first. Visit may stop it. It reports false where the budget ended it.
func (m *machine) explore(b *budget, visit func(matched []bool, w word) bool) bool {
	x := exploration{machine: m, known: make(map[string]bool), marks: make([]int32, len(m.tokens)), needed: slices.Contains(m.must, true)}
	if !m.columns {
		x.colons = arnColumns
	}
	x.begin()
	for _, s := range m.starts {
		x.enter(int32(s))
	}
	x.keep(-1, 0)
	seen := map[string]bool{}
	matched := make([]bool, len(m.must))
	var letters []rune
	for i := 0; i < len(x.states); i++ {
		s := x.states[i]
		if !b.spend(1 + len(s.places)) {
			return false
		}
		if m.accepts(&s, matched, x.needed) && !seen[packed(matched)] {
			seen[packed(matched)] = true
			if !visit(matched, m.word(x.states, i)) {
				return true
			}
		}
		letters = m.letters(letters[:0], &s)
		for _, r := range letters {
			// What is made and kept is paid for at once: a state can have a
			// hundred that follow, and none of these may ever be visited.
			if !b.spend((1 + len(s.places))) {
				return false
			}
			x.step(&s, r)
			if !x.needed || m.alive(x.places) {
				x.keep(int32(i), r)
			}
		}
	}
	return true
}

// exploration is a walk through the states of a machine.
type exploration struct {
	*machine
	states []state
	known  map[string]bool
	needed bool // some glob must match

	// The state being made, and which places it has: those whose mark is turn.
	places []int32
	colons uint8
	marks  []int32
	turn   int32
	name   []byte
}

func (x *exploration) begin() {
	x.places = x.places[:0]
	x.turn++
}

// enter adds a place and those that are reached from it by reading nothing.
func (x *exploration) enter(p int32) {
	for x.marks[p] != x.turn {
		x.marks[p] = x.turn
		x.places = append(x.places, p)
		if x.tokens[p].kind != star {
			return
		}
		p++
	}
}

// keep adds the state that was made to the states unless it is among them.
func (x *exploration) keep(parent int32, letter rune) {
	slices.Sort(x.places)
	x.name = append(x.name[:0], x.colons)
	for _, p := range x.places {
		x.name = append(x.name, byte(p), byte(p>>8), byte(p>>16))
	}
	if !x.known[string(x.name)] {
		x.known[string(x.name)] = true
		x.states = append(x.states, state{places: slices.Clone(x.places), colons: x.colons, parent: parent, letter: letter})
	}
}

// step makes the state that follows when a letter is read.
func (x *exploration) step(s *state, r rune) {
	x.begin()
	x.colons = s.colons
	if r == ':' && x.colons < arnColumns {
		x.colons++
	}
	for _, p := range s.places {
		t := &x.tokens[p]
		switch t.kind {
		case literal, hole:
			// Holes are negative as letters, so that none is also a character.
			if t.char == r {
				x.enter(p + 1)
			}
		case fold:
			if r >= 0 && sameFold(t.char, r) {
				x.enter(p + 1)
			}
		case one:
			if r >= 0 && t.set.takes(r, s.colons) {
				x.enter(p + 1)
			}
		case star:
			if t.set.takes(r, s.colons) {
				x.enter(p)
			}
		}
	}
}

// letters are those that lead from a state to different ones.
func (m *machine) letters(letters []rune, s *state) []rune {
	add := func(r rune) {
		if !slices.Contains(letters, r) {
			letters = append(letters, r)
		}
	}
	wild := false
	for _, p := range s.places {
		switch t := &m.tokens[p]; t.kind {
		case literal:
			add(t.char)
		case hole:
			if m.holes && s.colons >= arnColumns {
				add(t.char)
			}
		case fold:
			orbit(t.char, add)
		case one, star:
			wild = true
			if t.set.columns > s.colons {
				add(':')
			}
			if t.set.segment {
				add('/')
			}
		}
	}
	if wild || len(s.places) > 0 {
		letters = append(letters, otherThan(letters))
	}
	return letters
}

// others are what an unnamed character is shown as, readable ones first.
const others = "xyzwvutsrqponmlkjihgfedcba0123456789-_.XYZWVUTSRQPONMLKJIHGFEDCBA"

// otherThan is a character that is none of the letters, and neither colon nor
// slash, which wildcards treat differently.
func otherThan(letters []rune) rune {
	for _, r := range others {
		if !slices.Contains(letters, r) {
			return r
		}
	}
	for r := rune(0x4e00); ; r++ { // these have no letter case
		if !slices.Contains(letters, r) {
			return r
		}
	}
}

// accepts sets which globs match in a state. It reports false where one of
// those that must is needed and none does.
func (m *machine) accepts(s *state, matched []bool, needed bool) bool {
	clear(matched)
	ok := !needed
	for _, p := range s.places {
		if t := &m.tokens[p]; t.kind == accept {
			matched[t.char] = true
			ok = ok || m.must[t.char]
		}
	}
	return ok
}

// alive reports whether one of the places is in a glob that must match.
func (m *machine) alive(places []int32) bool {
	for _, p := range places {
		i, _ := slices.BinarySearch(m.starts, int(p)+1)
		if m.must[i-1] {
			return true
		}
	}
	return false
}

func (m *machine) word(states []state, i int) word {
	var w word
	for ; states[i].parent >= 0; i = int(states[i].parent) {
		w = append(w, states[i].letter)
	}
	slices.Reverse(w)
	return w
}

// packed is a set as a text, to find it again.
func packed(set []bool) string {
	b := make([]byte, (len(set)+7)/8)
	for i, in := range set {
		if in {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return string(b)
}
