package iam

import (
	"context"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// attach is AttachUserPolicy, AttachGroupPolicy and AttachRolePolicy. To
// attach what is attached changes nothing.
func (s *Service) attach(ctx context.Context, k *kind, name, arn string) error {
	return s.updateHolder(ctx, k, name, func(tx *store.Tx, h holder) error {
		if err := attachable(tx, h.base().Account, arn); err != nil {
			return err
		}
		p := h.permissions()
		if slices.Contains(p.Attached, arn) {
			return nil
		}
		p.Attached = append(slices.Clone(p.Attached), arn)
		return k.attached.check(len(p.Attached))
	}, withKey("iam:PolicyARN", arn))
}

// detach is DetachUserPolicy, DetachGroupPolicy and DetachRolePolicy.
func (s *Service) detach(ctx context.Context, k *kind, name, arn string) error {
	return s.updateHolder(ctx, k, name, func(_ *store.Tx, h holder) error {
		if err := checkPolicyARN(arn); err != nil {
			return err
		}
		p := h.permissions()
		i := slices.Index(p.Attached, arn)
		if i < 0 {
			return errNoPolicy(arn)
		}
		p.Attached = slices.Delete(slices.Clone(p.Attached), i, i+1)
		return nil
	}, withKey("iam:PolicyARN", arn))
}

// listAttached is ListAttachedUserPolicies and its like, by policy name.
func (s *Service) listAttached(ctx context.Context, k *kind, name string, pathPrefix, marker *string, maxItems *int32) (out []iamapi.AttachedPolicy, p *page, err error) {
	out = []iamapi.AttachedPolicy{}
	err = s.view(ctx, func(tx *store.Tx) error {
		h, err := needHolder(ctx, tx, k, name)
		if err != nil {
			return err
		}
		var attached []string
		for _, arn := range h.permissions().Attached {
			if strings.HasPrefix(policyPath(arn), value(pathPrefix)) {
				attached = append(attached, arn)
			}
		}
		slices.SortFunc(attached, func(a, b string) int { return strings.Compare(attachedOrder(a), attachedOrder(b)) })
		attached, p, err = pageOf(attached, attachedOrder, marker, maxItems)
		for _, arn := range attached {
			out = append(out, attachedPolicy(arn))
		}
		return err
	})
	return out, p, err
}

// attachedOrder is the place of a policy among those attached to one holder:
// by name, a customer's before AWS's of the same name.
func attachedOrder(arn string) string {
	_, account, _ := strings.Cut(arn, "iam::")
	return policyName(arn) + "\x00" + account[:min(3, len(account))]
}

func attachedPolicy(arn string) iamapi.AttachedPolicy {
	return iamapi.AttachedPolicy{PolicyName: new(policyName(arn)), PolicyArn: new(arn)}
}

// policyName and policyPath read an ARN that checkPolicyARN has let through.
func policyName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

func policyPath(arn string) string {
	_, path, _ := strings.Cut(arn, ":policy")
	return path[:strings.LastIndexByte(path, '/')+1]
}
