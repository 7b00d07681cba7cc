package iam

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListEntitiesForPolicy lists who uses a managed policy, as permissions or as
// a boundary: groups, then roles, then users, each by name.
func (s *Service) ListEntitiesForPolicy(ctx context.Context, in *iamapi.ListEntitiesForPolicyInput) (*iamapi.ListEntitiesForPolicyOutput, error) {
	out := &iamapi.ListEntitiesForPolicyOutput{
		PolicyGroups: []iamapi.PolicyGroup{},
		PolicyUsers:  []iamapi.PolicyUser{},
		PolicyRoles:  []iamapi.PolicyRole{},
	}
	err := s.view(ctx, func(tx *store.Tx) error {
		switch _, err := needAnyPolicy(ctx, tx, *in.PolicyArn); {
		case isMissing(err):
			return errNotAttachable(*in.PolicyArn)
		case err != nil:
			return err
		}
		using := policyUsers(tx, policyUse(cloud.From(ctx).Account(), *in.PolicyArn), in.PolicyUsageFilter)
		using = slices.DeleteFunc(using, func(h holder) bool {
			return in.EntityFilter != "" && in.EntityFilter != entityType(h) || !strings.HasPrefix(h.base().Path, value(in.PathPrefix))
		})
		shown, p, err := pageOf(using, userOrder, in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for _, h := range shown {
			addEntity(out, h)
		}
		out.IsTruncated, out.Marker = p.end()
		return nil
	})
	return out, err
}

// policyUsers gives everybody who uses a policy, once, in the order of the
// list.
func policyUsers(tx *store.Tx, use string, filter iamapi.PolicyUsageType) []holder {
	found := make(map[string]holder)
	if filter != iamapi.PolicyUsageTypePermissionsBoundary {
		collect(found, groupsByPolicy.Scan(tx, use, ""))
		collect(found, rolesByPolicy.Scan(tx, use, ""))
		collect(found, usersByPolicy.Scan(tx, use, ""))
	}
	if filter != iamapi.PolicyUsageTypePermissionsPolicy {
		collect(found, rolesByBound.Scan(tx, use, ""))
		collect(found, usersByBound.Scan(tx, use, ""))
	}
	return slices.SortedFunc(maps.Values(found), func(a, b holder) int {
		return cmp.Compare(userOrder(a), userOrder(b))
	})
}

func collect[T any, H interface {
	*T
	holder
}](found map[string]holder, rows iter.Seq2[string, *T]) {
	for _, row := range rows {
		found[H(row).base().ID] = H(row)
	}
}

// userOrder is the place of an entity in the list.
func userOrder(h holder) string {
	return string(entityType(h)) + "/" + strings.ToLower(h.base().Name)
}

func entityType(h holder) iamapi.EntityType {
	switch h.(type) {
	case *Group:
		return iamapi.EntityTypeGroup
	case *Role:
		return iamapi.EntityTypeRole
	}
	return iamapi.EntityTypeUser
}

func addEntity(out *iamapi.ListEntitiesForPolicyOutput, h holder) {
	name, id := new(h.base().Name), new(h.base().ID)
	switch h.(type) {
	case *Group:
		out.PolicyGroups = append(out.PolicyGroups, iamapi.PolicyGroup{GroupName: name, GroupId: id})
	case *Role:
		out.PolicyRoles = append(out.PolicyRoles, iamapi.PolicyRole{RoleName: name, RoleId: id})
	case *User:
		out.PolicyUsers = append(out.PolicyUsers, iamapi.PolicyUser{UserName: name, UserId: id})
	}
}
