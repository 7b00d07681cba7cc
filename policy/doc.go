// Package policy is the IAM policy language: it parses, validates, compiles,
// evaluates and explains policy documents.
//
// # Use
//
// [Parse] reads a document for the place where it will be used (its [Kind]) and
// answers a [*Policy], or a [*MalformedError] in IAM's own words. A Policy never
// changes and may be used by any number of goroutines. [Policy.Evaluate] decides
// one [Request] against one policy; [Policy.Explain] answers the same verdict as
// a tree that shows which element of which statement did not match and why;
// [Suggest] writes the smallest statement that would have allowed the request.
//
// A service describes the request with the four things that a policy can ask
// about: the action ("s3:GetObject"), the resource ARN (or "*" where the action
// has no resource), the [Principal], and a [Context] that looks up condition
// keys. [Keys] is a Context over a plain map.
//
// # What it promises
//
// Deny wins over Allow within a policy. What cannot be understood is refused
// when the document is parsed, never skipped when it is evaluated. A request
// value that does not parse (a number, a date, an address) matches nothing. A
// policy variable that has no value never makes an Allow statement match: not
// in Resource or in a condition, and not by negation in NotResource or in an
// operator such as StringNotEquals.
//
// Deciding allocates nothing, and compiled policies hold no maps and no locks.
//
// # What it leaves to others
//
// The package knows no service, no account and no organization. Which policies
// apply to a request and how their verdicts combine (boundaries, session
// policies, organization policies, both sides of a cross-account call) is for
// the caller to decide; [Verdict.Via] carries what that decision needs to know
// about the Principal element. Whether the principals that a document names
// exist, and how large a document may be ([Size] counts as IAM counts), is for
// the service that stores it.
package policy
