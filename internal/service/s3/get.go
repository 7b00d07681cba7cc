package s3

import (
	"context"
	"errors"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
	"github.com/fortlet/fortlet/policy"
)

// GetObject reads an object, or a part of it.
func (s *Service) GetObject(ctx context.Context, in *s3api.GetObjectInput) (*s3api.GetObjectOutput, error) {
	var gone again
	for {
		b, o, v, err := s.view(ctx, in)
		if err != nil {
			return nil, err
		}
		keys, err := s.keys.Open(ctx, b.forEncryption(), *in.Key, o.Encryption, customerOf(in))
		if err != nil {
			return nil, err
		}
		v.output.Body, err = s.read(ctx, o, v.span, keys)
		if err == nil {
			return v.output, nil
		}
		if !gone.look(o, err) {
			return nil, err
		}
	}
}

// again decides whether to look an object up again. Content is gone between the
// row that named it and its reading when the object was overwritten in that
// moment: then there is another row.
type again struct{ seen string }

func (a *again) look(o *Object, err error) bool {
	if !errors.Is(err, blob.ErrGone) || a.seen == o.Version {
		return false
	}
	a.seen = o.Version
	return true
}

// HeadObject is GetObject without the content.
func (s *Service) HeadObject(ctx context.Context, in *s3api.HeadObjectInput) (*s3api.HeadObjectOutput, error) {
	get := (*s3api.GetObjectInput)(in) // the same members
	b, o, v, err := s.view(ctx, get)
	if err != nil {
		return nil, err
	}
	if err := s.mayKnow(ctx, b, *in.Key, o, customerOf(get), in.ChecksumMode == s3api.ChecksumModeEnabled); err != nil {
		return nil, err
	}
	return headOf(v.output), nil
}

// mayKnow asks for what it takes to know of an object what reading it would
// show: a customer's key, and for a checksum, which tells the content from
// others, the KMS key as well. ("If you enable checksum mode and the object is
// … encrypted with an Key Management Service (KMS) key, you must have permission
// to use the kms:Decrypt action to retrieve the checksum.": API reference,
// HeadObject.)
func (s *Service) mayKnow(ctx context.Context, b *Bucket, key string, o *Object, customer *encryption.CustomerKey, checksum bool) error {
	if checksum {
		_, err := s.keys.Open(ctx, b.forEncryption(), key, o.Encryption, customer)
		return err
	}
	return s.keys.Check(b.forEncryption(), key, o.Encryption, customer)
}

func customerOf(in *s3api.GetObjectInput) *encryption.CustomerKey {
	return encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5)
}

// viewed is what a read gives, but for the content.
type viewed struct {
	span   span
	output *s3api.GetObjectOutput
}

// view finds the object of a read, asks for permission and decides what is to
// be read of it.
func (s *Service) view(ctx context.Context, in *s3api.GetObjectInput) (*Bucket, *Object, viewed, error) {
	if in.PartNumber != nil {
		if err := checkPartNumber(*in.PartNumber); err != nil {
			return nil, nil, viewed{}, err
		}
	}
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.object(ctx, r, r.action("s3:GetObject", "s3:GetObjectVersion"))
	if err != nil {
		return nil, nil, viewed{}, err
	}
	if overrides(in) && cloud.From(ctx).Principal.Type == policy.Anonymous {
		return nil, nil, viewed{}, errInvalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
	}
	c := readConditions{match: in.IfMatch, noneMatch: in.IfNoneMatch, modifiedSince: in.IfModifiedSince, unmodifiedSince: in.IfUnmodifiedSince}
	if err := c.check(o, cloud.From(ctx).Time); err != nil {
		return nil, nil, viewed{}, err
	}
	v, err := o.viewed(b, in)
	if err != nil {
		return nil, nil, viewed{}, err
	}
	s.conceal(ctx, b, r, o, v.output)
	if in.VersionId == nil {
		v.output.Expiration = shownExpiration(b, o, *in.Key)
	}
	return b, o, v, nil
}

func overrides(in *s3api.GetObjectInput) bool {
	return in.ResponseCacheControl != nil || in.ResponseContentDisposition != nil || in.ResponseContentEncoding != nil ||
		in.ResponseContentLanguage != nil || in.ResponseContentType != nil || in.ResponseExpires != nil
}

// viewed finds what a request wants of an object.
func (o *Object) viewed(b *Bucket, in *s3api.GetObjectInput) (v viewed, err error) {
	v = viewed{span: span{0, o.Size, false}, output: o.output(b)}
	sum := o.Checksum
	switch {
	case in.PartNumber != nil && in.Range != nil:
		return v, errInvalidRequest("Cannot specify both Range header and partNumber query parameter")
	case in.PartNumber != nil:
		var part *Content
		if v.span, part, err = partSpan(o, *in.PartNumber); err != nil {
			return v, err
		}
		if part != nil {
			v.output.PartsCount = new(int32(len(o.Content)))
			sum.Value = part.Checksum
		}
	case in.Range != nil:
		if v.span, err = parseRange(*in.Range, o.Size); err != nil {
			return v, err
		}
	}
	if v.span.partial {
		v.output.ContentRange = new(v.span.contentRange(o.Size))
	}
	v.output.ContentLength = new(v.span.length)
	// The checksum is that of the object or the part: of a range of less there
	// is none.
	if in.ChecksumMode == s3api.ChecksumModeEnabled && (in.PartNumber != nil || v.span.length == o.Size) {
		sum.show(v.output)
	}
	override(v.output, in)
	return v, nil
}
