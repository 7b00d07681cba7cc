package kms

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// importToken is the content of an import token. The token is the wrapping key
// itself, sealed and bound to the key that it was made for: nothing is kept
// until it comes back.
type importToken struct {
	Algorithm cryptography.WrappingAlgorithm
	Spec      cryptography.Spec
	Private   []byte
	ValidTo   time.Time
}

const (
	importTokenPurpose = "kms-import-token"
	// importTokenLife is how long an import token is valid.
	importTokenLife = 24 * time.Hour
)

// GetParametersForImport makes a wrapping key for the import of key material.
func (s *Service) GetParametersForImport(ctx context.Context, in *kmsapi.GetParametersForImportInput) (*kmsapi.GetParametersForImportOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{
		action: "kms:GetParametersForImport",
		keys:   []conditionKey{condition("wrappingalgorithm", in.WrappingAlgorithm), condition("wrappingkeyspec", in.WrappingKeySpec)},
	})
	if err != nil {
		return nil, err
	}
	now := cloud.From(ctx).Time
	if err := o.requireImportable(now); err != nil {
		return nil, err
	}
	token := importToken{
		Algorithm: cryptography.WrappingAlgorithm(in.WrappingAlgorithm),
		Spec:      cryptography.Spec(in.WrappingKeySpec),
		ValidTo:   seconds(now).Add(importTokenLife),
	}
	if !token.Algorithm.Wraps(o.Spec, token.Spec) {
		return nil, kmsapi.ErrUnsupportedOperationException("WrappingAlgorithm %s with WrappingKeySpec %s is not supported for key spec %s.", in.WrappingAlgorithm, in.WrappingKeySpec, o.Spec)
	}
	return s.parametersForImport(o, &token)
}

func (s *Service) parametersForImport(o *opened, token *importToken) (*kmsapi.GetParametersForImportOutput, error) {
	material, err := generate(token.Spec)
	if err != nil {
		return nil, err
	}
	defer material.Zero()
	pair, err := cryptography.Open(material)
	if err != nil {
		return nil, err
	}
	token.Private = material.Marshal()
	defer clear(token.Private)
	plain, err := json.Marshal(token)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return &kmsapi.GetParametersForImportOutput{
		KeyId:             new(o.arn),
		ImportToken:       s.cloud.Keyring.Seal(importTokenPurpose, plain, []byte(o.arn)),
		PublicKey:         pair.PublicKey(),
		ParametersValidTo: new(token.ValidTo),
	}, nil
}

// requireImportable is for operations that import key material.
func (k *Key) requireImportable(now time.Time) error {
	if err := k.requireOrigin(kmsapi.OriginTypeExternal); err != nil {
		return err
	}
	return k.requireKept(now)
}

// unwrap opens wrapped key material with the wrapping key in the token.
func (s *Service) unwrap(o *opened, sealed, wrapped []byte, now time.Time) (*cryptography.Material, error) {
	plain, err := s.cloud.Keyring.Open(importTokenPurpose, sealed, []byte(o.arn))
	if err != nil {
		return nil, kmsapi.ErrInvalidImportTokenException("")
	}
	defer clear(plain)
	var token importToken
	if err := json.Unmarshal(plain, &token); err != nil {
		return nil, err
	}
	defer clear(token.Private)
	if !now.Before(token.ValidTo) {
		return nil, kmsapi.ErrExpiredImportTokenException("")
	}
	return token.unwrap(o.Spec, wrapped)
}

func (t *importToken) unwrap(spec cryptography.Spec, wrapped []byte) (*cryptography.Material, error) {
	private, err := cryptography.Unmarshal(t.Spec, t.Private)
	if err != nil {
		return nil, err
	}
	defer private.Zero()
	wrappingKey, err := cryptography.Open(private)
	if err != nil {
		return nil, err
	}
	secret, err := cryptography.Unwrap(wrappingKey, t.Algorithm, wrapped)
	if errors.Is(err, cryptography.ErrInvalidCiphertext) {
		return nil, errCiphertext()
	}
	if err != nil {
		return nil, unapproved(err)
	}
	defer clear(secret)
	material, err := cryptography.Import(spec, secret)
	if errors.Is(err, cryptography.ErrIncorrectKeyMaterial) {
		return nil, errMaterial()
	}
	return material, unapproved(err)
}

func errMaterial() error { return kmsapi.ErrIncorrectKeyMaterialException("") }
