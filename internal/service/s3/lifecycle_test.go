package s3

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const day = 24 * time.Hour

// rules configures the bucket's lifecycle.
func (s *site) rules(rules ...s3api.LifecycleRule) {
	s.Helper()
	for i := range rules {
		if rules[i].Status == "" {
			rules[i].Status = s3api.ExpirationStatusEnabled
		}
		if rules[i].Filter == nil && rules[i].Prefix == nil {
			rules[i].Filter = filterPrefix("")
		}
	}
	askOK(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, &s3api.PutBucketLifecycleConfigurationInput{
		Bucket: new(siteBucket), LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{Rules: rules},
	})
}

// lifecycles runs the rules of all buckets.
func (s *site) lifecycles() {
	s.Helper()
	s.check(s.service.runLifecycles(s.Context()))
}

// versions shows all versions of the bucket's keys in the order of listings: a
// key with the size of an object or "marker", "null" for a null version.
func (s *site) versions() string {
	s.Helper()
	out := askOK(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new(siteBucket)})
	type row struct {
		key, text string
		latest    bool
		at        time.Time
	}
	var rows []row
	null := func(id *string) string {
		if *id == nullVersion {
			return " null"
		}
		return ""
	}
	for _, v := range out.Versions {
		rows = append(rows, row{*v.Key, fmt.Sprint(*v.Key, " ", *v.Size, null(v.VersionId)), *v.IsLatest, *v.LastModified})
	}
	for _, v := range out.DeleteMarkers {
		rows = append(rows, row{*v.Key, *v.Key + " marker" + null(v.VersionId), *v.IsLatest, *v.LastModified})
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch c := strings.Compare(a.key, b.key); {
		case c != 0:
			return c
		case a.latest:
			return -1
		case b.latest:
			return 1
		}
		return b.at.Compare(a.at)
	})
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.text)
	}
	return strings.Join(texts, ", ")
}

func (s *site) wantVersions(what, want string) {
	s.Helper()
	if got := s.versions(); got != want {
		s.Errorf("%s: %q, want %q", what, got, want)
	}
}

func noncurrentRule(days, kept int32) s3api.LifecycleRule {
	e := &s3api.NoncurrentVersionExpiration{NoncurrentDays: &days}
	if kept > 0 {
		e.NewerNoncurrentVersions = &kept
	}
	return s3api.LifecycleRule{NoncurrentVersionExpiration: e}
}

func expirationRule(days int32) s3api.LifecycleRule {
	return s3api.LifecycleRule{Expiration: inDays(days)}
}

// What the Expiration action does depends on the bucket: "If versioning has never
// been enabled, the object is deleted for good. Otherwise a delete marker becomes
// the current version; while versioning is suspended with the version id null, in
// the place of a null version."
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-actions
func TestLifecycleExpiration(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(s *site)
		want    string
	}{
		"never versioned": {func(s *site) { s.putContent("k", "1") }, ""},
		"enabled": {func(s *site) {
			s.versioning("Enabled")
			s.putContent("k", "1")
		}, "k marker, k 1"},
		"enabled over a null version": {func(s *site) {
			s.putContent("k", "1")
			s.versioning("Enabled")
		}, "k marker, k 1 null"},
		"suspended": {func(s *site) {
			s.versioning("Enabled")
			s.putContent("k", "1")
			s.versioning("Suspended")
		}, "k marker null, k 1"},
		"suspended with a null version": {func(s *site) {
			s.versioning("Enabled")
			s.putContent("k", "1")
			s.versioning("Suspended")
			s.putContent("k", "22")
		}, "k marker null, k 1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.rules(expirationRule(1))
			tt.prepare(s)
			before := s.versions()
			s.now = at(t, "2026-03-02T23:59:59Z") // a day and more, but not at midnight
			s.lifecycles()
			s.wantVersions("too early", before)
			s.now = at(t, "2026-03-03T00:00:00Z")
			s.lifecycles()
			s.wantVersions("expired", tt.want)
			s.lifecycles()
			s.wantVersions("run again", tt.want)
			if n := s.contents(); n != strings.Count(tt.want, "k 1") {
				t.Errorf("%d contents are kept", n)
			}
		})
	}
}

