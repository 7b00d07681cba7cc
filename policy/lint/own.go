package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

var (
	kmsDecrypt        = defineOwn(SecurityWarning, "KMS_DECRYPT_WITH_STAR_IN_RESOURCE", "The statement allows %s with every KMS key, those of other accounts too where their key policies allow it. Name the keys, or add a condition such as kms:ViaService, kms:ResourceAliases or aws:ResourceTag.")
	trustAnyone       = defineOwn(SecurityWarning, "TRUST_ANYONE", "Anybody with an AWS account can assume the role. Name the principals, or add a condition such as aws:PrincipalOrgID.")
	trustNoSource     = defineOwn(Warning, "TRUST_SERVICE_WITHOUT_SOURCE", "The service %s can be made to use the role for another customer (the confused deputy). Add a condition on aws:SourceAccount or aws:SourceArn.")
	trustNoExternalID = defineOwn(SecurityWarning, "TRUST_ACCOUNT_WITHOUT_EXTERNAL_ID", "The account %s is trusted without a condition on sts:ExternalId: where it works for others too, any of them can make it use the role (the confused deputy).")
	actionNotOnThese  = defineOwn(Warning, "ACTION_NEVER_ON_RESOURCE", "None of the resources of the statement is one that these actions act on, so that it has no effect on them: %s.")
	allowDenied       = defineOwn(Warning, "ALLOW_COVERED_BY_DENY", "The statement has no effect: another one denies all that it allows.")
)

// decrypting are the actions that show what a key protects.
var decrypting = []string{"kms:Decrypt", "kms:ReEncryptFrom"}

// checkKMS looks for statements that let somebody decrypt with any key.
func (l *linter) checkKMS(s *statement) {
	if !s.allows() || l.resourcePolicy() || l.kind == policy.SCP || len(s.conditions) > 0 || s.resources == nil {
		return
	}
	broad := slices.IndexFunc(s.resources.list, func(v value) bool {
		parts := strings.SplitN(v.text, ":", 6)
		return v.text == "*" || len(parts) == 6 && parts[2] == "kms" && (parts[5] == "*" || parts[5] == "key/*")
	})
	if broad < 0 {
		return
	}
	for _, v := range s.actions.items() {
		for _, action := range decrypting {
			if v.text != "*" && coversFold(v.text, action) {
				l.reportAll(kmsDecrypt, []place{v.place, s.resources.list[broad].place}, action)
				return
			}
		}
	}
}

// narrowing are keys that say which principals of others are meant.
var narrowing = []string{"sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn"}

// inOwnAccount are services whose use of a role only starts in the role's own
// account: who starts it must be allowed to pass the role.
var inOwnAccount = []string{"ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com", "pods.eks.amazonaws.com"}

// checkDeputy looks for trust that others can make use of.
func (l *linter) checkDeputy(s *statement) {
	if l.kind != policy.Trust || !s.allows() {
		return
	}
	for _, p := range s.principal.of("Service") {
		if !s.has(sourceKeys...) && !slices.Contains(inOwnAccount, p.text) {
			l.report(trustNoSource, p.place, p.text)
		}
	}
	for _, p := range s.principal.of("AWS") {
		account := accountOf(p.text)
		switch {
		case p.text == "*" && len(s.conditions) == 0:
			l.report(trustAnyone, p.place)
		case l.Account != "" && account != "" && account != l.Account && !s.has(narrowing...):
			l.report(trustNoExternalID, p.place, account)
		}
	}
}

// accountOf is the account of an AWS principal, "" where it names none.
func accountOf(principal string) string {
	if accountID(principal) {
		return principal
	}
	if parts := strings.Split(principal, ":"); len(parts) == 6 && accountID(parts[4]) {
		return parts[4]
	}
	return ""
}

// checkEffectless looks for actions that act on other things than the
// statement's resources.
func (l *linter) checkEffectless(s *statement) {
	if !l.Own || s.resources == nil || slices.Contains(s.resources.texts(), "*") || len(s.resources.list) == 0 {
		return
	}
	types := make(map[*catalogue.ResourceType]bool)
	for _, r := range s.resources.list {
		found := l.catalogue.ResourceTypes(r.text)
		if len(found) == 0 || ownedByAWSAlone(r.text) {
			return // what the catalogue does not know, it cannot judge
		}
		for _, t := range found {
			types[t] = true
		}
	}
	var names []string
	var where []place
	for _, v := range s.actions.items() {
		if service, _, found := strings.Cut(v.text, ":"); !found || wildcard(service) {
			continue
		}
		if l.expands(v.text) && !l.actsOn(v.text, types) {
			names = append(names, v.text)
			where = append(where, v.place)
		}
	}
	if len(names) > 0 {
		l.reportAll(actionNotOnThese, where, strings.Join(names, ", "))
	}
}

// ownedByAWSAlone says whether an ARN names what AWS has made for everybody, and
// no account: the reference has no pattern for that.
func ownedByAWSAlone(arn string) bool {
	parts := strings.SplitN(arn, ":", 6)
	return len(parts) == 6 && parts[4] == "" && slices.Contains(ownedByAWS, parts[2])
}

// actsOn says whether an action of the pattern acts on one of the types. Where
// there is no budget to look, one does.
func (l *linter) actsOn(pattern string, types map[*catalogue.ResourceType]bool) bool {
	actions, ok := l.expand(pattern)
	if !ok {
		return true
	}
	for a := range actions {
		for _, r := range a.Resources {
			if types[r.Type] {
				return true
			}
		}
	}
	return false
}

// checkCoveredByDeny looks for statements that deny all that another one allows.
func (l *linter) checkCoveredByDeny() {
	for _, allow := range l.doc.statements {
		if !allow.allows() {
			continue
		}
		for _, deny := range l.doc.statements {
			if !l.spend(1) {
				return
			}
			if deny.denies() && len(deny.conditions) == 0 && l.within(allow, deny) {
				l.reportAll(allowDenied, []place{allow.place, deny.place})
				break
			}
		}
	}
}

// within says whether whatever a statement matches, the other one matches too.
// It may say no where the answer is yes.
func (l *linter) within(s, other *statement) bool {
	everyone := other.principal == nil && other.notPrincipal == nil || other.principal != nil && other.principal.star
	return everyone && s.node.member("NotPrincipal") == nil &&
		l.inside(s.actions, other.actions, coversFold) &&
		(s.resources == nil && other.resources == nil && s.notResources == nil && other.notResources == nil ||
			l.inside(s.resources, other.resources, coversARN))
}

// inside says whether each value of inner is covered by one of outer.
func (l *linter) inside(inner, outer *values, covers func(outer, inner string) bool) bool {
	if inner == nil || outer == nil || len(inner.list) == 0 {
		return false
	}
	for _, i := range inner.list {
		if !slices.ContainsFunc(outer.list, func(o value) bool { return l.spend(coverSteps(o.text, i.text)) && covers(o.text, i.text) }) {
			return false
		}
	}
	return true
}
