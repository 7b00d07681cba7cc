// Package sts is AWS Security Token Service: it tells callers who they are and
// gives them temporary credentials.
//
// The credentials themselves are package credentials' business; here are the
// rules by which they are given: role trust policies, durations, session
// policies, session tags and source identities, and what is passed on when a
// role is assumed from a role.
package sts

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/policy"
)

// Service is STS.
type Service struct{ cloud *cloud.Cloud }

// New makes the service.
func New(c *cloud.Cloud) *Service { return &Service{c} }

// Handlers are the operations that are built.
func (s *Service) Handlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(stsapi.OpAssumeRole, s.AssumeRole),
		cloud.Handle(stsapi.OpDecodeAuthorizationMessage, s.DecodeAuthorizationMessage),
		cloud.Handle(stsapi.OpGetAccessKeyInfo, s.GetAccessKeyInfo),
		cloud.Handle(stsapi.OpGetCallerIdentity, s.GetCallerIdentity),
		cloud.Handle(stsapi.OpGetFederationToken, s.GetFederationToken),
		cloud.Handle(stsapi.OpGetSessionToken, s.GetSessionToken),
	}
}

// GetCallerIdentity tells the caller who it is. Nobody needs a permission for
// it, and no policy can take it away.
func (s *Service) GetCallerIdentity(ctx context.Context, _ *stsapi.GetCallerIdentityInput) (*stsapi.GetCallerIdentityOutput, error) {
	authz.Exempt(ctx, "sts:GetCallerIdentity needs no permission")
	p := cloud.From(ctx).Principal
	return &stsapi.GetCallerIdentityOutput{UserId: &p.ID, Account: &p.Account, Arn: &p.ARN}, nil
}

// GetAccessKeyInfo tells which account an access key belongs to. The account
// is part of the key id itself, so that the key need not exist.
func (s *Service) GetAccessKeyInfo(ctx context.Context, in *stsapi.GetAccessKeyInfoInput) (*stsapi.GetAccessKeyInfoOutput, error) {
	if err := authz.Check(ctx, authz.Request{Action: "sts:GetAccessKeyInfo", Resource: "*"}); err != nil {
		return nil, err
	}
	// A root key that the user chose holds no account.
	root, err := s.cloud.Accounts.ByRootKey(ctx, *in.AccessKeyId)
	if err != nil {
		return nil, err
	}
	if root != nil {
		return &stsapi.GetAccessKeyInfoOutput{Account: &root.ID}, nil
	}
	account, ok := ids.AccountOf(*in.AccessKeyId)
	if !ok {
		return nil, validationError("Invalid Access Key ID: %s", *in.AccessKeyId)
	}
	return &stsapi.GetAccessKeyInfoOutput{Account: &account}, nil
}

// DecodeAuthorizationMessage opens the encoded message of a denied call.
func (s *Service) DecodeAuthorizationMessage(ctx context.Context, in *stsapi.DecodeAuthorizationMessageInput) (*stsapi.DecodeAuthorizationMessageOutput, error) {
	if err := authz.Check(ctx, authz.Request{Action: "sts:DecodeAuthorizationMessage", Resource: "*"}); err != nil {
		return nil, err
	}
	message, err := s.cloud.DecodeMessage(*in.EncodedMessage, cloud.From(ctx).Account())
	if err != nil {
		return nil, stsapi.ErrInvalidAuthorizationMessageException("Message is not valid").WithCause(err)
	}
	return &stsapi.DecodeAuthorizationMessageOutput{DecodedMessage: &message}, nil
}

func validationError(format string, args ...any) *api.Error {
	return api.Errorf("ValidationError", 400, format, args...)
}

// invalidParameter is what STS finds wrong with session tags.
func invalidParameter(format string, args ...any) *api.Error {
	return api.Errorf("InvalidParameterValue", 400, format, args...)
}

func accessDenied(format string, args ...any) *api.Error {
	return api.Errorf("AccessDenied", 403, format, args...)
}

// issue seals the session and describes it as STS does.
func (s *Service) issue(ctx context.Context, p *authz.Principal, pol credentials.Policies) (*stsapi.Credentials, error) {
	t, err := s.cloud.Credentials.Issue(ctx, p, pol)
	if err != nil {
		return nil, err
	}
	return &stsapi.Credentials{
		AccessKeyId:     &t.AccessKeyID,
		SecretAccessKey: &t.Secret,
		SessionToken:    &t.SessionToken,
		Expiration:      &t.Expires,
	}, nil
}

// longTerm reports whether p signed with a key of its own: users and root.
func longTerm(p *authz.Principal) bool {
	return p.Session == nil && (p.Type == policy.User || p.Type == policy.Root)
}