// Rules look at what the bucket has when they run, and at nothing else.
func TestExpirationIsFiltered(t *testing.T) {
	s := newSite(t)
	other := "another-bucket"
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: &other})
	askOK(s, s.owner, s3api.OpPutObject, putInput("logs/a", "content", func(in *s3api.PutObjectInput) { in.Bucket = &other }))
	tagged := expirationRule(1)
	tagged.Filter = &s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{Prefix: new("logs/"), Tags: []s3api.Tag{tag("class", "temporary")}}}
	large := expirationRule(1)
	large.Filter = &s3api.LifecycleRuleFilter{ObjectSizeGreaterThan: new(int64(10))}
	off := expirationRule(1)
	off.Status = s3api.ExpirationStatusDisabled
	s.rules(tagged, large, off)
	put := func(key, content, tags string) {
		askOK(s, s.owner, s3api.OpPutObject, putInput(key, content, func(in *s3api.PutObjectInput) { in.Tagging = &tags }))
	}
	put("logs/a", "1", "class=temporary")
	put("logs/b", "1", "class=lasting")
	put("other", "1", "class=temporary")
	put("logs/large", "12345678901", "")
	put("ten", "1234567890", "")
	s.pass(3 * day)
	put("logs/late", "1", "class=temporary")
	s.lifecycles()
	s.wantVersions("after the run", "logs/b 1 null, logs/late 1 null, other 1 null, ten 10 null")
	if out := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: &other}); len(out.Contents) != 1 {
		t.Error("the rules of one bucket are those of another")
	}
}

// A date is for all objects, those that come later too.
func TestExpirationDate(t *testing.T) {
	s := newSite(t)
	s.rules(s3api.LifecycleRule{Expiration: &s3api.LifecycleExpiration{Date: new(at(t, "2026-03-05T00:00:00Z"))}})
	s.put("k")
	s.pass(2 * day)
	s.lifecycles()
	s.wantVersions("before", "k 12 null")
	s.now = at(t, "2026-03-05T00:00:00Z")
	s.lifecycles()
	s.wantVersions("at the date", "")
	s.pass(day)
	s.put("k")
	s.lifecycles()
	s.wantVersions("after it", "")
}

// Noncurrent versions go after their days, but for the newest; a delete marker
// that is left alone goes in the same run, if a rule wants that.
func TestNoncurrentVersionExpiration(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	s.rules(noncurrentRule(1, 2))
	for i := range 5 {
		s.putContent("k", strings.Repeat("x", i+1)) // 5 is the newest
		s.pass(time.Hour)
	}
	s.put("single")
	s.lifecycles()
	s.wantVersions("on the first day", "k 5, k 4, k 3, k 2, k 1, single 17")
	s.now = at(t, "2026-03-03T00:00:00Z")
	s.lifecycles()
	s.wantVersions("two are kept", "k 5, k 4, k 3, single 17")

	s.rules(noncurrentRule(10, 0))
	s.pass(time.Hour)
	s.remove("k")
	s.pass(9 * day)
	s.lifecycles()
	s.wantVersions("the other two", "k marker, k 5, single 17")
	s.pass(10 * day)
	s.lifecycles()
	s.wantVersions("the last", "k marker, single 17")
	s.rules(noncurrentRule(10, 0), s3api.LifecycleRule{ID: new("m"), Expiration: &s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)}})
	s.put("j")
	s.remove("j")
	s.lifecycles()
	s.wantVersions("a marker with nothing beneath", "j marker, j 12, single 17")
	s.pass(11 * day)
	s.lifecycles()
	s.wantVersions("both in one run", "single 17")
	if n := s.contents(); n != 1 {
		t.Errorf("%d contents are kept", n)
	}
}

