// Package reach tells who may do what in an account, without asking the
// account: it decides requests that nobody makes, over a snapshot, by package
// authz, which is how the cloud itself decides.
//
// New compiles a snapshot into a World. World.Find names a principal,
// World.Ask answers one Question for one principal, and World.WhoCan answers
// it for everybody: users, roles, the root user, those whom the policy of the
// resource names, and whoever can become one of them by sts:AssumeRole. Package
// read fetches what a snapshot of IAM does not have: the policy of the resource
// and the organization's policies.
//
// # What is not known
//
// A condition can ask for something that is known of no request that has not
// been made: the caller's address, the tags it brings. An Answer is then
// neither yes nor no. Every question is decided three times: with what is
// given, with every such condition taken for fulfilled where that allows, and
// with every one where it denies. What all three agree on is certain, whatever
// the request will be; otherwise the answer is Depends and lists the conditions
// that stand between. That can err in one direction: two conditions that no
// request fulfils together still give Depends.
//
// An ordinary call is taken for granted (direct, by TLS, now); an answer that
// rests on that says so in Assumed.
package reach

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// World is an account with everything that decides in it. It never changes and
// may be used by any number of goroutines.
type World struct {
	account      string
	organization *Organization
	time         time.Time
	region       string

	users, roles []*Principal // in the order of their ARNs
	byName       map[string]*Principal
	byID         map[string]*authz.Identity
	managed      map[string]*policy.Policy
	unreadable   []Unreadable
	assumers     assumers
	variants     variants
}

// Options are what a World has besides the snapshot.
type Options struct {
	// Organization is the account's; nil when it was not read.
	Organization *Organization
	// Time is when the calls are made.
	Time time.Time
	// Region is where calls are made whose resource has no Region.
	Region string
}

// Unreadable is a policy document that does not parse. It is kept out, and
// what its holder may do is answered with Depends wherever it could matter.
type Unreadable struct {
	Holder string `json:"holder"` // ARN of a user or role; empty for a managed policy
	Policy string `json:"policy"` // name of an inline policy, ARN of a managed one, "trust policy"
	Reason string `json:"reason"`
}

func (u Unreadable) String() string {
	if u.Holder == "" {
		return fmt.Sprintf("%s: %s", u.Policy, u.Reason)
	}
	return fmt.Sprintf("%s of %s: %s", u.Policy, u.Holder, u.Reason)
}

// New compiles a snapshot.
func New(a *snapshot.Account, o Options) *World {
	w := &World{
		account: a.ID, organization: o.Organization, time: o.Time, region: o.Region,
		byName: make(map[string]*Principal), byID: make(map[string]*authz.Identity), managed: make(map[string]*policy.Policy),
	}
	c := compileAll(a)
	for i := range a.Policies {
		p := &a.Policies[i]
		if r := c.of(p.Document, policy.Identity); r.policy != nil {
			w.managed[p.ARN] = r.policy
		} else {
			w.unreadable = append(w.unreadable, Unreadable{Policy: p.ARN, Reason: r.reason})
		}
	}
	b := builder{world: w, snapshot: a, compiled: c, groups: make(map[string]*snapshot.Group), policies: make(map[string]*snapshot.ManagedPolicy)}
	b.build()
	w.assumers = newAssumers(w)
	return w
}

// Account is the id of the account.
func (w *World) Account() string { return w.account }

// Unreadable are the policies that were kept out.
func (w *World) Unreadable() []Unreadable { return w.unreadable }

// Principals are the users and then the roles of the account.
func (w *World) Principals() []*Principal { return slices.Concat(w.users, w.roles) }

// each calls f for every index below n, on as many goroutines as there are
// processors.
func each(n int, f func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			for i := k; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// nameKey is a user or role by name; names have no letter case.
func nameKey(kind, name string) string { return kind + "/" + strings.ToLower(name) }
