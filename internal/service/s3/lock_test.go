package s3

import (
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// lockSite is a site whose bucket has object lock.
func lockSite(t *testing.T) *site {
	s := newSite(t)
	askOK(s, s.owner, s3api.OpDeleteBucket, &s3api.DeleteBucketInput{Bucket: new(siteBucket)})
	askOK(s, s.owner, s3api.OpCreateBucket, &s3api.CreateBucketInput{Bucket: new(siteBucket), ObjectLockEnabledForBucket: new(true)})
	return s
}

const locked = "Access Denied because object protected by object lock."

func (s *site) retain(version, mode string, until time.Time, edit ...func(*s3api.PutObjectRetentionInput)) *s3api.PutObjectRetentionInput {
	in := &s3api.PutObjectRetentionInput{Bucket: new(siteBucket), Key: new("key"), VersionId: new(version), Retention: &s3api.ObjectLockRetention{}}
	if mode != "" {
		in.Retention = &s3api.ObjectLockRetention{Mode: s3api.ObjectLockRetentionMode(mode), RetainUntilDate: new(until)}
	}
	for _, f := range edit {
		f(in)
	}
	return in
}

func bypassRetention(in *s3api.PutObjectRetentionInput) { in.BypassGovernanceRetention = new(true) }

func deleteVersion(version string, bypass bool) *s3api.DeleteObjectInput {
	return &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("key"), VersionId: new(version), BypassGovernanceRetention: new(bypass)}
}

// User Guide, "Locking objects with Object Lock": compliance mode holds
// everybody, root too; governance mode those who may not bypass it, or do not
// say that they want to.
func TestRetention(t *testing.T) {
	s := lockSite(t)
	day := 24 * time.Hour
	noBypass := s.person(siteAccount, "no-bypass", may("s3:*", "*"), mayNot("s3:BypassGovernanceRetention", "*"))

	id := *s.putContent("key", "governed").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(day)))
	got := askOK(s, s.owner, s3api.OpGetObjectRetention, &s3api.GetObjectRetentionInput{Bucket: new(siteBucket), Key: new("key")}).Retention
	if got.Mode != "GOVERNANCE" || !got.RetainUntilDate.Equal(s.now.Add(day)) {
		t.Errorf("retention %+v", got)
	}
	if out := head(s, "key"); out.ObjectLockMode != "GOVERNANCE" || !out.ObjectLockRetainUntilDate.Equal(s.now.Add(day)) {
		t.Errorf("answered %+v", out)
	}
	askOK(s, noBypass, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(2*day))) // longer
	for _, less := range []*s3api.PutObjectRetentionInput{
		s.retain(id, "GOVERNANCE", s.now.Add(day)), s.retain(id, "", time.Time{}), s.retain(id, "COMPLIANCE", s.now.Add(3*day)),
	} {
		refused(s, s.owner, s3api.OpPutObjectRetention, less, "AccessDenied", locked)
		bypassRetention(less)
		refused(s, noBypass, s3api.OpPutObjectRetention, less, "AccessDenied", locked)
	}
	refused(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, false), "AccessDenied", locked)
	refused(s, noBypass, s3api.OpDeleteObject, deleteVersion(id, true), "AccessDenied", locked)
	s.remove("key") // a marker protects nothing and takes nothing away
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(day), bypassRetention))
	askOK(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, true))

	id = *s.putContent("key", "lifted").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(day)))
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "", time.Time{}, bypassRetention))
	refused(s, s.owner, s3api.OpGetObjectRetention, &s3api.GetObjectRetentionInput{Bucket: new(siteBucket), Key: new("key")}, "NoSuchObjectLockConfiguration", "")
	askOK(s, noBypass, s3api.OpDeleteObject, deleteVersion(id, false))

	id = *s.putContent("key", "compliant").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "COMPLIANCE", s.now.Add(day)))
	for _, p := range []caller{s.owner, rootOf(siteAccount)} {
		refused(s, p, s3api.OpDeleteObject, deleteVersion(id, true), "AccessDenied", locked)
		for _, less := range []*s3api.PutObjectRetentionInput{
			s.retain(id, "COMPLIANCE", s.now.Add(time.Hour), bypassRetention),
			s.retain(id, "GOVERNANCE", s.now.Add(2*day), bypassRetention),
			s.retain(id, "", time.Time{}, bypassRetention),
		} {
			refused(s, p, s3api.OpPutObjectRetention, less, "AccessDenied", locked)
		}
	}
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "COMPLIANCE", s.now.Add(2*day)))
	s.pass(2*day - 1)
	refused(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, true), "AccessDenied", locked)
	s.pass(1)
	askOK(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, false))
}

