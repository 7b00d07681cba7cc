package iam

import (
	"slices"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
	"github.com/fortlet/fortlet/policy"
)

func (w *world) simulatePrincipal(in *iamapi.SimulatePrincipalPolicyInput) []iamapi.EvaluationResult {
	w.Helper()
	return do(w, iamapi.OpSimulatePrincipalPolicy, *in).EvaluationResults
}

func TestSimulatePrincipalPolicySources(t *testing.T) {
	w := newWorld(t)
	w.populate()
	user, group, role := "arn:aws:iam::111122223333:user/", "arn:aws:iam::111122223333:group/", "arn:aws:iam::111122223333:role/"
	for _, test := range []struct {
		arn, action string
		given       []string
		decision    iamapi.PolicyEvaluationDecisionType
		sources     []string
		boundary    bool // whether there is one
	}{
		{user + "Bob", "s3:GetObject", nil, allowed, []string{"user_Bob_p"}, false},
		{user + "Bob", "ec2:RunInstances", nil, implicitDeny, nil, false},
		{user + "Bob", "ec2:RunInstances", []string{allow("ec2:*", "*")}, allowed, []string{"PolicyInputList.1"}, false},
		{user + "Alice", "ec2:RunInstances", nil, allowed, []string{"AdministratorAccess", "group_Dev_policygen"}, false},
		{group + "Dev", "ec2:RunInstances", nil, allowed, []string{"group_Dev_policygen"}, false},
		{group + "Dev", "s3:GetObject", nil, implicitDeny, nil, false},
		{role + "EC2role", "sqs:SendMessage", nil, allowed, []string{"Local"}, true},
		{role + "EC2role", "sns:Publish", nil, implicitDeny, nil, true},
		{role + "EC2role", "s3:GetObject", nil, allowed, []string{"AmazonS3FullAccess"}, true},
		{role + "EC2role", "iam:CreateUser", []string{allow("iam:*", "*")}, implicitDeny, nil, true},
	} {
		r := w.simulatePrincipal(&iamapi.SimulatePrincipalPolicyInput{
			PolicySourceArn: &test.arn, ActionNames: []string{test.action}, PolicyInputList: test.given,
		})[0]
		var sources []string
		for _, m := range r.MatchedStatements {
			sources = append(sources, *m.SourcePolicyId)
		}
		if r.EvalDecision != test.decision || !slices.Equal(sources, test.sources) || (r.PermissionsBoundaryDecisionDetail != nil) != test.boundary {
			t.Errorf("%s of %s: %s by %q, boundary %v; want %s by %q", test.action, test.arn, r.EvalDecision, sources,
				r.PermissionsBoundaryDecisionDetail, test.decision, test.sources)
		}
	}
}

// A boundary in the request takes the place of the role's own.
func TestSimulatePrincipalPolicyBoundary(t *testing.T) {
	w := newWorld(t)
	w.populate()
	in := &iamapi.SimulatePrincipalPolicyInput{
		PolicySourceArn: new("arn:aws:iam::111122223333:role/EC2role"),
		ActionNames:     []string{"sqs:SendMessage", "iam:CreateUser"},
		PolicyInputList: []string{allow("iam:*", "*")},
	}
	for _, test := range []struct {
		boundary []string
		want     []iamapi.PolicyEvaluationDecisionType
	}{
		{nil, []iamapi.PolicyEvaluationDecisionType{allowed, implicitDeny}},
		{[]string{allow("iam:*", "*")}, []iamapi.PolicyEvaluationDecisionType{implicitDeny, allowed}},
	} {
		in.PermissionsBoundaryPolicyInputList = test.boundary
		for i, r := range w.simulatePrincipal(in) {
			if r.EvalDecision != test.want[i] {
				t.Errorf("%q: %s of %s, want %s", test.boundary, r.EvalDecision, *r.EvalActionName, test.want[i])
			}
		}
	}
}

