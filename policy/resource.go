package policy

import (
	"slices"
	"strings"
)

// arnColumns is how many colons delimit the parts of an ARN:
// arn:partition:service:region:account:resource.
const arnColumns = 5

// resourceSet is a Resource or NotResource element. An element that the kind
// of policy does not have matches everything.
type resourceSet struct {
	patterns []pattern
	negated  bool
	absent   bool
}

func compileResources(s Statement, variables bool) (resourceSet, *MalformedError) {
	set := resourceSet{
		negated: s.NotResources != nil,
		absent:  s.Resources == nil && s.NotResources == nil,
	}
	for _, text := range slices.Concat(s.Resources, s.NotResources) {
		p, err := newResourcePattern(text, variables)
		if err != nil {
			return set, legacyError(ProblemResource)
		}
		set.patterns = append(set.patterns, p)
	}
	return set, nil
}

func (r *resourceSet) match(resource string, ctx Context, e Effect) bool {
	if r.absent {
		return true
	}
	all := missed
	for i := range r.patterns {
		switch r.patterns[i].match(resource, ctx) {
		case matched:
			return !r.negated
		case unresolved:
			all = unresolved
		}
	}
	return r.negated && all.negate(e)
}

// newResourcePattern compiles a resource. Wildcards stay within their part of
// the ARN, except in the last, which is free-form. Variables are variables in
// the last part only: before it "${" is ordinary text, which no ARN has.
//
// An ARN that is cut short ("arn:aws:sqs:*") goes on with anything. There are
// then no parts to compare one by one, and as the IAM reference has it, a star
// at the end of a segment expands beyond the colon.
func newResourcePattern(text string, variables bool) (pattern, error) {
	head := headOf(text)
	var b patternBuilder
	switch {
	case head < 0:
		if !strings.HasSuffix(text, "*") {
			text += ":*"
		}
		head = len(text)
	default:
		b.columns = arnColumns
	}
	if err := b.parse(text[:head], syntax{wildcards: true}); err != nil {
		return pattern{}, err
	}
	if err := b.parse(text[head:], syntax{wildcards: true, variables: variables}); err != nil {
		return pattern{}, err
	}
	b.flush()
	return b.pattern.finish(), nil
}

// headOf is the length of an ARN up to and including its fifth colon, -1 where
// it has fewer.
func headOf(text string) int {
	end := 0
	for range arnColumns {
		i := strings.IndexByte(text[end:], ':')
		if i < 0 {
			return -1
		}
		end += i + 1
	}
	return end
}
