package kms

import (
	"context"
	"crypto/rand"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// GenerateDataKeyPair makes a key pair and gives its private key both in the
// clear and encrypted.
func (s *Service) GenerateDataKeyPair(ctx context.Context, in *kmsapi.GenerateDataKeyPairInput) (*kmsapi.GenerateDataKeyPairOutput, error) {
	if in.Recipient != nil {
		return nil, notBuilt("Recipient")
	}
	const operation = "GenerateDataKeyPair"
	o, err := s.use(ctx, *in.KeyId, dataKeyAccess(operation, in.EncryptionContext, in.GrantTokens, condition("datakeypairspec", in.KeyPairSpec)))
	if err != nil {
		return nil, err
	}
	pair, blob, err := o.dataKeyPair(ctx, operation, in.KeyPairSpec, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	return &kmsapi.GenerateDataKeyPairOutput{
		PrivateKeyCiphertextBlob: blob,
		PrivateKeyPlaintext:      pair.PrivateKey,
		PublicKey:                pair.PublicKey,
		KeyId:                    &o.arn,
		KeyPairSpec:              in.KeyPairSpec,
		KeyMaterialId:            o.materialID(),
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationGenerateDataKeyPair)
}

// GenerateDataKeyPairWithoutPlaintext makes a key pair and gives its private
// key encrypted only.
func (s *Service) GenerateDataKeyPairWithoutPlaintext(ctx context.Context, in *kmsapi.GenerateDataKeyPairWithoutPlaintextInput) (*kmsapi.GenerateDataKeyPairWithoutPlaintextOutput, error) {
	const operation = "GenerateDataKeyPairWithoutPlaintext"
	o, err := s.use(ctx, *in.KeyId, dataKeyAccess(operation, in.EncryptionContext, in.GrantTokens, condition("datakeypairspec", in.KeyPairSpec)))
	if err != nil {
		return nil, err
	}
	pair, blob, err := o.dataKeyPair(ctx, operation, in.KeyPairSpec, in.EncryptionContext, in.DryRun)
	if err != nil {
		return nil, err
	}
	clear(pair.PrivateKey)
	return &kmsapi.GenerateDataKeyPairWithoutPlaintextOutput{
		PrivateKeyCiphertextBlob: blob,
		PublicKey:                pair.PublicKey,
		KeyId:                    &o.arn,
		KeyPairSpec:              in.KeyPairSpec,
		KeyMaterialId:            o.materialID(),
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationGenerateDataKeyPairWithoutPlaintext)
}

// dataKeyPair makes a key pair. A dry run ends before: RSA keys take long.
func (o *opened) dataKeyPair(ctx context.Context, operation string, spec kmsapi.DataKeyPairSpec, context map[string]string, dry *bool) (*cryptography.DataKeyPair, []byte, error) {
	if err := o.requireDataKeys(ctx, operation, context); err != nil {
		return nil, nil, err
	}
	name := cryptography.Spec(spec)
	if !name.IsDataKeyPair() {
		return nil, nil, kmsapi.ErrUnsupportedOperationException("KeyPairSpec %s is not supported in this Region.", spec)
	}
	if err := dryRun(dry); err != nil {
		return nil, nil, err
	}
	pair, err := cryptography.GenerateDataKeyPair(name, rand.Reader)
	if err != nil {
		return nil, nil, unapproved(err)
	}
	blob, err := o.encrypt(kmsapi.EncryptionAlgorithmSpecSymmetricDefault, pair.PrivateKey, context)
	return pair, blob, err
}
