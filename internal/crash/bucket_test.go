package crash

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func createBucket(w *writer) *operation {
	if len(w.world.Buckets) >= maxBuckets {
		return nil
	}
	name := w.newName("bucket")
	return &operation{"CreateBucket", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name})
		return "", err
	}, func(v *world, _ string) {
		v.Buckets[name] = bucket{
			Tags: map[string]string{}, Objects: map[string][]version{}, Uploads: map[string]upload{},
		}
	}}
}

// deleteBucket deletes the uploads that are under way in it too.
func deleteBucket(w *writer) *operation {
	name, ok := w.someBucket(func(b bucket) bool { return len(b.Objects) == 0 })
	if !ok {
		return nil
	}
	return &operation{"DeleteBucket", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &name})
		return "", err
	}, func(v *world, _ string) { delete(v.Buckets, name) }}
}

// someBucket gives the name of a bucket that fits, if there is one.
func (w *writer) someBucket(fits func(bucket) bool) (string, bool) {
	fitting := maps.Clone(w.world.Buckets)
	maps.DeleteFunc(fitting, func(_ string, b bucket) bool { return !fits(b) })
	return some(w.rnd, fitting)
}

// changeBucket is changeUser for buckets.
func changeBucket(w *writer, name string, fits func(bucket) bool, call func(ctx context.Context, c *clients, bucket string) error, apply func(b *bucket)) *operation {
	chosen, ok := w.someBucket(fits)
	if !ok {
		return nil
	}
	return &operation{name, func(ctx context.Context, c *clients) (string, error) {
		return "", call(ctx, c, chosen)
	}, func(v *world, _ string) {
		b := v.Buckets[chosen]
		apply(&b)
		v.Buckets[chosen] = b
	}}
}

func versionBucket(w *writer) *operation {
	status := []types.BucketVersioningStatus{types.BucketVersioningStatusEnabled, types.BucketVersioningStatusSuspended}[w.rnd.IntN(2)]
	return changeBucket(w, "PutBucketVersioning", func(b bucket) bool { return b.Versioning != status },
		func(ctx context.Context, c *clients, bucket string) error {
			_, err := c.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket:                  &bucket,
				VersioningConfiguration: &types.VersioningConfiguration{Status: status},
			})
			return err
		}, func(b *bucket) { b.Versioning = status })
}

func encryptBucket(w *writer) *operation {
	how := w.newSealing()
	id := w.keyID(how)
	rule := types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: how.algorithm(), KMSMasterKeyID: id},
		BucketKeyEnabled:                   &how.BucketKey,
	}
	return changeBucket(w, "PutBucketEncryption", func(b bucket) bool { return b.Default != how },
		func(ctx context.Context, c *clients, bucket string) error {
			_, err := c.s3.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
				Bucket:                            &bucket,
				ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{rule}},
			})
			return err
		}, func(b *bucket) { b.Default = how })
}

// newSealing is SSE-S3 or a key of the writer's.
func (w *writer) newSealing() sealing {
	key, ok := some(w.rnd, w.world.Keys)
	if !ok || w.rnd.IntN(3) > 0 {
		return sealing{}
	}
	return sealing{key, w.rnd.IntN(2) == 0}
}

func (s sealing) algorithm() types.ServerSideEncryption {
	if s.Key == "" {
		return types.ServerSideEncryptionAes256
	}
	return types.ServerSideEncryptionAwsKms
}

// keyID gives the id of the KMS key, nil without one.
func (w *writer) keyID(s sealing) *string {
	if s.Key == "" {
		return nil
	}
	return new(w.world.Keys[s.Key].ID)
}

func tagBucket(w *writer) *operation {
	tags := w.newTags()
	return changeBucket(w, "PutBucketTagging", func(bucket) bool { return true },
		func(ctx context.Context, c *clients, bucket string) error {
			_, err := c.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &bucket, Tagging: s3Tags(tags)})
			return err
		}, func(b *bucket) { b.Tags = tags })
}

func untagBucket(w *writer) *operation {
	return changeBucket(w, "DeleteBucketTagging", func(b bucket) bool { return len(b.Tags) > 0 },
		func(ctx context.Context, c *clients, bucket string) error {
			_, err := c.s3.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: &bucket})
			return err
		}, func(b *bucket) { b.Tags = map[string]string{} })
}

func s3Tags(tags map[string]string) *types.Tagging {
	set := &types.Tagging{TagSet: []types.Tag{}}
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		set.TagSet = append(set.TagSet, types.Tag{Key: new(k), Value: new(tags[k])})
	}
	return set
}
