package lint

import "strings"

// family is what an operator compares.
type family string

const (
	stringFamily  family = "String"
	numericFamily family = "Numeric"
	dateFamily    family = "Date"
	boolFamily    family = "Bool"
	binaryFamily  family = "BinaryEquals"
	ipFamily      family = "IpAddress"
	arnFamily     family = "Arn"
	nullFamily    family = "Null"
)

// operator is a condition operator taken apart.
type operator struct {
	base      string // "stringlike": without qualifier and IfExists, in lower case
	family    family
	like      bool // wildcards are wildcards
	negated   bool
	ifExists  bool
	qualifier string // "forallvalues", "foranyvalue" or nothing
}

var families = map[string]family{
	"stringequals": stringFamily, "stringnotequals": stringFamily,
	"stringequalsignorecase": stringFamily, "stringnotequalsignorecase": stringFamily,
	"stringlike": stringFamily, "stringnotlike": stringFamily,
	"numericequals": numericFamily, "numericnotequals": numericFamily,
	"numericlessthan": numericFamily, "numericlessthanequals": numericFamily,
	"numericgreaterthan": numericFamily, "numericgreaterthanequals": numericFamily,
	"dateequals": dateFamily, "datenotequals": dateFamily,
	"datelessthan": dateFamily, "datelessthanequals": dateFamily,
	"dategreaterthan": dateFamily, "dategreaterthanequals": dateFamily,
	"bool": boolFamily, "binaryequals": binaryFamily,
	"ipaddress": ipFamily, "notipaddress": ipFamily,
	"arnequals": arnFamily, "arnlike": arnFamily, "arnnotequals": arnFamily, "arnnotlike": arnFamily,
	"null": nullFamily,
}

// parseOperator reads an operator's name, in any letter case.
func parseOperator(name string) (op operator, ok bool) {
	op.base = strings.ToLower(name)
	if qualifier, rest, found := strings.Cut(op.base, ":"); found && (qualifier == "forallvalues" || qualifier == "foranyvalue") {
		op.qualifier, op.base = qualifier, rest
	}
	op.base, op.ifExists = strings.CutSuffix(op.base, "ifexists")
	op.family, ok = families[op.base]
	op.like = strings.HasSuffix(op.base, "like") || op.family == arnFamily
	op.negated = strings.Contains(op.base, "not")
	return op, ok
}

// needsKey says whether the operator can hold only where the request has the
// key.
func (op operator) needsKey() bool {
	return op.family != nullFamily && !op.ifExists && !op.negated && op.qualifier != "forallvalues"
}
