package iam

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

func TestSimulateRefuses(t *testing.T) {
	const doc = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	const withPrincipal = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`
	user := "arn:aws:iam::123456789012:user/bob"
	type input = iamapi.SimulateCustomPolicyInput
	for _, test := range []struct {
		name    string
		change  func(*input)
		message string // a part of it
	}{
		{"a policy that is no JSON", func(in *input) { in.PolicyInputList = []string{doc, "{"} }, "PolicyInputList.2: Syntax errors in policy."},
		{"a policy with a principal", func(in *input) { in.PolicyInputList = []string{withPrincipal} }, "PolicyInputList.1: "},
		{"two boundaries", func(in *input) { in.PermissionsBoundaryPolicyInputList = []string{doc, doc} }, "The list of Permissions Boundary policies cannot exceed 1 items."},
		{"a boundary that is malformed", func(in *input) { in.PermissionsBoundaryPolicyInputList = []string{`{"Statement":[]}`} }, "PermissionsBoundaryPolicyInputList.1: "},
		{"an action without service", func(in *input) { in.ActionNames = []string{"GetObject"} }, "GetObject"},
		{"an action with a wildcard", func(in *input) { in.ActionNames = []string{"s3:Get*"} }, "s3:Get*"},
		{"a resource that is no ARN", func(in *input) { in.ResourceArns = []string{"bucket"} }, "ResourceNames are not in a valid ARN format: bucket."},
		{"a resource policy without caller", func(in *input) { in.ResourcePolicy = new(withPrincipal) }, "Invalid caller - Caller cannot be null or empty."},
		{"a resource policy without resource", func(in *input) {
			in.ResourcePolicy, in.CallerArn, in.ResourceArns = new(withPrincipal), &user, nil
		}, "Invalid Entity Arn: * does not clearly define entity type and name."},
		{"a resource policy without principal", func(in *input) { in.ResourcePolicy, in.CallerArn = new(doc), &user }, "ResourcePolicy: "},
		{"a caller that is an assumed role", func(in *input) {
			in.CallerArn = new("arn:aws:sts::123456789012:assumed-role/r/s")
		}, "Invalid caller"},
		{"a caller that is a root user", func(in *input) { in.CallerArn = new("arn:aws:iam::123456789012:root") }, "Invalid caller"},
		{"a caller that is a group", func(in *input) { in.CallerArn = new("arn:aws:iam::123456789012:group/g") }, "Invalid caller"},
		{"an owner that is no account", func(in *input) { in.ResourceOwner = new("123") }, "Invalid Resource Owner."},
		{"an unknown scenario", func(in *input) { in.ResourceHandlingOption = new("EC2-Moon") }, "EC2-Moon"},
		{"a scenario without its resources", func(in *input) {
			in.ResourceHandlingOption = new("EC2-VPC-InstanceStore")
			in.ResourceArns = []string{
				"arn:aws:ec2:us-east-1:123456789012:instance/*",
				"arn:aws:ec2:us-east-1::image/ami-1",
				"arn:aws:ec2:us-east-1:123456789012:security-group/sg-1",
			}
		}, "network-interface"},
		{"a key without prefix", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("username", "string", "x")} }, "username"},
		{"an entry without key", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{{ContextKeyValues: []string{"x"}}} }, "no service prefix"},
		{"a key twice", func(in *input) {
			in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "string", "x"), entry("AWS:X", "string", "y")}
		}, "more than once"},
		{"two values of a single-valued key", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "string", "x", "y")} }, "one value"},
		{"no value of a single-valued key", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "date")} }, "one value"},
		{"a number that is none", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "numeric", "ten")} }, `"ten"`},
		{"a date that is none", func(in *input) {
			in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "dateList", "2020-01-01", "soon")}
		}, `"soon"`},
		{"an address that is none", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "ip", "256.1.1.1")} }, `"256.1.1.1"`},
		{"binary that is no base64", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "binary", "%")} }, `"%"`},
		{"a boolean that is none", func(in *input) { in.ContextEntries = []iamapi.ContextEntry{entry("aws:x", "boolean", "maybe")} }, `"maybe"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := input{PolicyInputList: []string{doc}, ActionNames: []string{"s3:GetObject"}, ResourceArns: []string{"arn:aws:s3:::b/k"}}
			test.change(&in)
			_, _, err := (&simulation{caller: anyoneOf(testAccount)}).run(simulationInput(in))
			var refused *api.Error
			if !errors.As(err, &refused) || refused.Code != "InvalidInput" || refused.Status != 400 {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(refused.Message, test.message) {
				t.Errorf("message %q lacks %q", refused.Message, test.message)
			}
		})
	}
}

