package organizations_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/fortlettest"
)

// A new organization has all features, one root and its management account. Of
// the root no policy type is enabled, though DescribeOrganization always says so:
// the acceptance tests Organization_basic and Organization_EnabledPolicyTypes of
// Terraform's provider for AWS find none, and enable service control policies
// themselves. Enabled, AWS's policy is attached to everything.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateOrganization.html
func TestCreateOrganization(t *testing.T) {
	w := &world{TB: t, cloud: fortlettest.New(t)}
	w.refused("DescribeOrganization", nil, "AWSOrganizationsNotInUseException", "")
	a := w.manager("CreateOrganization", nil)
	id := a.text("Organization.Id")
	prefix := "arn:aws:organizations::" + w.cloud.ID + ":"
	for path, want := range map[string]string{
		"Organization.FeatureSet":                    "ALL",
		"Organization.Arn":                           prefix + "organization/" + id,
		"Organization.MasterAccountId":               w.cloud.ID,
		"Organization.MasterAccountArn":              prefix + "account/" + id + "/" + w.cloud.ID,
		"Organization.MasterAccountEmail":            "root@" + w.cloud.ID + ".example.com",
		"Organization.AvailablePolicyTypes.0.Type":   scp,
		"Organization.AvailablePolicyTypes.0.Status": "ENABLED",
	} {
		if got := a.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	roots := w.manager("ListRoots", nil)
	w.root = roots.text("Roots.0.Id")
	if roots.text("Roots.0.Arn") != prefix+"root/"+id+"/"+w.root || roots.text("Roots.0.Name") != "Root" || len(roots.list("Roots.0.PolicyTypes", "Type")) != 0 {
		t.Errorf("the root is %s", roots.raw)
	}
	unit := w.unit(w.root, "u")
	for text, pattern := range map[string]string{id: `^o-[a-z0-9]{10,32}$`, w.root: `^r-[0-9a-z]{4,32}$`, unit: `^ou-` + w.root[2:] + `-[a-z0-9]{8,32}$`} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("the id %s is not of the form %s", text, pattern)
		}
	}
	w.refused("AttachPolicy", in{"PolicyId": w.policy("early"), "TargetId": w.root}, "PolicyTypeNotEnabledException", "")
	w.manager("EnablePolicyType", in{"RootId": w.root, "PolicyType": scp})
	targets := w.manager("ListTargetsForPolicy", in{"PolicyId": "p-FullAWSAccess"})
	if got := targets.list("Targets", "TargetId"); !slices.Equal(got, []string{w.cloud.ID, unit, w.root}) {
		t.Errorf("FullAWSAccess is attached to %v", got)
	}
	w.refused("CreateOrganization", nil, "AlreadyInOrganizationException", "")
}

