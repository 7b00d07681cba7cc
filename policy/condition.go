package policy

import "strings"

// condition is one operator with one key, compiled.
type condition struct {
	operator
	key    string // in lower case
	values matcher
}

// matcher holds the values of a condition and compares a value of the request
// with all of them: matched if any one of them is it.
type matcher interface {
	match(value string, ctx Context) result
}

func compileCondition(c Condition, variables bool) (condition, error) {
	op, _ := parseOperator(c.Operator) // known: the grammar has been checked
	values, err := newMatcher(op, c.Values, variables)
	return condition{operator: op, key: strings.ToLower(c.Key), values: values}, err
}

func newMatcher(op operator, values []string, variables bool) (matcher, error) {
	switch op.comparison {
	case compareStringFold:
		return newFoldMatcher(values, variables)
	case compareStringLike:
		return newTextMatcher(values, syntax{wildcards: true, variables: variables})
	case compareNumber:
		return newNumberMatcher(op.order, values)
	case compareDate:
		return newDateMatcher(op.order, values)
	case compareBool:
		return newBoolMatcher(values, variables)
	case compareBinary:
		return newBinaryMatcher(values)
	case compareAddress:
		return newAddressMatcher(values)
	case compareARN:
		return newARNMatcher(values, variables)
	case compareNull:
		return newBoolMatcher(values, false)
	}
	return newTextMatcher(values, syntax{variables: variables})
}

// holds decides the condition. The effect is that of its statement, and counts
// only where a policy variable has no value (see result.negate).
func (c *condition) holds(ctx Context, e Effect) bool {
	values, present := lookup(ctx, c.key)
	switch {
	case c.comparison == compareNull:
		// Null asks about the key, not about its values, so a set qualifier
		// changes nothing. A key without values is null: that is how a policy
		// keeps ForAllValues from holding for an empty list.
		if len(values) == 0 {
			return c.values.match("true", ctx) == matched
		}
		return c.values.match("false", ctx) == matched
	case !present && c.ifExists:
		return true
	case c.qualifier == forAnyValue || c.qualifier == noQualifier && !c.negated:
		return c.any(values, ctx, e)
	}
	// ForAllValues, and a negated operator, which holds where no value of the
	// request matches: both hold for a key that is absent or empty.
	return c.all(values, ctx, e)
}

func (c *condition) any(values []string, ctx Context, e Effect) bool {
	for _, v := range values {
		if c.test(v, ctx, e) {
			return true
		}
	}
	return false
}

func (c *condition) all(values []string, ctx Context, e Effect) bool {
	for _, v := range values {
		if !c.test(v, ctx, e) {
			return false
		}
	}
	return true
}

// test compares one value of the request. A negated operator with several
// values in the policy is their NOR: it holds where none of them matches.
func (c *condition) test(value string, ctx Context, e Effect) bool {
	r := c.values.match(value, ctx)
	if c.negated {
		return r.negate(e)
	}
	return r == matched
}
