package s3

import (
	"errors"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// putInput is a request to put content under a key of the site's bucket.
func putInput(key, content string, edit ...func(*s3api.PutObjectInput)) *s3api.PutObjectInput {
	in := &s3api.PutObjectInput{
		Bucket: new(siteBucket), Key: new(key), Body: strings.NewReader(content), ContentLength: new(int64(len(content))),
	}
	for _, f := range edit {
		f(in)
	}
	return in
}

func getInput(key string, edit ...func(*s3api.GetObjectInput)) *s3api.GetObjectInput {
	in := &s3api.GetObjectInput{Bucket: new(siteBucket), Key: new(key)}
	for _, f := range edit {
		f(in)
	}
	return in
}

// code is the code of an error, "" if it has none.
func code(err error) string {
	var answer *api.Error
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

func head(s *site, key string, edit ...func(*s3api.HeadObjectInput)) *s3api.HeadObjectOutput {
	s.Helper()
	in := &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new(key)}
	for _, f := range edit {
		f(in)
	}
	return askOK(s, s.owner, s3api.OpHeadObject, in)
}

// Every operation on objects is denied to those without permission, to those of
// another account and to nobody, and takes the action that the Service
// Authorization Reference names for it.
func TestObjectPermissions(t *testing.T) {
	s := newSite(t)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	version := s.putContent("key", "content").VersionId
	target := func(id *string) (bucket, key, version *string) { return new(siteBucket), new("key"), id }
	for _, tt := range []struct {
		action string
		run    func(s *site, p caller) error
	}{
		{"s3:GetObject", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpGetObject, getInput("key"))
			return err
		}},
		{"s3:GetObjectVersion", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.VersionId = version }))
			return err
		}},
		{"s3:GetObject", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key")})
			return err
		}},
		{"s3:GetObjectVersion", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpHeadObject, &s3api.HeadObjectInput{Bucket: new(siteBucket), Key: new("key"), VersionId: version})
			return err
		}},
		{"s3:PutObject", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpPutObject, putInput("key", "other"))
			return err
		}},
		{"s3:DeleteObject", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpDeleteObject, &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("other")})
			return err
		}},
		{"s3:DeleteObjectVersion", func(s *site, p caller) error {
			_, err := ask(s, p, s3api.OpDeleteObject, &s3api.DeleteObjectInput{Bucket: new(siteBucket), Key: new("other"), VersionId: version})
			return err
		}},
		{"s3:GetObjectTagging", func(s *site, p caller) error {
			in := new(s3api.GetObjectTaggingInput)
			in.Bucket, in.Key, in.VersionId = target(nil)
			_, err := ask(s, p, s3api.OpGetObjectTagging, in)
			return err
		}},
		{"s3:GetObjectVersionTagging", func(s *site, p caller) error {
			in := new(s3api.GetObjectTaggingInput)
			in.Bucket, in.Key, in.VersionId = target(version)
			_, err := ask(s, p, s3api.OpGetObjectTagging, in)
			return err
		}},
		{"s3:PutObjectTagging", func(s *site, p caller) error {
			in := &s3api.PutObjectTaggingInput{Tagging: &s3api.Tagging{TagSet: []s3api.Tag{}}}
			in.Bucket, in.Key, in.VersionId = target(nil)
			_, err := ask(s, p, s3api.OpPutObjectTagging, in)
			return err
		}},
		{"s3:PutObjectVersionTagging", func(s *site, p caller) error {
			in := &s3api.PutObjectTaggingInput{Tagging: &s3api.Tagging{TagSet: []s3api.Tag{}}}
			in.Bucket, in.Key, in.VersionId = target(version)
			_, err := ask(s, p, s3api.OpPutObjectTagging, in)
			return err
		}},
		{"s3:DeleteObjectTagging", func(s *site, p caller) error {
			in := new(s3api.DeleteObjectTaggingInput)
			in.Bucket, in.Key, in.VersionId = target(nil)
			_, err := ask(s, p, s3api.OpDeleteObjectTagging, in)
			return err
		}},
		{"s3:DeleteObjectVersionTagging", func(s *site, p caller) error {
			in := new(s3api.DeleteObjectTaggingInput)
			in.Bucket, in.Key, in.VersionId = target(version)
			_, err := ask(s, p, s3api.OpDeleteObjectTagging, in)
			return err
		}},
		{"s3:GetObjectAcl", func(s *site, p caller) error {
			in := new(s3api.GetObjectAclInput)
			in.Bucket, in.Key, in.VersionId = target(nil)
			_, err := ask(s, p, s3api.OpGetObjectAcl, in)
			return err
		}},
		{"s3:GetObjectVersionAcl", func(s *site, p caller) error {
			in := new(s3api.GetObjectAclInput)
			in.Bucket, in.Key, in.VersionId = target(version)
			_, err := ask(s, p, s3api.OpGetObjectAcl, in)
			return err
		}},
		{"s3:PutObjectAcl", func(s *site, p caller) error {
			in := &s3api.PutObjectAclInput{ACL: s3api.ObjectCannedACLBucketOwnerFullControl}
			in.Bucket, in.Key, in.VersionId = target(nil)
			_, err := ask(s, p, s3api.OpPutObjectAcl, in)
			return err
		}},
		{"s3:PutObjectVersionAcl", func(s *site, p caller) error {
			in := &s3api.PutObjectAclInput{ACL: s3api.ObjectCannedACLBucketOwnerFullControl}
			in.Bucket, in.Key, in.VersionId = target(version)
			_, err := ask(s, p, s3api.OpPutObjectAcl, in)
			return err
		}},
	} {
		t.Run(tt.action, func(t *testing.T) {
			s := s.under(t)
			holder := s.person(siteAccount, "may", may(tt.action, "arn:aws:s3:::the-bucket/*"))
			if err := tt.run(s, holder); err != nil {
				t.Errorf("with the permission: %v", err)
			}
			all := s.person(siteAccount, "all", mayNot(tt.action, "*"), may("s3:*", "*"))
			for name, p := range map[string]caller{
				"nobody": nobody(), "a stranger": s.stranger,
				"one without permission": s.person(siteAccount, "none"),
				"one with all others":    all,
				"one for another bucket": s.person(siteAccount, "elsewhere", may(tt.action, "arn:aws:s3:::other/*")),
			} {
				if err := tt.run(s, p); code(err) != "AccessDenied" {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

type caller = *authz.Principal

// under is the site in a subtest.
func (s *site) under(t *testing.T) *site {
	with := *s
	with.TB = t
	return &with
}

// Whether there is an object is told to those only who may list the bucket.
func TestMissingObject(t *testing.T) {
	s := newSite(t)
	reader := s.person(siteAccount, "reader", may("s3:GetObject*", "*"))
	lister := s.person(siteAccount, "lister", may("s3:GetObject*", "*"), may("s3:ListBucket", "arn:aws:s3:::the-bucket"))
	refused(s, reader, s3api.OpGetObject, getInput("none"), "AccessDenied", "")
	e := refused(s, lister, s3api.OpGetObject, getInput("none"), "NoSuchKey", "The specified key does not exist.")
	s.wantFields(e, "Key", "none")
	id := newVersion(s.now, nil)
	versioned := func(in *s3api.GetObjectInput) { in.VersionId = new(id) }
	refused(s, reader, s3api.OpGetObject, getInput("none", versioned), "AccessDenied", "")
	e = refused(s, lister, s3api.OpGetObject, getInput("none", versioned), "NoSuchVersion", "The specified version does not exist.")
	s.wantFields(e, "Key", "none", "VersionId", id)
	for _, bad := range []string{"", "x", "null ", id + "0"} {
		refused(s, lister, s3api.OpGetObject, getInput("none", func(in *s3api.GetObjectInput) { in.VersionId = new(bad) }), "InvalidArgument", "")
	}
	e = refused(s, lister, s3api.OpGetObject, getInput(strings.Repeat("ü", 513)), "KeyTooLongError", "Your key is too long")
	s.wantFields(e, "Size", "1026", "MaxSizeAllowed", "1024")
	in := getInput("none")
	in.Bucket = new("no-such-bucket")
	refused(s, nobody(), s3api.OpGetObject, in, "NoSuchBucket", "The specified bucket does not exist")
	in = getInput("none", func(in *s3api.GetObjectInput) { in.ExpectedBucketOwner = new(otherAccount) })
	refused(s, s.owner, s3api.OpGetObject, in, "AccessDenied", "")
}

// A delete marker is no object (User Guide, "Working with delete markers").
func TestDeleteMarker(t *testing.T) {
	s := newSite(t)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	s.put("key")
	id := *s.remove("key").VersionId
	e := refused(s, s.owner, s3api.OpGetObject, getInput("key"), "NoSuchKey", "")
	s.wantFields(e, "x-amz-delete-marker", "true", "x-amz-version-id", id)
	e = refused(s, s.owner, s3api.OpGetObject, getInput("key", func(in *s3api.GetObjectInput) { in.VersionId = new(id) }),
		"MethodNotAllowed", "The specified method is not allowed against this resource.")
	s.wantFields(e, "Method", "GET", "ResourceType", "DeleteMarker", "Allow", "DELETE",
		"x-amz-delete-marker", "true", "x-amz-version-id", id, "Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
	refused(s, s.owner, s3api.OpPutObjectTagging, &s3api.PutObjectTaggingInput{
		Bucket: new(siteBucket), Key: new("key"), VersionId: new(id), Tagging: &s3api.Tagging{TagSet: []s3api.Tag{}},
	}, "MethodNotAllowed", "")
	reader := s.person(siteAccount, "reader", may("s3:GetObject*", "*"))
	refused(s, reader, s3api.OpGetObject, getInput("key"), "AccessDenied", "")
	s.remove("key", id)
	if got := s.get("key"); got != "content of key" {
		t.Errorf("below the marker there is %q", got)
	}
}
