package iam

import (
	"slices"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/iam/awsmanaged"
)

func (d *authorizationDetails) addUser(u *User) {
	detail := iamapi.UserDetail{
		Path:                    new(u.Path),
		UserName:                new(u.Name),
		UserId:                  new(u.ID),
		Arn:                     new(arnOf(u)),
		CreateDate:              new(u.Created),
		GroupList:               groupNames(d.tx, u),
		AttachedManagedPolicies: attachedDetails(u),
		PermissionsBoundary:     attachedBoundary(u.Boundary),
		Tags:                    allTags(u.Tags),
	}
	if len(u.Inline) > 0 { // unlike in groups and roles, otherwise not there at all
		detail.UserPolicyList = inlineDetails(u)
	}
	d.out.UserDetailList = append(d.out.UserDetailList, detail)
}

func (d *authorizationDetails) addGroup(g *Group) {
	d.out.GroupDetailList = append(d.out.GroupDetailList, iamapi.GroupDetail{
		Path:                    new(g.Path),
		GroupName:               new(g.Name),
		GroupId:                 new(g.ID),
		Arn:                     new(arnOf(g)),
		CreateDate:              new(g.Created),
		GroupPolicyList:         inlineDetails(g),
		AttachedManagedPolicies: attachedDetails(g),
	})
}

func (d *authorizationDetails) addRole(r *Role) {
	detail := iamapi.RoleDetail{
		Path:                     new(r.Path),
		RoleName:                 new(r.Name),
		RoleId:                   new(r.ID),
		Arn:                      new(arnOf(r)),
		CreateDate:               new(r.Created),
		AssumeRolePolicyDocument: encodeDocument(renderTrust(d.tx, r)),
		InstanceProfileList:      []iamapi.InstanceProfile{},
		RolePolicyList:           inlineDetails(r),
		AttachedManagedPolicies:  attachedDetails(r),
		PermissionsBoundary:      attachedBoundary(r.Boundary),
		Tags:                     allTags(r.Tags),
		RoleLastUsed:             d.service.roleLastUsed(d.tx, r),
	}
	for _, p := range profilesByRole.Scan(d.tx, r.ID, "") {
		detail.InstanceProfileList = append(detail.InstanceProfileList, listedProfile(d.tx, p))
	}
	d.out.RoleDetailList = append(d.out.RoleDetailList, detail)
}

func (d *authorizationDetails) addPolicy(p *ManagedPolicy) {
	used := usageOf(d.tx, d.account, arnOf(p))
	detail := iamapi.ManagedPolicyDetail{
		PolicyName:                    new(p.Name),
		PolicyId:                      new(p.ID),
		Arn:                           new(arnOf(p)),
		Path:                          new(p.Path),
		DefaultVersionId:              new(p.version(p.Default).label()),
		AttachmentCount:               new(int32(used.attached)),
		PermissionsBoundaryUsageCount: new(int32(used.boundaries)),
		IsAttachable:                  new(true),
		CreateDate:                    new(p.Created),
		UpdateDate:                    new(p.Updated),
	}
	for _, v := range slices.Backward(p.Versions) {
		shown := versionOut(p, &v)
		shown.Document = encodeDocument(v.Document)
		detail.PolicyVersionList = append(detail.PolicyVersionList, shown)
	}
	d.out.Policies = append(d.out.Policies, detail)
}

func (d *authorizationDetails) addAWSManaged(known *awsmanaged.Policy) {
	p := awsPolicy(known)
	p.Versions[0].Document = known.Document()
	d.addPolicy(p)
}

func inlineDetails(h holder) []iamapi.PolicyDetail {
	out := []iamapi.PolicyDetail{}
	for _, in := range h.permissions().Inline {
		out = append(out, iamapi.PolicyDetail{PolicyName: new(in.Name), PolicyDocument: encodeDocument(in.Document)})
	}
	return out
}

func attachedDetails(h holder) []iamapi.AttachedPolicy {
	out := []iamapi.AttachedPolicy{}
	for _, arn := range h.permissions().Attached {
		out = append(out, attachedPolicy(arn))
	}
	return out
}

func groupNames(tx *store.Tx, u *User) []string {
	names := []string{}
	for _, g := range groupsOf(tx, u) {
		names = append(names, g.Name)
	}
	return names
}