// How long a version has not been the newest counts from its successor, also
// where that has gone in the meantime, and from when an upload in parts was
// completed, not begun.
func TestNoncurrentSince(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	s.rules(noncurrentRule(5, 0))
	id := s.begin("k")
	part := s.part("k", id, 1, "parts")
	s.putContent("k", "1")
	s.pass(20 * day)
	s.complete("k", id, []s3api.CompletedPart{part})
	s.pass(4 * day)
	s.lifecycles()
	s.wantVersions("replaced four days ago", "k 5, k 1")
	s.pass(2 * day)
	s.lifecycles()
	s.wantVersions("replaced six days ago", "k 5")
}

// A delete marker among noncurrent versions goes as they do, and null versions
// do.
func TestNoncurrentMarkers(t *testing.T) {
	s := newSite(t)
	s.putContent("k", "1") // null
	s.versioning("Enabled")
	s.pass(time.Hour)
	s.remove("k")
	s.pass(time.Hour)
	s.putContent("k", "22")
	s.rules(noncurrentRule(1, 0))
	s.wantVersions("before", "k 2, k marker, k 1 null")
	s.pass(2 * day)
	s.lifecycles()
	s.wantVersions("after", "k 2")
	s.versioning("Suspended")
	s.putContent("k", "333")
	s.wantVersions("a new null version", "k 3 null, k 2")
}

// Delete markers with nothing beneath them go by the age that objects expire at.
func TestExpiredDeleteMarkerByAge(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	id := *s.putContent("alone", "1").VersionId
	s.put("not")
	s.remove("alone")
	s.remove("not")
	s.remove("alone", id)
	s.rules(expirationRule(3))
	s.pass(3 * day)
	s.lifecycles()
	s.wantVersions("too early", "alone marker, not marker, not 14")
	s.pass(day)
	s.lifecycles()
	s.wantVersions("old enough", "not marker, not 14")
}

// Object lock holds versions: they stay until it ends. A delete marker on top of
// one takes nothing away.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-lifecycle
func TestLifecycleHonorsObjectLock(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(nil))
	lock := func(key, mode string, hold bool) {
		askOK(s, s.owner, s3api.OpPutObject, putInput(key, "content", func(in *s3api.PutObjectInput) {
			in.ContentMD5 = &contentMD5
			if mode != "" {
				in.ObjectLockMode, in.ObjectLockRetainUntilDate = s3api.ObjectLockMode(mode), new(s.now.Add(30*day))
			}
			if hold {
				in.ObjectLockLegalHoldStatus = "ON"
			}
		}))
	}
	lock("compliance", "COMPLIANCE", false)
	lock("free", "", false)
	lock("governance", "GOVERNANCE", false)
	lock("held", "", true)
	s.rules(expirationRule(1), noncurrentRule(1, 0))
	s.pass(2 * day)
	s.lifecycles()
	s.wantVersions("markers", "compliance marker, compliance 7, free marker, free 7, governance marker, governance 7, held marker, held 7")
	s.pass(2 * day)
	s.lifecycles()
	s.wantVersions("locked", "compliance marker, compliance 7, governance marker, governance 7, held marker, held 7")
	s.pass(27 * day)
	s.lifecycles()
	s.wantVersions("the retention is over", "held marker, held 7")
	version := askOK(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new(siteBucket)}).Versions[0].VersionId
	askOK(s, s.owner, s3api.OpPutObjectLegalHold, &s3api.PutObjectLegalHoldInput{
		Bucket: new(siteBucket), Key: new("held"), VersionId: version,
		LegalHold: &s3api.ObjectLockLegalHold{Status: s3api.ObjectLockLegalHoldStatusOff},
	})
	s.lifecycles()
	s.wantVersions("the hold is off", "")
}