// The caller is the user whose policies are simulated, or whom the request
// says; a role or group by itself calls nobody.
func TestSimulatePrincipalPolicyCaller(t *testing.T) {
	w := newWorld(t)
	w.populate()
	const own = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"arn:aws:iam::*:user/${aws:username}"}]}`
	bobs := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/Bob"},"Action":"*","Resource":"arn:aws:sqs:us-east-1:111122223333:q"}]}`
	in := &iamapi.SimulatePrincipalPolicyInput{
		PolicySourceArn: new("arn:aws:iam::111122223333:user/Bob"),
		ActionNames:     []string{"iam:ChangePassword"},
		ResourceArns:    []string{"arn:aws:iam::111122223333:user/Bob"},
		PolicyInputList: []string{own},
	}
	if r := w.simulatePrincipal(in)[0]; r.EvalDecision != allowed {
		t.Errorf("Bob: %s", r.EvalDecision)
	}
	in.CallerArn = new("arn:aws:iam::111122223333:user/Eve")
	if r := w.simulatePrincipal(in)[0]; r.EvalDecision != implicitDeny {
		t.Errorf("Eve with Bob's policies: %s", r.EvalDecision)
	}

	in.ActionNames, in.ResourceArns, in.ResourcePolicy, in.CallerArn = []string{"sqs:SendMessage"}, []string{"arn:aws:sqs:us-east-1:111122223333:q"}, &bobs, nil
	if r := w.simulatePrincipal(in)[0]; r.EvalDecision != allowed {
		t.Errorf("Bob, whom the queue lets in: %s", r.EvalDecision)
	}
	in.PolicySourceArn = new("arn:aws:iam::111122223333:group/Dev")
	refusedAs(w, w.root, iamapi.OpSimulatePrincipalPolicy, *in, "InvalidInput")
	in.CallerArn = new("arn:aws:iam::111122223333:user/Bob")
	if r := w.simulatePrincipal(in)[0]; r.EvalDecision != allowed {
		t.Errorf("Bob with the policies of Dev: %s", r.EvalDecision)
	}
}

// Service control policies are those of the principal's account; policies that
// are nobody's have none.
func TestSimulatePrincipalPolicyOrganization(t *testing.T) {
	w := newWorld(t)
	w.populate()
	scp, err := policy.Parse(allow("iam:*", "*"), policy.SCP)
	if err != nil {
		t.Fatal(err)
	}
	level := []authz.Document{{Type: authz.ServiceControl, ID: "p-1", Policy: scp}}
	w.cloud.Authorizer.Organization = organization{home: {SCPs: [][]authz.Document{level}}}

	got := w.simulatePrincipal(&iamapi.SimulatePrincipalPolicyInput{
		PolicySourceArn: new("arn:aws:iam::111122223333:user/Bob"), ActionNames: []string{"s3:GetObject"},
	})[0]
	if got.EvalDecision != implicitDeny || *got.OrganizationsDecisionDetail.AllowedByOrganizations {
		t.Errorf("%s, allowed by organization: %t", got.EvalDecision, *got.OrganizationsDecisionDetail.AllowedByOrganizations)
	}
	got = do(w, iamapi.OpSimulateCustomPolicy, iamapi.SimulateCustomPolicyInput{
		PolicyInputList: []string{allow("*", "*")}, ActionNames: []string{"s3:GetObject"},
	}).EvaluationResults[0]
	if got.EvalDecision != allowed || got.OrganizationsDecisionDetail != nil {
		t.Errorf("policies of nobody: %s, %v", got.EvalDecision, got.OrganizationsDecisionDetail)
	}
}

type organization map[string]*authz.Membership

func (o organization) Of(account string) *authz.Membership { return o[account] }

