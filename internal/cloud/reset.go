package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// OnReset has f called after a reset, for what a service keeps in memory.
func (c *Cloud) OnReset(f func()) { c.onReset = append(c.onReset, f) }

// Reset forgets every resource of every account. Accounts and their root keys
// stay; every session ends. The audit log begins anew with a record of who
// reset the cloud.
func (c *Cloud) Reset(ctx context.Context, by *authz.Principal) error {
	if err := c.Store.Reset(ctx); err != nil {
		return err
	}
	if err := c.Accounts.NextEpoch(ctx); err != nil {
		return err
	}
	c.Credentials.Forget()
	c.recent.clear()
	for _, f := range c.onReset {
		f()
	}
	return c.Audit.Reset(&audit.Record{
		UserIdentity: audit.UserIdentity{
			Type: identityType(by.Type), PrincipalID: by.ID, ARN: by.ARN, AccountID: by.Account, AccessKeyID: by.AccessKeyID,
		},
		EventTime:          c.Now(),
		EventSource:        "fortlet",
		EventName:          "Reset",
		EventType:          audit.ServiceEvent,
		Region:             c.Region,
		EventID:            NewID(),
		ManagementEvent:    true,
		RecipientAccountID: by.Account,
	})
}
