package s3

import (
	"reflect"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// TestListedIsOfObject: what a listing reads of a row is what the object wrote
// there.
func TestListedIsOfObject(t *testing.T) {
	of := reflect.TypeFor[Object]()
	for f := range reflect.TypeFor[listed]().Fields() {
		written, ok := of.FieldByName(f.Name)
		if !ok || written.Type != f.Type {
			t.Errorf("an object has no %s of type %s", f.Name, f.Type)
		}
	}
	o := &Object{
		Version: "v", Null: true, NullOlder: "o", Marker: true, Owner: siteAccount, Modified: time.Unix(7, 0).UTC(), Size: 9, ETag: "e",
		Checksum: Checksum{Algorithm: "CRC32", Value: "x", Type: "FULL_OBJECT"}, StorageClass: "STANDARD_IA", Metadata: map[string]string{"a": "b"},
	}
	db := store.Memory()
	defer db.Close()
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		newest.Put(tx, "k", o)
		older.Put(tx, "k", o)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := listed{o.Version, o.Null, o.NullOlder, o.Marker, o.Owner, o.Modified, o.Size, o.ETag, o.Checksum, o.StorageClass}
	err = db.View(t.Context(), func(tx *store.Tx) error {
		for _, got := range []*listed{listedNewest.Get(tx, "k"), listedOlder.Get(tx, "k")} {
			if *got != want {
				t.Errorf("got %+v, want %+v", *got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUploadID(t *testing.T) {
	b, now := &Bucket{ID: "b"}, time.Unix(1_800_000_000, 0)
	id := newUploadID(b, "k", now)
	if later := newUploadID(b, "k", now.Add(time.Nanosecond)); later <= id {
		t.Error("a later upload does not sort behind an earlier one")
	}
	if !isUploadOf(b, "k", id) {
		t.Error("an id is not recognized")
	}
	for name, ok := range map[string]bool{
		"another key":    isUploadOf(b, "j", id),
		"another bucket": isUploadOf(&Bucket{ID: "c"}, "k", id),
		"cut off":        isUploadOf(b, "k", id[:len(id)-1]),
		"changed":        isUploadOf(b, "k", "A"+id[1:]),
		"empty":          isUploadOf(b, "k", ""),
		"not of ours":    isUploadOf(b, "k", "!!!!"),
	} {
		if ok {
			t.Errorf("%s: taken for an upload of the key", name)
		}
	}
}

// TestAbortDate: the first rule that aborts the upload, at the midnight after its
// days (user guide, "Configuring a bucket lifecycle configuration to delete
// incomplete multipart uploads").
func TestAbortDate(t *testing.T) {
	rule := func(id, prefix string, days int32, status s3api.ExpirationStatus) s3api.LifecycleRule {
		return s3api.LifecycleRule{
			ID: new(id), Filter: &s3api.LifecycleRuleFilter{Prefix: new(prefix)}, Status: status,
			AbortIncompleteMultipartUpload: &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(days)},
		}
	}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	old := s3api.LifecycleRule{
		ID: new("old"), Prefix: new("old/"), Status: "Enabled",
		AbortIncompleteMultipartUpload: &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(1))},
	}
	and := s3api.LifecycleRule{
		ID: new("and"), Filter: &s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{Prefix: new("and/")}}, Status: "Enabled",
		AbortIncompleteMultipartUpload: &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(1))},
	}
	b := &Bucket{Lifecycle: &Lifecycle{Rules: []s3api.LifecycleRule{
		{ID: new("other"), Status: "Enabled"}, rule("off", "", 1, "Disabled"), rule("week", "logs/", 7, "Enabled"), rule("soon", "logs/a", 2, "Enabled"), old, and,
	}}}
	for _, test := range []struct {
		key   string
		began time.Time
		rule  string
		days  int
	}{
		{"logs/b", noon, "week", 8},
		{"logs/a", noon, "soon", 3},
		{"logs/a", noon.Truncate(24 * time.Hour), "soon", 2},
		{"old/x", noon, "old", 2},
		{"and/x", noon, "and", 2},
		{"x", noon, "", 0},
	} {
		u := &upload{Upload: Upload{Key: test.key, Initiated: test.began}}
		date, id := u.aborted(b)
		if test.rule == "" {
			if date != nil || id != nil {
				t.Errorf("%s: %v by %v", test.key, date, *id)
			}
			continue
		}
		want := noon.Truncate(24*time.Hour).AddDate(0, 0, test.days)
		if date == nil || !date.Equal(want) || *id != test.rule {
			t.Errorf("%s: %v, want %v by %s", test.key, date, want, test.rule)
		}
	}
	if date, _ := (&upload{}).aborted(&Bucket{}); date != nil {
		t.Error("a bucket without a lifecycle ends uploads")
	}
}

// TestLockedUpload: the object is locked as the upload asked, or else as the
// bucket's default says, from its completion on.
func TestLockedUpload(t *testing.T) {
	s := newSite(t)
	const bucket = "locked-bucket"
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(bucket), ObjectLockEnabledForBucket: new(true)})
	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, &s3api.PutObjectLockConfigurationInput{
		Bucket: new(bucket), ObjectLockConfiguration: &s3api.ObjectLockConfiguration{
			ObjectLockEnabled: "Enabled",
			Rule:              &s3api.ObjectLockRule{DefaultRetention: &s3api.DefaultRetention{Mode: "GOVERNANCE", Days: new(int32(1))}},
		},
	})
	complete := func(key string, edit func(*s3api.CreateMultipartUploadInput)) *s3api.HeadObjectOutput {
		t.Helper()
		in := &s3api.CreateMultipartUploadInput{Bucket: new(bucket), Key: new(key)}
		edit(in)
		id := askOK(s, s.owner, s3api.OpCreateMultipartUpload, in).UploadId
		p := partInput(key, *id, 1, "x")
		p.Bucket = new(bucket)
		etag := askOK(s, s.owner, s3api.OpUploadPart, p).ETag
		s.pass(time.Hour)
		c := completeInput(key, *id, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: etag}})
		c.Bucket = new(bucket)
		askOK(s, s.owner, s3api.OpCompleteMultipartUpload, c)
		return askOK(s, s.owner, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(bucket), Key: new(key)})
	}
	h := complete("default", func(in *s3api.CreateMultipartUploadInput) { in.ObjectLockLegalHoldStatus = "ON" })
	expect(t, "default", h.ObjectLockMode, "GOVERNANCE", *h.ObjectLockRetainUntilDate, s.now.Add(24*time.Hour), h.ObjectLockLegalHoldStatus, "ON")
	until := s.now.Add(5 * time.Hour)
	h = complete("own", func(in *s3api.CreateMultipartUploadInput) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = "COMPLIANCE", new(until)
	})
	expect(t, "own", h.ObjectLockMode, "COMPLIANCE", *h.ObjectLockRetainUntilDate, until)
	refused(s, s.owner, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{
		Bucket: new(siteBucket), Key: new("k"), ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: new(until),
	}, "InvalidRequest", "Bucket is missing ObjectLockConfiguration")
}