// A batch says of each version whether it is protected.
func TestRetentionInBatch(t *testing.T) {
	s := lockSite(t)
	id := *s.putContent("key", "governed").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(time.Hour)))
	versions := []s3api.ObjectIdentifier{{Key: new("key"), VersionId: new(id)}}
	out := askOK(s, s.owner, s3api.OpDeleteObjects, deleteObjects(versions))
	if len(out.Errors) != 1 || *out.Errors[0].Code != "AccessDenied" || *out.Errors[0].Message != locked {
		t.Errorf("%+v", out)
	}
	out = askOK(s, s.owner, s3api.OpDeleteObjects, deleteObjects(versions, func(in *s3api.DeleteObjectsInput) { in.BypassGovernanceRetention = new(true) }))
	if len(out.Deleted) != 1 {
		t.Errorf("%+v", out)
	}
}

func TestLegalHold(t *testing.T) {
	s := lockSite(t)
	hold := func(status s3api.ObjectLockLegalHoldStatus) *s3api.PutObjectLegalHoldInput {
		return &s3api.PutObjectLegalHoldInput{Bucket: new(siteBucket), Key: new("key"), LegalHold: &s3api.ObjectLockLegalHold{Status: status}}
	}
	get := &s3api.GetObjectLegalHoldInput{Bucket: new(siteBucket), Key: new("key")}
	id := *s.putContent("key", "held").VersionId
	refused(s, s.owner, s3api.OpGetObjectLegalHold, get, "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration")
	for _, p := range []caller{s.stranger, nobody(), s.person(siteAccount, "retainer", may("s3:PutObjectRetention", "*"))} {
		refused(s, p, s3api.OpPutObjectLegalHold, hold("ON"), "AccessDenied", "")
	}
	askOK(s, s.person(siteAccount, "holder", may("s3:PutObjectLegalHold", "*", `{"StringEquals":{"s3:object-lock-legal-hold":"ON"}}`)), s3api.OpPutObjectLegalHold, hold("ON"))
	if got := askOK(s, s.owner, s3api.OpGetObjectLegalHold, get).LegalHold.Status; got != "ON" || head(s, "key").ObjectLockLegalHoldStatus != "ON" {
		t.Errorf("legal hold %s", got)
	}
	refused(s, rootOf(siteAccount), s3api.OpDeleteObject, deleteVersion(id, true), "AccessDenied", locked)
	refused(s, s.person(siteAccount, "holder", may("s3:PutObjectLegalHold", "*", `{"StringEquals":{"s3:object-lock-legal-hold":"ON"}}`)), s3api.OpPutObjectLegalHold, hold("OFF"), "AccessDenied", "")
	askOK(s, s.owner, s3api.OpPutObjectLegalHold, hold("OFF"))
	if got := askOK(s, s.owner, s3api.OpGetObjectLegalHold, get).LegalHold.Status; got != "OFF" {
		t.Errorf("legal hold %s", got)
	}
	askOK(s, s.owner, s3api.OpDeleteObject, deleteVersion(id, false))
	s.put("key")
	refused(s, s.owner, s3api.OpPutObjectLegalHold, hold(""), "MalformedXML", "")
}

// What a PutObject says of locks, and what the bucket says where it does not.
func TestPutLocked(t *testing.T) {
	s := lockSite(t)
	until := s.now.Add(48 * time.Hour)
	md5 := new("1B2M2Y8AsgTpgAmY7PhCfg==") // of nothing
	lock := func(in *s3api.PutObjectInput) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate, in.ObjectLockLegalHoldStatus, in.ContentMD5 = "COMPLIANCE", &until, "ON", md5
	}
	askOK(s, s.owner, s3api.OpPutObject, putInput("key", "", lock))
	if out := head(s, "key"); out.ObjectLockMode != "COMPLIANCE" || !out.ObjectLockRetainUntilDate.Equal(until) || out.ObjectLockLegalHoldStatus != "ON" {
		t.Errorf("answered %+v", out)
	}
	for action, edit := range map[string]func(*s3api.PutObjectInput){
		"s3:PutObjectRetention": func(in *s3api.PutObjectInput) { in.ObjectLockMode, in.ObjectLockRetainUntilDate = "COMPLIANCE", &until },
		"s3:PutObjectLegalHold": func(in *s3api.PutObjectInput) { in.ObjectLockLegalHoldStatus = "ON" },
	} {
		proved := func(in *s3api.PutObjectInput) { in.ContentMD5 = md5 }
		refused(s, s.person(siteAccount, "only", may("s3:PutObject", "*")), s3api.OpPutObject, putInput("key", "", edit, proved), "AccessDenied", "")
		askOK(s, s.person(siteAccount, "both", may("s3:PutObject", "*"), may(action, "*")), s3api.OpPutObject, putInput("key", "", edit, proved))
		refused(s, s.owner, s3api.OpPutObject, putInput("key", "", edit), "InvalidRequest",
			"Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	for name, edit := range map[string]func(*s3api.PutObjectInput){
		"no date": func(in *s3api.PutObjectInput) { in.ObjectLockRetainUntilDate = nil },
		"no mode": func(in *s3api.PutObjectInput) { in.ObjectLockMode = "" },
		"past":    func(in *s3api.PutObjectInput) { in.ObjectLockRetainUntilDate = new(s.now) },
	} {
		if e := refused(s, s.owner, s3api.OpPutObject, putInput("key", "", lock, edit), "InvalidArgument", ""); t.Failed() {
			t.Fatalf("%s: %v", name, e)
		}
	}
	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, &s3api.PutObjectLockConfigurationInput{
		Bucket: new(siteBucket), ObjectLockConfiguration: &s3api.ObjectLockConfiguration{
			ObjectLockEnabled: "Enabled", Rule: &s3api.ObjectLockRule{DefaultRetention: &s3api.DefaultRetention{Mode: "GOVERNANCE", Days: new(int32(10))}},
		},
	})
	s.put("key")
	if out := head(s, "key"); out.ObjectLockMode != "GOVERNANCE" || !out.ObjectLockRetainUntilDate.Equal(s.now.Add(240*time.Hour)) || out.ObjectLockLegalHoldStatus != "" {
		t.Errorf("answered %+v", out)
	}
}

