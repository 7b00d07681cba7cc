package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// statement is what could be read of a statement.
type statement struct {
	index int
	node  *node
	place place

	sid    *value
	effect string // "Allow", "Deny", or nothing

	actions, notActions     *values
	resources, notResources *values
	principal, notPrincipal *principals
	conditions              []condition
}

func (s *statement) allows() bool { return s.effect == "Allow" }
func (s *statement) denies() bool { return s.effect == "Deny" }

// values is an element that is a text or a list of them.
type values struct {
	name  string
	place place
	list  []value
}

// texts are the values alone. An element that is not there has none.
func (v *values) texts() []string {
	var list []string
	if v != nil {
		for _, value := range v.list {
			list = append(list, value.text)
		}
	}
	return list
}

// items are the values. An element that is not there has none.
func (v *values) items() []value {
	if v == nil {
		return nil
	}
	return v.list
}

// value is one text of the document.
type value struct {
	text  string
	typ   nodeType
	place place
}

// condition is one key under one operator.
type condition struct {
	name     string // of the operator, as the document spells it
	operator operator
	known    bool // the operator is one
	key      string
	keyPlace place // the key itself
	place    place // the values
	values   []value
}

// is says whether the condition is about a key.
func (c *condition) is(key string) bool { return strings.EqualFold(c.key, key) }

// has says whether the statement has a condition on one of the keys.
func (s *statement) has(keys ...string) bool {
	return slices.ContainsFunc(s.conditions, func(c condition) bool {
		return slices.ContainsFunc(keys, c.is)
	})
}

// wildcard says whether the text has one.
func wildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// variable says whether the text has a policy variable.
func variable(s string) bool { return strings.Contains(s, "${") }

var (
	missingEffect                 = define(Error, "MISSING_EFFECT", "Add an Effect element to the policy statement with a value of Allow or Deny.")
	invalidEffect                 = define(Error, "INVALID_EFFECT", "The effect %s is not valid. Use Allow or Deny.")
	missingAction                 = define(Error, "MISSING_ACTION", "Add an Action or NotAction element to the policy statement.")
	missingResource               = define(Error, "MISSING_RESOURCE", "Add a Resource or NotResource element to the policy statement.")
	missingPrincipal              = define(Error, "MISSING_PRINCIPAL", "Add a Principal element to the policy statement.")
	unsupportedElementCombination = define(Error, "UNSUPPORTED_ELEMENT_COMBINATION", "The policy elements %s and %s can not be used in the same statement. Remove one of these elements.")
	emptyArrayAction              = define(Suggestion, "EMPTY_ARRAY_ACTION", "This statement includes no actions and does not affect the policy. Specify actions.")
	emptyArrayResource            = define(Suggestion, "EMPTY_ARRAY_RESOURCE", "This statement includes no resources and does not affect the policy. Specify resources.")
	emptySidValue                 = define(Suggestion, "EMPTY_SID_VALUE", "Add a value to the empty string in the Sid element.")
)

// readStatement reads a statement and reports what is wrong with its shape.
func (l *linter) readStatement(n *node, at place) {
	s := &statement{index: len(l.doc.statements), node: n, place: at}
	l.doc.statements = append(l.doc.statements, s)
	l.repeated(n, at)
	for i := range n.members {
		l.readElement(s, &n.members[i])
	}
	l.elementsPresent(s)
}

func (l *linter) readElement(s *statement, m *member) {
	at := s.place.of(m)
	switch m.name {
	case "Sid":
		if l.wantString(m.value, at) {
			s.sid = &value{m.value.text, stringNode, at}
			if m.value.text == "" {
				l.report(emptySidValue, at)
			}
		}
	case "Effect":
		l.readEffect(s, m.value, at)
	case "Action":
		s.actions = l.readValues(m, at, emptyArrayAction)
	case "NotAction":
		s.notActions = l.readValues(m, at, emptyArrayAction)
	case "Resource":
		s.resources = l.readValues(m, at, emptyArrayResource)
	case "NotResource":
		s.notResources = l.readValues(m, at, emptyArrayResource)
	case "Principal":
		s.principal = l.readPrincipals(m, at)
	case "NotPrincipal":
		s.notPrincipal = l.readPrincipals(m, at)
	case "Condition":
		l.readConditions(s, m.value, at)
	default:
		l.report(invalidPolicyElement, s.place.name(m), m.name)
	}
}

func (l *linter) readEffect(s *statement, n *node, at place) {
	if !l.wantString(n, at) {
		return
	}
	if n.text != "Allow" && n.text != "Deny" {
		l.report(invalidEffect, at, n.text)
		return
	}
	s.effect = n.text
}

// readValues reads a text or a list of them.
func (l *linter) readValues(m *member, at place, empty *check) *values {
	v := &values{name: m.name, place: at}
	switch m.value.typ {
	case stringNode:
		v.list = []value{{m.value.text, stringNode, at}}
	case arrayNode:
		if len(m.value.items) == 0 {
			l.report(empty, at)
		}
		for i, item := range m.value.items {
			if where := at.item(i, item); l.wantString(item, where) {
				v.list = append(v.list, value{item.text, stringNode, where})
			}
		}
	default:
		l.report(dataTypeMismatch, at, "String")
	}
	return v
}

// elementsPresent reports elements that are missing and pairs that exclude
// each other.
func (l *linter) elementsPresent(s *statement) {
	for _, pair := range [][2]string{{"Action", "NotAction"}, {"Resource", "NotResource"}, {"Principal", "NotPrincipal"}} {
		first, second := s.node.member(pair[0]), s.node.member(pair[1])
		if first != nil && second != nil {
			l.reportAll(unsupportedElementCombination, []place{s.place.name(first), s.place.name(second)}, pair[0], pair[1])
		}
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return s.node.member(name) != nil })
	}
	if !has("Effect") {
		l.report(missingEffect, s.place)
	}
	if !has("Action", "NotAction") {
		l.report(missingAction, s.place)
	}
	if !has("Resource", "NotResource") && l.kind != policy.Trust && l.kind != policy.ResourceImplied {
		l.report(missingResource, s.place)
	}
	if !has("Principal", "NotPrincipal") && l.resourcePolicy() {
		l.report(missingPrincipal, s.place)
	}
}

// resourcePolicy says whether the policy is attached to a resource, and names
// principals.
func (l *linter) resourcePolicy() bool {
	switch l.kind {
	case policy.Resource, policy.Trust, policy.ResourceImplied, policy.RCP:
		return true
	}
	return false
}
