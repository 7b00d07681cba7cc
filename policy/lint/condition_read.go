package lint

var (
	invalidConditionOperator    = define(Error, "INVALID_CONDITION_OPERATOR", "The condition operator %s is not valid. Use a valid condition operator.")
	nullWithIfExists            = define(Error, "NULL_WITH_IF_EXISTS", "The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix.")
	nullWithQualifier           = define(Suggestion, "NULL_WITH_QUALIFIER", "Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively.")
	emptyObjectCondition        = define(Suggestion, "EMPTY_OBJECT_CONDITION", "This condition block is empty and it does not affect the policy. Specify conditions.")
	emptyArrayCondition         = define(Suggestion, "EMPTY_ARRAY_CONDITION", "There are no values for the condition key %s and it does not affect the policy. Specify conditions.")
	emptyArrayConditionForAll   = define(Suggestion, "EMPTY_ARRAY_CONDITION_FORALLVALUES", "The ForAllValues prefix with an empty condition key matches only if the key %s is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.")
	emptyArrayConditionForAny   = define(Suggestion, "EMPTY_ARRAY_CONDITION_FORANYVALUE", "The ForAnyValue prefix with an empty condition key %s never matches the request context and it does not affect the policy. Specify conditions.")
	emptyArrayConditionIfExists = define(Suggestion, "EMPTY_ARRAY_CONDITION_IFEXISTS", "The IfExists suffix with an empty condition key matches only if the key %s is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.")
	invalidConditionDataType    = define(Error, "INVALID_CONDITION_DATA_TYPE", "The condition value data types do not match. Use condition values of the same JSON data type.")
	duplicateKeysDifferentCase  = define(Error, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "The condition key %s appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.")
)

// readConditions reads a Condition element: operators, and under each its keys.
func (l *linter) readConditions(s *statement, n *node, at place) {
	if n.typ != objectNode {
		l.report(dataTypeMismatch, at, "Object")
		return
	}
	if len(n.members) == 0 {
		l.report(emptyObjectCondition, at)
	}
	l.repeated(n, at)
	for i := range n.members {
		l.readBlock(s, &n.members[i], at)
	}
}

// readBlock reads the keys under one operator.
func (l *linter) readBlock(s *statement, m *member, at place) {
	op, known := parseOperator(m.name)
	switch {
	case !known:
		l.report(invalidConditionOperator, at.name(m), m.name)
	case op.family == nullFamily && op.ifExists:
		l.report(nullWithIfExists, at.name(m))
	case op.family == nullFamily && op.qualifier != "":
		l.report(nullWithQualifier, at.name(m))
	}
	block := at.of(m)
	switch {
	case m.value.typ != objectNode:
		l.report(dataTypeMismatch, block, "Object")
		return
	case len(m.value.members) == 0:
		l.report(emptyObjectCondition, block)
	}
	l.repeated(m.value, block)
	for i := range m.value.members {
		key := &m.value.members[i]
		c := condition{
			name: m.name, operator: op, known: known,
			key: key.name, keyPlace: block.name(key), place: block.of(key),
		}
		l.readConditionValues(&c, key.value)
		l.sameKey(s, &c)
		s.conditions = append(s.conditions, c)
	}
}

// readConditionValues reads what a key is compared with.
func (l *linter) readConditionValues(c *condition, n *node) {
	switch n.typ {
	case objectNode, nullNode:
		l.report(dataTypeMismatch, c.place, "String")
		return
	case arrayNode:
	default:
		c.values = []value{{n.text, n.typ, c.place}}
		return
	}
	if len(n.items) == 0 {
		l.emptyValues(c)
	}
	mixed := false
	for i, item := range n.items {
		where := c.place.item(i, item)
		if item.typ == objectNode || item.typ == arrayNode || item.typ == nullNode {
			l.report(dataTypeMismatch, where, "String")
			continue
		}
		mixed = mixed || len(c.values) > 0 && c.values[0].typ != item.typ
		c.values = append(c.values, value{item.text, item.typ, where})
	}
	if mixed {
		l.report(invalidConditionDataType, c.place)
	}
}

func (l *linter) emptyValues(c *condition) {
	switch {
	case c.operator.qualifier == "forallvalues":
		l.report(emptyArrayConditionForAll, c.place, c.key)
	case c.operator.qualifier == "foranyvalue":
		l.report(emptyArrayConditionForAny, c.place, c.key)
	case c.operator.ifExists:
		l.report(emptyArrayConditionIfExists, c.place, c.key)
	default:
		l.report(emptyArrayCondition, c.place, c.key)
	}
}

// sameKey reports a key that the same block has already, spelled otherwise.
func (l *linter) sameKey(s *statement, c *condition) {
	for i := range s.conditions {
		if !l.spend(1) {
			return
		}
		other := &s.conditions[i]
		if other.name == c.name && other.key != c.key && other.is(c.key) {
			l.reportAll(duplicateKeysDifferentCase, []place{other.keyPlace, c.keyPlace}, c.key)
		}
	}
}
