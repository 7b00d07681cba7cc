package cloudtrail

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// A trail delivers what is recorded while it logs, each event once, from the
// record of StartLogging to that of StopLogging.
func TestDelivery(t *testing.T) {
	w := newWorld(t)
	w.makeUser("before")
	w.create()
	w.makeUser("not-logging")
	w.start(trail)
	w.makeUser("one")
	w.pass(5 * time.Minute)
	w.deliver()
	w.wantEvents("StartLogging", "one")
	w.deliver()
	w.makeUser("two")
	w.pass(5 * time.Minute)
	w.deliver()
	w.wantEvents("StartLogging", "one", "two")
	w.makeUser("three")
	w.stop(trail)
	w.makeUser("after")
	w.deliver()
	w.makeUser("later")
	w.pass(time.Hour)
	w.deliver()
	w.wantEvents("StartLogging", "one", "two", "three", "StopLogging")

	w.start(trail)
	w.makeUser("again")
	w.deliver()
	w.wantEvents("StartLogging", "one", "two", "three", "StopLogging", "StartLogging", "again")
}

// Files lie and are named as AWS lays and names them, in the words of the bucket
// owner, as gzip of one object.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
func TestLogFile(t *testing.T) {
	w := newWorld(t)
	w.buckets[logs].policy = bucketPolicy(logs, "some/prefix", trailARNOf(trail))
	w.create(func(in *cloudtrailapi.CreateTrailInput) { in.S3KeyPrefix = new("some/prefix") })
	w.start(trail)
	w.pass(5 * time.Minute)
	w.deliver()
	keys := w.files("")
	want := regexp.MustCompile(`^some/prefix/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T1205Z_[A-Za-z0-9]{16}\.json\.gz$`)
	if len(keys) != 1 || !want.MatchString(keys[0]) {
		t.Fatalf("files %v", keys)
	}
	o := w.buckets[logs].objects[keys[0]]
	if *o.in.ContentType != "application/json" || *o.in.ContentEncoding != "gzip" || o.in.ACL != "bucket-owner-full-control" || o.in.ServerSideEncryption != "" {
		t.Errorf("written as %+v", o.in)
	}
	content := string(w.unzip(o.content))
	if !strings.HasPrefix(content, `{"Records":[{"eventVersion":"1.11","userIdentity":{"type":"IAMUser"`) || !strings.HasSuffix(content, "}]}") {
		t.Errorf("content %s", content)
	}
}

// Log files are encrypted under the trail's key, with the trail in the context.
func TestLogFileUnderAKey(t *testing.T) {
	w := newWorld(t)
	w.keys[keyARN] = &kmsKey{policy: keyPolicy(trailARNOf(trail)), state: kmsapi.KeyStateEnabled, spec: kmsapi.KeySpecSymmetricDefault}
	w.create(withKey("1"))
	w.start(trail)
	w.deliver()
	o := w.buckets[logs].objects[w.files("")[0]]
	if o.in.ServerSideEncryption != "aws:kms" || *o.in.SSEKMSKeyId != keyARN || contextOf(*o.in.SSEKMSEncryptionContext)["aws:cloudtrail:arn"] != trailARNOf(trail) {
		t.Errorf("written as %+v", o.in)
	}
	w.keys[keyARN].policy = ""
	w.makeUser("u")
	w.deliver()
	if s := w.status(trail); text(s.LatestDeliveryError) != "AccessDenied" {
		t.Errorf("status %+v", s)
	}
}

// A trail of one Region delivers the events of its Region and, unless told not
// to, those of global services; one of all Regions delivers all, each Region's
// in a file of its own.
func TestRegions(t *testing.T) {
	for name, tt := range map[string]struct {
		edit []func(*cloudtrailapi.CreateTrailInput)
		want string // Regions of the events of CreateUser and GetObject
	}{
		"home":     {nil, "us-east-1:CreateUser us-east-1:GetEventSelectors"},
		"all":      {[]func(*cloudtrailapi.CreateTrailInput){everywhere}, "eu-west-1:GetEventSelectors us-east-1:CreateUser us-east-1:GetEventSelectors"},
		"not IAM":  {[]func(*cloudtrailapi.CreateTrailInput){func(in *cloudtrailapi.CreateTrailInput) { in.IncludeGlobalServiceEvents = new(false) }}, "us-east-1:GetEventSelectors"},
		"not IAM2": {[]func(*cloudtrailapi.CreateTrailInput){everywhere, func(in *cloudtrailapi.CreateTrailInput) { in.IncludeGlobalServiceEvents = new(true) }}, "eu-west-1:GetEventSelectors us-east-1:CreateUser us-east-1:GetEventSelectors"},
	} {
		w := newWorld(t)
		// IAM is of no Region, and recorded in us-east-1 whoever calls it.
		w.check(w.cloud.Register(&api.Service{Name: "iam", Global: true}))
		w.create(tt.edit...)
		w.start(trail)
		w.makeUser("u")
		for _, r := range []string{region, region2} {
			_, _ = invoke(w, cloudtrailapi.OpGetEventSelectors, &cloudtrailapi.GetEventSelectorsInput{TrailName: new(trailARNOf(trail))}, via{region: r})
		}
		w.deliver()
		var got []string
		for _, r := range w.deliveredRecords() {
			if r.EventName != "StartLogging" {
				got = append(got, r.Region+":"+r.EventName)
			}
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: delivered %s, want %s", name, s, tt.want)
		}
		for _, k := range w.files("/CloudTrail/" + region2) {
			if strings.Contains(string(w.unzip(w.buckets[logs].objects[k].content)), `"awsRegion":"us-east-1"`) {
				t.Errorf("%s: %s has events of another Region", name, k)
			}
		}
	}
}

