package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
)

// Forward makes a call for the caller of ctx: the same pipeline with the
// caller's own session, the calling service appended to aws:CalledVia, and the
// record naming it as invokedBy. It is the only way from one service to
// another.
func Forward[In, Out any](ctx context.Context, op *api.Op[In, Out], in *In) (*Out, error) {
	outer := From(ctx)
	by := outer.Operation.Service.EventSource()
	inner := &Call{
		ID:        NewID(),
		Cloud:     outer.Cloud,
		Operation: &op.Operation,
		Input:     in,
		Host:      outer.Host,
		InvokedBy: by,
		Size:      outer.Size,
	}
	inner.Scope = outer.Scope.Forwarded(by)
	// A service that acts in its own name does so for the same source wherever
	// the call goes on to. Nobody else has one.
	inner.SourceARN, inner.SourceAccount = outer.SourceARN, outer.SourceAccount
	out, err := outer.Cloud.Invoke(ctx, inner)
	outer.forwarded = append(outer.forwarded, inner.decided()...)
	if err != nil {
		return nil, err
	}
	return out.(*Out), nil
}
