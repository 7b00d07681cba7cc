package s3

import (
	"context"
	"slices"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

// maxBuckets is the default quota of buckets of an account.
const maxBuckets = 10_000

// CreateBucket creates a bucket. Names are shared by all accounts.
func (s *Service) CreateBucket(ctx context.Context, in *s3api.CreateBucketInput) (*s3api.CreateBucketOutput, error) {
	if err := notAnonymous(ctx, anonymousCall); err != nil {
		return nil, err
	}
	if err := s.authorizeCreate(ctx, in); err != nil {
		return nil, err
	}
	b, err := s.newBucket(ctx, in)
	if err != nil {
		return nil, err
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if old := buckets.Get(tx, b.Name); old != nil {
			return s.recreate(ctx, tx, old, b)
		}
		n := 0
		for range bucketsOfAccount.Scan(tx, b.Account, "") {
			n++
		}
		if n >= maxBuckets {
			return api.Errorf("TooManyBuckets", 400, "You have attempted to create more buckets than allowed")
		}
		buckets.Put(tx, b.Name, b)
		return nil
	})
	if err != nil {
		return nil, err
	}
	location := "http://" + b.Name + ".s3.amazonaws.com/"
	if b.Region == usEast1 {
		location = "/" + b.Name
	}
	return &s3api.CreateBucketOutput{Location: &location, BucketArn: new(bucketARN(b.Name))}, nil
}

// usEast1 is the Region in which S3 began, and kept some of its old ways.
const usEast1 = "us-east-1"

// recreate answers for a name that is taken. In us-east-1 one may create one's
// own bucket again, which only resets its access control list: that takes the
// permission to do so to the bucket that there is, whose policy may deny it.
func (s *Service) recreate(ctx context.Context, tx *store.Tx, old, b *Bucket) error {
	switch {
	case old.Account != b.Account:
		return with(s3api.ErrBucketAlreadyExists("The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."),
			"BucketName", b.Name)
	case old.Region != usEast1 || b.Region != usEast1:
		return with(s3api.ErrBucketAlreadyOwnedByYou("Your previous request to create the named bucket succeeded and you already own it."),
			"BucketName", b.Name)
	}
	if old.aclsDisabled() || old.ACL == nil && b.ACL == nil {
		return nil
	}
	if err := s.authorize(ctx, old, question{action: "s3:PutBucketAcl"}); err != nil {
		return err
	}
	reset := new(*old)
	reset.ACL = b.ACL
	buckets.Put(tx, reset.Name, reset)
	return nil
}

