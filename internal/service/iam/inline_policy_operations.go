package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// PutUserPolicy embeds a policy in a user, or replaces one.
func (s *Service) PutUserPolicy(ctx context.Context, in *iamapi.PutUserPolicyInput) (*iamapi.PutUserPolicyOutput, error) {
	return &iamapi.PutUserPolicyOutput{}, s.putInline(ctx, userKind, *in.UserName, *in.PolicyName, *in.PolicyDocument)
}

// DeleteUserPolicy removes an inline policy of a user.
func (s *Service) DeleteUserPolicy(ctx context.Context, in *iamapi.DeleteUserPolicyInput) (*iamapi.DeleteUserPolicyOutput, error) {
	return &iamapi.DeleteUserPolicyOutput{}, s.deleteInline(ctx, userKind, *in.UserName, *in.PolicyName)
}

// GetUserPolicy gives an inline policy of a user.
func (s *Service) GetUserPolicy(ctx context.Context, in *iamapi.GetUserPolicyInput) (*iamapi.GetUserPolicyOutput, error) {
	h, document, err := s.getInline(ctx, userKind, *in.UserName, *in.PolicyName)
	if err != nil {
		return nil, err
	}
	return &iamapi.GetUserPolicyOutput{UserName: new(h.base().Name), PolicyName: in.PolicyName, PolicyDocument: document}, nil
}

// ListUserPolicies lists the names of the inline policies of a user.
func (s *Service) ListUserPolicies(ctx context.Context, in *iamapi.ListUserPoliciesInput) (*iamapi.ListUserPoliciesOutput, error) {
	names, p, err := s.listInline(ctx, userKind, *in.UserName, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListUserPoliciesOutput{PolicyNames: names}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// PutGroupPolicy embeds a policy in a group, or replaces one.
func (s *Service) PutGroupPolicy(ctx context.Context, in *iamapi.PutGroupPolicyInput) (*iamapi.PutGroupPolicyOutput, error) {
	return &iamapi.PutGroupPolicyOutput{}, s.putInline(ctx, groupKind, *in.GroupName, *in.PolicyName, *in.PolicyDocument)
}

// DeleteGroupPolicy removes an inline policy of a group.
func (s *Service) DeleteGroupPolicy(ctx context.Context, in *iamapi.DeleteGroupPolicyInput) (*iamapi.DeleteGroupPolicyOutput, error) {
	return &iamapi.DeleteGroupPolicyOutput{}, s.deleteInline(ctx, groupKind, *in.GroupName, *in.PolicyName)
}

// GetGroupPolicy gives an inline policy of a group.
func (s *Service) GetGroupPolicy(ctx context.Context, in *iamapi.GetGroupPolicyInput) (*iamapi.GetGroupPolicyOutput, error) {
	h, document, err := s.getInline(ctx, groupKind, *in.GroupName, *in.PolicyName)
	if err != nil {
		return nil, err
	}
	return &iamapi.GetGroupPolicyOutput{GroupName: new(h.base().Name), PolicyName: in.PolicyName, PolicyDocument: document}, nil
}

// ListGroupPolicies lists the names of the inline policies of a group.
func (s *Service) ListGroupPolicies(ctx context.Context, in *iamapi.ListGroupPoliciesInput) (*iamapi.ListGroupPoliciesOutput, error) {
	names, p, err := s.listInline(ctx, groupKind, *in.GroupName, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListGroupPoliciesOutput{PolicyNames: names}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// PutRolePolicy embeds a policy in a role, or replaces one.
func (s *Service) PutRolePolicy(ctx context.Context, in *iamapi.PutRolePolicyInput) (*iamapi.PutRolePolicyOutput, error) {
	return &iamapi.PutRolePolicyOutput{}, s.putInline(ctx, roleKind, *in.RoleName, *in.PolicyName, *in.PolicyDocument)
}

// DeleteRolePolicy removes an inline policy of a role.
func (s *Service) DeleteRolePolicy(ctx context.Context, in *iamapi.DeleteRolePolicyInput) (*iamapi.DeleteRolePolicyOutput, error) {
	return &iamapi.DeleteRolePolicyOutput{}, s.deleteInline(ctx, roleKind, *in.RoleName, *in.PolicyName)
}

// GetRolePolicy gives an inline policy of a role.
func (s *Service) GetRolePolicy(ctx context.Context, in *iamapi.GetRolePolicyInput) (*iamapi.GetRolePolicyOutput, error) {
	h, document, err := s.getInline(ctx, roleKind, *in.RoleName, *in.PolicyName)
	if err != nil {
		return nil, err
	}
	return &iamapi.GetRolePolicyOutput{RoleName: new(h.base().Name), PolicyName: in.PolicyName, PolicyDocument: document}, nil
}

// ListRolePolicies lists the names of the inline policies of a role.
func (s *Service) ListRolePolicies(ctx context.Context, in *iamapi.ListRolePoliciesInput) (*iamapi.ListRolePoliciesOutput, error) {
	names, p, err := s.listInline(ctx, roleKind, *in.RoleName, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListRolePoliciesOutput{PolicyNames: names}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}
