// Package leastprivilege finds the smallest identity policy under which a role
// or user could have made the calls that CloudTrail has recorded of it.
//
// Analyse reads the records of a Source (LookupEvents, log files in a folder or
// in S3, anything else that yields records), and of each that the principal
// made
//
//   - finds the IAM actions, resources and condition keys that it needed
//     (Mapper), which is the event's own name in most services and not in S3;
//   - asks which statement of the principal's current policies allows that, and
//     keeps the statement's conditions: the result is never wider than what it
//     replaces;
//   - adds what is left to a document of as few statements as there are
//     different sets of resources.
//
// Then it replays every record against the new policies with the evaluator of
// package policy. A record that they do not allow fails the analysis.
//
// What cannot be mapped is reported and never guessed, and so is everything else
// that was left out. Calls that are not recorded, such as data events without a
// trail that selects them, are not known here: that is the limit of what any
// such tool can prove.
package leastprivilege