// Without object lock there is nothing to lock with.
func TestNoObjectLock(t *testing.T) {
	s := newSite(t)
	s.put("key")
	const missing = "Bucket is missing Object Lock Configuration"
	refused(s, s.owner, s3api.OpPutObjectRetention, s.retain(nullVersion, "GOVERNANCE", s.now.Add(time.Hour)), "InvalidRequest", missing)
	refused(s, s.owner, s3api.OpGetObjectRetention, &s3api.GetObjectRetentionInput{Bucket: new(siteBucket), Key: new("key")}, "InvalidRequest", missing)
	refused(s, s.owner, s3api.OpGetObjectLegalHold, &s3api.GetObjectLegalHoldInput{Bucket: new(siteBucket), Key: new("key")}, "InvalidRequest", missing)
	refused(s, s.owner, s3api.OpPutObjectLegalHold, &s3api.PutObjectLegalHoldInput{
		Bucket: new(siteBucket), Key: new("key"), LegalHold: &s3api.ObjectLockLegalHold{Status: "ON"},
	}, "InvalidRequest", missing)
	refused(s, s.owner, s3api.OpPutObject, putInput("key", "", func(in *s3api.PutObjectInput) { in.ObjectLockLegalHoldStatus = "ON" }), "InvalidRequest", "Bucket is missing ObjectLockConfiguration")
	for _, bypass := range []bool{true, false} {
		const nothing = "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."
		refused(s, s.owner, s3api.OpDeleteObject, deleteVersion(nullVersion, bypass), "InvalidArgument", nothing)
		refused(s, s.owner, s3api.OpDeleteObjects, deleteObjects(identifiers("key"), func(in *s3api.DeleteObjectsInput) {
			in.BypassGovernanceRetention = new(bypass)
		}), "InvalidArgument", nothing)
	}
	if got := s.get("key"); got != "content of key" {
		t.Errorf("the object is %q", got)
	}
}

func TestRetentionRefused(t *testing.T) {
	s := lockSite(t)
	id := *s.putContent("key", "x").VersionId
	half := s.retain(id, "GOVERNANCE", s.now.Add(time.Hour))
	half.Retention.RetainUntilDate = nil
	refused(s, s.owner, s3api.OpPutObjectRetention, half, "MalformedXML", "")
	refused(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now), "InvalidArgument", "The retain until date must be in the future!")
	in := s.retain(id, "GOVERNANCE", s.now.Add(30*24*time.Hour))
	for _, p := range []caller{s.stranger, nobody(), s.person(siteAccount, "writer", may("s3:PutObject", "*"))} {
		refused(s, p, s3api.OpPutObjectRetention, in, "AccessDenied", "")
		refused(s, p, s3api.OpGetObjectRetention, &s3api.GetObjectRetentionInput{Bucket: new(siteBucket), Key: new("key")}, "AccessDenied", "")
	}
	short := s.person(siteAccount, "short", may("s3:PutObjectRetention", "*", `{"NumericLessThan":{"s3:object-lock-remaining-retention-days":"10"}}`))
	refused(s, short, s3api.OpPutObjectRetention, in, "AccessDenied", "")
	askOK(s, short, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(24*time.Hour)))
}

