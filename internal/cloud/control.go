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

// CreateAccount makes an account of the organization, and records who did.
func (c *Cloud) CreateAccount(ctx context.Context, spec accounts.Spec, by Requester) (*accounts.Account, accounts.RootKey, error) {
	a, key, err := c.Accounts.Create(ctx, spec)
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
