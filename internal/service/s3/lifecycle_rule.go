package s3

import (
	"slices"
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// appliesTo reports whether a rule is for a version of a key. A delete marker
// has neither tags nor a size, so a filter that looks at those passes it by.
func appliesTo(r *s3api.LifecycleRule, key string, o *Object) bool {
	if r.Status != s3api.ExpirationStatusEnabled || !strings.HasPrefix(key, rulePrefix(r)) {
		return false
	}
	tags, greater, less := filteredBy(r.Filter)
	if o.Marker {
		return len(tags) == 0 && greater == nil && less == nil
	}
	for _, t := range tags {
		if v, ok := o.Tags[value(t.Key)]; !ok || v != value(t.Value) {
			return false
		}
	}
	return (greater == nil || o.Size > *greater) && (less == nil || o.Size < *less)
}

// filteredBy is what a filter looks at besides the prefix: one thing by itself,
// or several that must all hold.
func filteredBy(f *s3api.LifecycleRuleFilter) (tags []s3api.Tag, greater, less *int64) {
	switch {
	case f == nil:
		return nil, nil, nil
	case f.And != nil:
		return f.And.Tags, f.And.ObjectSizeGreaterThan, f.And.ObjectSizeLessThan
	case f.Tag != nil:
		tags = []s3api.Tag{*f.Tag}
	}
	return tags, f.ObjectSizeGreaterThan, f.ObjectSizeLessThan
}

// rules are those of a bucket, none without a configuration.
func (b *Bucket) rules() []s3api.LifecycleRule {
	if b.Lifecycle == nil {
		return nil
	}
	return b.Lifecycle.Rules
}

// expiry is when the newest version of a key expires, and by which rule: "if two
// expiration policies overlap, the shorter expiration policy is honored". No rule
// is nil.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
func (b *Bucket) expiry(key string, o *Object) (at time.Time, by *s3api.LifecycleRule) {
	rules := b.rules()
	for i := range rules {
		e := rules[i].Expiration
		if e == nil || !appliesTo(&rules[i], key, o) {
			continue
		}
		var end time.Time
		switch {
		case e.Days != nil:
			end = midnightAfter(o.Modified, int(*e.Days))
		case e.Date != nil:
			end = e.Date.UTC()
		case o.Marker && isTrue(e.ExpiredObjectDeleteMarker):
			end = o.Modified
		default:
			continue
		}
		if by == nil || end.Before(at) {
			at, by = end, &rules[i]
		}
	}
	return at, by
}

// expired reports whether the newest version of a key has expired. A delete
// marker expires by the same rules as an object; that it also must be the last
// of its key is for the caller to see.
func (b *Bucket) expired(key string, o *Object, now time.Time) bool {
	at, by := b.expiry(key, o)
	return by != nil && !at.After(now)
}

// seniority is where an older version stands among those of its key.
type seniority struct {
	since time.Time // when the next version was made
	newer int       // how many older versions are newer
}

// outlived reports whether an older version shall go: long enough after it was
// replaced, and unless it is among the newest of the older ones, where a rule
// wants some of those kept. A delete marker counts as a version.
func (b *Bucket) outlived(key string, o *Object, s seniority, now time.Time) bool {
	return slices.ContainsFunc(b.rules(), func(r s3api.LifecycleRule) bool {
		e := r.NoncurrentVersionExpiration
		return e != nil && s.newer >= int(value(e.NewerNoncurrentVersions)) &&
			!midnightAfter(s.since, int(value(e.NoncurrentDays))).After(now) && appliesTo(&r, key, o)
	})
}

// prefixes are the prefixes of the enabled rules of a kind, none of which begins
// with another: of those the shorter one covers both.
func (b *Bucket) prefixes(kind func(*s3api.LifecycleRule) bool) (list []string) {
	for _, r := range b.rules() {
		if r.Status == s3api.ExpirationStatusEnabled && kind(&r) {
			list = append(list, rulePrefix(&r))
		}
	}
	slices.Sort(list)
	kept := list[:0]
	for _, p := range list {
		if len(kept) == 0 || !strings.HasPrefix(p, kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}

// The kinds of rules.
func expires(r *s3api.LifecycleRule) bool           { return r.Expiration != nil }
func expiresNoncurrent(r *s3api.LifecycleRule) bool { return r.NoncurrentVersionExpiration != nil }
func aborts(r *s3api.LifecycleRule) bool            { return r.AbortIncompleteMultipartUpload != nil }
