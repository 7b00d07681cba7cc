package cloudtrail

import (
	"net/netip"
	"regexp"
	"strings"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
)

// The lengths of a trail's name.
const (
	minName = 3
	maxName = 128
)

var (
	nameCharacters = regexp.MustCompile(`^[A-Za-z0-9._-]*$`)
	nameAdjacent   = regexp.MustCompile(`[._-]{2}`)
	trailARN       = regexp.MustCompile(`^arn:` + cloud.Partition + `:cloudtrail:([a-z0-9-]+):(\d{12}):trail/(.*)$`)
)

// checkName tells what is wrong with the name of a trail.
func checkName(name string) error {
	if len(name) < minName {
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name too short. Minimum allowed length: %d characters. Specified name length: %d characters.", minName, len(name))
	}
	if len(name) > maxName {
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name too long. Maximum allowed length: %d characters. Specified name length: %d characters.", maxName, len(name))
	}
	switch {
	case !nameCharacters.MatchString(name):
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).")
	case strings.ContainsAny(name[:1], "._-"):
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name must starts with a letter or number.")
	case strings.ContainsAny(name[len(name)-1:], "._-"):
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name must ends with a letter or number.")
	case nameAdjacent.MatchString(name):
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name must not have adjacent periods, underscores or dashes.")
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return cloudtrailapi.ErrInvalidTrailNameException("Trail name must not be formatted as an IP address.")
	}
	return nil
}

// reference is a trail as a request names it.
type reference struct {
	account, region, name string
	arn                   bool // by its ARN
}

// newReference reads a trail's name or ARN. A name is of the caller's account
// and the Region of the call.
func newReference(call *cloud.Call, id string) (reference, error) {
	r := reference{account: call.Account(), region: call.Region, name: id}
	if strings.HasPrefix(id, "arn:") {
		m := trailARN.FindStringSubmatch(id)
		if m == nil {
			return r, errARN(id)
		}
		r = reference{account: m[2], region: m[1], name: m[3], arn: true}
	}
	return r, checkName(r.name)
}

// String is the trail's ARN.
func (r reference) String() string {
	return cloud.ARN("cloudtrail", r.region, r.account, "trail/"+r.name)
}

func errARN(id string) error {
	return cloudtrailapi.ErrCloudTrailARNInvalidException("The ARN %s is not valid. It must be in the format arn:%s:cloudtrail:REGION:ACCOUNT:trail/NAME.", id, cloud.Partition)
}
