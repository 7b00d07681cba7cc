package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// TagUser sets tags of a user.
func (s *Service) TagUser(ctx context.Context, in *iamapi.TagUserInput) (*iamapi.TagUserOutput, error) {
	return &iamapi.TagUserOutput{}, s.tag(ctx, named(userKind, in.UserName), in.Tags)
}

// UntagUser removes tags of a user.
func (s *Service) UntagUser(ctx context.Context, in *iamapi.UntagUserInput) (*iamapi.UntagUserOutput, error) {
	return &iamapi.UntagUserOutput{}, s.untag(ctx, named(userKind, in.UserName), in.TagKeys)
}

// ListUserTags lists the tags of a user by key.
func (s *Service) ListUserTags(ctx context.Context, in *iamapi.ListUserTagsInput) (*iamapi.ListUserTagsOutput, error) {
	tags, p, err := s.listTags(ctx, named(userKind, in.UserName), in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListUserTagsOutput{Tags: tags}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// TagRole sets tags of a role.
func (s *Service) TagRole(ctx context.Context, in *iamapi.TagRoleInput) (*iamapi.TagRoleOutput, error) {
	return &iamapi.TagRoleOutput{}, s.tag(ctx, named(roleKind, in.RoleName), in.Tags)
}

// UntagRole removes tags of a role.
func (s *Service) UntagRole(ctx context.Context, in *iamapi.UntagRoleInput) (*iamapi.UntagRoleOutput, error) {
	return &iamapi.UntagRoleOutput{}, s.untag(ctx, named(roleKind, in.RoleName), in.TagKeys)
}

// ListRoleTags lists the tags of a role by key.
func (s *Service) ListRoleTags(ctx context.Context, in *iamapi.ListRoleTagsInput) (*iamapi.ListRoleTagsOutput, error) {
	tags, p, err := s.listTags(ctx, named(roleKind, in.RoleName), in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListRoleTagsOutput{Tags: tags}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// TagInstanceProfile sets tags of an instance profile.
func (s *Service) TagInstanceProfile(ctx context.Context, in *iamapi.TagInstanceProfileInput) (*iamapi.TagInstanceProfileOutput, error) {
	return &iamapi.TagInstanceProfileOutput{}, s.tag(ctx, named(profileKind, in.InstanceProfileName), in.Tags)
}

// UntagInstanceProfile removes tags of an instance profile.
func (s *Service) UntagInstanceProfile(ctx context.Context, in *iamapi.UntagInstanceProfileInput) (*iamapi.UntagInstanceProfileOutput, error) {
	return &iamapi.UntagInstanceProfileOutput{}, s.untag(ctx, named(profileKind, in.InstanceProfileName), in.TagKeys)
}

// ListInstanceProfileTags lists the tags of an instance profile by key.
func (s *Service) ListInstanceProfileTags(ctx context.Context, in *iamapi.ListInstanceProfileTagsInput) (*iamapi.ListInstanceProfileTagsOutput, error) {
	tags, p, err := s.listTags(ctx, named(profileKind, in.InstanceProfileName), in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListInstanceProfileTagsOutput{Tags: tags}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// TagPolicy sets tags of a customer managed policy.
func (s *Service) TagPolicy(ctx context.Context, in *iamapi.TagPolicyInput) (*iamapi.TagPolicyOutput, error) {
	return &iamapi.TagPolicyOutput{}, s.tag(ctx, policyNamed(in.PolicyArn), in.Tags)
}

// UntagPolicy removes tags of a customer managed policy.
func (s *Service) UntagPolicy(ctx context.Context, in *iamapi.UntagPolicyInput) (*iamapi.UntagPolicyOutput, error) {
	return &iamapi.UntagPolicyOutput{}, s.untag(ctx, policyNamed(in.PolicyArn), in.TagKeys)
}

// ListPolicyTags lists the tags of a customer managed policy by key.
func (s *Service) ListPolicyTags(ctx context.Context, in *iamapi.ListPolicyTagsInput) (*iamapi.ListPolicyTagsOutput, error) {
	tags, p, err := s.listTags(ctx, policyNamed(in.PolicyArn), in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iamapi.ListPolicyTagsOutput{Tags: tags}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}
