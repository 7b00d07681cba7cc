package body

import (
	"errors"
	"slices"
	"strconv"
)

// StepKind says what one step of a path selects.
type StepKind uint8

// The kinds of step.
const (
	Child      StepKind = iota // the member, element or attribute of that name
	Any                        // every child
	AnyElement                 // every child that is not an XML attribute
	Index                      // the array element of that number
	Descend                    // any number of levels, none too, before the next step
)

// A Step is one step of a path. XML attributes are children named "@name".
type Step struct {
	Kind  StepKind
	Name  string
	Index int
}

// A State is how far a set of paths is matched at one place of a document.
type State int32

// Dead is the state below which nothing is selected.
const Dead State = 0

// Paths is a set of paths, compiled so that the price of a step does not depend
// on how many there are. The zero value and nil select nothing.
type Paths struct {
	names   map[string]int32 // folded names that paths have
	lengths [256]uint64      // by a folded name's first byte, which lengths there are
	indexes map[int]int32    // indexes that paths have
	width   int              // how many symbols there are
	next    []State          // by state and symbol
	rule    []int32          // by state
	places  [][]place        // by state: how far which paths are matched
}

// Symbols of what no path has: other names and indexes, and other attributes,
// which a wildcard for elements does not select.
const (
	Other          = 0
	OtherAttribute = 1
	firstSymbol    = 2
)

// Start is the state at the root of a document.
func (p *Paths) Start() State {
	if p == nil || len(p.rule) == 0 {
		return Dead
	}
	return 1
}

// Rule is the first rule that selects the value at s, or NoRule.
func (p *Paths) Rule(s State) int {
	if s == Dead {
		return NoRule
	}
	return int(p.rule[s])
}

// Symbol gives the number of a name, which Member takes. Names that are alike
// have the same.
func (p *Paths) Symbol(name []byte) int32 {
	if p == nil {
		return Other
	}
	var room [64]byte
	folded := AppendFold(room[:0], name)
	// Most names are not selected; few need the map to know it.
	if len(folded) > 0 && p.lengths[folded[0]]&lengthBit(folded) != 0 {
		if symbol := p.names[string(folded)]; symbol != Other {
			return symbol
		}
	}
	if len(name) > 0 && name[0] == '@' {
		return OtherAttribute
	}
	return Other
}

func lengthBit(name []byte) uint64 { return 1 << min(len(name), 63) }

// Member is the state at the child of that symbol.
func (p *Paths) Member(s State, symbol int32) State {
	if s == Dead {
		return Dead
	}
	return p.next[int(s)*p.width+int(symbol)]
}

// Element is the state at the array element of that number.
func (p *Paths) Element(s State, i int) State {
	if s == Dead {
		return Dead
	}
	return p.next[int(s)*p.width+int(p.indexes[i])]
}

// Compound is the state at the child of a name that some origins read as a path:
// MongoDB and Elasticsearch make person.ssn the member ssn of person, Firebase
// person/ssn, and JSON-LD names fields by URLs. It is that of the plain name where
// reading it as a path would select less.
func (p *Paths) Compound(s State, name []byte) State {
	plain := p.Member(s, Other)
	if s == Dead || p.Rule(plain) != NoRule || cut(name) < 0 {
		return plain
	}
	for part := range nameParts(name) {
		if n, err := strconv.Atoi(string(part)); err == nil {
			s = p.Element(s, n)
		} else {
			s = p.Member(s, p.Symbol(part))
		}
		// What is in a selected value is sealed with it.
		if p.Rule(s) != NoRule {
			return s
		}
	}
	for _, at := range p.places[plain] {
		if !slices.Contains(p.places[s], at) {
			return plain
		}
	}
	return s
}

// maxStates bounds the automaton: wildcards after ".." make it grow.
const maxStates = 4096

var errTooManyPaths = errors.New("selectors too complex: fewer wildcards after \"..\" are needed")

// NewPaths compiles paths. The place of a path in byRule is its rule's number; a
// rule may have several.
func NewPaths(byRule [][][]Step) (*Paths, error) {
	b := &pathsBuilder{states: map[string]State{}}
	p := &Paths{names: map[string]int32{}, indexes: map[int]int32{}, width: firstSymbol}
	for rule, paths := range byRule {
		for _, steps := range paths {
			b.paths = append(b.paths, steps)
			b.rules = append(b.rules, rule)
			for _, s := range steps {
				p.addSymbol(s)
			}
		}
	}
	if len(b.paths) == 0 {
		return nil, nil
	}
	return p, b.build(p)
}

func (p *Paths) addSymbol(s Step) {
	switch s.Kind {
	case Child:
		p.addName(s.Name)
		if n, ok := index(s.Name); ok {
			p.addIndex(n)
		}
	case Index:
		p.addIndex(s.Index)
		p.addName(strconv.Itoa(s.Index))
	}
}

func (p *Paths) addName(text string) {
	name := AppendFold(nil, []byte(text))
	if _, ok := p.names[string(name)]; !ok && len(name) > 0 {
		p.names[string(name)] = int32(p.width)
		p.lengths[name[0]] |= lengthBit(name)
		p.width++
	}
}

func (p *Paths) addIndex(i int) {
	if _, ok := p.indexes[i]; !ok {
		p.indexes[i] = int32(p.width)
		p.width++
	}
}

// index reads a name that is the number of an array element: JavaScript and PHP
// find people[0] in {"people": {"0": …}} too, and people["0"] in an array.
func index(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == name
}
