package iam

import (
	"net/url"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
	"github.com/fortlet/fortlet/policy"
)

func TestServiceLinkedRole(t *testing.T) {
	w := newWorld(t)
	create := func(service, suffix string) iamapi.CreateServiceLinkedRoleInput {
		in := iamapi.CreateServiceLinkedRoleInput{AWSServiceName: &service}
		if suffix != "" {
			in.CustomSuffix = &suffix
		}
		return in
	}
	r := do(w, iamapi.OpCreateServiceLinkedRole, create("autoscaling.amazonaws.com", "")).Role
	if *r.Arn != "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" {
		t.Errorf("created %s", *r.Arn)
	}
	// The answer has lists in the trust policy, the role not, as in the
	// TestIAMServiceRoles of localstack's test_iam.snapshot.json.
	for _, test := range []struct{ encoded, want string }{
		{*r.AssumeRolePolicyDocument, `"Service":["autoscaling.amazonaws.com"]`},
		{*do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: r.RoleName}).Role.AssumeRolePolicyDocument, `"Service":"autoscaling.amazonaws.com"`},
	} {
		trust, err := url.QueryUnescape(test.encoded)
		if err != nil || !strings.Contains(trust, test.want) {
			t.Errorf("trust policy %s, want %s", trust, test.want)
		}
	}
	attached := do(w, iamapi.OpListAttachedRolePolicies, iamapi.ListAttachedRolePoliciesInput{RoleName: r.RoleName}).AttachedPolicies
	if len(attached) != 1 || *attached[0].PolicyArn != "arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy" {
		t.Errorf("attached %+v", attached)
	}
	if !w.iam.Role(home, *r.RoleName).ServiceLinked {
		t.Error("the identity is not service-linked")
	}
	refused(w, iamapi.OpCreateServiceLinkedRole, create("autoscaling.amazonaws.com", ""),
		"InvalidInput: Service role name AWSServiceRoleForAutoScaling has been taken in this account, please try a different suffix.")
	if r := do(w, iamapi.OpCreateServiceLinkedRole, create("autoscaling.amazonaws.com", "blue")).Role; *r.RoleName != "AWSServiceRoleForAutoScaling_blue" {
		t.Errorf("created %s", *r.RoleName)
	}
	refused(w, iamapi.OpCreateServiceLinkedRole, create("es.amazonaws.com", "x"), "InvalidInput: Custom suffix is not allowed for es.amazonaws.com")
	// Where no suffix is allowed, its length does not matter.
	refused(w, iamapi.OpCreateServiceLinkedRole, create("ec2.application-autoscaling.amazonaws.com", strings.Repeat("x", 64)),
		"InvalidInput: Custom suffix is not allowed for ec2.application-autoscaling.amazonaws.com")
	refused(w, iamapi.OpCreateServiceLinkedRole, create("autoscaling.amazonaws.com", strings.Repeat("x", 64)), "InvalidInput")
	refused(w, iamapi.OpCreateServiceLinkedRole, create("nothing.amazonaws.com", ""), "InvalidInput")
	refused(w, iamapi.OpCreateServiceLinkedRole, create("autoscaling", ""), "InvalidInput")

	bob := w.user("bob", allowIf("iam:CreateServiceLinkedRole", `{"StringEquals":{"iam:AWSServiceName":"ecs.amazonaws.com"}}`))
	as(w, bob, iamapi.OpCreateServiceLinkedRole, create("ecs.amazonaws.com", ""))
	refusedAs(w, bob, iamapi.OpCreateServiceLinkedRole, create("config.amazonaws.com", ""), "AccessDenied")
}

func TestServiceLinkedRoleIsProtected(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateServiceLinkedRole, iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new("config.amazonaws.com")})
	name := new("AWSServiceRoleForConfig")
	const want = "UnmodifiableEntity: Cannot perform the operation on the protected role 'AWSServiceRoleForConfig' - this role is only modifiable by AWS"
	arn := w.policy("p", allow("a:b", "*"))
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i")})

	refused(w, iamapi.OpDeleteRole, iamapi.DeleteRoleInput{RoleName: name}, want)
	refused(w, iamapi.OpPutRolePolicy, iamapi.PutRolePolicyInput{RoleName: name, PolicyName: new("p"), PolicyDocument: new(allow("a:b", "*"))}, want)
	refused(w, iamapi.OpAttachRolePolicy, iamapi.AttachRolePolicyInput{RoleName: name, PolicyArn: &arn}, want)
	refused(w, iamapi.OpDetachRolePolicy, iamapi.DetachRolePolicyInput{RoleName: name, PolicyArn: new("arn:aws:iam::aws:policy/aws-service-role/AWSConfigServiceRolePolicy")}, want)
	refused(w, iamapi.OpPutRolePermissionsBoundary, iamapi.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: &arn}, want)
	refused(w, iamapi.OpUpdateAssumeRolePolicy, iamapi.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: new(trusting(home))}, want)
	refused(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: name, MaxSessionDuration: new(int32(3600))}, want)
	refused(w, iamapi.OpAddRoleToInstanceProfile, iamapi.AddRoleToInstanceProfileInput{InstanceProfileName: new("i"), RoleName: name}, want)
	do(w, iamapi.OpUpdateRoleDescription, iamapi.UpdateRoleDescriptionInput{RoleName: name, Description: new("mine")})
	do(w, iamapi.OpUpdateRole, iamapi.UpdateRoleInput{RoleName: name, Description: new("yours")})
}

