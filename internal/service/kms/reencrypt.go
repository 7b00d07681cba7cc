package kms

import (
	"context"
	"strconv"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// ReEncrypt decrypts under one key and encrypts under another, or under the
// same key with another encryption context. It takes permission for both.
func (s *Service) ReEncrypt(ctx context.Context, in *kmsapi.ReEncryptInput) (*kmsapi.ReEncryptOutput, error) {
	r, err := s.reEncryption(ctx, in)
	if err != nil {
		return nil, err
	}
	source, destination := r.source.key, r.destination.key
	plaintext, sourceMaterial, err := source.decrypt(ctx, &r.decryption)
	if err != nil {
		return nil, err
	}
	defer clear(plaintext)
	if err := destination.requireEncryption(ctx, "ReEncryptTo", r.algorithm, in.DestinationEncryptionContext); err != nil {
		return nil, err
	}
	if r.ignore {
		return nil, dryRun(in.DryRun)
	}
	blob, err := destination.encrypt(r.algorithm, plaintext, in.DestinationEncryptionContext)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	out := &kmsapi.ReEncryptOutput{
		CiphertextBlob:                 blob,
		SourceKeyId:                    &source.arn,
		KeyId:                          &destination.arn,
		SourceEncryptionAlgorithm:      r.decryption.algorithm,
		DestinationEncryptionAlgorithm: r.algorithm,
		SourceKeyMaterialId:            sourceMaterial,
		DestinationKeyMaterialId:       destination.materialID(),
	}
	for _, o := range []*opened{source, destination} {
		if err := s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationReEncrypt); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reEncryption is a ReEncrypt whose two keys are found and authorized.
type reEncryption struct {
	decryption
	source, destination *target
	algorithm           kmsapi.EncryptionAlgorithmSpec // of the destination
}

func (s *Service) reEncryption(ctx context.Context, in *kmsapi.ReEncryptInput) (*reEncryption, error) {
	r := &reEncryption{
		decryption: decryption{
			keyID:     in.SourceKeyId,
			blob:      in.CiphertextBlob,
			algorithm: encryptionAlgorithm(in.SourceEncryptionAlgorithm),
			context:   in.SourceEncryptionContext,
			ignore:    ignoresCiphertext(in.DryRun, in.DryRunModifiers),
		},
		algorithm: encryptionAlgorithm(in.DestinationEncryptionAlgorithm),
	}
	var err error
	if r.source, err = s.sourceOf(ctx, &r.decryption); err != nil {
		return nil, err
	}
	if r.destination, err = s.find(ctx, *in.DestinationKeyId, true); err != nil {
		return nil, err
	}
	same := condition("reencryptonsamekey", strconv.FormatBool(r.sameKey()))
	from := encryptionAccess("kms:ReEncryptFrom", r.decryption.algorithm, in.SourceEncryptionContext, in.GrantTokens, same)
	from.ciphertext = r.named()
	if err := s.authorize(ctx, r.source, &from); err != nil {
		return nil, err
	}
	to := encryptionAccess("kms:ReEncryptTo", r.algorithm, in.DestinationEncryptionContext, in.GrantTokens, same)
	return r, s.authorize(ctx, r.destination, &to)
}

func (r *reEncryption) sameKey() bool {
	a, b := r.source.key, r.destination.key
	return a != nil && b != nil && a.arn == b.arn
}

// materialID names the material that encrypts; asymmetric keys have none to
// name.
func (o *opened) materialID() *string {
	if !o.symmetric() {
		return nil
	}
	return new(o.Materials[o.current()].ID.String())
}
