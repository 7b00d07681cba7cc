package access

import (
	"slices"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// amazonEC2 is whom aws-exec-read lets read: EC2, for AMI bundles.
const amazonEC2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"

// Canned gives the grants of a canned access control list, by the User Guide's
// table of them. owner and bucketOwner are canonical user ids; they are the same
// for a bucket.
func Canned(name, owner, bucketOwner string) []s3api.Grant {
	grants := []s3api.Grant{toUser(owner, s3api.PermissionFullControl)}
	switch name {
	case "public-read":
		return append(grants, toGroup(AllUsers, s3api.PermissionRead))
	case "public-read-write":
		return append(grants, toGroup(AllUsers, s3api.PermissionRead), toGroup(AllUsers, s3api.PermissionWrite))
	case "authenticated-read":
		return append(grants, toGroup(AuthenticatedUsers, s3api.PermissionRead))
	case "aws-exec-read":
		return append(grants, toUser(amazonEC2, s3api.PermissionRead))
	case "log-delivery-write":
		return append(grants, toGroup(LogDelivery, s3api.PermissionWrite), toGroup(LogDelivery, s3api.PermissionReadAcp))
	case "bucket-owner-read":
		if owner != bucketOwner {
			return append(grants, toUser(bucketOwner, s3api.PermissionRead))
		}
	case "bucket-owner-full-control":
		if owner != bucketOwner {
			return append(grants, toUser(bucketOwner, s3api.PermissionFullControl))
		}
	}
	return grants
}

// Private reports grants that are no more than the owner's full control.
func Private(grants []s3api.Grant, owner string) bool {
	return len(grants) == 1 && FullControl(grants, owner)
}

// FullControl reports grants that give a canonical user full control.
func FullControl(grants []s3api.Grant, user string) bool {
	return slices.ContainsFunc(grants, func(g s3api.Grant) bool {
		return g.Permission == s3api.PermissionFullControl && g.Grantee != nil && g.Grantee.ID != nil && *g.Grantee.ID == user
	})
}

func toUser(id string, p s3api.Permission) s3api.Grant {
	return s3api.Grant{Grantee: &s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(id)}, Permission: p}
}

func toGroup(uri string, p s3api.Permission) s3api.Grant {
	return s3api.Grant{Grantee: &s3api.Grantee{Type: s3api.TypeGroup, URI: new(uri)}, Permission: p}
}
