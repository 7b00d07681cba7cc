package s3

import (
	"strconv"
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// What a delete answers (API reference, DeleteObject; User Guide, "Deleting
// object versions from a versioning-enabled bucket").
func TestDeleteObject(t *testing.T) {
	s := newSite(t)
	for _, key := range []string{"none", "there"} {
		s.put("there")
		if out := s.remove(key); out.DeleteMarker != nil || out.VersionId != nil {
			t.Errorf("deleting %s: %+v", key, out)
		}
	}
	if s.remove("none", nullVersion); s.contents() != 0 {
		t.Errorf("%d contents are kept", s.contents())
	}
	s.versioning(s3api.BucketVersioningStatusEnabled)
	first := *s.putContent("key", "1").VersionId
	out := s.remove("key")
	if marker := value(out.VersionId); out.DeleteMarker == nil || marker == first || len(marker) != versionLength {
		t.Errorf("deleting without a version id: %+v", out)
	}
	gone := s.remove("key", *out.VersionId)
	if gone.DeleteMarker == nil || *gone.VersionId != *out.VersionId {
		t.Errorf("deleting a delete marker: %+v", gone)
	}
	gone = s.remove("key", first)
	if gone.DeleteMarker != nil || *gone.VersionId != first {
		t.Errorf("deleting a version: %+v", gone)
	}
	s.remove("key", first) // again
	refused(s, s.owner, s3api.OpDeleteObject, &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("key"), VersionId: new("x")},
		"InvalidArgument", "Invalid version id specified")
	// A delete of what is not there makes a marker too.
	if out := s.remove("none"); out.DeleteMarker == nil {
		t.Errorf("deleting what is not there: %+v", out)
	}
}

// User Guide, "How to perform conditional deletes".
func TestConditionalDelete(t *testing.T) {
	s := newSite(t)
	etag := *s.putContent("key", "1").ETag
	request := func(match string) *s3api.DeleteObjectInput {
		return &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("key"), IfMatch: new(match)}
	}
	deleter := s.person(siteAccount, "deleter", may("s3:DeleteObject", "*"))
	refused(s, deleter, s3api.OpDeleteObject, request(etag), "AccessDenied", "") // it takes s3:GetObject too
	for _, other := range []string{"other", "", `""`} {
		if refused(s, s.owner, s3api.OpDeleteObject, request(other), "PreconditionFailed", ""); t.Failed() {
			t.Fatalf("with If-Match: %s", other)
		}
	}
	askOK(s, s.owner, s3api.OpDeleteObject, request(etag))
	refused(s, s.owner, s3api.OpDeleteObject, request(etag), "NoSuchKey", "")
	refused(s, s.owner, s3api.OpDeleteObject, request("*"), "PreconditionFailed", "")
	s.put("key")
	askOK(s, deleter, s3api.OpDeleteObject, request("*"))

	for _, edit := range []func(*s3api.DeleteObjectInput){
		func(in *s3api.DeleteObjectInput) { in.IfMatchSize = new(int64(1)) },
		func(in *s3api.DeleteObjectInput) { in.IfMatchLastModifiedTime = new(s.now) },
	} {
		in := request(etag)
		edit(in)
		refused(s, s.owner, s3api.OpDeleteObject, in, "NotImplemented", "A header you provided implies functionality that is not implemented")
	}

	s.versioning(s3api.BucketVersioningStatusEnabled)
	etag = *s.putContent("key", "2").ETag
	askOK(s, s.owner, s3api.OpDeleteObject, request(etag))
	refused(s, s.owner, s3api.OpDeleteObject, request(etag), "NoSuchKey", "") // there is a marker now
}

func identifiers(keys ...string) (list []s3api.ObjectIdentifier) {
	for _, key := range keys {
		list = append(list, s3api.ObjectIdentifier{Key: new(key)})
	}
	return list
}

func deleteObjects(objects []s3api.ObjectIdentifier, edit ...func(*s3api.DeleteObjectsInput)) *s3api.DeleteObjectsInput {
	in := &s3api.DeleteObjectsInput{Bucket: new(siteBucket), Delete: &s3api.Delete{Objects: objects}}
	for _, f := range edit {
		f(in)
	}
	return in
}

func quiet(in *s3api.DeleteObjectsInput) { in.Delete.Quiet = new(true) }

