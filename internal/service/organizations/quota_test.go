package organizations

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const (
	managementID = "111122223333"
	memberID     = "444455556666"
)

// bare is a cloud with nothing but this service, into whose tables a test puts
// what would take too many calls.
type bare struct {
	testing.TB
	cloud   *cloud.Cloud
	service *Service
	org     *Organization
	now     time.Time

	mu    sync.Mutex
	roles map[string]string // that were asked of IAM, by account
	stop  string            // the operation of IAM at whose end everything stops
}

func newBare(t testing.TB) *bare {
	b := &bare{TB: t, now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), roles: make(map[string]string)}
	db, kr := store.Memory(), keyring.Memory()
	now := func() time.Time { return b.now }
	b.cloud = &cloud.Cloud{
		Region: "us-east-1", Store: db, Keyring: kr, Audit: audit.Memory(1000), Accounts: accounts.New(db, kr, now),
		Authorizer: &authz.Authorizer{}, Log: slog.New(slog.DiscardHandler), Now: now,
	}
	b.service = New(b.cloud)
	b.cloud.Authorizer.Organization = b.service
	b.check(b.cloud.Register(&orgapi.Service, b.service.Handlers()...))
	// Of IAM there is no more than this, which is the only complaint.
	err := b.cloud.Register(&iamapi.Service, cloud.Handle(iamapi.OpCreateRole, b.createRole), cloud.Handle(iamapi.OpAttachRolePolicy, b.attachRolePolicy))
	if err == nil || !strings.Contains(err.Error(), "has no handler") {
		t.Fatal(err)
	}
	for i, id := range []string{managementID, memberID} {
		_, _, err := b.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: fmt.Sprint("account", i)})
		b.check(err)
	}
	b.update(func(tx *store.Tx) {
		b.org = found(tx, Organization{Management: managementID, Features: allFeatures, Created: b.now})
		members.Put(tx, memberID, &Member{Account: memberID, Org: b.org.ID, Method: created, Joined: b.now})
	})
	return b
}

func (b *bare) createRole(ctx context.Context, in *iamapi.CreateRoleInput) (*iamapi.CreateRoleOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	account := cloud.From(ctx).Account()
	if b.roles[account] != "" {
		return nil, iamapi.ErrEntityAlreadyExists("Role with name %s already exists.", *in.RoleName)
	}
	b.roles[account] = *in.RoleName
	b.stopAt("CreateRole")
	return new(iamapi.CreateRoleOutput), authz.Check(ctx, authz.Request{Action: "iam:CreateRole", Resource: "*"})
}

func (b *bare) attachRolePolicy(ctx context.Context, _ *iamapi.AttachRolePolicyInput) (*iamapi.AttachRolePolicyOutput, error) {
	b.stopAt("AttachRolePolicy")
	return new(iamapi.AttachRolePolicyOutput), authz.Check(ctx, authz.Request{Action: "iam:AttachRolePolicy", Resource: "*"})
}

// stopAt ends the goroutine that gets to an operation, as a crash does: nothing
// that would come after it happens.
func (b *bare) stopAt(operation string) {
	if b.stop == operation {
		b.stop = ""
		runtime.Goexit()
	}
}

func (b *bare) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bare) update(f func(tx *store.Tx)) {
	b.Helper()
	b.check(b.service.update(b.Context(), func(tx *store.Tx) error { f(tx); return nil }))
}

