package read

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// ofBucket are the actions on objects that are the bucket owner's to allow,
// whoever owns the object.
var ofBucket = []string{"s3:putobject", "s3:deleteobject", "s3:deleteobjectversion", "s3:abortmultipartupload", "s3:listmultipartuploadparts", "s3:bypassgovernanceretention"}

// onBucket and onObject are what the permissions of a list allow (Amazon S3
// User Guide, "Access control list (ACL) overview").
var (
	onBucket = map[types.Permission][]string{
		types.PermissionRead:     {"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
		types.PermissionWrite:    {"s3:PutObject", "s3:PutObjectAcl"},
		types.PermissionReadAcp:  {"s3:GetBucketAcl"},
		types.PermissionWriteAcp: {"s3:PutBucketAcl"},
	}
	onObject = map[types.Permission][]string{
		types.PermissionRead:     {"s3:GetObject", "s3:GetObjectVersion"},
		types.PermissionReadAcp:  {"s3:GetObjectAcl", "s3:GetObjectVersionAcl"},
		types.PermissionWriteAcp: {"s3:PutObjectAcl", "s3:PutObjectVersionAcl"},
	}
)

// The groups that a grant can be made to.
const (
	allUsers           = "http://acs.amazonaws.com/groups/global/AllUsers"
	authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
	logDelivery        = "http://acs.amazonaws.com/groups/s3/LogDelivery"
)

// compile makes a policy of the grants of a list, nil when they allow nothing.
func (b *bucketReader) compile(grants []types.Grant, allow map[types.Permission][]string) *policy.Policy {
	var list []policy.Statement
	for _, g := range grants {
		s := policy.Statement{Effect: policy.Allow, Actions: actionsOf(g.Permission, allow), Resources: []string{"*"}}
		if g.Grantee == nil || len(s.Actions) == 0 || !b.named(&s, g.Grantee) {
			continue
		}
		list = append(list, s)
	}
	return reach.Granting(list)
}

// named names the grantee of a grant in a statement. Canonical users are
// accounts, whose own policies say which of their principals.
func (b *bucketReader) named(s *policy.Statement, g *types.Grantee) bool {
	everyone := []policy.PrincipalElement{{Kind: "*", Value: "*"}}
	switch uri, id := aws.ToString(g.URI), aws.ToString(g.ID); {
	case id == b.canonicalUser && id != "":
		s.Principals = []policy.PrincipalElement{{Kind: "AWS", Value: b.account}}
	case len(id) == 64:
		s.Principals = []policy.PrincipalElement{{Kind: "CanonicalUser", Value: id}}
	case uri == logDelivery:
		s.Principals = []policy.PrincipalElement{{Kind: "Service", Value: "logging.s3.amazonaws.com"}}
	case uri == allUsers && !b.ignorePublic:
		s.Principals = everyone
	case uri == authenticatedUsers && !b.ignorePublic:
		s.Principals = everyone
		s.Conditions = []policy.Condition{{Operator: "Bool", Key: reach.SignedKey, Values: []string{"true"}}}
	default:
		return false
	}
	return true
}

// actionsOf are the actions of a permission.
func actionsOf(p types.Permission, allow map[types.Permission][]string) []string {
	if p != types.PermissionFullControl {
		return allow[p]
	}
	var all []string
	for _, p := range p.Values() {
		all = append(all, allow[p]...)
	}
	return all
}
