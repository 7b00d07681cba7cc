package iam

import (
	"fmt"
	"strings"
	"testing"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.user("bob", "")
	do(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("b", "1", "A", "2")})
	do(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("B", "3", "c", "")})
	list := func() string {
		t.Helper()
		var all []string
		in := iamapi.ListUserTagsInput{UserName: new("bob"), MaxItems: new(int32(2))}
		for {
			out := do(w, iamapi.OpListUserTags, in)
			for _, tag := range out.Tags {
				all = append(all, *tag.Key+"="+*tag.Value)
			}
			if !*out.IsTruncated {
				return strings.Join(all, " ")
			}
			in.Marker = out.Marker
		}
	}
	if got := list(); got != "A=2 B=3 c=" {
		t.Errorf("tags %s", got)
	}
	if id := w.iam.User(home, "bob"); id.Tags["B"] != "3" || len(id.Tags) != 3 {
		t.Errorf("identity has %v", id.Tags)
	}
	do(w, iamapi.OpUntagUser, iamapi.UntagUserInput{UserName: new("bob"), TagKeys: []string{"a", "none"}})
	if got := list(); got != "B=3 c=" {
		t.Errorf("tags %s", got)
	}
	refused(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("aws:x", "1")}, "InvalidInput")
	refused(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("x", "1", "X", "1")}, "InvalidInput: Duplicate tag keys found.")
	refused(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("none"), Tags: tags("x", "1")}, "NoSuchEntity")
	refused(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("a<b", "1")}, "ValidationError")

	var many []string
	for i := range 48 {
		many = append(many, fmt.Sprintf("k%02d", i), "v")
	}
	do(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags(many...)})
	refused(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("one more", "v")}, "LimitExceeded")
	do(w, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("bob"), Tags: tags("K00", "w")}) // replaces
}

// A marker is at most 320 characters long, whatever the tag keys.
func TestTagPagesWithLongKeys(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	long := strings.Repeat("漢", 127)
	do(w, iamapi.OpTagRole, iamapi.TagRoleInput{RoleName: new("r"), Tags: tags(long+"1", "", long+"2", "", long, "", "z", "", "é", "")})
	seen := map[string]bool{}
	in := iamapi.ListRoleTagsInput{RoleName: new("r"), MaxItems: new(int32(1))}
	for {
		out := do(w, iamapi.OpListRoleTags, in) // which also checks the marker
		for _, tag := range out.Tags {
			if seen[*tag.Key] {
				t.Fatalf("%q twice", *tag.Key)
			}
			seen[*tag.Key] = true
		}
		if !*out.IsTruncated {
			break
		}
		in.Marker = out.Marker
	}
	if len(seen) != 5 {
		t.Errorf("%d tags", len(seen))
	}
}

func TestTagsOfEverything(t *testing.T) {
	w := newWorld(t)
	w.role("r")
	arn := w.policy("p", allow("a:b", "*"))
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i"), Tags: tags("k", "v")})
	do(w, iamapi.OpTagRole, iamapi.TagRoleInput{RoleName: new("r"), Tags: tags("k", "v")})
	do(w, iamapi.OpTagPolicy, iamapi.TagPolicyInput{PolicyArn: &arn, Tags: tags("k", "v")})
	do(w, iamapi.OpTagInstanceProfile, iamapi.TagInstanceProfileInput{InstanceProfileName: new("i"), Tags: tags("l", "v")})
	n := []int{
		len(do(w, iamapi.OpListRoleTags, iamapi.ListRoleTagsInput{RoleName: new("r")}).Tags),
		len(do(w, iamapi.OpListPolicyTags, iamapi.ListPolicyTagsInput{PolicyArn: &arn}).Tags),
		len(do(w, iamapi.OpListInstanceProfileTags, iamapi.ListInstanceProfileTagsInput{InstanceProfileName: new("i")}).Tags),
	}
	do(w, iamapi.OpUntagRole, iamapi.UntagRoleInput{RoleName: new("r"), TagKeys: []string{"k"}})
	do(w, iamapi.OpUntagPolicy, iamapi.UntagPolicyInput{PolicyArn: &arn, TagKeys: []string{"k"}})
	do(w, iamapi.OpUntagInstanceProfile, iamapi.UntagInstanceProfileInput{InstanceProfileName: new("i"), TagKeys: []string{"k"}})
	n = append(n,
		len(do(w, iamapi.OpGetRole, iamapi.GetRoleInput{RoleName: new("r")}).Role.Tags),
		len(do(w, iamapi.OpGetPolicy, iamapi.GetPolicyInput{PolicyArn: &arn}).Policy.Tags),
		len(do(w, iamapi.OpGetInstanceProfile, iamapi.GetInstanceProfileInput{InstanceProfileName: new("i")}).InstanceProfile.Tags),
	)
	if got := fmt.Sprint(n); got != "[1 1 2 0 0 1]" {
		t.Errorf("tags %s", got)
	}
}

