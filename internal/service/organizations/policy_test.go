package organizations_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A policy has an id, an ARN and a name of its own, and can be changed, but for
// its type.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
func TestPolicies(t *testing.T) {
	w := newWorld(t)
	a := w.manager("CreatePolicy", in{"Type": scp, "Name": "p", "Description": "d", "Content": denyNothing, "Tags": []in{{"Key": "k", "Value": "v"}}})
	id := a.text("Policy.PolicySummary.Id")
	for path, want := range map[string]string{
		"Policy.Content": denyNothing, "Policy.PolicySummary.Name": "p", "Policy.PolicySummary.Description": "d", "Policy.PolicySummary.Type": scp,
		"Policy.PolicySummary.Arn": "arn:aws:organizations::" + w.cloud.ID + ":policy/" + w.org + "/service_control_policy/" + id,
	} {
		if got := a.text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if managed := a.at("Policy.PolicySummary.AwsManaged"); managed != false {
		t.Errorf("AWS managed: %v", managed)
	}
	w.refused("CreatePolicy", in{"Type": scp, "Name": "p", "Description": "", "Content": denyNothing}, "DuplicatePolicyException", "")
	w.refused("CreatePolicy", in{"Type": scp, "Name": "FullAWSAccess", "Description": "", "Content": denyNothing}, "DuplicatePolicyException", "")
	w.manager("CreatePolicy", in{"Type": "TAG_POLICY", "Name": "p", "Description": "", "Content": `{"tags":{}}`}) // of another type

	more := strings.Replace(denyNothing, "Nothing", "More", 1)
	w.manager("UpdatePolicy", in{"PolicyId": id, "Name": "q", "Content": more})
	if got := w.manager("DescribePolicy", in{"PolicyId": id}); got.text("Policy.Content") != more || got.text("Policy.PolicySummary.Name") != "q" || got.text("Policy.PolicySummary.Description") != "d" {
		t.Errorf("updated: %s", got.raw)
	}
	other := w.policy("p")
	w.refused("UpdatePolicy", in{"PolicyId": other, "Name": "q"}, "DuplicatePolicyException", "")
	w.refused("UpdatePolicy", in{"PolicyId": other, "Content": "{}"}, "MalformedPolicyDocumentException", "")

	w.manager("AttachPolicy", in{"PolicyId": id, "TargetId": w.member.ID})
	w.refused("DeletePolicy", in{"PolicyId": id}, "PolicyInUseException", "")
	w.manager("DetachPolicy", in{"PolicyId": id, "TargetId": w.member.ID})
	w.manager("DeletePolicy", in{"PolicyId": id})
	w.refused("DescribePolicy", in{"PolicyId": id}, "PolicyNotFoundException", "")

	// AWS's own is everybody's and nobody's to change.
	aws := w.manager("DescribePolicy", in{"PolicyId": "p-FullAWSAccess"})
	if aws.text("Policy.PolicySummary.Arn") != "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess" || aws.at("Policy.PolicySummary.AwsManaged") != true {
		t.Errorf("AWS's policy is %s", aws.raw)
	}
	for _, id := range []string{"p-FullAWSAccess", "p-RCPFullAWSAccess"} {
		w.refused("UpdatePolicy", in{"PolicyId": id, "Name": "mine"}, "InvalidInputException", "IMMUTABLE_POLICY")
		w.refused("DeletePolicy", in{"PolicyId": id}, "InvalidInputException", "IMMUTABLE_POLICY")
	}
}

// What a document of each type cannot say.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
func TestPolicyContent(t *testing.T) {
	w := newWorld(t)
	policy := func(statement string) string { return `{"Version":"2012-10-17","Statement":[` + statement + `]}` }
	padded := func(size int) string {
		return strings.Replace(denyNothing, "none:Nothing", "none:"+strings.Repeat("x", size-len(denyNothing)+len("Nothing")), 1)
	}
	perimeter := policy(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`)
	for i, tt := range []struct{ policyType, content, code, reason string }{
		{scp, policy(`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`), "", ""},
		{scp, policy(`{"Effect":"Deny","NotAction":"s3:*","Resource":"arn:aws:s3:::b","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`), "", ""},
		{scp, "foobar", "MalformedPolicyDocumentException", ""},
		{scp, policy(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`), "MalformedPolicyDocumentException", ""},
		{scp, policy(`{"Effect":"Deny","Action":"s3:*"}`), "MalformedPolicyDocumentException", ""},
		{scp, strings.Replace(denyNothing, "2012", "2008", 1), "MalformedPolicyDocumentException", ""},
		{scp, padded(10_240), "", ""},
		{scp, padded(10_241), "ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED"},
		{rcp, perimeter, "", ""},
		{rcp, policy(`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`), "MalformedPolicyDocumentException", ""},
		{rcp, policy(`{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}`), "MalformedPolicyDocumentException", ""},
		{rcp, policy(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), "MalformedPolicyDocumentException", ""},
		{rcp, perimeter + strings.Repeat(" ", 5121-len(perimeter)), "ConstraintViolationException", "POLICY_CONTENT_LIMIT_EXCEEDED"},
		{"TAG_POLICY", `{"tags":{"CostCenter":{"tag_key":{"@@assign":"CostCenter"}}}}`, "", ""},
		{"TAG_POLICY", `{"plans":{}}`, "MalformedPolicyDocumentException", ""},
		{"BACKUP_POLICY", `{"plans":{"p":{"regions":{"@@append":["us-east-1"]}}}}`, "", ""},
		{"AISERVICES_OPT_OUT_POLICY", `{"services":{"default":{"opt_out_policy":{"@@assign":"optOut"}}}}`, "", ""},
		{"AISERVICES_OPT_OUT_POLICY", `{"services":{"default":{"opt_out_policy":"optOut"}}}`, "MalformedPolicyDocumentException", ""},
	} {
		a := w.call(w.cloud.Config(), "CreatePolicy", in{"Type": tt.policyType, "Name": fmt.Sprint("p", i), "Description": "", "Content": tt.content})
		if a.code != tt.code || a.reason != tt.reason {
			t.Errorf("%s %.80s: %s %q, want %s %q", tt.policyType, tt.content, a.code, a.reason, tt.code, tt.reason)
		}
	}
}

// Every target keeps one service control policy, and has ten at most.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
func TestAttachPolicy(t *testing.T) {
	w := newWorld(t)
	unit := w.unit(w.root, "u")
	for _, target := range []string{w.root, unit, w.member.ID} {
		w.refused("DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": target}, "ConstraintViolationException", "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
		w.refused("AttachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": target}, "DuplicatePolicyAttachmentException", "")
	}
	var ids []string
	for i := range 10 {
		ids = append(ids, w.policy(fmt.Sprint("p", i)))
	}
	for _, id := range ids[:9] {
		w.manager("AttachPolicy", in{"PolicyId": id, "TargetId": unit})
	}
	w.refused("AttachPolicy", in{"PolicyId": ids[9], "TargetId": unit}, "ConstraintViolationException", "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED")
	w.manager("DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": unit})
	w.manager("AttachPolicy", in{"PolicyId": ids[9], "TargetId": unit})
	w.refused("DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": unit}, "PolicyNotAttachedException", "")
	listed := w.manager("ListPoliciesForTarget", in{"TargetId": unit, "Filter": scp}).list("Policies", "Id")
	if want := slices.Sorted(slices.Values(ids)); !slices.Equal(listed, want) {
		t.Errorf("attached: %v, want %v", listed, want)
	}
	if got := w.manager("ListTargetsForPolicy", in{"PolicyId": ids[0]}); got.text("Targets.0.TargetId") != unit || got.text("Targets.0.Name") != "u" || got.text("Targets.0.Type") != "ORGANIZATIONAL_UNIT" {
		t.Errorf("targets: %s", got.raw)
	}
	if got := w.manager("ListTargetsForPolicy", in{"PolicyId": "p-FullAWSAccess"}).list("Targets", "TargetId"); slices.Contains(got, unit) || len(got) != 3 {
		t.Errorf("FullAWSAccess is attached to %v", got)
	}
	w.refused("AttachPolicy", in{"PolicyId": "p-RCPFullAWSAccess", "TargetId": unit}, "PolicyTypeNotEnabledException", "")
	w.manager("DeleteOrganizationalUnit", in{"OrganizationalUnitId": unit})
	w.manager("DeletePolicy", in{"PolicyId": ids[0]}) // it was attached to nothing else
}

// A type that is disabled loses its attachments; enabled again it begins anew.
// https://docs.aws.amazon.com/organizations/latest/userguide/disable-policy-type.html
func TestPolicyTypes(t *testing.T) {
	w := newWorld(t)
	unit, id := w.unit(w.root, "u"), w.policy("p")
	w.manager("AttachPolicy", in{"PolicyId": id, "TargetId": unit})
	w.manager("DetachPolicy", in{"PolicyId": "p-FullAWSAccess", "TargetId": unit})
	w.refused("EnablePolicyType", in{"RootId": w.root, "PolicyType": scp}, "PolicyTypeAlreadyEnabledException", "")
	w.refused("DisablePolicyType", in{"RootId": w.root, "PolicyType": "TAG_POLICY"}, "PolicyTypeNotEnabledException", "")
	attached := func(target string) []string {
		return w.manager("ListPoliciesForTarget", in{"TargetId": target, "Filter": scp}).list("Policies", "Id")
	}

	if root := w.manager("DisablePolicyType", in{"RootId": w.root, "PolicyType": scp}); len(root.list("Root.PolicyTypes", "Type")) != 0 {
		t.Errorf("disabled: %s", root.raw)
	}
	if got := append(attached(unit), attached(w.root)...); len(got) != 0 {
		t.Errorf("attached to the unit and the root: %v", got)
	}
	w.refused("AttachPolicy", in{"PolicyId": id, "TargetId": unit}, "PolicyTypeNotEnabledException", "")
	if root := w.manager("EnablePolicyType", in{"RootId": w.root, "PolicyType": scp}); root.text("Root.PolicyTypes.0.Status") != "ENABLED" {
		t.Errorf("enabled: %s", root.raw)
	}
	for _, target := range []string{unit, w.root, w.member.ID} {
		if got := attached(target); !slices.Equal(got, []string{"p-FullAWSAccess"}) {
			t.Errorf("attached to %s: %v", target, got)
		}
	}

	w.manager("EnablePolicyType", in{"RootId": w.root, "PolicyType": rcp})
	for _, target := range []string{unit, w.root, w.member.ID} {
		if got := w.manager("ListPoliciesForTarget", in{"TargetId": target, "Filter": rcp}).list("Policies", "Id"); !slices.Equal(got, []string{"p-RCPFullAWSAccess"}) {
			t.Errorf("attached to %s: %v", target, got)
		}
		w.refused("DetachPolicy", in{"PolicyId": "p-RCPFullAWSAccess", "TargetId": target}, "InvalidInputException", "NON_DETACHABLE_POLICY")
	}
}

// Attached and detached by many at once, a target keeps one policy at least, ten
// at most, and each once.
func TestAttachConcurrently(t *testing.T) {
	w := newWorld(t)
	unit := w.unit(w.root, "u")
	var ids []string
	for i := range 14 {
		ids = append(ids, w.policy(fmt.Sprint("p", i)))
	}
	ids = append(ids, "p-FullAWSAccess")
	answers := make(chan *answer, 4*2*2*len(ids))
	var all sync.WaitGroup
	for worker := range 4 {
		for _, operation := range []string{"AttachPolicy", "DetachPolicy"} {
			all.Go(func() {
				for round := range 2 {
					for i := range ids {
						id := ids[(i*(worker+1)+round)%len(ids)]
						answers <- w.call(w.cloud.Config(), operation, in{"PolicyId": id, "TargetId": unit})
					}
				}
			})
		}
	}
	all.Wait()
	close(answers)
	known := []string{"", "DuplicatePolicyAttachmentException", "PolicyNotAttachedException", "ConstraintViolationException"}
	for a := range answers {
		if !slices.Contains(known, a.code) {
			t.Errorf("%d %s", a.status, a.raw)
		}
	}
	got := w.manager("ListPoliciesForTarget", in{"TargetId": unit, "Filter": scp}).list("Policies", "Id")
	if distinct := slices.Compact(slices.Sorted(slices.Values(got))); len(got) < 1 || len(got) > 10 || len(distinct) != len(got) {
		t.Errorf("attached: %v", got)
	}
}
