package kms

import (
	"context"
	"crypto/rand"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// dataKeyAccess is the access of the operations that make data keys: they
// always encrypt with SYMMETRIC_DEFAULT.
func dataKeyAccess(operation string, context map[string]string, tokens []string, more ...conditionKey) access {
	return encryptionAccess("kms:"+operation, kmsapi.EncryptionAlgorithmSpecSymmetricDefault, context, tokens, more...)
}

// requireDataKeys checks that the key can encrypt data keys.
func (o *opened) requireDataKeys(ctx context.Context, operation string, context map[string]string) error {
	return o.requireEncryption(ctx, operation, kmsapi.EncryptionAlgorithmSpecSymmetricDefault, context)
}

// GenerateDataKey makes a data key and gives it both in the clear and
// encrypted.
func (s *Service) GenerateDataKey(ctx context.Context, in *kmsapi.GenerateDataKeyInput) (*kmsapi.GenerateDataKeyOutput, error) {
	if in.Recipient != nil {
		return nil, notBuilt("Recipient")
	}
	o, err := s.use(ctx, *in.KeyId, dataKeyAccess("GenerateDataKey", in.EncryptionContext, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	plaintext, blob, err := o.dataKey(ctx, "GenerateDataKey", in.KeySpec, in.NumberOfBytes, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.GenerateDataKeyOutput{
		CiphertextBlob: blob,
		Plaintext:      plaintext,
		KeyId:          &o.arn,
		KeyMaterialId:  o.materialID(),
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationGenerateDataKey)
}

// GenerateDataKeyWithoutPlaintext makes a data key and gives it encrypted only.
func (s *Service) GenerateDataKeyWithoutPlaintext(ctx context.Context, in *kmsapi.GenerateDataKeyWithoutPlaintextInput) (*kmsapi.GenerateDataKeyWithoutPlaintextOutput, error) {
	const operation = "GenerateDataKeyWithoutPlaintext"
	o, err := s.use(ctx, *in.KeyId, dataKeyAccess(operation, in.EncryptionContext, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	plaintext, blob, err := o.dataKey(ctx, operation, in.KeySpec, in.NumberOfBytes, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	clear(plaintext)
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.GenerateDataKeyWithoutPlaintextOutput{
		CiphertextBlob: blob,
		KeyId:          &o.arn,
		KeyMaterialId:  o.materialID(),
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationGenerateDataKeyWithoutPlaintext)
}

func (o *opened) dataKey(ctx context.Context, operation string, spec kmsapi.DataKeySpec, bytes *int32, context map[string]string) (plaintext, blob []byte, err error) {
	if err := o.requireDataKeys(ctx, operation, context); err != nil {
		return nil, nil, err
	}
	if (spec == "") == (bytes == nil) {
		return nil, nil, errValidation("Please specify either number of bytes or key spec.")
	}
	size := cryptography.DataKeySpec(spec).Size()
	if bytes != nil {
		size = int(*bytes)
	}
	if plaintext, err = cryptography.Random(rand.Reader, size); err != nil {
		return nil, nil, err
	}
	blob, err = o.encrypt(kmsapi.EncryptionAlgorithmSpecSymmetricDefault, plaintext, context)
	return plaintext, blob, err
}
