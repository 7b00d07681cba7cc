package organizations_test

import (
	"slices"
	"strings"
	"testing"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
)

// inputs has an input for every operation that its model takes.
func (w *world) inputs() map[string]in {
	const unknown = "ou-aaaa-00000000"
	return map[string]in{
		"AcceptHandshake":                     {"HandshakeId": "h-00000000"},
		"AttachPolicy":                        {"PolicyId": "p-FullAWSAccess", "TargetId": w.member.ID},
		"CancelHandshake":                     {"HandshakeId": "h-00000000"},
		"CloseAccount":                        {"AccountId": w.member.ID},
		"CreateAccount":                       {"AccountName": "a", "Email": "a@example.com"},
		"CreateOrganization":                  {},
		"CreateOrganizationalUnit":            {"ParentId": w.root, "Name": "u"},
		"CreatePolicy":                        {"Type": scp, "Name": "p", "Description": "", "Content": denyNothing},
		"DeclineHandshake":                    {"HandshakeId": "h-00000000"},
		"DeleteOrganization":                  {},
		"DeleteOrganizationalUnit":            {"OrganizationalUnitId": unknown},
		"DeletePolicy":                        {"PolicyId": "p-00000000"},
		"DeleteResourcePolicy":                {},
		"DeregisterDelegatedAdministrator":    {"AccountId": w.member.ID, "ServicePrincipal": "access-analyzer.amazonaws.com"},
		"DescribeAccount":                     {"AccountId": w.cloud.ID},
		"DescribeCreateAccountStatus":         {"CreateAccountRequestId": "car-00000000"},
		"DescribeEffectivePolicy":             {"PolicyType": "TAG_POLICY", "TargetId": w.cloud.ID},
		"DescribeHandshake":                   {"HandshakeId": "h-00000000"},
		"DescribeOrganization":                {},
		"DescribeOrganizationalUnit":          {"OrganizationalUnitId": unknown},
		"DescribePolicy":                      {"PolicyId": "p-FullAWSAccess"},
		"DescribeResourcePolicy":              {},
		"DetachPolicy":                        {"PolicyId": "p-FullAWSAccess", "TargetId": w.member.ID},
		"DisableAWSServiceAccess":             {"ServicePrincipal": "access-analyzer.amazonaws.com"},
		"DisablePolicyType":                   {"RootId": w.root, "PolicyType": scp},
		"EnableAWSServiceAccess":              {"ServicePrincipal": "access-analyzer.amazonaws.com"},
		"EnableAllFeatures":                   {},
		"EnablePolicyType":                    {"RootId": w.root, "PolicyType": rcp},
		"InviteAccountToOrganization":         {"Target": in{"Type": "ACCOUNT", "Id": "555555555555"}},
		"LeaveOrganization":                   {},
		"ListAWSServiceAccessForOrganization": {},
		"ListAccounts":                        {},
		"ListAccountsForParent":               {"ParentId": w.root},
		"ListChildren":                        {"ParentId": w.root, "ChildType": "ACCOUNT"},
		"ListCreateAccountStatus":             {},
		"ListDelegatedAdministrators":         {},
		"ListDelegatedServicesForAccount":     {"AccountId": w.member.ID},
		"ListHandshakesForAccount":            {},
		"ListHandshakesForOrganization":       {},
		"ListOrganizationalUnitsForParent":    {"ParentId": w.root},
		"ListParents":                         {"ChildId": w.member.ID},
		"ListPolicies":                        {"Filter": scp},
		"ListPoliciesForTarget":               {"TargetId": w.root, "Filter": scp},
		"ListRoots":                           {},
		"ListTagsForResource":                 {"ResourceId": w.root},
		"ListTargetsForPolicy":                {"PolicyId": "p-FullAWSAccess"},
		"MoveAccount":                         {"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": unknown},
		"PutResourcePolicy":                   {"Content": anything},
		"RegisterDelegatedAdministrator":      {"AccountId": w.member.ID, "ServicePrincipal": "access-analyzer.amazonaws.com"},
		"RemoveAccountFromOrganization":       {"AccountId": w.member.ID},
		"TagResource":                         {"ResourceId": w.root, "Tags": []in{{"Key": "k", "Value": "v"}}},
		"UntagResource":                       {"ResourceId": w.root, "TagKeys": []string{"k"}},
		"UpdateOrganizationalUnit":            {"OrganizationalUnitId": unknown, "Name": "u"},
		"UpdatePolicy":                        {"PolicyId": "p-00000000", "Name": "p"},
	}
}