func TestDeleteObjects(t *testing.T) {
	s := newSite(t)
	s.put("a", "b", "secret/c", "d")
	some := s.person(siteAccount, "some", may("s3:DeleteObject", "*"), mayNot("s3:*", "arn:aws:s3:::the-bucket/secret/*"))
	out := askOK(s, some, s3api.OpDeleteObjects, deleteObjects(identifiers("a", "secret/c", "none", strings.Repeat("k", 1025))))
	if len(out.Deleted) != 2 || *out.Deleted[0].Key != "a" || *out.Deleted[1].Key != "none" || out.Deleted[0].DeleteMarker != nil {
		t.Errorf("deleted %+v", out.Deleted)
	}
	if len(out.Errors) != 2 || *out.Errors[0].Key != "secret/c" || *out.Errors[0].Code != "AccessDenied" || *out.Errors[1].Code != "KeyTooLongError" {
		t.Errorf("failed %+v", out.Errors)
	}
	if out := askOK(s, some, s3api.OpDeleteObjects, deleteObjects(identifiers("b", "secret/c"), quiet)); len(out.Deleted) != 0 || len(out.Errors) != 1 {
		t.Errorf("quietly: %+v", out)
	}
	if n := s.contents(); n != 2 {
		t.Errorf("%d contents are kept, want 2", n)
	}
	// Who may delete nothing is told so of each.
	for _, p := range []caller{s.stranger, nobody(), s.person(siteAccount, "none")} {
		out := askOK(s, p, s3api.OpDeleteObjects, deleteObjects(identifiers("d", strings.Repeat("k", 1025))))
		if len(out.Deleted) != 0 || len(out.Errors) != 2 || *out.Errors[0].Code != "AccessDenied" || *out.Errors[1].Code != "AccessDenied" {
			t.Errorf("%+v", out)
		}
	}
	if got := s.get("d"); got != "content of d" {
		t.Errorf("what nobody may delete is %q", got)
	}
}

// Who may delete nothing learns no more of the bucket, as whether it has a lock.
func TestDeleteObjectsTellsStrangersNothing(t *testing.T) {
	s := newSite(t)
	bypass := func(in *s3api.DeleteObjectsInput) { in.BypassGovernanceRetention = new(true) }
	for _, p := range []caller{s.stranger, nobody()} {
		out := askOK(s, p, s3api.OpDeleteObjects, deleteObjects(identifiers("a", "b"), bypass))
		if len(out.Errors) != 2 || *out.Errors[0].Code != "AccessDenied" {
			t.Errorf("%+v", out)
		}
	}
	refused(s, s.owner, s3api.OpDeleteObjects, deleteObjects(identifiers("a"), bypass), "InvalidArgument", "")
}

func TestDeleteObjectsLimits(t *testing.T) {
	s := newSite(t)
	var keys []string
	for i := range 1001 {
		keys = append(keys, strconv.Itoa(i))
	}
	s.put(keys[0], keys[999])
	refused(s, s.owner, s3api.OpDeleteObjects, deleteObjects(identifiers(keys...)), "MalformedXML", "")
	refused(s, s.owner, s3api.OpDeleteObjects, deleteObjects([]s3api.ObjectIdentifier{}), "MalformedXML", "")
	if out := askOK(s, s.owner, s3api.OpDeleteObjects, deleteObjects(identifiers(keys[:1000]...))); len(out.Deleted) != 1000 {
		t.Errorf("%d are deleted", len(out.Deleted))
	}
	if n := s.contents(); n != 0 {
		t.Errorf("%d contents are kept", n)
	}
}

func TestDeleteObjectsOfVersions(t *testing.T) {
	s := newSite(t)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	id := *s.putContent("key", "1").VersionId
	etag := *s.putContent("key", "2").ETag
	out := askOK(s, s.owner, s3api.OpDeleteObjects, deleteObjects([]s3api.ObjectIdentifier{
		{Key: new("key"), VersionId: new(id)},
		{Key: new("key"), ETag: new("other")},
		{Key: new("key"), ETag: new(etag)},
		{Key: new("key"), VersionId: new("x")},
		{Key: new("key"), Size: new(int64(1))},
	}))
	if len(out.Deleted) != 2 || *out.Deleted[0].VersionId != id || out.Deleted[1].VersionId != nil || !isTrue(out.Deleted[1].DeleteMarker) {
		t.Errorf("deleted %+v", out.Deleted)
	}
	var codes []string
	for _, e := range out.Errors {
		codes = append(codes, *e.Code)
	}
	if got := strings.Join(codes, " "); got != "PreconditionFailed NoSuchVersion NotImplemented" {
		t.Errorf("failed %s", got)
	}
	marker := *out.Deleted[1].DeleteMarkerVersionId
	out = askOK(s, s.owner, s3api.OpDeleteObjects, deleteObjects([]s3api.ObjectIdentifier{{Key: new("key"), VersionId: new(marker)}}))
	if d := out.Deleted[0]; *d.VersionId != marker || !isTrue(d.DeleteMarker) || *d.DeleteMarkerVersionId != marker {
		t.Errorf("deleted %+v", d)
	}
	// A version takes another permission than an object.
	only := s.person(siteAccount, "only", may("s3:DeleteObject", "*"))
	out = askOK(s, only, s3api.OpDeleteObjects, deleteObjects([]s3api.ObjectIdentifier{{Key: new("key"), VersionId: new(nullVersion)}}))
	if len(out.Errors) != 1 || *out.Errors[0].Code != "AccessDenied" {
		t.Errorf("%+v", out)
	}
	// The condition key is that of each entry.
	one := s.person(siteAccount, "one", may("s3:DeleteObjectVersion", "*", `{"StringEquals":{"s3:versionid":"null"}}`))
	out = askOK(s, one, s3api.OpDeleteObjects, deleteObjects([]s3api.ObjectIdentifier{{Key: new("key"), VersionId: new(nullVersion)}, {Key: new("key"), VersionId: new(marker)}}))
	if len(out.Deleted) != 1 || len(out.Errors) != 1 {
		t.Errorf("%+v", out)
	}
}
