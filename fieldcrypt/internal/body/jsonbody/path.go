package jsonbody

import (
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// String tells where the parser is, as a selector would: $.people[3].ssn.
func (p *parser) String() string {
	var b strings.Builder
	b.WriteByte('$')
	for i, f := range p.stack {
		end := p.members.count()
		if i+1 < len(p.stack) {
			end = p.stack[i+1].members
		}
		switch {
		case !f.begun:
		case !f.object:
			b.WriteString("[" + strconv.Itoa(f.child) + "]")
		case end > f.members:
			b.WriteString(step(body.DisplayName(p.members.name(end - 1))))
		}
	}
	return b.String()
}

// step writes a name after a dot where that is possible.
func step(name string) string {
	for i, c := range name {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || '9' < c) {
			return "['" + strings.ReplaceAll(name, "'", `\'`) + "']"
		}
	}
	if name == "" {
		return "['']"
	}
	return "." + name
}