// invoke makes a call as the root user of the management account.
func invoke[In, Out any](b *bare, op *api.Op[In, Out], in *In) (*Out, error) {
	root, err := b.cloud.Accounts.Get(b.Context(), managementID)
	b.check(err)
	call := &cloud.Call{ID: cloud.NewID(), Cloud: b.cloud, Operation: &op.Operation, Input: in}
	call.Scope = authz.Scope{Authorizer: b.cloud.Authorizer, Principal: cloud.RootOf(root), Region: "us-east-1", Time: b.now}
	out, err := b.cloud.Invoke(b.Context(), call)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

func (b *bare) constraint(err error, reason string) {
	b.Helper()
	var e *api.Error
	if !errors.As(err, &e) || e.Code != "ConstraintViolationException" || e.Fields["Reason"] != reason {
		b.Errorf("%v %+v, want %s", err, e, reason)
	}
}

// The quotas of an organization.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
func TestQuotas(t *testing.T) {
	b := newBare(t)
	b.update(func(tx *store.Tx) {
		for i := range maxUnits - 1 {
			u := &Unit{Org: b.org.ID, ID: fmt.Sprintf("ou-root-%08d", i), Parent: b.org.Root, Name: fmt.Sprint(i)}
			units.Put(tx, u.key(), u)
		}
		for i := range 999 {
			p := &Policy{Org: b.org.ID, ID: fmt.Sprintf("p-%010d", i), Type: "TAG_POLICY", Name: fmt.Sprint(i), Content: `{"tags":{}}`}
			policies.Put(tx, p.key(), p)
		}
	})
	unit := func(name string) error {
		_, err := invoke(b, orgapi.OpCreateOrganizationalUnit, &orgapi.CreateOrganizationalUnitInput{ParentId: &b.org.Root, Name: &name})
		return err
	}
	policy := func(name string) error {
		_, err := invoke(b, orgapi.OpCreatePolicy, &orgapi.CreatePolicyInput{Type: orgapi.PolicyTypeTagPolicy, Name: &name, Description: new(""), Content: new(`{"tags":{}}`)})
		return err
	}
	b.check(unit("last"))
	b.constraint(unit("one more"), "OU_NUMBER_LIMIT_EXCEEDED")
	b.check(policy("last"))
	b.constraint(policy("one more"), "POLICY_NUMBER_LIMIT_EXCEEDED")
}

// Of 30 days, 250 accounts are closed at most in an organization of that size.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CloseAccount.html
func TestCloseQuota(t *testing.T) {
	b := newBare(t)
	for i := range minClosings {
		id := fmt.Sprintf("9%011d", i)
		_, _, err := b.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: "a" + id})
		b.check(err)
		b.update(func(tx *store.Tx) {
			members.Put(tx, id, &Member{Account: id, Org: b.org.ID, Method: created, Joined: b.now})
			b.check(b.cloud.Accounts.Close(tx, id))
		})
	}
	closing := func() error {
		_, err := invoke(b, orgapi.OpCloseAccount, &orgapi.CloseAccountInput{AccountId: new(memberID)})
		return err
	}
	b.constraint(closing(), "CLOSE_ACCOUNT_QUOTA_EXCEEDED")
	b.now = b.now.Add(closingPeriod)
	b.check(closing())
}

// TestInterruptedCreation: what a stop has interrupted at whatever point is
// completed at the next start, once.
func TestInterruptedCreation(t *testing.T) {
	b := newBare(t)
	request := func(id, account string) *Request {
		r := &Request{Org: b.org.ID, ID: id, Account: account, Name: "Some Account", Email: account + "@example.com", Role: "Way", State: inProgress, Requested: b.now}
		b.update(func(tx *store.Tx) { requests.Put(tx, r.key(), r) })
		return r
	}
	request("car-00000001", "900000000001") // nothing was done
	made := request("car-00000002", "900000000002")
	_, _, err := b.cloud.Accounts.Create(t.Context(), accounts.Spec{Name: "some", Title: made.Name, ID: made.Account, Email: made.Email})
	b.check(err)
	furnished := request("car-00000003", "900000000003")
	a, _, err := b.cloud.Accounts.Create(t.Context(), accounts.Spec{Name: "other", Title: furnished.Name, ID: furnished.Account, Email: furnished.Email})
	b.check(err)
	b.check(b.service.furnish(t.Context(), a, managementID, furnished.Role))
	joined := request("car-00000004", "900000000004")
	a, _, err = b.cloud.Accounts.Create(t.Context(), accounts.Spec{Name: "third", ID: joined.Account, Email: joined.Email})
	b.check(err)
	b.check(b.service.join(t.Context(), a, joined))

	again := New(b.cloud)
	b.cloud.Authorizer.Organization = again
	b.check(again.Start(t.Context()))
	b.check(again.Start(t.Context()))
	out, err := invoke(b, orgapi.OpListCreateAccountStatus, &orgapi.ListCreateAccountStatusInput{})
	b.check(err)
	for _, s := range out.CreateAccountStatuses {
		if s.State != orgapi.CreateAccountStateSucceeded || s.AccountId == nil || b.roles[*s.AccountId] != "Way" {
			t.Errorf("%+v, roles %v", s, b.roles)
		}
		if again.Of(*s.AccountId) == nil {
			t.Errorf("%s is no member", *s.AccountId)
		}
	}
	if len(out.CreateAccountStatuses) != 4 {
		t.Errorf("%d requests", len(out.CreateAccountStatuses))
	}
}

