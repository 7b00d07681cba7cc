package s3

import (
	"fmt"
	"io"
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

func closed(out *s3api.GetObjectOutput) error {
	if c, ok := out.Body.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// putAs puts an object as somebody. source is the resource, and its account, on
// whose behalf a service calls.
func (s *site) putAs(p *authz.Principal, key string, edit func(*s3api.PutObjectInput), source ...string) error {
	s.Helper()
	in := putInput(key, "content of "+key)
	if edit != nil {
		edit(in)
	}
	_, err := askAs(s, p, s3api.OpPutObject, in, func(c *cloud.Call) {
		if len(source) == 2 {
			c.SourceARN, c.SourceAccount = source[0], source[1]
		}
	})
	return err
}

func canned(acl s3api.ObjectCannedACL) func(*s3api.PutObjectInput) {
	return func(in *s3api.PutObjectInput) { in.ACL = acl }
}

func aclInput(edit func(*s3api.PutBucketAclInput)) *s3api.PutBucketAclInput {
	in := &s3api.PutBucketAclInput{Bucket: new(siteBucket)}
	edit(in)
	return in
}

// The ways of giving a bucket its list, and how it is shown.
func TestPutBucketACL(t *testing.T) {
	s := newSite(t)
	s.acls()
	id, other := s.canonical(siteAccount), s.canonical(otherAccount)
	get := func() string {
		out := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: new(siteBucket)})
		members(t, "owner", out.Owner.ID, id)
		var lines []string
		for _, g := range out.Grants {
			who := map[string]string{id: "owner", other: "other"}[value(g.Grantee.ID)]
			if g.Grantee.URI != nil {
				who = (*g.Grantee.URI)[strings.LastIndexByte(*g.Grantee.URI, '/')+1:]
			}
			lines = append(lines, who+":"+string(g.Permission))
		}
		return strings.Join(lines, " ")
	}
	for _, tt := range []struct {
		edit func(*s3api.PutBucketAclInput)
		want string
	}{
		{func(in *s3api.PutBucketAclInput) { in.ACL = "public-read" }, "owner:FULL_CONTROL AllUsers:READ"},
		{func(in *s3api.PutBucketAclInput) { in.ACL = "private" }, "owner:FULL_CONTROL"},
		{func(in *s3api.PutBucketAclInput) {
			in.GrantRead, in.GrantWriteACP = new(`id="`+other+`", uri="`+access.AuthenticatedUsers+`"`), new("id="+id)
		}, "other:READ AuthenticatedUsers:READ owner:WRITE_ACP"},
		{func(in *s3api.PutBucketAclInput) {
			in.AccessControlPolicy = s.list(siteAccount, "LogDelivery", "WRITE", otherAccount, "FULL_CONTROL")
		}, "LogDelivery:WRITE other:FULL_CONTROL"},
		{func(in *s3api.PutBucketAclInput) { in.AccessControlPolicy = s.list(siteAccount) }, ""},
	} {
		askOK(s, s.owner, s3api.OpPutBucketAcl, aclInput(tt.edit))
		if got := get(); got != tt.want {
			t.Errorf("list is %s, want %s", got, tt.want)
		}
	}

	s.grants(otherAccount, "READ", "AllUsers", "WRITE")
	long := s.list(siteAccount)
	for range maxGrants + 1 {
		long.Grants = append(long.Grants, s.list(siteAccount, otherAccount, "READ").Grants...)
	}
	for _, tt := range []struct {
		name, code, message string
		edit                func(*s3api.PutBucketAclInput)
	}{
		{"nothing", "MissingSecurityHeader", "Your request was missing a required header", func(*s3api.PutBucketAclInput) {}},
		{"two ways", "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed",
			func(in *s3api.PutBucketAclInput) { in.ACL, in.GrantRead = "private", new("id="+other) }},
		{"header and body", "UnexpectedContent", "This request does not support content",
			func(in *s3api.PutBucketAclInput) { in.ACL, in.AccessControlPolicy = "private", s.list(siteAccount) }},
		{"an unknown id", "InvalidArgument", "Invalid id", func(in *s3api.PutBucketAclInput) { in.GrantRead = new("id=" + strings.Repeat("0", 64)) }},
		{"an account", "InvalidArgument", "Invalid id", func(in *s3api.PutBucketAclInput) { in.GrantRead = new("id=" + otherAccount) }},
		{"an unknown group", "InvalidArgument", "Invalid group uri", func(in *s3api.PutBucketAclInput) {
			in.GrantRead = new(`uri="http://acs.amazonaws.com/groups/global/Friends"`)
		}},
		{"an address", "UnresolvableGrantByEmailAddress", "The email address you provided does not match any account on record.",
			func(in *s3api.PutBucketAclInput) { in.GrantRead = new(`emailAddress="xyz@amazon.com"`) }},
		{"no form", "InvalidArgument", "Argument format not recognized", func(in *s3api.PutBucketAclInput) { in.GrantRead = new("everybody") }},
		{"no owner", "MalformedACLError", "", func(in *s3api.PutBucketAclInput) { in.AccessControlPolicy = &s3api.AccessControlPolicy{} }},
		{"another owner", "AccessDenied", "", func(in *s3api.PutBucketAclInput) { in.AccessControlPolicy = s.list(otherAccount) }},
		{"no grantee", "MalformedACLError", "", func(in *s3api.PutBucketAclInput) {
			in.AccessControlPolicy = s.list(siteAccount)
			in.AccessControlPolicy.Grants = []s3api.Grant{{Permission: "READ"}}
		}},
		{"no permission", "MalformedACLError", "", func(in *s3api.PutBucketAclInput) { in.AccessControlPolicy = s.list(siteAccount, otherAccount, "") }},
		{"no id", "MalformedACLError", "", func(in *s3api.PutBucketAclInput) {
			in.AccessControlPolicy = s.list(siteAccount, otherAccount, "READ")
			in.AccessControlPolicy.Grants[0].Grantee.ID = nil
		}},
		{"too many grants", "MalformedACLError", "", func(in *s3api.PutBucketAclInput) { in.AccessControlPolicy = long }},
	} {
		s.in(t, tt.name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketAcl, aclInput(tt.edit), tt.code, tt.message) })
	}
	members(t, "after refusals", get(), "other:READ AllUsers:WRITE")
}

