package crash

import (
	"bytes"
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// objectKeys are the keys of objects, few, so that they are overwritten often.
var objectKeys = []string{"a", "a/b c", "a/\u00e9+%2F", "z"}

func (w *writer) someKey() string { return objectKeys[w.rnd.IntN(len(objectKeys))] }

// versionID is the id of a version that a call has made, as operations have it.
func versionID(id, etag *string) string {
	return cmp.Or(aws.ToString(id), nullID) + " " + aws.ToString(etag)
}

// identified gives a version the id that versionID has made, and of one that was
// not acknowledged none.
func (v version) identified(id string) version {
	v.ID, v.ETag, _ = strings.Cut(id, " ")
	return v
}

// newVersion makes up what the next object will be in a bucket, but for its
// content: half of them are encrypted as the bucket says, for which they ask
// for nothing.
func (w *writer) newVersion(b bucket) (v version, ask encryptionHeaders) {
	v = version{Note: w.newName("note"), Tags: map[string]string{}, Sealing: b.Default}
	if w.rnd.IntN(4) == 0 {
		v.Tags = w.newTags()
	}
	if w.rnd.IntN(2) == 0 {
		v.Sealing = w.newSealing()
		ask.algorithm, ask.key = v.Sealing.algorithm(), w.keyID(v.Sealing)
		if ask.key != nil {
			ask.bucketKey = &v.Sealing.BucketKey
		}
	}
	return v, ask
}

// encryptionHeaders are what a request says of how to encrypt.
type encryptionHeaders struct {
	algorithm types.ServerSideEncryption
	key       *string
	bucketKey *bool
}

func (v version) metadata() map[string]string { return map[string]string{"note": v.Note} }

// tagging gives the tags as a header has them, nil without any.
func (v version) tagging() *string {
	if len(v.Tags) == 0 {
		return nil
	}
	q := make(url.Values)
	for name, value := range v.Tags {
		q.Set(name, value)
	}
	return new(q.Encode())
}

func putObject(w *writer) *operation {
	key := w.someKey()
	bucket, ok := w.someBucket(func(b bucket) bool { return b.hasRoom(key) })
	if !ok {
		return nil
	}
	o, ask := w.newVersion(w.world.Buckets[bucket])
	p := w.newPiece()
	if p.Size > 0 {
		o.Content = []piece{p}
	}
	return &operation{"PutObject", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: &key, Body: bytes.NewReader(p.bytes()), Metadata: o.metadata(), Tagging: o.tagging(),
			ServerSideEncryption: ask.algorithm, SSEKMSKeyId: ask.key, BucketKeyEnabled: ask.bucketKey,
		})
		if err != nil {
			return "", err
		}
		return versionID(out.VersionId, out.ETag), nil
	}, func(v *world, id string) {
		v.Buckets[bucket].push(key, o.identified(id))
	}}
}

// copyObject copies any version of an object to any key.
func copyObject(w *writer) *operation {
	key := w.someKey()
	bucket, ok := w.someBucket(func(b bucket) bool { return b.hasRoom(key) })
	from, fromKey, source, found := w.someVersion(func(v version) bool { return !v.Marker })
	if !ok || !found {
		return nil
	}
	o, ask := w.newVersion(w.world.Buckets[bucket])
	o.Content = source.Content
	return &operation{"CopyObject", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: &bucket, Key: &key, Metadata: o.metadata(), Tagging: o.tagging(),
			CopySource:        new(from + "/" + url.PathEscape(fromKey) + "?versionId=" + source.ID),
			MetadataDirective: types.MetadataDirectiveReplace, TaggingDirective: types.TaggingDirectiveReplace,
			ServerSideEncryption: ask.algorithm, SSEKMSKeyId: ask.key, BucketKeyEnabled: ask.bucketKey,
		})
		if err != nil {
			return "", err
		}
		return versionID(out.VersionId, out.CopyObjectResult.ETag), nil
	}, func(v *world, id string) {
		v.Buckets[bucket].push(key, o.identified(id))
	}}
}

// someVersion gives a version that fits, and where it is.
func (w *writer) someVersion(fits func(version) bool) (bucketName, key string, v version, ok bool) {
	fitting := func(list []version) []version {
		return slices.DeleteFunc(slices.Clone(list), func(v version) bool { return !fits(v) })
	}
	hasSome := func(list []version) bool { return len(fitting(list)) > 0 }
	bucketName, ok = w.someBucket(func(b bucket) bool {
		for _, list := range b.Objects {
			if hasSome(list) {
				return true
			}
		}
		return false
	})
	if !ok {
		return "", "", version{}, false
	}
	objects := w.world.Buckets[bucketName].Objects
	for !hasSome(objects[key]) {
		key, _ = some(w.rnd, objects)
	}
	list := fitting(objects[key])
	return bucketName, key, list[w.rnd.IntN(len(list))], true
}

// tagObject tags any version.
func tagObject(w *writer) *operation {
	bucket, key, old, ok := w.someVersion(func(v version) bool { return !v.Marker })
	if !ok {
		return nil
	}
	tags := w.newTags()
	return &operation{"PutObjectTagging", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: &bucket, Key: &key, VersionId: &old.ID, Tagging: s3Tags(tags)})
		return "", err
	}, func(v *world, _ string) { v.Buckets[bucket].retag(key, old.ID, tags) }}
}

func untagObject(w *writer) *operation {
	bucket, key, old, ok := w.someVersion(func(v version) bool { return len(v.Tags) > 0 })
	if !ok {
		return nil
	}
	return &operation{"DeleteObjectTagging", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: &bucket, Key: &key, VersionId: &old.ID})
		return "", err
	}, func(v *world, _ string) { v.Buckets[bucket].retag(key, old.ID, map[string]string{}) }}
}

// retag gives a version other tags.
func (b bucket) retag(key, id string, tags map[string]string) {
	list := slices.Clone(b.Objects[key])
	for i := range list {
		if list[i].ID == id {
			list[i].Tags = tags
		}
	}
	b.Objects[key] = list
}