// What a client calls a Region cannot choose where in the bucket a file lies, nor
// how many there are.
func TestRegionOfAStranger(t *testing.T) {
	w := newWorld(t)
	w.create(everywhere)
	w.start(trail)
	for _, r := range []string{"../../other", "us-east-1/x", "US-EAST-1", "a", "us-east-7", "zz-nowhere-1"} {
		_, _ = invoke(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trailARNOf(trail))}, via{region: r})
	}
	w.deliver()
	if keys := w.files(""); len(keys) != 1 || !strings.Contains(keys[0], "/CloudTrail/us-east-1/") {
		t.Errorf("files %v", keys)
	}
	if got := len(w.deliveredRecords()); got != 7 {
		t.Errorf("%d events", got)
	}
}

// Other accounts' events are their own, also where the buckets are shared.
func TestAccounts(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	w.makeUser("mine")
	w.makeUser("theirs", via{account: other})
	w.deliver()
	w.wantEvents("StartLogging", "mine")
}

// A delivery that fails is told in the status and tried again; nothing is lost,
// and nothing comes twice.
func TestFailedDelivery(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	w.deliver()
	first := w.now
	w.makeUser("one")
	b := w.buckets[logs]
	delete(w.buckets, logs)
	w.pass(5 * time.Minute)
	w.deliver()
	if s := w.status(trail); text(s.LatestDeliveryError) != "NoSuchBucket" || !s.LatestDeliveryTime.Equal(first) || *s.LatestDeliveryAttemptTime != "2026-03-01T12:05:00Z" {
		t.Errorf("status %+v", s)
	}
	w.makeUser("two")
	w.buckets[logs] = b
	b.broken = api.Errorf("SlowDown", 503, "Please reduce your request rate.")
	w.deliver()
	if s := w.status(trail); text(s.LatestDeliveryError) != "SlowDown" {
		t.Errorf("status %+v", s)
	}
	b.broken = nil
	w.pass(5 * time.Minute)
	w.deliver()
	if s := w.status(trail); s.LatestDeliveryError != nil || !s.LatestDeliveryTime.Equal(w.now) {
		t.Errorf("status %+v", s)
	}
	got := slices.DeleteFunc(w.events(), func(name string) bool { return name == "GetTrailStatus" })
	if !slices.Equal(got, []string{"StartLogging", "one", "two"}) {
		t.Errorf("delivered %v", got)
	}
}

// One trail that cannot deliver keeps no other from delivering.
func TestTrailsFailAlone(t *testing.T) {
	w := newWorld(t)
	w.buckets["bucket-2"] = &bucket{owner: account, policy: bucketPolicy("bucket-2", "", trailARNOf("aaa")), objects: map[string]*object{}}
	w.create(called("aaa"), func(in *cloudtrailapi.CreateTrailInput) { in.S3BucketName = new("bucket-2") })
	w.create()
	w.start("aaa")
	w.start(trail)
	delete(w.buckets, "bucket-2")
	w.deliver()
	w.wantEvents("StartLogging")
}

