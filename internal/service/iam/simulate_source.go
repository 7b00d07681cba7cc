package iam

import (
	"context"
	"fmt"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// needSource finds the user, group or role that a PolicySourceArn names, once
// the caller may know its policies.
func needSource(ctx context.Context, tx *store.Tx, arn string) (holder, error) {
	named, ok := parseSource(arn)
	if !ok {
		return nil, iamapi.ErrInvalidInput("Invalid Entity Arn: %s does not clearly define entity type and name.", arn)
	}
	e := named.kind.find(tx, named.account, named.name)
	r := authz.Request{Resource: arn, ResourceType: named.kind.cfnType}
	found := e != nil && arnOf(e) == arn
	if found {
		r = about(e)
	}
	if err := check(ctx, r); err != nil {
		return nil, err
	}
	if !found {
		return nil, iamapi.ErrNoSuchEntity(named.kind.notFound, named.name)
	}
	return e.(holder), nil
}

// sourcePolicies are the policies of a user, group or role, and those of the
// user's groups.
func (s *Service) sourcePolicies(tx *store.Tx, h holder) []simulatedPolicy {
	docs := s.policiesOf(tx, h)
	if u, ok := h.(*User); ok {
		for _, g := range groupsOf(tx, u) {
			docs = append(docs, s.policiesOf(tx, g)...)
		}
	}
	return docs
}

// policiesOf gives an inline policy a name that tells whose it is.
func (s *Service) policiesOf(tx *store.Tx, h holder) []simulatedPolicy {
	var docs []simulatedPolicy
	for _, in := range h.permissions().Inline {
		docs = append(docs, simulatedPolicy{
			id:     strings.Join([]string{h.kind().noun, h.base().Name, in.Name}, "_"),
			from:   fromIAM,
			policy: s.compiled.policy(in.Document, policy.Identity),
		})
	}
	for _, arn := range h.permissions().Attached {
		docs = append(docs, s.managedSource(tx, arn))
	}
	return docs
}

// sourceBoundary is the permissions boundary of a user or role; nil for none.
func (s *Service) sourceBoundary(tx *store.Tx, h holder) *simulatedPolicy {
	if arn := h.permissions().Boundary; arn != "" {
		return new(s.managedSource(tx, arn))
	}
	return nil
}

func (s *Service) managedSource(tx *store.Tx, arn string) simulatedPolicy {
	return simulatedPolicy{
		id:     policyName(arn),
		from:   fromIAM,
		policy: s.managedOrDeny(tx, arn),
	}
}

// inputPolicies compiles the documents of an input list, which give them their
// names: "PolicyInputList.1".
func inputPolicies(list string, docs []string, kind policy.Kind) ([]simulatedPolicy, error) {
	parsed := make([]simulatedPolicy, len(docs))
	for i, doc := range docs {
		p, err := inputPolicy(fmt.Sprintf("%s.%d", list, i+1), fromIAM, doc, kind)
		if err != nil {
			return nil, err
		}
		parsed[i] = *p
	}
	return parsed, nil
}

func inputPolicy(id string, from iamapi.PolicySourceType, doc string, kind policy.Kind) (*simulatedPolicy, error) {
	p, err := policy.Parse(doc, kind)
	if err != nil {
		return nil, iamapi.ErrInvalidInput("%s: %s", id, reason(err))
	}
	return &simulatedPolicy{id: id, from: from, policy: p}, nil
}
