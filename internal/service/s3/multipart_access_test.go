package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// TestMultipartPermissions: which action each operation needs, by the user
// guide, "Multipart upload API and permissions"; and that there is no other way.
func TestMultipartPermissions(t *testing.T) {
	s := newSite(t)
	s.put("source")
	id := s.begin("k")
	part := s.part("k", id, 1, "x")
	objects := "arn:aws:s3:::" + siteBucket + "/*"
	b, k := new(siteBucket), new("k")
	for _, test := range []struct {
		name    string
		actions string
		ask     func(*authz.Principal) error
	}{
		{"create", "s3:PutObject", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: b, Key: k})
			return err
		}},
		{"create with tags", "s3:PutObject s3:PutObjectTagging", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: b, Key: k, Tagging: new("a=b")})
			return err
		}},
		{"part", "s3:PutObject", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpUploadPart, partInput("k", id, 2, "x"))
			return err
		}},
		{"copy", "s3:PutObject s3:GetObject", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpUploadPartCopy, copyInput("k", id, 2, siteBucket+"/source"))
			return err
		}},
		{"parts", "s3:ListMultipartUploadParts", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpListParts, &s3api.ListPartsInput{Bucket: b, Key: k, UploadId: new(id)})
			return err
		}},
		{"complete", "s3:PutObject", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{part}))
			return err
		}},
		{"abort", "s3:AbortMultipartUpload", func(p *authz.Principal) error {
			_, err := ask(s, p, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: b, Key: k, UploadId: new(s.begin("k"))})
			if code(err) == "NoSuchUpload" { // of another id: allowed
				return nil
			}
			return err
		}},
	} {
		refusals := map[string]*authz.Principal{
			"nobody":          nobody(),
			"another account": s.stranger,
			"no permission":   s.person(siteAccount, "none"),
			"others":          s.person(siteAccount, "others", may("s3:*", "*"), mayNot(strings.Fields(test.actions)[0], objects)),
			"another key":     s.person(siteAccount, "other-key", may("s3:*", "arn:aws:s3:::"+siteBucket+"/j")),
		}
		for _, missing := range strings.Fields(test.actions) {
			refusals["without "+missing] = s.person(siteAccount, "without", may("s3:*", "*"), mayNot(missing, objects))
		}
		for who, p := range refusals {
			if err := test.ask(p); code(err) != "AccessDenied" {
				t.Errorf("%s by %s: %v", test.name, who, err)
			}
		}
		var statements []string
		for _, action := range strings.Fields(test.actions) {
			statements = append(statements, may(action, objects))
		}
		if err := test.ask(s.person(siteAccount, "just", statements...)); err != nil {
			t.Errorf("%s with %s alone: %v", test.name, test.actions, err)
		}
	}
}

