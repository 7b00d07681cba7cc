package lint

import "strings"

var redundantStatement = define(Suggestion, "REDUNDANT_STATEMENT", "The statements are redundant because they provide identical permissions. Update the policy to remove the redundant statement.")

// checkRedundantStatements reports statements that say the same.
func (l *linter) checkRedundantStatements() {
	first := make(map[string]*statement)
	for _, s := range l.doc.statements {
		text := withoutSid(l.text, s.node)
		if other := first[text]; other != nil {
			l.reportAll(redundantStatement, []place{other.place, s.place})
			continue
		}
		first[text] = s
	}
}

// withoutSid is a statement's text without its id and white space.
func withoutSid(text string, n *node) string {
	var b strings.Builder
	for i := range n.members {
		if m := &n.members[i]; m.name != "Sid" {
			b.WriteString(m.name + ":")
			writeCompact(&b, text, m.value)
		}
	}
	return b.String()
}

func writeCompact(b *strings.Builder, text string, n *node) {
	switch n.typ {
	case objectNode:
		for i := range n.members {
			b.WriteString("{" + n.members[i].name + ":")
			writeCompact(b, text, n.members[i].value)
		}
		b.WriteByte('}')
	case arrayNode:
		if len(n.items) == 1 { // the same as without brackets
			writeCompact(b, text, n.items[0])
			return
		}
		for _, item := range n.items {
			b.WriteByte('[')
			writeCompact(b, text, item)
		}
		b.WriteByte(']')
	default:
		b.WriteString(text[n.start:n.end])
	}
}