// TestInterruptedMember: an account that the control plane was making when the
// process stopped is completed at the next start like one of CreateAccount, even
// when it was the first and its organization did not exist.
func TestInterruptedMember(t *testing.T) {
	for _, operation := range []string{"CreateRole", "AttachRolePolicy"} {
		for _, first := range []bool{true, false} {
			b := newBare(t)
			var parent string
			if first {
				b.update(func(tx *store.Tx) { (&seat{Organization: b.org, tx: tx}).dissolve() })
			} else {
				parent = "ou-" + b.org.Root[2:] + "-00000001"
				b.update(func(tx *store.Tx) {
					units.Put(tx, unitKey(b.org.ID, parent), &Unit{Org: b.org.ID, ID: parent, Parent: b.org.Root, Name: "u"})
				})
			}
			b.stop = operation
			var made sync.WaitGroup
			made.Go(func() {
				m := cloud.NewAccount{Spec: accounts.Spec{Name: "qa", ID: "900000000001"}, Role: "Way", Unit: parent}
				_, _, err := b.service.CreateMember(t.Context(), m)
				t.Errorf("%s, first %v: nothing stopped it: %v", operation, first, err)
			})
			made.Wait()
			if b.service.Of("900000000001") != nil {
				t.Errorf("%s, first %v: a member before the role is complete", operation, first)
			}

			again := New(b.cloud)
			b.cloud.Authorizer.Organization = again
			b.check(again.Start(t.Context()))
			m := again.Of("900000000001")
			if m == nil || m.Management || parent != "" && m.Levels[1] != parent || b.roles["900000000001"] != "Way" {
				t.Errorf("%s, first %v: %+v, roles %v", operation, first, m, b.roles)
			}
			out, err := invoke(b, orgapi.OpListCreateAccountStatus, &orgapi.ListCreateAccountStatusInput{})
			b.check(err)
			if len(out.CreateAccountStatuses) != 1 || out.CreateAccountStatuses[0].State != orgapi.CreateAccountStateSucceeded {
				t.Errorf("%s, first %v: %+v", operation, first, out.CreateAccountStatuses)
			}
		}
	}
}

// TestRefusedMember: a member that is refused leaves neither an account nor an
// organization.
func TestRefusedMember(t *testing.T) {
	b := newBare(t)
	b.update(func(tx *store.Tx) { (&seat{Organization: b.org, tx: tx}).dissolve() })
	for _, m := range []cloud.NewAccount{
		{Spec: accounts.Spec{Name: "account0"}},
		{Spec: accounts.Spec{Name: "qa"}, Role: "no role"},
		{Spec: accounts.Spec{Name: "qa"}, Unit: "ou-root-00000001"},
	} {
		if _, _, err := b.service.CreateMember(t.Context(), m); !errors.Is(err, accounts.ErrExists) && !errors.Is(err, accounts.ErrInvalid) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	list, err := b.cloud.Accounts.List(t.Context())
	b.check(err)
	if len(list) != 2 || b.service.Of(managementID) != nil {
		t.Errorf("%d accounts, organization %+v", len(list), b.service.Of(managementID))
	}
}

// TestRoleCannotBeMade: a failure is told, and nothing becomes a member.
func TestRoleCannotBeMade(t *testing.T) {
	b := newBare(t)
	r := &Request{Org: b.org.ID, ID: "car-00000001", Account: "900000000001", Name: "x", Email: "x@example.com", Role: "no role", State: inProgress, Requested: b.now}
	b.update(func(tx *store.Tx) { requests.Put(tx, r.key(), r) })
	b.check(b.service.complete(t.Context(), r))
	out, err := invoke(b, orgapi.OpDescribeCreateAccountStatus, &orgapi.DescribeCreateAccountStatusInput{CreateAccountRequestId: &r.ID})
	b.check(err)
	if s := out.CreateAccountStatus; s.State != orgapi.CreateAccountStateFailed || s.FailureReason != orgapi.CreateAccountFailureReasonInternalFailure {
		t.Errorf("%+v", s)
	}
	if b.service.Of(r.Account) != nil {
		t.Error("it is a member")
	}
}

// TestMembershipIsFresh: what is asked after a change was acknowledged is
// answered by it, however many ask.
func TestMembershipIsFresh(t *testing.T) {
	b := newBare(t)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					b.service.Of(memberID)
				}
			}
		})
	}
	for i := range 300 {
		u := &Unit{Org: b.org.ID, ID: fmt.Sprintf("ou-root-%08d", i), Parent: b.org.Root, Name: fmt.Sprint(i)}
		b.update(func(tx *store.Tx) {
			units.Put(tx, u.key(), u)
			places.Put(tx, memberID, &Place{Account: memberID, Org: b.org.ID, Parent: u.ID})
		})
		if want := b.org.ID + "/" + b.org.Root + "/" + u.ID + "/"; b.service.Of(memberID).Paths[0] != want {
			t.Fatalf("after move %d: %s", i, b.service.Of(memberID).Paths[0])
		}
	}
	close(stop)
	readers.Wait()
}

// TestUnreadable: of an account whose organization cannot be read nothing is
// allowed.
func TestUnreadable(t *testing.T) {
	b := newBare(t)
	b.check(b.cloud.Store.Close())
	m := b.service.Of(memberID)
	if m == nil || len(m.SCPs) == 0 || len(m.SCPs[0]) != 0 || len(m.RCPs) == 0 || m.Management {
		t.Errorf("%+v", m)
	}
}

// BenchmarkOf is what every request pays for its caller's organization.
func BenchmarkOf(b *testing.B) {
	w := newBare(b)
	w.service.Of(memberID)
	b.ReportAllocs()
	for b.Loop() {
		w.service.Of(memberID)
	}
}
