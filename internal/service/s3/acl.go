package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

// aclRequest is an access control list as a request gives it: in one of three
// ways, or not at all.
type aclRequest struct {
	canned string
	grants grantHeaders
	list   *s3api.AccessControlPolicy // the body
}

// grantHeaders are the x-amz-grant headers.
type grantHeaders struct{ fullControl, read, readACP, write, writeACP *string }

func (g *grantHeaders) any() bool { return *g != grantHeaders{} }

// none reports a request that says nothing of a list.
func (r *aclRequest) none() bool { return r.canned == "" && !r.grants.any() && r.list == nil }

// takesPermission reports a list whose setting takes a permission of its own
// beside that to put the object: all but those that are for the bucket's owner to
// have full control. The bucket policies of the User Guide, and those that AWS
// services ask for, demand such a list and allow s3:PutObject alone.
func (s *Service) takesPermission(ctx context.Context, b *Bucket, r *aclRequest) (bool, error) {
	alone := grantHeaders{fullControl: r.grants.fullControl}
	switch {
	case r.none(), r.canned == string(s3api.ObjectCannedACLBucketOwnerFullControl) && !r.grants.any():
		return false, nil
	case r.canned != "" || r.list != nil || r.grants != alone:
		return true, nil
	}
	id, err := s.canonicalID(ctx, b.Account)
	grantees, ok := access.ParseGrantees(*r.grants.fullControl)
	return !ok || len(grantees) != 1 || value(grantees[0].ID) != id, err
}

// canonicalID is the canonical user id of an account, and of those who have
// none.
func (s *Service) canonicalID(ctx context.Context, account string) (string, error) {
	if account == "" {
		return anonymousID, nil
	}
	a, err := s.cloud.Accounts.Get(ctx, account)
	if err != nil || a == nil {
		return anonymousID, err
	}
	return a.CanonicalID, nil
}

// anonymousID is the canonical user id that owns what anonymous callers upload.
const anonymousID = "65a011a29cdf8ec533ec3d1ccaae921c"

// owner is an account as the owner of something.
func (s *Service) owner(ctx context.Context, account string) (*s3api.Owner, error) {
	id, err := s.canonicalID(ctx, account)
	if err != nil {
		return nil, err
	}
	return &s3api.Owner{ID: new(id)}, nil
}

// objectOwner is the account that owns an object which the caller creates:
// the caller's, unless the bucket's ownership setting gives it to the bucket's
// owner.
func objectOwner(call *cloud.Call, b *Bucket, r *aclRequest) string {
	preferred := b.Ownership == s3api.ObjectOwnershipBucketOwnerPreferred && r.canned == string(s3api.ObjectCannedACLBucketOwnerFullControl)
	if b.aclsDisabled() || preferred {
		return b.Account
	}
	return call.Account()
}

// newObjectACL is the list that a request gives an object of an owner, an
// account; nil is private. What the bucket does not allow is refused.
func (s *Service) newObjectACL(ctx context.Context, b *Bucket, key, owner string, r aclRequest) (*s3api.AccessControlPolicy, error) {
	if r.none() {
		return nil, nil
	}
	if b.aclsDisabled() {
		return nil, s.checkDisabled(ctx, b, &r)
	}
	acl, err := s.readACL(ctx, owner, b.Account, &r)
	if err != nil {
		return nil, err
	}
	return acl, checkPublicACL(ctx, b, acl, objectARN(b.Name, key))
}

// checkDisabled refuses lists where they are disabled, but for those that say
// what holds anyway: that the bucket's owner has full control.
func (s *Service) checkDisabled(ctx context.Context, b *Bucket, r *aclRequest) error {
	if r.canned == string(s3api.ObjectCannedACLBucketOwnerFullControl) && !r.grants.any() {
		return nil
	}
	if r.canned != "" {
		return errACLsDisabled()
	}
	id, err := s.canonicalID(ctx, b.Account)
	if err != nil {
		return err
	}
	acl, err := s.readACL(ctx, b.Account, b.Account, r)
	if err != nil {
		return err
	}
	if !access.Private(acl.Grants, id) {
		return errACLsDisabled()
	}
	return nil
}

// checkPublicACL refuses a public list where BlockPublicAcls is on.
func checkPublicACL(ctx context.Context, b *Bucket, acl *s3api.AccessControlPolicy, resource string) error {
	if acl == nil || b.PublicAccessBlock == nil || !isTrue(b.PublicAccessBlock.BlockPublicAcls) || !access.PublicGrants(acl.Grants) {
		return nil
	}
	return errBlocked(ctx, cloud.From(ctx).Operation.Action(), resource,
		"public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3 Block Public Access.")
}

// readACL reads the list that a request gives something of an owner, an
// account, in a bucket of another.
func (s *Service) readACL(ctx context.Context, owner, bucketOwner string, r *aclRequest) (*s3api.AccessControlPolicy, error) {
	o, err := s.owner(ctx, owner)
	if err != nil {
		return nil, err
	}
	switch {
	case r.canned != "" && r.grants.any():
		return nil, errInvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed")
	case r.list != nil && (r.canned != "" || r.grants.any()):
		return nil, api.Errorf("UnexpectedContent", 400, "This request does not support content")
	case r.list != nil:
		return s.readList(ctx, o, r.list)
	case r.grants.any():
		grants, err := s.readHeaders(ctx, &r.grants)
		return &s3api.AccessControlPolicy{Owner: o, Grants: grants}, err
	}
	id, err := s.canonicalID(ctx, bucketOwner)
	return &s3api.AccessControlPolicy{Owner: o, Grants: access.Canned(r.canned, *o.ID, id)}, err
}

// shownACL is a list as it is in force: without the grants that the bucket's
// settings make void.
func (s *Service) shownACL(ctx context.Context, b *Bucket, owner string, acl *s3api.AccessControlPolicy) (*s3api.Owner, []s3api.Grant, error) {
	if b.aclsDisabled() {
		owner, acl = b.Account, nil
	}
	o, err := s.owner(ctx, owner)
	if err != nil {
		return nil, nil, err
	}
	if acl == nil {
		return o, access.Canned("private", *o.ID, *o.ID), nil
	}
	grants := acl.Grants
	if p := b.PublicAccessBlock; p != nil && isTrue(p.IgnorePublicAcls) {
		grants = access.WithoutPublic(grants)
	}
	return o, grants, nil
}
