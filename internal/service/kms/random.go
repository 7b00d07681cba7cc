package kms

import (
	"context"
	"crypto/rand"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// GenerateRandom gives random bytes. It uses no key.
func (s *Service) GenerateRandom(ctx context.Context, in *kmsapi.GenerateRandomInput) (*kmsapi.GenerateRandomOutput, error) {
	if err := s.checkAccount(ctx, "kms:GenerateRandom"); err != nil {
		return nil, err
	}
	switch {
	case in.Recipient != nil:
		return nil, notBuilt("Recipient")
	case in.CustomKeyStoreId != nil:
		return nil, kmsapi.ErrCustomKeyStoreNotFoundException("No custom key store exists with the ID %s.", *in.CustomKeyStoreId)
	case in.NumberOfBytes == nil:
		return nil, errValidation("NumberOfBytes is required.")
	}
	random, err := cryptography.Random(rand.Reader, int(*in.NumberOfBytes))
	return &kmsapi.GenerateRandomOutput{Plaintext: random}, err
}
