package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// check is one thing that can be found.
type check struct {
	typ     Type
	code    string
	message string // with verbs for what it is about
	own     bool
}

// checks are all there are, for the tests that compare them with AWS's list.
var checks []*check

// define names a check of IAM Access Analyzer.
func define(typ Type, code, message string) *check {
	c := &check{typ: typ, code: code, message: message}
	checks = append(checks, c)
	return c
}

// defineOwn names a check that IAM Access Analyzer does not have.
func defineOwn(typ Type, code, message string) *check {
	c := define(typ, code, message)
	c.own = true
	return c
}

const reference = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-"

// sections are the parts of the reference.
var sections = map[Type]string{
	Error: "error", SecurityWarning: "security-warning", Warning: "general-warning", Suggestion: "suggestion",
}

// learnMore is the check's place in the reference.
func (c *check) learnMore() string {
	if c.own {
		return ""
	}
	return reference + sections[c.typ] + "-" + strings.ReplaceAll(strings.ToLower(c.code), "_", "-")
}

// linter is one run over a document.
type linter struct {
	Options
	kind      policy.Kind
	text      string
	catalogue *catalogue.Catalogue
	doc       document
	found     []found
	parsed    *policy.Policy // nil where the document is not a policy
	refusal   error          // why it is not

	spent, suggested int // see budget and suggestions
}

// found is a finding whose places are still bytes.
type found struct {
	check   *check
	details string
	places  []place
}

// report adds a finding about a place.
func (l *linter) report(c *check, where place, args ...any) {
	l.reportAll(c, []place{where}, args...)
}

// reportAll adds a finding about several places.
func (l *linter) reportAll(c *check, where []place, args ...any) {
	if c.own && !l.Own {
		return
	}
	l.found = append(l.found, found{c, c.sprintf(args...), where})
}

// sprintf is the message about something.
func (c *check) sprintf(args ...any) string {
	if len(args) == 0 {
		return c.message
	}
	return fmt.Sprintf(c.message, args...)
}

// findings are what was found, in the order of the document.
func (l *linter) findings() []Finding {
	slices.SortStableFunc(l.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.places[0].start, b.places[0].start), cmp.Compare(b.places[0].end, a.places[0].end))
	})
	at := l.positions()
	list := make([]Finding, 0, len(l.found))
	for _, f := range l.found {
		finding := Finding{Type: f.check.typ, Code: f.check.code, Details: f.details, LearnMore: f.check.learnMore(), Own: f.check.own}
		for _, p := range f.places {
			finding.Locations = append(finding.Locations, Location{p.path, Span{at[p.start], at[p.end]}})
		}
		list = append(list, finding)
	}
	return list
}

// positions are the positions of all that was found.
func (l *linter) positions() map[int]Position {
	var offsets []int
	for _, f := range l.found {
		for _, p := range f.places {
			offsets = append(offsets, p.start, p.end)
		}
	}
	slices.Sort(offsets)
	p := newPositions(l.text)
	at := make(map[int]Position, len(offsets))
	for _, offset := range offsets {
		at[offset] = p.find(offset)
	}
	return at
}

// Check finds what there is to say about a document that is used as kind. It
// takes any text: what is not a policy is a finding. Findings are in the order
// of their places in the document.
func Check(document string, kind policy.Kind, o Options) []Finding {
	if kind == policy.Trust && o.ResourceType == "" {
		o.ResourceType = trustPolicy
	}
	if o.ResourceType == trustPolicy {
		kind = policy.Trust
	}
	l := &linter{Options: o, kind: kind, text: document}
	if l.checkSize() {
		l.catalogue = catalogue.Default()
		l.checkDocument()
	}
	return l.findings()
}

// trustPolicy is the resource type of role trust policies.
const trustPolicy = "AWS::IAM::AssumeRolePolicyDocument"