// authorizeCreate asks for the permissions to create the bucket and to
// configure it as the request does.
func (s *Service) authorizeCreate(ctx context.Context, in *s3api.CreateBucketInput) error {
	if !access.BucketName(*in.Bucket) {
		return with(api.Errorf("InvalidBucketName", 400, "The specified bucket is not valid."), "BucketName", *in.Bucket)
	}
	config := value(in.CreateBucketConfiguration)
	keys := conditions{}
	keys.set("s3:locationconstraint", string(config.LocationConstraint))
	actions := []string{"s3:CreateBucket"}
	if r := (aclRequest{canned: string(in.ACL), grants: createGrants(in)}); !r.none() {
		actions = append(actions, "s3:PutBucketAcl")
	}
	if isTrue(in.ObjectLockEnabledForBucket) {
		actions = append(actions, "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning")
	}
	if in.ObjectOwnership != "" {
		actions = append(actions, "s3:PutBucketOwnershipControls")
	}
	if len(config.Tags) > 0 {
		actions = append(actions, "s3:TagResource")
	}
	call := cloud.From(ctx)
	b := &Bucket{Name: *in.Bucket, Account: call.Account(), Region: call.Region}
	for _, action := range actions {
		r := authz.Request{
			Action:       action,
			Resource:     bucketARN(b.Name),
			Owner:        b.Account,
			ResourceType: "AWS::S3::Bucket",
			Keys:         newKeys(call, b, &question{action: action, keys: keys}),
		}
		if action == "s3:CreateBucket" || action == "s3:TagResource" {
			r.RequestTags = tagMap(config.Tags)
		}
		if err := authz.Check(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// newBucket is the bucket that a request asks for: private, with the settings
// that S3 gives new buckets since April 2023.
func (s *Service) newBucket(ctx context.Context, in *s3api.CreateBucketInput) (*Bucket, error) {
	call := cloud.From(ctx)
	config := value(in.CreateBucketConfiguration)
	if config.Location != nil || config.Bucket != nil {
		return nil, notBuilt("CreateBucketConfiguration.Location")
	}
	if in.BucketNamespace != "" && in.BucketNamespace != s3api.BucketNamespaceGlobal {
		return nil, notBuilt("x-amz-bucket-namespace")
	}
	region, err := homeOf(call.Region, config.LocationConstraint)
	if err != nil {
		return nil, err
	}
	b := &Bucket{
		ID:        ids.Unique("B"),
		Name:      *in.Bucket,
		Account:   call.Account(),
		Region:    region,
		Created:   call.Time.UTC().Truncate(time.Second),
		Ownership: s3api.ObjectOwnershipBucketOwnerEnforced,
		PublicAccessBlock: &s3api.PublicAccessBlockConfiguration{
			BlockPublicAcls: new(true), IgnorePublicAcls: new(true), BlockPublicPolicy: new(true), RestrictPublicBuckets: new(true),
		},
	}
	switch {
	case in.ObjectOwnership != "":
		b.Ownership = in.ObjectOwnership
	case in.ACL == s3api.BucketCannedACLPrivate:
		// Programs that give all they make a list, as rclone does, make a bucket
		// that takes one: https://github.com/versity/versitygw/issues/1869
		b.Ownership = s3api.ObjectOwnershipBucketOwnerPreferred
	}
	if isTrue(in.ObjectLockEnabledForBucket) {
		b.ObjectLock, b.Versioning = true, s3api.BucketVersioningStatusEnabled
	}
	if b.Tags, err = bucketTags(config.Tags); err != nil {
		return nil, err
	}
	return b, s.setNewACL(ctx, b, in)
}

// setNewACL gives a new bucket the list that the request asks for.
func (s *Service) setNewACL(ctx context.Context, b *Bucket, in *s3api.CreateBucketInput) error {
	r := aclRequest{canned: string(in.ACL), grants: createGrants(in)}
	if r.none() {
		return nil
	}
	acl, err := s.readACL(ctx, b.Account, b.Account, &r)
	switch {
	case err != nil:
		return err
	case access.Private(acl.Grants, *acl.Owner.ID):
		return nil
	case b.aclsDisabled():
		return errOwnershipACL()
	case access.PublicGrants(acl.Grants):
		return api.Errorf("InvalidBucketAclWithBlockPublicAccessError", 400, "Bucket cannot have public ACLs set with BlockPublicAccess enabled")
	}
	b.ACL = acl
	return nil
}

func errOwnershipACL() error {
	return api.Errorf("InvalidBucketAclWithObjectOwnership", 400, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
}

func createGrants(in *s3api.CreateBucketInput) grantHeaders {
	return grantHeaders{in.GrantFullControl, in.GrantRead, in.GrantReadACP, in.GrantWrite, in.GrantWriteACP}
}

// homeOf gives the Region of a bucket whose creation is asked for in one. In
// us-east-1, which is named by saying nothing, one may ask for a bucket
// anywhere; elsewhere only for one there. ("If you send your CreateBucket
// request to the s3.amazonaws.com global endpoint, the request goes to the
// us-east-1 Region. Accordingly, the signature calculations in Signature Version
// 4 must use us-east-1 as the Region, even if the location constraint in the
// request specifies another Region where the bucket is to be created.": API
// reference, CreateBucket.)
func homeOf(region string, constraint s3api.BucketLocationConstraint) (string, error) {
	home := string(constraint)
	switch {
	case home == "":
		home = "unspecified"
	case constraint == s3api.BucketLocationConstraintEu:
		home = "eu-west-1" // its name when it was the only one
	}
	switch {
	case region != usEast1 && home == region:
		return home, nil
	case region != usEast1:
		return "", api.Errorf("IllegalLocationConstraintException", 400,
			"The %s location constraint is incompatible for the region specific endpoint this request was sent to.", home)
	case constraint == "":
		return usEast1, nil
	case !slices.Contains(constraint.Values(), string(constraint)):
		return "", with(api.Errorf("InvalidLocationConstraint", 400, "The specified location-constraint is not valid"), "LocationConstraint", home)
	}
	return home, nil
}
