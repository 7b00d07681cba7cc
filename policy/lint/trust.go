package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

var (
	trustNotPrincipal    = define(Error, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead.")
	trustWildcard        = define(Error, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "\"Principal:\" \"*\" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.")
	trustResource        = define(Error, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.")
	invalidFederated     = define(Error, "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", "The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.")
	mismatchedAction     = define(Error, "MISMATCHED_ACTION_FOR_PRINCIPAL", "The %s action is invalid with the following principal(s): %s. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.")
	rolesAnywhere        = define(Error, "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", "The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy.")
	missingActionForKey  = define(Error, "MISSING_ACTION_FOR_CONDITION_KEY", "The %[1]s action must be in the action block to allow setting values for the condition key %[2]s. Add %[1]s to the action block.")
	redundantSession     = define(Suggestion, "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", "The assumed-role principal %s is redundant with its parent role %s. Remove the assumed-role principal.")
	missingOIDCCondition = define(SecurityWarning, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role.")
	missingGitHubRepo    = define(SecurityWarning, "MISSING_GITHUB_REPO_CONDITION_KEY", "Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value.")
	specificGitHubRepo   = define(Warning, "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", "Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name. If the subject claim does not include the branch, specify it in a token.actions.githubusercontent.com:ref condition key.")
)

// checkTrust looks at what is special to role trust policies.
func (l *linter) checkTrust(s *statement) {
	if l.kind != policy.Trust {
		return
	}
	if s.notPrincipal != nil {
		l.report(trustNotPrincipal, s.notPrincipal.place)
	}
	if s.principal != nil && s.principal.star {
		l.report(trustWildcard, s.principal.place)
	}
	for _, element := range []*values{s.resources, s.notResources} {
		if element != nil {
			l.report(trustResource, element.place)
		}
	}
	for _, p := range s.principal.of("Federated") {
		if providerOf(p.text) == noProvider {
			l.report(invalidFederated, p.place)
		}
	}
	l.checkActionsOfPrincipals(s)
	l.checkRolesAnywhere(s)
	l.checkSessionKeys(s)
	l.checkSessions(s)
	if s.allows() {
		l.checkOIDC(s)
	}
}

// provider is a kind of identity provider.
type provider uint8

const (
	noProvider provider = iota
	samlProvider
	oidcProvider
)

var domain = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/.*)?$`)

// providerOf says what a federated principal is: the ARN of a provider, or the
// domain of one that AWS knows ("cognito-identity.amazonaws.com").
func providerOf(federated string) provider {
	parts := strings.SplitN(federated, ":", 6)
	switch {
	case len(parts) == 6 && parts[0] == "arn" && parts[2] == "iam" && strings.HasPrefix(parts[5], "saml-provider/"):
		return samlProvider
	case len(parts) == 6 && parts[0] == "arn" && parts[2] == "iam" && strings.HasPrefix(parts[5], "oidc-provider/"):
		return oidcProvider
	case domain.MatchString(federated):
		return oidcProvider
	}
	return noProvider
}

// checkActionsOfPrincipals reports actions that no principal of the statement
// can take.
func (l *linter) checkActionsOfPrincipals(s *statement) {
	for _, v := range s.actions.items() {
		var wrong []string
		fits := false
		for _, p := range s.principalList() {
			kind := noProvider
			if p.key == "Federated" {
				kind = providerOf(p.text)
			}
			switch strings.ToLower(v.text) {
			case "sts:assumerolewithsaml":
				fits = kind == samlProvider
			case "sts:assumerolewithwebidentity":
				fits = kind == oidcProvider
			case "sts:assumerole":
				fits = p.key != "Federated"
			default:
				return
			}
			if !fits {
				wrong = append(wrong, p.text)
			}
		}
		if len(wrong) > 0 {
			l.report(mismatchedAction, v.place, v.text, strings.Join(wrong, ", "))
		}
	}
}

func (s *statement) principalList() []principal {
	if s.principal == nil {
		return nil
	}
	return s.principal.list
}

// lets says whether the statement's Action element stands for an action.
func (s *statement) lets(action string) bool {
	return slices.ContainsFunc(s.actions.texts(), func(p string) bool { return coversFold(p, action) })
}

func (l *linter) checkRolesAnywhere(s *statement) {
	for _, p := range s.principal.of("Service") {
		if p.text == "rolesanywhere.amazonaws.com" && s.allows() && !(s.lets("sts:assumerole") && s.lets("sts:setsourceidentity") && s.lets("sts:tagsession")) {
			l.report(rolesAnywhere, p.place)
		}
	}
}

// checkSessionKeys reports keys that a request only has with an action that the
// statement does not name.
func (l *linter) checkSessionKeys(s *statement) {
	for i := range s.conditions {
		c := &s.conditions[i]
		lower := strings.ToLower(c.key)
		needed := ""
		switch {
		case lower == "sts:sourceidentity":
			needed = "sts:SetSourceIdentity"
		case lower == "sts:transitivetagkeys", lower == "aws:tagkeys", strings.HasPrefix(lower, "aws:requesttag/"):
			needed = "sts:TagSession"
		}
		if needed != "" && s.actions != nil && !s.lets(strings.ToLower(needed)) {
			l.report(missingActionForKey, c.keyPlace, needed, c.key)
		}
	}
}

// checkSessions reports sessions of roles that are named themselves.
func (l *linter) checkSessions(s *statement) {
	list := s.principal.of("AWS")
	for _, p := range list {
		parts := strings.Split(p.text, ":")
		if len(parts) != 6 || parts[2] != "sts" || !strings.HasPrefix(parts[5], "assumed-role/") {
			continue
		}
		role, _, _ := strings.Cut(strings.TrimPrefix(parts[5], "assumed-role/"), "/")
		for _, other := range list {
			parent := "arn:" + parts[1] + ":iam::" + parts[4] + ":role/"
			if strings.HasPrefix(other.text, parent) && strings.HasSuffix(other.text, "/"+role) {
				l.report(redundantSession, p.place, p.text, other.text)
			}
		}
	}
}

const gitHub = "token.actions.githubusercontent.com"

// checkOIDC looks whether it is said whom an identity provider may vouch for.
func (l *linter) checkOIDC(s *statement) {
	for _, p := range s.principal.of("Federated") {
		if providerOf(p.text) != oidcProvider {
			continue
		}
		_, host, isARN := strings.Cut(p.text, ":oidc-provider/")
		if !isARN {
			host = p.text
		}
		prefixed := slices.ContainsFunc(s.conditions, func(c condition) bool {
			return strings.HasPrefix(strings.ToLower(c.key), strings.ToLower(host)+":")
		})
		switch {
		case host == gitHub && !s.has(gitHub+":sub"):
			l.report(missingGitHubRepo, p.place)
		case !prefixed:
			l.report(missingOIDCCondition, p.place)
		case host == gitHub:
			l.checkGitHub(s)
		}
	}
}

// checkGitHub looks for subjects that do not name organization and repository.
func (l *linter) checkGitHub(s *statement) {
	for i := range s.conditions {
		c := &s.conditions[i]
		if !c.is(gitHub+":sub") || !c.operator.like {
			continue
		}
		for _, v := range c.values {
			named, _, _ := strings.Cut(strings.TrimPrefix(v.text, "repo:"), ":")
			wholeBranch := strings.HasSuffix(v.text, ":*") && !s.has(gitHub+":ref")
			if wildcard(named) || v.text == "*" || wholeBranch {
				l.report(specificGitHubRepo, v.place)
			}
		}
	}
}
