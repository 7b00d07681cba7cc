package iam

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

const (
	testAccount  = "123456789012"
	otherAccount = "999988887777"
)

// simulate runs a custom simulation in testAccount.
func simulate(t *testing.T, in iamapi.SimulateCustomPolicyInput) []iamapi.EvaluationResult {
	t.Helper()
	sim := &simulation{caller: anyoneOf(testAccount)}
	results, _, err := sim.run(simulationInput(in))
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// decisions is what a result says of each resource: "allowed", or
// "allowed implicitDeny" for two.
func decisions(r iamapi.EvaluationResult) string {
	if len(r.ResourceSpecificResults) == 0 {
		return string(r.EvalDecision)
	}
	var list []string
	for _, specific := range r.ResourceSpecificResults {
		list = append(list, string(specific.EvalResourceDecision))
	}
	return strings.Join(list, " ")
}

func entry(key string, typ iamapi.ContextKeyTypeEnum, values ...string) iamapi.ContextEntry {
	return iamapi.ContextEntry{ContextKeyName: &key, ContextKeyType: typ, ContextKeyValues: values}
}

func at(line, column int32) iamapi.Position { return iamapi.Position{Line: &line, Column: &column} }

func samePosition(a *iamapi.Position, b iamapi.Position) bool {
	return a != nil && *a.Line == *b.Line && *a.Column == *b.Column
}

// The examples of "aws iam simulate-custom-policy" and
// "aws iam simulate-principal-policy" in the AWS CLI Command Reference.
func TestSimulatePublishedExamples(t *testing.T) {
	const dated = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}`
	const listed = `{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "VisualEditor0",
            "Effect": "Allow",
            "Action": "codecommit:ListRepositories",
            "Resource": "*"
        }
    ]
}`
	for _, test := range []struct {
		name, policy, action string
		entries              []iamapi.ContextEntry
		decision             iamapi.PolicyEvaluationDecisionType
		start, end           iamapi.Position
	}{
		{"after the date", dated, "dynamodb:CreateBackup", []iamapi.ContextEntry{entry("aws:CurrentTime", "date", "2019-04-25T11:00:00Z")}, allowed, at(1, 38), at(1, 167)},
		{"before the date", dated, "dynamodb:CreateBackup", []iamapi.ContextEntry{entry("aws:CurrentTime", "date", "2014-04-25T11:00:00Z")}, implicitDeny, at(0, 0), at(0, 0)},
		{"list of statements", listed, "codecommit:ListRepositories", nil, allowed, at(3, 19), at(9, 10)},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := simulate(t, iamapi.SimulateCustomPolicyInput{
				PolicyInputList: []string{test.policy},
				ActionNames:     []string{test.action},
				ContextEntries:  test.entries,
			})[0]
			if *r.EvalActionName != test.action || *r.EvalResourceName != "*" || r.EvalDecision != test.decision || len(r.MissingContextValues) != 0 {
				t.Fatalf("%s on %s: %s, missing %q", *r.EvalActionName, *r.EvalResourceName, r.EvalDecision, r.MissingContextValues)
			}
			if test.decision != allowed {
				if len(r.MatchedStatements) != 0 {
					t.Errorf("%d statements matched", len(r.MatchedStatements))
				}
				return
			}
			if len(r.MatchedStatements) != 1 {
				t.Fatalf("%d statements matched", len(r.MatchedStatements))
			}
			m := r.MatchedStatements[0]
			if *m.SourcePolicyId != "PolicyInputList.1" || !samePosition(m.StartPosition, test.start) || !samePosition(m.EndPosition, test.end) {
				t.Errorf("%s from %d,%d to %d,%d", *m.SourcePolicyId,
					*m.StartPosition.Line, *m.StartPosition.Column, *m.EndPosition.Line, *m.EndPosition.Column)
			}
		})
	}
}

// A statement begins where the one before it ends.
func TestStatementPositions(t *testing.T) {
	for _, test := range []struct {
		doc  string
		want string
	}{
		{`{"Version": "2012-10-17", "Statement": [{"A": "}"}, {"B": ["]", {}]}]}`, "1:41-1:51 1:51-1:69"},
		{`{"Statement":[{}]}`, "1:15-1:17"},
		{`{"Statement":{"A":{"B":[1,{}]}},"Version":"x"}`, "1:15-1:32"},
		{"{\n \"Id\": {\"Statement\": [1]},\n \"Statement\": [\n  {},\n  {\n  }\n ]\n}", "3:16-4:5 4:5-6:4"},
		{`{"Id":"é","Statement":[{}]}`, "1:24-1:26"},
		{`{"Statement":[]}`, ""},
		{`{"Version":"2012-10-17"}`, ""},
		{`{"Statement":[{`, ""},
		{``, ""},
	} {
		var got []string
		for _, s := range statementSpans(test.doc) {
			from, to := positionAt(test.doc, s.start), positionAt(test.doc, s.end)
			got = append(got, fmt.Sprintf("%d:%d-%d:%d", *from.Line, *from.Column, *to.Line, *to.Column))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.doc, got, test.want)
		}
	}
}

func TestSimulateDecisions(t *testing.T) {
	const (
		getAll    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}`
		getBucket = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		denyHome  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/home/*"}]}`
		userOnly  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		anyone    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		accounts  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		denyBob   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		role      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/r"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
		nothing   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}`
	)
	bob, carol, session := "arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:user/carol", "arn:aws:iam::123456789012:role/r"
	for _, test := range []struct {
		name                                string
		identity, boundary                  []string
		resource, caller, owner, actionName string
		arns                                []string
		want, whole                         string
		boundaryAllows                      string
	}{
		{name: "identity allows", identity: []string{getBucket}, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed"},
		{name: "another resource", identity: []string{getBucket}, arns: []string{"arn:aws:s3:::c/k"}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "any resource is not a certain one", identity: []string{getBucket}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "deny wins", identity: []string{getAll, denyHome}, arns: []string{"arn:aws:s3:::b/home/k"}, want: "explicitDeny", whole: "explicitDeny"},
		{name: "allowed only when all are", identity: []string{getBucket}, arns: []string{"arn:aws:s3:::b/k", "arn:aws:s3:::c/k"}, want: "allowed implicitDeny", whole: "implicitDeny"},
		{name: "one denied denies", identity: []string{getAll, denyHome}, arns: []string{"arn:aws:s3:::b/k", "arn:aws:s3:::b/home/k", "arn:aws:s3:::c"}, want: "allowed explicitDeny allowed", whole: "explicitDeny"},

		{name: "within boundary", identity: []string{getAll}, boundary: []string{getBucket}, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed", boundaryAllows: "true"},
		{name: "outside of boundary", identity: []string{getAll}, boundary: []string{getBucket}, arns: []string{"arn:aws:s3:::c/k"}, want: "implicitDeny", whole: "implicitDeny", boundaryAllows: "false"},
		{name: "a boundary gives nothing", identity: []string{nothing}, boundary: []string{getAll}, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny", boundaryAllows: "true"},
		{name: "a boundary denies", identity: []string{getAll}, boundary: []string{denyHome}, arns: []string{"arn:aws:s3:::b/home/k"}, want: "explicitDeny", whole: "explicitDeny", boundaryAllows: "false"},

		{name: "resource names the user", identity: []string{nothing}, resource: userOnly, caller: bob, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed"},
		{name: "resource names another user", identity: []string{nothing}, resource: userOnly, caller: carol, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "resource names the user, past the boundary", identity: []string{nothing}, boundary: []string{nothing}, resource: userOnly, caller: bob, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed", boundaryAllows: "false"},
		{name: "resource names everyone, within the boundary", identity: []string{nothing}, boundary: []string{nothing}, resource: anyone, caller: bob, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny", boundaryAllows: "false"},
		{name: "resource names the account, which does not allow", identity: []string{nothing}, resource: accounts, caller: bob, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "resource names the role", identity: []string{nothing}, resource: role, caller: session, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed"},
		{name: "resource denies", identity: []string{getAll}, resource: denyBob, caller: bob, arns: []string{"arn:aws:s3:::b/k"}, want: "explicitDeny", whole: "explicitDeny"},

		{name: "both accounts allow", identity: []string{getAll}, resource: userOnly, caller: bob, owner: otherAccount, arns: []string{"arn:aws:s3:::b/k"}, want: "allowed", whole: "allowed"},
		{name: "only the owner allows", identity: []string{nothing}, resource: userOnly, caller: bob, owner: otherAccount, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "only the caller's account allows", identity: []string{getAll}, caller: bob, owner: "arn:aws:iam::" + otherAccount + ":root", arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny"},
		{name: "across accounts within the boundary only", identity: []string{getAll}, boundary: []string{nothing}, resource: userOnly, caller: bob, owner: otherAccount, arns: []string{"arn:aws:s3:::b/k"}, want: "implicitDeny", whole: "implicitDeny", boundaryAllows: "false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := iamapi.SimulateCustomPolicyInput{
				PolicyInputList:                    test.identity,
				PermissionsBoundaryPolicyInputList: test.boundary,
				ActionNames:                        []string{"s3:GetObject"},
				ResourceArns:                       test.arns,
			}
			if test.resource != "" {
				in.ResourcePolicy = &test.resource
			}
			if test.caller != "" {
				in.CallerArn = &test.caller
			}
			if test.owner != "" {
				in.ResourceOwner = &test.owner
			}
			r := simulate(t, in)[0]
			if got := decisions(r); got != test.want || string(r.EvalDecision) != test.whole {
				t.Errorf("got %s, %s as a whole; want %s, %s", got, r.EvalDecision, test.want, test.whole)
			}
			detail := ""
			if r.PermissionsBoundaryDecisionDetail != nil {
				detail = fmt.Sprint(*r.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary)
			}
			if detail != test.boundaryAllows {
				t.Errorf("allowed by boundary: %q, want %q", detail, test.boundaryAllows)
			}
			if r.OrganizationsDecisionDetail != nil {
				t.Error("an organization decided")
			}
		})
	}
}

// Of matched statements those that decided are there, with the name of their
// policy, and of a denial nothing but what denies.
func TestSimulateMatchedStatements(t *testing.T) {
	document := func(statements ...string) string {
		return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ", ") + `]}`
	}
	const (
		getObject    = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`
		ec2          = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
		s3           = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
		denySecret   = `{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret"}`
		toBob        = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"}`
		nobodySecret = `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/secret"}`
	)
	docs := map[string]string{
		"PolicyInputList.1": document(getObject, ec2, s3),
		"PolicyInputList.2": document(denySecret),
		"ResourcePolicy":    document(toBob, nobodySecret),
	}
	r := simulate(t, iamapi.SimulateCustomPolicyInput{
		PolicyInputList:                    []string{docs["PolicyInputList.1"], docs["PolicyInputList.2"]},
		PermissionsBoundaryPolicyInputList: []string{document(s3)},
		ResourcePolicy:                     new(docs["ResourcePolicy"]),
		CallerArn:                          new("arn:aws:iam::123456789012:user/bob"),
		ActionNames:                        []string{"s3:GetObject"},
		ResourceArns:                       []string{"arn:aws:s3:::b/k", "arn:aws:s3:::b/secret"},
	})[0]
	for i, want := range [][]string{
		{"ResourcePolicy, Resource Policy: " + toBob, "PolicyInputList.1, IAM Policy: " + getObject, "PolicyInputList.1, IAM Policy: " + s3},
		{"ResourcePolicy, Resource Policy: " + nobodySecret, "PolicyInputList.2, IAM Policy: " + denySecret},
	} {
		var got []string
		for _, m := range r.ResourceSpecificResults[i].MatchedStatements {
			text := docs[*m.SourcePolicyId][*m.StartPosition.Column-1 : *m.EndPosition.Column-1]
			got = append(got, fmt.Sprintf("%s, %s: %s", *m.SourcePolicyId, m.SourcePolicyType, strings.TrimPrefix(text, ", ")))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", *r.ResourceSpecificResults[i].EvalResourceName, got, want)
		}
	}
	if *r.EvalResourceName != "*" || len(r.MatchedStatements) != 2 {
		t.Errorf("as a whole: %s with %d statements", *r.EvalResourceName, len(r.MatchedStatements))
	}
}

// Missing values are with the resources where there are any, otherwise with
// the action (EvaluationResult in the IAM API Reference).
func TestSimulateMissingContextValues(t *testing.T) {
	const doc = `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:PrincipalTag/team":"${aws:PrincipalTag/Project}"}}},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"},
		{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"NotIpAddress":{"AWS:SourceIP":"203.0.113.0/24"},"Null":{"aws:multifactorauthpresent":"true"}}},
		{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"ec2:Region":"x"}}}]}`
	in := iamapi.SimulateCustomPolicyInput{
		PolicyInputList: []string{doc},
		ActionNames:     []string{"s3:GetObject"},
		ContextEntries:  []iamapi.ContextEntry{entry("aws:PrincipalTag/team", "string", "blue")},
	}
	want := []string{"aws:MultiFactorAuthPresent", "aws:principaltag/project", "aws:username", "AWS:SourceIP"}
	r := simulate(t, in)[0]
	if !slices.Equal(r.MissingContextValues, want) {
		t.Errorf("any resource: %q, want %q", r.MissingContextValues, want)
	}
	if r.EvalDecisionDetails != nil || r.ResourceSpecificResults != nil {
		t.Error("details of a simulation of any resource")
	}

	in.ResourceArns = []string{"arn:aws:s3:::c/k"}
	r = simulate(t, in)[0]
	if r.MissingContextValues == nil || len(r.MissingContextValues) != 0 || !slices.Equal(r.ResourceSpecificResults[0].MissingContextValues, want) {
		t.Errorf("one resource: %q and %q, want none and %q", r.MissingContextValues, r.ResourceSpecificResults[0].MissingContextValues, want)
	}

	in.CallerArn = new("arn:aws:iam::123456789012:user/bob")
	in.ContextEntries = append(in.ContextEntries,
		entry("aws:MultiFactorAuthPresent", "boolean", "true"),
		entry("aws:SourceIp", "ip", "203.0.113.7"),
		entry("aws:principalTag/PROJECT", "stringList", "blue", "green"))
	if got := simulate(t, in)[0].ResourceSpecificResults[0].MissingContextValues; len(got) != 0 {
		t.Errorf("all given: %q", got)
	}
}

// EvalDecisionDetails are those of the two accounts; within one account they
// are empty, but there (EvaluationResult in the IAM API Reference).
func TestSimulateDecisionDetails(t *testing.T) {
	const identity = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`
	const resource = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:*:q"}]}`
	in := iamapi.SimulateCustomPolicyInput{
		PolicyInputList: []string{identity},
		ResourcePolicy:  new(resource),
		CallerArn:       new("arn:aws:iam::123456789012:user/bob"),
		ActionNames:     []string{"sqs:SendMessage", "sqs:ReceiveMessage"},
		ResourceArns:    []string{"arn:aws:sqs:us-east-1:999988887777:q"},
	}
	results := simulate(t, in)
	for i, want := range []string{
		"allowed map[IAM Policy:allowed Resource Policy:allowed]",
		"implicitDeny map[IAM Policy:allowed Resource Policy:implicitDeny]",
	} {
		r := results[i]
		if got := fmt.Sprint(r.EvalDecision, " ", r.EvalDecisionDetails); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := fmt.Sprint(r.EvalDecision, " ", r.ResourceSpecificResults[0].EvalDecisionDetails); got != want {
			t.Errorf("got %s for the resource, want %s", got, want)
		}
	}
	in.ResourceArns = []string{"arn:aws:sqs:us-east-1:123456789012:q"}
	r := simulate(t, in)[0]
	if r.EvalDecisionDetails == nil || len(r.EvalDecisionDetails) != 0 || r.ResourceSpecificResults[0].EvalDecisionDetails != nil {
		t.Errorf("same account: %v and %v", r.EvalDecisionDetails, r.ResourceSpecificResults[0].EvalDecisionDetails)
	}
}

func TestSimulateContextTypes(t *testing.T) {
	for _, test := range []struct {
		typ       iamapi.ContextKeyTypeEnum
		condition string
		values    []string
		want      iamapi.PolicyEvaluationDecisionType
	}{
		{"string", `{"StringEquals":{"aws:x":"a"}}`, []string{"a"}, allowed},
		{"", `{"StringEquals":{"aws:x":"a"}}`, []string{"a"}, allowed},
		{"string", `{"StringEquals":{"aws:x":"a"}}`, []string{"b"}, implicitDeny},
		{"stringList", `{"ForAllValues:StringEquals":{"aws:X":["a","b"]}}`, []string{"a", "b"}, allowed},
		{"stringList", `{"ForAllValues:StringEquals":{"aws:X":["a","b"]}}`, []string{"a", "c"}, implicitDeny},
		{"stringList", `{"ForAnyValue:StringEquals":{"aws:x":["a"]}}`, []string{}, implicitDeny},
		{"numeric", `{"NumericLessThan":{"aws:x":"10"}}`, []string{"9.5"}, allowed},
		{"numericList", `{"ForAnyValue:NumericEquals":{"aws:x":"10"}}`, []string{"9", "10"}, allowed},
		{"boolean", `{"Bool":{"aws:x":"true"}}`, []string{"true"}, allowed},
		{"booleanList", `{"ForAllValues:Bool":{"aws:x":"true"}}`, []string{"true", "false"}, implicitDeny},
		{"ip", `{"IpAddress":{"aws:x":"2001:db8::/32"}}`, []string{"2001:db8::1"}, allowed},
		{"ipList", `{"ForAnyValue:IpAddress":{"aws:x":"192.0.2.0/24"}}`, []string{"198.51.100.1", "192.0.2.1"}, allowed},
		{"binary", `{"BinaryEquals":{"aws:x":"QmluYXJ5"}}`, []string{"QmluYXJ5"}, allowed},
		{"binaryList", `{"ForAnyValue:BinaryEquals":{"aws:x":"QmluYXJ5"}}`, []string{"QQ==", "QmluYXJ5"}, allowed},
		{"date", `{"DateLessThan":{"aws:x":"2020-01-01T00:00:00Z"}}`, []string{"2019-12-31"}, allowed},
		{"dateList", `{"ForAnyValue:DateLessThan":{"aws:x":"2020-01-01T00:00:00Z"}}`, []string{"2021-12-31T00:00:00Z", "1500000000"}, allowed},
	} {
		r := simulate(t, iamapi.SimulateCustomPolicyInput{
			PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":` + test.condition + `}}`},
			ActionNames:     []string{"s3:ListAllMyBuckets"},
			ContextEntries:  []iamapi.ContextEntry{entry("aws:x", test.typ, test.values...)},
		})[0]
		if r.EvalDecision != test.want {
			t.Errorf("%s %q, %s: %s, want %s", test.typ, test.values, test.condition, r.EvalDecision, test.want)
		}
	}
}

// What follows from the caller is in the request, unless an entry says
// otherwise; nothing of the call that simulates is.
func TestSimulateCallerKeys(t *testing.T) {
	const all = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"%s":"%s"}}}}`
	bob := "arn:aws:iam::123456789012:user/path/bob"
	for _, test := range []struct {
		caller, key, value string
		entries            []iamapi.ContextEntry
		want               iamapi.PolicyEvaluationDecisionType
	}{
		{bob, "aws:username", "bob", nil, allowed},
		{bob, "aws:PrincipalArn", bob, nil, allowed},
		{bob, "aws:PrincipalAccount", testAccount, nil, allowed},
		{bob, "aws:username", "bob", []iamapi.ContextEntry{entry("aws:UserName", "string", "eve")}, implicitDeny},
		{"arn:aws:iam::123456789012:role/bob", "aws:username", "bob", nil, implicitDeny},
		{"", "aws:PrincipalAccount", testAccount, nil, allowed},
		{"", "aws:userid", simulatedUserID, nil, allowed},
		{"", "aws:username", "bob", nil, implicitDeny},
		{"", "aws:RequestedRegion", "us-east-1", nil, implicitDeny},
	} {
		in := iamapi.SimulateCustomPolicyInput{
			PolicyInputList: []string{fmt.Sprintf(all, test.key, test.value)},
			ActionNames:     []string{"s3:ListAllMyBuckets"},
			ContextEntries:  test.entries,
		}
		if test.caller != "" {
			in.CallerArn = &test.caller
		}
		if r := simulate(t, in)[0]; r.EvalDecision != test.want {
			t.Errorf("%s of %q: %s, want %s", test.key, test.caller, r.EvalDecision, test.want)
		}
	}
}

func TestSimulateOrganization(t *testing.T) {
	const scp = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"}]}`
	p, err := policy.Parse(scp, policy.SCP)
	if err != nil {
		t.Fatal(err)
	}
	level := []authz.Document{{Type: authz.ServiceControl, ID: "p-1", Policy: p}}
	for _, test := range []struct {
		action     string
		management bool
		want       string
	}{
		{"s3:GetObject", false, "allowed true"},
		{"s3:DeleteBucket", false, "explicitDeny false"},
		{"ec2:RunInstances", false, "implicitDeny false"},
		{"ec2:RunInstances", true, "allowed true"},
	} {
		sim := &simulation{
			caller:     anyoneOf(testAccount),
			membership: &authz.Membership{Management: test.management, SCPs: [][]authz.Document{level}},
		}
		results, _, err := sim.run(simulationInput{
			PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`},
			ActionNames:     []string{test.action},
			ResourceArns:    []string{"arn:aws:s3:::b", "arn:aws:s3:::c"},
		})
		if err != nil {
			t.Fatal(err)
		}
		r := results[0]
		if got := fmt.Sprint(r.EvalDecision, " ", *r.OrganizationsDecisionDetail.AllowedByOrganizations); got != test.want {
			t.Errorf("%s, management account %t: %s, want %s", test.action, test.management, got, test.want)
		}
		if ended := r.EvalDecisionDetails == nil; ended != strings.HasSuffix(test.want, "false") {
			t.Errorf("%s: details %v", test.action, r.EvalDecisionDetails)
		}
	}
}

// A Deny with NotPrincipal hits who has a permissions boundary, whoever it
// spares:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func TestSimulateNotPrincipalWithBoundary(t *testing.T) {
	const all = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	bob := "arn:aws:iam::" + testAccount + ":user/bob"
	in := iamapi.SimulateCustomPolicyInput{
		PolicyInputList: []string{all},
		ActionNames:     []string{"s3:GetObject"},
		ResourceArns:    []string{"arn:aws:s3:::b/o"},
		CallerArn:       &bob,
		ResourcePolicy: new(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":["` + bob + `","arn:aws:iam::` +
			testAccount + `:root"]},"Action":"s3:GetObject","Resource":"*"}}`),
	}
	caller, err := callerOf(bob)
	if err != nil {
		t.Fatal(err)
	}
	for boundary, want := range map[string]string{"": "allowed", all: "explicitDeny"} {
		sim := &simulation{caller: caller}
		if boundary != "" {
			in.PermissionsBoundaryPolicyInputList = []string{boundary}
		} else {
			in.PermissionsBoundaryPolicyInputList = nil
		}
		results, _, err := sim.run(simulationInput(in))
		if err != nil {
			t.Fatal(err)
		}
		if got := decisions(results[0]); got != want {
			t.Errorf("with boundary %q: %s, want %s", boundary, got, want)
		}
	}
}
