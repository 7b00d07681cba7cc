package s3

import (
	"context"
	"slices"
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
	"github.com/fortlet/fortlet/policy"
)

// CreateMultipartUpload begins a multipart upload. All that the object will be
// but its content is settled now, its keys too: KMS is asked for one data key
// for all parts.
func (s *Service) CreateMultipartUpload(ctx context.Context, in *s3api.CreateMultipartUploadInput) (*s3api.CreateMultipartUploadOutput, error) {
	call := cloud.From(ctx)
	if err := notAnonymous(ctx, "Anonymous users cannot initiate multipart uploads. Please authenticate."); err != nil {
		return nil, err
	}
	b, prev, err := s.look(ctx, &reference{bucket: *in.Bucket, key: *in.Key, expectedOwner: in.ExpectedBucketOwner})
	if err != nil {
		return nil, err
	}
	c := creationOfUpload(in)
	o, how, err := s.plan(ctx, b, *in.Key, prev, &c)
	if err != nil {
		return nil, err
	}
	if o.Checksum, err = uploadChecksum(in); err != nil {
		return nil, err
	}
	if o.Encryption, _, err = s.keys.Seal(ctx, b.forEncryption(), *in.Key, how); err != nil {
		return nil, err
	}
	o.Multipart = true
	u := &upload{
		Upload: Upload{
			ID:        newUploadID(b, *in.Key, call.Time),
			Key:       *in.Key,
			Initiated: call.Time.UTC().Truncate(time.Second),
			Initiator: initiatorOf(call),
			Object:    *o,
		},
		Asked: requestKeys(call, b, "s3:PutObject"),
	}
	if prev != nil && !prev.Marker {
		u.Newest = prev.Version
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := current(tx, b); err != nil {
			return err
		}
		uploading.Put(tx, uploadKey(b, u.Key, u.ID), u)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &s3api.CreateMultipartUploadOutput{
		Bucket: in.Bucket, Key: in.Key, UploadId: new(u.ID),
		ChecksumAlgorithm: o.Checksum.Algorithm, ChecksumType: o.Checksum.Type,
	}
	out.AbortDate, out.AbortRuleId = u.aborted(b)
	h := o.Encryption.Headers()
	out.ServerSideEncryption, out.SSEKMSKeyId, out.SSEKMSEncryptionContext, out.BucketKeyEnabled = h.Algorithm, h.KMSKeyID, h.Context, h.BucketKey
	out.SSECustomerAlgorithm, out.SSECustomerKeyMD5 = h.CustomerAlgorithm, h.CustomerKeyMD5
	return out, nil
}

func creationOfUpload(in *s3api.CreateMultipartUploadInput) creation {
	return creation{
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
	}
}

// initiatorOf is who begins an upload. An account has no ARN here: answers name
// it by its canonical id.
func initiatorOf(call *cloud.Call) Initiator {
	i := Initiator{Account: call.Account()}
	if call.Principal.Type != policy.Root {
		i.ID = call.Principal.ARN
	}
	return i
}

// uploadChecksum reads which checksum the parts of an upload must bring, and of
// which type that of the object is to be. It is zero for an upload that asks for
// none: see upload.algorithm.
func uploadChecksum(in *s3api.CreateMultipartUploadInput) (Checksum, error) {
	if in.ChecksumAlgorithm == "" {
		if in.ChecksumType != "" {
			return Checksum{}, errInvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
		}
		return Checksum{}, nil
	}
	a, ok := checksum.Parse(string(in.ChecksumAlgorithm))
	if !ok {
		return Checksum{}, errInvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [%s]", supportedChecksums())
	}
	c := Checksum{Algorithm: s3api.ChecksumAlgorithm(a), Type: in.ChecksumType}
	possible := true
	switch c.Type {
	case "":
		c.Type = s3api.ChecksumTypeComposite
		if !a.Composes() {
			c.Type = s3api.ChecksumTypeFullObject
		}
	case s3api.ChecksumTypeComposite:
		possible = a.Composes()
	case s3api.ChecksumTypeFullObject:
		possible = a.Combines()
	default:
		return Checksum{}, errInvalidRequest("Value for x-amz-checksum-type header is invalid.")
	}
	if !possible {
		return Checksum{}, errInvalidRequest("The %s checksum type cannot be used with the %s checksum algorithm.", c.Type, strings.ToLower(string(a)))
	}
	return c, nil
}

func supportedChecksums() string {
	var all []string
	for _, a := range checksum.Algorithms() {
		all = append(all, string(a))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
