package organizations_test

import (
	"slices"
	"testing"
)

const analyzer = "access-analyzer.amazonaws.com"

// A delegated administrator reads the organization, and changes nothing in it.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
func TestDelegatedAdministrator(t *testing.T) {
	w := newWorld(t)
	admin := w.member.User("admin", anything)
	nobody := w.member.User("nobody")
	register := in{"AccountId": w.member.ID, "ServicePrincipal": analyzer}
	w.refused("RegisterDelegatedAdministrator", register, "ConstraintViolationException", "SERVICE_ACCESS_NOT_ENABLED")
	w.manager("EnableAWSServiceAccess", in{"ServicePrincipal": analyzer})
	w.manager("EnableAWSServiceAccess", in{"ServicePrincipal": analyzer})
	if got := w.manager("ListAWSServiceAccessForOrganization", nil).list("EnabledServicePrincipals", "ServicePrincipal"); !slices.Equal(got, []string{analyzer}) {
		t.Errorf("services with access: %v", got)
	}
	w.refused("RegisterDelegatedAdministrator", in{"AccountId": w.cloud.ID, "ServicePrincipal": analyzer},
		"ConstraintViolationException", "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR")
	w.call(admin, "ListAccounts", nil).refused("AccessDeniedException", "")
	w.manager("RegisterDelegatedAdministrator", register)
	w.refused("RegisterDelegatedAdministrator", register, "AccountAlreadyRegisteredException", "")

	w.call(admin, "ListAccounts", nil).ok()
	w.call(admin, "DescribePolicy", in{"PolicyId": "p-FullAWSAccess"}).ok()
	w.call(nobody, "ListAccounts", nil).refused("AccessDeniedException", "") // its own policies count all the same
	w.call(admin, "CreatePolicy", in{"Type": scp, "Name": "p", "Description": "", "Content": denyNothing}).refused("AccessDeniedException", "")
	w.call(admin, "CreateAccount", in{"AccountName": "a", "Email": "a@example.com"}).refused("AccessDeniedException", "")
	w.refused("RemoveAccountFromOrganization", in{"AccountId": w.member.ID}, "ConstraintViolationException", "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG")

	for _, input := range []in{nil, {"ServicePrincipal": analyzer}} {
		list := w.manager("ListDelegatedAdministrators", input)
		if list.text("DelegatedAdministrators.0.Id") != w.member.ID || list.at("DelegatedAdministrators.0.DelegationEnabledDate") == nil {
			t.Errorf("administrators: %s", list.raw)
		}
	}
	if got := w.manager("ListDelegatedAdministrators", in{"ServicePrincipal": "config.amazonaws.com"}).list("DelegatedAdministrators", "Id"); len(got) != 0 {
		t.Errorf("administrators of another service: %v", got)
	}
	if got := w.manager("ListDelegatedServicesForAccount", in{"AccountId": w.member.ID}).list("DelegatedServices", "ServicePrincipal"); !slices.Equal(got, []string{analyzer}) {
		t.Errorf("services: %v", got)
	}
	w.manager("DeregisterDelegatedAdministrator", register)
	w.call(admin, "ListAccounts", nil).refused("AccessDeniedException", "")
	w.refused("DeregisterDelegatedAdministrator", register, "AccountNotRegisteredException", "")

	// Without access of the service there is nothing to administer.
	w.manager("RegisterDelegatedAdministrator", register)
	w.manager("DisableAWSServiceAccess", in{"ServicePrincipal": analyzer})
	w.call(admin, "ListAccounts", nil).refused("AccessDeniedException", "")
}

