package iam

import (
	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
)

// quota is a limit by the name that AWS's message gives it. The numbers are
// the default quotas of the IAM User Guide, "IAM and AWS STS quotas".
type quota struct {
	name string
	max  int
}

var (
	groupsPerUser     = quota{"GroupsPerUser", 10}
	accessKeysPerUser = quota{"AccessKeysPerUser", 2}
	rolesPerProfile   = quota{"InstanceSessionsPerInstanceProfile", 1}
	managedPolicySize = quota{"PolicySize", 6144}
	trustPolicySize   = quota{"ACLSizePerRole", 2048}
)

const (
	versionsPerPolicy = 5
	tagsPerEntity     = 50
)

// check refuses a count that is past the quota.
func (q quota) check(n int) error {
	if n > q.max {
		return q.exceeded()
	}
	return nil
}

func (q quota) exceeded() *api.Error {
	return iamapi.ErrLimitExceeded("Cannot exceed quota for %s: %d", q.name, q.max)
}
