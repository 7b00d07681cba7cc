package policy

import "strings"

// checkAction refuses an action that is not "*" or a service prefix, one
// colon and a name.
func checkAction(action string) *MalformedError {
	if action == "*" {
		return nil
	}
	vendor, name, found := strings.Cut(action, ":")
	switch {
	case !found:
		return malformed(ProblemAction, reasonVendor)
	case strings.Contains(name, ":"):
		return malformed(ProblemAction, "Actions/Condition can contain only one colon.")
	case vendor != "*" && !validVendor(vendor):
		return malformed(ProblemAction, "Vendor "+vendor+" is not valid")
	}
	return nil
}

func validVendor(vendor string) bool {
	for i := range len(vendor) {
		c := vendor[i]
		if c != '-' && c != '.' && !alphanumeric(vendor[i:i+1]) {
			return false
		}
	}
	return vendor != ""
}

// checkActionsPresent refuses a statement about no actions.
func (s *statement) checkActionsPresent(g grammar) *MalformedError {
	if len(s.Actions)+len(s.NotActions) == 0 {
		return missingField(g, "Action", ProblemAction, "Policy statement must contain actions.")
	}
	return nil
}

// actionPattern matches actions in any letter case.
type actionPattern struct {
	head string // in lower case: what stands before the first wildcard
	tail string // in lower case: from the first wildcard on; "" is an exact action, "*" a prefix
}

func newActionPattern(action string) actionPattern {
	lower := asciiLower(action)
	i := strings.IndexAny(lower, "*?")
	if i < 0 {
		return actionPattern{head: lower}
	}
	return actionPattern{head: lower[:i], tail: lower[i:]}
}

func (p *actionPattern) match(action string) bool {
	n := len(p.head)
	if len(action) < n || p.tail == "" && len(action) != n {
		return false
	}
	for i := range n {
		if lowerTable[action[i]] != p.head[i] {
			return false
		}
	}
	return p.tail == "" || p.tail == "*" || globFold(p.tail, action[n:])
}

// MatchAction reports whether a pattern of an Action element ("s3:Get*", "*")
// stands for an action, as Evaluate decides it: in any letter case.
func MatchAction(pattern, action string) bool { return globFold(pattern, action) }

// globFold matches a pattern against text, both in any case. Action names are
// ASCII, so a character is a byte.
func globFold(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || lowerTable[pattern[p]] == lowerTable[s[i]]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// lowerTable maps each byte to its lower case, ASCII letters only.
var lowerTable = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
