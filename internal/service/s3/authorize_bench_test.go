package s3

import (
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// BenchmarkAuthorize is the question that a PutObject with SSE-KMS asks under the
// bucket policy of article 16.
func BenchmarkAuthorize(b *testing.B) {
	s := newSite(b)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(
		denies(everybody, "s3:PutObject", ofObjects, `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`),
		denies(everybody, "s3:PutObject", ofObjects, `{"StringNotLikeIfExists":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:111122223333:key/*"}}`))))
	in := &s3api.PutObjectInput{Bucket: new(siteBucket), Key: new("key"), ServerSideEncryption: "aws:kms", SSEKMSKeyId: new("1234abcd-12ab-34cd-56ef-1234567890ab")}
	c := &cloud.Call{Cloud: s.cloud, Operation: &s3api.OpPutObject.Operation, Input: in}
	scope := authz.Scope{Authorizer: s.cloud.Authorizer, Principal: s.owner, Region: siteRegion, Time: s.now}
	c.Scope = scope
	ctx := cloud.NewContext(b.Context(), c)
	row, err := s.service.find(ctx, siteBucket, nil)
	s.check(err)
	b.ReportAllocs()
	for b.Loop() {
		c.Scope = scope // it keeps every decision
		if err := s.service.authorize(ctx, row, question{action: "s3:PutObject", key: "key"}); err != nil {
			b.Fatal(err)
		}
	}
}