// What each permission on a bucket lets each kind of grantee do, and that it is
// all: "Mapping of ACL permissions and access policy permissions".
func TestBucketACLMatrix(t *testing.T) {
	bucket := new(siteBucket)
	operations := []struct {
		name string
		run  func(s *site, p *authz.Principal) error
	}{
		{"list", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: bucket}))
		}},
		{"put", func(s *site, p *authz.Principal) error { return s.putAs(p, "new", nil) }},
		{"read acl", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: bucket}))
		}},
		{"write acl", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: bucket, ACL: "private"}))
		}},
		{"read", func(s *site, p *authz.Principal) error { return s.try(p, "key") }},
		{"overwrite", func(s *site, p *authz.Principal) error { return s.putAs(p, "key", nil) }},
		{"delete", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpDeleteObject, &s3api.DeleteObjectInput{Bucket: bucket, Key: new("key")}))
		}},
		{"configure", func(s *site, p *authz.Principal) error {
			return errOf(ask(s, p, s3api.OpGetBucketTagging, &s3api.GetBucketTaggingInput{Bucket: bucket}))
		}},
	}
	allows := map[string]string{"READ": "list", "WRITE": "put", "READ_ACP": "read acl", "WRITE_ACP": "write acl", "FULL_CONTROL": "list, put, read acl, write acl"}
	grantees := map[string]string{otherAccount: "admin, root", "AuthenticatedUsers": "admin, root, third", "AllUsers": "admin, root, third, nobody, own", "LogDelivery": "logging"}
	principals := map[string]func(s *site) *authz.Principal{
		"admin":     func(s *site) *authz.Principal { return s.stranger },
		"root":      func(*site) *authz.Principal { return rootOf(otherAccount) },
		"powerless": func(s *site) *authz.Principal { return s.person(otherAccount, "none") },
		"third":     func(*site) *authz.Principal { return rootOf("999999999999") },
		"nobody":    func(*site) *authz.Principal { return nobody() },
		"own":       func(s *site) *authz.Principal { return s.person(siteAccount, "none") },
		"logging":   func(*site) *authz.Principal { return awsService("logging.s3.amazonaws.com") },
		"service":   func(*site) *authz.Principal { return awsService("cloudtrail.amazonaws.com") },
	}
	for permission, can := range allows {
		for grantee, who := range grantees {
			t.Run(grantee+" "+permission, func(t *testing.T) {
				for _, op := range operations {
					for name, principal := range principals {
						s := newSite(t) // what one does changes what the next may do
						s.acls()
						s.put("key")
						s.grants(grantee, permission)
						p := principal(s)
						in := contains(who, name) || grantee == "AllUsers" && (name == "logging" || name == "service") || grantee == "AuthenticatedUsers" && name == "own"
						want := in && contains(can, op.name) && (name != "nobody" || op.name != "write acl") // which takes a name
						if name == "own" && (op.name == "overwrite" || op.name == "delete") {
							want = in && contains(can, "put") // what is there is its own
						}
						if err := op.run(s, p); (err == nil) != want || err != nil && code(err) != "AccessDenied" {
							t.Errorf("%s by %s: %v", op.name, name, err)
						}
					}
				}
			})
		}
	}
}

