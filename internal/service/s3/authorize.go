package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// question is what an operation asks permission for. The condition keys that
// come from the request's headers and query are found in its input: see
// requestKeys.
type question struct {
	action string // "s3:GetObject"
	// key is the object's, "" where the resource is the bucket.
	key string
	// object is the version in question, where there is one: its access control
	// list, its owner and its tags count. For s3:PutObject it is what is about to
	// be overwritten.
	object *Object
	// tags are those that the request gives an object.
	tags map[string]string
	// keys are further condition keys of the operation, in lower case.
	keys conditions
	// requestTags and tagKeys are those that the request gives a bucket, or takes
	// from one.
	requestTags map[string]string
	tagKeys     []string
}

// conditions are condition keys with their values.
type conditions map[string][]string

// Lookup implements policy.Context.
func (c conditions) Lookup(key string) ([]string, bool) {
	v, ok := c[key]
	return v, ok && len(v) > 0
}

// set sets a key, unless the value is empty: then the key is absent.
func (c conditions) set(key, value string) {
	if value != "" {
		c[key] = []string{value}
	}
}

// find finds a bucket, or answers NoSuchBucket, which S3 tells anybody.
func (s *Service) find(ctx context.Context, name string, expectedOwner *string) (*Bucket, error) {
	var b *Bucket
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		b = buckets.Get(tx, name)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case b == nil:
		return nil, errNoSuchBucket(name)
	case expectedOwner != nil && *expectedOwner != b.Account:
		return nil, errAccessDenied()
	}
	return b, checkRegion(ctx, b)
}

// checkRegion refuses a request that was signed for another Region than the
// bucket's. The answer tells the right one, and clients follow it. What is not
// signed by Signature Version 4 is for no Region.
func checkRegion(ctx context.Context, b *Bucket) error {
	call := cloud.From(ctx)
	if call.Region == b.Region || call.Signature.Version != "AWS4-HMAC-SHA256" {
		return nil
	}
	return errWrongRegion(call.Signature.AuthType == "REST-QUERY-STRING", call.Region, b.Region)
}

// use finds a bucket and asks for permission to use it.
func (s *Service) use(ctx context.Context, name string, expectedOwner *string, q question) (*Bucket, error) {
	b, err := s.find(ctx, name, expectedOwner)
	if err != nil {
		return nil, err
	}
	return b, s.authorize(ctx, b, q)
}

// authorize asks whether the caller may do what q says to a bucket or an object
// in it.
//
// Tags of buckets decide nothing (aws:ResourceTag, s3:BucketTag): "By default,
// ABAC is disabled for all Amazon S3 general purpose buckets", and to enable it
// is not built.
func (s *Service) authorize(ctx context.Context, b *Bucket, q question) error {
	call := cloud.From(ctx)
	m, err := s.made.of(ctx, s, b)
	if err != nil {
		return err
	}
	r := authz.Request{
		Action:       q.action,
		Resource:     bucketARN(b.Name),
		Owner:        m.owner(&q),
		Account:      b.Account,
		Region:       b.Region,
		ResourceType: "AWS::S3::Bucket",
		Policy:       m.policyFor(call.Principal, &q),
		RequestTags:  q.requestTags,
		TagKeys:      q.tagKeys,
		Keys:         newKeys(call, b, &q),
	}
	if r.ACL, err = m.aclFor(ctx, s, call.Principal, &q); err != nil {
		return err
	}
	if q.key != "" {
		r.Resource, r.ResourceType = objectARN(b.Name, q.key), "AWS::S3::Object"
		call.Record(cloud.Resource{ARN: bucketARN(b.Name), Account: b.Account, Type: "AWS::S3::Bucket"})
	}
	return authz.Check(ctx, r)
}

// notAnonymous refuses those who do not sign what S3 takes from nobody without a
// name, whatever a policy allows. (versitygw, PublicBucket_public_bucket_policy.)
func notAnonymous(ctx context.Context, message string) error {
	if cloud.From(ctx).Principal.Type == policy.Anonymous {
		return api.Errorf("AccessDenied", 403, "%s", message)
	}
	return nil
}

// anonymousCall is what S3 says to those who would create a bucket or change a
// list.
const anonymousCall = "Anonymous users cannot invoke this API. Please authenticate."

// missing is the answer where there is no object of a key: NoSuchKey to those
// who may list the bucket, and AccessDenied to everybody else.
func (s *Service) missing(ctx context.Context, b *Bucket, key string) error {
	if err := s.authorize(ctx, b, question{action: "s3:ListBucket"}); err != nil {
		return err
	}
	return errNoSuchKey(key)
}

// missingVersion is missing for a version of an object.
func (s *Service) missingVersion(ctx context.Context, b *Bucket, key, version string) error {
	if err := s.authorize(ctx, b, question{action: "s3:ListBucket"}); err != nil {
		return err
	}
	return errNoSuchVersion(key, version)
}

func bucketARN(name string) string { return "arn:" + cloud.Partition + ":s3:::" + name }

func objectARN(bucket, key string) string { return bucketARN(bucket) + "/" + key }
