package cloudtrail

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
)

// digests gives the digests of the home Region, oldest first.
func (w *world) digests() (list []digestFile) {
	w.Helper()
	for _, k := range w.files("/CloudTrail-Digest/" + region) {
		var f digestFile
		w.check(json.Unmarshal(w.unzip(w.buckets[logs].objects[k].content), &f))
		list = append(list, f)
	}
	return list
}

// validate follows a chain from its last digest as "aws cloudtrail validate-logs"
// does: each digest against its place, its signature and the digest that names
// it, each log file against its hash. It tells how many files it has seen.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
func (w *world) validate(last string) (digests, files int, err error) {
	w.Helper()
	b := w.buckets[logs]
	keys := map[string][]byte{}
	for _, k := range must(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{StartTime: new(begin), EndTime: new(w.now)}).PublicKeyList {
		keys[*k.Fingerprint] = k.Value
	}
	hash, signature := "", ""
	for key := last; ; digests++ {
		o := b.objects[key]
		if o == nil {
			return digests, files, fmt.Errorf("digest %s is missing", key)
		}
		raw := w.unzip(o.content)
		sum := sha256.Sum256(raw)
		var f digestFile
		if err := json.Unmarshal(raw, &f); err != nil {
			return digests, files, err
		}
		if f.Bucket != logs || f.Key != key {
			return digests, files, fmt.Errorf("digest %s was moved from %s", key, f.Key)
		}
		if hash != "" && (hash != hex.EncodeToString(sum[:]) || signature != o.in.Metadata["signature"]) {
			return digests, files, fmt.Errorf("digest %s is not what the next one says", key)
		}
		public, err := x509.ParsePKCS1PublicKey(keys[f.Fingerprint])
		if err != nil {
			return digests, files, fmt.Errorf("key of %s: %w", key, err)
		}
		previous := "null"
		if f.PreviousSignature != nil {
			previous = *f.PreviousSignature
		}
		toSign := sha256.Sum256([]byte(f.End + "\n" + f.Bucket + "/" + f.Key + "\n" + hex.EncodeToString(sum[:]) + "\n" + previous))
		mark, err := hex.DecodeString(o.in.Metadata["signature"])
		if err == nil {
			err = rsa.VerifyPKCS1v15(public, crypto.SHA256, toSign[:], mark)
		}
		if err != nil || o.in.Metadata["signature-algorithm"] != "SHA256withRSA" {
			return digests, files, fmt.Errorf("signature of %s: %w", key, errors.Join(err, errors.New("invalid")))
		}
		for _, log := range f.Files {
			o := b.objects[log.Key]
			if o == nil {
				return digests, files, fmt.Errorf("log file %s is missing", log.Key)
			}
			if sum := sha256.Sum256(w.unzip(o.content)); hex.EncodeToString(sum[:]) != log.Hash {
				return digests, files, fmt.Errorf("log file %s has changed", log.Key)
			}
			files++
		}
		if f.PreviousKey == nil {
			return digests + 1, files, nil
		}
		key, hash, signature = *f.PreviousKey, *f.PreviousHash, *f.PreviousSignature
	}
}

// hours lets a trail run, with an event and a delivery every half hour.
func (w *world) hours(n int) {
	w.Helper()
	for i := range 2 * n {
		w.makeUser(fmt.Sprint("user", i))
		w.pass(30 * time.Minute)
		w.deliver()
	}
}

// The members are those of the example in the documentation.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
func TestDigest(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.hours(3)
	list := w.digests()
	if len(list) != 3 {
		t.Fatalf("%d digests", len(list))
	}
	key := regexp.MustCompile(`^AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management_us-east-1_20260301T1[345]0000Z\.json\.gz$`)
	for i, f := range list {
		from, to := begin.Add(time.Duration(i)*time.Hour), begin.Add(time.Duration(i+1)*time.Hour)
		if f.Start != written(from) || f.End != written(to) || !key.MatchString(f.Key) || f.Account != account || f.SignatureAlgorithm != "SHA256withRSA" || len(f.Fingerprint) != 32 {
			t.Errorf("digest %d: %+v", i, f)
		}
		if first := i == 0; first != (f.PreviousKey == nil) || first != (f.PreviousBucket == nil) || first != (f.PreviousHash == nil) || first != (f.PreviousHashAlgorithm == nil) || first != (f.PreviousSignature == nil) {
			t.Errorf("digest %d follows %+v", i, f)
		}
	}
	var members map[string]any
	w.check(json.Unmarshal(w.unzip(w.buckets[logs].objects[list[0].Key].content), &members))
	if v, ok := members["previousDigestSignature"]; !ok || v != nil {
		t.Error("the first digest has no null for the one before") // which validate-logs requires
	}
	if s := w.status(trail); !s.LatestDigestDeliveryTime.Equal(w.now) || s.LatestDigestDeliveryError != nil {
		t.Errorf("status %+v", s)
	}
	digests, files, err := w.validate(list[2].Key)
	if err != nil || digests != 3 || files < 4 {
		t.Errorf("%d digests, %d files: %v", digests, files, err)
	}
}