// TestUploadKeepsItsConditions: a policy that demands headers of s3:PutObject
// lets the parts and the completion pass when the upload began with them: these
// requests have no such headers.
func TestUploadKeepsItsConditions(t *testing.T) {
	s := newSite(t)
	s.bucketPolicy(siteStatement("Deny", `"Principal":"*",`, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/*", []string{
		`{"StringNotEquals":{"s3:x-amz-server-side-encryption":"AES256"}}`}),
		siteStatement("Deny", `"Principal":"*",`, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/*", []string{
			`{"Null":{"s3:RequestObjectTag/team":"true"}}`}))
	begin := func(edit func(*s3api.CreateMultipartUploadInput)) *s3api.CreateMultipartUploadInput {
		in := &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k")}
		edit(in)
		return in
	}
	refused(s, s.owner, s3api.OpCreateMultipartUpload, begin(func(in *s3api.CreateMultipartUploadInput) { in.Tagging = new("team=a") }), "AccessDenied", "")
	refused(s, s.owner, s3api.OpCreateMultipartUpload, begin(func(in *s3api.CreateMultipartUploadInput) { in.ServerSideEncryption = "AES256" }), "AccessDenied", "")
	id := *askOK(s, s.owner, s3api.OpCreateMultipartUpload, begin(func(in *s3api.CreateMultipartUploadInput) {
		in.Tagging, in.ServerSideEncryption = new("team=a"), "AES256"
	})).UploadId
	p := s.part("k", id, 1, "x")
	s.complete("k", id, []s3api.CompletedPart{p})
	s.complete("k", id, []s3api.CompletedPart{p}) // again
	// A policy that came afterwards holds for what is still to come.
	id = *askOK(s, s.owner, s3api.OpCreateMultipartUpload, begin(func(in *s3api.CreateMultipartUploadInput) {
		in.Tagging, in.ServerSideEncryption = new("team=a"), "AES256"
	})).UploadId
	s.bucketPolicy(siteStatement("Deny", `"Principal":"*",`, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/*", []string{
		`{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`}))
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 1, "x"), "AccessDenied", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}), "AccessDenied", "")
}

// TestUploadOfAnotherAccount: whom the bucket's policy lets put objects uploads
// in parts too, and ends no upload without being let do that.
func TestUploadOfAnotherAccount(t *testing.T) {
	s := newSite(t)
	to := `{"AWS":"arn:aws:iam::` + otherAccount + `:root"}`
	s.bucketPolicy(opens(to, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/*"))
	out := askOK(s, s.stranger, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k")})
	p := askOK(s, s.stranger, s3api.OpUploadPart, partInput("k", *out.UploadId, 1, "theirs"))
	abort := &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: out.UploadId}
	refused(s, s.stranger, s3api.OpAbortMultipartUpload, abort, "AccessDenied", "")
	u := askOK(s, s.owner, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)}).Uploads[0]
	account, err := s.cloud.Accounts.Get(t.Context(), siteAccount)
	s.check(err)
	// The bucket's owner owns what is put into it, by default.
	expect(t, "upload", u.Owner.ID, new(account.CanonicalID), u.Initiator.ID, new(s.stranger.ARN))
	askOK(s, s.stranger, s3api.OpCompleteMultipartUpload, completeInput("k", *out.UploadId, []s3api.CompletedPart{{PartNumber: new(int32(1)), ETag: p.ETag}}))
	if got := s.get("k"); got != "theirs" {
		t.Errorf("got %q", got)
	}
}

func TestAnonymousUpload(t *testing.T) {
	s := newSite(t)
	s.bucketPolicy(opens(`"*"`, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/*"))
	refused(s, nobody(), s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k")},
		"AccessDenied", "Anonymous users cannot initiate multipart uploads. Please authenticate.")
}

// TestConditionalCompletionTellsNothing: what an object's ETag is, and whether
// it exists, learns only who may.
func TestConditionalCompletionTellsNothing(t *testing.T) {
	s := newSite(t)
	etag := s.putContent("k", "x").ETag
	objects := "arn:aws:s3:::" + siteBucket + "/*"
	writer := s.person(siteAccount, "writer", may("s3:PutObject", objects))
	id, other := s.begin("k"), s.begin("none")
	p, q := s.part("k", id, 1, "y"), s.part("none", other, 1, "y")
	match := func(in *s3api.CompleteMultipartUploadInput) { in.IfMatch = etag }
	refused(s, writer, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}, match), "AccessDenied", "")
	reader := s.person(siteAccount, "reader", may("s3:PutObject", objects), may("s3:GetObject", objects))
	refused(s, reader, s3api.OpCompleteMultipartUpload, completeInput("none", other, []s3api.CompletedPart{q}, match), "AccessDenied", "")
	if _, err := ask(s, reader, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}, match)); err != nil {
		t.Error(err)
	}
}

func TestExpectedOwnerOfUpload(t *testing.T) {
	s := newSite(t)
	id := s.begin("k")
	p := s.part("k", id, 1, "x")
	other := new(otherAccount)
	refused(s, s.owner, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), ExpectedBucketOwner: other}, "AccessDenied", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput("k", id, 2, "x", func(in *s3api.UploadPartInput) { in.ExpectedBucketOwner = other }), "AccessDenied", "")
	refused(s, s.owner, s3api.OpListParts, &s3api.ListPartsInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id), ExpectedBucketOwner: other}, "AccessDenied", "")
	refused(s, s.owner, s3api.OpAbortMultipartUpload, &s3api.AbortMultipartUploadInput{Bucket: new(siteBucket), Key: new("k"), UploadId: new(id), ExpectedBucketOwner: other}, "AccessDenied", "")
	refused(s, s.owner, s3api.OpCompleteMultipartUpload, completeInput("k", id, []s3api.CompletedPart{p}, func(in *s3api.CompleteMultipartUploadInput) { in.ExpectedBucketOwner = other }), "AccessDenied", "")
}

func TestUploadRefusesLongKeys(t *testing.T) {
	s := newSite(t)
	long := strings.Repeat("k", 1025)
	refused(s, s.owner, s3api.OpCreateMultipartUpload, &s3api.CreateMultipartUploadInput{Bucket: new(siteBucket), Key: &long}, "KeyTooLongError", "")
	refused(s, s.owner, s3api.OpUploadPart, partInput(long, "x", 1, "x"), "KeyTooLongError", "")
	longest := strings.Repeat("\x00", 1024)
	id := s.begin(longest)
	s.complete(longest, id, []s3api.CompletedPart{s.part(longest, id, 1, "x")})
	if got := s.get(longest); got != "x" {
		t.Errorf("got %q", got)
	}
}