func contains(list, word string) bool {
	for w := range strings.SplitSeq(list, ", ") {
		if w == word {
			return true
		}
	}
	return false
}

// The owner of an object decides about it where lists are in force, and the
// bucket's owner no more than to deny and to delete.
func TestObjectOfAnotherOwner(t *testing.T) {
	s := newSite(t)
	s.acls()
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(
		opens(named(s.stranger), "s3:PutObject", ofObjects), opens(named(s.stranger), "s3:PutObjectAcl", ofObjects), opens(everybody, "s3:GetObject", ofObjects))))
	s.check(s.putAs(s.stranger, "key", nil))
	s.mayRead("its owner", s.stranger, true)
	s.mayRead("its owner's root", rootOf(otherAccount), true)
	s.mayRead("the bucket's owner", s.owner, false)
	s.mayRead("the bucket's root", rootOf(siteAccount), false)
	s.mayRead("nobody, whom the bucket policy lets in", nobody(), false)
	s.mayRead("its owner's user without permission", s.person(otherAccount, "none"), false)

	s.check(s.putAs(s.stranger, "key", canned("bucket-owner-full-control")))
	s.mayRead("the bucket's owner with full control", s.owner, true)
	s.mayRead("nobody", nobody(), false)
	acl := askOK(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new(siteBucket), Key: new("key")})
	members(t, "owner", acl.Owner.ID, s.canonical(otherAccount), len(acl.Grants), 2)

	s.check(s.putAs(s.stranger, "key", canned("public-read")))
	s.mayRead("nobody, whom the object lets in", nobody(), true)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(denies(everybody, "s3:GetObject", ofObjects))))
	s.mayRead("its owner, denied by the bucket", s.stranger, false)
	s.mayRead("nobody, denied by the bucket", nobody(), false)

	// With lists disabled everything is the bucket owner's, at once.
	s.ownership("BucketOwnerEnforced")
	askOK(s, s.owner, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: new(siteBucket)})
	s.mayRead("the bucket's owner", s.owner, true)
	s.mayRead("its writer", s.stranger, false)
	s.mayRead("nobody", nobody(), false)
	acl = askOK(s, s.owner, s3api.OpGetObjectAcl, &s3api.GetObjectAclInput{Bucket: new(siteBucket), Key: new("key")})
	members(t, "owner", acl.Owner.ID, s.canonical(siteAccount), len(acl.Grants), 1)
	s.ownership("ObjectWriter")
	s.mayRead("its writer, when lists are back", s.stranger, true)

	s.remove("key") // the bucket's owner may always
}

// What somebody has uploaded who did not sign is nobody's to read, but by a list
// that says so.
func TestObjectOfNobody(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.grants("AllUsers", "WRITE")
	s.check(s.putAs(nobody(), "key", nil))
	for what, p := range map[string]*authz.Principal{
		"the bucket's owner": s.owner, "its root": rootOf(siteAccount), "another account": s.stranger, "its root too": rootOf(otherAccount), "nobody": nobody(),
	} {
		s.mayRead(what, p, false)
	}
	acl := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new(siteBucket), FetchOwner: new(true)})
	members(t, "objects", len(acl.Contents), 1)
	s.check(s.putAs(nobody(), "key", canned("bucket-owner-full-control")))
	s.mayRead("the bucket's owner with full control", s.owner, true)
	s.mayRead("another account", s.stranger, false)
	s.remove("key")
}

