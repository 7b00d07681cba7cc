package sts

import (
	"context"
	"time"

	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/policy"
)

const (
	defaultTokenDuration = 12 * time.Hour
	rootTokenDuration    = time.Hour // default and limit for root
)

// tokenDuration is how long a session token or federated user lasts. Root gets
// no more than an hour, whatever it asks for.
func tokenDuration(p *authz.Principal, seconds *int32) time.Duration {
	d := defaultTokenDuration
	if seconds != nil {
		d = time.Duration(*seconds) * time.Second
	}
	if p.Type == policy.Root {
		d = min(d, rootTokenDuration)
	}
	return d
}

// GetSessionToken gives a user, or root, temporary credentials of its own.
func (s *Service) GetSessionToken(ctx context.Context, in *stsapi.GetSessionTokenInput) (*stsapi.GetSessionTokenOutput, error) {
	authz.Exempt(ctx, "sts:GetSessionToken needs no permission")
	call := cloud.From(ctx)
	caller := call.Principal
	if !longTerm(caller) {
		return nil, accessDenied("Cannot call GetSessionToken with session credentials")
	}
	if in.SerialNumber != nil || in.TokenCode != nil {
		return nil, errNoSuchDevice()
	}
	now := call.Time.UTC().Truncate(time.Second)
	p := *caller
	p.Session = &authz.Session{Issued: now, Expires: now.Add(tokenDuration(caller, in.DurationSeconds))}
	creds, err := s.issue(ctx, &p, credentials.Policies{})
	if err != nil {
		return nil, err
	}
	return &stsapi.GetSessionTokenOutput{Credentials: creds}, nil
}

// GetFederationToken gives credentials for somebody whom the caller vouches
// for, with no more than what both the caller's policies and the session
// policies allow.
func (s *Service) GetFederationToken(ctx context.Context, in *stsapi.GetFederationTokenInput) (*stsapi.GetFederationTokenOutput, error) {
	call := cloud.From(ctx)
	caller := call.Principal
	if !longTerm(caller) {
		authz.Exempt(ctx, "refused: session credentials")
		return nil, accessDenied("Cannot call GetFederationToken with session credentials")
	}
	tags, err := sessionTags(in.Tags)
	if err != nil {
		return nil, err
	}
	p := federated(caller, *in.Name)
	if err := authorizeFederation(ctx, p.ARN, tags); err != nil {
		return nil, err
	}
	pol, err := s.sessionPolicies(in.Policy, in.PolicyArns, caller.Account)
	if err != nil {
		return nil, err
	}
	packed, err := packedSize(pol, tags)
	if err != nil {
		return nil, err
	}
	if packed == nil {
		packed = new(int32(0)) // unlike AssumeRole, GetFederationToken always tells
	}
	now := call.Time.UTC().Truncate(time.Second)
	p.Session = &authz.Session{Tags: tags, Issued: now, Expires: now.Add(tokenDuration(caller, in.DurationSeconds))}
	creds, err := s.issue(ctx, p, pol)
	if err != nil {
		return nil, err
	}
	return &stsapi.GetFederationTokenOutput{
		Credentials:      creds,
		FederatedUser:    &stsapi.FederatedUser{Arn: &p.ARN, FederatedUserId: &p.ID},
		PackedPolicySize: packed,
	}, nil
}

func authorizeFederation(ctx context.Context, arn string, tags map[string]string) error {
	r := authz.Request{Action: "sts:GetFederationToken", Resource: arn}
	if len(tags) > 0 {
		r.RequestTags = tags
	}
	if err := authz.Check(ctx, r); err != nil || len(tags) == 0 {
		return err
	}
	r.Action = "sts:TagSession"
	return authz.Check(ctx, r)
}

func federated(caller *authz.Principal, name string) *authz.Principal {
	p := &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.FederatedUser,
			Account: caller.Account,
			ARN:     cloud.ARN("sts", "", caller.Account, "federated-user/"+name),
			UserARN: caller.ARN,
			ID:      caller.Account + ":" + name,
		},
		Name: name,
	}
	if caller.Type == policy.User {
		p.IssuerName, p.UserID = caller.Name, caller.ID
	}
	return p
}
