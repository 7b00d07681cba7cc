package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// principals is a Principal or NotPrincipal element.
type principals struct {
	place place
	star  bool // the whole element is "*"
	list  []principal
}

// principal is one value under one of the principal keys.
type principal struct {
	key string // "AWS", "Service"
	value
}

// of are the principals under a key. An element that is not there has none.
func (p *principals) of(key string) []principal {
	var list []principal
	if p != nil {
		for _, one := range p.list {
			if one.key == key {
				list = append(list, one)
			}
		}
	}
	return list
}

// only says whether there are principals, and all of them under one key.
func (p *principals) only(key string) bool {
	return p != nil && !p.star && len(p.list) > 0 && len(p.of(key)) == len(p.list)
}

var (
	unsupportedPrincipal    = define(Error, "UNSUPPORTED_PRINCIPAL", "The policy type %s does not support the Principal element. Remove the Principal element.")
	scpSyntaxErrorPrincipal = define(Error, "SCP_SYNTAX_ERROR_PRINCIPAL", "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.")
	invalidPrincipalFormat  = define(Error, "INVALID_PRINCIPAL_FORMAT", "The Principal element contents are not valid. Specify a key-value pair in the Principal element.")
	invalidPrincipalKey     = define(Error, "INVALID_PRINCIPAL_KEY", "The principal key %s is not valid.")
	emptyArrayPrincipal     = define(Suggestion, "EMPTY_ARRAY_PRINCIPAL", "This statement includes no principals and does not affect the policy. Specify principals.")
	emptyObjectPrincipal    = define(Suggestion, "EMPTY_OBJECT_PRINCIPAL", "This statement includes no principals and does not affect the policy. Specify principals.")

	unsupportedWildcardInPrincipal = define(Error, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "Wildcards (*, ?) are not supported with the principal key %s. Replace the wildcard with a valid principal value.")
	invalidServicePrincipalFormat  = define(Error, "INVALID_SERVICE_PRINCIPAL_FORMAT", "The service principal does not match the expected format. Use the format %s.")
	federatedNotSupported          = define(Error, "FEDERATED_PRINCIPAL_NOT_SUPPORTED", "The policy type does not support a federated identity provider in the principal element. Use a supported principal.")
	invalidRoleReference           = define(Warning, "INVALID_ROLE_REFERENCE", "The Principal element includes the IAM role ID %s. We recommend that you use a role ARN instead.")
	invalidUserReference           = define(Warning, "INVALID_USER_REFERENCE", "The Principal element includes the IAM user ID %s. We recommend that you use a user ARN instead.")
	allowWithNotPrincipal          = define(SecurityWarning, "ALLOW_WITH_NOT_PRINCIPAL", "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.")
)

var principalKeys = []string{"AWS", "CanonicalUser", "Federated", "Service"}

// readPrincipals reads a Principal element.
func (l *linter) readPrincipals(m *member, at place) *principals {
	p := &principals{place: at}
	switch {
	case l.kind == policy.SCP:
		l.report(scpSyntaxErrorPrincipal, at)
	case !l.resourcePolicy():
		l.report(unsupportedPrincipal, at, "IDENTITY_POLICY")
	}
	switch n := m.value; n.typ {
	case stringNode:
		p.star = n.text == "*"
		if !p.star {
			l.report(invalidPrincipalFormat, at)
		}
	case objectNode:
		if len(n.members) == 0 {
			l.report(emptyObjectPrincipal, at)
		}
		l.repeated(n, at)
		for i := range n.members {
			l.readPrincipal(p, &n.members[i])
		}
	default:
		l.report(invalidPrincipalFormat, at)
	}
	return p
}

func (l *linter) readPrincipal(p *principals, m *member) {
	if !slices.Contains(principalKeys, m.name) {
		l.report(invalidPrincipalKey, p.place.name(m), m.name)
		return
	}
	for _, v := range l.readValues(m, p.place.of(m), emptyArrayPrincipal).list {
		p.list = append(p.list, principal{m.name, v})
	}
}

// checkPrincipals looks at who a resource policy names.
func (l *linter) checkPrincipals(s *statement) {
	if !l.resourcePolicy() {
		return
	}
	if s.allows() && s.notPrincipal != nil {
		l.report(allowWithNotPrincipal, s.notPrincipal.place)
	}
	for _, element := range []*principals{s.principal, s.notPrincipal} {
		if element == nil {
			continue
		}
		for _, p := range element.list {
			l.checkPrincipal(p)
		}
	}
}

func (l *linter) checkPrincipal(p principal) {
	switch {
	case variable(p.text):
		return // checkVariables has it
	case wildcard(p.text) && !(p.key == "AWS" && p.text == "*"):
		l.report(unsupportedWildcardInPrincipal, p.place, p.key)
	case p.key == "Federated" && l.kind != policy.Trust:
		l.report(federatedNotSupported, p.place)
	case p.key == "Service" && !servicePrincipal.MatchString(p.text):
		l.report(invalidServicePrincipalFormat, p.place, "service-name.amazonaws.com")
	case p.key == "AWS" && uniqueID(p.text, "AROA"):
		l.report(invalidRoleReference, p.place, p.text)
	case p.key == "AWS" && uniqueID(p.text, "AIDA"):
		l.report(invalidUserReference, p.place, p.text)
	}
}

// servicePrincipal is what the name of a service as a principal looks like.
var servicePrincipal = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|aws\.internal)$`)

// uniqueID says whether s is the id of a role (AROA) or user (AIDA).
func uniqueID(s, prefix string) bool {
	return strings.HasPrefix(s, prefix) && len(s) >= 16 && !strings.Contains(s, ":")
}
