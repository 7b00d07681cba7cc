package policy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// String is the tree as indented text, one line per statement and element.
func (e *Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s on %s by %s\n", e.outcome(), printable(e.Action), printable(e.Resource), printable(e.Principal.String()))
	for _, s := range e.Statements {
		s.write(&b)
	}
	return b.String()
}

func (e *Explanation) outcome() string {
	if e.Effect == NoMatch {
		return "no statement matches"
	}
	return fmt.Sprintf("%s by statement %d", e.Effect, e.Statement)
}

func (s *StatementExplanation) write(b *strings.Builder) {
	name := ""
	if s.Sid != "" {
		name = fmt.Sprintf(" %q", s.Sid)
	}
	fmt.Fprintf(b, "  statement %d%s, %s: %s\n", s.Index, name, s.Effect, verb(s.Matched))
	for i := range s.Elements {
		s.Elements[i].write(b)
	}
}

func (e *ElementExplanation) write(b *strings.Builder) {
	name := e.Element
	if e.Key != "" || e.Operator != "" {
		name = fmt.Sprintf("%s %s %s", e.Element, e.Operator, printable(e.Key))
	}
	request := list(e.Request)
	if e.Absent {
		request = "no such key"
	}
	fmt.Fprintf(b, "    %s %s: policy %s, request %s", name, verb(e.Matched), list(e.Policy), request)
	if len(e.Unresolved) > 0 {
		fmt.Fprintf(b, "; no single value for ${%s}", printable(strings.Join(e.Unresolved, "}, ${")))
	}
	b.WriteByte('\n')
}

func verb(matched bool) string {
	if matched {
		return "matches"
	}
	return "does not match"
}

func list(values []string) string {
	shown := make([]string, len(values))
	for i, v := range values {
		shown[i] = printable(v)
	}
	return "[" + strings.Join(shown, " ") + "]"
}

// printable quotes a text that would end the line or steer a terminal: the
// author of a request must not write the explanation of it.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}
