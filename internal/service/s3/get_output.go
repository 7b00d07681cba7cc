package s3

import (
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

var (
	// defaultContentType is that of an object whose creator named none.
	defaultContentType = "binary/octet-stream"
	acceptRanges       = "bytes"
)

// output is what a read answers about an object. Members point into its row,
// which nobody changes.
func (o *Object) output(b *Bucket) *s3api.GetObjectOutput {
	out := &s3api.GetObjectOutput{
		AcceptRanges: &acceptRanges,
		LastModified: &o.Modified,
		ETag:         new(quoted(o.ETag)),
		VersionId:    shownVersion(b, o),
		StorageClass: o.StorageClass, // not shown of STANDARD
		Metadata:     o.Metadata,

		CacheControl:            unlessZero(&o.Headers.CacheControl),
		ContentDisposition:      unlessZero(&o.Headers.ContentDisposition),
		ContentEncoding:         unlessZero(&o.Headers.ContentEncoding),
		ContentLanguage:         unlessZero(&o.Headers.ContentLanguage),
		ContentType:             o.Headers.contentType(),
		Expires:                 unlessZero(&o.Headers.Expires),
		WebsiteRedirectLocation: unlessZero(&o.Headers.WebsiteRedirectLocation),

		ObjectLockMode:            o.LockMode,
		ObjectLockRetainUntilDate: unlessZero(&o.RetainUntil),
		ObjectLockLegalHoldStatus: o.LegalHold,
	}
	if n := len(o.Tags); n > 0 {
		out.TagCount = new(int32(n))
	}
	h := o.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	return out
}

// shownExpiration tells, of the newest version of a key, when lifecycle rules
// will remove it.
func shownExpiration(b *Bucket, o *Object, key string) *string {
	if b.Lifecycle == nil {
		return nil
	}
	return unlessZero(new(b.expiration(o, key)))
}

func (h *Headers) contentType() *string {
	if h.ContentType == "" {
		return &defaultContentType
	}
	return &h.ContentType
}

// override puts the headers into an answer that the request wants there in
// place of the object's.
func override(out *s3api.GetObjectOutput, in *s3api.GetObjectInput) {
	for _, h := range []struct {
		to    **string
		given *string
	}{
		{&out.CacheControl, in.ResponseCacheControl},
		{&out.ContentDisposition, in.ResponseContentDisposition},
		{&out.ContentEncoding, in.ResponseContentEncoding},
		{&out.ContentLanguage, in.ResponseContentLanguage},
		{&out.ContentType, in.ResponseContentType},
	} {
		if h.given != nil {
			*h.to = h.given
		}
	}
	if in.ResponseExpires != nil {
		out.Expires = new(httpTime(*in.ResponseExpires))
	}
}

// headOf is the answer to a HeadObject where GetObject's is out.
func headOf(out *s3api.GetObjectOutput) *s3api.HeadObjectOutput {
	return &s3api.HeadObjectOutput{
		AcceptRanges:              out.AcceptRanges,
		Expiration:                out.Expiration,
		LastModified:              out.LastModified,
		ContentLength:             out.ContentLength,
		ChecksumCRC32:             out.ChecksumCRC32,
		ChecksumCRC32C:            out.ChecksumCRC32C,
		ChecksumCRC64NVME:         out.ChecksumCRC64NVME,
		ChecksumSHA1:              out.ChecksumSHA1,
		ChecksumSHA256:            out.ChecksumSHA256,
		ChecksumSHA512:            out.ChecksumSHA512,
		ChecksumMD5:               out.ChecksumMD5,
		ChecksumXXHASH64:          out.ChecksumXXHASH64,
		ChecksumXXHASH3:           out.ChecksumXXHASH3,
		ChecksumXXHASH128:         out.ChecksumXXHASH128,
		ChecksumType:              out.ChecksumType,
		ETag:                      out.ETag,
		VersionId:                 out.VersionId,
		CacheControl:              out.CacheControl,
		ContentDisposition:        out.ContentDisposition,
		ContentEncoding:           out.ContentEncoding,
		ContentLanguage:           out.ContentLanguage,
		ContentType:               out.ContentType,
		ContentRange:              out.ContentRange,
		Expires:                   out.Expires,
		WebsiteRedirectLocation:   out.WebsiteRedirectLocation,
		ServerSideEncryption:      out.ServerSideEncryption,
		Metadata:                  out.Metadata,
		SSECustomerAlgorithm:      out.SSECustomerAlgorithm,
		SSECustomerKeyMD5:         out.SSECustomerKeyMD5,
		SSEKMSKeyId:               out.SSEKMSKeyId,
		BucketKeyEnabled:          out.BucketKeyEnabled,
		StorageClass:              out.StorageClass,
		PartsCount:                out.PartsCount,
		TagCount:                  out.TagCount,
		ObjectLockMode:            out.ObjectLockMode,
		ObjectLockRetainUntilDate: out.ObjectLockRetainUntilDate,
		ObjectLockLegalHoldStatus: out.ObjectLockLegalHoldStatus,
	}
}
