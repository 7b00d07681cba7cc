package extract

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// roleEndpoint leads the calls by which a profile assumes its role to the
// profile's own endpoint, as the AWS CLI does. The SDK makes the client for
// them before it has read endpoint_url or AWS_ENDPOINT_URL, and would ask AWS.
type roleEndpoint struct {
	url *url.URL // nil: the SDK's own choice is right
}

// install is for aws.Config.APIOptions while a configuration is loaded.
func (e *roleEndpoint) install(stack *middleware.Stack) error {
	lead := middleware.FinalizeMiddlewareFunc("RoleEndpoint", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		if r, ok := in.Request.(*smithyhttp.Request); ok && e.url != nil {
			r.URL.Scheme, r.URL.Host = e.url.Scheme, e.url.Host
		}
		return next.HandleFinalize(ctx, in)
	})
	return stack.Finalize.Insert(lead, "ResolveEndpointV2", middleware.After)
}

// settle is called when the configuration is loaded, which is before the first
// credentials are asked for.
func (e *roleEndpoint) settle(ctx context.Context, cfg *aws.Config) error {
	cfg.APIOptions = nil // of clients made from here on, the SDK knows the endpoint
	if cfg.BaseEndpoint == nil || hasOwnEndpoint(ctx, cfg, "STS") {
		return nil
	}
	var err error
	e.url, err = url.Parse(*cfg.BaseEndpoint)
	return err
}

// hasOwnEndpoint reports whether a service has an endpoint by its name, which
// the SDK does read in time.
func hasOwnEndpoint(ctx context.Context, cfg *aws.Config, service string) bool {
	for _, source := range cfg.ConfigSources {
		named, ok := source.(interface {
			GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
		})
		if !ok {
			continue
		}
		if _, found, err := named.GetServiceBaseEndpoint(ctx, service); found && err == nil {
			return true
		}
	}
	return false
}
