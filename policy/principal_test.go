package policy_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/policy"
)

// The callers of these tests, by the words used for them in the tables.
var named = map[string]policy.Principal{
	"anonymous": {Type: policy.Anonymous},
	"root":      {Type: policy.Root, Account: accountA, ARN: "arn:aws:iam::111122223333:root", ID: accountA, CanonicalUser: canonicalA},
	"alice":     {Type: policy.User, Account: accountA, ARN: userARN, ID: "AIDAEXAMPLEEXAMPLEEX"},
	"other":     {Type: policy.User, Account: accountB, ARN: "arn:aws:iam::444455556666:user/alice", ID: "AIDAOTHEROTHEROTHERX"},
	"session":   {Type: policy.AssumedRole, Account: accountA, ARN: sessionARN, RoleARN: roleARN, ID: "AROAEXAMPLEEXAMPLEEX:s1"},
	"session2":  {Type: policy.AssumedRole, Account: accountA, ARN: "arn:aws:sts::111122223333:assumed-role/Signer/s2", RoleARN: roleARN, ID: "AROAEXAMPLEEXAMPLEEX:s2"},
	"federated": {Type: policy.FederatedUser, Account: accountA, ARN: "arn:aws:sts::111122223333:federated-user/fred", UserARN: userARN, UserID: "AIDAEXAMPLEEXAMPLEEX"},
	"lambda":    {Type: policy.ServicePrincipal, Service: "lambda.amazonaws.com"},
	"google":    {Type: policy.Federated, Federated: "accounts.google.com"},
	"saml":      {Type: policy.Federated, Federated: "arn:aws:iam::111122223333:saml-provider/p"},
	"canonical": {Type: policy.CanonicalUser, CanonicalUser: canonicalA},
}

func resourcePolicy(t *testing.T, effect, element, principal string) *policy.Policy {
	t.Helper()
	return parse(t, statement2012(fmt.Sprintf(`"Effect":%q,%q:%s,"Action":"s3:*","Resource":"*"`, effect, element, principal)), policy.Resource)
}

// An account, a role and a session are three different things, and Via says
// which one a policy named.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func TestPrincipal(t *testing.T) {
	type callers = map[string]policy.Via
	account := callers{"root": policy.ViaAccount, "alice": policy.ViaAccount, "session": policy.ViaAccount, "session2": policy.ViaAccount, "federated": policy.ViaAccount}
	everyone := callers{}
	for name := range named {
		everyone[name] = policy.ViaAnyone
	}
	for principal, want := range map[string]callers{
		`"*"`:                        everyone,
		`{"AWS":"*"}`:                everyone,
		`{"AWS":"` + accountA + `"}`: account,
		`{"AWS":"arn:aws:iam::111122223333:root"}`:                  account,
		`{"AWS":"` + accountB + `"}`:                                {"other": policy.ViaAccount},
		`{"AWS":"` + userARN + `"}`:                                 {"alice": policy.ViaUser, "federated": policy.ViaUser},
		`{"AWS":"arn:aws:iam::111122223333:user/Alice"}`:            {},
		`{"AWS":"AIDAEXAMPLEEXAMPLEEX"}`:                            {"alice": policy.ViaUser, "federated": policy.ViaUser},
		`{"AWS":"` + roleARN + `"}`:                                 {"session": policy.ViaRole, "session2": policy.ViaRole},
		`{"AWS":"arn:aws:iam::111122223333:role/Signer"}`:           {}, // the path is part of the role's ARN
		`{"AWS":"AROAEXAMPLEEXAMPLEEX"}`:                            {"session": policy.ViaRole, "session2": policy.ViaRole},
		`{"AWS":"` + sessionARN + `"}`:                              {"session": policy.ViaSession},
		`{"AWS":"AROAEXAMPLEEXAMPLEEX:s2"}`:                         {"session2": policy.ViaSession},
		`{"AWS":"arn:aws:sts::111122223333:federated-user/fred"}`:   {"federated": policy.ViaSession},
		`{"Service":"lambda.amazonaws.com"}`:                        {"lambda": policy.ViaService},
		`{"Service":"s3.amazonaws.com"}`:                            {},
		`{"Service":"*"}`:                                           {"lambda": policy.ViaService},
		`{"Federated":"accounts.google.com"}`:                       {"google": policy.ViaFederated},
		`{"Federated":"arn:aws:iam::111122223333:saml-provider/p"}`: {"saml": policy.ViaFederated},
		`{"CanonicalUser":"` + canonicalA + `"}`:                    {"root": policy.ViaCanonical, "canonical": policy.ViaCanonical},
		`{"AWS":["` + accountA + `","` + roleARN + `"],"Service":"s3.amazonaws.com"}`: {
			"root": policy.ViaAccount, "alice": policy.ViaAccount, "federated": policy.ViaAccount,
			"session": policy.ViaAccount | policy.ViaRole, "session2": policy.ViaAccount | policy.ViaRole,
		},
	} {
		allow, deny := resourcePolicy(t, "Allow", "Principal", principal), resourcePolicy(t, "Deny", "Principal", principal)
		for name, caller := range named {
			r := &policy.Request{Action: "s3:Get", Resource: "*", Principal: caller}
			via, matches := want[name]
			got := allow.Evaluate(r)
			if got.Effect != allowIf(matches) || got.Via != via {
				t.Errorf("Allow %s: %s: %s via %s, want %s via %s", principal, name, got.Effect, got.Via, allowIf(matches), via)
			}
			// A Deny that names the role or the account hits the session.
			if got := deny.Evaluate(r); (got.Effect == policy.Deny) != matches || got.Via != policy.ViaNone {
				t.Errorf("Deny %s: %s: %+v", principal, name, got)
			}
		}
	}
}

