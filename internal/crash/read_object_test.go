package crash

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// objects reads all versions of all keys. The SDK sorts what a list holds into
// versions and delete markers; only a page of one keeps their order.
func (r *bucketReader) objects() map[string][]version {
	r.t.Helper()
	found := make(map[string][]version)
	pages := s3.NewListObjectVersionsPaginator(r.c.s3, &s3.ListObjectVersionsInput{Bucket: &r.name, MaxKeys: new(int32(1))})
	for pages.HasMorePages() {
		page := must(pages.NextPage(r.t.Context()))(r.t)
		for _, m := range page.DeleteMarkers {
			r.checkOrder(found, *m.Key, *m.VersionId, *m.IsLatest)
			found[*m.Key] = append(found[*m.Key], version{ID: *m.VersionId, Marker: true, Tags: map[string]string{}})
		}
		for _, listed := range page.Versions {
			r.checkOrder(found, *listed.Key, *listed.VersionId, *listed.IsLatest)
			found[*listed.Key] = append(found[*listed.Key], r.version(&listed))
		}
	}
	return found
}

// checkOrder wants the first version of a key, and no other, to be the latest.
func (r *bucketReader) checkOrder(found map[string][]version, key, id string, latest bool) {
	r.t.Helper()
	if first := len(found[key]) == 0; first != latest {
		r.t.Errorf("bucket %s, object %q: version %s is the latest: %v, stands first: %v", r.name, key, id, latest, first)
	}
}

// version reads a version that a list shows, with all of its content.
func (r *bucketReader) version(listed *types.ObjectVersion) version {
	r.t.Helper()
	what := fmt.Sprintf("bucket %s, object %q, version %s", r.name, *listed.Key, *listed.VersionId)
	out := must(r.c.s3.GetObject(r.t.Context(), &s3.GetObjectInput{Bucket: &r.name, Key: listed.Key, VersionId: listed.VersionId}))(r.t)
	content, err := io.ReadAll(out.Body)
	if err := errors.Join(err, out.Body.Close()); err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	pieces, err := piecesOf(content)
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	agree(r.t, what, []any{*out.ETag, len(content)}, []any{*listed.ETag, *listed.Size})
	tags := must(r.c.s3.GetObjectTagging(r.t.Context(), &s3.GetObjectTaggingInput{Bucket: &r.name, Key: listed.Key, VersionId: listed.VersionId}))(r.t)
	v := version{
		ID: *listed.VersionId, ETag: *out.ETag, Content: pieces, Multipart: strings.Contains(*out.ETag, "-"),
		Sealing: r.sealed(out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled),
		Note:    out.Metadata["note"], Tags: s3TagMap(tags.TagSet),
	}
	checkETag(r.t, what, v, content)
	return v
}

// checkETag wants the ETag to be the MD5 of the content, or of those of its
// parts. Under a key of KMS it is none.
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
func checkETag(t *testing.T, what string, v version, content []byte) {
	t.Helper()
	if v.Sealing.Key != "" {
		return
	}
	hash, parts := md5.New(), ""
	if v.Multipart {
		for _, p := range v.Content {
			sum := md5.Sum(p.bytes())
			hash.Write(sum[:])
		}
		parts = fmt.Sprint("-", len(v.Content))
	} else {
		hash.Write(content)
	}
	if want := `"` + hex.EncodeToString(hash.Sum(nil)) + parts + `"`; v.ETag != want {
		t.Errorf("%s: the ETag is %s, the content's %s", what, v.ETag, want)
	}
}
