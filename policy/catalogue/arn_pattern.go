package catalogue

import "strings"

// columns is how many colons delimit the parts of an ARN.
const columns = 5

// element is one step of a text with gaps: a certain byte, or a gap that is
// filled with text.
type element struct {
	gap  gap
	byte byte // where gap is none

	// column: what fills the gap is in one of the first five parts of an ARN,
	// and has no colon.
	column bool
}

// gap says what may stand in one.
type gap uint8

const (
	none     gap = iota
	one          // a single character
	segment      // text without a slash or colon: a bucket's name
	anything     // text
	maybe        // text, or nothing
)

// holds says whether b may stand in the gap.
func (e element) holds(b byte) bool {
	return b != ':' && b != '/' || e.gap != segment && !(e.column && b == ':')
}

// within says whether whatever fills this gap may fill the other one.
func (e element) within(outer element) bool {
	return (outer.gap != segment || e.gap == segment) && (!outer.column || e.column)
}

// parsePattern reads an ARN as the reference writes it. Partition, region and
// account hold no colon. Of the names that AWS gives to things a bucket's is the
// one that must not hold a slash: only so is a bucket told from an object. Others
// may: roles, log groups and parameters have paths.
func parsePattern(pattern string) []element {
	p := parser{wall: columns}
	for p.rest = pattern; p.rest != ""; {
		switch name, isVariable := p.variable(); {
		case isVariable && name == "BucketName":
			p.add(element{gap: segment})
		case isVariable:
			p.add(element{gap: anything})
		case p.rest[0] == '*':
			p.skip(element{gap: maybe})
		default:
			p.skip(element{byte: p.rest[0]})
		}
	}
	return p.list
}

// parseGlob reads a policy's ARN, in which a variable can become anything. No
// star of it may cross the first colons, wall in number.
func parseGlob(arn string, wall int) []element {
	p := parser{wall: wall}
	for p.rest = arn; p.rest != ""; {
		switch name, isVariable := p.variable(); {
		case isVariable && (name == "*" || name == "?" || name == "$"):
			p.add(element{byte: name[0]})
		case isVariable:
			p.add(element{gap: maybe})
		case p.rest[0] == '*':
			p.skip(element{gap: maybe})
		case p.rest[0] == '?':
			p.skip(element{gap: one})
		default:
			p.skip(element{byte: p.rest[0]})
		}
	}
	return p.list
}

// parser makes a list of elements.
type parser struct {
	rest string
	list []element
	wall int // how many colons are still to come that no gap crosses
}

// variable takes a variable from the text, if one is next.
func (p *parser) variable() (name string, found bool) {
	if !strings.HasPrefix(p.rest, "${") {
		return "", false
	}
	end := strings.IndexByte(p.rest, '}')
	if end < 0 {
		return "", false
	}
	name, p.rest = p.rest[2:end], p.rest[end+1:]
	return name, true
}

// skip adds the element that the next byte is.
func (p *parser) skip(e element) {
	p.rest = p.rest[1:]
	p.add(e)
}

func (p *parser) add(e element) {
	if e.gap == none && e.byte == ':' && p.wall > 0 {
		p.wall--
	}
	e.column = e.gap != none && p.wall > 0
	p.list = append(p.list, e)
}

// arnGlob is the ARN of a policy or of a request.
type arnGlob struct {
	text     string
	elements []element
	whole    bool // it has all six parts
	resource string
}

// parseARN reads an ARN. One that is cut short ("*", "arn:aws:sqs:*") goes on
// with anything, as a policy's does, and its stars stand for colons too.
func parseARN(arn string) arnGlob {
	if resource, whole := resourceOf(arn); whole {
		return arnGlob{text: arn, elements: parseGlob(arn, columns), whole: true, resource: resource}
	}
	if !strings.HasSuffix(arn, "*") {
		arn += ":*"
	}
	return arnGlob{text: arn, elements: parseGlob(arn, 0)}
}

// resourceOf is the last part of an ARN.
func resourceOf(arn string) (resource string, whole bool) {
	for range columns {
		i := strings.IndexByte(arn, ':')
		if i < 0 {
			return "", false
		}
		arn = arn[i+1:]
	}
	return arn, true
}

// overlaps says whether some ARN is one of the pattern and one of g.
func (g arnGlob) overlaps(pattern string) bool {
	if g.whole {
		resource, whole := resourceOf(pattern)
		if !whole || !beginAlike(resource, g.resource) {
			return false
		}
	}
	return overlap(parsePattern(pattern), g.elements)
}

// beginAlike compares what stands before the first gap of each. It is how most
// patterns are told apart.
func beginAlike(pattern, glob string) bool {
	n := min(literal(pattern), literal(glob))
	return pattern[:n] == glob[:n]
}

func literal(s string) int {
	if i := strings.IndexAny(s, "*?$"); i >= 0 {
		return i
	}
	return len(s)
}
