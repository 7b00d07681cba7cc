package cloudtrail

import (
	"regexp"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
)

// wishes are the settings of a trail that Fortlet does not build, or not here.
type wishes struct {
	topic, logGroup, logRole *string
	organization             *bool
}

const maxPrefix = 200

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// checkSettings checks what a trail shall be, but for what its bucket and key
// have to say.
func (s *Service) checkSettings(call *cloud.Call, t *Trail, w wishes) error {
	if err := s.refuse(call, w); err != nil {
		return err
	}
	switch {
	case !bucketName.MatchString(t.Bucket):
		return cloudtrailapi.ErrInvalidS3BucketNameException("Bucket name %s is not valid.", t.Bucket)
	case len(t.Prefix) > maxPrefix:
		return cloudtrailapi.ErrInvalidS3PrefixException("S3 prefix is longer than maximum length")
	case t.Prefix != "" && (t.Prefix[0] == '/' || t.Prefix[len(t.Prefix)-1] == '/'):
		return cloudtrailapi.ErrInvalidS3PrefixException("The S3 prefix must not begin or end with a slash.")
	case t.AllRegions && !t.Global:
		return cloudtrailapi.ErrInvalidParameterCombinationException("Multi-Region trail must include global service events.")
	}
	return nil
}

// refuse answers for what is not built. An organization trail needs what an
// organization of Fortlet does not offer: trusted access of CloudTrail to it.
func (s *Service) refuse(call *cloud.Call, w wishes) error {
	operation := call.Operation.Name
	switch {
	case text(w.topic) != "":
		return notBuilt(operation + " with SnsTopicName")
	case text(w.logGroup) != "":
		return notBuilt(operation + " with CloudWatchLogsLogGroupArn")
	case text(w.logRole) != "":
		return notBuilt(operation + " with CloudWatchLogsRoleArn")
	case !has(w.organization, false):
		return nil
	}
	if org := s.cloud.Authorizer.Organization; org != nil {
		if m := org.Of(call.Account()); m != nil && m.Management {
			return cloudtrailapi.ErrCloudTrailAccessNotEnabledException("Trusted access for CloudTrail is not enabled in the organization.")
		}
	}
	return cloudtrailapi.ErrNotOrganizationMasterAccountException("The account %s is not the management account of an organization.", call.Account())
}
