package s3

import (
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func putACL(key string, edit func(*s3api.PutObjectAclInput)) *s3api.PutObjectAclInput {
	in := &s3api.PutObjectAclInput{Bucket: new(siteBucket), Key: new(key)}
	edit(in)
	return in
}

func (s *site) acl(key string, version *string) (owner string, grants []s3api.Grant) {
	s.Helper()
	out := askOK(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new(siteBucket), Key: new(key), VersionId: version})
	return *out.Owner.ID, out.Grants
}

// A list belongs to a version.
func TestPutObjectACL(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.versioning(s3api.BucketVersioningStatusEnabled)
	first := s.putContent("key", "1").VersionId
	s.putContent("key", "2")
	askOK(s, s.owner, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.VersionId, in.ACL = first, "public-read" }))
	if _, grants := s.acl("key", nil); len(grants) != 1 {
		t.Errorf("the newest version has %+v", grants)
	}
	if _, grants := s.acl("key", first); len(grants) != 2 {
		t.Errorf("the first version has %+v", grants)
	}
	refused(s, nobody(), s3api.OpGetObject, getInput("key"), "AccessDenied", "")
	askOK(s, nobody(), s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.VersionId = first }))

	owner, grants := s.acl("key", first)
	askOK(s, s.owner, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) {
		in.AccessControlPolicy = &s3api.AccessControlPolicy{Owner: &s3api.Owner{ID: new(owner)}, Grants: grants}
	}))
	askOK(s, nobody(), s3api.OpGetObject, getInput("key"))

	for name, tt := range map[string]struct {
		edit func(*s3api.PutObjectAclInput)
		code string
	}{
		"nothing": {func(in *s3api.PutObjectAclInput) {}, "MissingSecurityHeader"},
		"both":    {func(in *s3api.PutObjectAclInput) { in.ACL, in.GrantRead = "private", new("id="+owner) }, "InvalidRequest"},
		"another owner": {func(in *s3api.PutObjectAclInput) {
			in.AccessControlPolicy = &s3api.AccessControlPolicy{Owner: &s3api.Owner{ID: new(s.canonical(otherAccount))}}
		}, "AccessDenied"},
		"an owner that is none": {func(in *s3api.PutObjectAclInput) {
			in.AccessControlPolicy = &s3api.AccessControlPolicy{Owner: &s3api.Owner{ID: new("x")}}
		}, "InvalidArgument"},
		"no such key": {func(in *s3api.PutObjectAclInput) { in.Key, in.ACL = new("none"), "private" }, "NoSuchKey"},
	} {
		if e := refused(s, s.owner, s3api.OpPutObjectAcl, putACL("key", tt.edit), tt.code, ""); e.Code != tt.code {
			t.Errorf("%s: %v", name, e)
		}
	}
	askOK(s, s.owner, s3api.OpPutPublicAccessBlock, &s3api.PutPublicAccessBlockInput{
		Bucket: new(siteBucket), PublicAccessBlockConfiguration: &s3api.PublicAccessBlockConfiguration{BlockPublicAcls: new(true)},
	})
	refused(s, s.owner, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.ACL = "public-read" }), "AccessDenied", "")
}

// Who may write the list of an object gives it to others by it.
func TestObjectACLOfOthers(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.put("key")
	id := s.canonical(otherAccount)
	refused(s, s.stranger, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new(siteBucket), Key: new("key")}, "AccessDenied", "")
	askOK(s, s.owner, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.GrantReadACP = new("id=" + id) }))
	askOK(s, s.stranger, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new(siteBucket), Key: new("key")})
	refused(s, s.stranger, s3api.OpPutObjectAcl, putACL("key", func(in *s3api.PutObjectAclInput) { in.ACL = "public-read" }), "AccessDenied", "")
	refused(s, s.stranger, s3api.OpGetObject, getInput("key"), "AccessDenied", "")
}
