package lint

// document is what could be read of a policy, whatever is wrong with the rest.
type document struct {
	place      place
	version    string
	statements []*statement
}

var (
	jsonSyntaxError      = define(Error, "JSON_SYNTAX_ERROR", "Fix the JSON syntax error at index %d line %d column %d.")
	dataTypeMismatch     = define(Error, "DATA_TYPE_MISMATCH", "The text does not match the expected JSON data type %s.")
	invalidPolicyElement = define(Error, "INVALID_POLICY_ELEMENT", "The policy element %s is not valid.")
	invalidVersion       = define(Error, "INVALID_VERSION", "The version %s is not valid. Use one of the following versions: [2012-10-17, 2008-10-17]")
	missingStatement     = define(Error, "MISSING_STATEMENT", "Add a statement to the policy")
	missingVersion       = define(Warning, "MISSING_VERSION", "We recommend that you specify the Version element to help you with debugging permission issues.")
	duplicateElement     = defineOwn(Error, "DUPLICATE_ELEMENT", "The element %s is there more than once: IAM refuses the document.")
)

// The versions of the language.
const (
	version2008 = "2008-10-17"
	version2012 = "2012-10-17"
)

// checkDocument reads the document and runs every check over it.
func (l *linter) checkDocument() {
	root, bad := scan(l.text)
	if bad != nil {
		at := newPositions(l.text).find(bad.at)
		l.report(jsonSyntaxError, place{start: bad.at, end: bad.at}, at.Offset, at.Line, at.Column)
		return
	}
	l.doc.place = place{start: root.start, end: root.end}
	if root.typ != objectNode {
		l.report(dataTypeMismatch, l.doc.place, "Object")
		return
	}
	l.readDocument(root)
	l.parse()
	for _, s := range l.doc.statements {
		for _, check := range statementChecks {
			check(l, s)
		}
	}
	for _, check := range documentChecks {
		check(l)
	}
}

// readDocument reads the elements of the document.
func (l *linter) readDocument(root *node) {
	l.repeated(root, l.doc.place)
	l.doc.version = version2008
	for i := range root.members {
		m := &root.members[i]
		at := l.doc.place.of(m)
		switch m.name {
		case "Version":
			l.readVersion(m.value, at)
		case "Id":
			l.wantString(m.value, at)
		case "Statement":
			l.readStatements(m.value, at)
		default:
			l.report(invalidPolicyElement, l.doc.place.name(m), m.name)
		}
	}
	if root.member("Version") == nil {
		l.report(missingVersion, l.doc.place)
	}
	if root.member("Statement") == nil {
		l.report(missingStatement, l.doc.place)
	}
}

func (l *linter) readVersion(n *node, at place) {
	if !l.wantString(n, at) {
		return
	}
	if n.text != version2008 && n.text != version2012 {
		l.report(invalidVersion, at, n.text)
	}
	l.doc.version = n.text
}

func (l *linter) readStatements(n *node, at place) {
	switch n.typ {
	case objectNode:
		l.readStatement(n, at)
	case arrayNode:
		if len(n.items) == 0 {
			l.report(missingStatement, at)
		}
		for i, item := range n.items {
			if where := at.item(i, item); item.typ == objectNode {
				l.readStatement(item, where)
			} else {
				l.report(dataTypeMismatch, where, "Object")
			}
		}
	default:
		l.report(dataTypeMismatch, at, "Array")
	}
}

// wantString reports what is not a string.
func (l *linter) wantString(n *node, at place) bool {
	if n.typ != stringNode {
		l.report(dataTypeMismatch, at, "String")
	}
	return n.typ == stringNode
}

// repeated reports members of an object that have the same name.
func (l *linter) repeated(n *node, at place) {
	seen := make(map[string]bool, len(n.members))
	for i := range n.members {
		m := &n.members[i]
		if seen[m.name] {
			l.report(duplicateElement, at.name(m), m.name)
		}
		seen[m.name] = true
	}
}
