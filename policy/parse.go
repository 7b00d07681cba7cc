package policy

import (
	"fmt"
	"strings"
)

// Parse reads a document for the place where it will be used. The error is a
// *MalformedError.
func Parse(doc string, kind Kind) (*Policy, error) {
	g, ok := grammarOf(kind)
	if !ok {
		return nil, malformed(ProblemKind, fmt.Sprintf("unknown kind of policy %d", kind))
	}
	p := &Policy{doc: doc, kind: kind, version: Version2008}
	if err := p.parse(g); err != nil {
		return nil, err
	}
	return p, nil
}

// parse does the checks in the order in which IAM reports them: first the
// shape of the whole document, then its version, then what each statement says.
func (p *Policy) parse(g grammar) *MalformedError {
	root, err := readJSON(p.doc)
	switch {
	case err == errNotJSON:
		return malformed(ProblemJSON, g.badJSON)
	case g.noLeadingSpace && p.doc != "" && strings.ContainsRune(" \t\r\n", rune(p.doc[0])):
		return malformed(ProblemJSON, "JSON strings must not have leading spaces")
	case err != nil || root.typ != objectNode:
		return syntaxError()
	}
	if err := p.readDocument(root, g); err != nil {
		return err
	}
	if g.only2012 && p.version != Version2012 {
		return malformed(ProblemVersion, "Policy document must be version 2012-10-17 or greater.")
	}
	return p.compile(g)
}

func (p *Policy) readDocument(root node, g grammar) *MalformedError {
	var statements *node
	for i, m := range root.members {
		switch m.name {
		case "Version":
			if m.value.typ != stringNode || m.value.text != Version2008 && m.value.text != Version2012 {
				return malformed(ProblemVersion, reasonSyntax)
			}
			p.version = m.value.text
		case "Id":
			if m.value.typ != stringNode {
				return syntaxError()
			}
			p.id = m.value.text
		case "Statement":
			statements = &root.members[i].value
		default:
			return unknownField(g, m.name)
		}
	}
	if statements == nil {
		return missingField(g, "Statement", ProblemSyntax, reasonSyntax)
	}
	return p.readStatements(*statements, g)
}

func (p *Policy) readStatements(n node, g grammar) *MalformedError {
	list := n.items
	if n.typ == objectNode {
		list = []node{n}
	}
	if len(list) == 0 {
		return syntaxError()
	}
	p.statements = make([]statement, len(list))
	for i, item := range list {
		if err := p.statements[i].read(item, g); err != nil {
			return err
		}
	}
	return nil
}

// compile validates what the statements say and prepares them for Evaluate.
func (p *Policy) compile(g grammar) *MalformedError {
	variables := p.version == Version2012
	if err := p.readLegacy(variables); err != nil {
		return err
	}
	badResource, err := p.checkResources()
	if err != nil {
		return err
	}
	if err := p.checkSids(g); err != nil {
		return err
	}
	for i := range p.statements {
		if err := p.statements[i].checkActionsPresent(g); err != nil {
			return err
		}
	}
	if badResource != nil {
		return badResource
	}
	for i := range p.statements {
		s := &p.statements[i]
		if err := s.compile(g, variables); err != nil {
			return err
		}
	}
	return nil
}

// readLegacy reads what IAM leaves to its older parser: the case of Effect and
// the typed values of conditions.
func (p *Policy) readLegacy(variables bool) *MalformedError {
	for i := range p.statements {
		s := &p.statements[i]
		if !s.effectSpelled {
			return legacyError(ProblemSyntax)
		}
		for _, c := range s.Conditions {
			compiled, err := compileCondition(c, variables)
			if err != nil {
				return legacyError(ProblemValue)
			}
			s.conditions = append(s.conditions, compiled)
		}
	}
	return nil
}

func (p *Policy) checkSids(g grammar) *MalformedError {
	seen := make(map[string]bool)
	for i := range p.statements {
		sid := p.statements[i].Sid
		if g.plainSid && !alphanumeric(sid) {
			return malformed(ProblemSid, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*")
		}
		// An empty Sid is no Sid: any number of statements may have one.
		if sid != "" && seen[sid] {
			return malformed(ProblemSid, "Statement IDs (SID) in a single policy must be unique.")
		}
		seen[sid] = true
	}
	return nil
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

func unknownField(g grammar, name string) *MalformedError {
	if g.namesFields {
		return malformed(ProblemSyntax, "Unknown field "+name)
	}
	return syntaxError()
}

// missingField refuses a document without a required element: by the element's
// name for the kinds that name fields, otherwise in the given words.
func missingField(g grammar, name string, p Problem, reason string) *MalformedError {
	if g.namesFields {
		reason = "Missing required field " + name
	}
	return malformed(p, reason)
}
