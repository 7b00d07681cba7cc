// Package compare decides whether policies allow the same, and shows by
// concrete requests where they do not.
//
// [Compare] compares two sides of identity policies, each with a boundary if it
// has one; [Trust] two policies that name principals; [NoNewAccess] asks only
// what a new side allows and the old one does not. The answer has three parts:
// examples of requests that one side allows and the other does not, each
// confirmed by [policy.Policy.Evaluate]; and what is undecided, with the reason.
// Only where there is neither are the sides equal ([Result.Equal]). Nothing is
// guessed: where the method below cannot work out the truth, it says so.
//
// # What can be asked
//
// Sides are equal if they decide alike every request that there can be:
//
//   - Actions are those of the catalogue, those that a policy spells, and for
//     each pattern of a known service that covers none of these, one it covers.
//     So "s3:Get*" equals the list of what S3 has of the name. Services that the
//     catalogue does not know can have actions of any name: "*" is more than the
//     list of all known services.
//   - Resources are the ARNs of the action's resource types, and "*" where an
//     action can do without. So s3:ListBucket on "arn:aws:s3:::b/*" allows
//     nothing. Parts of an ARN may be any text that AWS does not rule out, in
//     the partitions that the policies name.
//   - Condition keys have the values that their types allow. A key that the
//     catalogue knows as single-valued never has two values; one that it does
//     not know may have any number of any texts. A few keys, such as
//     aws:CurrentTime, are in every request. Otherwise keys are independent of
//     each other and of the action. Where policies name principals, what follows
//     from the caller (aws:PrincipalAccount) follows from the caller.
//   - Principals are callers of every type: those that the policies name, in
//     every combination that the elements can tell apart, and strangers.
//
// # How it is decided
//
// All these are infinite, and made finite by putting together what no statement
// tells apart.
//
//  1. Actions to which the same statements apply are one class (action.go). A
//     class in which both sides say the same is settled at once; what comes
//     below is done once per class, and per set of resource types within it.
//  2. Resource patterns are read all at once by a machine (machine.go) whose
//     states are the product of their automata: each set of patterns that some
//     ARN matches is found, with the shortest such ARN (region.go).
//  3. For each condition key the values are put into cells (cell.go): for texts
//     by the same machine, for numbers, dates and addresses by the places where
//     something changes (candidate.go). Cells of several values are grown from
//     those of one.
//  4. What is left in a class and region is a formula over cells, and a search
//     with pruning finds a choice of cells that one side allows and the other
//     does not (problem.go). Each is made a request and put to the evaluator
//     (example.go).
//
// Policy variables are looked at in environments (environment.go): no value,
// several values, each value that a condition compares the variable's key with.
// For all other values a pattern has a hole, and what can match it is
// overestimated: if nothing differs even so, nothing differs. If something may,
// some values are tried; and if that shows no example, the class is undecided.
//
// What the cells and regions are never decides what is true of them: that is
// always the evaluator's answer for an example of each. The method could only
// err by missing a cell or a region. The tests look for missing ones by brute
// force in small worlds, and have equal sides decide thousands of random requests.
package compare
