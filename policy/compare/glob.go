package compare

import (
	"strings"
	"unicode"
)

// token is one step of a glob: a character, a wildcard or a hole.
type token struct {
	kind tokenKind
	char rune  // of a literal; of a hole, which one
	set  class // of a wildcard, what it takes
}

type tokenKind uint8

const (
	literal tokenKind = iota
	fold              // a character in any letter case
	one               // any one character of the class
	star              // any run of them
	hole              // the value of a variable that nothing is known about
	accept            // the end of the glob
)

// class is what a wildcard takes: any character, except colons before so many
// have been passed, and slashes where it must stay in its segment.
type class struct {
	columns uint8 // never: no colon at all
	segment bool
}

const never = 0xff

func (c class) takes(r rune, colons uint8) bool {
	switch r {
	case ':':
		return colons >= c.columns
	case '/':
		return !c.segment
	}
	return true
}

// arnColumns is how many colons delimit the parts of an ARN.
const arnColumns = 5

// glob is a set of texts: those that its tokens spell.
type glob []token

func text(s string) glob {
	var g glob
	for _, r := range s {
		g = append(g, token{kind: literal, char: r})
	}
	return g
}

// wild adds the wildcards of a text.
func (g glob) wild(s string, set class) glob {
	for _, r := range s {
		switch r {
		case '*':
			g = g.star(set)
		case '?':
			g = append(g, token{kind: one, set: set})
		default:
			g = append(g, token{kind: literal, char: r})
		}
	}
	return g
}

func (g glob) star(set class) glob {
	if n := len(g); n > 0 && g[n-1] == (token{kind: star, set: set}) {
		return g
	}
	return append(g, token{kind: star, set: set})
}

// meet reports whether two globs can have a text in common, as far as what they
// begin with tells.
func meet(a, b glob) bool {
	for i := range min(len(a), len(b)) {
		if a[i].kind != literal || b[i].kind != literal {
			return true
		}
		if a[i].char != b[i].char {
			return false
		}
	}
	return true
}

// widened is the glob with stars in the place of its holes.
func (g glob) widened() glob {
	var wide glob
	for _, t := range g {
		if t.kind == hole {
			wide = wide.star(class{})
		} else {
			wide = append(wide, t)
		}
	}
	return wide
}

// folded makes the characters match in any letter case.
func (g glob) folded() glob {
	for i := range g {
		if g[i].kind == literal {
			g[i].kind = fold
		}
	}
	return g
}

// orbit calls f with the character in every letter case.
func orbit(r rune, f func(rune)) {
	f(r)
	for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
		f(o)
	}
}

func sameFold(a, b rune) bool {
	if a == b {
		return true
	}
	for o := unicode.SimpleFold(a); o != a; o = unicode.SimpleFold(o) {
		if o == b {
			return true
		}
	}
	return false
}

// headOf is the length of an ARN up to and including its fifth colon, -1 where
// it has fewer.
func headOf(s string) int {
	end := 0
	for range arnColumns {
		i := strings.IndexByte(s[end:], ':')
		if i < 0 {
			return -1
		}
		end += i + 1
	}
	return end
}