func TestDeleteServiceLinkedRole(t *testing.T) {
	w := newWorld(t)
	do(w, iamapi.OpCreateServiceLinkedRole, iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new("config.amazonaws.com")})
	name := new("AWSServiceRoleForConfig")
	bob := w.user("bob", allow("iam:GetServiceLinkedRoleDeletionStatus", "arn:aws:iam::*:role/aws-service-role/config.amazonaws.com/*"))
	refusedAs(w, bob, iamapi.OpDeleteServiceLinkedRole, iamapi.DeleteServiceLinkedRoleInput{RoleName: name}, "AccessDenied")
	task := do(w, iamapi.OpDeleteServiceLinkedRole, iamapi.DeleteServiceLinkedRoleInput{RoleName: name}).DeletionTaskId
	if !strings.HasPrefix(*task, "task/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig/") {
		t.Errorf("task %s", *task)
	}
	in := iamapi.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: task}
	if got := as(w, bob, iamapi.OpGetServiceLinkedRoleDeletionStatus, in).Status; got != "SUCCEEDED" {
		t.Errorf("status %s", got)
	}
	refusedAs(w, w.stranger, iamapi.OpGetServiceLinkedRoleDeletionStatus, in, "NoSuchEntity")
	refused(w, iamapi.OpGetServiceLinkedRoleDeletionStatus, iamapi.GetServiceLinkedRoleDeletionStatusInput{DeletionTaskId: new("none")}, "NoSuchEntity")
	refused(w, iamapi.OpDeleteServiceLinkedRole, iamapi.DeleteServiceLinkedRoleInput{RoleName: name}, "NoSuchEntity")
	w.role("r")
	refused(w, iamapi.OpDeleteServiceLinkedRole, iamapi.DeleteServiceLinkedRoleInput{RoleName: new("r")}, "InvalidInput")
}

// Every service of the table has its policy, and a role name of legal length.
func TestLinkedServices(t *testing.T) {
	for name, linked := range linkedServices {
		p, ok := awsmanaged.Get(linked.policyARN())
		if !ok {
			t.Errorf("%s: no policy %s", name, linked.policy)
			continue
		}
		if _, err := policy.Parse(p.Document(), policy.Identity); err != nil {
			t.Errorf("%s: %v", linked.policy, err)
		}
		if n := len(serviceLinkedName + linked.role); n > maxRoleName {
			t.Errorf("%s: role name of %d characters", name, n)
		}
	}
}

// As AWS named them: TestIAMServiceRoles in localstack's test_iam.snapshot.json.
func TestLinkedRoleNames(t *testing.T) {
	w := newWorld(t)
	for service, want := range map[string]string{
		"custom-resource.application-autoscaling": "AWSServiceRoleForApplicationAutoScaling_CustomResource",
		"eks-fargate":          "AWSServiceRoleForAmazonEKSForFargate",
		"email.cognito-idp":    "AWSServiceRoleForAmazonCognitoIdpEmailService",
		"accountdiscovery.ssm": "AWSServiceRoleForAmazonSSM_AccountDiscovery",
		"wafv2":                "AWSServiceRoleForWAFV2Logging",
	} {
		r := do(w, iamapi.OpCreateServiceLinkedRole, iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new(service + ".amazonaws.com")}).Role
		if *r.RoleName != want || *r.Path != "/aws-service-role/"+service+".amazonaws.com/" {
			t.Errorf("%s: role %s%s, want %s", service, *r.Path, *r.RoleName, want)
		}
	}
	suffixed := iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new("lexv2.amazonaws.com"), CustomSuffix: new("blue")}
	if r := do(w, iamapi.OpCreateServiceLinkedRole, suffixed).Role; *r.RoleName != "AWSServiceRoleForLexV2Bots_blue" {
		t.Errorf("role %s", *r.RoleName)
	}
}
