package iam

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

func documents(id *authz.Identity) string {
	var ids []string
	for _, d := range id.Policies {
		ids = append(ids, d.ID)
	}
	return strings.Join(ids, " ")
}

func TestIdentity(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("a:b", "*"))
	p, q := w.policy("p", allow("a:c", "*")), w.policy("q", allow("a:d", "*"))
	w.group("g")
	do(w, iamapi.OpAddUserToGroup, iamapi.AddUserToGroupInput{GroupName: new("g"), UserName: new("bob")})
	do(w, iamapi.OpAttachUserPolicy, iamapi.AttachUserPolicyInput{UserName: new("bob"), PolicyArn: &p})
	do(w, iamapi.OpAttachGroupPolicy, iamapi.AttachGroupPolicyInput{GroupName: new("g"), PolicyArn: &q})
	do(w, iamapi.OpPutGroupPolicy, iamapi.PutGroupPolicyInput{GroupName: new("g"), PolicyName: new("in"), PolicyDocument: new(allow("a:e", "*"))})
	do(w, iamapi.OpPutUserPermissionsBoundary, iamapi.PutUserPermissionsBoundaryInput{UserName: new("bob"), PermissionsBoundary: &p})

	id := w.iam.User(home, "bob")
	if got := documents(id); got != "p "+p+" g/in "+q {
		t.Errorf("policies %s", got)
	}
	if id.Boundary.ID != p || id.Boundary.Type != authz.PermissionsBoundary || id.ID != bob.ID || id.Name != "bob" {
		t.Errorf("identity %+v", id)
	}
	if w.iam.ByID(bob.ID).ARN != id.ARN || w.iam.User(home, "BOB").ID != id.ID {
		t.Error("found differently by id or in other letters")
	}
	// Equal documents share one compiled policy, through every change.
	before := w.iam.ManagedPolicy(p)
	w.group("unrelated")
	if after := w.iam.User(home, "bob"); after == id || after.Policies[0].Policy != id.Policies[0].Policy || w.iam.ManagedPolicy(p) != before {
		t.Error("a policy was compiled again")
	}
	for _, none := range []*authz.Identity{
		w.iam.User(other, "bob"), w.iam.User(home, "none"), w.iam.User(home, ""), w.iam.Role(home, "bob"),
		w.iam.ByID("AIDANONE"), w.iam.ByID("AROANONE"), w.iam.ByID(""),
	} {
		if none != nil {
			t.Errorf("found %s", none.ARN)
		}
	}
	for _, arn := range []string{"", "arn:aws:iam::111122223333:policy/x/p", "arn:aws:iam::444455556666:policy/p", "arn:aws:iam::aws:policy/p", "policy/p"} {
		if w.iam.ManagedPolicy(arn) != nil {
			t.Errorf("found policy %q", arn)
		}
	}
}

// What does not compile any more must not become what allows more.
func TestBrokenPolicyDenies(t *testing.T) {
	w := newWorld(t)
	w.user("bob", allow("*", "*"))
	err := w.iam.update(t.Context(), func(tx *store.Tx) error {
		u := *users.Get(tx, rowKey(home, "bob"))
		u.Inline = append([]InlinePolicy{{Name: "broken", Document: `{"Statement":`}}, u.Inline...)
		u.Attached = []string{"arn:aws:iam::111122223333:policy/gone"}
		u.put(tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range w.iam.User(home, "bob").Policies {
		v := d.Policy.Evaluate(&policy.Request{Action: "a:b", Resource: "*"})
		if want := []policy.Effect{policy.Deny, policy.Allow, policy.Deny}[i]; v.Effect != want {
			t.Errorf("policy %s says %v, want %v", d.ID, v.Effect, want)
		}
	}
}

func TestDirectoryAllocatesNothing(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("a:b", "*"))
	w.role("r")
	arn := w.policy("p", allow("a:b", "*"))
	at := w.time
	hot := func() {
		if w.iam.User(home, "bob") == nil || w.iam.Role(home, "r") == nil || w.iam.ByID(bob.ID) == nil ||
			w.iam.ManagedPolicy(arn) == nil || w.iam.ManagedPolicy(readOnly) == nil || w.iam.AccessKey(bob.AccessKeyID) == nil {
			t.Fatal("not found")
		}
		w.iam.Used(bob.AccessKeyID, "kms", "us-east-1", at)
	}
	hot()
	hot()
	if n := testing.AllocsPerRun(1000, hot); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Once a change is acknowledged, nobody sees what was before it, whatever was
// being read meanwhile.
func TestDirectoryIsNeverStale(t *testing.T) {
	w := newWorld(t)
	w.user("bob", "")
	key := rowKey(home, "bob")
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !done.Load() {
				w.iam.User(home, "bob")
			}
		})
	}
	for i := range 2000 {
		path := []string{"/a/", "/b/"}[i%2]
		err := w.iam.update(t.Context(), func(tx *store.Tx) error {
			u := *users.Get(tx, key)
			u.Path = path
			u.put(tx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := w.iam.User(home, "bob").Path; got != path {
			t.Fatalf("change %d: path %s, want %s", i, got, path)
		}
	}
	done.Store(true)
	readers.Wait()
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	bob := w.user("bob", allow("*", "*"))
	w.role("r")
	w.iam.Used(bob.AccessKeyID, "kms", "us-east-1", w.time)
	if err := w.cloud.Reset(t.Context(), cloud.Requester{Principal: w.root}); err != nil {
		t.Fatal(err)
	}
	if w.iam.User(home, "bob") != nil || w.iam.Role(home, "r") != nil || w.iam.AccessKey(bob.AccessKeyID) != nil {
		t.Error("something survived")
	}
	if n := do(w, iamapi.OpGetAccountSummary, iamapi.GetAccountSummaryInput{}).SummaryMap["Users"]; n != 0 {
		t.Errorf("%d users", n)
	}
	w.user("bob", "")
}

// Last uses reach the store by themselves, at most a minute late.
func TestLastUsesAreFlushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		bob := w.user("bob", "")
		stored := func() (last *LastUse) {
			w.iam.view(t.Context(), func(tx *store.Tx) error {
				last = lastUses.Get(tx, bob.AccessKeyID)
				return nil
			})
			return last
		}
		w.iam.Used(bob.AccessKeyID, "kms", "us-east-1", w.time)
		synctest.Wait()
		if stored() != nil {
			t.Error("a first use was written at once")
		}
		later := w.time.Add(flushAfter * 1e9)
		w.iam.Used(bob.AccessKeyID, "s3", "us-east-1", later)
		synctest.Wait()
		if last := stored(); last == nil || last.Service != "s3" || !last.At.Equal(later) {
			t.Errorf("the store has %+v", last)
		}
	})
}
