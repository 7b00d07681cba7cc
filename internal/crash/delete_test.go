package crash

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// deleteObject deletes an object, which where there are versions makes a delete
// marker.
func deleteObject(w *writer) *operation {
	key := w.someKey()
	bucket, ok := w.someBucket(func(b bucket) bool { _, is := b.newest(key); return is && b.hasRoom(key) })
	if !ok {
		return nil
	}
	return &operation{"DeleteObject", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return "", err
		}
		return versionID(out.VersionId, nil), nil
	}, func(v *world, id string) {
		b := v.Buckets[bucket]
		if b.Versioning == "" {
			b.remove(key, nullID)
			return
		}
		b.push(key, version{Marker: true, Tags: map[string]string{}}.identified(id))
	}}
}

// deleteVersion deletes a version or a delete marker for good.
func deleteVersion(w *writer) *operation {
	bucket, key, old, ok := w.someVersion(func(version) bool { return true })
	if !ok {
		return nil
	}
	return &operation{"DeleteObject", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key, VersionId: &old.ID})
		return "", err
	}, func(v *world, _ string) { v.Buckets[bucket].remove(key, old.ID) }}
}

// emptyBucket deletes every version in a bucket, in one request.
func emptyBucket(w *writer) *operation {
	bucket, ok := w.someBucket(func(b bucket) bool { return len(b.Objects) > 0 })
	if !ok {
		return nil
	}
	var all types.Delete
	objects := w.world.Buckets[bucket].Objects
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		for _, v := range objects[key] {
			all.Objects = append(all.Objects, types.ObjectIdentifier{Key: &key, VersionId: new(v.ID)})
		}
	}
	return &operation{"DeleteObjects", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &all})
		return "", err
	}, func(v *world, _ string) { clear(v.Buckets[bucket].Objects) }}
}