// Uploads that nobody finishes end with their parts, those that have time left
// do not.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html
func TestAbortIncompleteMultipartUpload(t *testing.T) {
	s := newSite(t)
	s.rules(s3api.LifecycleRule{
		Filter:                         filterPrefix("tmp/"),
		AbortIncompleteMultipartUpload: &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
	})
	s.part("tmp/old", s.begin("tmp/old"), 1, "one")
	s.part("kept", s.begin("kept"), 1, "two")
	s.pass(5 * day)
	s.begin("tmp/young")
	s.pass(2 * day)
	open := func() string {
		var keys []string
		for _, u := range askOK(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)}).Uploads {
			keys = append(keys, *u.Key)
		}
		return strings.Join(keys, " ")
	}
	s.lifecycles()
	if got := open(); got != "kept tmp/old tmp/young" {
		t.Errorf("before midnight: %s", got)
	}
	s.now = s.now.Truncate(day).Add(day)
	s.lifecycles()
	if got := open(); got != "kept tmp/young" {
		t.Errorf("at midnight: %s", got)
	}
	if n := s.blobCount(); n != 1 {
		t.Errorf("%d blobs are left, want that of one part", n)
	}
}

// More rows than a page has, of one key and of many, and keys that are hard to
// take apart.
func TestLifecycleOverPages(t *testing.T) {
	s := newSite(t)
	s.versioning("Enabled")
	s.rules(noncurrentRule(1, 3), expirationRule(30))
	var b *Bucket
	const versions, keys = 2*sweepPage + 7, sweepPage + 9
	s.check(s.db.Update(t.Context(), func(tx *store.Tx) error {
		b = buckets.Get(tx, siteBucket)
		put := func(key string, i int) {
			o := &Object{Owner: siteAccount, Modified: s.now, Size: int64(i)}
			s.check(s.service.store(tx, b, key, o, s.now.Add(time.Duration(i)*time.Millisecond), condition{}))
		}
		for i := range versions {
			put("m\x00\x01any", i)
		}
		for i := range keys {
			put(fmt.Sprintf("k%06d", i), 1)
			put(fmt.Sprintf("k%06d", i), 2)
		}
		return nil
	}))
	count := func() (current, noncurrent, markers int) {
		s.check(s.db.View(t.Context(), func(tx *store.Tx) error {
			for _, o := range newest.Scan(tx, store.Prefix(b.ID), "") {
				if current++; o.Marker {
					markers++
				}
			}
			for range older.Scan(tx, store.Prefix(b.ID), "") {
				noncurrent++
			}
			return nil
		}))
		return current, noncurrent, markers
	}
	s.pass(2 * day)
	s.lifecycles()
	if c, n, m := count(); c != keys+1 || n != keys+3 || m != 0 {
		t.Errorf("%d current, %d noncurrent versions and %d markers", c, n, m)
	}
	out := askOK(s, s.owner, s3api.OpListObjectVersions, &s3api.ListObjectVersionsInput{Bucket: new(siteBucket), Prefix: new("m")})
	for i, v := range out.Versions {
		if *v.Size != int64(versions-1-i) {
			t.Errorf("version %d has size %d: not the newest are kept", i, *v.Size)
		}
	}
	s.pass(30 * day)
	s.lifecycles()
	if c, _, m := count(); c != keys+1 || m != keys+1 {
		t.Errorf("%d keys with %d markers", c, m)
	}
	s.rules(noncurrentRule(1, 0), s3api.LifecycleRule{ID: new("m"), Expiration: &s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)}})
	s.pass(2 * day)
	s.lifecycles()
	if c, n, _ := count(); c != 0 || n != 0 {
		t.Errorf("%d current and %d noncurrent versions are left", c, n)
	}
}

