package cloud

import (
	"context"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/wire"
	"github.com/fortlet/fortlet/policy"
)

// record appends the CloudTrail record of a call. What changed something is on
// disk when record returns, as the change itself is.
func (c *Cloud) record(ctx context.Context, call *Call, out any, failure *api.Error) error {
	var r audit.Record // stays on the stack
	call.fill(&r, out, failure)
	if err := c.deliver(call, &r); err != nil || r.ReadOnly || failure != nil {
		return err
	}
	// A client that leaves does not undo what was done for it.
	return c.Audit.Sync(context.WithoutCancel(ctx))
}

// fill makes the record of a call, for the caller's own account.
func (c *Call) fill(r *audit.Record, out any, failure *api.Error) {
	op := c.Operation
	*r = audit.Record{
		UserIdentity:      identity(c),
		EventTime:         c.Time,
		EventSource:       op.Service.EventSource(),
		EventName:         op.Name,
		Region:            c.Region,
		SourceIPAddress:   c.source(),
		UserAgent:         c.UserAgent,
		RequestID:         c.ID,
		EventID:           NewID(),
		ReadOnly:          op.ReadOnly,
		ManagementEvent:   !op.Data,
		Resources:         c.recorded(),
		RequestParameters: wire.AppendRequestTrail(make([]byte, 0, 256), op, c.Input, c.Host),
	}
	if failure != nil {
		r.ErrorCode, r.ErrorMessage = trailCode(failure.Code), failure.Message
		r.Explanation = c.explainDenial()
	} else if !op.ReadOnly || op.Service.Name == "sts" {
		r.ResponseElements = wire.AppendTrail(nil, out)
	}
	if op.Service.Name == "s3" {
		c.completeS3(r, out)
	}
}

// deliver appends a record for every account that is to have it: the caller's,
// and those that own what was called for, which are told less of the caller.
// The copies of one call share an id.
//
// The caller's comes last, where a search for the newest record of a request
// begins.
func (c *Cloud) deliver(call *Call, r *audit.Record) error {
	r.RecipientAccountID = call.Account()
	owners := call.owners(r)
	if call.Account() == "" {
		// Of a service and of an anonymous caller nobody is told less.
		return c.deliverToOwners(call, r, owners)
	}
	if len(owners) > 0 {
		r.SharedEventID = NewID()
		foreign := *r
		foreign.UserIdentity = foreignIdentity(r.UserIdentity)
		foreign.Explanation = nil
		if r.ErrorCode == accessDenied {
			foreign.ErrorMessage = "Access Denied" // the message names the caller
		}
		if err := c.appendFor(owners, &foreign); err != nil {
			return err
		}
	}
	return c.Audit.Append(r)
}

// deliverToOwners delivers the record of a call that no account has made.
func (c *Cloud) deliverToOwners(call *Call, r *audit.Record, owners []string) error {
	switch len(owners) {
	case 0: // nothing was found: it concerns whoever the service acts for
		return c.appendFor([]string{call.SourceAccount}, r)
	case 1:
	default:
		r.SharedEventID = NewID()
	}
	return c.appendFor(owners, r)
}

// appendFor appends a record for each of some accounts.
func (c *Cloud) appendFor(accounts []string, r *audit.Record) error {
	for _, account := range accounts {
		with := *r
		with.RecipientAccountID, with.EventID = account, NewID()
		if err := c.Audit.Append(&with); err != nil {
			return err
		}
	}
	return nil
}

// owners are the accounts besides the caller's that own a resource of the call
// and have a record of it. Of a denied call they have none: "cross-account AWS
// KMS requests that are rejected because access is denied are logged only in
// the caller's account". S3 is different; there anybody may try.
//
// See https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
func (c *Call) owners(r *audit.Record) (list []string) {
	if r.ErrorCode == accessDenied && !c.Operation.Service.Public && c.Principal.Type != policy.ServicePrincipal {
		return nil
	}
	add := func(account string) {
		if account != "" && account != c.Account() && !slices.Contains(list, account) {
			list = append(list, account)
		}
	}
	for _, d := range c.Decisions() {
		add(d.Request.Owner)
	}
	for _, r := range c.resources {
		add(r.Account)
	}
	return list
}

// accessDenied is the error code under which CloudTrail records a denial.
const accessDenied = "AccessDenied"

// trailCode is the error code as CloudTrail records it: a denial has one code,
// whatever the service calls it.
func trailCode(code string) string {
	if code == "AccessDeniedException" {
		return accessDenied
	}
	return code
}

// source is the address that the record names: that of the service, when one
// called for the principal or in its own name.
func (c *Call) source() string {
	switch {
	case c.Principal.Service != "":
		return c.Principal.Service
	case c.InvokedBy != "":
		return c.InvokedBy
	}
	return c.SourceIP
}

// recorded are the resources that the record names, each once.
func (c *Call) recorded() (list []audit.Resource) {
	add := func(r audit.Resource) {
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, d := range c.Decisions() {
		if t := d.Request.ResourceType; t != "" && !c.summed(t) {
			add(audit.Resource{AccountID: d.Request.Owner, Type: t, ARN: d.Request.Resource})
		}
	}
	for _, r := range c.resources {
		add(audit.Resource{AccountID: r.Account, Type: r.Type, ARN: r.ARN})
	}
	return list
}
