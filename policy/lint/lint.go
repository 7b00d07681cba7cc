// Package lint finds what is wrong, pointless or dangerous in a policy document.
//
// [Check] makes the checks of IAM Access Analyzer's ValidatePolicy, with the
// codes, types, messages and links that the IAM User Guide documents, and, where
// [Options] ask for them, further ones that are marked as such. What the guide
// leaves open is decided so that a finding is certain: Check says less than AWS
// rather than more. Actions, ARNs and condition keys are compared with
// policy/catalogue; the text may be anything, since what is not a policy, or not
// even JSON, is a finding too. Documents much larger than AWS takes are not
// looked at.
//
// [Holder.Paths] tells by which of the publicly known [Escalations] somebody who
// has certain policies can get more, as policy.Evaluate proves.
//
// No finding does not mean that a policy is safe, or that it does what is meant:
// what it allows is for policy/compare and policy.Explain to say.
package lint

// Type is how much a finding matters, in ValidatePolicy's words.
type Type string

// The types of findings.
const (
	Error           Type = "ERROR"
	SecurityWarning Type = "SECURITY_WARNING"
	Warning         Type = "WARNING"
	Suggestion      Type = "SUGGESTION"
)

// Finding is one thing that was found.
type Finding struct {
	Type      Type
	Code      string // "PASS_ROLE_WITH_STAR_IN_RESOURCE"
	Details   string
	LearnMore string // URL of the check in the IAM User Guide
	Locations []Location
	// Own is set where the check is not one of IAM Access Analyzer's.
	Own bool
}

// Location is where in the document: the path to it and the text's span.
type Location struct {
	Path []PathElement
	Span Span
}

// PathElement is one step. Exactly one of Key, Index, Value and Length is set.
type PathElement struct {
	Key                    string // the name of a member of an object, itself
	Index                  *int   // of an array
	Value                  string // the value of the member that has this name
	SubstringStart, Length int    // of a string, where Length > 0
}

// Span is a range of the text.
type Span struct{ Start, End Position }

// Position counts lines from 1, columns and offsets from 0, as ValidatePolicy
// does; both in characters.
type Position struct{ Line, Column, Offset int }

// Options choose what is checked.
type Options struct {
	// ResourceType is the type of resource that a resource policy is for, as
	// ValidatePolicy names it: "AWS::S3::Bucket", "AWS::IAM::AssumeRolePolicyDocument".
	ResourceType string
	// Own adds the checks that IAM Access Analyzer does not have.
	Own bool
	// Account is the account that a role trust policy belongs to, where it is
	// known: then trust in others is looked at.
	Account string
}
