package policy

// The versions of the policy language.
const (
	// Version2008 is what a document without a Version element means. It has no
	// policy variables: "${aws:username}" is then ordinary text.
	Version2008 = "2008-10-17"
	// Version2012 is the current version of the language.
	Version2012 = "2012-10-17"
)

// Policy is a compiled document. It never changes and is safe for concurrent
// use. The zero Policy has no statements and matches nothing.
type Policy struct {
	doc        string
	kind       Kind
	version    string
	id         string
	statements []statement
}

// statement is a Statement with what decides it.
type statement struct {
	Statement
	actions    actionSet
	resources  resourceSet
	principals *principalSet // nil where the kind has no Principal element
	conditions []condition

	// effectSpelled: the document spells the effect exactly. IAM reads it in any
	// letter case and then refuses any but this one.
	effectSpelled bool
}

// Document is the text that was parsed, unchanged.
func (p *Policy) Document() string { return p.doc }

// Kind is the kind that the document was parsed as.
func (p *Policy) Kind() Kind { return p.kind }

// Version is the version of the language, Version2008 where the document does not say.
func (p *Policy) Version() string { return p.version }

// ID is the document's Id element.
func (p *Policy) ID() string { return p.id }

// Statements are the statements in the order of the document. The caller owns
// the result.
func (p *Policy) Statements() []Statement {
	list := make([]Statement, len(p.statements))
	for i := range p.statements {
		list[i] = p.statements[i].Statement.clone()
	}
	return list
}
