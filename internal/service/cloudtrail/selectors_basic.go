package cloudtrail

import (
	"slices"
	"strings"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// The quotas of basic event selectors.
const (
	maxSelectors     = 5
	maxDataResources = 250
)

// excludable are the sources whose management events a trail can leave out.
var excludable = []string{"kms.amazonaws.com", "rdsdata.amazonaws.com"}

// dataTypes are the types of resources whose data events basic selectors choose,
// with what a value begins with; that alone means all of the type.
var dataTypes = map[string]string{
	"AWS::S3::Object":       "arn:" + cloud.Partition + ":s3",
	"AWS::Lambda::Function": "arn:" + cloud.Partition + ":lambda",
	"AWS::DynamoDB::Table":  "arn:" + cloud.Partition + ":dynamodb",
}

func checkBasic(list []cloudtrailapi.EventSelector) error {
	if len(list) > maxSelectors {
		return errSelectors("The number of event selectors is %d. A trail can have up to %d.", len(list), maxSelectors)
	}
	resources := 0
	for _, sel := range list {
		for _, source := range sel.ExcludeManagementEventSources {
			if !slices.Contains(excludable, source) {
				return errSelectors("The value %s for ExcludeManagementEventSources is not valid.", source)
			}
		}
		for _, r := range sel.DataResources {
			if err := checkDataResource(r); err != nil {
				return err
			}
			resources += len(r.Values)
		}
	}
	if resources > maxDataResources {
		return errSelectors("The number of data resources is %d. A trail can have up to %d.", resources, maxDataResources)
	}
	return nil
}

func checkDataResource(r cloudtrailapi.DataResource) error {
	prefix, ok := dataTypes[text(r.Type)]
	if !ok {
		return errSelectors("The data resource type %s is not valid.", text(r.Type))
	}
	if len(r.Values) == 0 {
		return errSelectors("The data resource type %s has no values.", text(r.Type))
	}
	for _, v := range r.Values {
		if v != prefix && !strings.HasPrefix(v, prefix+":") {
			return errSelectors("Value %s for DataResources.Values is invalid.", v)
		}
	}
	return nil
}

// selectsBasic reports whether a basic selector chooses an event.
func selectsBasic(sel *cloudtrailapi.EventSelector, r *audit.Record) bool {
	switch {
	case sel.ReadWriteType == cloudtrailapi.ReadWriteTypeReadOnly && !r.ReadOnly,
		sel.ReadWriteType == cloudtrailapi.ReadWriteTypeWriteOnly && r.ReadOnly:
		return false
	case r.ManagementEvent:
		return *sel.IncludeManagementEvents && !slices.Contains(sel.ExcludeManagementEventSources, r.EventSource)
	}
	return slices.ContainsFunc(sel.DataResources, func(d cloudtrailapi.DataResource) bool { return covers(d, r) })
}

// covers reports whether an event is about a resource of the type whose ARN one
// of the values begins: of a bucket, a prefix in it, or everything.
func covers(d cloudtrailapi.DataResource, r *audit.Record) bool {
	return slices.ContainsFunc(r.Resources, func(res audit.Resource) bool {
		return res.Type == *d.Type && slices.ContainsFunc(d.Values, func(v string) bool { return strings.HasPrefix(nameOf(&res), v) })
	})
}

// nameOf is the ARN of a resource, or of all that a call was about.
func nameOf(r *audit.Resource) string {
	if r.ARN == "" {
		return r.ARNPrefix
	}
	return r.ARN
}