// What changes between look and act counts: nothing goes that the rules of then
// do not let go.
func TestLifecycleDecidesAgain(t *testing.T) {
	overwrite := func(s *site) { s.putContent("k", "new") }
	tagged := s3api.LifecycleRule{Filter: &s3api.LifecycleRuleFilter{Tag: new(tag("class", "temporary"))}, Expiration: inDays(1)}
	for name, tt := range map[string]struct {
		rule   s3api.LifecycleRule
		change func(s *site)
		want   string
	}{
		"no change": {tagged, func(*site) {}, ""},
		"put anew":  {tagged, overwrite, "k 3 null"},
		"another tag": {tagged, func(s *site) {
			askOK(s, s.owner, s3api.OpDeleteObjectTagging, &s3api.DeleteObjectTaggingInput{Bucket: new(siteBucket), Key: new("k")})
		}, "k 3 null"},
		"gone":        {tagged, func(s *site) { s.remove("k") }, ""},
		"other rules": {tagged, func(s *site) { s.rules(expirationRule(100)) }, "k 3 null"},
		"no rules": {tagged, func(s *site) {
			askOK(s, s.owner, s3api.OpDeleteBucketLifecycle, &s3api.DeleteBucketLifecycleInput{Bucket: new(siteBucket)})
		}, "k 3 null"},
		"versioned then": {tagged, func(s *site) { s.versioning("Enabled") }, "k marker, k 3 null"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.rules(tt.rule)
			askOK(s, s.owner, s3api.OpPutObject, putInput("k", "old", func(in *s3api.PutObjectInput) { in.Tagging = new("class=temporary") }))
			s.pass(3 * day)
			p := &newestPages{sweep: &sweep{service: s.service, bucket: s.row(), count: map[string]int{}}, prefix: store.Key(s.row().ID, "")}
			s.check(s.db.View(t.Context(), func(tx *store.Tx) error {
				p.look(tx, "")
				return nil
			}))
			if len(p.due) != 1 {
				t.Fatalf("%q are due", p.due)
			}
			tt.change(s)
			s.check(p.act(t.Context()))
			s.wantVersions("after all", tt.want)
		})
	}
}

// row is the bucket as it is.
func (s *site) row() (b *Bucket) {
	s.check(s.db.View(s.Context(), func(tx *store.Tx) error {
		b = buckets.Get(tx, siteBucket)
		return nil
	}))
	return b
}

// A bucket that is gone is no failure, one of its name another one.
func TestLifecycleOfDeletedBucket(t *testing.T) {
	s := newSite(t)
	s.rules(expirationRule(1))
	s.put("k")
	s.pass(3 * day)
	b := s.row()
	s.remove("k")
	askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
	s.check(s.service.runLifecycle(t.Context(), b))
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(siteBucket)})
	s.put("k")
	s.pass(3 * day)
	s.check(s.service.runLifecycle(t.Context(), b))
	s.wantVersions("of the next bucket", "k 12 null")
}

// A run that is broken off ends soon and says so.
func TestLifecycleIsCancelled(t *testing.T) {
	s := newSite(t)
	s.rules(expirationRule(1))
	s.put("k")
	s.pass(3 * day)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.service.runLifecycles(ctx); err != context.Canceled {
		t.Errorf("%v", err)
	}
	s.wantVersions("nothing was done", "k 12 null")
}

// The answer about an object of parts tells when it expires, by the time of the
// beginning of its upload.
func TestExpirationOfParts(t *testing.T) {
	s := newSite(t)
	s.rules(expirationRule(1))
	id := s.begin("k")
	part := s.part("k", id, 1, "content")
	s.pass(day)
	out := s.complete("k", id, []s3api.CompletedPart{part})
	if got := value(out.Expiration); !strings.HasPrefix(got, `expiry-date="Tue, 03 Mar 2026 00:00:00 GMT", rule-id="`) {
		t.Errorf("%s", got)
	}
}

// Rules that would move objects elsewhere are refused by name.
func TestTransitionIsNotBuilt(t *testing.T) {
	s := newSite(t)
	for name, r := range map[string]s3api.LifecycleRule{
		"current":    {Transitions: []s3api.Transition{{Days: new(int32(30)), StorageClass: "GLACIER"}}},
		"noncurrent": {NoncurrentVersionTransitions: []s3api.NoncurrentVersionTransition{{NoncurrentDays: new(int32(30)), StorageClass: "GLACIER"}}},
		"with more":  {Expiration: inDays(365), Transitions: []s3api.Transition{{Days: new(int32(30)), StorageClass: "STANDARD_IA"}}},
	} {
		r.Status, r.Filter = s3api.ExpirationStatusEnabled, filterPrefix("")
		_, err := ask(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, &s3api.PutBucketLifecycleConfigurationInput{
			Bucket: new(siteBucket), LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{Rules: []s3api.LifecycleRule{r}},
		})
		s.wantError(name, err, "NotImplemented", "s3:LifecycleRule.Transition is not built in Fortlet.")
	}
}