// What was changed, deleted, exchanged or moved is found.
func TestTampering(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.hours(3)
	digests, files := w.files("Digest"), w.files("/CloudTrail/")
	last := digests[2]
	objects := w.buckets[logs].objects
	for name, tamper := range map[string]func(o map[string]*object){
		"nothing": func(map[string]*object) {},
		"a changed log file": func(o map[string]*object) {
			o[files[1]] = &object{content: compressed([]byte("{}")), in: o[files[1]].in}
		},
		"a deleted log file":   func(o map[string]*object) { delete(o, files[1]) },
		"exchanged log files":  func(o map[string]*object) { o[files[0]], o[files[1]] = o[files[1]], o[files[0]] },
		"a deleted digest":     func(o map[string]*object) { delete(o, digests[1]) },
		"exchanged digests":    func(o map[string]*object) { o[digests[0]], o[digests[1]] = o[digests[1]], o[digests[0]] },
		"an older last digest": func(o map[string]*object) { o[last] = o[digests[1]] },
		"a changed digest": func(o map[string]*object) {
			raw := strings.Replace(string(w.unzip(o[digests[1]].content)), "newestEventTime", "oldestEventTime", 1)
			o[digests[1]] = &object{content: compressed([]byte(raw)), in: o[digests[1]].in}
		},
		"another signature": func(o map[string]*object) {
			in := *o[last].in
			in.Metadata = o[digests[1]].in.Metadata
			o[last] = &object{content: o[last].content, in: &in}
		},
		"a digest without its files": func(o map[string]*object) {
			var f digestFile
			w.check(json.Unmarshal(w.unzip(o[last].content), &f))
			f.Files = nil
			raw, err := json.Marshal(f)
			w.check(err)
			o[last] = &object{content: compressed(raw), in: o[last].in}
		},
	} {
		with := map[string]*object{}
		for k, o := range objects {
			with[k] = o
		}
		tamper(with)
		w.buckets[logs].objects = with
		if _, _, err := w.validate(last); (err == nil) != (name == "nothing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A cloud that was off makes one digest for all the time since the last.
func TestDigestAfterARest(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.hours(1)
	w.makeUser("night")
	w.pass(10*time.Hour + 20*time.Minute)
	w.deliver()
	list := w.digests()
	if len(list) != 2 || list[1].Start != written(begin.Add(time.Hour)) || list[1].End != written(begin.Add(11*time.Hour)) {
		t.Fatalf("digests %+v", list)
	}
	w.pass(40 * time.Minute)
	w.deliver()
	if _, files, err := w.validate(w.digests()[2].Key); err != nil || files != len(w.files("/CloudTrail/")) {
		t.Errorf("%d files: %v", files, err)
	}
}

// StopLogging, DeleteTrail and the end of validation close a chain with a last
// digest, and the next chain begins anew.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
func TestChainsEnd(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.hours(1)
	w.makeUser("last")
	w.pass(10 * time.Minute)
	w.stop(trail)
	w.deliver()
	list := w.digests()
	if len(list) != 2 || list[1].End != written(begin.Add(70*time.Minute)) || len(list[1].Files) == 0 {
		t.Fatalf("digests %+v", list)
	}
	if _, files, err := w.validate(list[1].Key); err != nil || files != len(w.files("/CloudTrail/")) {
		t.Errorf("%d files: %v", files, err)
	}
	w.pass(3 * time.Hour)
	w.deliver()
	if n := len(w.digests()); n != 2 {
		t.Errorf("%d digests of a trail that does not log", n)
	}

	w.start(trail)
	started := w.now
	w.hours(1)
	list = w.digests()
	if len(list) != 3 || list[2].PreviousKey != nil || list[2].Start != written(started) {
		t.Fatalf("digests %+v", list[2:])
	}
	must(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: new(trail), EnableLogFileValidation: new(false)})
	w.makeUser("unproven")
	w.deliver()
	w.hours(2)
	list = w.digests()
	if len(list) != 4 || list[3].PreviousKey == nil || len(list[3].Files) != 1 {
		t.Fatalf("digests %+v", list[3:])
	}
	must(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: new(trail), EnableLogFileValidation: new(true)})
	again := w.now
	w.hours(1)
	list = w.digests()
	if len(list) != 5 || list[4].PreviousKey != nil || list[4].Start != written(again) {
		t.Fatalf("digests %+v", list[4:])
	}
}

// Chains that end within a second do not write over each other.
func TestChainsOfOneSecond(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	for range 3 {
		w.start(trail)
		w.stop(trail)
		w.deliver()
	}
	list := w.digests()
	if len(list) != 3 {
		t.Errorf("%d digests", len(list))
	}
}

// Each Region of a trail of all Regions has a chain and a key of its own.
func TestDigestsOfRegions(t *testing.T) {
	w := newWorld(t)
	w.create(validating, everywhere)
	w.start(trail)
	must(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trail)}, via{region: region2})
	w.deliver()
	w.pass(time.Hour)
	w.deliver()
	away := w.files("/CloudTrail-Digest/" + region2)
	if len(away) != 1 || !strings.Contains(away[0], "_CloudTrail-Digest_eu-west-1_management_us-east-1_2026") || len(w.digests()) != 1 {
		t.Fatalf("digests %v and %v", away, w.digests())
	}
	in := &cloudtrailapi.ListPublicKeysInput{}
	here, there := must(w, cloudtrailapi.OpListPublicKeys, in).PublicKeyList, must(w, cloudtrailapi.OpListPublicKeys, in, via{region: region2}).PublicKeyList
	if len(here) != 1 || len(there) != 1 || *here[0].Fingerprint == *there[0].Fingerprint {
		t.Errorf("keys %+v and %+v", here, there)
	}
}

