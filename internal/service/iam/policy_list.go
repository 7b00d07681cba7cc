package iam

import (
	"context"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

// ListPolicies lists managed policies: first the account's own, then AWS's,
// each by name.
func (s *Service) ListPolicies(ctx context.Context, in *iamapi.ListPoliciesInput) (*iamapi.ListPoliciesOutput, error) {
	path := "/"
	if in.PathPrefix != nil {
		path = *in.PathPrefix
	}
	if err := check(ctx, authz.Request{Resource: "policy path " + path}); err != nil {
		return nil, err
	}
	p, err := newPage(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListPoliciesOutput{Policies: []iamapi.Policy{}}
	err = s.view(ctx, func(tx *store.Tx) error {
		l := policyList{tx: tx, page: p, in: in, path: path, account: cloud.From(ctx).Account(), out: out}
		l.local()
		l.aws()
		return nil
	})
	out.IsTruncated, out.Marker = p.end()
	return out, err
}

// policyList is one run of ListPolicies.
type policyList struct {
	tx            *store.Tx
	page          *page
	in            *iamapi.ListPoliciesInput
	path, account string
	out           *iamapi.ListPoliciesOutput
}

// The places of the two kinds of policies in the list begin so.
const (
	localPlace = "1"
	awsPlace   = "2"
)

func (l *policyList) local() {
	if l.in.Scope == iamapi.PolicyScopeTypeAws || l.page.after >= awsPlace {
		return
	}
	after := strings.TrimPrefix(l.page.after, localPlace)
	for name, p := range inAccount(policies.Scan, l.tx, l.account, after) {
		if !l.add(localPlace+name, p.Path, arnOf(p), func() *ManagedPolicy { return p }) {
			return
		}
	}
}

func (l *policyList) aws() {
	if l.in.Scope == iamapi.PolicyScopeTypeLocal || l.page.more {
		return
	}
	all := awsmanaged.All()
	if after, ok := strings.CutPrefix(l.page.after, awsPlace); ok {
		i, found := slices.BinarySearchFunc(all, after, func(p awsmanaged.Policy, name string) int { return strings.Compare(p.Name, name) })
		if found {
			i++
		}
		all = all[i:]
	}
	for i := range all {
		p := &all[i]
		if !l.add(awsPlace+p.Name, p.Path, p.ARN, func() *ManagedPolicy { return awsPolicy(p) }) {
			return
		}
	}
}

// add takes a policy, if the filters let it through, and answers false when
// the page is full.
func (l *policyList) add(place, path, arn string, policy func() *ManagedPolicy) bool {
	if !strings.HasPrefix(path, l.path) {
		return true
	}
	u := usageOf(l.tx, l.account, arn)
	if value(l.in.OnlyAttached) && u.attached == 0 {
		return true
	}
	switch l.in.PolicyUsageFilter {
	case iamapi.PolicyUsageTypePermissionsPolicy:
		if u.attached == 0 {
			return true
		}
	case iamapi.PolicyUsageTypePermissionsBoundary:
		if u.boundaries == 0 {
			return true
		}
	}
	if !l.page.add(place) {
		return false
	}
	l.out.Policies = append(l.out.Policies, listedPolicy(policy(), u))
	return true
}