// Only the fields of a caller's own type count.
func TestPrincipalTypeDecides(t *testing.T) {
	everything := policy.Principal{
		Account: accountA, ARN: userARN, RoleARN: roleARN, UserARN: userARN, ID: "AROAEXAMPLEEXAMPLEEX:s1",
		Service: "lambda.amazonaws.com", Federated: "accounts.google.com",
	}
	for principal, types := range map[string][]policy.PrincipalType{
		`{"AWS":"` + accountA + `"}`:          {policy.Root, policy.User, policy.AssumedRole, policy.FederatedUser},
		`{"AWS":"` + userARN + `"}`:           {policy.User, policy.FederatedUser},
		`{"AWS":"` + roleARN + `"}`:           {policy.AssumedRole},
		`{"AWS":"AROAEXAMPLEEXAMPLEEX"}`:      {policy.AssumedRole},
		`{"Service":"lambda.amazonaws.com"}`:  {policy.ServicePrincipal},
		`{"Federated":"accounts.google.com"}`: {policy.Federated},
	} {
		p := resourcePolicy(t, "Allow", "Principal", principal)
		for typ := policy.Anonymous; typ <= policy.CanonicalUser; typ++ {
			caller := everything
			caller.Type = typ
			check(t, p, &policy.Request{Action: "s3:Get", Resource: "*", Principal: caller}, allowIf(slices.Contains(types, typ)))
		}
	}
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
// A Deny hits whoever has a permissions boundary, whatever NotPrincipal lists:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func TestNotPrincipal(t *testing.T) {
	const account = `"arn:aws:iam::111122223333:root"`
	list := func(values string) string { return `{"AWS":[` + values + `]}` }
	for _, c := range []struct {
		element string
		spared  []string // from Deny with NotPrincipal: each thing the caller acts through must be listed
		listed  []string // by Allow with NotPrincipal: naming any of them leaves the caller out
	}{
		{list(`"` + userARN + `",` + account), []string{"alice", "root"}, []string{"alice", "root", "session", "session2", "federated"}},
		{list(`"` + userARN + `"`), nil, []string{"alice", "federated"}},
		{list(account), []string{"root"}, []string{"alice", "root", "session", "session2", "federated"}},
		{
			list(`"` + sessionARN + `","` + roleARN + `",` + account),
			[]string{"session", "root"},
			[]string{"alice", "root", "session", "session2", "federated"},
		},
		{list(`"` + sessionARN + `","` + roleARN + `"`), nil, []string{"session", "session2"}},
		{list(`"` + sessionARN + `",` + account), []string{"root"}, []string{"alice", "root", "session", "session2", "federated"}},
		{list(`"` + roleARN + `",` + account), []string{"root"}, []string{"alice", "root", "session", "session2", "federated"}},
		{
			list(`"arn:aws:sts::111122223333:federated-user/fred",` + account),
			[]string{"federated", "root"},
			[]string{"alice", "root", "session", "session2", "federated"},
		},
		{`{"Service":"lambda.amazonaws.com"}`, []string{"lambda"}, []string{"lambda"}},
		{`{"Federated":"accounts.google.com"}`, []string{"google"}, []string{"google"}},
		{`{"CanonicalUser":"` + canonicalA + `"}`, []string{"canonical", "root"}, []string{"canonical", "root"}},
		{`"*"`, slices.Collect(maps.Keys(named)), slices.Collect(maps.Keys(named))},
	} {
		allow, deny := resourcePolicy(t, "Allow", "NotPrincipal", c.element), resourcePolicy(t, "Deny", "NotPrincipal", c.element)
		for name, caller := range named {
			r := &policy.Request{Action: "s3:Get", Resource: "*", Principal: caller}
			want := policy.Verdict{Effect: policy.Allow, Via: policy.ViaAnyone}
			if slices.Contains(c.listed, name) {
				want = policy.Verdict{Statement: -1}
			}
			if got := allow.Evaluate(r); got != want {
				t.Errorf("Allow NotPrincipal %s: %s: %+v, want %+v", c.element, name, got, want)
			}
			want = policy.Verdict{Effect: policy.Deny}
			if slices.Contains(c.spared, name) {
				want = policy.Verdict{Statement: -1}
			}
			if got := deny.Evaluate(r); got != want {
				t.Errorf("Deny NotPrincipal %s: %s: %+v, want %+v", c.element, name, got, want)
			}
			r.Principal.Bounded = true
			if got := deny.Evaluate(r); got.Effect != policy.Deny {
				t.Errorf("Deny NotPrincipal %s: %s with a permissions boundary: %+v", c.element, name, got)
			}
		}
	}
}

