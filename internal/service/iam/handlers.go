package iam

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/policy"
)

// Handlers are the operations that are built.
func (s *Service) Handlers() []cloud.Handler {
	return []cloud.Handler{
		handle(iamapi.OpAddRoleToInstanceProfile, s.AddRoleToInstanceProfile),
		handle(iamapi.OpAddUserToGroup, s.AddUserToGroup),
		handle(iamapi.OpAttachGroupPolicy, s.AttachGroupPolicy),
		handle(iamapi.OpAttachRolePolicy, s.AttachRolePolicy),
		handle(iamapi.OpAttachUserPolicy, s.AttachUserPolicy),
		handle(iamapi.OpChangePassword, s.ChangePassword),
		handle(iamapi.OpCreateAccessKey, s.CreateAccessKey),
		handle(iamapi.OpCreateAccountAlias, s.CreateAccountAlias),
		handle(iamapi.OpCreateGroup, s.CreateGroup),
		handle(iamapi.OpCreateInstanceProfile, s.CreateInstanceProfile),
		handle(iamapi.OpCreateLoginProfile, s.CreateLoginProfile),
		handle(iamapi.OpCreatePolicy, s.CreatePolicy),
		handle(iamapi.OpCreatePolicyVersion, s.CreatePolicyVersion),
		handle(iamapi.OpCreateRole, s.CreateRole),
		handle(iamapi.OpCreateServiceLinkedRole, s.CreateServiceLinkedRole),
		handle(iamapi.OpCreateUser, s.CreateUser),
		handle(iamapi.OpDeleteAccessKey, s.DeleteAccessKey),
		handle(iamapi.OpDeleteAccountAlias, s.DeleteAccountAlias),
		handle(iamapi.OpDeleteAccountPasswordPolicy, s.DeleteAccountPasswordPolicy),
		handle(iamapi.OpDeleteGroup, s.DeleteGroup),
		handle(iamapi.OpDeleteGroupPolicy, s.DeleteGroupPolicy),
		handle(iamapi.OpDeleteInstanceProfile, s.DeleteInstanceProfile),
		handle(iamapi.OpDeleteLoginProfile, s.DeleteLoginProfile),
		handle(iamapi.OpDeletePolicy, s.DeletePolicy),
		handle(iamapi.OpDeletePolicyVersion, s.DeletePolicyVersion),
		handle(iamapi.OpDeleteRole, s.DeleteRole),
		handle(iamapi.OpDeleteRolePermissionsBoundary, s.DeleteRolePermissionsBoundary),
		handle(iamapi.OpDeleteRolePolicy, s.DeleteRolePolicy),
		handle(iamapi.OpDeleteServiceLinkedRole, s.DeleteServiceLinkedRole),
		handle(iamapi.OpDeleteUser, s.DeleteUser),
		handle(iamapi.OpDeleteUserPermissionsBoundary, s.DeleteUserPermissionsBoundary),
		handle(iamapi.OpDeleteUserPolicy, s.DeleteUserPolicy),
		handle(iamapi.OpDetachGroupPolicy, s.DetachGroupPolicy),
		handle(iamapi.OpDetachRolePolicy, s.DetachRolePolicy),
		handle(iamapi.OpDetachUserPolicy, s.DetachUserPolicy),
		handle(iamapi.OpGenerateCredentialReport, s.GenerateCredentialReport),
		handle(iamapi.OpGetAccessKeyLastUsed, s.GetAccessKeyLastUsed),
		handle(iamapi.OpGetAccountAuthorizationDetails, s.GetAccountAuthorizationDetails),
		handle(iamapi.OpGetAccountPasswordPolicy, s.GetAccountPasswordPolicy),
		handle(iamapi.OpGetAccountSummary, s.GetAccountSummary),
		handle(iamapi.OpGetContextKeysForCustomPolicy, s.GetContextKeysForCustomPolicy),
		handle(iamapi.OpGetContextKeysForPrincipalPolicy, s.GetContextKeysForPrincipalPolicy),
		handle(iamapi.OpGetCredentialReport, s.GetCredentialReport),
		handle(iamapi.OpGetGroup, s.GetGroup),
		handle(iamapi.OpGetGroupPolicy, s.GetGroupPolicy),
		handle(iamapi.OpGetInstanceProfile, s.GetInstanceProfile),
		handle(iamapi.OpGetLoginProfile, s.GetLoginProfile),
		handle(iamapi.OpGetPolicy, s.GetPolicy),
		handle(iamapi.OpGetPolicyVersion, s.GetPolicyVersion),
		handle(iamapi.OpGetRole, s.GetRole),
		handle(iamapi.OpGetRolePolicy, s.GetRolePolicy),
		handle(iamapi.OpGetServiceLinkedRoleDeletionStatus, s.GetServiceLinkedRoleDeletionStatus),
		handle(iamapi.OpGetUser, s.GetUser),
		handle(iamapi.OpGetUserPolicy, s.GetUserPolicy),
		handle(iamapi.OpListAccessKeys, s.ListAccessKeys),
		handle(iamapi.OpListAccountAliases, s.ListAccountAliases),
		handle(iamapi.OpListAttachedGroupPolicies, s.ListAttachedGroupPolicies),
		handle(iamapi.OpListAttachedRolePolicies, s.ListAttachedRolePolicies),
		handle(iamapi.OpListAttachedUserPolicies, s.ListAttachedUserPolicies),
		handle(iamapi.OpListEntitiesForPolicy, s.ListEntitiesForPolicy),
		handle(iamapi.OpListGroupPolicies, s.ListGroupPolicies),
		handle(iamapi.OpListGroups, s.ListGroups),
		handle(iamapi.OpListGroupsForUser, s.ListGroupsForUser),
		handle(iamapi.OpListInstanceProfileTags, s.ListInstanceProfileTags),
		handle(iamapi.OpListInstanceProfiles, s.ListInstanceProfiles),
		handle(iamapi.OpListInstanceProfilesForRole, s.ListInstanceProfilesForRole),
		handle(iamapi.OpListPolicies, s.ListPolicies),
		handle(iamapi.OpListPolicyTags, s.ListPolicyTags),
		handle(iamapi.OpListPolicyVersions, s.ListPolicyVersions),
		handle(iamapi.OpListRolePolicies, s.ListRolePolicies),
		handle(iamapi.OpListRoleTags, s.ListRoleTags),
		handle(iamapi.OpListRoles, s.ListRoles),
		handle(iamapi.OpListUserPolicies, s.ListUserPolicies),
		handle(iamapi.OpListUserTags, s.ListUserTags),
		handle(iamapi.OpListUsers, s.ListUsers),
		handle(iamapi.OpPutGroupPolicy, s.PutGroupPolicy),
		handle(iamapi.OpPutRolePermissionsBoundary, s.PutRolePermissionsBoundary),
		handle(iamapi.OpPutRolePolicy, s.PutRolePolicy),
		handle(iamapi.OpPutUserPermissionsBoundary, s.PutUserPermissionsBoundary),
		handle(iamapi.OpPutUserPolicy, s.PutUserPolicy),
		handle(iamapi.OpRemoveRoleFromInstanceProfile, s.RemoveRoleFromInstanceProfile),
		handle(iamapi.OpRemoveUserFromGroup, s.RemoveUserFromGroup),
		handle(iamapi.OpSetDefaultPolicyVersion, s.SetDefaultPolicyVersion),
		handle(iamapi.OpSimulateCustomPolicy, s.SimulateCustomPolicy),
		handle(iamapi.OpSimulatePrincipalPolicy, s.SimulatePrincipalPolicy),
		handle(iamapi.OpTagInstanceProfile, s.TagInstanceProfile),
		handle(iamapi.OpTagPolicy, s.TagPolicy),
		handle(iamapi.OpTagRole, s.TagRole),
		handle(iamapi.OpTagUser, s.TagUser),
		handle(iamapi.OpUntagInstanceProfile, s.UntagInstanceProfile),
		handle(iamapi.OpUntagPolicy, s.UntagPolicy),
		handle(iamapi.OpUntagRole, s.UntagRole),
		handle(iamapi.OpUntagUser, s.UntagUser),
		handle(iamapi.OpUpdateAccessKey, s.UpdateAccessKey),
		handle(iamapi.OpUpdateAccountPasswordPolicy, s.UpdateAccountPasswordPolicy),
		handle(iamapi.OpUpdateAssumeRolePolicy, s.UpdateAssumeRolePolicy),
		handle(iamapi.OpUpdateGroup, s.UpdateGroup),
		handle(iamapi.OpUpdateLoginProfile, s.UpdateLoginProfile),
		handle(iamapi.OpUpdateRole, s.UpdateRole),
		handle(iamapi.OpUpdateRoleDescription, s.UpdateRoleDescription),
		handle(iamapi.OpUpdateUser, s.UpdateUser),
	}
}

// handle makes a handler of a method that first turns away the credentials
// with which IAM cannot be called.
func handle[In, Out any](op *api.Op[In, Out], method func(context.Context, *In) (*Out, error)) cloud.Handler {
	return cloud.Handle(op, func(ctx context.Context, in *In) (*Out, error) {
		if err := admitted(cloud.From(ctx)); err != nil {
			return nil, err
		}
		return method(ctx, in)
	})
}

// admitted refuses the sessions of GetFederationToken, and those of
// GetSessionToken without MFA: see "Compare AWS STS credentials" in the IAM
// User Guide. What a service calls for such a session, it may.
func admitted(call *cloud.Call) error {
	p := call.Principal
	if len(call.CalledVia) > 0 {
		return nil
	}
	switch p.Type {
	case policy.FederatedUser:
		return errToken()
	case policy.User, policy.Root:
		if p.Session != nil && !p.Session.MFA {
			return errToken()
		}
	}
	return nil
}

func errToken() error {
	return api.Errorf("InvalidClientTokenId", 403, "The security token included in the request is invalid")
}
