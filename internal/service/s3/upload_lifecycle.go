package s3

import (
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// aborted says when the bucket's lifecycle ends the upload, and by which rule,
// the first one if there are several.
func (u *upload) aborted(b *Bucket) (date *time.Time, rule *string) {
	if b.Lifecycle == nil {
		return nil, nil
	}
	for i := range b.Lifecycle.Rules {
		r := &b.Lifecycle.Rules[i]
		abort := r.AbortIncompleteMultipartUpload
		if r.Status != s3api.ExpirationStatusEnabled || abort == nil || !strings.HasPrefix(u.Key, rulePrefix(r)) {
			continue
		}
		if end := midnightAfter(u.Initiated, int(value(abort.DaysAfterInitiation))); date == nil || end.Before(*date) {
			date, rule = &end, r.ID
		}
	}
	return date, rule
}

// rulePrefix is the prefix of the keys that a lifecycle rule is for, in one of
// the three places where a rule can have it.
func rulePrefix(r *s3api.LifecycleRule) string {
	switch f := r.Filter; {
	case f == nil:
		return value(r.Prefix)
	case f.And != nil:
		return value(f.And.Prefix)
	default:
		return value(f.Prefix)
	}
}

// midnightAfter is when a lifecycle's days are over: S3 rounds to the next
// midnight in UTC.
func midnightAfter(from time.Time, days int) time.Time {
	end := from.UTC().AddDate(0, 0, days)
	midnight := end.Truncate(24 * time.Hour)
	if midnight.Before(end) {
		midnight = midnight.AddDate(0, 0, 1)
	}
	return midnight
}