func TestSimulateRefused(t *testing.T) {
	w := newWorld(t)
	w.populate()
	const bob = "arn:aws:iam::111122223333:user/Bob"
	simulator := w.user("simulator", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["iam:SimulatePrincipalPolicy","iam:GetContextKeysForPrincipalPolicy"],"Resource":"arn:aws:iam::111122223333:user/*"}]}`)
	for _, test := range []struct {
		who       *authz.Principal
		arn, code string
	}{
		{simulator, "arn:aws:iam::111122223333:role/EC2role", "AccessDenied"},
		{simulator, "arn:aws:iam::111122223333:role/none", "AccessDenied"},
		{simulator, "arn:aws:iam::111122223333:user/none", "NoSuchEntity"},
		{simulator, "arn:aws:iam::111122223333:user/path/Bob", "NoSuchEntity"},
		{w.stranger, bob, "AccessDenied"},
		{w.root, "arn:aws:iam::444455556666:user/Bob", "AccessDenied"},
		{w.root, "arn:aws:iam::111122223333:root", "InvalidInput"},
		{w.root, "arn:aws:sts::111122223333:assumed-role/EC2role/s", "InvalidInput"},
		{w.root, "arn:aws:iam::111122223333:policy/Local", "InvalidInput"},
		{w.root, "arn:aws:iam::111122223333:user/", "InvalidInput"},
		{w.root, "nonsense that is long enough", "InvalidInput"},
	} {
		words := test.code
		if test.code == "InvalidInput" {
			words += ": Invalid Entity Arn: " + test.arn + " does not clearly define entity type and name."
		}
		refusedAs(w, test.who, iamapi.OpSimulatePrincipalPolicy,
			iamapi.SimulatePrincipalPolicyInput{PolicySourceArn: &test.arn, ActionNames: []string{"s3:GetObject"}}, words)
		refusedAs(w, test.who, iamapi.OpGetContextKeysForPrincipalPolicy,
			iamapi.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: &test.arn}, words)
	}
	as(w, simulator, iamapi.OpSimulatePrincipalPolicy, iamapi.SimulatePrincipalPolicyInput{PolicySourceArn: new(bob), ActionNames: []string{"s3:GetObject"}})
	refusedAs(w, simulator, iamapi.OpSimulateCustomPolicy, iamapi.SimulateCustomPolicyInput{PolicyInputList: []string{allow("*", "*")}, ActionNames: []string{"s3:GetObject"}}, "AccessDenied")
	refusedAs(w, simulator, iamapi.OpGetContextKeysForCustomPolicy, iamapi.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{allow("*", "*")}}, "AccessDenied")
	refusedAs(w, w.root, iamapi.OpGetContextKeysForCustomPolicy,
		iamapi.GetContextKeysForCustomPolicyInput{PolicyInputList: []string{"{}"}}, "InvalidInput: PolicyInputList.1: ")
}

func TestContextKeysOfPrincipal(t *testing.T) {
	w := newWorld(t)
	w.user("saanvi", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:us-west-2:111122223333:table/${aws:username}"}}`)
	do(w, iamapi.OpCreateGroup, iamapi.CreateGroupInput{GroupName: new("g")})
	do(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("g"), PolicyName: new("p"),
		PolicyDocument: new(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}`)})
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{UserName: new("saanvi"), GroupName: new("g")})
	do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("saanvi"), PolicyArn: new(awsmanaged.Prefix + "IAMUserChangePassword")})
	for _, test := range []struct {
		arn   string
		given []string
		want  []string
	}{
		{"arn:aws:iam::111122223333:user/saanvi", nil, []string{"aws:username", "aws:CurrentTime"}},
		{"arn:aws:iam::111122223333:group/g", nil, []string{"aws:CurrentTime"}},
		{"arn:aws:iam::111122223333:group/g", []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`},
			[]string{"aws:CurrentTime", "aws:SecureTransport"}},
	} {
		out := do(w, iamapi.OpGetContextKeysForPrincipalPolicy, iamapi.GetContextKeysForPrincipalPolicyInput{PolicySourceArn: &test.arn, PolicyInputList: test.given})
		if !slices.Equal(out.ContextKeyNames, test.want) {
			t.Errorf("%s: %q, want %q", test.arn, out.ContextKeyNames, test.want)
		}
	}
}
