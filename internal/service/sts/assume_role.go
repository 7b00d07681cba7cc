package sts

import (
	"context"
	"strconv"
	"strings"
	"time"

	stsapi "github.com/fortlet/fortlet/internal/api/sts"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

const (
	defaultDuration = time.Hour
	// chainedDuration is the most that a role assumed from a role lasts.
	chainedDuration = time.Hour
)

// AssumeRole gives the credentials of a role to whom its trust policy names.
func (s *Service) AssumeRole(ctx context.Context, in *stsapi.AssumeRoleInput) (*stsapi.AssumeRoleOutput, error) {
	call := cloud.From(ctx)
	if !isARN(*in.RoleArn) {
		return nil, validationError("%s is invalid", *in.RoleArn)
	}
	if call.Principal.Type == policy.Root {
		authz.Exempt(ctx, "refused: root")
		return nil, accessDenied("Roles may not be assumed by root accounts.")
	}
	a := &assumption{call: call, in: in, role: s.role(*in.RoleArn)}
	if err := a.inherit(); err != nil {
		return nil, err
	}
	if err := a.authorize(ctx); err != nil {
		return nil, err
	}
	if err := refuseUnbuilt(in); err != nil {
		return nil, err
	}
	duration, err := a.duration()
	if err != nil {
		return nil, err
	}
	pol, err := s.sessionPolicies(in.Policy, in.PolicyArns, a.role.Account)
	if err != nil {
		return nil, err
	}
	packed, err := packedSize(pol, a.tags)
	if err != nil {
		return nil, err
	}
	p := a.principal(duration)
	creds, err := s.issue(ctx, p, pol)
	if err != nil {
		return nil, err
	}
	call.Record(cloud.Resource{ARN: a.role.ARN, Account: a.role.Account, Type: "AWS::IAM::Role"})
	out := &stsapi.AssumeRoleOutput{
		Credentials:      creds,
		AssumedRoleUser:  &stsapi.AssumedRoleUser{Arn: &p.ARN, AssumedRoleId: &p.ID},
		PackedPolicySize: packed,
	}
	if p.Session.SourceIdentity != "" {
		out.SourceIdentity = &p.Session.SourceIdentity
	}
	return out, nil
}

// role finds a role by its ARN; nil when there is none by exactly that ARN.
func (s *Service) role(arn string) *authz.Identity {
	account, name, ok := splitRoleARN(arn)
	if !ok {
		return nil
	}
	role := s.cloud.Authorizer.Directory.Role(account, name)
	if role == nil || role.ARN != arn {
		return nil
	}
	return role
}

// isARN reports text of the form of an ARN, of whatever it is. STS answers one
// that has the form but is no role's as it does a role that does not exist.
func isARN(text string) bool {
	parts := strings.SplitN(text, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[1] != "" && parts[2] != "" && parts[5] != ""
}

// splitRoleARN takes "arn:aws:iam::ACCOUNT:role/path/NAME" apart.
func splitRoleARN(arn string) (account, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "arn:"+cloud.Partition+":iam::")
	if !ok {
		return "", "", false
	}
	account, rest, _ = strings.Cut(rest, ":")
	rest, ok = strings.CutPrefix(rest, "role/")
	return account, rest[strings.LastIndexByte(rest, '/')+1:], ok
}

// assumption is one AssumeRole on its way.
type assumption struct {
	call *cloud.Call
	in   *stsapi.AssumeRoleInput
	role *authz.Identity // nil: no such role

	tags           map[string]string // of the new session, inherited ones too
	passed         map[string]string // those of them that the call passes
	transitive     []string
	sourceIdentity string
}

// inherit joins what the call passes with what the caller's own session hands
// down: its transitive tags and its source identity.
func (a *assumption) inherit() error {
	passed, err := sessionTags(a.in.Tags)
	if err != nil {
		return err
	}
	a.passed, a.tags = passed, map[string]string{}
	for k, v := range passed {
		a.tags[k] = v
	}
	for _, k := range a.in.TransitiveTagKeys {
		if _, ok := findFold(passed, k); !ok {
			return invalidParameter("The specified transitive tag key must be included in the requested tags.")
		}
	}
	a.transitive = append(a.transitive, a.in.TransitiveTagKeys...)
	if a.in.SourceIdentity != nil {
		a.sourceIdentity = *a.in.SourceIdentity
		if strings.HasPrefix(strings.ToLower(a.sourceIdentity), "aws:") {
			return validationError("SourceIdentity must not start with the reserved prefix aws:")
		}
	}
	if from := a.call.Principal.Session; from != nil {
		return a.inheritFrom(from)
	}
	return nil
}

func (a *assumption) inheritFrom(from *authz.Session) error {
	for _, k := range from.TransitiveTags {
		if _, ok := findFold(a.passed, k); ok {
			return invalidParameter("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
		}
		a.tags[k] = from.Tags[k]
		a.transitive = append(a.transitive, k)
	}
	if from.SourceIdentity != "" {
		if a.sourceIdentity != "" && a.sourceIdentity != from.SourceIdentity {
			return accessDenied("The SourceIdentity of the calling session cannot be changed.")
		}
		a.sourceIdentity = from.SourceIdentity
	}
	return nil
}

// authorize asks for each action that the call needs. A role that does not
// exist is denied in the same words as one that does not trust the caller.
func (a *assumption) authorize(ctx context.Context) error {
	if err := a.check(ctx, "sts:AssumeRole"); err != nil {
		return err
	}
	if len(a.tags) > 0 {
		if err := a.check(ctx, "sts:TagSession"); err != nil {
			return err
		}
	}
	if a.sourceIdentity != "" {
		return a.check(ctx, "sts:SetSourceIdentity")
	}
	return nil
}

func (a *assumption) check(ctx context.Context, action string) error {
	r := authz.Request{
		Action:      action,
		Resource:    *a.in.RoleArn,
		Gate:        true,
		Reticent:    true,
		RequestTags: a.tags,
		Keys:        a.keys(),
	}
	if a.role != nil {
		r.Policy, r.Tags = a.role.Trust, a.role.Tags
	}
	if len(a.tags) == 0 {
		r.RequestTags = nil
	}
	return authz.Check(ctx, r)
}

// keys are the condition keys of STS for this call.
func (a *assumption) keys() policy.Context {
	keys := policy.Keys{"sts:rolesessionname": {*a.in.RoleSessionName}}
	if a.in.ExternalId != nil {
		keys["sts:externalid"] = []string{*a.in.ExternalId}
	}
	if a.sourceIdentity != "" {
		keys["sts:sourceidentity"] = []string{a.sourceIdentity}
	}
	if len(a.transitive) > 0 {
		keys["sts:transitivetagkeys"] = a.transitive
	}
	if a.in.DurationSeconds != nil {
		keys["sts:durationseconds"] = []string{strconv.Itoa(int(*a.in.DurationSeconds))}
	}
	return keys
}

// chained reports whether the caller's credentials are themselves a role's.
func (a *assumption) chained() bool { return a.call.Principal.Type == policy.AssumedRole }

func (a *assumption) duration() (time.Duration, error) {
	if a.in.DurationSeconds == nil {
		return defaultDuration, nil
	}
	d := time.Duration(*a.in.DurationSeconds) * time.Second
	switch {
	case a.chained() && d > chainedDuration:
		return 0, validationError("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.")
	case d > a.role.MaxSessionDuration:
		return 0, validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return d, nil
}

func (a *assumption) principal(d time.Duration) *authz.Principal {
	name := *a.in.RoleSessionName
	now := a.call.Time.UTC().Truncate(time.Second)
	p := &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			Account: a.role.Account,
			ARN:     cloud.ARN("sts", "", a.role.Account, "assumed-role/"+a.role.Name+"/"+name),
			RoleARN: a.role.ARN,
			ID:      a.role.ID + ":" + name,
		},
		Name:        a.role.Name,
		SessionName: name,
		Session: &authz.Session{
			Tags:           a.tags,
			TransitiveTags: a.transitive,
			SourceIdentity: a.sourceIdentity,
			Issued:         now,
			Expires:        now.Add(d),
			Chained:        a.chained(),
		},
	}
	// Who passed MFA to get the credentials it calls with, has passed it here.
	if from := a.call.Principal.Session; from != nil && from.MFA && !a.chained() {
		p.Session.MFA, p.Session.MFATime = true, from.MFATime
	}
	return p
}

// refuseUnbuilt names what AWS has and Fortlet does not: MFA devices and
// trusted token issuers.
func refuseUnbuilt(in *stsapi.AssumeRoleInput) error {
	if in.SerialNumber != nil || in.TokenCode != nil {
		return errNoSuchDevice()
	}
	if len(in.ProvidedContexts) > 0 {
		return cloud.NotImplemented(&stsapi.Service, "AssumeRole with ProvidedContexts")
	}
	return nil
}

// errNoSuchDevice is the answer to any MFA code: no device can be registered.
func errNoSuchDevice() error {
	return accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}
