package policy

import "strings"

// comparison is what an operator does with one value of the request.
type comparison uint8

const (
	compareString comparison = iota
	compareStringFold
	compareStringLike
	compareNumber
	compareDate
	compareBool
	compareBinary
	compareAddress
	compareARN
	compareNull
)

// order is which outcomes of a three-way comparison an operator accepts.
type order uint8

const (
	less order = 1 << iota
	equal
	greater
)

// accepts reports whether cmp, as of cmp.Compare, is an outcome of the order.
func (o order) accepts(cmp int) bool {
	switch {
	case cmp < 0:
		return o&less != 0
	case cmp > 0:
		return o&greater != 0
	}
	return o&equal != 0
}

// setQualifier says how an operator meets several values in the request.
type setQualifier uint8

const (
	noQualifier setQualifier = iota
	forAllValues
	forAnyValue
)

type operator struct {
	comparison comparison
	order      order // of numbers and dates
	negated    bool
	ifExists   bool
	qualifier  setQualifier
}

// operators by their names in lower case, without qualifier and IfExists.
var operators = map[string]operator{
	"stringequals":              {comparison: compareString},
	"stringnotequals":           {comparison: compareString, negated: true},
	"stringequalsignorecase":    {comparison: compareStringFold},
	"stringnotequalsignorecase": {comparison: compareStringFold, negated: true},
	"stringlike":                {comparison: compareStringLike},
	"stringnotlike":             {comparison: compareStringLike, negated: true},

	"numericequals":            {comparison: compareNumber, order: equal},
	"numericnotequals":         {comparison: compareNumber, order: equal, negated: true},
	"numericlessthan":          {comparison: compareNumber, order: less},
	"numericlessthanequals":    {comparison: compareNumber, order: less | equal},
	"numericgreaterthan":       {comparison: compareNumber, order: greater},
	"numericgreaterthanequals": {comparison: compareNumber, order: greater | equal},

	"dateequals":            {comparison: compareDate, order: equal},
	"datenotequals":         {comparison: compareDate, order: equal, negated: true},
	"datelessthan":          {comparison: compareDate, order: less},
	"datelessthanequals":    {comparison: compareDate, order: less | equal},
	"dategreaterthan":       {comparison: compareDate, order: greater},
	"dategreaterthanequals": {comparison: compareDate, order: greater | equal},

	"bool":         {comparison: compareBool},
	"binaryequals": {comparison: compareBinary},
	"ipaddress":    {comparison: compareAddress},
	"notipaddress": {comparison: compareAddress, negated: true},

	// ArnEquals and ArnLike behave identically, and so do their negations.
	"arnequals":    {comparison: compareARN},
	"arnlike":      {comparison: compareARN},
	"arnnotequals": {comparison: compareARN, negated: true},
	"arnnotlike":   {comparison: compareARN, negated: true},

	"null": {comparison: compareNull},
}

// parseOperator reads an operator's name, in any letter case.
func parseOperator(name string) (operator, bool) {
	base := asciiLower(name)
	qualifier := noQualifier
	if rest, ok := strings.CutPrefix(base, "forallvalues:"); ok {
		base, qualifier = rest, forAllValues
	} else if rest, ok := strings.CutPrefix(base, "foranyvalue:"); ok {
		base, qualifier = rest, forAnyValue
	}
	base, ifExists := strings.CutSuffix(base, "ifexists")
	op, ok := operators[base]
	if !ok || ifExists && op.comparison == compareNull {
		return operator{}, false
	}
	op.qualifier, op.ifExists = qualifier, ifExists
	return op, true
}
