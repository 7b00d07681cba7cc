package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

const (
	// maxAttempts of a call, where neither the profile nor AWS_MAX_ATTEMPTS
	// says otherwise. The SDK waits between them, twice as long each time up
	// to 20 seconds, with full jitter. Its own three are too few for a large
	// account: AWS admits few GetAccountAuthorizationDetails a second.
	maxAttempts = 10
	// attemptTimeout ends an attempt that gets no answer.
	attemptTimeout = 2 * time.Minute
	// defaultRegion is for profiles without one: IAM of the partition aws has
	// one endpoint for all Regions.
	defaultRegion = "us-east-1"
)

// Load reads a named profile of the shared AWS configuration with all that it
// may hold: keys, SSO, assumed roles, credential processes, its own endpoint.
// With "" it is what the environment and the default profile say. A region
// that is given goes before all others, and so do further options of the SDK,
// such as how to ask for an MFA code. The errors are of type *Error.
func Load(ctx context.Context, profile, region string, further ...func(*config.LoadOptions) error) (aws.Config, error) {
	role := new(roleEndpoint)
	options := []func(*config.LoadOptions) error{
		config.WithSharedConfigProfile(profile),
		config.WithRegion(region),
		config.WithDefaultRegion(defaultRegion),
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(attemptTimeout)),
		config.WithLogger(logging.Nop{}), // what matters is in the errors
		config.WithAPIOptions([]func(*middleware.Stack) error{role.install}),
	}
	cfg, err := config.LoadDefaultConfig(ctx, append(options, further...)...)
	if err == nil {
		err = role.settle(ctx, &cfg)
	}
	if err != nil {
		return aws.Config{}, notLoaded(ctx, err)
	}
	cfg.HTTPClient = bodies{cfg.HTTPClient, maxAnswer}
	cfg.RetryMaxAttempts = cmp.Or(cfg.RetryMaxAttempts, maxAttempts)
	return cfg, nil
}

func notLoaded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var unknown config.SharedConfigProfileNotExistError
	if errors.As(err, &unknown) {
		return &Error{
			Hint: "fortlet iam listprofiles shows the profiles there are",
			Err:  fmt.Errorf("%w: %s", ErrUnknownProfile, unknown.Profile),
		}
	}
	var noMFA config.AssumeRoleTokenProviderNotSetError
	if errors.As(err, &noMFA) {
		return &Error{Err: &cause{ErrCredentials, "the profile needs an MFA code", err}}
	}
	return &Error{
		Hint: "see AWS_CONFIG_FILE (default ~/.aws/config) and AWS_SHARED_CREDENTIALS_FILE (default ~/.aws/credentials)",
		Err:  &cause{ErrConfiguration, err.Error(), err},
	}
}