// An organization can be deleted when it is empty, and its ids are not used
// again.
func TestDeleteOrganization(t *testing.T) {
	w := newWorld(t)
	w.refused("DeleteOrganization", nil, "OrganizationNotEmptyException", "")
	w.refused("RemoveAccountFromOrganization", in{"AccountId": w.member.ID}, "ConstraintViolationException", "WAIT_PERIOD_ACTIVE")
	w.refused("RemoveAccountFromOrganization", in{"AccountId": w.cloud.ID}, "MasterCannotLeaveOrganizationException", "")
	w.refused("LeaveOrganization", nil, "MasterCannotLeaveOrganizationException", "")
	unit := w.unit(w.root, "u")
	w.manager("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": unit})
	w.manager("TagResource", in{"ResourceId": w.member.ID, "Tags": []in{{"Key": "k", "Value": "v"}}})
	w.cloud.Advance(4 * day)
	w.call(w.member.Config(), "LeaveOrganization", nil).ok()
	w.call(w.member.Config(), "DescribeOrganization", nil).refused("AWSOrganizationsNotInUseException", "")
	w.manager("DeleteOrganizationalUnit", in{"OrganizationalUnitId": unit})
	w.policy("p")
	w.manager("DeleteOrganization", nil)
	w.refused("ListAccounts", nil, "AWSOrganizationsNotInUseException", "")

	a := w.manager("CreateOrganization", in{"FeatureSet": "ALL"})
	if id := a.text("Organization.Id"); id == w.org {
		t.Errorf("another organization has the id %s too", id)
	}
	if got := w.manager("ListPolicies", in{"Filter": scp}).list("Policies", "Name"); !slices.Equal(got, []string{"FullAWSAccess"}) {
		t.Errorf("the new organization has the policies %v", got)
	}
	// Who left can come back, and stands under the root without tags.
	h := w.manager("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": w.member.ID}})
	w.call(w.member.Config(), "AcceptHandshake", in{"HandshakeId": h.text("Handshake.Id")}).ok()
	if got := w.manager("ListParents", in{"ChildId": w.member.ID}).text("Parents.0.Type"); got != "ROOT" {
		t.Errorf("the account that came back is under a %s", got)
	}
	if got := w.manager("ListTagsForResource", in{"ResourceId": w.member.ID}).list("Tags", "Key"); len(got) != 0 {
		t.Errorf("the account that came back has the tags %v", got)
	}
}

// A tree of units has five levels under the root, and a parent has no two units
// of one name.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
func TestUnits(t *testing.T) {
	w := newWorld(t)
	parent, path := w.root, w.org+"/"+w.root+"/"
	var line []string
	for range 5 {
		parent = w.unit(parent, "u")
		path += parent + "/"
		line = append(line, parent)
	}
	w.refused("CreateOrganizationalUnit", in{"ParentId": parent, "Name": "u"}, "ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED")
	w.refused("CreateOrganizationalUnit", in{"ParentId": w.root, "Name": "u"}, "DuplicateOrganizationalUnitException", "")
	u := w.manager("DescribeOrganizationalUnit", in{"OrganizationalUnitId": parent})
	if u.text("OrganizationalUnit.Path") != path || u.text("OrganizationalUnit.Arn") != "arn:aws:organizations::"+w.cloud.ID+":ou/"+w.org+"/"+parent {
		t.Errorf("the lowest unit is %s", u.raw)
	}
	if got := w.manager("ListParents", in{"ChildId": parent}); got.text("Parents.0.Id") != line[3] || got.text("Parents.0.Type") != "ORGANIZATIONAL_UNIT" {
		t.Errorf("its parent is %s", got.raw)
	}
	if got := w.manager("ListChildren", in{"ParentId": line[3], "ChildType": "ORGANIZATIONAL_UNIT"}).list("Children", "Id"); !slices.Equal(got, line[4:]) {
		t.Errorf("children %v", got)
	}

	second := w.unit(w.root, "second")
	w.refused("UpdateOrganizationalUnit", in{"OrganizationalUnitId": second, "Name": "u"}, "DuplicateOrganizationalUnitException", "")
	renamed := w.manager("UpdateOrganizationalUnit", in{"OrganizationalUnitId": second, "Name": "third"})
	if renamed.text("OrganizationalUnit.Name") != "third" || renamed.text("OrganizationalUnit.Id") != second {
		t.Errorf("renamed: %s", renamed.raw)
	}
	w.unit(w.root, "second") // the name is free again

	w.refused("DeleteOrganizationalUnit", in{"OrganizationalUnitId": line[3]}, "OrganizationalUnitNotEmptyException", "")
	w.manager("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": parent})
	w.refused("DeleteOrganizationalUnit", in{"OrganizationalUnitId": parent}, "OrganizationalUnitNotEmptyException", "")
	w.refused("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": second}, "SourceParentNotFoundException", "")
	w.refused("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": parent, "DestinationParentId": parent}, "DuplicateAccountException", "")
	if got := w.manager("ListAccountsForParent", in{"ParentId": parent}); got.text("Accounts.0.Id") != w.member.ID || got.text("Accounts.0.Paths.0") != path+w.member.ID+"/" {
		t.Errorf("accounts of the lowest unit: %s", got.raw)
	}
	if got := w.manager("ListChildren", in{"ParentId": w.root, "ChildType": "ACCOUNT"}).list("Children", "Id"); !slices.Equal(got, []string{w.cloud.ID}) {
		t.Errorf("accounts under the root: %v", got)
	}
	w.manager("MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": parent, "DestinationParentId": w.root})
	w.manager("DeleteOrganizationalUnit", in{"OrganizationalUnitId": parent})
}

