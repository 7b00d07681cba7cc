package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// stage is one of the two accounts that are compared. Their worlds are the
// same but for what a dictionary of equivalences makes equal (the account, the
// stage, the Region). In the second stage a few roles are allowed more, and in
// more of them the policies are worded otherwise.
type stage struct {
	name, account, region string
	second                bool
}

// One role of so many is allowed more, or worded otherwise, in the second stage.
const (
	drifted       = 100
	otherwiseSaid = 10
)

// builder makes the world of a stage.
type builder struct {
	stage
	roles   int
	rand    *rand.Rand
	account *snapshot.Account
}

// policiesPerRole is three inline, one managed by the customer, one by AWS.
const policiesPerRole = 5

// world is an account with n roles with five policies each, users and groups.
// Equal arguments give equal worlds.
func world(s stage, n int) *snapshot.Account {
	b := &builder{
		stage:   s,
		roles:   n,
		rand:    rand.New(rand.NewPCG(4, uint64(n))), // the same for both stages
		account: &snapshot.Account{ID: s.account, Taken: epoch},
	}
	for _, name := range awsPolicies {
		b.account.Policies = append(b.account.Policies, snapshot.ManagedPolicy{
			ARN: awsPolicy(name), Name: name, Path: "/", Version: "v1", Document: b.awsDocument(name),
		})
	}
	boundary := b.ownPolicy("boundary-"+s.name, "/", boundaryDocument(s))
	for i := range n {
		b.addRole(i, boundary)
	}
	for i := range max(1, n/50) {
		b.addGroup(i)
	}
	for i := range max(1, n/20) {
		b.addUser(i)
	}
	b.account.Sort()
	return b.account
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (b *builder) addRole(i int, boundary string) {
	app := fmt.Sprintf("app%05d", i)
	r := snapshot.Role{
		Entity: b.entity("role", app+"_"+b.stage.name, "/apps/"),
		Trust:  b.trust(),
	}
	r.Tags = map[string]string{"app": app, "Name": r.Name, "team": pick(b.rand, teams), "cost-center": fmt.Sprint(1000 + b.rand.IntN(40))}
	if b.rand.IntN(4) == 0 {
		r.Boundary = boundary
	}
	if i%5 == 0 { // instance profiles have a quota, too
		r.InstanceProfiles = []string{r.Name}
	}
	for j, kind := range b.rand.Perm(len(accesses))[:3] {
		text := b.document(app, accesses[kind], b.stage.second && j == 0 && i%drifted == drifted/2)
		if b.stage.second && i%otherwiseSaid == 3 {
			text = reworded(text)
		}
		r.Inline = append(r.Inline, snapshot.InlinePolicy{Name: app + "-" + accesses[kind].name, Document: text})
	}
	own := b.ownPolicy(app+"-"+b.stage.name+"-shared", "/apps/", b.document(app, pick(b.rand, accesses), false))
	r.Attached = []string{own, awsPolicy(pick(b.rand, awsPolicies))}
	b.account.Roles = append(b.account.Roles, r)
}

func (b *builder) addGroup(i int) {
	g := snapshot.Group{Entity: b.entity("group", fmt.Sprintf("team%04d", i), "/")}
	g.Inline = []snapshot.InlinePolicy{{Name: "team", Document: b.document(fmt.Sprintf("team%04d", i), pick(b.rand, accesses), false)}}
	g.Attached = []string{awsPolicy(pick(b.rand, awsPolicies))}
	b.account.Groups = append(b.account.Groups, g)
}

func (b *builder) addUser(i int) {
	u := snapshot.User{Entity: b.entity("user", fmt.Sprintf("person%04d", i), "/")}
	u.Groups = []string{pick(b.rand, b.account.Groups).Name}
	u.Tags = map[string]string{"team": pick(b.rand, teams)}
	b.account.Users = append(b.account.Users, u)
}

func (b *builder) entity(kind, name, path string) snapshot.Entity {
	prefix := map[string]string{"role": "AROA", "group": "AGPA", "user": "AIDA"}[kind]
	return snapshot.Entity{
		Name: name, Path: path, ARN: fmt.Sprintf("arn:aws:iam::%s:%s%s%s", b.stage.account, kind, path, name),
		ID: fmt.Sprintf("%s%016X", prefix, b.rand.Uint64()), Created: epoch,
	}
}

func (b *builder) ownPolicy(name, path, document string) (arn string) {
	arn = fmt.Sprintf("arn:aws:iam::%s:policy%s%s", b.stage.account, path, name)
	b.account.Policies = append(b.account.Policies, snapshot.ManagedPolicy{ARN: arn, Name: name, Path: path, Version: "v1", Document: document})
	return arn
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
