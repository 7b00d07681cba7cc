package s3

import (
	"context"
	"io"
	"net/url"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// sourceRequest is what a request says of the source of a copy.
type sourceRequest struct {
	header        string // x-amz-copy-source
	expectedOwner *string
	conditions    readConditions
	customer      *encryption.CustomerKey
}

// source is the source of a copy, which the caller may read.
type source struct {
	reference reference
	bucket    *Bucket
	object    *Object
	customer  *encryption.CustomerKey
}

// source finds the source of a copy and asks for permission to read it.
func (s *Service) source(ctx context.Context, in sourceRequest) (*source, error) {
	r, err := parseCopySource(in.header)
	if err != nil {
		return nil, err
	}
	r.expectedOwner = in.expectedOwner
	b, o, err := s.lookAnywhere(ctx, &r)
	if err != nil {
		return nil, err
	}
	src := &source{r, b, o, in.customer}
	if err := s.ask(ctx, src, r.action("s3:GetObject", "s3:GetObjectVersion")); err != nil {
		return nil, err
	}
	if r.version != nil && o != nil && o.Marker {
		return nil, errInvalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
	}
	if err := s.present(ctx, &r, b, o); err != nil {
		return nil, err
	}
	in.conditions.copying = true
	return src, in.conditions.check(o, cloud.From(ctx).Time)
}

// ask asks for permission to do action to a source.
func (s *Service) ask(ctx context.Context, src *source, action string) error {
	keys := make(conditions, 1)
	keys.set("s3:versionid", value(src.reference.version))
	return s.authorize(ctx, src.bucket, question{action: action, key: src.reference.key, object: src.object, keys: keys})
}

// open reads a span of a source. With KMS the caller needs kms:Decrypt.
func (s *Service) openSource(ctx context.Context, src *source, sp span) (io.ReadCloser, error) {
	keys, err := s.keys.Open(ctx, src.bucket.forEncryption(), src.reference.key, src.object.Encryption, src.customer)
	if err != nil {
		return nil, err
	}
	return s.read(ctx, src.object, sp, keys)
}

// versionID is the source's version id in an answer, which does not name the
// null version.
func (src *source) versionID() *string { return madeVersion(src.object) }

// parseCopySource reads the x-amz-copy-source header: a bucket and a key,
// escaped as in a path, and maybe a version id.
func parseCopySource(header string) (reference, error) {
	path, version, versioned := strings.Cut(header, "?versionId=")
	path, err := url.PathUnescape(path)
	if err != nil {
		return reference{}, errCopySource("Invalid copy source encoding.", header)
	}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || bucket == "" || key == "" {
		return reference{}, errCopySource("Invalid copy source object key", header)
	}
	r := reference{bucket: bucket, key: key}
	if versioned {
		r.version = &version
	}
	return r, nil
}

func errCopySource(message, header string) error {
	return errInvalidArgument(message, "x-amz-copy-source", header)
}