// A request for an account is answered before it is done; what came of it is
// told by its status. No two accounts have one address.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
func TestCreateAccount(t *testing.T) {
	w := newWorld(t)
	first := w.manager("CreateAccount", in{"AccountName": "Beta Account", "Email": "beta@example.com", "RoleName": "Admins", "Tags": []in{{"Key": "team", "Value": "blue"}}})
	if first.text("CreateAccountStatus.State") != "IN_PROGRESS" || first.at("CreateAccountStatus.AccountId") != nil || !strings.HasPrefix(first.text("CreateAccountStatus.Id"), "car-") {
		t.Errorf("the request: %s", first.raw)
	}
	status := w.manager("DescribeCreateAccountStatus", in{"CreateAccountRequestId": first.text("CreateAccountStatus.Id")})
	id := status.text("CreateAccountStatus.AccountId")
	if status.text("CreateAccountStatus.State") != "SUCCEEDED" || len(id) != 12 || status.at("CreateAccountStatus.CompletedTimestamp") == nil {
		t.Fatalf("the request came to %s", status.raw)
	}
	a := w.manager("DescribeAccount", in{"AccountId": id})
	for path, want := range map[string]string{
		"Account.Name": "Beta Account", "Account.Email": "beta@example.com", "Account.Status": "ACTIVE", "Account.State": "ACTIVE",
		"Account.JoinedMethod": "CREATED", "Account.Arn": "arn:aws:organizations::" + w.cloud.ID + ":account/" + w.org + "/" + id,
		"Account.Paths.0": w.org + "/" + w.root + "/" + id + "/",
	} {
		if got := a.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if tags := w.manager("ListTagsForResource", in{"ResourceId": id}); tags.text("Tags.0.Value") != "blue" {
		t.Errorf("tags %s", tags.raw)
	}
	for input, reason := range map[string]string{"BETA@example.com": "EMAIL_ALREADY_EXISTS", "x(y)@example.com": "INVALID_EMAIL", ".x@example.com": "INVALID_EMAIL"} {
		request := w.manager("CreateAccount", in{"AccountName": "Beta Account", "Email": input}).text("CreateAccountStatus.Id")
		status := w.manager("DescribeCreateAccountStatus", in{"CreateAccountRequestId": request})
		if status.text("CreateAccountStatus.State") != "FAILED" || status.text("CreateAccountStatus.FailureReason") != reason || status.at("CreateAccountStatus.AccountId") != nil {
			t.Errorf("%s: %s, want %s", input, status.raw, reason)
		}
	}
	// Names need not differ.
	if second := w.account("Gamma"); second == id {
		t.Error("another account has the id too")
	}
	w.manager("CreateAccount", in{"AccountName": "Beta Account", "Email": "other@example.com"})
	if got := w.manager("ListCreateAccountStatus", in{"States": []string{"FAILED"}}).list("CreateAccountStatuses", "State"); len(got) != 3 {
		t.Errorf("%d requests have failed", len(got))
	}
	// The member of this world was asked of the control plane.
	if got := w.manager("ListCreateAccountStatus", nil).list("CreateAccountStatuses", "State"); len(got) != 7 {
		t.Errorf("%d requests", len(got))
	}
	if got := w.manager("ListAccounts", nil).list("Accounts", "Name"); len(got) != 5 {
		t.Errorf("accounts %v", got)
	}
	// Who may create accounts may not for that give them tags.
	creator := w.cloud.User("creator", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"organizations:CreateAccount","Resource":"*"}]}`)
	w.call(creator, "CreateAccount", in{"AccountName": "c", "Email": "c1@example.com"}).ok()
	denied := w.call(creator, "CreateAccount", in{"AccountName": "c", "Email": "c2@example.com", "Tags": []in{{"Key": "k", "Value": "v"}}})
	if denied.code != "AccessDeniedException" || !strings.Contains(denied.message, "organizations:TagResource") {
		t.Errorf("with tags: %s %s", denied.code, denied.message)
	}
}

// A closed account is suspended for 90 days, and then gone.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-closing.html
func TestCloseAccount(t *testing.T) {
	w := newWorld(t)
	admin := w.member.User("admin", anything)
	id := w.member.ID
	w.refused("CloseAccount", in{"AccountId": w.cloud.ID}, "ConstraintViolationException", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
	w.call(admin, "DescribeOrganization", nil).ok()
	w.manager("CloseAccount", in{"AccountId": id})
	w.refused("CloseAccount", in{"AccountId": id}, "AccountAlreadyClosedException", "")
	for _, cfg := range []string{"root", "user"} {
		credentials := map[string]*answer{"root": w.call(w.member.Config(), "DescribeOrganization", nil), "user": w.call(admin, "DescribeOrganization", nil)}[cfg]
		if credentials.code != "UnrecognizedClientException" {
			t.Errorf("the %s of a closed account: %d %s", cfg, credentials.status, credentials.raw)
		}
	}
	a := w.manager("DescribeAccount", in{"AccountId": id})
	if a.text("Account.Status") != "SUSPENDED" || a.text("Account.State") != "CLOSED" {
		t.Errorf("the account is %s", a.raw)
	}
	w.refused("RemoveAccountFromOrganization", in{"AccountId": id}, "ConstraintViolationException", "ACCOUNT_CANNOT_LEAVE_ORGANIZATION")
	w.manager("EnableAWSServiceAccess", in{"ServicePrincipal": "config.amazonaws.com"})
	w.refused("RegisterDelegatedAdministrator", in{"AccountId": id, "ServicePrincipal": "config.amazonaws.com"},
		"ConstraintViolationException", "CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR")
	w.refused("DeleteOrganization", nil, "OrganizationNotEmptyException", "")
	w.cloud.Advance(90*day - time.Hour)
	w.manager("DescribeAccount", in{"AccountId": id})
	w.cloud.Advance(time.Hour)
	w.refused("DescribeAccount", in{"AccountId": id}, "AccountNotFoundException", "")
	if got := w.manager("ListAccounts", nil).list("Accounts", "Id"); !slices.Equal(got, []string{w.cloud.ID}) {
		t.Errorf("accounts %v", got)
	}
	w.manager("DeleteOrganization", nil)
}

// Every list has pages, and a token leads on from where the last one ended.
func TestPages(t *testing.T) {
	w := newWorld(t)
	names := make(map[string]bool)
	for i := range 7 {
		w.unit(w.root, "u"+string(rune('a'+i)))
		w.policy("p" + string(rune('a'+i)))
		names["p"+string(rune('a'+i))] = true
	}
	seen, token, pages := make(map[string]bool), "", 0
	for {
		input := in{"Filter": scp, "MaxResults": 3}
		if token != "" {
			input["NextToken"] = token
		}
		page := w.manager("ListPolicies", input)
		for _, name := range page.list("Policies", "Name") {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
		if pages++; len(page.list("Policies", "Name")) > 3 {
			t.Errorf("a page has %v", page.list("Policies", "Name"))
		}
		if token = page.text("NextToken"); token == "" {
			break
		}
		if pages == 1 { // what comes meanwhile does not break the list
			w.policy("new")
		}
	}
	for name := range names {
		if !seen[name] {
			t.Errorf("%s is missing", name)
		}
	}
	if pages != 3 {
		t.Errorf("%d pages", pages)
	}
	if all := w.manager("ListOrganizationalUnitsForParent", in{"ParentId": w.root}); len(all.list("OrganizationalUnits", "Id")) != 7 || all.text("NextToken") != "" {
		t.Errorf("units %s", all.raw)
	}
	for i := range 14 {
		w.unit(w.root, "v"+string(rune('a'+i)))
	}
	if page := w.manager("ListChildren", in{"ParentId": w.root, "ChildType": "ORGANIZATIONAL_UNIT"}); len(page.list("Children", "Id")) != 20 || page.text("NextToken") == "" {
		t.Errorf("a page of %d", len(page.list("Children", "Id")))
	}
}

// TestTags: of roots, units, accounts and policies.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_tagging.html
func TestTags(t *testing.T) {
	w := newWorld(t)
	unit, policy := w.unit(w.root, "u"), w.policy("p")
	for _, id := range []string{w.root, unit, w.member.ID, w.cloud.ID, policy} {
		w.manager("TagResource", in{"ResourceId": id, "Tags": []in{{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}}})
		w.manager("TagResource", in{"ResourceId": id, "Tags": []in{{"Key": "a", "Value": "2"}, {"Key": "A", "Value": "3"}}})
		w.manager("UntagResource", in{"ResourceId": id, "TagKeys": []string{"b", "none"}})
		got := w.manager("ListTagsForResource", in{"ResourceId": id})
		if !slices.Equal(got.list("Tags", "Key"), []string{"A", "a"}) || !slices.Equal(got.list("Tags", "Value"), []string{"3", "2"}) {
			t.Errorf("%s has %s", id, got.raw)
		}
	}
	many := []in{}
	for i := range 49 {
		many = append(many, in{"Key": fmt.Sprint("k", i), "Value": "v"})
	}
	w.refused("TagResource", in{"ResourceId": unit, "Tags": many}, "ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED")
	w.manager("TagResource", in{"ResourceId": unit, "Tags": many[1:]})
	w.refused("TagResource", in{"ResourceId": unit, "Tags": []in{{"Key": "one", "Value": "more"}}}, "ConstraintViolationException", "MAX_TAG_LIMIT_EXCEEDED")
	w.refused("TagResource", in{"ResourceId": unit, "Tags": []in{{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}}}, "InvalidInputException", "DUPLICATE_TAG_KEY")
	w.refused("TagResource", in{"ResourceId": unit, "Tags": []in{{"Key": "aws:x", "Value": "1"}}}, "InvalidInputException", "INVALID_SYSTEM_TAGS_PARAMETER")
	w.refused("UntagResource", in{"ResourceId": unit, "TagKeys": []string{"AWS:x"}}, "InvalidInputException", "INVALID_SYSTEM_TAGS_PARAMETER")

	// A permission can depend on the tags of what it is about, and on those of the
	// request.
	ofBlue := w.cloud.User("blue", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"organizations:DescribeAccount","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/owner":"us"}}},
		{"Effect":"Allow","Action":"organizations:TagResource","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":"team"}}}]}`)
	other := w.account("other")
	w.manager("TagResource", in{"ResourceId": w.member.ID, "Tags": []in{{"Key": "owner", "Value": "us"}}})
	w.call(ofBlue, "DescribeAccount", in{"AccountId": w.member.ID}).ok()
	w.call(ofBlue, "DescribeAccount", in{"AccountId": other}).refused("AccessDeniedException", "")
	w.call(ofBlue, "TagResource", in{"ResourceId": other, "Tags": []in{{"Key": "team", "Value": "blue"}}}).ok()
	w.call(ofBlue, "TagResource", in{"ResourceId": other, "Tags": []in{{"Key": "team", "Value": "red"}}}).refused("AccessDeniedException", "")
}
