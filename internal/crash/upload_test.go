package crash

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func createUpload(w *writer) *operation {
	key := w.someKey()
	bucket, ok := w.someBucket(func(b bucket) bool { return len(b.Uploads) < maxUploads })
	if !ok {
		return nil
	}
	if _, is := w.world.Buckets[bucket].Uploads[key]; is {
		return nil
	}
	o, ask := w.newVersion(w.world.Buckets[bucket])
	o.Multipart = true
	return &operation{"CreateMultipartUpload", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
			Bucket: &bucket, Key: &key, Metadata: o.metadata(), Tagging: o.tagging(),
			ServerSideEncryption: ask.algorithm, SSEKMSKeyId: ask.key, BucketKeyEnabled: ask.bucketKey,
		})
		if err != nil {
			return "", err
		}
		return *out.UploadId, nil
	}, func(v *world, id string) {
		v.Buckets[bucket].Uploads[key] = upload{ID: id, Parts: map[int32]part{}, object: o}
	}}
}

// someUpload gives an upload that fits, and where it is.
func (w *writer) someUpload(fits func(upload) bool) (bucketName, key string, u upload, ok bool) {
	fitting := func(b bucket) map[string]upload {
		list := maps.Clone(b.Uploads)
		maps.DeleteFunc(list, func(_ string, u upload) bool { return !fits(u) })
		return list
	}
	bucketName, ok = w.someBucket(func(b bucket) bool { return len(fitting(b)) > 0 })
	if !ok {
		return "", "", upload{}, false
	}
	key, _ = some(w.rnd, fitting(w.world.Buckets[bucketName]))
	return bucketName, key, w.world.Buckets[bucketName].Uploads[key], true
}

// uploadPart uploads a part, which may take the place of another one.
func uploadPart(w *writer) *operation {
	bucket, key, u, ok := w.someUpload(func(upload) bool { return true })
	if !ok {
		return nil
	}
	number := 1 + w.rnd.Int32N(maxParts)
	p := w.newPiece()
	switch {
	case w.rnd.IntN(3) == 0:
		p.Size = partSize // which another one may follow
	case p.Size == 0:
		p.Size = headSize
	}
	return &operation{"UploadPart", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: &bucket, Key: &key, UploadId: &u.ID, PartNumber: &number, Body: bytes.NewReader(p.bytes()),
		})
		if err != nil {
			return "", err
		}
		return *out.ETag, nil
	}, func(v *world, id string) {
		v.Buckets[bucket].Uploads[key].Parts[number] = part{ETag: id, Size: p.Size, piece: p}
	}}
}

// completeUpload makes an object of parts that may be joined. Others are
// forgotten.
func completeUpload(w *writer) *operation {
	bucket, key, u, ok := w.someUpload(func(u upload) bool { return len(u.Parts) > 0 })
	if !ok || !w.world.Buckets[bucket].hasRoom(key) {
		return nil
	}
	o := u.object
	var all types.CompletedMultipartUpload
	for _, number := range u.joinable() {
		p := u.Parts[number]
		all.Parts = append(all.Parts, types.CompletedPart{PartNumber: &number, ETag: new(p.ETag)})
		o.Content = append(o.Content, p.piece)
	}
	return &operation{"CompleteMultipartUpload", func(ctx context.Context, c *clients) (string, error) {
		out, err := c.s3.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &bucket, Key: &key, UploadId: &u.ID, MultipartUpload: &all,
		})
		if err != nil {
			return "", err
		}
		return versionID(out.VersionId, out.ETag), nil
	}, func(v *world, id string) {
		delete(v.Buckets[bucket].Uploads, key)
		v.Buckets[bucket].push(key, o.identified(id))
	}}
}

// joinable gives the numbers of parts of which all but the last are as large as
// they have to be.
func (u upload) joinable() (numbers []int32) {
	for _, number := range slices.Sorted(maps.Keys(u.Parts)) {
		numbers = append(numbers, number)
		if u.Parts[number].Size < partSize {
			break
		}
	}
	return numbers
}

func abortUpload(w *writer) *operation {
	bucket, key, u, ok := w.someUpload(func(upload) bool { return true })
	if !ok {
		return nil
	}
	return &operation{"AbortMultipartUpload", func(ctx context.Context, c *clients) (string, error) {
		_, err := c.s3.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &bucket, Key: &key, UploadId: &u.ID})
		return "", err
	}, func(v *world, _ string) { delete(v.Buckets[bucket].Uploads, key) }}
}
