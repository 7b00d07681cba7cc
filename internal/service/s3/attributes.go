package s3

import (
	"context"
	"slices"
	"strconv"
	"strings"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// maxAttributeParts is the most parts that one answer tells of, and how many
// it tells of by default.
const maxAttributeParts = 1000

// GetObjectAttributes tells of an object what the request asks for. It takes the
// permissions of GetObject besides its own.
func (s *Service) GetObjectAttributes(ctx context.Context, in *s3api.GetObjectAttributesInput) (*s3api.GetObjectAttributesOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.look(ctx, r)
	if err != nil {
		return nil, err
	}
	q := question{action: r.action("s3:GetObject", "s3:GetObjectVersion"), key: r.key, object: o}
	if err := s.authorize(ctx, b, q); err != nil {
		return nil, err
	}
	q.action = r.action("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes")
	if err := s.permit(ctx, r, b, o, q); err != nil {
		return nil, err
	}
	customer := encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5)
	if err := s.mayKnow(ctx, b, r.key, o, customer, slices.ContainsFunc(in.ObjectAttributes, hasChecksums)); err != nil {
		return nil, err
	}
	out := &s3api.GetObjectAttributesOutput{LastModified: new(o.Modified), VersionId: shownVersion(b, o)}
	for _, name := range in.ObjectAttributes {
		if err := o.attribute(name, in, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hasChecksums reports an attribute by which checksums are told.
func hasChecksums(a s3api.ObjectAttributes) bool {
	return a == s3api.ObjectAttributesChecksum || a == s3api.ObjectAttributesObjectParts
}

// attribute puts an attribute into an answer.
func (o *Object) attribute(name s3api.ObjectAttributes, in *s3api.GetObjectAttributesInput, out *s3api.GetObjectAttributesOutput) error {
	switch name {
	case s3api.ObjectAttributesETag:
		out.ETag = new(o.ETag) // without quotes, other than anywhere else
	case s3api.ObjectAttributesChecksum:
		sum := o.Checksum
		sum.Value, _, _ = strings.Cut(sum.Value, "-") // without the number of parts, other than anywhere else
		out.Checksum = new(s3api.Checksum)
		sum.show(out.Checksum)
	case s3api.ObjectAttributesStorageClass:
		out.StorageClass = s3api.StorageClassStandard
		if o.StorageClass != "" {
			out.StorageClass = o.StorageClass
		}
	case s3api.ObjectAttributesObjectSize:
		out.ObjectSize = new(o.Size)
	case s3api.ObjectAttributesObjectParts:
		if !o.Multipart {
			return nil
		}
		parts, err := o.parts(in)
		out.ObjectParts = parts
		return err
	default:
		return errInvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", string(name))
	}
	return nil
}

// parts is a page of the parts of an object. They are told one by one only where
// each has a checksum that was asked for.
func (o *Object) parts(in *s3api.GetObjectAttributesInput) (*s3api.GetObjectAttributesParts, error) {
	most, after := int32(maxAttributeParts), value(in.PartNumberMarker)
	if in.MaxParts != nil {
		most = min(most, *in.MaxParts)
	}
	switch {
	case most < 0:
		return nil, errInvalidArgument("Argument max-parts must be an integer between 0 and 2147483647", "max-parts", strconv.Itoa(int(most)))
	case after < 0:
		return nil, errInvalidArgument("Argument part-number-marker must be an integer between 0 and 2147483647", "part-number-marker", strconv.Itoa(int(after)))
	}
	out := &s3api.GetObjectAttributesParts{TotalPartsCount: new(int32(len(o.Content)))}
	if o.Checksum.Type != s3api.ChecksumTypeComposite {
		return out, nil
	}
	rest := o.Content[partsUpTo(o.Content, after):]
	page := rest[:min(len(rest), int(most))]
	next := int32(0)
	for _, c := range page {
		p := s3api.ObjectPart{PartNumber: new(c.Number), Size: new(c.Size)}
		sum := Checksum{Algorithm: o.Checksum.Algorithm, Value: c.Checksum}
		sum.show(&p)
		out.Parts = append(out.Parts, p)
		next = c.Number
	}
	out.PartNumberMarker, out.NextPartNumberMarker = new(after), new(next)
	out.MaxParts, out.IsTruncated = new(most), new(len(page) < len(rest))
	return out, nil
}

// partsUpTo counts the parts up to a number.
func partsUpTo(parts []Content, number int32) int {
	i, found := slices.BinarySearchFunc(parts, number, func(c Content, n int32) int { return int(c.Number - n) })
	if found {
		i++
	}
	return i
}