// Via is the union over every statement that allows, also those behind the
// one that decided.
func TestViaIsComplete(t *testing.T) {
	p := parse(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"`+accountA+`"},"Action":"s3:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"`+sessionARN+`"},"Action":"s3:Get","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"`+roleARN+`"},"Action":"s3:Put","Resource":"*"}]}`, policy.Resource)
	got := p.Evaluate(&policy.Request{Action: "s3:Get", Resource: "*", Principal: named["session"]})
	if want := (policy.Verdict{Effect: policy.Allow, Via: policy.ViaAccount | policy.ViaSession}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got.Via.String() != "account|session" || !got.Via.Has(policy.ViaSession) || got.Via.Has(policy.ViaRole) {
		t.Errorf("Via %s", got.Via)
	}
}

// A role trust policy has no Resource: it means the role.
func TestTrustPolicy(t *testing.T) {
	p := parse(t, statement2012(`"Effect":"Allow","Principal":{"AWS":"`+accountA+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x-1"}}`), policy.Trust)
	r := &policy.Request{Action: "sts:AssumeRole", Resource: roleARN, Principal: named["alice"], Context: policy.Keys{"sts:ExternalId": {"x-1"}}}
	check(t, p, r, policy.Allow)
	r.Context = policy.Keys{"sts:ExternalId": {"x-2"}}
	check(t, p, r, policy.NoMatch)
	r.Context = nil
	check(t, p, r, policy.NoMatch)
	r.Context, r.Principal = policy.Keys{"sts:ExternalId": {"x-1"}}, named["other"]
	check(t, p, r, policy.NoMatch)
}

// A key policy without the account-root statement gives the account nothing.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func TestKeyPolicyWithoutRoot(t *testing.T) {
	p := parse(t, statement2012(`"Sid":"Allow use of the key","Effect":"Allow","Principal":{"AWS":"`+roleARN+`"},"Action":"kms:Sign","Resource":"*"`), policy.Resource)
	for name, want := range map[string]policy.Via{"root": 0, "alice": 0, "other": 0, "session": policy.ViaRole, "anonymous": 0} {
		got := p.Evaluate(&policy.Request{Action: "kms:Sign", Resource: "arn:aws:kms:us-east-1:111122223333:key/k", Principal: named[name]})
		if got.Via != want || got.Effect != allowIf(want != 0) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestPrincipalStrings(t *testing.T) {
	for name, want := range map[string]string{
		"anonymous": "Anonymous", "alice": userARN, "session": sessionARN, "lambda": "lambda.amazonaws.com", "google": "accounts.google.com", "canonical": canonicalA,
	} {
		if got := named[name].String(); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
