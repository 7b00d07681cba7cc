package iam

import (
	"context"
	"fmt"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// SimulateCustomPolicy tells what policies given in the request would decide.
func (s *Service) SimulateCustomPolicy(ctx context.Context, in *iamapi.SimulateCustomPolicyInput) (*iamapi.SimulateCustomPolicyOutput, error) {
	if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
		return nil, err
	}
	sim := &simulation{caller: anyoneOf(cloud.From(ctx).Account())}
	results, p, err := sim.run(simulationInput(*in))
	if err != nil {
		return nil, err
	}
	out := &iamapi.SimulateCustomPolicyOutput{EvaluationResults: results}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// SimulatePrincipalPolicy tells what the policies of a user, group or role
// would decide, and policies given besides.
func (s *Service) SimulatePrincipalPolicy(ctx context.Context, in *iamapi.SimulatePrincipalPolicyInput) (*iamapi.SimulatePrincipalPolicyOutput, error) {
	var sim *simulation
	err := s.view(ctx, func(tx *store.Tx) error {
		h, err := needSource(ctx, tx, *in.PolicySourceArn)
		if err == nil {
			sim = s.simulationOf(ctx, tx, h)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	results, p, err := sim.run(simulationInput{
		PolicyInputList:                    in.PolicyInputList,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList,
		ActionNames:                        in.ActionNames,
		ResourceArns:                       in.ResourceArns,
		ResourcePolicy:                     in.ResourcePolicy,
		ResourceOwner:                      in.ResourceOwner,
		CallerArn:                          in.CallerArn,
		ContextEntries:                     in.ContextEntries,
		ResourceHandlingOption:             in.ResourceHandlingOption,
		MaxItems:                           in.MaxItems,
		Marker:                             in.Marker,
	})
	if err != nil {
		return nil, err
	}
	out := &iamapi.SimulatePrincipalPolicyOutput{EvaluationResults: results}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// simulationInput is what both operations take.
type simulationInput iamapi.SimulateCustomPolicyInput

// simulationOf is the simulation of what an entity may do. A group calls
// nobody, and a role only through sessions, so that their policies are tried
// with a caller of whom no more is known than the account.
func (s *Service) simulationOf(ctx context.Context, tx *store.Tx, h holder) *simulation {
	account := h.base().Account
	sim := &simulation{
		identity: s.sourcePolicies(tx, h),
		boundary: s.sourceBoundary(tx, h),
		caller:   anyoneOf(account),
	}
	if u, ok := h.(*User); ok {
		sim.caller = userCaller(account, arnOf(u), u.Name)
	}
	role, _ := h.(*Role)
	serviceLinked := role != nil && role.ServiceName != ""
	if org := cloud.From(ctx).Authorizer.Organization; org != nil && !serviceLinked {
		sim.membership = org.Of(account)
	}
	return sim
}

// run completes the simulation with what the request says and gives a page of
// results, one for each action.
func (s *simulation) run(in simulationInput) ([]iamapi.EvaluationResult, *page, error) {
	if err := s.complete(&in); err != nil {
		return nil, nil, err
	}
	numbers := make([]int, len(in.ActionNames))
	for i := range numbers {
		numbers[i] = i
	}
	place := func(i int) string { return fmt.Sprintf("%06d", i) }
	numbers, p, err := pageOf(numbers, place, in.Marker, in.pageSize())
	if err != nil {
		return nil, nil, err
	}
	results := make([]iamapi.EvaluationResult, len(numbers))
	for at, i := range numbers {
		results[at] = s.result(in.ActionNames[i], in.ResourceArns)
	}
	return results, p, nil
}

// maxDecisions bounds how much one call computes.
const maxDecisions = 10_000

// pageSize is how many actions a page has: fewer than were asked for when
// there are very many resources, which IAM's pages may be at any time.
func (in *simulationInput) pageSize() *int32 {
	size := int32(pageSize)
	if in.MaxItems != nil {
		size = *in.MaxItems
	}
	most := int32(maxDecisions / max(1, len(in.ResourceArns)))
	return new(max(1, min(size, most)))
}

// complete checks the request and takes its policies, caller and keys.
func (s *simulation) complete(in *simulationInput) error {
	if err := in.check(); err != nil {
		return err
	}
	given, err := inputPolicies("PolicyInputList", in.PolicyInputList, policy.Identity)
	if err != nil {
		return err
	}
	s.identity = append(s.identity, given...)
	if docs := in.PermissionsBoundaryPolicyInputList; len(docs) == 1 {
		s.boundary, err = inputPolicy("PermissionsBoundaryPolicyInputList.1", fromIAM, docs[0], policy.Boundary)
		if err != nil {
			return err
		}
	}
	if in.CallerArn != nil {
		if s.caller, err = callerOf(*in.CallerArn); err != nil {
			return err
		}
	}
	if err := s.takeResourceSide(in); err != nil {
		return err
	}
	s.keys, err = simulatedKeys(in.ContextEntries, s.caller)
	return err
}

// takeResourceSide takes the policy and the owner of the resources.
func (s *simulation) takeResourceSide(in *simulationInput) (err error) {
	if in.ResourceOwner != nil {
		if s.owner = ownerAccount(*in.ResourceOwner); s.owner == "" {
			return iamapi.ErrInvalidInput("Invalid Resource Owner.")
		}
	}
	if in.ResourcePolicy == nil {
		return nil
	}
	if s.caller.arn == "" {
		return iamapi.ErrInvalidInput("Invalid caller - Caller cannot be null or empty.")
	}
	s.resource, err = inputPolicy("ResourcePolicy", fromResource, *in.ResourcePolicy, policy.Resource)
	return err
}
