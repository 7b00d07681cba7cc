package body

import (
	"iter"
	"unicode/utf8"
)

// Names is a set of selected names of a format in which names do not nest:
// forms, multipart forms, queries and headers. Nil selects nothing.
//
// Origins read structure into such names in ways of their own. The field ssn is
// ssn[], ssn[0], user[ssn] or user.ssn to PHP, Rails and Node, myform:ssn to JSF,
// ctl00$Main$ssn to ASP.NET, ssn:list to Zope, !ssn to Spring. So a name is cut
// at punctuation, and a selector chooses it if the selector's own parts are found
// in it one after the other; parts that are numbers, or empty, do not count. A
// name that is the same but for punctuation and spaces is chosen too: PHP makes
// user_ssn of "user.ssn" and of "user ssn".
type Names struct {
	single map[string]int // names of one part
	whole  map[string]int // names without what separates parts
	many   []partsOfName
}

type partsOfName struct {
	parts []string
	rule  int
}

// NewNames compiles names. The place of a name in byRule is its rule's number.
func NewNames(byRule [][]string) *Names {
	n := &Names{single: map[string]int{}, whole: map[string]int{}}
	for rule, names := range byRule {
		for _, name := range names {
			n.add(rule, []byte(name))
		}
	}
	if len(n.whole) == 0 {
		return nil
	}
	return n
}

func (n *Names) add(rule int, name []byte) {
	if w := string(appendWhole(nil, name)); w != "" {
		if _, ok := n.whole[w]; !ok {
			n.whole[w] = rule
		}
	}
	var parts []string
	for part := range nameParts(name) {
		if !allDigits(part) {
			parts = append(parts, string(appendWhole(nil, part)))
		}
	}
	switch len(parts) {
	case 0:
	case 1:
		if _, ok := n.single[parts[0]]; !ok {
			n.single[parts[0]] = rule
		}
	default:
		n.many = append(n.many, partsOfName{parts, rule})
	}
}

// Rule is the rule that chooses name, which is decoded, or NoRule.
func (n *Names) Rule(name []byte) int {
	if n == nil {
		return NoRule
	}
	var room [64]byte
	if rule, ok := n.whole[string(appendWhole(room[:0], name))]; ok {
		return rule
	}
	if cut(name) < 0 {
		return NoRule
	}
	var parts []string
	for part := range nameParts(name) {
		if !allDigits(part) {
			parts = append(parts, string(appendWhole(nil, part)))
		}
	}
	for _, part := range parts {
		if rule, ok := n.single[part]; ok {
			return rule
		}
	}
	for _, m := range n.many {
		if containsRun(parts, m.parts) {
			return m.rule
		}
	}
	return NoRule
}

func containsRun(all, run []string) bool {
	for i := 0; i+len(run) <= len(all); i++ {
		same := true
		for j := range run {
			same = same && all[i+j] == run[j]
		}
		if same {
			return true
		}
	}
	return false
}

// punctuation has the characters at which names are cut.
var punctuation = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = c != '-' && c != '_' && !alphanumeric(byte(c))
	}
	return t
}()

func alphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// cut is where the first part of a name ends, or -1 if it has one part.
func cut(name []byte) int {
	for i, c := range name {
		if punctuation[c] {
			return i
		}
	}
	return -1
}

// nameParts gives the parts between punctuation.
func nameParts(name []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(name) > 0 {
			part := name
			if i := cut(name); i >= 0 {
				part, name = name[:i], name[i+1:]
			} else {
				name = nil
			}
			if len(appendWhole(nil, part)) > 0 && !yield(part) {
				return
			}
		}
	}
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// appendWhole folds a name and drops what separates its parts.
func appendWhole(dst, name []byte) []byte {
	start := len(dst)
	dst = AppendFold(dst, name)
	kept := dst[:start]
	for _, c := range dst[start:] {
		if c >= utf8.RuneSelf || alphanumeric(c) {
			kept = append(kept, c)
		}
	}
	return kept
}
