package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetObjectAcl gives the access control list of an object, as it is in force.
func (s *Service) GetObjectAcl(ctx context.Context, in *s3api.GetObjectAclInput) (*s3api.GetObjectAclOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.object(ctx, r, r.action("s3:GetObjectAcl", "s3:GetObjectVersionAcl"))
	if err != nil {
		return nil, err
	}
	owner, grants, err := s.shownACL(ctx, b, o.Owner, o.ACL)
	if err != nil {
		return nil, err
	}
	return &s3api.GetObjectAclOutput{Owner: owner, Grants: grants}, nil
}

// PutObjectAcl replaces the access control list of an object.
func (s *Service) PutObjectAcl(ctx context.Context, in *s3api.PutObjectAclInput) (*s3api.PutObjectAclOutput, error) {
	if err := notAnonymous(ctx, anonymousCall); err != nil {
		return nil, err
	}
	request := aclRequest{
		canned: string(in.ACL),
		grants: grantHeaders{in.GrantFullControl, in.GrantRead, in.GrantReadACP, in.GrantWrite, in.GrantWriteACP},
		list:   in.AccessControlPolicy,
	}
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	q := question{action: r.action("s3:PutObjectAcl", "s3:PutObjectVersionAcl")}
	_, _, err := s.change(ctx, r, q, func(b *Bucket, o *Object) error {
		if request.none() {
			return errMissingACL()
		}
		acl, err := s.newObjectACL(ctx, b, r.key, o.Owner, request)
		// Where lists are disabled the one that is kept stays, for the day on
		// which they are enabled again.
		if err == nil && !b.aclsDisabled() {
			o.ACL = acl
		}
		return err
	})
	return &s3api.PutObjectAclOutput{}, err
}
