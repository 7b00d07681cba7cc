package s3

import (
	"context"
	"iter"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// ListMultipartUploads lists the multipart uploads under way in a bucket.
func (s *Service) ListMultipartUploads(ctx context.Context, in *s3api.ListMultipartUploadsInput) (*s3api.ListMultipartUploadsOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:ListBucketMultipartUploads"})
	if err != nil {
		return nil, err
	}
	size, err := pageSize(in.MaxUploads, "max-uploads")
	if err != nil {
		return nil, err
	}
	n, err := namesIn(in.EncodingType)
	if err != nil {
		return nil, err
	}
	key, id := value(in.KeyMarker), value(in.UploadIdMarker)
	switch {
	case key == "":
		id = "" // without a key S3 does not look at it
	case id != "" && !isUploadOf(b, key, id):
		return nil, errInvalidArgument("Invalid uploadId marker", "upload-id-marker", id)
	}
	q := listing.Query{Prefix: value(in.Prefix), Delimiter: value(in.Delimiter), After: key, Max: size}
	page, err := list(ctx, s, b, q, func(r *scan) listing.Source[*upload] {
		return (&uploadsFrom{r, key, id}).source
	})
	if err != nil {
		return nil, err
	}
	out := &s3api.ListMultipartUploadsOutput{
		Bucket:             new(b.Name),
		Prefix:             n.unlessEmpty(in.Prefix),
		Delimiter:          n.unlessEmpty(in.Delimiter),
		KeyMarker:          n.given(in.KeyMarker),
		UploadIdMarker:     new(id),
		NextKeyMarker:      new(n(nextUploadKey(page))),
		NextUploadIdMarker: new(""),
		MaxUploads:         new(int32(size)),
		EncodingType:       in.EncodingType,
		IsTruncated:        new(page.Truncated),
		CommonPrefixes:     commonPrefixes(page.Entries, n),
	}
	return out, s.showUploads(ctx, b, out, page.Entries, n)
}

// nextUploadKey is the NextKeyMarker of a page. Where the page ends with a common
// prefix S3 gives none, and of a page that is not the last one a client then
// begins anew for ever: of such a page we say what the documentation says.
func nextUploadKey(page listing.Page[*upload]) string {
	if last := len(page.Entries) - 1; last >= 0 && page.Entries[last].Common && !page.Truncated {
		return ""
	}
	return page.Last()
}

// uploadsFrom goes through uploads by their keys and, of one key, in the order
// in which they began.
type uploadsFrom struct {
	*scan
	key, id string // the markers of the page
}

// source gives the uploads of the keys behind after, or, if that is where the
// page begins, the rest of the uploads of that key first.
func (u *uploadsFrom) source(after string) iter.Seq2[string, *upload] {
	from := store.Prefix(u.bucket.ID, after) + "\xff" // behind all uploads of the key
	switch {
	case after == "":
		from = ""
	case after == u.key && u.id != "":
		from = uploadKey(u.bucket, u.key, u.id)
	}
	return func(yield func(string, *upload) bool) {
		for _, row := range uploading.Scan(u.tx, store.Key(u.bucket.ID, u.prefix), from) {
			if u.left() || !yield(row.Key, row) {
				return
			}
		}
	}
}

// showUploads shows the uploads of a page.
func (s *Service) showUploads(ctx context.Context, b *Bucket, out *s3api.ListMultipartUploadsOutput, entries []listing.Entry[*upload], n names) error {
	owners := s.owners(b)
	for _, e := range entries {
		if e.Common {
			continue
		}
		u := e.Value
		owner, err := owners.of(ctx, u.Object.Owner)
		if err != nil {
			return err
		}
		initiator, err := s.initiator(ctx, u)
		if err != nil {
			return err
		}
		out.Uploads = append(out.Uploads, s3api.MultipartUpload{
			Key:               new(n(u.Key)),
			UploadId:          new(u.ID),
			Initiated:         new(u.Initiated),
			StorageClass:      shownClass(u.Object.StorageClass),
			Owner:             owner,
			Initiator:         initiator,
			ChecksumAlgorithm: u.Object.Checksum.Algorithm,
			ChecksumType:      u.Object.Checksum.Type,
		})
		out.NextUploadIdMarker = new(u.ID)
	}
	if last := len(entries) - 1; last >= 0 && entries[last].Common {
		out.NextUploadIdMarker = new("")
	}
	return nil
}
