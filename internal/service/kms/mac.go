package kms

import (
	"context"
	"errors"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// GenerateMac computes the message authentication code of a message.
func (s *Service) GenerateMac(ctx context.Context, in *kmsapi.GenerateMacInput) (*kmsapi.GenerateMacOutput, error) {
	o, err := s.use(ctx, *in.KeyId, macAccess("kms:GenerateMac", in.MacAlgorithm, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	key, err := o.authenticator(ctx, "GenerateMac")
	if err != nil {
		return nil, err
	}
	mac, err := key.GenerateMAC(cryptography.MACAlgorithm(in.MacAlgorithm), in.Message)
	if err != nil {
		return nil, o.macError(err, in.MacAlgorithm)
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.GenerateMacOutput{
		Mac:          mac,
		MacAlgorithm: in.MacAlgorithm,
		KeyId:        &o.arn,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationGenerateMac)
}

// VerifyMac checks a message authentication code. That it is wrong is an
// exception.
func (s *Service) VerifyMac(ctx context.Context, in *kmsapi.VerifyMacInput) (*kmsapi.VerifyMacOutput, error) {
	o, err := s.use(ctx, *in.KeyId, macAccess("kms:VerifyMac", in.MacAlgorithm, in.GrantTokens))
	if err != nil {
		return nil, err
	}
	key, err := o.authenticator(ctx, "VerifyMac")
	if err != nil {
		return nil, err
	}
	if err := key.VerifyMAC(cryptography.MACAlgorithm(in.MacAlgorithm), in.Message, in.Mac); err != nil {
		return nil, o.macError(err, in.MacAlgorithm)
	}
	if err := dryRun(in.DryRun); err != nil {
		return nil, err
	}
	return &kmsapi.VerifyMacOutput{
		KeyId:        &o.arn,
		MacValid:     new(true),
		MacAlgorithm: in.MacAlgorithm,
	}, s.used(ctx, o, kmsapi.KeyLastUsageTrackingOperationVerifyMac)
}

func macAccess(action string, algorithm kmsapi.MacAlgorithmSpec, tokens []string) access {
	return access{
		action: action,
		alias:  true,
		shared: true,
		tokens: tokens,
		keys:   []conditionKey{condition("macalgorithm", algorithm)},
	}
}

func (o *opened) authenticator(ctx context.Context, operation string) (*cryptography.Opened, error) {
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return nil, err
	}
	if err := o.requireUsage(cryptography.GenerateVerifyMAC, operation); err != nil {
		return nil, err
	}
	return o.keyPair()
}

func (o *opened) macError(err error, algorithm kmsapi.MacAlgorithmSpec) error {
	switch {
	case errors.Is(err, cryptography.ErrInvalidMAC):
		return kmsapi.ErrKMSInvalidMacException("")
	case errors.Is(err, cryptography.ErrUnsupportedAlgorithm):
		return errIncompatible(algorithm, o.Spec)
	}
	return err
}
