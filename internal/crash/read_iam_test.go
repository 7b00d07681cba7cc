package crash

import (
	"maps"
	"net/url"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// readUsers reads the users of all writers.
func readUsers(t *testing.T, c *clients, worlds []*world) {
	t.Helper()
	described, members := describeUsers(t, c), make(map[string][]string)
	for _, name := range listUsers(t, c) {
		u := readUser(t, c, name)
		agree(t, "user "+name+" and GetAccountAuthorizationDetails", u, described[name])
		delete(described, name)
		owner(t, worlds, name).Users[name] = u
		for _, group := range u.Groups {
			members[group] = append(members[group], name)
		}
	}
	for name := range described {
		t.Errorf("user %s is in GetAccountAuthorizationDetails and not in ListUsers", name)
	}
	for _, group := range groupNames {
		agree(t, "members of group "+group, sorted(listMembers(t, c, group)), sorted(members[group]))
	}
	checkSummary(t, c, worlds)
}

func listUsers(t *testing.T, c *clients) (names []string) {
	t.Helper()
	pages := iam.NewListUsersPaginator(c.iam, &iam.ListUsersInput{MaxItems: new(int32(7))})
	for pages.HasMorePages() {
		for _, u := range must(pages.NextPage(t.Context()))(t).Users {
			names = append(names, *u.UserName)
		}
	}
	return names
}

func listMembers(t *testing.T, c *clients, group string) (names []string) {
	t.Helper()
	pages := iam.NewGetGroupPaginator(c.iam, &iam.GetGroupInput{GroupName: &group})
	for pages.HasMorePages() {
		for _, u := range must(pages.NextPage(t.Context()))(t).Users {
			names = append(names, *u.UserName)
		}
	}
	return names
}

// readUser reads a user by all calls that are about one.
func readUser(t *testing.T, c *clients, name string) user {
	t.Helper()
	ctx := t.Context()
	got := must(c.iam.GetUser(ctx, &iam.GetUserInput{UserName: &name}))(t).User
	tags := must(c.iam.ListUserTags(ctx, &iam.ListUserTagsInput{UserName: &name}))(t).Tags
	agree(t, "tags of user "+name, tagMap(got.Tags), tagMap(tags))
	u := user{ID: *got.UserId, Path: *got.Path, Tags: tagMap(tags), Policies: map[string]string{}, Groups: []string{}}
	for _, policy := range must(c.iam.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &name}))(t).PolicyNames {
		out := must(c.iam.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &name, PolicyName: &policy}))(t)
		u.Policies[policy] = unescape(t, *out.PolicyDocument)
	}
	for _, g := range must(c.iam.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &name}))(t).Groups {
		u.Groups = append(u.Groups, *g.GroupName)
	}
	slices.Sort(u.Groups)
	return u
}

// describeUsers reads all users in one call.
func describeUsers(t *testing.T, c *clients) map[string]user {
	t.Helper()
	users := make(map[string]user)
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(c.iam, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeUser},
	})
	for pages.HasMorePages() {
		for _, d := range must(pages.NextPage(t.Context()))(t).UserDetailList {
			u := user{ID: *d.UserId, Path: *d.Path, Tags: tagMap(d.Tags), Policies: map[string]string{}, Groups: sorted(d.GroupList)}
			for _, p := range d.UserPolicyList {
				u.Policies[*p.PolicyName] = unescape(t, *p.PolicyDocument)
			}
			users[*d.UserName] = u
		}
	}
	return users
}

// checkSummary compares the counters of the account with what is there. They
// also tell that nothing of another kind is.
func checkSummary(t *testing.T, c *clients, worlds []*world) {
	t.Helper()
	summary := must(c.iam.GetAccountSummary(t.Context(), &iam.GetAccountSummaryInput{}))(t).SummaryMap
	want := map[string]int32{"Groups": int32(len(groupNames)), "Roles": 0, "Policies": 0, "InstanceProfiles": 0}
	for _, w := range worlds {
		want["Users"] += int32(len(w.Users))
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if n, ok := summary[name]; !ok || n != want[name] {
			t.Errorf("GetAccountSummary counts %d %s, there are %d", n, name, want[name])
		}
	}
}

func tagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string)
	for _, tag := range tags {
		m[*tag.Key] = *tag.Value
	}
	return m
}

// unescape reads a policy document, which IAM answers URL-encoded.
func unescape(t *testing.T, document string) string {
	t.Helper()
	return must(url.QueryUnescape(document))(t)
}