// Who owns what another account uploads.
func TestObjectOwnership(t *testing.T) {
	for _, tt := range []struct {
		ownership s3api.ObjectOwnership
		acl       s3api.ObjectCannedACL
		owner     string
	}{
		{"BucketOwnerEnforced", "", siteAccount},
		{"BucketOwnerEnforced", "bucket-owner-full-control", siteAccount},
		{"BucketOwnerPreferred", "", otherAccount},
		{"BucketOwnerPreferred", "public-read", otherAccount},
		{"BucketOwnerPreferred", "bucket-owner-full-control", siteAccount},
		{"ObjectWriter", "", otherAccount},
		{"ObjectWriter", "bucket-owner-full-control", otherAccount},
	} {
		t.Run(fmt.Sprint(tt.ownership, " ", tt.acl), func(t *testing.T) {
			s := newSite(t)
			s.acls()
			askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(
				opens(named(s.stranger), "s3:PutObject", ofObjects), opens(named(s.stranger), "s3:PutObjectAcl", ofObjects))))
			s.ownership(tt.ownership)
			s.check(s.putAs(s.stranger, "key", canned(tt.acl)))
			out := askOK(s, s.owner, s3api.OpListObjectsV2, &s3api.ListObjectsV2Input{Bucket: new(siteBucket), FetchOwner: new(true)})
			members(t, "owner", out.Contents[0].Owner.ID, s.canonical(tt.owner))
		})
	}
}

// Where lists are disabled a request may not set one, but for what holds
// anyway.
func TestDisabledACLs(t *testing.T) {
	s := newSite(t)
	id := s.canonical(siteAccount)
	for name, tt := range map[string]struct {
		edit func(*s3api.PutObjectInput)
		code string
	}{
		"none":                      {nil, ""},
		"bucket-owner-full-control": {canned("bucket-owner-full-control"), ""},
		"the owner by header":       {func(in *s3api.PutObjectInput) { in.GrantFullControl = new("id=" + id) }, ""},
		"private":                   {canned("private"), "AccessControlListNotSupported"},
		"public-read":               {canned("public-read"), "AccessControlListNotSupported"},
		"bucket-owner-read":         {canned("bucket-owner-read"), "AccessControlListNotSupported"},
		"another by header":         {func(in *s3api.PutObjectInput) { in.GrantRead = new("id=" + s.canonical(otherAccount)) }, "AccessControlListNotSupported"},
	} {
		s.in(t, name, func(s *site) {
			if err := s.putAs(s.owner, "key", tt.edit); code(err) != tt.code {
				t.Errorf("%v, want %q", err, tt.code)
			}
		})
	}
	refused(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new(siteBucket), ACL: "private"}, "AccessControlListNotSupported", "The bucket does not allow ACLs")

	// They cannot be disabled while the bucket's own lets others in.
	s.acls()
	s.grants(siteAccount, "FULL_CONTROL", otherAccount, "READ")
	in := &s3api.PutBucketOwnershipControlsInput{Bucket: new(siteBucket), OwnershipControls: &s3api.OwnershipControls{
		Rules: []s3api.OwnershipControlsRule{{ObjectOwnership: "BucketOwnerEnforced"}}}}
	refused(s, s.owner, s3api.OpPutBucketOwnershipControls, in, "InvalidBucketAclWithObjectOwnership", "")
	s.grants(siteAccount, "FULL_CONTROL")
	askOK(s, s.owner, s3api.OpPutBucketOwnershipControls, in)
	in.OwnershipControls.Rules = append(in.OwnershipControls.Rules, in.OwnershipControls.Rules[0])
	refused(s, s.owner, s3api.OpPutBucketOwnershipControls, in, "MalformedXML", "")
	askOK(s, s.owner, s3api.OpDeleteBucketOwnershipControls, &s3api.DeleteBucketOwnershipControlsInput{Bucket: new(siteBucket)})
	refused(s, s.owner, s3api.OpGetBucketOwnershipControls, &s3api.GetBucketOwnershipControlsInput{Bucket: new(siteBucket)}, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	s.check(s.putAs(s.owner, "key", canned("public-read"))) // as of old
}
