package api

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Pattern is a compiled pattern of a model. Those are Java regular expressions
// and must match the whole value.
type Pattern struct {
	Source string // as the model has it, and as AWS prints it in messages
	re     *regexp.Regexp

	// Nearly all patterns are one character class, repeated. Those match by
	// table, which takes a tenth of the time.
	class []rune    // ranges: lo, hi, lo, hi, ...
	ascii [128]bool // the class below U+0080
	empty bool      // whether the empty string matches
}

// rewrites holds patterns of the models that RE2 cannot express, with what
// accepts the same strings within the member's length limits.
var rewrites = map[string]string{
	// No two hyphens in a row: RE2 has no lookahead.
	`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`: `[a-z0-9]+(-[a-z0-9]+)*`,
}

// CompilePattern compiles a pattern of a model.
func CompilePattern(java string) (*Pattern, error) {
	expr, ok := rewrites[java]
	if !ok {
		var err error
		if expr, err = translate(java); err != nil {
			return nil, err
		}
	}
	re, err := regexp.Compile(`\A(?:` + expr + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", java, err)
	}
	p := &Pattern{Source: java, re: re}
	p.findClass(expr)
	return p, nil
}

// MatchString reports whether the whole of s matches.
func (p *Pattern) MatchString(s string) bool {
	if p.class == nil {
		return p.re.MatchString(s)
	}
	if s == "" {
		return p.empty
	}
	for _, r := range s {
		if r < 128 {
			if !p.ascii[r] {
				return false
			}
		} else if !p.inClass(r) {
			return false
		}
	}
	return true
}

func (p *Pattern) inClass(r rune) bool {
	for i := 0; i < len(p.class); i += 2 {
		if p.class[i] <= r && r <= p.class[i+1] {
			return true
		}
	}
	return false
}

// findClass fills in the table if expr is one character class repeated by * or
// +, with or without anchors.
func (p *Pattern) findClass(expr string) {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return
	}
	if tree = withoutAnchors(tree); tree == nil {
		return
	}
	if tree.Op != syntax.OpStar && tree.Op != syntax.OpPlus || tree.Sub[0].Op != syntax.OpCharClass {
		return
	}
	p.class, p.empty = tree.Sub[0].Rune, tree.Op == syntax.OpStar
	for r := range rune(128) {
		p.ascii[r] = p.inClass(r)
	}
}

// withoutAnchors strips ^ and $, which mean nothing where the whole must match.
// It returns nil if more than one expression is left.
func withoutAnchors(tree *syntax.Regexp) *syntax.Regexp {
	if tree.Op != syntax.OpConcat {
		return tree
	}
	var rest *syntax.Regexp
	for i, sub := range tree.Sub {
		switch {
		case sub.Op == syntax.OpBeginText && i == 0, sub.Op == syntax.OpEndText && i == len(tree.Sub)-1:
		case rest != nil:
			return nil
		default:
			rest = sub
		}
	}
	return rest
}

// translate turns Java's syntax into RE2's where they differ, and refuses what
// RE2 would read as something else.
func translate(java string) (string, error) {
	var b strings.Builder
	inClass := false
	for i := 0; i < len(java); i++ {
		switch c := java[i]; {
		case c == '\\' && i+1 < len(java):
			i += translateEscape(&b, java[i+1:], inClass)
		case inClass && (c == '[' || strings.HasPrefix(java[i:], "&&")):
			return "", fmt.Errorf("pattern %q: nested character class", java)
		default:
			switch c {
			case '[':
				inClass = true
			case ']':
				inClass = false
			}
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}

// translateEscape writes the escape whose backslash stands before rest and
// returns how many bytes of rest it took.
func translateEscape(b *strings.Builder, rest string, inClass bool) int {
	switch c := rest[0]; c {
	case 'u':
		n := hexDigits(rest[1:])
		b.WriteString(`\x{` + rest[1:1+n] + `}`)
		return 1 + n
	case 's': // Java's includes the vertical tab
		if inClass {
			b.WriteString(`\t-\r `)
		} else {
			b.WriteString(`[\t-\r ]`)
		}
		return 1
	default:
		b.WriteByte('\\')
		b.WriteByte(c)
		return 1
	}
}

// hexDigits counts the digits of a \u escape. Java takes four. The models also
// write the ends of the planes above the first with five and six
// (\u10000-\u10FFFF), which is taken as what they mean.
func hexDigits(s string) int {
	for _, wide := range []string{"10000", "10FFFF"} {
		if strings.HasPrefix(s, wide) {
			return len(wide)
		}
	}
	return min(4, len(s))
}
