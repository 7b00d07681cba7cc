package s3

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListBuckets lists the caller's buckets by name.
func (s *Service) ListBuckets(ctx context.Context, in *s3api.ListBucketsInput) (*s3api.ListBucketsOutput, error) {
	call := cloud.From(ctx)
	nowhere := &Bucket{Account: call.Account(), Region: call.Region}
	err := authz.Check(ctx, authz.Request{
		Action:   "s3:ListAllMyBuckets",
		Resource: bucketARN("*"),
		Owner:    call.Account(),
		Keys:     newKeys(call, nowhere, &question{action: "s3:ListAllMyBuckets"}),
	})
	if err != nil {
		return nil, err
	}
	if in.BucketRegion != nil && !isRegion(*in.BucketRegion) {
		return nil, with(api.Errorf("InvalidArgument", 400, "Argument value %s is not a valid AWS Region", *in.BucketRegion), "ArgumentName", "bucket-region")
	}
	after, err := readBucketToken(in.ContinuationToken)
	if err != nil {
		return nil, err
	}
	out := &s3api.ListBucketsOutput{Prefix: in.Prefix, Buckets: []s3api.Bucket{}}
	if out.Owner, err = s.owner(ctx, call.Account()); err != nil {
		return nil, err
	}
	// What a request without parameters gets is what it always was.
	detailed := in.MaxBuckets != nil || in.ContinuationToken != nil || in.Prefix != nil || in.BucketRegion != nil
	limit := maxBuckets
	if in.MaxBuckets != nil {
		limit = int(*in.MaxBuckets)
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for name, b := range bucketsOfAccount.Scan(tx, call.Account(), after) {
			if !strings.HasPrefix(name, value(in.Prefix)) || in.BucketRegion != nil && *in.BucketRegion != b.Region {
				continue
			}
			if len(out.Buckets) == limit {
				last := out.Buckets[limit-1].Name
				out.ContinuationToken = new(base64.RawURLEncoding.EncodeToString([]byte(bucketToken + *last)))
				break
			}
			out.Buckets = append(out.Buckets, bucketEntry(b, detailed))
		}
		return nil
	})
	return out, err
}

// isRegion reports the name of a Region that buckets can be in.
func isRegion(name string) bool {
	return name == usEast1 || slices.Contains(s3api.BucketLocationConstraint("").Values(), name)
}

func bucketEntry(b *Bucket, detailed bool) s3api.Bucket {
	entry := s3api.Bucket{Name: &b.Name, CreationDate: &b.Created}
	if detailed {
		entry.BucketRegion, entry.BucketArn = &b.Region, new(bucketARN(b.Name))
	}
	return entry
}

// bucketToken begins every continuation token, so that one of another list is
// not taken for one.
const bucketToken = "buckets\x00"

// readBucketToken gives the name after which a list goes on.
func readBucketToken(token *string) (after string, err error) {
	if value(token) == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	after, ok := strings.CutPrefix(string(raw), bucketToken)
	if err != nil || !ok || after == "" {
		return "", errInvalidArgument("The continuation token provided is incorrect", "continuation-token", *token)
	}
	return after, nil
}