// A crash between the writing of a file and the keeping of the position delivers
// again, and loses nothing.
func TestCrashAfterDelivery(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.Open(filepath.Join(dir, "audit"), audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldOn(t, db, log)
	w.create(validating)
	w.start(trail)
	w.makeUser("one")
	tr := w.trail()
	d, err := w.service.newDelivery(t.Context(), tr)
	w.check(err)
	for e, err := range log.Since(t.Context(), &d.position, audit.Filter{Account: account}) {
		w.check(err)
		d.take(e)
	}
	_, err = d.deliverFile(t.Context(), region, d.files[region]) // and the power fails
	w.check(err)
	w.check(errors.Join(db.Close(), log.Close()))

	if db, err = store.Open(filepath.Join(dir, "store"), store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if log, err = audit.Open(filepath.Join(dir, "audit"), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	buckets := w.buckets
	w = newWorldOn(t, db, log)
	w.buckets = buckets
	w.makeUser("two")
	w.deliver()
	w.wantEvents("StartLogging", "one", "StartLogging", "one", "two")
}

func (w *world) trail() (t *Trail) {
	w.check(w.cloud.Store.View(w.Context(), func(tx *store.Tx) error {
		t = trails.Get(tx, key(account, region, trail))
		return nil
	}))
	return t
}

// What is large is delivered in several files, all of it.
func TestBatches(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	d, err := w.service.newDelivery(t.Context(), w.trail())
	w.check(err)
	event := audit.Entry{Event: []byte(`{"x":"` + strings.Repeat("x", maxBatch/4) + `"}`)}
	event.Record = audit.Record{EventTime: w.now, Region: region, ManagementEvent: true, RecipientAccountID: account}
	for range 9 {
		d.take(&event)
		if d.size >= maxBatch {
			w.check(d.flush(t.Context()))
		}
	}
	w.check(d.flush(t.Context()))
	if n := len(w.files("")); n != 3 {
		t.Errorf("%d files", n)
	}
	total := 0
	for _, k := range w.files("") {
		total += strings.Count(string(w.unzip(w.buckets[logs].objects[k].content)), `{"x":`)
	}
	if total != 9 {
		t.Errorf("%d events", total)
	}
}

// The stop of a trail is at the record of StopLogging, which may come after the
// job has run: it is then not done.
func TestStopWaitsForItsRecord(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	tr := w.trail()
	_, err := w.service.change(t.Context(), tr, func(t *Trail, p *Progress) error {
		t.Logging, t.Stopped = false, w.now
		p.Pauses = []Pause{{Request: "stop", At: w.now}}
		return nil
	})
	w.check(err)
	w.makeUser("one")
	if err := w.service.deliver(t.Context()); !errors.Is(err, work.ErrAgain) {
		t.Errorf("%v", err)
	}
	w.check(w.cloud.Audit.Append(&audit.Record{EventTime: w.now, EventName: "StopLogging", RequestID: "stop", RecipientAccountID: account, ManagementEvent: true, Region: region}))
	w.makeUser("after")
	w.deliver()
	w.wantEvents("StartLogging", "one", "StopLogging")
}

// A record that a crash has taken is not waited for forever.
func TestStopWithoutItsRecord(t *testing.T) {
	for _, later := range []bool{false, true} {
		w := newWorld(t)
		w.create()
		w.start(trail)
		_, err := w.service.change(t.Context(), w.trail(), func(t *Trail, p *Progress) error {
			t.Logging = false
			p.Pauses = []Pause{{Request: "lost", At: w.now}}
			return nil
		})
		w.check(err)
		w.makeUser("one")
		w.pass(recordTime + time.Second)
		if later {
			w.makeUser("much-later")
		}
		w.deliver()
		w.wantEvents("StartLogging", "one")
	}
}

// Stops and starts that no delivery has come between are kept apart by the log.
func TestPausesInOneDelivery(t *testing.T) {
	w := newWorld(t)
	w.create()
	for _, name := range []string{"one", "two", "three"} {
		w.start(trail)
		w.makeUser(name)
		w.stop(trail)
		w.makeUser("not-" + name)
	}
	w.deliver()
	w.wantEvents("StartLogging", "one", "StopLogging", "StartLogging", "two", "StopLogging", "StartLogging", "three", "StopLogging")
	w.start(trail)
	w.makeUser("four")
	w.deliver()
	if got := w.events(); !slices.Equal(got[9:], []string{"StartLogging", "four"}) {
		t.Errorf("delivered %v", got)
	}
}

// What was recorded before a trail was deleted is delivered, and then nothing is
// left of the trail.
func TestDeleteTrail(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.makeUser("one")
	must(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: new(trail)})
	fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trail)}, "TrailNotFoundException")
	w.create() // its name is free
	w.deliver()
	w.wantEvents("StartLogging", "one", "DeleteTrail")
	if n := w.rows(); n != 1 {
		t.Errorf("%d rows are left, want that of the new trail", n)
	}
	if len(w.files("Digest")) != 1 {
		t.Error("no last digest")
	}

	// One that never logged leaves nothing.
	must(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: new(trail)})
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// A deleted trail whose bucket is gone does not try forever.
func TestDeletedTrailGivesUp(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	must(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: new(trail)})
	delete(w.buckets, logs)
	w.deliver()
	if w.rows() == 0 {
		t.Error("it has given up at once")
	}
	w.pass(giveUp + time.Hour)
	w.deliver()
	if n := w.rows(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// rows counts what is kept of trails.
func (w *world) rows() (n int) {
	w.check(w.cloud.Store.View(w.Context(), func(tx *store.Tx) error {
		for range trails.Scan(tx, "", "") {
			n++
		}
		for range leaving.Scan(tx, "", "") {
			n++
		}
		for range progresses.Scan(tx, "", "") {
			n++
		}
		for range delivered.Scan(tx, "", "") {
			n++
		}
		for range chains.Scan(tx, "", "") {
			n++
		}
		return nil
	}))
	return n
}

// A trail of the data events of its own bucket delivers its own deliveries, one
// file per interval, and one that does not log them has nothing to do.
func TestOwnDeliveries(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	for range 3 {
		w.pass(5 * time.Minute)
		w.deliver()
	}
	if n := len(w.files("")); n != 1 {
		t.Errorf("%d files of management events", n)
	}
	must(w, cloudtrailapi.OpPutEventSelectors, &cloudtrailapi.PutEventSelectorsInput{TrailName: new(trail), EventSelectors: []cloudtrailapi.EventSelector{{
		DataResources: []cloudtrailapi.DataResource{{Type: new("AWS::S3::Object"), Values: []string{"arn:aws:s3:::" + logs + "/"}}},
	}}})
	for range 3 {
		w.pass(5 * time.Minute)
		w.deliver()
		w.deliver() // the log is read to its end as it was at the beginning
	}
	list := w.deliveredRecords()
	own := 0
	for _, r := range list {
		if r.EventName == "PutObject" {
			own++
			if r.UserIdentity.Type != "AWSService" || r.UserIdentity.InvokedBy != "cloudtrail.amazonaws.com" {
				t.Errorf("recorded %+v", r.UserIdentity)
			}
		}
	}
	if n := w.buckets[logs].writes; own < 3 || n > 10 {
		t.Errorf("%d records of own deliveries in %d writes", own, n)
	}
}

// A job that is told to stop stops, and what it has not delivered stays.
func TestDeliveryIsInterrupted(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.service.deliver(ctx); err == nil {
		t.Error("no error")
	}
	w.deliver()
	w.wantEvents("StartLogging")
}

// Idle trails cost nothing: no write to the store, no call.
func TestIdle(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.deliver()
	w.deliver() // moves over the record of its own delivery
	before := w.progress()
	w.pass(5 * time.Minute)
	w.deliver()
	if w.progress() != before {
		t.Error("an idle trail is written to the store")
	}
}

// progress is the row itself: the same pointer as long as nobody writes it.
func (w *world) progress() (p *Progress) {
	id := w.trail().ID
	w.check(w.cloud.Store.View(w.Context(), func(tx *store.Tx) error {
		p = progresses.Get(tx, id)
		return nil
	}))
	return p
}

// After a reset nothing of the trails is left, and the job runs on.
func TestReset(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	w.check(w.cloud.Store.Reset(t.Context()))
	w.deliver()
	w.create()
	w.start(trail)
	w.deliver()
	w.wantEvents("StartLogging")
}

// Reads of management events are delivered too, unless the selectors say else.
func TestReadEvents(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	must(w, iamapi.OpGetUser, &iamapi.GetUserInput{UserName: new("u")})
	must(w, s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new(logs), Key: new("k")})
	w.deliver()
	w.wantEvents("StartLogging", "GetUser")
}

// The bucket of a trail is that of the account which owned it when the trail got
// it. Who takes over the name of a deleted bucket, and lets CloudTrail in, gets
// nothing before the trail is given the bucket anew.
func TestBucketTakenOver(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{account, other} {
		_, _, err := w.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: "a" + id})
		w.check(err)
	}
	w.create()
	w.start(trail)
	w.buckets[logs] = &bucket{owner: other, policy: w.buckets[logs].policy, objects: map[string]*object{}}
	w.makeUser("first")
	w.deliver()
	if got := w.files(""); len(got) != 0 || w.status(trail).LatestDeliveryError == nil {
		t.Errorf("delivered %v", got)
	}
	fails(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: new(trail), EnableLogFileValidation: new(true)}, "InsufficientS3BucketPolicyException")
	must(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: new(trail), S3BucketName: new(logs)})
	w.deliver()
	w.wantEvents("StartLogging", "first", "GetTrailStatus", "UpdateTrail", "UpdateTrail")
}
