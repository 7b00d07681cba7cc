package kms

import (
	"context"
	"errors"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// DeriveSharedSecret agrees on a secret with the holder of another key pair.
func (s *Service) DeriveSharedSecret(ctx context.Context, in *kmsapi.DeriveSharedSecretInput) (*kmsapi.DeriveSharedSecretOutput, error) {
	if in.Recipient != nil {
		return nil, notBuilt("Recipient")
	}
	o, err := s.use(ctx, *in.KeyId, access{
		action: "kms:DeriveSharedSecret",
		alias:  true,
		shared: true,
		tokens: in.GrantTokens,
		keys:   []conditionKey{condition("keyagreementalgorithm", in.KeyAgreementAlgorithm)},
	})
	if err != nil {
		return nil, err
	}
	secret, err := o.agree(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.DeriveSharedSecretOutput{
		KeyId:                 &o.arn,
		SharedSecret:          secret,
		KeyAgreementAlgorithm: in.KeyAgreementAlgorithm,
		KeyOrigin:             o.Origin,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationDeriveSharedSecret)
}

func (o *opened) agree(ctx context.Context, in *kmsapi.DeriveSharedSecretInput) ([]byte, error) {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return nil, err
	}
	if err := o.requireUsage(cryptography.KeyAgreement, "DeriveSharedSecret"); err != nil {
		return nil, err
	}
	pair, err := o.keyPair()
	if err != nil {
		return nil, err
	}
	secret, err := pair.DeriveSharedSecret(cryptography.KeyAgreementAlgorithm(in.KeyAgreementAlgorithm), in.PublicKey)
	switch {
	case errors.Is(err, cryptography.ErrInvalidPublicKey):
		return nil, errValidation("") // AWS does not say what is wrong with it
	case errors.Is(err, cryptography.ErrUnsupportedAlgorithm):
		return nil, errIncompatible(in.KeyAgreementAlgorithm, o.Spec)
	}
	return secret, err
}
