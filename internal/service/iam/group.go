package iam

import (
	"context"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CreateGroup creates a group.
func (s *Service) CreateGroup(ctx context.Context, in *iamapi.CreateGroupInput) (*iamapi.CreateGroupOutput, error) {
	g := &Group{Entity: newEntity(ctx, groupKind, in.Path, *in.GroupName, nil)}
	err := s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, groupKind, g.Path, g.Name, nil); err != nil {
			return err
		}
		return create(tx, g)
	})
	if err != nil {
		return nil, err
	}
	return &iamapi.CreateGroupOutput{Group: new(groupOut(g))}, nil
}

// GetGroup describes a group and lists its users.
func (s *Service) GetGroup(ctx context.Context, in *iamapi.GetGroupInput) (*iamapi.GetGroupOutput, error) {
	out := &iamapi.GetGroupOutput{Users: []iamapi.User{}}
	err := s.view(ctx, func(tx *store.Tx) error {
		g, err := needGroup(ctx, tx, *in.GroupName)
		if err != nil {
			return err
		}
		out.Group = new(groupOut(g))
		p, err := newPage(in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for name, u := range inAccount(membersOf(g), tx, g.Account, p.after) {
			if !p.add(name) {
				break
			}
			out.Users = append(out.Users, listedUser(u))
		}
		out.IsTruncated, out.Marker = p.end()
		return nil
	})
	return out, err
}

// ListGroups lists the groups under a path.
func (s *Service) ListGroups(ctx context.Context, in *iamapi.ListGroupsInput) (*iamapi.ListGroupsOutput, error) {
	out := &iamapi.ListGroupsOutput{Groups: []iamapi.Group{}}
	p, err := list(ctx, s, groups, in.PathPrefix, in.Marker, in.MaxItems, func(_ *store.Tx, g *Group) {
		out.Groups = append(out.Groups, groupOut(g))
	})
	if err != nil {
		return nil, err
	}
	out.IsTruncated, out.Marker = p.end()
	return out, nil
}

// UpdateGroup changes the name or path of a group, which keeps the unique id.
func (s *Service) UpdateGroup(ctx context.Context, in *iamapi.UpdateGroupInput) (*iamapi.UpdateGroupOutput, error) {
	return &iamapi.UpdateGroupOutput{}, s.update(ctx, func(tx *store.Tx) error {
		g, err := needGroup(ctx, tx, *in.GroupName)
		if err != nil {
			return err
		}
		return rename(ctx, tx, g, in.NewPath, in.NewGroupName)
	})
}

// DeleteGroup deletes a group without users and policies.
func (s *Service) DeleteGroup(ctx context.Context, in *iamapi.DeleteGroupInput) (*iamapi.DeleteGroupOutput, error) {
	return &iamapi.DeleteGroupOutput{}, s.update(ctx, func(tx *store.Tx) error {
		g, err := needGroup(ctx, tx, *in.GroupName)
		if err != nil {
			return err
		}
		hasUsers := anyRow(usersByGroup.Scan(tx, g.ID, ""))
		if err := deletable(append(policyConflicts(g), conflict{hasUsers, "remove users from group first"})...); err != nil {
			return err
		}
		remove(tx, g)
		return nil
	})
}

// ListGroupsForUser lists the groups that a user is in, by name.
func (s *Service) ListGroupsForUser(ctx context.Context, in *iamapi.ListGroupsForUserInput) (*iamapi.ListGroupsForUserOutput, error) {
	out := &iamapi.ListGroupsForUserOutput{Groups: []iamapi.Group{}}
	err := s.view(ctx, func(tx *store.Tx) error {
		u, err := needUser(ctx, tx, *in.UserName)
		if err != nil {
			return err
		}
		shown, p, err := pageOf(groupsOf(tx, u), func(g *Group) string { return g.key() }, in.Marker, in.MaxItems)
		if err != nil {
			return err
		}
		for _, g := range shown {
			out.Groups = append(out.Groups, groupOut(g))
		}
		out.IsTruncated, out.Marker = p.end()
		return nil
	})
	return out, err
}

// AddUserToGroup makes a user a member of a group. Who is one already stays
// one.
func (s *Service) AddUserToGroup(ctx context.Context, in *iamapi.AddUserToGroupInput) (*iamapi.AddUserToGroupOutput, error) {
	return &iamapi.AddUserToGroupOutput{}, s.changeMembership(ctx, *in.GroupName, *in.UserName, join)
}

// RemoveUserFromGroup ends the membership of a user. Who is no member is no
// mistake.
func (s *Service) RemoveUserFromGroup(ctx context.Context, in *iamapi.RemoveUserFromGroupInput) (*iamapi.RemoveUserFromGroupOutput, error) {
	return &iamapi.RemoveUserFromGroupOutput{}, s.changeMembership(ctx, *in.GroupName, *in.UserName, leave)
}

// changeMembership needs permission for the group alone. When neither is
// there, IAM misses the user.
func (s *Service) changeMembership(ctx context.Context, groupName, userName string, change func(u *User, group string) error) error {
	return s.update(ctx, func(tx *store.Tx) error {
		g, err := needGroup(ctx, tx, groupName)
		if err != nil && !isMissing(err) {
			return err
		}
		u := users.Get(tx, rowKey(cloud.From(ctx).Account(), userName))
		if u == nil {
			return iamapi.ErrNoSuchEntity(userKind.notFound, userName)
		}
		if err != nil {
			return err
		}
		changed := new(*u)
		if err := change(changed, g.ID); err != nil {
			return err
		}
		changed.put(tx)
		return nil
	})
}