// With ObjectWriter as ownership the newest version may be another account's. By
// owning that nobody gets past the governance of the versions beneath it: whether
// retention may be bypassed is for the bucket's owner to say.
func TestBypassOfWhoOwnsTheNewest(t *testing.T) {
	s := lockSite(t)
	s.acls()
	let := []string{
		opens(named(s.stranger), "s3:PutObject", "arn:aws:s3:::the-bucket/*"),
		opens(named(s.stranger), "s3:PutObjectRetention", "arn:aws:s3:::the-bucket/*"),
		opens(named(s.stranger), "s3:DeleteObjectVersion", "arn:aws:s3:::the-bucket/*"),
	}
	s.bucketPolicy(let...)
	id := *s.putContent("key", "governed").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(time.Hour)))
	mine := *askOK(s, s.stranger, s3api.OpPutObject, putInput("key", "mine")).VersionId
	refused(s, s.stranger, s3api.OpDeleteObject, deleteVersion(id, true), "AccessDenied", locked)
	batch := askOK(s, s.stranger, s3api.OpDeleteObjects, deleteObjects(
		[]s3api.ObjectIdentifier{{Key: new("key"), VersionId: new(id)}},
		func(in *s3api.DeleteObjectsInput) { in.BypassGovernanceRetention = new(true) }))
	if len(batch.Errors) != 1 || len(batch.Deleted) != 0 {
		t.Errorf("%+v", batch)
	}
	// Nor past that of its own version.
	askOK(s, s.stranger, s3api.OpPutObjectRetention, s.retain(mine, "GOVERNANCE", s.now.Add(time.Hour)))
	refused(s, s.stranger, s3api.OpPutObjectRetention, s.retain(mine, "", time.Time{}, bypassRetention), "AccessDenied", locked)
	s.bucketPolicy(append(let, opens(named(s.stranger), "s3:BypassGovernanceRetention", "arn:aws:s3:::the-bucket/*"))...)
	askOK(s, s.stranger, s3api.OpDeleteObject, deleteVersion(id, true))
}

// "This header is only returned if the requester has the s3:GetObjectRetention
// permission", and so for the legal hold and the number of tags (API reference,
// HeadObject and GetObject).
func TestReadConceals(t *testing.T) {
	s := lockSite(t)
	id := *s.putContent("key", "content").VersionId
	askOK(s, s.owner, s3api.OpPutObjectRetention, s.retain(id, "GOVERNANCE", s.now.Add(time.Hour)))
	askOK(s, s.owner, s3api.OpPutObjectLegalHold, &s3api.PutObjectLegalHoldInput{
		Bucket: new(siteBucket), Key: new("key"), LegalHold: &s3api.ObjectLockLegalHold{Status: "ON"},
	})
	askOK(s, s.owner, s3api.OpPutObjectTagging, &s3api.PutObjectTaggingInput{Bucket: new(siteBucket), Key: new("key"), Tagging: tagSet("a", "b")})
	read := []string{may("s3:GetObject", "*"), may("s3:GetObjectVersion", "*")}
	for name, tt := range map[string]struct {
		allow           []string
		version         bool
		mode, hold, tag bool
	}{
		"no more":               {},
		"retention":             {allow: []string{"s3:GetObjectRetention"}, mode: true},
		"legal hold":            {allow: []string{"s3:GetObjectLegalHold"}, hold: true},
		"tags":                  {allow: []string{"s3:GetObjectTagging"}, tag: true},
		"tags of a version":     {allow: []string{"s3:GetObjectVersionTagging"}, version: true, tag: true},
		"tags of another kind":  {allow: []string{"s3:GetObjectVersionTagging"}},
		"all of a version's":    {allow: []string{"s3:GetObjectRetention", "s3:GetObjectLegalHold", "s3:GetObjectVersionTagging"}, version: true, mode: true, hold: true, tag: true},
		"everything of another": {allow: []string{"s3:GetObjectAcl"}, version: true},
	} {
		statements := read
		for _, action := range tt.allow {
			statements = append(statements, may(action, "*"))
		}
		p := s.person(siteAccount, name, statements...)
		in := &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")}
		if tt.version {
			in.VersionId = new(id)
		}
		head := askOK(s, p, s3api.OpHeadObject, in)
		get := askOK(s, p, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) {
			if tt.version {
				in.VersionId = new(id)
			}
		}))
		s.check(closed(get))
		if head.ObjectLockMode != get.ObjectLockMode || (head.ObjectLockMode != "") != tt.mode || (head.ObjectLockRetainUntilDate != nil) != tt.mode {
			t.Errorf("%s: mode %q until %v", name, head.ObjectLockMode, head.ObjectLockRetainUntilDate)
		}
		if head.ObjectLockLegalHoldStatus != get.ObjectLockLegalHoldStatus || (head.ObjectLockLegalHoldStatus != "") != tt.hold {
			t.Errorf("%s: legal hold %q", name, head.ObjectLockLegalHoldStatus)
		}
		if (head.TagCount != nil) != tt.tag || (get.TagCount != nil) != tt.tag {
			t.Errorf("%s: tags %v", name, head.TagCount)
		}
	}
}
