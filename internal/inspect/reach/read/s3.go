package read

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// bucket reads a bucket, and the access control list of an object in it.
func bucket(ctx context.Context, cfg aws.Config, w *reach.World, action, arn string) (*reach.Resource, error) {
	name, object, _ := strings.Cut(arn[strings.LastIndex(arn, ":::")+3:], "/")
	b := &bucketReader{
		account: w.Account(), name: name, object: object, action: action,
		r: &reach.Resource{ARN: arn, Owner: w.Account()},
	}
	b.client = s3.NewFromConfig(cfg, b.options(cfg, cfg.Region))
	if err := b.locate(ctx); err != nil {
		return nil, err
	}
	if b.r.Region != "" && b.r.Region != cfg.Region {
		b.client = s3.NewFromConfig(cfg, b.options(cfg, b.r.Region))
	}
	b.policy(ctx)
	if b.r.Unread == "" {
		b.block(ctx)
		b.lists(ctx)
	}
	return b.r, ctx.Err()
}

// bucketReader reads a bucket part by part.
type bucketReader struct {
	client        *s3.Client
	account       string
	name, object  string
	action        string
	r             *reach.Resource
	ignorePublic  bool
	restrict      bool
	canonicalUser string // of the bucket's owner
}

// options: an endpoint of one's own rarely has a name for each bucket.
func (b *bucketReader) options(cfg aws.Config, region string) func(*s3.Options) {
	return func(o *s3.Options) {
		o.Region = region
		o.UsePathStyle = cfg.BaseEndpoint != nil
	}
}

func (b *bucketReader) note(what string, err error) {
	b.r.Notes = append(b.r.Notes, what+" could not be read: "+told(err))
}

// locate finds the Region of the bucket.
func (b *bucketReader) locate(ctx context.Context) error {
	out, err := b.client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &b.name})
	switch {
	case code(err) == "NoSuchBucket":
		return &NotFoundError{"bucket " + b.name}
	case err != nil:
		return ctx.Err() // its policy will not be read either, and that is told
	}
	switch c := out.LocationConstraint; c {
	case "":
		b.r.Region = "us-east-1"
	case types.BucketLocationConstraintEu:
		b.r.Region = "eu-west-1"
	default:
		b.r.Region = string(c)
	}
	return nil
}

func (b *bucketReader) policy(ctx context.Context) {
	out, err := b.client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &b.name, ExpectedBucketOwner: &b.account})
	switch c := code(err); {
	case c == "NoSuchBucketPolicy":
	case err != nil:
		b.r.Unread = "s3:GetBucketPolicy: " + told(err) + " (the account " + b.account + " may not be its owner)"
	default:
		b.r.Policy, b.r.Unread = parse(aws.ToString(out.Policy), policy.Resource)
	}
}

// block reads the public access block of the bucket. That of the account is
// not read.
func (b *bucketReader) block(ctx context.Context) {
	out, err := b.client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &b.name})
	switch {
	case code(err) == "NoSuchPublicAccessBlockConfiguration":
		return
	case err != nil:
		b.note("the public access block of the bucket", err)
		return
	}
	c := out.PublicAccessBlockConfiguration
	b.ignorePublic, b.restrict = aws.ToBool(c.IgnorePublicAcls), aws.ToBool(c.RestrictPublicBuckets)
	if b.restrict && b.r.Policy != nil {
		b.public(ctx)
	}
}

// public asks S3 whether the policy is public.
func (b *bucketReader) public(ctx context.Context) {
	out, err := b.client.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: &b.name})
	if err != nil {
		b.note("whether the policy is public, for RestrictPublicBuckets,", err)
		return
	}
	b.r.Restricted = aws.ToBool(out.PolicyStatus.IsPublic)
}

// lists reads the access control list that counts, unless they are disabled.
func (b *bucketReader) lists(ctx context.Context) {
	controls, err := b.client.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &b.name})
	switch {
	case code(err) == "OwnershipControlsNotFoundError":
	case err != nil:
		b.note("the ownership setting of the bucket", err)
	case slices.ContainsFunc(controls.OwnershipControls.Rules, func(r types.OwnershipControlsRule) bool {
		return r.ObjectOwnership == types.ObjectOwnershipBucketOwnerEnforced
	}):
		return
	}
	acl, err := b.client.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &b.name})
	if err != nil {
		b.note("the access control list of the bucket", err)
		return
	}
	b.canonicalUser = aws.ToString(acl.Owner.ID)
	if b.object == "" || slices.Contains(ofBucket, strings.ToLower(b.action)) {
		b.r.ACL = b.compile(acl.Grants, onBucket)
		return
	}
	b.objectList(ctx)
}

// objectList reads the list of the object, and whose it is.
func (b *bucketReader) objectList(ctx context.Context) {
	acl, err := b.client.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: &b.name, Key: &b.object})
	switch c := code(err); {
	case c == "NoSuchKey" || c == "NotFound":
		b.r.Notes = append(b.r.Notes, "there is no object "+b.object+": one with an access control list, or of another owner, can have another answer")
		return
	case err != nil:
		b.note("the access control list of the object", err)
		return
	}
	b.r.ACL = b.compile(acl.Grants, onObject)
	if owner := aws.ToString(acl.Owner.ID); owner != b.canonicalUser {
		// Of an object of another owner the bucket's policy can only deny.
		b.r.Owner = "the account with canonical user id " + owner
		b.r.Policy = reach.Denials(b.r.Policy)
		b.r.Notes = append(b.r.Notes, "the object belongs to "+b.r.Owner)
	}
}
