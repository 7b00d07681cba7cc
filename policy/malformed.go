package policy

// Problem classifies a refusal, for a service whose words for it are not IAM's.
type Problem uint8

// The parts of a document that can be wrong.
const (
	// ProblemJSON: the document is not JSON.
	ProblemJSON Problem = iota + 1
	// ProblemSyntax: an element is unknown, missing, repeated or of a wrong type.
	ProblemSyntax
	// ProblemVersion: the version of the language is not one that this kind allows.
	ProblemVersion
	// ProblemSid: a statement id is repeated or has forbidden characters.
	ProblemSid
	// ProblemPrincipal: a principal is missing, forbidden or not well formed.
	ProblemPrincipal
	// ProblemAction: an action is missing or not well formed.
	ProblemAction
	// ProblemResource: a resource is missing, forbidden or not well formed.
	ProblemResource
	// ProblemValue: the value of a condition does not fit its operator.
	ProblemValue
	// ProblemKind: the document is well formed but not allowed for its kind.
	ProblemKind
)

// MalformedError says why a document was refused.
type MalformedError struct {
	// Reason is the message that goes with the MalformedPolicyDocument code, in IAM's own words.
	Reason string
	// Problem classifies the reason.
	Problem Problem
}

// Error implements error.
func (e *MalformedError) Error() string { return "malformed policy document: " + e.Reason }

// The reasons that several checks share.
const (
	reasonSyntax        = "Syntax errors in policy."
	reasonLegacy        = "The policy failed legacy parsing"
	reasonVendor        = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	reasonOrganizations = "The provided policy document does not meet the requirements of the specified policy type."
)

func malformed(p Problem, reason string) *MalformedError {
	return &MalformedError{Problem: p, Reason: reason}
}

func syntaxError() *MalformedError { return malformed(ProblemSyntax, reasonSyntax) }

// legacyError is what IAM says about values that its older parser reads: the
// case of Effect, dates and other typed values, and the shape of some ARNs.
func legacyError(p Problem) *MalformedError { return malformed(p, reasonLegacy) }
