package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/lint"
)

func parse(t *testing.T, kind policy.Kind, document string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse(document, kind)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each known way is found where its actions are allowed, and not where one of
// them is missing or denied, or beyond the boundary.
func TestEscalations(t *testing.T) {
	for _, e := range lint.Escalations() {
		t.Run(e.Name(), func(t *testing.T) {
			everything := fmt.Sprintf(`"Action":["%s"],"Resource":"*"`, strings.Join(e.Actions, `","`))
			granted := parse(t, policy.Identity, allow(everything))
			if !finds(lint.Holder{Policies: []*policy.Policy{granted}}, e) {
				t.Error("not found")
			}
			var split []*policy.Policy
			for _, action := range e.Actions {
				split = append(split, parse(t, policy.Identity, allow(`"Action":"`+action+`","Resource":"*"`)))
			}
			if !finds(lint.Holder{Policies: split}, e) {
				t.Error("not found in policies of one action each")
			}
			if len(split) > 1 && finds(lint.Holder{Policies: split[1:]}, e) {
				t.Error("found without the first action")
			}
			last := e.Actions[len(e.Actions)-1]
			deny := parse(t, policy.Identity, identity(`{"Effect":"Deny","Action":"`+last+`","Resource":"*"}`))
			if finds(lint.Holder{Policies: []*policy.Policy{granted, deny}}, e) {
				t.Error("found though denied")
			}
			limit := parse(t, policy.Boundary, allow(`"NotAction":"`+last+`","Resource":"*"`))
			if finds(lint.Holder{Policies: []*policy.Policy{granted}, Boundary: limit}, e) {
				t.Error("found beyond the boundary")
			}
		})
	}
}

// finds says whether a way is open, and proves each of its grants again.
func finds(h lint.Holder, e lint.Escalation) bool {
	for _, path := range h.Paths() {
		if path.Name() != e.Name() {
			continue
		}
		return len(path.Grants) == len(e.Actions)
	}
	return false
}

// The actions are ones of the catalogue, spelled as there.
func TestEscalationsNameActions(t *testing.T) {
	seen := make(map[string]bool)
	for _, e := range lint.Escalations() {
		for _, name := range e.Actions {
			if a := catalogue.Default().Action(name); a == nil || a.String() != name {
				t.Errorf("%s is %v", name, a)
			}
		}
		if e.How == "" || seen[e.Name()] {
			t.Errorf("%q: %q", e.Name(), e.How)
		}
		seen[e.Name()] = true
	}
}

func TestHolder(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/app"
	const user = "arn:aws:iam::111122223333:user/ann"
	for name, test := range map[string]struct {
		holder    lint.Holder
		statement string
		want      string // names of paths
		resource  string // of the first grant
	}{
		"passing one role": {
			statement: `"Action":["iam:PassRole","ec2:RunInstances"],"Resource":["` + role + `","arn:aws:ec2:*:*:*"]`,
			want:      "iam:PassRole + ec2:RunInstances", resource: role,
		},
		"passing to the service": {
			statement: `"Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"ec2.amazonaws.com"}}`,
			want:      "iam:PassRole + ec2:RunInstances",
		},
		"passing to another service": {
			statement: `"Action":["iam:PassRole","ec2:RunInstances"],"Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"glue.amazonaws.com"}}`,
		},
		"one's own policies": {
			holder:    lint.Holder{ARN: user, Keys: policy.Keys{"aws:username": {"ann"}}},
			statement: `"Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::*:user/${aws:username}"`,
			want:      "iam:PutUserPolicy", resource: user,
		},
		"one's own keys": {
			holder:    lint.Holder{ARN: user, Keys: policy.Keys{"aws:username": {"ann"}}},
			statement: `"Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/${aws:username}"`,
		},
		"another's keys": {
			holder:    lint.Holder{ARN: user, Keys: policy.Keys{"aws:username": {"ann"}}},
			statement: `"Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::111122223333:user/bob"`,
			want:      "iam:CreateAccessKey",
		},
		"with MFA only": {
			statement: `"Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`,
		},
		"by tag of one's own": {
			holder:    lint.Holder{ARN: role, Keys: policy.Keys{"aws:PrincipalTag/team": {"ops"}}},
			statement: `"Action":"iam:AttachRolePolicy","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"ops"}}`,
			want:      "iam:AttachRolePolicy",
		},
		"everything but": {
			statement: `"NotAction":["s3:*","lambda:*","ec2:*","iam:*","ssm:*","glue:*","sagemaker:*"],"Resource":"*"`,
		},
		"nothing": {statement: `"Action":"s3:GetObject","Resource":"*"`},
	} {
		t.Run(name, func(t *testing.T) {
			h := test.holder
			h.Policies = []*policy.Policy{parse(t, policy.Identity, allow(test.statement))}
			var names []string
			paths := h.Paths()
			for _, p := range paths {
				names = append(names, p.Name())
			}
			if got := strings.Join(names, ", "); got != test.want {
				t.Errorf("open are %q, want %q", got, test.want)
			}
			if test.resource != "" && paths[0].Grants[0].Resource != test.resource {
				t.Errorf("on %s, want %s", paths[0].Grants[0].Resource, test.resource)
			}
		})
	}
}

func TestAdministrator(t *testing.T) {
	for statement, want := range map[string]bool{
		`"Action":"*","Resource":"*"`:                                                     true,
		`"Action":["s3:*","*"],"Resource":["*"]`:                                          true,
		`"Action":"iam:*","Resource":"*"`:                                                 false,
		`"Action":"*","Resource":"arn:aws:s3:::*"`:                                        false,
		`"Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`: false,
	} {
		h := lint.Holder{Policies: []*policy.Policy{parse(t, policy.Identity, allow(`"Action":"s3:GetObject","Resource":"*"`)), parse(t, policy.Identity, allow(statement))}}
		where, is := h.Administrator()
		if is != want || is && where.Policy != 1 {
			t.Errorf("%s: %v by policy %d", statement, is, where.Policy)
		}
	}
}
