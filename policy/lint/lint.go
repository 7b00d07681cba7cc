// Package lint finds what is wrong, pointless or dangerous in a policy
// document, under the names that IAM Access Analyzer's ValidatePolicy gives to
// its findings where it has one.
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
}

// Location is where in the document: the path to it and the text's span.
type Location struct {
	Path []PathElement
	Span Span
}

// PathElement is one step: a member's name, an index, or a part of a string.
type PathElement struct {
	Key                    string // a member of an object
	Index                  *int   // of an array
	Value                  string // the value of a key or element
	SubstringStart, Length int    // of a string, where Length > 0
}

// Span is a range of the text.
type Span struct{ Start, End Position }

// Position counts lines from 1, columns and offsets from 0, as ValidatePolicy does.
type Position struct{ Line, Column, Offset int }
