package fortlet

import (
	"context"
	"errors"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer"
	"github.com/fortlet/fortlet/internal/service/cloudtrail"
	"github.com/fortlet/fortlet/internal/service/iam"
	"github.com/fortlet/fortlet/internal/service/kms"
	"github.com/fortlet/fortlet/internal/service/organizations"
	"github.com/fortlet/fortlet/internal/service/s3"
	"github.com/fortlet/fortlet/internal/service/sts"
)

// addServices links every service into the cloud: one line each. IAM comes
// first, since the walls ask it who may do what.
func (f *Fortlet) addServices() (closeAll func() error, err error) {
	c := f.Cloud
	identities := iam.New(c)
	c.Authorizer.Directory = identities
	c.Credentials.Directory = identities
	c.Credentials.Users = identities
	organization := organizations.New(c)
	c.Authorizer.Organization = organization
	c.Organizations = organization
	keys := kms.New(c)
	objects := s3.New(c, f.blobs)
	c.CORS = objects
	c.OnReset(f.blobs.SweepSoon)
	closeAll = func() error {
		return errors.Join(objects.Close(context.Background()), identities.Close(context.Background()))
	}
	return closeAll, errors.Join(
		objects.AddJobs(f.Work),
		c.Register(&iamapi.Service, identities.Handlers()...),
		c.Register(&stsapi.Service, sts.New(c).Handlers()...),
		c.Register(&orgapi.Service, organization.Handlers()...),
		c.Register(&kmsapi.Service, keys.Handlers()...),
		c.Register(&s3api.Service, objects.Handlers()...),
		c.Register(&cloudtrailapi.Service, cloudtrail.New(c, f.Work).Handlers()...),
		c.Register(&analyzerapi.Service, accessanalyzer.New(c, f.Work).Handlers()...),
		organization.Start(context.Background()),
	)
}
