package encryption

import (
	"context"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
	"github.com/fortlet/fortlet/policy"
)

// generate has KMS make the data key of a new object.
func (k *Keys) generate(ctx context.Context, b Bucket, key string, how Resolved) (Sealed, blob.Key, error) {
	out, err := forward(ctx, b, kmsapi.OpGenerateDataKey, &kmsapi.GenerateDataKeyInput{
		KeyId:             &how.KMSKeyID,
		KeySpec:           kmsapi.DataKeySpecAes256,
		EncryptionContext: contextOf(b, key, how.BucketKey, how.pairs),
	})
	if err != nil {
		return Sealed{}, blob.Key{}, err
	}
	s := Sealed{
		Algorithm: how.Algorithm,
		KMSKeyID:  *out.KeyId,
		DataKey:   out.CiphertextBlob,
		Context:   how.context,
		BucketKey: how.BucketKey,
	}
	return s, contentKey(out.Plaintext, b, key), nil
}

// decrypt has KMS open the data key of an object. It is told which key it must
// be, so that no other can have been put in its place.
func (k *Keys) decrypt(ctx context.Context, b Bucket, key string, s *Sealed) (blob.Key, error) {
	pairs, err := parseContext(s.Context)
	if err != nil {
		return blob.Key{}, fmt.Errorf("object %s/%s: stored encryption context %q", b.arn(), key, s.Context)
	}
	out, err := forward(ctx, b, kmsapi.OpDecrypt, &kmsapi.DecryptInput{
		KeyId:             &s.KMSKeyID,
		CiphertextBlob:    s.DataKey,
		EncryptionContext: contextOf(b, key, s.BucketKey, pairs),
	})
	if err != nil {
		return blob.Key{}, err
	}
	return contentKey(out.Plaintext, b, key), nil
}

// contentKey makes of a data key the key of one object, which the encryption
// context does not name when the bucket's key is used.
func contentKey(dataKey []byte, b Bucket, key string) blob.Key {
	defer clear(dataKey)
	return expand(dataKey, "fortlet/s3/data-key/"+string(binding(b, key)))
}

// forward calls KMS for the caller of ctx, in the bucket's Region: so does S3,
// whichever Region it was called in. (A call belongs to one goroutine.)
func forward[In, Out any](ctx context.Context, b Bucket, op *api.Op[In, Out], in *In) (*Out, error) {
	call := cloud.From(ctx)
	if err := requireSigV4(call); err != nil {
		return nil, err
	}
	defer func(own string) { call.Region = own }(call.Region)
	call.Region = b.Region
	out, err := cloud.Forward(ctx, op, in)
	if err != nil {
		return nil, kmsError(err)
	}
	return out, nil
}

// requireSigV4 refuses the requests that S3 does not bring before KMS: unsigned
// ones, and those with the old signature.
func requireSigV4(call *cloud.Call) error {
	if call.Principal.Type != policy.Anonymous && call.Signature.Version != sigV2 {
		return nil
	}
	return errArgument("Authorization", "null", "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.")
}

// sigV2 is what s3:signatureversion calls the old signature.
const sigV2 = "AWS"

// kmsError is an error of KMS as S3 answers it: a denial is S3's own, other
// codes carry where they come from.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func kmsError(err error) error {
	var e *api.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Status == 501:
		return e
	case e.Status >= 500:
		return fmt.Errorf("kms: %s", e)
	case e.Code == "AccessDeniedException":
		return api.Errorf("AccessDenied", 403, "%s", e.Message).WithCause(e)
	case e.Code == "InvalidCiphertextException", e.Code == "IncorrectKeyException":
		// What was stored is not what KMS gave. That is no fault of the caller.
		return fmt.Errorf("stored data key: %s", e)
	}
	code := e.Code
	if code == "InvalidArnException" {
		code = "NotFoundException" // S3 tells no difference
	}
	return api.Errorf("KMS."+code, 400, "%s", e.Message).WithCause(e)
}