// The resource policy lets members do what it says, if their own policies do.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
func TestResourcePolicy(t *testing.T) {
	w := newWorld(t)
	admin := w.member.User("admin", anything)
	nobody := w.member.User("nobody")
	other := w.account("other")
	document := `{"Version":"2012-10-17","Statement":[
		{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"` + w.member.ID + `"},"Action":["organizations:Describe*","organizations:List*"],"Resource":"*"},
		{"Sid":"Write","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + w.member.ID + `:root"},
		 "Action":["organizations:CreatePolicy","organizations:AttachPolicy","organizations:DetachPolicy"],"Resource":"*",
		 "Condition":{"StringLikeIfExists":{"organizations:PolicyType":"TAG_POLICY"}}}]}`
	put := w.manager("PutResourcePolicy", in{"Content": document, "Tags": []in{{"Key": "k", "Value": "v"}}})
	id := put.text("ResourcePolicy.ResourcePolicySummary.Id")
	if arn := put.text("ResourcePolicy.ResourcePolicySummary.Arn"); arn != "arn:aws:organizations::"+w.cloud.ID+":resourcepolicy/"+w.org+"/"+id {
		t.Errorf("its ARN is %s", arn)
	}
	if got := w.call(admin, "DescribeResourcePolicy", nil).ok().text("ResourcePolicy.Content"); got != document {
		t.Errorf("its content is %s", got)
	}
	if got := w.manager("ListTagsForResource", in{"ResourceId": id}).text("Tags.0.Value"); got != "v" {
		t.Errorf("its tag is %q", got)
	}

	tags := `{"tags":{"Team":{"tag_key":{"@@assign":"Team"}}}}`
	w.manager("EnablePolicyType", in{"RootId": w.root, "PolicyType": "TAG_POLICY"})
	w.call(admin, "ListAccounts", nil).ok()
	made := w.call(admin, "CreatePolicy", in{"Type": "TAG_POLICY", "Name": "t", "Description": "", "Content": tags}).ok().text("Policy.PolicySummary.Id")
	w.call(admin, "AttachPolicy", in{"PolicyId": made, "TargetId": other}).ok()
	for _, tt := range []struct {
		operation string
		input     in
	}{
		{"CreatePolicy", in{"Type": scp, "Name": "s", "Description": "", "Content": denyNothing}},
		{"AttachPolicy", in{"PolicyId": w.policy("s"), "TargetId": other}},
		{"DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": other}},
		{"DeletePolicy", in{"PolicyId": made}},
		{"TagResource", in{"ResourceId": other, "Tags": []in{{"Key": "k", "Value": "v"}}}},
		{"MoveAccount", in{"AccountId": other, "SourceParentId": w.root, "DestinationParentId": w.root}},
		{"PutResourcePolicy", in{"Content": document}},
		{"CloseAccount", in{"AccountId": other}},
	} {
		a := w.call(admin, tt.operation, tt.input)
		if a.code != "AccessDeniedException" || a.message != "You don't have permissions to access this resource." {
			t.Errorf("%s: %d %s", tt.operation, a.status, a.raw)
		}
	}
	w.call(nobody, "ListAccounts", nil).refused("AccessDeniedException", "")

	// It can be replaced, and keeps its id.
	again := w.manager("PutResourcePolicy", in{"Content": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + w.member.ID + `"},"Action":"organizations:ListRoots","Resource":"*"}]}`})
	if got := again.text("ResourcePolicy.ResourcePolicySummary.Id"); got != id {
		t.Errorf("replaced, its id is %s, not %s", got, id)
	}
	w.call(admin, "ListRoots", nil).ok()
	w.call(admin, "ListAccounts", nil).refused("AccessDeniedException", "")
	w.manager("DeleteResourcePolicy", nil)
	w.call(admin, "ListRoots", nil).refused("AccessDeniedException", "")
}

// What a resource policy cannot say.
func TestResourcePolicyContent(t *testing.T) {
	w := newWorld(t)
	statement := func(principal, action, resource string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"` + action + `","Resource":"` + resource + `"}]}`
	}
	member := `{"AWS":"` + w.member.ID + `"}`
	for content, reason := range map[string]string{
		"{":      "INVALID_RESOURCE_POLICY_JSON",
		anything: "INVALID_RESOURCE_POLICY_JSON", // no Principal
		statement(`"*"`, "organizations:ListRoots", "*"):                                "INVALID_PRINCIPAL",
		statement(`{"AWS":"*"}`, "organizations:ListRoots", "*"):                        "INVALID_PRINCIPAL",
		statement(`{"Service":"config.amazonaws.com"}`, "organizations:ListRoots", "*"): "INVALID_PRINCIPAL",
		statement(member, "organizations:CloseAccount", "*"):                            "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY",
		statement(member, "s3:GetObject", "*"):                                          "UNSUPPORTED_ACTION_IN_RESOURCE_POLICY",
		statement(member, "organizations:ListRoots", "arn:aws:s3:::bucket"):             "UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + member + `,"NotAction":"organizations:ListRoots","Resource":"*"}]}`: "INVALID_RESOURCE_POLICY_JSON",
	} {
		a := w.call(w.cloud.Config(), "PutResourcePolicy", in{"Content": content})
		if a.code != "InvalidInputException" || a.reason != reason {
			t.Errorf("%s: %s %q, want %q", content, a.code, a.reason, reason)
		}
	}
}
