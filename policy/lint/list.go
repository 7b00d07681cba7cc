package lint

import "github.com/fortlet/fortlet/policy"

// statementChecks look at one statement each.
var statementChecks = []func(*linter, *statement){
	(*linter).checkSid,
	(*linter).checkActions,
	(*linter).checkResources,
	(*linter).checkPrincipals,
	(*linter).checkVariables,
	(*linter).checkConditions,
	(*linter).checkKeysOfActions,
	(*linter).checkBroadIAM,
	(*linter).checkServicePrincipals,
	(*linter).checkTrust,
	(*linter).checkRCP,
	(*linter).checkRCPConditions,
	(*linter).checkKMS,
	(*linter).checkDeputy,
	(*linter).checkEffectless,
	(*linter).checkContradictions,
}

// documentChecks look at all statements together.
var documentChecks = []func(*linter){
	(*linter).checkRedundantStatements,
	(*linter).checkCoveredByDeny,
	(*linter).checkEscalations,
	(*linter).checkMalformed,
}

var malformedPolicy = defineOwn(Error, "MALFORMED_POLICY", "IAM refuses the document: %s")

// parse compiles the document, for the checks that ask what it allows.
func (l *linter) parse() { l.parsed, l.refusal = policy.Parse(l.text, l.kind) }

// checkMalformed reports a document that IAM would refuse for a reason that no
// other check has named.
func (l *linter) checkMalformed() {
	if l.refusal == nil {
		return
	}
	for _, f := range l.found {
		if f.check.typ == Error {
			return
		}
	}
	l.report(malformedPolicy, l.doc.place, l.refusal)
}
