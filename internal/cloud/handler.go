package cloud

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
)

// Handler is one operation of a service, ready to be called.
type Handler struct {
	op   *api.Operation
	call func(ctx context.Context, in any) (any, error)
}

// Handle makes a Handler of a service's method.
func Handle[In, Out any](op *api.Op[In, Out], method func(context.Context, *In) (*Out, error)) Handler {
	return Handler{
		op: &op.Operation,
		call: func(ctx context.Context, in any) (any, error) {
			out, err := method(ctx, in.(*In))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}
