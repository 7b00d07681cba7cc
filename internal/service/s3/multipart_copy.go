package s3

import (
	"context"
	"fmt"
	"regexp"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// UploadPartCopy makes a part of an upload out of an object, or of a range of
// it.
func (s *Service) UploadPartCopy(ctx context.Context, in *s3api.UploadPartCopyInput) (*s3api.UploadPartCopyOutput, error) {
	if err := checkPartNumber(*in.PartNumber); err != nil {
		return nil, err
	}
	var gone again
	for {
		src, err := s.source(ctx, sourceOfPart(in))
		if err != nil {
			return nil, err
		}
		out, err := s.copyPart(ctx, in, src)
		if err == nil || !gone.look(src.object, err) {
			return out, err
		}
	}
}

// copyPart copies of a source that the caller may read.
func (s *Service) copyPart(ctx context.Context, in *s3api.UploadPartCopyInput, src *source) (*s3api.UploadPartCopyOutput, error) {
	b, u, err := s.ongoing(ctx, uploadReference{*in.Bucket, *in.Key, *in.UploadId, in.ExpectedBucketOwner})
	if err != nil {
		return nil, err
	}
	sp, err := copiedSpan(in.CopySourceRange, src.object.Size)
	if err != nil {
		return nil, err
	}
	content, err := s.openSource(ctx, src, sp)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	body := &incoming{body: content, length: &sp.length, claims: claims{algorithm: u.algorithm()}}
	customer := encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5)
	p, _, err := s.takePart(ctx, b, u, *in.PartNumber, body, customer)
	if err != nil {
		return nil, err
	}
	out := &s3api.UploadPartCopyOutput{
		CopySourceVersionId: src.versionID(),
		CopyPartResult:      &s3api.CopyPartResult{ETag: new(quoted(p.ETag)), LastModified: new(p.Modified)},
	}
	u.partChecksum(p).show(out.CopyPartResult)
	h := u.Object.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	return out, nil
}

func sourceOfPart(in *s3api.UploadPartCopyInput) sourceRequest {
	return sourceRequest{
		header:        *in.CopySource,
		expectedOwner: in.ExpectedSourceBucketOwner,
		conditions: readConditions{
			match: in.CopySourceIfMatch, noneMatch: in.CopySourceIfNoneMatch,
			modifiedSince: in.CopySourceIfModifiedSince, unmodifiedSince: in.CopySourceIfUnmodifiedSince,
		},
		customer: encryption.Customer(in.CopySourceSSECustomerAlgorithm, in.CopySourceSSECustomerKey, in.CopySourceSSECustomerKeyMD5),
	}
}

// copyRange is the form of x-amz-copy-source-range, which is stricter than that
// of Range.
var copyRange = regexp.MustCompile(`^bytes=(\d+)-(\d+)$`)

// copiedSpan finds the span of a source of a size that becomes a part.
func copiedSpan(header *string, size int64) (span, error) {
	sp := span{0, size, false}
	if header != nil {
		m := copyRange.FindStringSubmatch(*header)
		if m == nil {
			return sp, errCopyRange(*header)
		}
		from, _ := parsePosition(m[1])
		to, _ := parsePosition(m[2])
		switch {
		case to < from:
			return sp, errCopyRange(*header)
		case from >= size:
			return sp, errInvalidRequest("The specified copy range is invalid for the source object size")
		case to >= size:
			return sp, errInvalidArgument(fmt.Sprintf("Range specified is not valid for source object of size: %d", size), "x-amz-copy-source-range", *header)
		}
		sp = span{from, to - from + 1, true}
	}
	if sp.length > maxCopy {
		return sp, errInvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: %d", int64(maxCopy))
	}
	return sp, nil
}

func errCopyRange(header string) error {
	return errInvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
		"x-amz-copy-source-range", header)
}
