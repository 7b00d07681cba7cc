package extract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

func (r *reader) addRole(d *types.RoleDetail) error {
	name := aws.ToString(d.RoleName)
	inline, err := r.inline("role "+name, d.RolePolicyList)
	if err != nil {
		return err
	}
	trust, err := r.document("trust policy of role "+name, d.AssumeRolePolicyDocument)
	if err != nil {
		return err
	}
	role := snapshot.Role{
		Entity: snapshot.Entity{
			Name: name, Path: r.share(d.Path), ARN: aws.ToString(d.Arn), ID: aws.ToString(d.RoleId),
			Created: aws.ToTime(d.CreateDate), Tags: r.tags(d.Tags),
			Inline: inline, Attached: r.attached(d.AttachedManagedPolicies), Boundary: r.boundary(d.PermissionsBoundary),
		},
		Trust: trust,
	}
	for i := range d.InstanceProfileList {
		role.InstanceProfiles = append(role.InstanceProfiles, aws.ToString(d.InstanceProfileList[i].InstanceProfileName))
	}
	put(r, &r.account.Roles, role.ARN, role)
	return nil
}

func (r *reader) addUser(d *types.UserDetail) error {
	name := aws.ToString(d.UserName)
	inline, err := r.inline("user "+name, d.UserPolicyList)
	if err != nil {
		return err
	}
	user := snapshot.User{Entity: snapshot.Entity{
		Name: name, Path: r.share(d.Path), ARN: aws.ToString(d.Arn), ID: aws.ToString(d.UserId),
		Created: aws.ToTime(d.CreateDate), Tags: r.tags(d.Tags),
		Inline: inline, Attached: r.attached(d.AttachedManagedPolicies), Boundary: r.boundary(d.PermissionsBoundary),
	}}
	for _, group := range d.GroupList {
		user.Groups = append(user.Groups, r.pool.Share(group))
	}
	put(r, &r.account.Users, user.ARN, user)
	return nil
}

func (r *reader) addGroup(d *types.GroupDetail) error {
	name := aws.ToString(d.GroupName)
	inline, err := r.inline("group "+name, d.GroupPolicyList)
	if err != nil {
		return err
	}
	group := snapshot.Group{Entity: snapshot.Entity{
		Name: name, Path: r.share(d.Path), ARN: aws.ToString(d.Arn), ID: aws.ToString(d.GroupId),
		Created: aws.ToTime(d.CreateDate),
		Inline:  inline, Attached: r.attached(d.AttachedManagedPolicies),
	}}
	put(r, &r.account.Groups, group.ARN, group)
	return nil
}

// put adds an item to its list. What is told on two pages, because it was made
// anew between them, is what the later one says.
func put[T any](r *reader, list *[]T, arn string, item T) {
	if i, ok := r.places[arn]; ok {
		(*list)[i] = item
		return
	}
	r.places[arn] = len(*list)
	*list = append(*list, item)
}

// inline are the inline policies of an entity, "role app1".
func (r *reader) inline(of string, list []types.PolicyDetail) ([]snapshot.InlinePolicy, error) {
	var out []snapshot.InlinePolicy
	for i := range list {
		name := aws.ToString(list[i].PolicyName)
		document, err := r.document(fmt.Sprintf("inline policy %s of %s", name, of), list[i].PolicyDocument)
		if err != nil {
			return nil, err
		}
		out = append(out, snapshot.InlinePolicy{Name: r.pool.Share(name), Document: document})
	}
	return out, nil
}

func (r *reader) attached(list []types.AttachedPolicy) []string {
	var out []string
	for i := range list {
		out = append(out, r.share(list[i].PolicyArn))
	}
	return out
}

func (r *reader) boundary(b *types.AttachedPermissionsBoundary) string {
	if b == nil {
		return ""
	}
	return r.share(b.PermissionsBoundaryArn)
}

func (r *reader) tags(list []types.Tag) map[string]string {
	if len(list) == 0 {
		return nil
	}
	tags := make(map[string]string, len(list))
	for i := range list {
		tags[r.share(list[i].Key)] = r.share(list[i].Value)
	}
	return tags
}

func (r *reader) share(s *string) string { return r.pool.Share(aws.ToString(s)) }
