package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// Invoke runs a call whose principal is known and whose input is decoded:
// validate, handle, record. The error is always an *api.Error in the words of
// the called service.
func (c *Cloud) Invoke(ctx context.Context, call *Call) (any, error) {
	out, err := c.handle(ctx, call)
	var answer *api.Error
	if err != nil {
		answer = c.answer(call, err)
		out = nil
	}
	recordErr := c.record(ctx, call, out, answer)
	watched := c.within(call)
	// The input may be a secret; remembered is only how it was decided.
	call.Input = nil
	c.recent.add(call)
	if recordErr != nil {
		abandon(out)
		// A call that cannot be recorded must not be answered with success.
		return nil, c.internal(call, fmt.Errorf("audit record: %w", recordErr))
	}
	c.tell(watched, out, answer)
	if answer != nil {
		return nil, answer
	}
	return out, nil
}

// abandon closes the stream of an output that nobody gets.
func abandon(out any) {
	if o, ok := out.(*s3api.GetObjectOutput); ok {
		if body, ok := o.Body.(io.Closer); ok {
			_ = body.Close() // it was read from alone
		}
	}
}

// Refuse records a call that ends before it reaches its handler, because of
// what its caller is or of what it sent.
func (c *Cloud) Refuse(ctx context.Context, call *Call, answer *api.Error) error {
	if err := c.record(ctx, call, nil, answer); err != nil {
		return c.internal(call, fmt.Errorf("audit record: %w", err))
	}
	return answer
}

// errUnasked is the failure of a handler that forgot to ask for authorization.
var errUnasked = errors.New("handler succeeded without asking for authorization")

func (c *Cloud) handle(ctx context.Context, call *Call) (out any, err error) {
	h, ok := c.handlers[call.Operation]
	if !ok {
		return nil, NotImplemented(call.Operation.Service, call.Operation.Name)
	}
	if err := wire.Validate(call.Operation, call.Input); err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	out, err = h.call(NewContext(ctx, call), call.Input)
	if err == nil && !call.Settled() {
		return nil, errUnasked
	}
	return out, err
}

// answer turns whatever a handler returned into what the caller may see.
func (c *Cloud) answer(call *Call, err error) *api.Error {
	var known *api.Error
	if errors.As(err, &known) {
		return known
	}
	var denied *authz.Denied
	if errors.As(err, &denied) {
		return AccessDenied(call.Operation.Service, denied)
	}
	return c.internal(call, err)
}

// AccessDenied is the answer of a service to a denied call.
func AccessDenied(svc *api.Service, denied *authz.Denied) *api.Error {
	if svc.Name == "s3" {
		return deniedByS3(denied)
	}
	switch svc.Protocol {
	case api.JSON10, api.JSON11:
		return api.Errorf("AccessDeniedException", 400, "%s", denied)
	case api.RestJSON:
		return api.Errorf("AccessDeniedException", 403, "%s", denied)
	case api.EC2:
		return api.Errorf("UnauthorizedOperation", 403, "%s", denied)
	}
	return api.Errorf("AccessDenied", 403, "%s", denied)
}

// NotImplemented is the answer for what AWS has and Fortlet does not build.
func NotImplemented(svc *api.Service, name string) *api.Error {
	return api.Errorf("NotImplemented", 501, "%s:%s is not built in Fortlet.", svc.SigningName, name)
}

// internal is the answer for a failure of ours. Its cause is for the log only.
func (c *Cloud) internal(call *Call, err error) *api.Error {
	level := slog.LevelError
	if errors.Is(err, context.Canceled) {
		level = slog.LevelDebug // the client has left
	}
	c.Log.Log(context.Background(), level, "internal failure", "request", call.ID, "action", call.Operation.Action(), "cause", err)
	return internalFailure(call.Operation.Service).WithCause(err)
}

func internalFailure(svc *api.Service) *api.Error {
	switch {
	case svc.Name == "s3":
		return api.Errorf("InternalError", 500, "We encountered an internal error. Please try again.")
	case svc.Name == "kms":
		return api.Errorf("KMSInternalException", 500, "The request was rejected because an internal exception occurred. The request can be retried.")
	case svc.Protocol == api.Query:
		return api.Errorf("ServiceFailure", 500, "The request processing has failed because of an unknown error, exception or failure.")
	}
	return api.Errorf("InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure.")
}