// What other accounts than the management account may call, as the reference of
// each operation says ("You can call this operation from any account in a
// organization").
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
var (
	ofAnyMember = []string{
		"AcceptHandshake", "CancelHandshake", "CreateOrganization", "DeclineHandshake", "DescribeHandshake", "DescribeOrganization",
		"LeaveOrganization", "ListHandshakesForAccount",
	}
	ofAnyAccount = []string{
		"AcceptHandshake", "CancelHandshake", "CreateOrganization", "DeclineHandshake", "DescribeHandshake", "ListHandshakesForAccount",
	}
)

// TestEveryOperationIsGuarded: nobody without permission, no member that it is
// not for and nobody outside gets past the door, whatever is asked.
func TestEveryOperationIsGuarded(t *testing.T) {
	w := newWorld(t)
	inputs := w.inputs()
	nobody := w.cloud.User("nobody")
	member := w.member.User("admin", anything)
	alone := w.cloud.NewStandaloneAccount("alone").User("admin", anything)
	for _, op := range orgapi.Service.Operations {
		input, ok := inputs[op.Name]
		if !ok {
			t.Errorf("%s is not tested", op.Name)
			continue
		}
		a := w.call(nobody, op.Name, input)
		if a.code != "AccessDeniedException" || !strings.Contains(a.message, ":user/nobody is not authorized to perform: organizations:"+op.Name) ||
			!strings.Contains(a.message, "because no identity-based policy allows") {
			t.Errorf("%s without permission: %s %s", op.Name, a.code, a.message)
		}
		if !slices.Contains(ofAnyMember, op.Name) {
			a := w.call(member, op.Name, input)
			if a.code != "AccessDeniedException" || a.message != "You don't have permissions to access this resource." {
				t.Errorf("%s by a member: %s %s", op.Name, a.code, a.message)
			}
		}
		if !slices.Contains(ofAnyAccount, op.Name) {
			a := w.call(alone, op.Name, input)
			if a.code != "AWSOrganizationsNotInUseException" || a.message != "Your account is not a member of an organization." {
				t.Errorf("%s by an account that stands alone: %s %s", op.Name, a.code, a.message)
			}
		}
	}
}