// A digest that cannot be delivered is told in the status and made again, whole.
func TestFailedDigest(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	w.start(trail)
	w.deliver()
	good := w.buckets[logs].policy
	w.buckets[logs].policy = strings.Replace(good, "AWSLogs/"+account+"/*", "AWSLogs/"+account+"/CloudTrail/*", 1)
	w.pass(time.Hour)
	w.deliver()
	if s := w.status(trail); text(s.LatestDigestDeliveryError) != "AccessDenied" || s.LatestDeliveryError != nil || s.LatestDigestDeliveryTime != nil {
		t.Errorf("status %+v", s)
	}
	w.buckets[logs].policy = good
	w.pass(time.Hour)
	w.deliver()
	list := w.digests()
	if s := w.status(trail); len(list) != 1 || s.LatestDigestDeliveryError != nil {
		t.Fatalf("digests %+v, status %+v", list, s)
	}
	if list[0].Start != written(begin) || list[0].End != written(begin.Add(2*time.Hour)) || len(list[0].Files) == 0 {
		t.Errorf("digest %+v", list[0])
	}
}

// Keys are renewed after a year; old ones are listed for the time that they
// signed in.
func TestListPublicKeys(t *testing.T) {
	w := newWorld(t)
	w.create(validating)
	if list := must(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{}).PublicKeyList; len(list) != 0 {
		t.Errorf("%d keys before the first digest", len(list))
	}
	w.start(trail)
	w.pass(time.Hour)
	w.deliver()
	w.pass(400 * 24 * time.Hour)
	w.deliver()
	w.pass(time.Hour)
	w.deliver()
	list := func(in cloudtrailapi.ListPublicKeysInput) (n int) {
		return len(must(w, cloudtrailapi.OpListPublicKeys, &in).PublicKeyList)
	}
	first, later := begin.Add(time.Hour), begin.Add(24*time.Hour)
	for i, tt := range []struct {
		in   cloudtrailapi.ListPublicKeysInput
		want int
	}{
		{cloudtrailapi.ListPublicKeysInput{}, 1},
		{cloudtrailapi.ListPublicKeysInput{StartTime: &first}, 2},
		{cloudtrailapi.ListPublicKeysInput{StartTime: &first, EndTime: &later}, 2}, // the second digest begins there
		{cloudtrailapi.ListPublicKeysInput{EndTime: new(begin.Add(30 * time.Minute))}, 1},
		{cloudtrailapi.ListPublicKeysInput{EndTime: new(begin.Add(-time.Hour))}, 0},
	} {
		if got := list(tt.in); got != tt.want {
			t.Errorf("case %d: %d keys, want %d", i, got, tt.want)
		}
	}
	fails(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{StartTime: &later, EndTime: &first}, "InvalidTimeRangeException")
	fails(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{NextToken: new("x")}, "InvalidTokenException")
	if list := must(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{}, via{account: other}).PublicKeyList; len(list) != 0 {
		t.Error("another account's keys are listed")
	}
	if slices.ContainsFunc(w.files(""), func(k string) bool { return strings.Contains(k, "\x00") }) {
		t.Error("a key holds a separator")
	}
}
