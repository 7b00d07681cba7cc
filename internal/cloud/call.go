package cloud

import (
	"context"
	"slices"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// Call is one request on its way through the pipeline.
type Call struct {
	authz.Scope // who calls, from where, when, and what has been decided

	ID        string // the request id that the answer carries
	Cloud     *Cloud
	Operation *api.Operation
	Input     any
	// Host is the endpoint that the client called, for addresses in answers.
	Host string
	// Signature is how the request was signed; zero for calls from within.
	Signature Signature
	// InvokedBy is the service that made the call for the principal.
	InvokedBy string
	// Size is the length of the request: as much as a caller can make the
	// cloud remember of the call.
	Size int

	resources []Resource
	// forwarded are the decisions about the calls that the service made for the
	// caller on the way.
	forwarded []*authz.Decision
}

// Signature says how a request was signed, in the words of S3's condition keys.
type Signature struct {
	AuthType string        // s3:authType: REST-HEADER, REST-QUERY-STRING or POST; "" unsigned
	Version  string        // s3:signatureversion: AWS4-HMAC-SHA256 or AWS
	Age      time.Duration // s3:signatureAge; of a presigned request
	Payload  string        // s3:x-amz-content-sha256, as the request has it
}

// Resource is a resource that the record of a call names.
type Resource struct{ ARN, Account, Type string }

// callContext is a context of a call. It answers for the call and its
// authorization scope without a map or a second allocation.
type callContext struct {
	context.Context
	call *Call
}

type callKey struct{}

func (c *callContext) Value(key any) any {
	switch key {
	case any(callKey{}):
		return c.call
	case authz.ScopeKey:
		return &c.call.Scope
	}
	return c.Context.Value(key)
}

// NewContext is ctx with the call in it.
func NewContext(ctx context.Context, call *Call) context.Context {
	return &callContext{ctx, call}
}

// From returns the call that ctx belongs to. A service method runs inside of
// one always; elsewhere it is the programmer's mistake.
func From(ctx context.Context) *Call {
	call, ok := ctx.Value(callKey{}).(*Call)
	if !ok {
		panic("cloud: context of no call")
	}
	return call
}

// Account is the caller's account, in which a call creates and finds what it
// names without an ARN.
func (c *Call) Account() string { return c.Principal.Account }

// ARN is the name of a resource of the caller's account and the call's region.
func (c *Call) ARN(service, resource string) string {
	return ARN(service, c.Region, c.Account(), resource)
}

// ARN builds an Amazon Resource Name.
func ARN(service, region, account, resource string) string {
	return "arn:" + Partition + ":" + service + ":" + region + ":" + account + ":" + resource
}

// decided are all decisions that the outcome of the call depended on.
func (c *Call) decided() []*authz.Decision { return slices.Concat(c.Decisions(), c.forwarded) }

// Record names a resource in the call's audit record.
func (c *Call) Record(r Resource) { c.resources = append(c.resources, r) }