func TestSimulateScenario(t *testing.T) {
	r := simulate(t, iamapi.SimulateCustomPolicyInput{
		PolicyInputList:        []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:RunInstances","NotResource":"arn:aws:ec2:*:*:volume/*"}}`},
		ActionNames:            []string{"ec2:RunInstances"},
		ResourceHandlingOption: new("EC2-Classic-EBS"),
		ResourceArns: []string{
			"arn:aws:ec2:us-east-1:123456789012:instance/*",
			"arn:aws:ec2:us-east-1::image/ami-1",
			"arn:aws:ec2:us-east-1:123456789012:security-group/sg-1",
			"arn:aws:ec2:us-east-1:123456789012:volume/*",
		},
	})[0]
	if got := decisions(r); got != "allowed allowed allowed implicitDeny" || r.EvalDecision != implicitDeny {
		t.Errorf("got %s, %s as a whole", got, r.EvalDecision)
	}
}

func TestSimulatePaging(t *testing.T) {
	var actions []string
	for i := range 250 {
		actions = append(actions, fmt.Sprintf("s3:Action%d", i))
	}
	in := simulationInput{
		PolicyInputList: []string{`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`},
		ActionNames:     actions,
	}
	for _, test := range []struct {
		max   *int32
		pages []int
	}{
		{nil, []int{100, 100, 50}},
		{new(int32(249)), []int{249, 1}},
		{new(int32(250)), []int{250}},
	} {
		in.MaxItems, in.Marker = test.max, nil
		next := 0
		for number, want := range test.pages {
			results, p, err := (&simulation{caller: anyoneOf(testAccount)}).run(in)
			if err != nil {
				t.Fatal(err)
			}
			if len(results) != want {
				t.Fatalf("page %d has %d results, want %d", number, len(results), want)
			}
			for _, r := range results {
				if *r.EvalActionName != actions[next] {
					t.Fatalf("result %d is of %s", next, *r.EvalActionName)
				}
				next++
			}
			var more *bool
			more, in.Marker = p.end()
			if last := number == len(test.pages)-1; *more == last || (in.Marker == nil) != last {
				t.Fatalf("page %d: truncated %t", number, *more)
			}
		}
	}
	in.Marker = new("?")
	if _, _, err := (&simulation{caller: anyoneOf(testAccount)}).run(in); err == nil {
		t.Error("a marker that is none was taken")
	}
}

// A call with very many resources has shorter pages, and at least one action.
func TestSimulatePageSize(t *testing.T) {
	for _, test := range []struct {
		max       *int32
		resources int
		want      int32
	}{
		{nil, 0, 100},
		{new(int32(1000)), 1, 1000},
		{new(int32(1000)), 100, 100},
		{nil, 5000, 2},
		{new(int32(7)), 20_000, 1},
	} {
		in := simulationInput{MaxItems: test.max, ResourceArns: make([]string, test.resources)}
		if got := *in.pageSize(); got != test.want {
			t.Errorf("%d resources, MaxItems %v: %d, want %d", test.resources, test.max, got, test.want)
		}
	}
}

func BenchmarkSimulate(b *testing.B) {
	known, _ := awsmanaged.Get(awsmanaged.Prefix + "ReadOnlyAccess")
	in := simulationInput{
		PolicyInputList: []string{known.Document()},
		ActionNames:     []string{"s3:GetObject", "s3:PutObject"},
		ResourceArns:    []string{"arn:aws:s3:::b/k"},
	}
	for b.Loop() {
		if _, _, err := (&simulation{caller: anyoneOf(testAccount)}).run(in); err != nil {
			b.Fatal(err)
		}
	}
}
