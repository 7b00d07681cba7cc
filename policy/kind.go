package policy

// Kind says where a document will be used. It decides which elements the
// document must have and must not have, and the words in which it is refused.
type Kind uint8

// The places where a policy document is used.
const (
	// Identity is a policy of a user, group or role, inline or managed.
	Identity Kind = iota
	// Resource is a policy attached to a resource: Principal is required.
	Resource
	// Trust is a role's trust policy: Principal is required, Resource forbidden.
	Trust
	// Boundary is a permissions boundary; its grammar is that of Identity.
	Boundary
	// Session is a policy passed to AssumeRole or GetFederationToken.
	Session
	// SCP is a service control policy of an organization.
	SCP
	// RCP is a resource control policy of an organization.
	RCP
	// Managed is the document of a managed policy (CreatePolicy and
	// CreatePolicyVersion): Identity, and Version must be 2012-10-17.
	Managed
	// ResourceImplied is a resource policy whose statements carry no Resource
	// element, because it can only mean the resource that it is attached to
	// (Amazon ECR repository policies).
	ResourceImplied
)

var kindNames = [...]string{
	"identity", "resource", "trust", "boundary", "session", "scp", "rcp", "managed", "resource-implied",
}

// String names the kind in lower case: "identity", "resource", "trust".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// usage says what a kind does with an element.
type usage uint8

const (
	required usage = iota
	forbidden
)

// grammar is what distinguishes one kind's documents from another's.
type grammar struct {
	principal usage
	resource  usage

	// only2012 refuses 2008-10-17, which is also what a document without Version means.
	only2012 bool
	// plainSid allows only letters and digits in Sid; services other than IAM allow any text.
	plainSid bool
	// noLeadingSpace refuses a document that does not begin with its first brace.
	noLeadingSpace bool
	// badJSON is the refusal of a document that is not JSON.
	badJSON string
	// namesFields names an unknown or missing element in the refusal.
	namesFields bool
	// extra checks what only this kind forbids.
	extra func(*statement) *MalformedError
}

func grammarOf(k Kind) (grammar, bool) {
	identity := grammar{
		resource: required, principal: forbidden,
		plainSid: true, noLeadingSpace: true, badJSON: reasonSyntax,
	}
	switch k {
	case Identity, Boundary:
		return identity, true
	case Managed:
		identity.only2012 = true
		return identity, true
	case Session:
		identity.noLeadingSpace = false
		identity.badJSON = "The policy is not in the valid JSON format."
		return identity, true
	case SCP:
		return grammar{resource: required, principal: forbidden, plainSid: true, only2012: true, badJSON: reasonOrganizations}, true
	case RCP:
		return grammar{resource: required, principal: required, plainSid: true, only2012: true, badJSON: reasonOrganizations, extra: checkRCP}, true
	case Resource:
		return grammar{resource: required, principal: required, badJSON: "Policies must be valid JSON and the first byte must be '{'", namesFields: true}, true
	case ResourceImplied:
		return grammar{resource: forbidden, principal: required, badJSON: reasonSyntax, namesFields: true}, true
	case Trust:
		return grammar{
			resource: forbidden, principal: required,
			noLeadingSpace: true, badJSON: "This policy contains invalid Json", namesFields: true, extra: checkTrust,
		}, true
	}
	return grammar{}, false
}
