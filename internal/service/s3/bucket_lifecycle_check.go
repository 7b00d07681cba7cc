package s3

import (
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// The quotas of a lifecycle configuration.
const (
	maxRules            = 1000
	maxRuleID           = 255
	maxNewerNoncurrents = 100
)

func checkLifecycle(rules []s3api.LifecycleRule) error {
	if len(rules) == 0 || len(rules) > maxRules {
		return errMalformedXML()
	}
	seen := make(map[string]bool)
	for _, r := range rules {
		switch id := *r.ID; {
		case len(id) > maxRuleID:
			return errRule("ID length should not exceed allowed limit of %d", maxRuleID)
		case seen[id]:
			return errRule("Rule ID must be unique. Found same ID for more than one rule")
		default:
			seen[id] = true
		}
		if err := checkRule(&r); err != nil {
			return err
		}
	}
	return nil
}

func errRule(format string, args ...any) *api.Error {
	return api.Errorf("InvalidArgument", 400, format, args...)
}

func checkRule(r *s3api.LifecycleRule) error {
	if (r.Prefix == nil) == (r.Filter == nil) {
		return errMalformedXML()
	}
	by, err := filterOf(r.Filter)
	switch {
	case err != nil:
		return err
	case len(r.Transitions) > 0 || len(r.NoncurrentVersionTransitions) > 0:
		// There is nothing to move an object to.
		return notBuilt("LifecycleRule.Transition")
	case r.Expiration == nil && r.NoncurrentVersionExpiration == nil && r.AbortIncompleteMultipartUpload == nil:
		return errInvalidRequest("At least one action needs to be specified in a rule")
	}
	if err := checkExpiration(r.Expiration, by); err != nil {
		return err
	}
	if err := checkNoncurrent(r.NoncurrentVersionExpiration); err != nil {
		return err
	}
	return checkAbort(r.AbortIncompleteMultipartUpload, by)
}

func checkExpiration(e *s3api.LifecycleExpiration, by filtered) error {
	if e == nil {
		return nil
	}
	given := 0
	for _, is := range []bool{e.Date != nil, e.Days != nil, e.ExpiredObjectDeleteMarker != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return errMalformedXML()
	case e.Days != nil && *e.Days <= 0:
		return errRule("'Days' for Expiration action must be a positive integer")
	case e.Date != nil && !e.Date.Equal(e.Date.UTC().Truncate(24*time.Hour)):
		return errInvalidArgument("'Date' must be at midnight GMT", "Date", e.Date.UTC().Format("2006-01-02T15:04:05.000Z"))
	case e.ExpiredObjectDeleteMarker != nil && by.tags:
		return errInvalidRequest("ExpiredObjectDeleteMarker cannot be specified with Tags.")
	}
	return nil
}

func checkNoncurrent(e *s3api.NoncurrentVersionExpiration) error {
	switch {
	case e == nil:
		return nil
	case e.NoncurrentDays == nil:
		return errMalformedXML()
	case *e.NoncurrentDays <= 0:
		return errRule("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")
	case e.NewerNoncurrentVersions == nil:
		return nil
	case *e.NewerNoncurrentVersions <= 0 || *e.NewerNoncurrentVersions > maxNewerNoncurrents:
		return errRule("'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and %d", maxNewerNoncurrents)
	}
	return nil
}

func checkAbort(a *s3api.AbortIncompleteMultipartUpload, by filtered) error {
	switch {
	case a == nil:
		return nil
	case a.DaysAfterInitiation == nil:
		return errMalformedXML()
	case *a.DaysAfterInitiation <= 0:
		return errRule("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
	case by.tags:
		return errInvalidRequest("AbortIncompleteMultipartUpload cannot be specified with Tags.")
	case by.size:
		return errInvalidRequest("AbortIncompleteMultipartUpload cannot be specified with ObjectSize.")
	}
	return nil
}

// filtered is what a filter looks at, but for the prefix.
type filtered struct{ tags, size bool }

// filterOf checks a filter. One thing to look at stands in it by itself, several
// in And.
func filterOf(f *s3api.LifecycleRuleFilter) (filtered, error) {
	if f == nil {
		return filtered{}, nil
	}
	by := filtered{tags: f.Tag != nil, size: f.ObjectSizeGreaterThan != nil || f.ObjectSizeLessThan != nil}
	alone := 0
	for _, is := range []bool{f.Prefix != nil, f.Tag != nil, f.ObjectSizeGreaterThan != nil, f.ObjectSizeLessThan != nil, f.And != nil} {
		if is {
			alone++
		}
	}
	if alone > 1 {
		return by, errMalformedXML()
	}
	if f.And == nil {
		return by, checkSizes(f.ObjectSizeGreaterThan, f.ObjectSizeLessThan)
	}
	return checkAnd(f.And)
}

func checkAnd(a *s3api.LifecycleRuleAndOperator) (filtered, error) {
	by := filtered{tags: len(a.Tags) > 0, size: a.ObjectSizeGreaterThan != nil || a.ObjectSizeLessThan != nil}
	together := len(a.Tags)
	for _, is := range []bool{a.Prefix != nil, a.ObjectSizeGreaterThan != nil, a.ObjectSizeLessThan != nil} {
		if is {
			together++
		}
	}
	switch {
	case together < 2:
		return by, errMalformedXML()
	case len(tagMap(a.Tags)) < len(a.Tags):
		return by, errInvalidRequest("Duplicate Tag Keys are not allowed.")
	}
	return by, checkSizes(a.ObjectSizeGreaterThan, a.ObjectSizeLessThan)
}

func checkSizes(greater, less *int64) error {
	switch {
	case greater != nil && *greater < 0, less != nil && *less < 1:
		return errInvalidRequest("'ObjectSizeGreaterThan' and 'ObjectSizeLessThan' must be positive")
	case greater != nil && less != nil && *greater >= *less:
		return errInvalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'")
	}
	return nil
}