// See "Controlling access to and for IAM users and roles using tags" in the IAM
// User Guide.
func TestTagConditions(t *testing.T) {
	w := newWorld(t)
	admin := w.user("admin", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]}}},
		{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"blue"}}},
		{"Effect":"Allow","Action":"iam:DeleteUser","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/TEAM":"blue"}}},
		{"Effect":"Allow","Action":["iam:TagUser","iam:UntagUser"],"Resource":"*","Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["cost"]},"Null":{"aws:TagKeys":"false"}}}]}`)
	do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("red"), Tags: tags("team", "red")})
	as(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("blue"), Tags: tags("team", "blue", "cost", "1")})
	refusedAs(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("x"), Tags: tags("team", "red")}, "AccessDenied")
	refusedAs(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("x"), Tags: tags("team", "blue", "other", "1")}, "AccessDenied")
	refusedAs(w, admin, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: new("x")}, "AccessDenied")
	as(w, admin, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("blue")})
	refusedAs(w, admin, iamapi.OpGetUser, iamapi.GetUserInput{UserName: new("red")}, "AccessDenied")
	as(w, admin, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("red"), Tags: tags("cost", "1")})
	refusedAs(w, admin, iamapi.OpTagUser, iamapi.TagUserInput{UserName: new("red"), Tags: tags("team", "blue")}, "AccessDenied")
	as(w, admin, iamapi.OpUntagUser, iamapi.UntagUserInput{UserName: new("red"), TagKeys: []string{"cost"}})
	refusedAs(w, admin, iamapi.OpUntagUser, iamapi.UntagUserInput{UserName: new("red"), TagKeys: []string{"team"}}, "AccessDenied")
	as(w, admin, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("blue")})
	refusedAs(w, admin, iamapi.OpDeleteUser, iamapi.DeleteUserInput{UserName: new("red")}, "AccessDenied")
}

// Case makes no difference in the tag keys of users and roles, but does in
// those of all else: "Tags for AWS Identity and Access Management resources" in
// the IAM User Guide.
func TestCaseOfTagKeys(t *testing.T) {
	w := newWorld(t)
	arn := w.policy("p", allow("a:b", "*"))
	do(w, iamapi.OpTagPolicy, iamapi.TagPolicyInput{PolicyArn: &arn, Tags: tags("k", "1", "K", "2")})
	do(w, iamapi.OpTagPolicy, iamapi.TagPolicyInput{PolicyArn: &arn, Tags: tags("k", "3")})
	list := do(w, iamapi.OpListPolicyTags, iamapi.ListPolicyTagsInput{PolicyArn: &arn}).Tags
	if keys(list) != "K k" || *list[0].Value != "2" || *list[1].Value != "3" {
		t.Errorf("policy has %s", keys(list))
	}
	do(w, iamapi.OpUntagPolicy, iamapi.UntagPolicyInput{PolicyArn: &arn, TagKeys: []string{"K"}})
	if got := keys(do(w, iamapi.OpListPolicyTags, iamapi.ListPolicyTagsInput{PolicyArn: &arn}).Tags); got != "k" {
		t.Errorf("policy has %s", got)
	}
	_, err := call(w, w.root, iamapi.OpTagPolicy, iamapi.TagPolicyInput{PolicyArn: &arn, Tags: tags("x", "1", "x", "2")})
	if err == nil || err.Error() != "InvalidInput: Duplicate tag keys found." {
		t.Errorf("duplicate tags of a policy: %v", err)
	}
	do(w, iamapi.OpCreateInstanceProfile, iamapi.CreateInstanceProfileInput{InstanceProfileName: new("i"), Tags: tags("k", "1", "K", "2")})

	refused(w, iamapi.OpCreateRole, iamapi.CreateRoleInput{RoleName: new("r"), AssumeRolePolicyDocument: new(trusting(home)), Tags: tags("k", "1", "K", "2")},
		"InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}
