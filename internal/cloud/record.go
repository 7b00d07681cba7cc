package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/wire"
	"github.com/fortlet/fortlet/policy"
)

// record appends the CloudTrail record of a call. What changed something is on
// disk when record returns, as the change itself is.
func (c *Cloud) record(ctx context.Context, call *Call, out any, failure *api.Error) error {
	op := call.Operation
	r := &audit.Record{
		UserIdentity:       identity(call),
		EventTime:          call.Time,
		EventSource:        op.Service.EventSource(),
		EventName:          op.Name,
		Region:             call.Region,
		SourceIPAddress:    call.source(),
		UserAgent:          call.UserAgent,
		RequestID:          call.ID,
		EventID:            NewID(),
		ReadOnly:           op.ReadOnly,
		ManagementEvent:    true,
		RecipientAccountID: call.Account(),
		Resources:          call.recorded(),
		RequestParameters:  wire.AppendTrail(nil, call.Input),
	}
	if failure != nil {
		r.ErrorCode, r.ErrorMessage = trailCode(failure.Code), failure.Message
		r.Explanation = call.explainDenial()
	} else if !op.ReadOnly || op.Service.Name == "sts" {
		r.ResponseElements = wire.AppendTrail(nil, out)
	}
	if err := c.Audit.Append(r); err != nil || op.ReadOnly || failure != nil {
		return err
	}
	// A client that leaves does not undo what was done for it.
	return c.Audit.Sync(context.WithoutCancel(ctx))
}

// trailCode is the error code as CloudTrail records it: a denial has one code,
// whatever the service calls it.
func trailCode(code string) string {
	if code == "AccessDeniedException" {
		return "AccessDenied"
	}
	return code
}

// source is the address that the record names: the service's own, when one
// called for the principal.
func (c *Call) source() string {
	if c.InvokedBy != "" {
		return c.InvokedBy
	}
	return c.SourceIP
}

func (c *Call) recorded() []audit.Resource {
	var list []audit.Resource
	for _, d := range c.Decisions() {
		if t := d.Request.ResourceType; t != "" {
			list = append(list, audit.Resource{AccountID: d.Request.Owner, Type: t, ARN: d.Request.Resource})
		}
	}
	for _, r := range c.resources {
		list = append(list, audit.Resource{AccountID: r.Account, Type: r.Type, ARN: r.ARN})
	}
	return list
}

func identity(call *Call) audit.UserIdentity {
	p := call.Principal
	u := audit.UserIdentity{
		Type:        identityType(p.Type),
		PrincipalID: p.ID,
		ARN:         p.ARN,
		AccountID:   p.Account,
		AccessKeyID: p.AccessKeyID,
		InvokedBy:   call.InvokedBy,
	}
	if p.Type == policy.User {
		u.UserName = p.Name
	}
	if p.Session != nil {
		u.SessionContext = sessionContext(p)
	}
	return u
}

func identityType(t policy.PrincipalType) string {
	switch t {
	case policy.Root:
		return "Root"
	case policy.User:
		return "IAMUser"
	case policy.AssumedRole:
		return "AssumedRole"
	case policy.FederatedUser:
		return "FederatedUser"
	case policy.ServicePrincipal:
		return "AWSService"
	}
	return "AWSAccount"
}

func sessionContext(p *authz.Principal) *audit.SessionContext {
	s := &audit.SessionContext{
		Attributes: audit.SessionAttributes{
			CreationDate:     p.Session.Issued,
			MFAAuthenticated: p.Session.MFA,
		},
		SourceIdentity: p.Session.SourceIdentity,
	}
	s.Issuer = sessionIssuer(p)
	return s
}

// sessionIssuer is what the session was made from: a role, or who vouched for a
// federated user. The session of a user is its own.
func sessionIssuer(p *authz.Principal) *audit.SessionIssuer {
	switch {
	case p.Type == policy.AssumedRole:
		roleID := p.ID[:len(p.ID)-len(p.SessionName)-1]
		return &audit.SessionIssuer{Type: "Role", PrincipalID: roleID, ARN: p.RoleARN, AccountID: p.Account, UserName: p.Name}
	case p.Type != policy.FederatedUser:
		return nil
	case p.IssuerName == "":
		return &audit.SessionIssuer{Type: "Root", PrincipalID: p.Account, ARN: p.UserARN, AccountID: p.Account}
	}
	return &audit.SessionIssuer{Type: "IAMUser", PrincipalID: p.UserID, ARN: p.UserARN, AccountID: p.Account, UserName: p.IssuerName}
}
