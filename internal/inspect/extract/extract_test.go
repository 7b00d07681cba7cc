package extract_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

func tags(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }

func load(t *testing.T, profile string) aws.Config {
	t.Helper()
	cfg, err := extract.Load(t.Context(), profile, "")
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func account(t *testing.T, cfg aws.Config, o extract.Options) *snapshot.Account {
	t.Helper()
	a, err := extract.Account(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func arns[T any](list []T, arn func(*T) string) []string {
	var out []string
	for i := range list {
		out = append(out, arn(&list[i]))
	}
	return out
}

func policyARNs(a *snapshot.Account) []string {
	return arns(a.Policies, func(p *snapshot.ManagedPolicy) string { return p.ARN })
}

// Everything of an account is in its snapshot, and nothing of another one.
func TestAccount(t *testing.T) {
	_, qa := twoAccounts(t)
	dev := load(t, "dev-profile")
	if dev.Region != "eu-central-1" {
		t.Errorf("the profile's Region is not taken: %s", dev.Region)
	}
	populate(t, dev)
	now := time.Date(2026, 11, 22, 21, 0, 0, 5, time.FixedZone("", 3600))
	a := account(t, dev, extract.Options{Users: true, Groups: true, Now: func() time.Time { return now }})

	const own = "arn:aws:iam::123456789012:"
	if a.ID != "123456789012" || !a.Taken.Equal(now.Truncate(time.Second)) || a.Taken.Location() != time.UTC {
		t.Errorf("account %s taken %s", a.ID, a.Taken)
	}
	role := a.Role("app1")
	if role == nil || len(a.Roles) != 1 {
		t.Fatalf("roles %+v", a.Roles)
	}
	if role.ARN != own+"role/apps/app1" || role.Path != "/apps/" || !strings.HasPrefix(role.ID, "AROA") || role.Created.IsZero() {
		t.Errorf("role %+v", role)
	}
	if role.Trust != trustEC2 || !slices.Equal(role.InstanceProfiles, []string{"app1-profile"}) || !maps.Equal(role.Tags, map[string]string{"team": "storage"}) {
		t.Errorf("role %+v", role)
	}
	if !slices.Equal(role.Attached, []string{own + "policy/team/local", s3Full}) || role.Boundary != powerUser {
		t.Errorf("role has %q and boundary %s", role.Attached, role.Boundary)
	}
	if !slices.Equal(role.Inline, []snapshot.InlinePolicy{{Name: "lists", Document: allowLists}}) {
		t.Errorf("inline policies %+v", role.Inline)
	}
	bob := a.User("bob")
	if bob == nil || !slices.Equal(bob.Groups, []string{"devs"}) || bob.Tags["Name"] != "Bob" || bob.Inline[0].Name != "own" {
		t.Errorf("user %+v", bob)
	}
	devs := a.Group("devs")
	if devs == nil || devs.Inline[0].Document != allowLists || !slices.Equal(devs.Attached, []string{sqsFull}) {
		t.Errorf("group %+v", devs)
	}
	want := []string{own + "policy/team/local", own + "policy/unused", s3Full, sqsFull, powerUser}
	if got := policyARNs(a); !slices.Equal(got, want) {
		t.Errorf("policies %q, want %q", got, want)
	}
	if p := a.Policy(own + "policy/team/local"); p.Version != "v1" || p.Document != trustless("sqs:*") || p.Path != "/team/" {
		t.Errorf("the version in force is v1, read %+v", p)
	}
	if p := a.Policy(powerUser); !strings.Contains(p.Document, "NotAction") || p.Version == "" || p.Name != "PowerUserAccess" {
		t.Errorf("the boundary's document: %+v", p)
	}

	other := account(t, load(t, "qa-profile"), extract.Options{Users: true, Groups: true})
	if other.ID != qa.ID || other.Role("app1") != nil || len(other.Users)+len(other.Groups) != 0 || slices.Contains(policyARNs(other), s3Full) {
		t.Errorf("the other account: %+v", other)
	}
}

// What is not asked for is not read, nor are AWS managed policies that only it
// uses.
func TestAccountOnlyRoles(t *testing.T) {
	twoAccounts(t)
	dev := load(t, "dev-profile")
	populate(t, dev)
	a := account(t, dev, extract.Options{})
	if len(a.Roles) != 1 || a.Users != nil || a.Groups != nil || slices.Contains(policyARNs(a), sqsFull) {
		t.Errorf("%d roles, %d users, %d groups, policies %q", len(a.Roles), len(a.Users), len(a.Groups), policyARNs(a))
	}
}

// A snapshot is the same however often it is taken, saved and loaded.
func TestAccountSaved(t *testing.T) {
	twoAccounts(t)
	dev := load(t, "dev-profile")
	populate(t, dev)
	o := extract.Options{Users: true, Groups: true, Now: func() time.Time { return time.Unix(0, 0) }}
	a, again := account(t, dev, o), account(t, dev, o)
	if !reflect.DeepEqual(a, again) {
		t.Errorf("read twice:\n%+v\n%+v", a, again)
	}
	var file strings.Builder
	if err := a.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := snapshot.Load(strings.NewReader(file.String()))
	if err != nil || !reflect.DeepEqual(loaded, a) {
		t.Errorf("loaded %+v, %v", loaded, err)
	}
}

// More than a page of items are all read, and told as they come.
func TestAccountPages(t *testing.T) {
	twoAccounts(t)
	dev := load(t, "dev-profile")
	c := iam.NewFromConfig(dev)
	const roles, policies = 600, 500
	for i := range roles {
		if _, err := c.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new(fmt.Sprintf("r%04d", i)), AssumeRolePolicyDocument: new(trustEC2)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range policies {
		if _, err := c.CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: new(fmt.Sprintf("p%04d", i)), PolicyDocument: new(allowLists)}); err != nil {
			t.Fatal(err)
		}
	}
	var told []extract.Progress
	a := account(t, dev, extract.Options{Progress: func(p extract.Progress) { told = append(told, p) }})
	if len(a.Roles) != roles || len(a.Policies) != policies || a.Role("r0599") == nil {
		t.Errorf("%d roles and %d policies", len(a.Roles), len(a.Policies))
	}
	const n = roles + policies
	if want := []extract.Progress{{Total: n}, {Pages: 1, Items: 1000, Total: n}, {Pages: 2, Items: n, Total: n}}; !slices.Equal(told, want) {
		t.Errorf("told %+v, want %+v", told, want)
	}
}
