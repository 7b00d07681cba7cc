package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// As is who a service is when it calls another in its own name, and for what.
type As struct {
	Service string // the service principal: "cloudtrail.amazonaws.com"
	// SourceARN is the resource on whose behalf the service calls, a trail say,
	// and SourceAccount the account of that resource. Policies read them as
	// aws:SourceArn and aws:SourceAccount, by which they keep the service from
	// being somebody else's deputy.
	SourceARN     string
	SourceAccount string
	Region        string // in which the call is made
	// Principal is whom the service acts as in an account: its service-linked
	// role, or the root user of an account that is being made. Nil is the service
	// itself, which only policies of resources can let in.
	Principal *authz.Principal
}

// Act makes a call of a service in its own name, the other way from one service
// to another: where Forward borrows the caller's session, here there may be no
// caller at all. It goes through the same pipeline as anybody's call, and only
// policies of resources can allow it, since a service has no others.
//
// The principal is of no account: Call.Account is "". A handler that Act reaches
// must take the owner of what it finds from what it finds, and the owner of what
// it creates from what it creates it in; one that has nothing else to go by (the
// ListBuckets of nobody) finds nothing. The record goes to the account that owns
// the resource, or else to SourceAccount.
//
// What the called service forwards in turn it forwards in the same name and for
// the same source, so that the policy of a KMS key can name the trail whose log
// files S3 encrypts under it.
func Act[In, Out any](ctx context.Context, c *Cloud, as As, op *api.Op[In, Out], in *In) (*Out, error) {
	call := &Call{
		ID:        NewID(),
		Cloud:     c,
		Operation: &op.Operation,
		Input:     in,
		InvokedBy: as.Service,
	}
	call.Scope = authz.Scope{
		Authorizer:    c.Authorizer,
		Principal:     as.principal(),
		Region:        as.Region,
		Time:          c.Now(),
		UserAgent:     as.Service,
		SourceARN:     as.SourceARN,
		SourceAccount: as.SourceAccount,
		// The call does not leave the process. A bucket whose policy refuses
		// what comes over plain HTTP does not mean it.
		SecureTransport: true,
	}
	out, err := c.Invoke(ctx, call)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}

func (as *As) principal() *authz.Principal {
	if as.Principal != nil {
		return as.Principal
	}
	return &authz.Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: as.Service}}
}