// TestMalformedInput: what breaks the model is an InvalidInputException with a
// reason.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html#API_CreatePolicy_Errors
func TestMalformedInput(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		operation string
		input     in
		reason    string
	}{
		{"DescribeAccount", in{}, "INPUT_REQUIRED"},
		{"DescribeAccount", in{"AccountId": "12345678901"}, "INVALID_PATTERN"},
		{"DescribeAccount", in{"AccountId": "1234567890123"}, "MAX_LENGTH_EXCEEDED"},
		{"AttachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": "meaningless"}, "INVALID_PATTERN_TARGET_ID"},
		{"DescribePolicy", in{"PolicyId": "invalid-id"}, "INVALID_PATTERN"},
		{"CreatePolicy", in{"Type": "MOTO", "Name": "p", "Description": "", "Content": denyNothing}, "INVALID_ENUM_POLICY_TYPE"},
		{"ListPolicies", in{"Filter": "BLEE"}, "INVALID_ENUM_POLICY_TYPE"},
		{"ListChildren", in{"ParentId": w.root, "ChildType": "BLEE"}, "INVALID_ENUM"},
		{"CreateOrganization", in{"FeatureSet": "SOME"}, "INVALID_ENUM"},
		{"ListAccounts", in{"MaxResults": 21}, "MAX_VALUE_EXCEEDED"},
		{"ListAccounts", in{"MaxResults": 0}, "MIN_VALUE_EXCEEDED"},
		{"CreateOrganizationalUnit", in{"ParentId": w.root, "Name": ""}, "MIN_LENGTH_EXCEEDED"},
		{"CreateOrganizationalUnit", in{"ParentId": w.root, "Name": strings.Repeat("x", 129)}, "MAX_LENGTH_EXCEEDED"},
		{"TagResource", in{"ResourceId": w.root, "Tags": []in{{"Key": "k"}}}, "INPUT_REQUIRED"},
		{"UntagResource", in{"ResourceId": w.root, "TagKeys": []string{"<"}}, "INVALID_LIST_MEMBER"},
		{"ListAccounts", in{"NextToken": "nonsense"}, "INVALID_NEXT_TOKEN"},
		{"ListAccounts", in{"NextToken": ""}, "INVALID_NEXT_TOKEN"},
		{"InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": "x"}}, "INVALID_PATTERN"},
		{"InviteAccountToOrganization", in{"Target": in{"Type": "EMAIL", "Id": "no address"}}, "INVALID_EMAIL_ADDRESS_TARGET"},
		{"InviteAccountToOrganization", in{"Target": in{"Type": "ORGANIZATION", "Id": "o-aaaaaaaaaa"}}, "INVALID_PARTY_TYPE_TARGET"},
		{"CreateAccount", in{"AccountName": "a", "Email": "a@example.com", "RoleName": "AWSServiceRoleForMe"}, "INVALID_ROLE_NAME"},
		{"EnableAWSServiceAccess", in{"ServicePrincipal": "moto.amazonaws.example"}, "UNRECOGNIZED_SERVICE_PRINCIPAL"},
		{"DescribeEffectivePolicy", in{"PolicyType": "TAG_POLICY", "TargetId": w.root}, "TARGET_NOT_SUPPORTED"},
	} {
		a := w.call(w.cloud.Config(), tt.operation, tt.input)
		if a.code != "InvalidInputException" || a.reason != tt.reason || a.message == "" {
			t.Errorf("%s %v: %s %q %s, want %s", tt.operation, tt.input, a.code, a.reason, a.message, tt.reason)
		}
	}
	// DescribeEffectivePolicy does not know the types that allow and deny.
	w.refused("DescribeEffectivePolicy", in{"PolicyType": scp}, "InvalidInputException", "INVALID_ENUM_POLICY_TYPE")
}

