package iam

import (
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

func TestAccountAlias(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	alias := func(a string) iamapi.CreateAccountAliasInput { return iamapi.CreateAccountAliasInput{AccountAlias: &a} }
	do(w, iamapi.OpCreateAccountAlias, alias("acme"))
	refused(w, iamapi.OpCreateAccountAlias, alias("acme"), "EntityAlreadyExists: The account alias acme already exists.")
	refusedAs(w, w.stranger, iamapi.OpCreateAccountAlias, alias("acme"), "EntityAlreadyExists")
	refusedAs(w, bob, iamapi.OpCreateAccountAlias, alias("mine"), "iam:CreateAccountAlias on resource: * because")
	for _, bad := range []string{"a--b", "-ab", "AB", "ab"} {
		refused(w, iamapi.OpCreateAccountAlias, alias(bad), "ValidationError")
	}
	refused(w, iamapi.OpCreateAccountAlias, alias("123456789012"), "InvalidInput")
	do(w, iamapi.OpCreateAccountAlias, alias("acme-two")) // replaces
	as(w, w.stranger, iamapi.OpCreateAccountAlias, alias("acme"))
	if got := do(w, iamapi.OpListAccountAliases, iamapi.ListAccountAliasesInput{}).AccountAliases; len(got) != 1 || got[0] != "acme-two" {
		t.Errorf("aliases %v", got)
	}
	refused(w, iamapi.OpDeleteAccountAlias, iamapi.DeleteAccountAliasInput{AccountAlias: new("acme")}, "NoSuchEntity")
	do(w, iamapi.OpDeleteAccountAlias, iamapi.DeleteAccountAliasInput{AccountAlias: new("acme-two")})
	if got := do(w, iamapi.OpListAccountAliases, iamapi.ListAccountAliasesInput{}).AccountAliases; got == nil || len(got) != 0 {
		t.Errorf("aliases %v", got)
	}
}

func TestAccountPasswordPolicy(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	const none = "NoSuchEntity: The Password Policy with domain name 111122223333 cannot be found."
	refused(w, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}, none)
	refused(w, iamapi.OpDeleteAccountPasswordPolicy, iamapi.DeleteAccountPasswordPolicyInput{}, "NoSuchEntity: The account policy with name PasswordPolicy cannot be found.")
	do(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{RequireSymbols: new(true), MaxPasswordAge: new(int32(90)), PasswordReusePrevention: new(int32(3))})
	p := do(w, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}).PasswordPolicy
	if *p.MinimumPasswordLength != 6 || !*p.RequireSymbols || !*p.ExpirePasswords || *p.MaxPasswordAge != 90 || *p.PasswordReusePrevention != 3 || p.HardExpiry != nil {
		t.Errorf("policy %+v", p)
	}
	do(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{MaxPasswordAge: new(int32(90)), HardExpiry: new(true)})
	if p := do(w, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}).PasswordPolicy; !*p.HardExpiry {
		t.Errorf("policy %+v", p)
	}
	// What is left out gets its default back.
	do(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: new(int32(14))})
	p = do(w, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}).PasswordPolicy
	if *p.MinimumPasswordLength != 14 || *p.RequireSymbols || *p.ExpirePasswords || p.MaxPasswordAge != nil || p.PasswordReusePrevention != nil {
		t.Errorf("policy %+v", p)
	}
	refused(w, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: new(int32(5))}, "ValidationError")
	refusedAs(w, bob, iamapi.OpUpdateAccountPasswordPolicy, iamapi.UpdateAccountPasswordPolicyInput{}, "AccessDenied")
	refusedAs(w, bob, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}, "AccessDenied")
	refusedAs(w, w.stranger, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}, "NoSuchEntity")
	do(w, iamapi.OpDeleteAccountPasswordPolicy, iamapi.DeleteAccountPasswordPolicyInput{})
	refused(w, iamapi.OpGetAccountPasswordPolicy, iamapi.GetAccountPasswordPolicyInput{}, none)
}

func TestAccountSummary(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", "")
	w.group("g")
	w.role("r")
	got := do(w, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap
	for key, want := range map[iamapi.SummaryKeyType]int32{
		"Users": 1, "Groups": 1, "Roles": 1, "Policies": 0, "InstanceProfiles": 0, "AccountAccessKeysPresent": 1,
		// As in the example of the IAM API Reference, GetAccountSummary, where
		// quotas are those of today.
		"GroupPolicySizeQuota": 5120, "UserPolicySizeQuota": 2048, "AccessKeysPerUserQuota": 2, "SigningCertificatesPerUserQuota": 2,
		"UsersQuota": 5000, "ServerCertificatesQuota": 20, "GroupsPerUserQuota": 10, "GroupsQuota": 300, "PolicySizeQuota": 6144, "VersionsPerPolicyQuota": 5,
	} {
		if got[key] != want {
			t.Errorf("%s is %d, want %d", key, got[key], want)
		}
	}
	for _, key := range iamapi.SummaryKeyType("").Values() {
		if _, ok := got[iamapi.SummaryKeyType(key)]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	refusedAs(w, bob, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}, "AccessDenied")
	if n := as(w, w.stranger, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap["Users"]; n != 0 {
		t.Errorf("%d users in the other account", n)
	}
}
