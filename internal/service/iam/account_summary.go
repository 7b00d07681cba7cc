package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// fixedSummary is what the summary says of every account: the quotas, that the
// root user has an access key and neither password nor MFA device, and that
// there are none of the things that are not built.
var fixedSummary = map[iamapi.SummaryKeyType]int{
	iamapi.SummaryKeyTypeUsersQuota:                        userKind.quota.max,
	iamapi.SummaryKeyTypeGroupsQuota:                       groupKind.quota.max,
	iamapi.SummaryKeyTypeRolesQuota:                        roleKind.quota.max,
	iamapi.SummaryKeyTypePoliciesQuota:                     policyKind.quota.max,
	iamapi.SummaryKeyTypeInstanceProfilesQuota:             profileKind.quota.max,
	iamapi.SummaryKeyTypeUserPolicySizeQuota:               userKind.inlineSize,
	iamapi.SummaryKeyTypeGroupPolicySizeQuota:              groupKind.inlineSize,
	iamapi.SummaryKeyTypeRolePolicySizeQuota:               roleKind.inlineSize,
	iamapi.SummaryKeyTypeAttachedPoliciesPerUserQuota:      userKind.attached.max,
	iamapi.SummaryKeyTypeAttachedPoliciesPerGroupQuota:     groupKind.attached.max,
	iamapi.SummaryKeyTypeAttachedPoliciesPerRoleQuota:      roleKind.attached.max,
	iamapi.SummaryKeyTypeGroupsPerUserQuota:                groupsPerUser.max,
	iamapi.SummaryKeyTypeAccessKeysPerUserQuota:            accessKeysPerUser.max,
	iamapi.SummaryKeyTypePolicySizeQuota:                   managedPolicySize.max,
	iamapi.SummaryKeyTypeAssumeRolePolicySizeQuota:         trustPolicySize.max,
	iamapi.SummaryKeyTypeVersionsPerPolicyQuota:            versionsPerPolicy,
	iamapi.SummaryKeyTypePolicyVersionsInUseQuota:          10000,
	iamapi.SummaryKeyTypeServerCertificatesQuota:           20,
	iamapi.SummaryKeyTypeSigningCertificatesPerUserQuota:   2,
	iamapi.SummaryKeyTypeGlobalEndpointTokenVersion:        1,
	iamapi.SummaryKeyTypeAccountAccessKeysPresent:          1,
	iamapi.SummaryKeyTypeAccountMFAEnabled:                 0,
	iamapi.SummaryKeyTypeAccountPasswordPresent:            0,
	iamapi.SummaryKeyTypeAccountSigningCertificatesPresent: 0,
	iamapi.SummaryKeyTypeServerCertificates:                0,
	iamapi.SummaryKeyTypeMFADevices:                        0,
	iamapi.SummaryKeyTypeMFADevicesInUse:                   0,
	iamapi.SummaryKeyTypeProviders:                         0,
}

// GetAccountSummary counts what the account has, beside what it may have.
func (s *Service) GetAccountSummary(ctx context.Context, _ *iamapi.GetAccountSummaryInput) (*iamapi.GetAccountSummaryOutput, error) {
	summary := make(map[iamapi.SummaryKeyType]int32)
	for key, n := range fixedSummary {
		summary[key] = int32(n)
	}
	err := s.readSettings(ctx, func(tx *store.Tx, account *Settings) error {
		versions := 0
		for _, p := range policies.Scan(tx, store.Prefix(cloud.From(ctx).Account()), "") {
			versions += len(p.Versions)
		}
		for key, n := range map[iamapi.SummaryKeyType]int{
			iamapi.SummaryKeyTypeUsers:               account.Users,
			iamapi.SummaryKeyTypeGroups:              account.Groups,
			iamapi.SummaryKeyTypeRoles:               account.Roles,
			iamapi.SummaryKeyTypePolicies:            account.Policies,
			iamapi.SummaryKeyTypeInstanceProfiles:    account.InstanceProfiles,
			iamapi.SummaryKeyTypePolicyVersionsInUse: versions,
		} {
			summary[key] = int32(n)
		}
		return nil
	})
	return &iamapi.GetAccountSummaryOutput{SummaryMap: summary}, err
}
