package policy

import (
	"fmt"
	"slices"
	"strings"
)

// The kinds of principals that an element can name, and as IAM calls them in
// its messages.
var principalKinds = map[string]string{
	"AWS": "AWS", "Service": "SERVICE", "Federated": "FEDERATED", "CanonicalUser": "CANONICAL_USER",
}

// readPrincipals reads the value of Principal or NotPrincipal: "*", or an
// object of lists by kind.
func readPrincipals(n node, g grammar) ([]PrincipalElement, *MalformedError) {
	if n.typ == stringNode && n.text == "*" {
		return []PrincipalElement{{Kind: "*", Value: "*"}}, nil
	}
	if n.typ != objectNode {
		return nil, malformed(ProblemPrincipal, reasonSyntax)
	}
	if len(n.members) == 0 {
		return nil, malformed(ProblemPrincipal, "Missing required field Principal cannot be empty!")
	}
	var list []PrincipalElement
	for _, m := range n.members {
		if principalKinds[m.name] == "" {
			return nil, unknownField(g, m.name)
		}
		values, ok := m.value.strings()
		if !ok {
			return nil, malformed(ProblemPrincipal, reasonSyntax)
		}
		for _, v := range values {
			list = append(list, PrincipalElement{Kind: m.name, Value: v})
		}
	}
	if len(list) == 0 {
		return nil, malformed(ProblemPrincipal, "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!")
	}
	return list, nil
}

func badPrincipal(e PrincipalElement) *MalformedError {
	if e.Kind == "Federated" {
		return malformed(ProblemPrincipal, "Federated principals must be valid domain names or SAML metadata ARNs")
	}
	return malformed(ProblemPrincipal, fmt.Sprintf(`Invalid principal in policy: "%s":"%s"`, principalKinds[e.Kind], e.Value))
}

// newPrincipalEntry recognises what a principal is by its form. Except for "*"
// alone there are no wildcards in principals.
func newPrincipalEntry(e PrincipalElement) (principalEntry, bool) {
	switch e.Kind {
	case "*":
		return principalEntry{way: ViaAnyone}, true
	case "AWS":
		return newAWSPrincipal(e.Value)
	case "Service":
		return principalEntry{ViaService, e.Value}, e.Value == "*" || isServiceName(e.Value)
	case "Federated":
		return principalEntry{ViaFederated, e.Value}, isProvider(e.Value)
	}
	return principalEntry{ViaCanonical, e.Value}, len(e.Value) == 64 && isHex(e.Value)
}

func newAWSPrincipal(v string) (principalEntry, bool) {
	switch {
	case v == "*":
		return principalEntry{way: ViaAnyone}, true
	case isAccount(v):
		return principalEntry{ViaAccount, v}, true
	case !strings.HasPrefix(v, "arn:"):
		return newIDPrincipal(v)
	}
	parts := strings.SplitN(v, ":", arnColumns+1)
	if len(parts) <= arnColumns || strings.ContainsAny(v, "*?") ||
		!slices.Contains(partitions, parts[1]) || parts[3] != "" {
		return principalEntry{}, false
	}
	service, account, resource := parts[2], parts[4], parts[5]
	kind, name, _ := strings.Cut(resource, "/")
	switch {
	case account == "cloudfront" && service == "iam" && kind == "user" && name != "":
		return principalEntry{ViaUser, v}, true // an origin access identity
	case !isAccount(account):
		return principalEntry{}, false
	case service == "iam" && resource == "root":
		return principalEntry{ViaAccount, account}, true
	case service == "iam" && kind == "user" && validName(name):
		return principalEntry{ViaUser, v}, true
	case service == "iam" && kind == "role" && validName(name):
		return principalEntry{ViaRole, v}, true
	case service == "sts" && kind == "federated-user" && validName(name):
		return principalEntry{ViaSession, v}, true
	case service == "sts" && kind == "assumed-role":
		role, session, found := strings.Cut(name, "/")
		return principalEntry{ViaSession, v}, found && validName(role) && validName(session)
	}
	return principalEntry{}, false
}

// newIDPrincipal recognises the unique ids that stand for users and roles in
// stored policies.
func newIDPrincipal(v string) (principalEntry, bool) {
	id, session, hasSession := strings.Cut(v, ":")
	if len(id) < 16 || len(id) > 128 || !alphanumeric(id) || id != strings.ToUpper(id) {
		return principalEntry{}, false
	}
	switch {
	case strings.HasPrefix(id, "AIDA") && !hasSession:
		return principalEntry{ViaUser, v}, true
	case strings.HasPrefix(id, "AROA") && !hasSession:
		return principalEntry{ViaRole, v}, true
	case strings.HasPrefix(id, "AROA") && validName(session):
		return principalEntry{ViaSession, v}, true
	}
	return principalEntry{}, false
}

func isAccount(s string) bool { return len(s) == 12 && digits(s) }

// validName reports a name, with its path if it has one.
func validName(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != "" && !strings.HasPrefix(s, "/") && !strings.HasSuffix(s, "/")
}

var serviceDomains = []string{".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"}

func isServiceName(s string) bool {
	return isDomain(s) && slices.ContainsFunc(serviceDomains, func(d string) bool {
		return strings.HasSuffix(s, d)
	})
}

// isProvider reports the name of an identity provider: its domain, with the
// path of its issuer if it has one, or the ARN of a SAML or OpenID Connect provider.
func isProvider(s string) bool {
	parts := strings.SplitN(s, ":", arnColumns+1)
	if parts[0] != "arn" {
		host, path, _ := strings.Cut(s, "/")
		return isDomain(host) && !strings.ContainsAny(path, "*? ")
	}
	if len(parts) <= arnColumns || !slices.Contains(partitions, parts[1]) ||
		parts[2] != "iam" || parts[3] != "" || !isAccount(parts[4]) {
		return false
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	return (kind == "saml-provider" || kind == "oidc-provider") && validName(name) && !strings.ContainsAny(name, "*?")
}

func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if !alphanumeric(strings.ReplaceAll(label, "-", "")) || strings.Trim(label, "-") != label || label == "" {
			return false
		}
	}
	return len(labels) > 1
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
