package iam

import (
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// What lists show of users, roles and the like is less than what Get shows:
// no tags, no boundary, no last use. The functions named listed are for lists.

func listedUser(u *User) iamapi.User {
	return iamapi.User{
		Path:       new(u.Path),
		UserName:   new(u.Name),
		UserId:     new(u.ID),
		Arn:        new(arnOf(u)),
		CreateDate: new(u.Created),
	}
}

func fullUser(u *User) *iamapi.User {
	out := listedUser(u)
	out.PermissionsBoundary = attachedBoundary(u.Boundary)
	out.Tags = tagsOut(u.Tags)
	return &out
}

// createdUser repeats the tags in the order of the request.
func createdUser(u *User, tags []iamapi.Tag) *iamapi.User {
	out := fullUser(u)
	out.Tags = asGiven(tags)
	return out
}

func groupOut(g *Group) iamapi.Group {
	return iamapi.Group{
		Path:       new(g.Path),
		GroupName:  new(g.Name),
		GroupId:    new(g.ID),
		Arn:        new(arnOf(g)),
		CreateDate: new(g.Created),
	}
}

// innerRole is a role as other things show it that contain it, with the trust
// policy that is given.
func innerRole(r *Role, trust string) iamapi.Role {
	return iamapi.Role{
		Path:                     new(r.Path),
		RoleName:                 new(r.Name),
		RoleId:                   new(r.ID),
		Arn:                      new(arnOf(r)),
		CreateDate:               new(r.Created),
		AssumeRolePolicyDocument: encodeDocument(trust),
	}
}

// createdRole shows less than GetRole does: neither the description nor how
// long sessions last. The trust policy is that of the request, with the names
// that it had there.
func createdRole(r *Role, trust string, tags []iamapi.Tag) *iamapi.Role {
	out := innerRole(r, trust)
	out.PermissionsBoundary = attachedBoundary(r.Boundary)
	out.Tags = asGiven(tags)
	return &out
}

func listedRole(tx *store.Tx, r *Role) iamapi.Role {
	out := innerRole(r, renderTrust(tx, r))
	out.Description = r.Description
	out.MaxSessionDuration = new(r.MaxSession)
	return out
}

func (s *Service) fullRole(tx *store.Tx, r *Role) *iamapi.Role {
	out := listedRole(tx, r)
	out.PermissionsBoundary = attachedBoundary(r.Boundary)
	out.Tags = tagsOut(r.Tags)
	out.RoleLastUsed = s.roleLastUsed(tx, r)
	return &out
}

func (s *Service) roleLastUsed(tx *store.Tx, r *Role) *iamapi.RoleLastUsed {
	last := s.lastUse(tx, r.ID)
	if last == nil {
		return &iamapi.RoleLastUsed{}
	}
	return &iamapi.RoleLastUsed{LastUsedDate: new(last.At), Region: new(last.Region)}
}

func listedProfile(tx *store.Tx, p *InstanceProfile) iamapi.InstanceProfile {
	out := iamapi.InstanceProfile{
		Path:                new(p.Path),
		InstanceProfileName: new(p.Name),
		InstanceProfileId:   new(p.ID),
		Arn:                 new(arnOf(p)),
		CreateDate:          new(p.Created),
		Roles:               []iamapi.Role{},
	}
	if r := rolesByID.Get(tx, p.Role); r != nil {
		out.Roles = append(out.Roles, innerRole(r, renderTrust(tx, r)))
	}
	return out
}

// boundaryType is what IAM sends, though the API's model has only
// PermissionsBoundaryPolicy.
const boundaryType iamapi.PermissionsBoundaryAttachmentType = "Policy"

func attachedBoundary(arn string) *iamapi.AttachedPermissionsBoundary {
	if arn == "" {
		return nil
	}
	return &iamapi.AttachedPermissionsBoundary{
		PermissionsBoundaryType: boundaryType,
		PermissionsBoundaryArn:  new(arn),
	}
}

func tagsOut(tags []Tag) []iamapi.Tag {
	var out []iamapi.Tag
	for _, t := range tags {
		out = append(out, iamapi.Tag{Key: new(t.Key), Value: new(t.Value)})
	}
	return out
}

// allTags is for answers that have an empty list of tags rather than none.
func allTags(tags []Tag) []iamapi.Tag { return append([]iamapi.Tag{}, tagsOut(tags)...) }

// asGiven is the tags of a request in the answer to it.
func asGiven(tags []iamapi.Tag) []iamapi.Tag {
	if len(tags) == 0 {
		return nil
	}
	return tags
}

// versionOut is a version of a policy without its document, which lists do not
// show.
func versionOut(p *ManagedPolicy, v *PolicyVersion) iamapi.PolicyVersion {
	return iamapi.PolicyVersion{
		VersionId:        new(v.label()),
		IsDefaultVersion: new(v.Number == p.Default),
		CreateDate:       new(v.Created),
	}
}
