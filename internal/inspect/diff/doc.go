// Package diff compares the IAM of two accounts, or of one account at two
// times.
//
// [Compare] takes two snapshots, a dictionary of what counts as equal and the
// reference of services and actions (iam.json). What it finds comes in two
// forms. The rows are those of IAMCTL, by its rules: [Comparison.Tuples] and
// its neighbours yield them one by one for the CSV files. The [Report] has
// items that also say what those rows cannot: NotAction, NotResource,
// conditions, boundaries, the type of a resource, documents that are not
// understood. With [Options.Semantic] it tells differences of wording from
// differences of effect.
//
// Nothing is expanded twice: documents are read, expanded and compared once
// for each text, however many roles have them.
package diff
