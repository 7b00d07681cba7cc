package kms

import (
	"context"
	"errors"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// Encrypt encrypts up to 4096 bytes, or as much as an RSA key takes.
func (s *Service) Encrypt(ctx context.Context, in *kmsapi.EncryptInput) (*kmsapi.EncryptOutput, error) {
	algorithm := encryptionAlgorithm(in.EncryptionAlgorithm)
	o, err := s.use(ctx, *in.KeyId, encryptionAccess("kms:Encrypt", algorithm, in.EncryptionContext, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	if err := o.requireEncryption(ctx, "Encrypt", algorithm, in.EncryptionContext); err != nil {
		return nil, err
	}
	blob, err := o.encrypt(algorithm, in.Plaintext, in.EncryptionContext)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.EncryptOutput{
		CiphertextBlob:      blob,
		KeyId:               &o.arn,
		EncryptionAlgorithm: algorithm,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationEncrypt)
}

func encryptionAlgorithm(asked kmsapi.EncryptionAlgorithmSpec) kmsapi.EncryptionAlgorithmSpec {
	if asked == "" {
		return kmsapi.EncryptionAlgorithmSpecSymmetricDefault
	}
	return asked
}

// encryptionAccess is the access of an operation that encrypts or decrypts.
func encryptionAccess(action string, algorithm kmsapi.EncryptionAlgorithmSpec, context map[string]string, tokens []string, more ...conditionKey) access {
	return access{
		action:  action,
		alias:   true,
		shared:  true,
		tokens:  tokens,
		context: context,
		keys:    append(more, condition("encryptionalgorithm", algorithm)),
	}
}

// maxContext is the quota of an encryption context, in bytes.
const maxContext = 8192

// requireEncryption checks that the key can do what the operation asks.
func (o *opened) requireEncryption(ctx context.Context, operation string, algorithm kmsapi.EncryptionAlgorithmSpec, context map[string]string) error {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return err
	}
	if err := o.requireUsage(cryptography.EncryptDecrypt, operation); err != nil {
		return err
	}
	if o.Spec.MaxPlaintext(cryptography.EncryptionAlgorithm(algorithm)) == 0 {
		return errIncompatible(algorithm, o.Spec)
	}
	return o.checkContext(context)
}

func (o *opened) requireUsage(usage cryptography.Usage, operation string) error {
	if o.Usage != usage {
		return kmsapi.ErrInvalidKeyUsageException("%s key usage is %s which is not valid for %s.", o.arn, o.Usage, operation)
	}
	return nil
}

func (o *opened) checkContext(context map[string]string) error {
	if len(context) == 0 {
		return nil
	}
	if !o.symmetric() {
		return errValidation("EncryptionContext is not supported with asymmetric KMS keys.")
	}
	if _, ok := context[""]; ok {
		return errValidation("EncryptionContext keys must not be empty.")
	}
	return nil
}

func checkContextSize(context map[string]string) error {
	size := 0
	for k, v := range context {
		size += len(k) + len(v)
	}
	if size > maxContext {
		return errValidation("EncryptionContext must not be larger than %d bytes.", maxContext)
	}
	return nil
}

// encrypt encrypts with a key that requireEncryption has checked.
func (o *opened) encrypt(algorithm kmsapi.EncryptionAlgorithmSpec, plaintext []byte, context map[string]string) ([]byte, error) {
	if o.symmetric() {
		key, err := o.encrypter()
		if err != nil {
			return nil, err
		}
		return key.Encrypt(plaintext, context)
	}
	pair, err := o.keyPair()
	if err != nil {
		return nil, err
	}
	name := cryptography.EncryptionAlgorithm(algorithm)
	blob, err := pair.Encrypt(name, plaintext)
	if errors.Is(err, cryptography.ErrPlaintextTooLong) {
		return nil, errValidation("Algorithm %s and key spec %s cannot encrypt data larger than %d bytes.", algorithm, o.Spec, o.Spec.MaxPlaintext(name))
	}
	return blob, unapproved(err)
}

// unapproved turns the refusal of an algorithm that FIPS 140-3 only mode
// forbids into an answer.
func unapproved(err error) error {
	if errors.Is(err, cryptography.ErrNotApproved) {
		return kmsapi.ErrUnsupportedOperationException("The operation uses an algorithm that FIPS 140-3 does not approve.").WithCause(err)
	}
	return err
}
