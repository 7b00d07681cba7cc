package crash

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// bucketReader reads one bucket.
type bucketReader struct {
	t    *testing.T
	c    *clients
	name string
	keys map[string]string // descriptions of the owner's KMS keys by their ids
}

// readBuckets reads the buckets of all writers, whose keys have been read.
func readBuckets(t *testing.T, c *clients, worlds []*world) {
	t.Helper()
	pages := s3.NewListBucketsPaginator(c.s3, &s3.ListBucketsInput{MaxBuckets: new(int32(7))})
	for pages.HasMorePages() {
		for _, listed := range must(pages.NextPage(t.Context()))(t).Buckets {
			w := owner(t, worlds, *listed.Name)
			r := bucketReader{t, c, *listed.Name, map[string]string{}}
			for description, k := range w.Keys {
				r.keys[k.ID] = description
			}
			w.Buckets[*listed.Name] = r.bucket()
		}
	}
}

func (r *bucketReader) bucket() bucket {
	r.t.Helper()
	versioning := must(r.c.s3.GetBucketVersioning(r.t.Context(), &s3.GetBucketVersioningInput{Bucket: &r.name}))(r.t)
	b := bucket{Versioning: versioning.Status, Default: r.sealing(), Tags: r.tags(), Objects: r.objects(), Uploads: r.uploads()}
	r.checkList(b)
	for key := range b.Objects {
		r.checkNewest(b, key)
	}
	return b
}

// sealing reads how the bucket is encrypted by default.
func (r *bucketReader) sealing() sealing {
	r.t.Helper()
	out := must(r.c.s3.GetBucketEncryption(r.t.Context(), &s3.GetBucketEncryptionInput{Bucket: &r.name}))(r.t)
	rule := out.ServerSideEncryptionConfiguration.Rules[0]
	by := rule.ApplyServerSideEncryptionByDefault
	return r.sealed(by.SSEAlgorithm, by.KMSMasterKeyID, rule.BucketKeyEnabled)
}

// sealed tells how content is encrypted from what an answer says of it.
func (r *bucketReader) sealed(algorithm types.ServerSideEncryption, key *string, bucketKey *bool) sealing {
	r.t.Helper()
	id := aws.ToString(key)
	how := sealing{r.keys[id[strings.LastIndexByte(id, '/')+1:]], aws.ToBool(bucketKey)}
	if algorithm != how.algorithm() {
		r.t.Errorf("bucket %s: encryption by %s with the key %q", r.name, algorithm, id)
	}
	return how
}

func (r *bucketReader) tags() map[string]string {
	r.t.Helper()
	out, err := r.c.s3.GetBucketTagging(r.t.Context(), &s3.GetBucketTaggingInput{Bucket: &r.name})
	if errorCode(err) == "NoSuchTagSet" {
		return map[string]string{}
	}
	return s3TagMap(must(out, err)(r.t).TagSet)
}

func s3TagMap(tags []types.Tag) map[string]string {
	m := make(map[string]string)
	for _, tag := range tags {
		m[*tag.Key] = *tag.Value
	}
	return m
}

// errorCode gives the code of an answer that is an error, "" of what is none.
func errorCode(err error) string {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return ""
	}
	return answer.ErrorCode()
}

// checkList wants ListObjectsV2 to show the newest version of each key that is
// not deleted, in the order of the keys.
func (r *bucketReader) checkList(b bucket) {
	r.t.Helper()
	type entry struct {
		key, etag string
		size      int
	}
	var listed, want []entry
	pages := s3.NewListObjectsV2Paginator(r.c.s3, &s3.ListObjectsV2Input{Bucket: &r.name, MaxKeys: new(int32(2))})
	for pages.HasMorePages() {
		for _, o := range must(pages.NextPage(r.t.Context()))(r.t).Contents {
			listed = append(listed, entry{*o.Key, *o.ETag, int(*o.Size)})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.Objects)) {
		if v, ok := b.newest(key); ok {
			want = append(want, entry{key, v.ETag, size(v.Content)})
		}
	}
	agree(r.t, "bucket "+r.name+", ListObjectsV2 and the versions", listed, want)
}

// checkNewest wants a request without a version to find the newest one.
func (r *bucketReader) checkNewest(b bucket, key string) {
	r.t.Helper()
	out, err := r.c.s3.HeadObject(r.t.Context(), &s3.HeadObjectInput{Bucket: &r.name, Key: &key})
	v, ok := b.newest(key)
	switch {
	case !ok:
		if code := errorCode(err); code != "NotFound" {
			r.t.Errorf("bucket %s, deleted object %q: HeadObject gives %q, %v", r.name, key, code, err)
		}
	case err != nil:
		r.t.Errorf("bucket %s, object %q: %v", r.name, key, err)
	case *out.ETag != v.ETag || int(*out.ContentLength) != size(v.Content):
		r.t.Errorf("bucket %s, object %q: HeadObject gives %s of %d bytes, the newest version is\n%+v", r.name, key, *out.ETag, *out.ContentLength, v)
	}
}

// uploads reads the multipart uploads that are under way.
func (r *bucketReader) uploads() map[string]upload {
	r.t.Helper()
	found := make(map[string]upload)
	pages := s3.NewListMultipartUploadsPaginator(r.c.s3, &s3.ListMultipartUploadsInput{Bucket: &r.name, MaxUploads: new(int32(1))})
	for pages.HasMorePages() {
		for _, u := range must(pages.NextPage(r.t.Context()))(r.t).Uploads {
			if _, twice := found[*u.Key]; twice {
				r.t.Errorf("bucket %s: there are two uploads of %q", r.name, *u.Key)
			}
			found[*u.Key] = upload{ID: *u.UploadId, Parts: r.parts(*u.Key, *u.UploadId)}
		}
	}
	return found
}

func (r *bucketReader) parts(key, id string) map[int32]part {
	r.t.Helper()
	found := make(map[int32]part)
	pages := s3.NewListPartsPaginator(r.c.s3, &s3.ListPartsInput{Bucket: &r.name, Key: &key, UploadId: &id, MaxParts: new(int32(2))})
	for pages.HasMorePages() {
		for _, p := range must(pages.NextPage(r.t.Context()))(r.t).Parts {
			found[*p.PartNumber] = part{ETag: *p.ETag, Size: int(*p.Size)}
		}
	}
	return found
}
