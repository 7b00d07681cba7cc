package cloudtrail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

// as is CloudTrail on behalf of a trail.
func (t *Trail) as() cloud.As {
	return cloud.As{Service: cloudtrailapi.Service.EventSource(), SourceARN: t.ARN(), SourceAccount: t.Account, Region: t.Region}
}

// put writes an object into the trail's bucket, which its owner shall fully
// control.
func (s *Service) put(ctx context.Context, t *Trail, key string, content []byte, edit ...func(*s3api.PutObjectInput)) error {
	sum := sha256.Sum256(content)
	in := &s3api.PutObjectInput{
		Bucket:         new(t.Bucket),
		Key:            new(key),
		Body:           bytes.NewReader(content),
		ContentLength:  new(int64(len(content))),
		ChecksumSHA256: new(base64.StdEncoding.EncodeToString(sum[:])),
		ACL:            s3api.ObjectCannedACLBucketOwnerFullControl,
	}
	if t.BucketOwner != "" {
		in.ExpectedBucketOwner = new(t.BucketOwner)
	}
	if t.KMSKey != "" {
		in.ServerSideEncryption = s3api.ServerSideEncryptionAwsKms
		in.SSEKMSKeyId = new(t.KMSKey)
		in.SSEKMSEncryptionContext = new(t.encryptionContext())
	}
	for _, f := range edit {
		f(in)
	}
	_, err := cloud.Act(ctx, s.cloud, t.as(), s3api.OpPutObject, in)
	return err
}

// encryptionContext is the context under which the trail's files are encrypted,
// by which key policies know them.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func (t *Trail) encryptionContext() string {
	raw, err := json.Marshal(map[string]string{"aws:cloudtrail:arn": t.ARN()})
	if err != nil {
		panic(err) // of text there is none
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// prove proves that CloudTrail can deliver what the trail shall be, by doing
// what a delivery does: it reads the bucket's access control list, which tells
// that the bucket is there and whose it is, and writes the empty objects that people see as
// folders. kmsKeyID is the key as the request names it, "" for none; the trail
// gets its ARN.
func (s *Service) prove(ctx context.Context, t *Trail, kmsKeyID string) error {
	acl, err := cloud.Act(ctx, s.cloud, t.as(), s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: new(t.Bucket)})
	if err != nil {
		return t.bucketError(err)
	}
	if t.BucketOwner == "" {
		if t.BucketOwner, err = s.accountOf(ctx, acl.Owner); err != nil {
			return err
		}
	}
	if kmsKeyID != "" {
		if t.KMSKey, err = s.describeKey(ctx, t, kmsKeyID); err != nil {
			return err
		}
	}
	folders := []string{t.path("CloudTrail", "")}
	if t.Validation {
		folders = append(folders, t.path("CloudTrail-Digest", ""))
	}
	for _, folder := range folders {
		if err := s.put(ctx, t, folder, nil); err != nil {
			return t.bucketError(err)
		}
	}
	return nil
}

// accountOf is the account of an owner.
func (s *Service) accountOf(ctx context.Context, o *s3api.Owner) (string, error) {
	if o == nil {
		return "", nil
	}
	a, err := s.cloud.Accounts.ByCanonicalID(ctx, text(o.ID))
	if err != nil || a == nil {
		return "", err
	}
	return a.ID, nil
}

// path is the key of a file of the trail.
func (t *Trail) path(folder, rest string) string {
	prefix := ""
	if t.Prefix != "" {
		prefix = t.Prefix + "/"
	}
	return prefix + "AWSLogs/" + t.Account + "/" + folder + "/" + rest
}

// describeKey finds the KMS key that a trail shall use, as CloudTrail, which
// the key's policy must let describe it.
func (s *Service) describeKey(ctx context.Context, t *Trail, id string) (arn string, err error) {
	if !strings.HasPrefix(id, "arn:") {
		// CloudTrail is of no account. The key is the trail's.
		kind := "key/"
		if strings.HasPrefix(id, "alias/") {
			kind = ""
		}
		id = cloud.ARN("kms", t.Region, t.Account, kind+id)
	}
	out, err := cloud.Act(ctx, s.cloud, t.as(), kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: &id})
	var e *api.Error
	switch {
	case errors.As(err, &e) && e.Code == "NotFoundException":
		return "", cloudtrailapi.ErrKmsKeyNotFoundException("KMS key not found: %s", id)
	case errors.As(err, &e) && e.Code == "AccessDeniedException":
		return "", t.keyPolicyError(id)
	case errors.As(err, &e) && e.Status < 500:
		return "", cloudtrailapi.ErrInvalidKmsKeyIdException("The KMS key %s is not valid.", id)
	case err != nil:
		return "", unexpected(err)
	}
	m := out.KeyMetadata
	switch {
	case m.KeySpec != kmsapi.KeySpecSymmetricDefault || m.KeyUsage != kmsapi.KeyUsageTypeEncryptDecrypt:
		return "", cloudtrailapi.ErrInvalidKmsKeyIdException("The KMS key %s is not a symmetric encryption key.", id)
	case m.KeyState != kmsapi.KeyStateEnabled:
		return "", cloudtrailapi.ErrKmsException("KMS key %s is in the state %s.", id, m.KeyState)
	}
	return *m.Arn, nil
}

// bucketError is the answer to a request whose trail could not deliver.
func (t *Trail) bucketError(err error) error {
	var e *api.Error
	switch {
	case !errors.As(err, &e) || e.Status >= 500:
		return unexpected(err)
	case e.Code == "NoSuchBucket":
		return cloudtrailapi.ErrS3BucketDoesNotExistException("S3 bucket %s does not exist!", t.Bucket)
	case e.Code == "KMS.NotFoundException":
		return cloudtrailapi.ErrKmsKeyNotFoundException("KMS key not found: %s", t.KMSKey)
	case strings.HasPrefix(e.Code, "KMS."):
		return cloudtrailapi.ErrKmsException("%s", e.Message)
	case e.Code == "AccessDenied" && strings.Contains(e.Message, "kms:"):
		return t.keyPolicyError(t.KMSKey)
	}
	return cloudtrailapi.ErrInsufficientS3BucketPolicyException("Incorrect S3 bucket policy is detected for bucket: %s", t.Bucket)
}

// keyPolicyError is also the answer where there is no such key: CloudTrail is a
// stranger to it.
func (t *Trail) keyPolicyError(key string) error {
	return cloudtrailapi.ErrInsufficientEncryptionPolicyException("Insufficient permissions to access S3 bucket %s or KMS key %s.", t.Bucket, key)
}

// unexpected is a failure of another service as one of ours: its answer is not
// the caller's.
func unexpected(err error) error { return fmt.Errorf("on behalf of a trail: %v", err) }
