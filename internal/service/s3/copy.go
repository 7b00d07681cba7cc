package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// maxCopy is the size of the largest object that one request copies.
const maxCopy = 5 << 30

// CopyObject makes an object of the content of another one, which is decrypted
// and encrypted anew on the way.
func (s *Service) CopyObject(ctx context.Context, in *s3api.CopyObjectInput) (*s3api.CopyObjectOutput, error) {
	if err := notAnonymous(ctx, "Anonymous users cannot copy objects. Please authenticate."); err != nil {
		return nil, err
	}
	var gone again
	for {
		src, err := s.source(ctx, sourceOfCopy(in))
		if err != nil {
			return nil, err
		}
		out, err := s.copyFrom(ctx, in, src)
		if err == nil || !gone.look(src.object, err) {
			return out, err
		}
	}
}

// copyFrom copies a source that the caller may read.
func (s *Service) copyFrom(ctx context.Context, in *s3api.CopyObjectInput, src *source) (*s3api.CopyObjectOutput, error) {
	if src.object.Size > maxCopy {
		return nil, errInvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: %d", int64(maxCopy))
	}
	r := &reference{bucket: *in.Bucket, key: *in.Key, expectedOwner: in.ExpectedBucketOwner}
	b, prev, err := s.look(ctx, r)
	if err != nil {
		return nil, err
	}
	c, err := s.creationOfCopy(ctx, in, src)
	if err != nil {
		return nil, err
	}
	o, how, err := s.plan(ctx, b, r.key, prev, &c)
	if err != nil {
		return nil, err
	}
	if src.isTarget(b, r.key) && !changes(in, b) && how.Algorithm == src.object.Encryption.Algorithm {
		return nil, errInvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	body := incoming{length: &src.object.Size, opaque: opaque(how)}
	if body.claims, err = claimsOfCopy(in, src.object); err != nil {
		return nil, err
	}
	content, err := s.openSource(ctx, src, span{0, src.object.Size, false})
	if err != nil {
		return nil, err
	}
	defer content.Close()
	body.body = content
	if err := s.write(ctx, b, r.key, o, how, &body, c.condition); err != nil {
		return nil, err
	}
	return copied(in, b, o, src), nil
}

func sourceOfCopy(in *s3api.CopyObjectInput) sourceRequest {
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

// creationOfCopy is what the copy is to be. Metadata and tags are the source's
// unless the request replaces them; its storage class, access control list,
// locks and website redirect are not copied.
func (s *Service) creationOfCopy(ctx context.Context, in *s3api.CopyObjectInput, src *source) (creation, error) {
	c := creation{
		acl: aclRequest{
			canned: string(in.ACL),
			grants: grantHeaders{fullControl: in.GrantFullControl, read: in.GrantRead, readACP: in.GrantReadACP, writeACP: in.GrantWriteACP},
		},
		headers: headersOf(in.CacheControl, in.ContentDisposition, in.ContentEncoding, in.ContentLanguage,
			in.ContentType, in.Expires, in.WebsiteRedirectLocation),
		metadata: in.Metadata,
		tagging:  in.Tagging,
		class:    in.StorageClass,
		lock:     lockRequest{in.ObjectLockMode, in.ObjectLockRetainUntilDate, in.ObjectLockLegalHoldStatus},
		encryption: encryption.Request{
			Algorithm: in.ServerSideEncryption,
			KMSKeyID:  value(in.SSEKMSKeyId),
			Context:   value(in.SSEKMSEncryptionContext),
			BucketKey: in.BucketKeyEnabled,
			Customer:  encryption.Customer(in.SSECustomerAlgorithm, in.SSECustomerKey, in.SSECustomerKeyMD5),
		},
		ifMatch: in.IfMatch, ifNoneMatch: in.IfNoneMatch,
	}
	if in.MetadataDirective != s3api.MetadataDirectiveReplace {
		c.headers, c.metadata = src.object.Headers, src.object.Metadata
		c.headers.WebsiteRedirectLocation = value(in.WebsiteRedirectLocation)
	}
	if in.TaggingDirective == s3api.TaggingDirectiveReplace {
		return c, nil
	}
	c.tagging, c.tags = nil, src.object.Tags
	if len(c.tags) == 0 {
		return c, nil
	}
	return c, s.ask(ctx, src, src.reference.action("s3:GetObjectTagging", "s3:GetObjectVersionTagging"))
}

// isTarget reports a copy of an object to itself. An older version that becomes
// the newest again is another object.
func (src *source) isTarget(b *Bucket, key string) bool {
	return src.bucket.ID == b.ID && src.reference.key == key && src.reference.version == nil
}

// changes reports whether a request makes more of an object than a copy. Where
// the bucket's encryption is configured the copy may be to apply it.
func changes(in *s3api.CopyObjectInput, b *Bucket) bool {
	return b.Encryption != nil || in.MetadataDirective == s3api.MetadataDirectiveReplace || in.StorageClass != "" || in.WebsiteRedirectLocation != nil ||
		in.ServerSideEncryption != "" || in.SSECustomerKey != nil || in.BucketKeyEnabled != nil
}

// claimsOfCopy says which checksum the copy is to have: the one that is asked
// for, or else of the source's algorithm.
func claimsOfCopy(in *s3api.CopyObjectInput, o *Object) (claims, error) {
	name := in.ChecksumAlgorithm
	if name == "" {
		name = o.Checksum.Algorithm
	}
	a, ok := checksum.Parse(string(name))
	switch {
	case ok:
		return claims{algorithm: a}, nil
	case name == "":
		return claims{algorithm: checksum.Default}, nil
	}
	return claims{}, errInvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [%s]", supportedChecksums())
}

func copied(in *s3api.CopyObjectInput, b *Bucket, o *Object, src *source) *s3api.CopyObjectOutput {
	out := &s3api.CopyObjectOutput{
		CopyObjectResult:    &s3api.CopyObjectResult{ETag: new(quoted(o.ETag)), LastModified: new(o.Modified)},
		CopySourceVersionId: src.versionID(),
		VersionId:           madeVersion(o),
		Expiration:          shownExpiration(b, o, *in.Key),
	}
	o.Checksum.show(out.CopyObjectResult)
	h := o.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.SSEKMSEncryptionContext, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.Context, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	return out
}
