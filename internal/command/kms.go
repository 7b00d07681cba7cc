package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// kmsAttempts is how often KMS is asked for one thing, as often as the AWS CLI
// asks: somebody waits for the answer, and without a network ten attempts take two
// minutes. AWS_MAX_ATTEMPTS says otherwise.
const kmsAttempts = 3

// loadKeyProfile is the configuration of a profile for calls of KMS.
func loadKeyProfile(ctx context.Context, name, region string) (aws.Config, error) {
	cfg, err := loadProfile(ctx, name, region)
	if err != nil {
		return cfg, err
	}
	if os.Getenv("AWS_MAX_ATTEMPTS") == "" {
		cfg.RetryMaxAttempts = kmsAttempts
	}
	if cfg.Credentials != nil {
		cfg.Credentials = namedCredentials{cfg.Credentials}
	}
	return cfg, nil
}

// errNoCredentials is a configuration whose source of credentials gave none.
var errNoCredentials = errors.New("no valid credentials")

// namedCredentials have an error that can be told from those of KMS.
type namedCredentials struct{ aws.CredentialsProvider }

// Retrieve implements aws.CredentialsProvider.
func (c namedCredentials) Retrieve(ctx context.Context) (aws.Credentials, error) {
	credentials, err := c.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		err = fmt.Errorf("%w: %w", errNoCredentials, err)
	}
	return credentials, err
}

// hintOfKMS says what to do about a call of KMS that got no answer. What KMS
// itself answers says it already.
func hintOfKMS(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNoCredentials):
		return hinted{err, "name a profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; fortlet iam listprofiles shows the profiles there are"}
	case errors.As(err, new(*smithyhttp.RequestSendError)):
		return hinted{err, "the endpoint is the profile's endpoint_url, or AWS_ENDPOINT_URL, or else AWS's own for the Region"}
	}
	return err
}
