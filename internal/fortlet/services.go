package fortlet

import (
	"context"
	"errors"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/iam"
	"github.com/fortlet/fortlet/internal/service/kms"
	"github.com/fortlet/fortlet/internal/service/sts"
)

// addServices links every service into the cloud: one line each. IAM comes
// first, since the walls ask it who may do what.
func addServices(c *cloud.Cloud) (closeAll func() error, err error) {
	identities := iam.New(c)
	c.Authorizer.Directory = identities
	c.Credentials.Directory = identities
	c.Credentials.Users = identities
	keys := kms.New(c)
	return func() error { return identities.Close(context.Background()) }, errors.Join(
		c.Register(&iamapi.Service, identities.Handlers()...),
		c.Register(&stsapi.Service, sts.New(c).Handlers()...),
		c.Register(&kmsapi.Service, keys.Handlers()...),
	)
}
