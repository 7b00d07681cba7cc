package kms

import (
	"context"
	"errors"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// Sign signs a message of up to 4096 bytes, or the digest of a longer one.
func (s *Service) Sign(ctx context.Context, in *kmsapi.SignInput) (*kmsapi.SignOutput, error) {
	kind := messageType(in.MessageType)
	o, err := s.use(ctx, *in.KeyId, signatureAccess("kms:Sign", in.SigningAlgorithm, kind, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	pair, err := o.signer(ctx, "Sign")
	if err != nil {
		return nil, err
	}
	signature, err := pair.Sign(cryptography.SigningAlgorithm(in.SigningAlgorithm), kind, in.Message)
	if err != nil {
		return nil, o.signatureError(err, in.SigningAlgorithm, kind)
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.SignOutput{
		KeyId:            &o.arn,
		Signature:        signature,
		SigningAlgorithm: in.SigningAlgorithm,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationSign)
}

// Verify checks a signature. That it is wrong is an exception.
func (s *Service) Verify(ctx context.Context, in *kmsapi.VerifyInput) (*kmsapi.VerifyOutput, error) {
	kind := messageType(in.MessageType)
	o, err := s.use(ctx, *in.KeyId, signatureAccess("kms:Verify", in.SigningAlgorithm, kind, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	pair, err := o.signer(ctx, "Verify")
	if err != nil {
		return nil, err
	}
	err = pair.Verify(cryptography.SigningAlgorithm(in.SigningAlgorithm), kind, in.Message, in.Signature)
	if err != nil {
		return nil, o.signatureError(err, in.SigningAlgorithm, kind)
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.VerifyOutput{
		KeyId:            &o.arn,
		SignatureValid:   new(true),
		SigningAlgorithm: in.SigningAlgorithm,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationVerify)
}

func messageType(asked kmsapi.MessageType) cryptography.MessageType {
	if asked == "" {
		return cryptography.Raw
	}
	return cryptography.MessageType(asked)
}

func signatureAccess(action string, algorithm kmsapi.SigningAlgorithmSpec, kind cryptography.MessageType, tokens []string) access {
	return access{
		action: action,
		alias:  true,
		shared: true,
		tokens: tokens,
		keys:   []conditionKey{condition("signingalgorithm", algorithm), condition("messagetype", kind)},
	}
}

// signer gives the key pair of a key that may sign.
func (o *opened) signer(ctx context.Context, operation string) (*cryptography.Opened, error) {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return nil, err
	}
	if err := o.requireUsage(cryptography.SignVerify, operation); err != nil {
		return nil, err
	}
	return o.keyPair()
}

func (o *opened) signatureError(err error, algorithm kmsapi.SigningAlgorithmSpec, kind cryptography.MessageType) error {
	switch {
	case errors.Is(err, cryptography.ErrInvalidSignature):
		return kmsapi.ErrKMSInvalidSignatureException("")
	case errors.Is(err, cryptography.ErrInvalidDigestLength):
		return errValidation("Digest is invalid length for algorithm %s.", algorithm)
	case errors.Is(err, cryptography.ErrUnsupportedAlgorithm):
		return errIncompatible(algorithm, o.Spec)
	case errors.Is(err, cryptography.ErrUnsupportedMessageType):
		return errValidation("Message type %s is invalid for algorithm %s.", kind, algorithm)
	}
	return unapproved(err)
}
