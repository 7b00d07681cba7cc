package extract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// addPolicy keeps the default version, the only one in force. A policy told
// without it is asked for by itself later: taken for empty it would be one that
// allows nothing.
func (r *reader) addPolicy(d *types.ManagedPolicyDetail) error {
	p := snapshot.ManagedPolicy{
		ARN: r.share(d.Arn), Name: aws.ToString(d.PolicyName), Path: r.share(d.Path), Version: r.share(d.DefaultVersionId),
	}
	if p.Name == "" { // some that answer as IAM does leave it out
		p.Name = p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
	}
	i := slices.IndexFunc(d.PolicyVersionList, func(v types.PolicyVersion) bool { return v.IsDefaultVersion && v.Document != nil })
	if i < 0 {
		r.untold = append(r.untold, p.ARN)
		return nil
	}
	var err error
	if p.Document, err = r.document("policy "+p.ARN, d.PolicyVersionList[i].Document); err != nil {
		return err
	}
	put(r, &r.account.Policies, p.ARN, p)
	return nil
}

// completePolicies makes the list of managed policies what the snapshot
// promises: those that something refers to, which GetAccountAuthorizationDetails
// need not tell when they are only a boundary, and the account's own.
func (r *reader) completePolicies(ctx context.Context) error {
	used := r.used()
	r.account.Policies = slices.DeleteFunc(r.account.Policies, func(p snapshot.ManagedPolicy) bool {
		return !used[p.ARN] && ofAWS(p.ARN)
	})
	for _, arn := range r.untold {
		used[arn] = used[arn] || !ofAWS(arn)
	}
	for _, p := range r.account.Policies {
		delete(used, p.ARN)
	}
	maps.DeleteFunc(used, func(_ string, wanted bool) bool { return !wanted })
	for _, arn := range slices.Sorted(maps.Keys(used)) {
		err := r.fetchPolicy(ctx, arn)
		switch gone := (*types.NoSuchEntityException)(nil); {
		case errors.As(err, &gone):
			r.forget(arn)
		case err != nil:
			return err
		}
	}
	return nil
}

// ofAWS reports whether AWS manages a policy: "arn:aws:iam::aws:policy/…".
func ofAWS(arn string) bool { return strings.Contains(arn, ":iam::aws:policy/") }

// fetchPolicy adds a policy by itself.
func (r *reader) fetchPolicy(ctx context.Context, arn string) error {
	policy, err := r.client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return failed(ctx, "iam:GetPolicy", err)
	}
	if policy.Policy == nil {
		return &Error{Call: "iam:GetPolicy", Err: fmt.Errorf("no policy %s in the answer", arn)}
	}
	version, err := r.client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: policy.Policy.DefaultVersionId})
	if err != nil {
		return failed(ctx, "iam:GetPolicyVersion", err)
	}
	if version.PolicyVersion == nil || version.PolicyVersion.Document == nil {
		return &Error{Call: "iam:GetPolicyVersion", Err: fmt.Errorf("no document of %s in the answer", arn)}
	}
	version.PolicyVersion.IsDefaultVersion = true
	return r.addPolicy(&types.ManagedPolicyDetail{
		Arn: &arn, PolicyName: policy.Policy.PolicyName, Path: policy.Policy.Path,
		DefaultVersionId:  policy.Policy.DefaultVersionId,
		PolicyVersionList: []types.PolicyVersion{*version.PolicyVersion},
	})
}

// used are the ARNs of all managed policies that something refers to.
func (r *reader) used() map[string]bool {
	used := make(map[string]bool)
	r.eachEntity(func(e *snapshot.Entity) {
		for _, arn := range e.Attached {
			used[arn] = true
		}
		if e.Boundary != "" {
			used[e.Boundary] = true
		}
	})
	return used
}

// forget takes off a policy that was deleted while the account was read. To be
// deleted it had been detached from everything before, only later than we read
// it.
func (r *reader) forget(arn string) {
	r.eachEntity(func(e *snapshot.Entity) {
		e.Attached = slices.DeleteFunc(e.Attached, func(a string) bool { return a == arn })
		if e.Boundary == arn {
			e.Boundary = ""
		}
	})
}

func (r *reader) eachEntity(do func(*snapshot.Entity)) {
	for _, e := range r.account.Entities() {
		do(e)
	}
}
