package s3

import (
	"context"
	"iter"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// ListObjectVersions lists all versions of the objects of a bucket, and the
// delete markers among them.
func (s *Service) ListObjectVersions(ctx context.Context, in *s3api.ListObjectVersionsInput) (*s3api.ListObjectVersionsOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucketVersions"})
	if err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxKeys, "maxKeys")
	if err != nil {
		return nil, err
	}
	if err := checkVersionMarker(in); err != nil {
		return nil, err
	}
	n, err := namesIn(in.EncodingType)
	if err != nil {
		return nil, err
	}
	q := listing.Query{Prefix: value(in.Prefix), Delimiter: value(in.Delimiter), After: value(in.KeyMarker), Max: size}
	page, err := list(ctx, s, b, q, func(r *scan) listing.Source[version] {
		return (&versions{r, q.After, value(in.VersionIdMarker)}).source
	})
	if err != nil {
		return nil, err
	}
	out := &s3api.ListObjectVersionsOutput{
		Name:            new(b.Name),
		Prefix:          n.given(in.Prefix),
		KeyMarker:       n.given(in.KeyMarker),
		VersionIdMarker: new(value(in.VersionIdMarker)),
		Delimiter:       n.unlessEmpty(in.Delimiter),
		MaxKeys:         new(int32(size)),
		EncodingType:    in.EncodingType,
		IsTruncated:     new(page.Truncated),
		CommonPrefixes:  commonPrefixes(page.Entries, n),
	}
	if page.Truncated {
		last := page.Entries[len(page.Entries)-1]
		out.NextKeyMarker = new(n(last.Key))
		if !last.Common {
			out.NextVersionIdMarker = new(last.Value.id())
		}
	}
	return out, s.showVersions(ctx, b, out, page.Entries, n)
}

// checkVersionMarker checks a version-id-marker, which has a meaning behind a
// key only.
func checkVersionMarker(in *s3api.ListObjectVersionsInput) error {
	if in.VersionIdMarker == nil {
		return nil
	}
	const name = "version-id-marker"
	switch id := *in.VersionIdMarker; {
	case id == "":
		return errInvalidArgument("A version-id marker cannot be empty.", name, id)
	case value(in.KeyMarker) == "":
		return errInvalidArgument("A version-id marker cannot be specified without a key marker.", name, id)
	case !wellFormedVersion(id):
		return errInvalidArgument("Invalid version id specified", name, id)
	}
	return nil
}

// version is a version of an object, or a delete marker, in a listing.
type version struct {
	*listed
	latest bool
}

// versions goes through all versions, from a version of a key on.
type versions struct {
	*scan
	key, id string // the markers of the page
}

// source gives the versions of the keys behind after, or, if that is where the
// page begins, the rest of the versions of that key first.
func (v *versions) source(after string) iter.Seq2[string, version] {
	return func(yield func(string, version) bool) {
		if after == v.key && v.id != "" && !v.rest(yield) {
			return
		}
		for key, o := range v.newest(after) {
			if !yield(key, version{o, true}) || !v.older(key, "", yield) {
				return
			}
		}
	}
}

// rest gives the versions of the key marker behind the version marker, whether
// or not that is still there.
func (v *versions) rest(yield func(string, version) bool) bool {
	o := listedNewest.Get(v.tx, newestKey(v.bucket, v.key))
	if o == nil {
		return true
	}
	at := v.id
	switch {
	case at == nullVersion && o.Null:
		at = o.Version
	case at == nullVersion:
		// Without a null version nobody knows where it was: all come again.
		at = o.NullOlder
	}
	if o.Version > at && !yield(v.key, version{o, true}) {
		return false
	}
	return v.older(v.key, at, yield)
}

// older gives the older versions of a key, the latest first.
func (v *versions) older(key, after string, yield func(string, version) bool) bool {
	if v.bucket.Versioning == "" {
		return true
	}
	for _, o := range listedOlder.Scan(v.tx, store.Prefix(v.bucket.ID, key), olderKey(v.bucket, key, after)) {
		if v.left() || !yield(key, version{o, false}) {
			return false
		}
	}
	return true
}

// showVersions shows the entries of a page in the lists of their kinds.
func (s *Service) showVersions(ctx context.Context, b *Bucket, out *s3api.ListObjectVersionsOutput, entries []listing.Entry[version], n names) error {
	owners := s.owners(b)
	for _, e := range entries {
		if e.Common {
			continue
		}
		o := e.Value
		owner, err := owners.of(ctx, o.Owner)
		if err != nil {
			return err
		}
		l := newLine(n(e.Key), o.listed)
		if o.Marker {
			out.DeleteMarkers = append(out.DeleteMarkers, s3api.DeleteMarkerEntry{
				Key: &l.key, VersionId: new(o.id()), IsLatest: new(o.latest), LastModified: &l.modified, Owner: owner,
			})
			continue
		}
		out.Versions = append(out.Versions, s3api.ObjectVersion{
			Key:               &l.key,
			VersionId:         new(o.id()),
			IsLatest:          new(o.latest),
			LastModified:      &l.modified,
			ETag:              &l.etag,
			Size:              &l.size,
			StorageClass:      s3api.ObjectVersionStorageClass(l.class),
			ChecksumAlgorithm: l.algorithm(),
			ChecksumType:      o.Checksum.Type,
			Owner:             owner,
		})
	}
	return nil
}