// TestNotFound: what there is not, or is another organization's, has its own
// exception for each kind.
func TestNotFound(t *testing.T) {
	w := newWorld(t)
	other := foundElsewhere(w)
	for _, tt := range []struct {
		operation string
		input     in
		code      string
	}{
		{"DescribeAccount", in{"AccountId": "000000000000"}, "AccountNotFoundException"},
		{"DescribeAccount", in{"AccountId": other.account}, "AccountNotFoundException"},
		{"CloseAccount", in{"AccountId": other.account}, "AccountNotFoundException"},
		{"RemoveAccountFromOrganization", in{"AccountId": other.account}, "AccountNotFoundException"},
		{"MoveAccount", in{"AccountId": other.account, "SourceParentId": w.root, "DestinationParentId": w.root}, "AccountNotFoundException"},
		{"DescribeOrganizationalUnit", in{"OrganizationalUnitId": other.unit}, "OrganizationalUnitNotFoundException"},
		{"UpdateOrganizationalUnit", in{"OrganizationalUnitId": other.unit, "Name": "x"}, "OrganizationalUnitNotFoundException"},
		{"DeleteOrganizationalUnit", in{"OrganizationalUnitId": other.unit}, "OrganizationalUnitNotFoundException"},
		{"CreateOrganizationalUnit", in{"ParentId": other.unit, "Name": "x"}, "ParentNotFoundException"},
		{"CreateOrganizationalUnit", in{"ParentId": other.root, "Name": "x"}, "ParentNotFoundException"},
		{"ListAccountsForParent", in{"ParentId": other.root}, "ParentNotFoundException"},
		{"ListChildren", in{"ParentId": other.unit, "ChildType": "ACCOUNT"}, "ParentNotFoundException"},
		{"ListOrganizationalUnitsForParent", in{"ParentId": other.unit}, "ParentNotFoundException"},
		{"ListParents", in{"ChildId": other.unit}, "ChildNotFoundException"},
		{"ListParents", in{"ChildId": other.account}, "ChildNotFoundException"},
		{"MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": other.unit, "DestinationParentId": w.root}, "SourceParentNotFoundException"},
		{"MoveAccount", in{"AccountId": w.member.ID, "SourceParentId": w.root, "DestinationParentId": other.unit}, "DestinationParentNotFoundException"},
		{"DescribePolicy", in{"PolicyId": other.policy}, "PolicyNotFoundException"},
		{"UpdatePolicy", in{"PolicyId": other.policy}, "PolicyNotFoundException"},
		{"DeletePolicy", in{"PolicyId": other.policy}, "PolicyNotFoundException"},
		{"AttachPolicy", in{"PolicyId": other.policy, "TargetId": w.root}, "PolicyNotFoundException"},
		{"DetachPolicy", in{"PolicyId": other.policy, "TargetId": w.root}, "PolicyNotFoundException"},
		{"ListTargetsForPolicy", in{"PolicyId": other.policy}, "PolicyNotFoundException"},
		{"AttachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": other.unit}, "TargetNotFoundException"},
		{"AttachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": other.account}, "TargetNotFoundException"},
		{"DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": other.root}, "TargetNotFoundException"},
		{"ListPoliciesForTarget", in{"TargetId": other.root, "Filter": scp}, "TargetNotFoundException"},
		{"TagResource", in{"ResourceId": other.policy, "Tags": []in{{"Key": "k", "Value": "v"}}}, "TargetNotFoundException"},
		{"UntagResource", in{"ResourceId": other.account, "TagKeys": []string{"k"}}, "TargetNotFoundException"},
		{"ListTagsForResource", in{"ResourceId": "rp-aaaaaaaa"}, "TargetNotFoundException"},
		{"TagResource", in{"ResourceId": "p-FullAWSAccess", "Tags": []in{{"Key": "k", "Value": "v"}}}, "TargetNotFoundException"},
		{"EnablePolicyType", in{"RootId": other.root, "PolicyType": rcp}, "RootNotFoundException"},
		{"DisablePolicyType", in{"RootId": other.root, "PolicyType": scp}, "RootNotFoundException"},
		{"DescribeHandshake", in{"HandshakeId": other.handshake}, "HandshakeNotFoundException"},
		{"CancelHandshake", in{"HandshakeId": other.handshake}, "HandshakeNotFoundException"},
		{"DeclineHandshake", in{"HandshakeId": other.handshake}, "HandshakeNotFoundException"},
		{"AcceptHandshake", in{"HandshakeId": other.handshake}, "HandshakeNotFoundException"},
		{"DescribeCreateAccountStatus", in{"CreateAccountRequestId": "car-00000000"}, "CreateAccountStatusNotFoundException"},
		{"DescribeResourcePolicy", nil, "ResourcePolicyNotFoundException"},
		{"DeleteResourcePolicy", nil, "ResourcePolicyNotFoundException"},
		{"RegisterDelegatedAdministrator", in{"AccountId": other.account, "ServicePrincipal": "config.amazonaws.com"}, "AccountNotFoundException"},
		{"DeregisterDelegatedAdministrator", in{"AccountId": w.member.ID, "ServicePrincipal": "config.amazonaws.com"}, "AccountNotRegisteredException"},
		{"ListDelegatedServicesForAccount", in{"AccountId": w.member.ID}, "AccountNotRegisteredException"},
		{"DescribeEffectivePolicy", in{"PolicyType": "TAG_POLICY", "TargetId": other.account}, "TargetNotFoundException"},
		{"DescribeEffectivePolicy", in{"PolicyType": "TAG_POLICY"}, "EffectivePolicyNotFoundException"},
	} {
		w.refused(tt.operation, tt.input, tt.code, "")
	}
}

// elsewhere is an organization besides that of the world, in the same cloud.
type elsewhere struct{ account, root, unit, policy, handshake string }

func foundElsewhere(w *world) elsewhere {
	founder := w.cloud.NewStandaloneAccount("founder")
	do := func(operation string, input in) *answer { return w.call(founder.Config(), operation, input).ok() }
	do("CreateOrganization", nil)
	e := elsewhere{account: founder.ID, root: do("ListRoots", nil).text("Roots.0.Id")}
	e.unit = do("CreateOrganizationalUnit", in{"ParentId": e.root, "Name": "u"}).text("OrganizationalUnit.Id")
	e.policy = do("CreatePolicy", in{"Type": scp, "Name": "p", "Description": "", "Content": denyNothing}).text("Policy.PolicySummary.Id")
	e.handshake = do("InviteAccountToOrganization", in{"Target": in{"Type": "ACCOUNT", "Id": "555555555555"}}).text("Handshake.Id")
	return e
}
