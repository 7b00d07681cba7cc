package lint

import (
	"slices"
	"strings"
)

var (
	missingBraceInVariable       = define(Error, "MISSING_BRACE_IN_VARIABLE", "The policy variable is missing a closing curly brace. Add } after the variable text.")
	missingQuoteInVariable       = define(Error, "MISSING_QUOTE_IN_VARIABLE", "The policy variable default value must begin and end with a single quote. Add the missing quote.")
	unsupportedSpaceInVariable   = define(Error, "UNSUPPORTED_SPACE_IN_VARIABLE", "A space is not supported within the policy variable text. Remove the space.")
	emptyVariable                = define(Error, "EMPTY_VARIABLE", "Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure.")
	variableUnsupportedInElement = define(Error, "VARIABLE_UNSUPPORTED_IN_ELEMENT", "Policy variables are supported in the Resource and Condition elements. Remove the policy variable %s from this element.")
	variableUnsupportedInVersion = define(Error, "VARIABLE_UNSUPPORTED_IN_VERSION", "To include variables in your policy, use the policy version 2012-10-17 or later.")
	invalidVariableForOperator   = define(Error, "INVALID_VARIABLE_FOR_OPERATOR", "Policy variables can only be used with String and ARN operators.")
)

// checkVariables looks at the policy variables of a statement.
func (l *linter) checkVariables(s *statement) {
	for _, v := range slices.Concat(s.actions.items(), s.notActions.items(), s.sidItems(), s.principalItems()) {
		if name, rest, _ := cutVariable(v.text); name != "" || rest != "" {
			l.report(variableUnsupportedInElement, v.place, "${"+name+"}")
		}
	}
	for _, v := range slices.Concat(s.resources.items(), s.notResources.items()) {
		l.checkVariable(v)
	}
	for _, c := range s.conditions {
		for _, v := range c.values {
			if !variable(v.text) {
				continue
			}
			if c.known && c.operator.family != stringFamily && c.operator.family != arnFamily {
				l.report(invalidVariableForOperator, v.place)
				continue
			}
			l.checkVariable(v)
		}
	}
}

func (s *statement) sidItems() []value {
	if s.sid == nil {
		return nil
	}
	return []value{*s.sid}
}

func (s *statement) principalItems() []value {
	var list []value
	for _, element := range []*principals{s.principal, s.notPrincipal} {
		if element != nil {
			for _, p := range element.list {
				list = append(list, p.value)
			}
		}
	}
	return list
}

// checkVariable looks at the variables within one text.
func (l *linter) checkVariable(v value) {
	if !variable(v.text) {
		return
	}
	if l.doc.version != version2012 {
		l.report(variableUnsupportedInVersion, v.place)
		return
	}
	for text := v.text; variable(text); {
		name, rest, whole := cutVariable(text)
		if c := badVariable(name, whole); c != nil {
			l.report(c, v.place)
			return
		}
		text = rest
	}
}

// cutVariable is what stands in the first variable of a text, and what follows
// it. A default value may hold a brace.
func cutVariable(text string) (name, rest string, whole bool) {
	_, body, found := strings.Cut(text, "${")
	if !found {
		return "", "", false
	}
	if comma := strings.IndexAny(body, ",}"); comma >= 0 && body[comma] == ',' {
		if end := strings.Index(body, "'}"); end >= 0 {
			return body[:end+1], body[end+2:], true
		}
	}
	return strings.Cut(body, "}")
}

// badVariable is what is wrong with what stands between the braces.
func badVariable(body string, whole bool) *check {
	name, fallback, hasDefault := strings.Cut(body, ",")
	fallback = strings.TrimLeft(fallback, " ")
	switch {
	case !whole:
		return missingBraceInVariable
	case strings.TrimSpace(name) == "":
		return emptyVariable
	case strings.Contains(name, " "):
		return unsupportedSpaceInVariable
	case hasDefault && (len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\''):
		return missingQuoteInVariable
	}
	return nil
}
