package s3

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// ListObjects lists the objects of a bucket, the first version of the operation.
func (s *Service) ListObjects(ctx context.Context, in *s3api.ListObjectsInput) (*s3api.ListObjectsOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucket"})
	if err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxKeys, "maxKeys")
	if err != nil {
		return nil, err
	}
	n, err := namesIn(in.EncodingType)
	if err != nil {
		return nil, err
	}
	page, err := s.objectPage(ctx, b, listing.Query{
		Prefix: value(in.Prefix), Delimiter: value(in.Delimiter), After: value(in.Marker), Max: size,
	})
	if err != nil {
		return nil, err
	}
	out := &s3api.ListObjectsOutput{
		Name:           new(b.Name),
		Prefix:         n.given(in.Prefix),
		Marker:         n.given(in.Marker),
		Delimiter:      n.unlessEmpty(in.Delimiter),
		MaxKeys:        new(int32(size)),
		EncodingType:   in.EncodingType,
		IsTruncated:    new(page.Truncated),
		CommonPrefixes: commonPrefixes(page.Entries, n),
	}
	// Without a delimiter the last key is the next marker, and S3 leaves it to
	// the caller to see that.
	if page.Truncated && value(in.Delimiter) != "" {
		out.NextMarker = new(n(page.Last()))
	}
	out.Contents, err = s.contents(ctx, b, page.Entries, n, true)
	return out, err
}

// ListObjectsV2 lists the objects of a bucket.
func (s *Service) ListObjectsV2(ctx context.Context, in *s3api.ListObjectsV2Input) (*s3api.ListObjectsV2Output, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucket"})
	if err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxKeys, "maxKeys")
	if err != nil {
		return nil, err
	}
	n, err := namesIn(in.EncodingType)
	if err != nil {
		return nil, err
	}
	after, err := startOf(in)
	if err != nil {
		return nil, err
	}
	page, err := s.objectPage(ctx, b, listing.Query{
		Prefix: value(in.Prefix), Delimiter: value(in.Delimiter), After: after, Max: size,
	})
	if err != nil {
		return nil, err
	}
	out := &s3api.ListObjectsV2Output{
		Name:              new(b.Name),
		Prefix:            n.given(in.Prefix),
		Delimiter:         n.unlessEmpty(in.Delimiter),
		MaxKeys:           new(int32(size)),
		EncodingType:      in.EncodingType,
		KeyCount:          new(int32(len(page.Entries))),
		IsTruncated:       new(page.Truncated),
		ContinuationToken: in.ContinuationToken,
		CommonPrefixes:    commonPrefixes(page.Entries, n),
	}
	if in.ContinuationToken == nil {
		out.StartAfter = n.unlessEmpty(in.StartAfter)
	}
	if page.Truncated {
		out.NextContinuationToken = new(listing.Token(page.Last()))
	}
	out.Contents, err = s.contents(ctx, b, page.Entries, n, value(in.FetchOwner))
	return out, err
}

// startOf is where a page begins: a token is stronger than start-after, which
// clients keep sending with it.
func startOf(in *s3api.ListObjectsV2Input) (after string, err error) {
	if in.ContinuationToken == nil {
		return value(in.StartAfter), nil
	}
	after, ok := listing.ParseToken(*in.ContinuationToken)
	if !ok {
		return "", with(api.Errorf("InvalidArgument", 400, "The continuation token provided is incorrect"), "ArgumentName", "continuation-token")
	}
	return after, nil
}

func (s *Service) objectPage(ctx context.Context, b *Bucket, q listing.Query) (listing.Page[*listed], error) {
	return list(ctx, s, b, q, func(r *scan) listing.Source[*listed] { return r.objects })
}

// contents shows the objects of a page.
func (s *Service) contents(ctx context.Context, b *Bucket, entries []listing.Entry[*listed], n names, withOwner bool) ([]s3api.Object, error) {
	owners := s.owners(b)
	list := make([]s3api.Object, 0, len(entries))
	for _, e := range entries {
		if e.Common {
			continue
		}
		l := newLine(n(e.Key), e.Value)
		o := s3api.Object{
			Key:          &l.key,
			LastModified: &l.modified,
			ETag:         &l.etag,
			Size:         &l.size,
			StorageClass: s3api.ObjectStorageClass(l.class),
			ChecksumType: e.Value.Checksum.Type,
		}
		o.ChecksumAlgorithm = l.algorithm()
		if withOwner {
			var err error
			if o.Owner, err = owners.of(ctx, e.Value.Owner); err != nil {
				return nil, err
			}
		}
		list = append(list, o)
	}
	return list, nil
}

// line holds what the members of a listed object point to, in one piece: a page
// has a thousand of them.
type line struct {
	key, etag  string
	modified   time.Time
	size       int64
	class      s3api.StorageClass
	algorithms [1]s3api.ChecksumAlgorithm
}

func newLine(key string, o *listed) *line {
	l := &line{key: key, etag: quoted(o.ETag), modified: o.Modified, size: o.Size, class: shownClass(o.StorageClass)}
	l.algorithms[0] = o.Checksum.Algorithm
	return l
}

// algorithm is the list of the one checksum algorithm, or nothing.
func (l *line) algorithm() []s3api.ChecksumAlgorithm {
	if l.algorithms[0] == "" {
		return nil
	}
	return l.algorithms[:]
}
