package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// Requester is who asks for something that is no call of the AWS API, and with
// which request: for its record. Within the program there is no request.
type Requester struct {
	*authz.Principal
	RequestID, SourceIP, UserAgent string
}

// OnReset has f called after a reset, for what a service keeps in memory.
func (c *Cloud) OnReset(f func()) { c.onReset = append(c.onReset, f) }

// Reset forgets every resource of every account. Accounts and their root keys
// stay; every session ends. The audit log begins anew with a record of who
// reset the cloud.
func (c *Cloud) Reset(ctx context.Context, by Requester) error {
	// The sessions end first: after a crash between the two, better resources
	// without sessions than sessions that outlive a reset.
	if err := c.Accounts.NextEpoch(ctx); err != nil {
		return err
	}
	if err := c.Store.Reset(ctx); err != nil {
		return err
	}
	c.Credentials.Forget()
	c.recent.clear()
	for _, f := range c.onReset {
		f()
	}
	if err := c.Audit.Reset(c.controlRecord("Reset", by)); err != nil {
		return err
	}
	return c.Audit.Sync(ctx)
}

// NewAccount is an account that the control plane shall make.
type NewAccount struct {
	accounts.Spec
	// Alone keeps the account out of the organization.
	Alone bool
	// Role is the name of the role by which the management account gets in, by
	// default OrganizationAccountAccessRole.
	Role string
	// Unit is the organizational unit that the account is put under, by default
	// the root.
	Unit string
}

// Organizations is what the control plane needs of AWS Organizations, which
// implements it.
type Organizations interface {
	// CreateMember makes an account of the organization of the first account,
	// which founds one if it has none.
	CreateMember(ctx context.Context, m NewAccount) (*accounts.Account, accounts.RootKey, error)
}

// CreateAccount makes an account, and records who did.
func (c *Cloud) CreateAccount(ctx context.Context, n NewAccount, by Requester) (*accounts.Account, accounts.RootKey, error) {
	a, key, err := c.newAccount(ctx, n)
	if err != nil {
		return nil, accounts.RootKey{}, err
	}
	r := c.controlRecord("CreateAccount", by)
	r.Resources = []audit.Resource{{AccountID: a.ID, Type: "AWS::Organizations::Account", ARN: a.RootARN()}}
	if err := c.Audit.Append(r); err != nil {
		return nil, accounts.RootKey{}, err
	}
	return a, key, c.Audit.Sync(ctx)
}

func (c *Cloud) newAccount(ctx context.Context, n NewAccount) (*accounts.Account, accounts.RootKey, error) {
	if n.Alone || c.Organizations == nil {
		return c.Accounts.Create(ctx, n.Spec)
	}
	return c.Organizations.CreateMember(ctx, n)
}

// RefuseControl records that somebody was refused what is no call of the AWS
// API.
func (c *Cloud) RefuseControl(name string, by Requester, answer *api.Error) error {
	r := c.controlRecord(name, by)
	r.ErrorCode, r.ErrorMessage = trailCode(answer.Code), answer.Message
	return c.Audit.Append(r)
}

// controlRecord is the record of something that is no call of the AWS API.
func (c *Cloud) controlRecord(name string, by Requester) *audit.Record {
	return &audit.Record{
		UserIdentity: audit.UserIdentity{
			Type: identityType(by.Type), PrincipalID: by.ID, ARN: by.ARN, AccountID: by.Account, AccessKeyID: by.AccessKeyID,
		},
		EventTime:          c.Now(),
		EventSource:        "fortlet",
		EventName:          name,
		EventType:          audit.ServiceEvent,
		Region:             c.Region,
		SourceIPAddress:    by.SourceIP,
		UserAgent:          by.UserAgent,
		RequestID:          by.RequestID,
		EventID:            NewID(),
		ManagementEvent:    true,
		RecipientAccountID: by.Account,
	}
}
