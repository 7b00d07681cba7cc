package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

// GetBucketAcl gives the access control list of a bucket as it is in force.
func (s *Service) GetBucketAcl(ctx context.Context, in *s3api.GetBucketAclInput) (*s3api.GetBucketAclOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketAcl"})
	if err != nil {
		return nil, err
	}
	owner, grants, err := s.shownACL(ctx, b, b.Account, b.ACL)
	return &s3api.GetBucketAclOutput{Owner: owner, Grants: grants}, err
}

// PutBucketAcl replaces the access control list of a bucket.
func (s *Service) PutBucketAcl(ctx context.Context, in *s3api.PutBucketAclInput) (*s3api.PutBucketAclOutput, error) {
	if err := notAnonymous(ctx, anonymousCall); err != nil {
		return nil, err
	}
	r := aclRequest{
		canned: string(in.ACL),
		grants: grantHeaders{in.GrantFullControl, in.GrantRead, in.GrantReadACP, in.GrantWrite, in.GrantWriteACP},
		list:   in.AccessControlPolicy,
	}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketAcl"}, func(b *Bucket) error {
		switch {
		case r.none():
			return errMissingACL()
		case b.aclsDisabled():
			return errACLsDisabled()
		}
		acl, err := s.readACL(ctx, b.Account, b.Account, &r)
		if err != nil {
			return err
		}
		if err := checkPublicACL(ctx, b, acl, bucketARN(b.Name)); err != nil {
			return err
		}
		if b.ACL = acl; access.Private(acl.Grants, *acl.Owner.ID) {
			b.ACL = nil
		}
		return nil
	})
	return &s3api.PutBucketAclOutput{}, err
}

// errMissingACL is the answer to a request to set a list that gives none.
func errMissingACL() *api.Error {
	return with(api.Errorf("MissingSecurityHeader", 400, "Your request was missing a required header"), "MissingHeaderName", "x-amz-acl")
}
