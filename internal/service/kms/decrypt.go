package kms

import (
	"context"
	"errors"
	"slices"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// Decrypt opens a ciphertext. That of a symmetric key says itself which key
// made it.
func (s *Service) Decrypt(ctx context.Context, in *kmsapi.DecryptInput) (*kmsapi.DecryptOutput, error) {
	if in.Recipient != nil {
		return nil, notBuilt("Recipient")
	}
	d := decryption{
		keyID:     in.KeyId,
		blob:      in.CiphertextBlob,
		algorithm: encryptionAlgorithm(in.EncryptionAlgorithm),
		context:   in.EncryptionContext,
		ignore:    ignoresCiphertext(in.DryRun, in.DryRunModifiers),
	}
	t, err := s.sourceOf(ctx, &d)
	if err != nil {
		return nil, err
	}
	a := encryptionAccess("kms:Decrypt", d.algorithm, d.context, in.GrantTokens)
	a.ciphertext = d.named()
	if err := s.authorize(ctx, t, &a); err != nil {
		return nil, err
	}
	plaintext, material, err := t.key.decrypt(ctx, &d)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.DecryptOutput{
		KeyId:               &t.key.arn,
		Plaintext:           plaintext,
		EncryptionAlgorithm: d.algorithm,
		KeyMaterialId:       material,
	}, s.used(ctx, t.key, kmsapi.KeyLastUsageTrackingOperationDecrypt)
}

// decryption is what Decrypt, and the first half of ReEncrypt, is to do.
type decryption struct {
	keyID     *string // that the request names
	blob      []byte
	algorithm kmsapi.EncryptionAlgorithmSpec
	context   map[string]string
	ignore    bool // a dry run without a ciphertext

	parsed cryptography.Blob // of a symmetric ciphertext
	bad    bool              // it is none
}

// named reports that only the ciphertext names the key.
func (d *decryption) named() bool { return d.keyID == nil }

func (d *decryption) symmetric() bool {
	return d.algorithm == kmsapi.EncryptionAlgorithmSpecSymmetricDefault
}

func ignoresCiphertext(dryRun *bool, modifiers []kmsapi.DryRunModifierType) bool {
	return deref(dryRun) && slices.Contains(modifiers, kmsapi.DryRunModifierTypeIgnoreCiphertext)
}

// sourceOf finds the key of a decryption.
func (s *Service) sourceOf(ctx context.Context, d *decryption) (*target, error) {
	if len(d.blob) == 0 && !d.ignore {
		return nil, errValidation("1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null")
	}
	if d.symmetric() && !d.ignore {
		var err error
		d.parsed, err = cryptography.ParseBlob(d.blob)
		d.bad = err != nil
	}
	switch call := cloud.From(ctx); {
	case d.named() && (!d.symmetric() || d.ignore):
		return nil, errValidation("KeyId is required for this request.")
	case d.named() && d.bad:
		return nil, errCiphertext()
	case d.named() && !d.parsed.IsMultiRegion() && d.parsed.Region != call.Region:
		return &target{id: identifier{account: d.parsed.Account, region: d.parsed.Region, key: d.parsed.KeyID}}, nil
	case d.named(), *d.keyID == d.parsed.KeyID:
		// A bare key id that is the ciphertext's own means that key, in
		// whichever account it is.
		return s.lookup(ctx, identifier{account: d.parsed.Account, region: call.Region, key: d.parsed.KeyID})
	}
	return s.find(ctx, *d.keyID, true)
}

// decrypt opens the ciphertext and names the material that did.
func (o *opened) decrypt(ctx context.Context, d *decryption) (plaintext []byte, material *string, err error) {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return nil, nil, err
	}
	if o.Usage != cryptography.EncryptDecrypt || d.symmetric() && !o.symmetric() {
		return nil, nil, errIncorrectKey()
	}
	if d.ignore {
		return nil, nil, nil
	}
	if d.symmetric() {
		return o.decryptSymmetric(d)
	}
	if o.symmetric() {
		return nil, nil, errIncompatible(d.algorithm, o.Spec)
	}
	if err := o.checkContext(d.context); err != nil {
		return nil, nil, err
	}
	pair, err := o.keyPair()
	if err != nil {
		return nil, nil, err
	}
	plaintext, err = pair.Decrypt(cryptography.EncryptionAlgorithm(d.algorithm), d.blob)
	switch {
	case errors.Is(err, cryptography.ErrInvalidCiphertext):
		return nil, nil, errCiphertext()
	case errors.Is(err, cryptography.ErrUnsupportedAlgorithm):
		return nil, nil, errIncompatible(d.algorithm, o.Spec)
	}
	return plaintext, nil, unapproved(err)
}

func (o *opened) decryptSymmetric(d *decryption) ([]byte, *string, error) {
	if d.bad {
		return nil, nil, errCiphertext()
	}
	at := d.parsed
	if at.Account != o.Account || at.KeyID != o.ID || !at.IsMultiRegion() && at.Region != o.Region {
		return nil, nil, errIncorrectKey()
	}
	index := o.material(at.MaterialID)
	if index < 0 || o.Materials[index].Pending {
		return nil, nil, errCiphertext()
	}
	key, err := o.symmetricKey(index)
	if err != nil {
		return nil, nil, err
	}
	plaintext, err := key.Decrypt(d.blob, d.context)
	if err != nil {
		return nil, nil, errCiphertext()
	}
	return plaintext, new(at.MaterialID.String()), nil
}
