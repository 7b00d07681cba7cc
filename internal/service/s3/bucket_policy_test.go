package s3

import (
	"slices"
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

const (
	ofBucketARN = "arn:aws:s3:::" + siteBucket
	ofObjects   = ofBucketARN + "/*"
	everybody   = `"*"`
)

// denies is a statement of a bucket policy that keeps a principal out.
func denies(principal, action, resource string, condition ...string) string {
	return siteStatement("Deny", `"Principal":`+principal+`,`, action, resource, condition)
}

func named(p *authz.Principal) string {
	if p.RoleARN != "" {
		return `{"AWS":"` + p.RoleARN + `"}`
	}
	return `{"AWS":"` + p.ARN + `"}`
}

func policyInput(doc string) *s3api.PutBucketPolicyInput {
	return &s3api.PutBucketPolicyInput{Bucket: new(siteBucket), Policy: &doc}
}

func (s *site) shownPolicy() string {
	s.Helper()
	return *askOK(s, s.owner, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: new(siteBucket)}).Policy
}

// try reads an object as somebody.
func (s *site) try(p *authz.Principal, key string) error {
	s.Helper()
	out, err := ask(s, p, s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new(siteBucket), Key: &key})
	if err == nil {
		s.check(closed(out))
	}
	return err
}

// mayRead asserts who can read an object.
func (s *site) mayRead(what string, p *authz.Principal, want bool) {
	s.Helper()
	if err := s.try(p, "key"); (err == nil) != want || err != nil && code(err) != "AccessDenied" {
		s.Errorf("%s: %v, want to read: %v", what, err, want)
	}
}

func TestBucketPolicy(t *testing.T) {
	s := newSite(t)
	s.put("key")
	reader := s.person(siteAccount, "reader")
	refused(s, s.owner, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: new(siteBucket)}, "NoSuchBucketPolicy", "The bucket policy does not exist")
	s.mayRead("without a policy", reader, false)
	doc := policyOf(opens(named(reader), "s3:GetObject", ofObjects))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(doc))
	members(t, "policy", s.shownPolicy(), doc)
	s.mayRead("named", reader, true)
	s.mayRead("not named", s.person(siteAccount, "other"), false)
	askOK(s, s.owner, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: new(siteBucket)})
	s.mayRead("after its end", reader, false)
}

// What S3 refuses, in its words.
func TestBucketPolicyRefuses(t *testing.T) {
	s := newSite(t)
	reader := s.person(siteAccount, "reader")
	kept := policyOf(opens(named(reader), "s3:GetObject", ofObjects))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(kept))
	for _, tt := range []struct{ name, doc, code, message string }{
		{"no JSON", "nonsense", "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"},
		{"nothing", "", "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"},
		{"no object", "[]", "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"},
		{"half an object", `{"Version":`, "MalformedPolicy", "This policy contains invalid Json"},
		{"a version", `{"Version":"2020-10-17","Statement":[]}`, "MalformedPolicy", "The policy must contain a valid version string"},
		{"no statement", `{"Version":"2012-10-17","Statement":[]}`, "MalformedPolicy", "Could not parse the policy: Statement is empty!"},
		{"an effect", policyOf(strings.Replace(opens(named(reader), "s3:GetObject", ofObjects), "Allow", "allow", 1)), "MalformedPolicy", "Invalid effect: allow"},
		{"no action", policyOf(opens(named(reader), "GetObject", ofObjects)), "MalformedPolicy", "Policy has invalid action"},
		{"no ARN", policyOf(opens(named(reader), "s3:GetObject", "the-bucket/*")), "MalformedPolicy", "Policy has invalid resource"},
		{"no principal", policyOf(may("s3:GetObject", ofObjects)), "MalformedPolicy", "Missing required field Principal"},
		{"no resource", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}}`, "MalformedPolicy", "Missing required field Resource"},
		{"an unknown field", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Who":"me"}}`, "MalformedPolicy", "Unknown field Who"},
		{"a bad principal", policyOf(opens(`{"AWS":"somebody"}`, "s3:GetObject", ofObjects)), "MalformedPolicy", "Invalid principal in policy"},
		{"a principal that is not", policyOf(opens(`{"AWS":"arn:aws:iam::111122223333:user/nobody"}`, "s3:GetObject", ofObjects)), "MalformedPolicy", "Invalid principal in policy"},
		{"a canonical user that is not", policyOf(opens(`{"CanonicalUser":"`+strings.Repeat("0", 64)+`"}`, "s3:GetObject", ofObjects)), "MalformedPolicy", "Invalid principal in policy"},
		{"another bucket", policyOf(opens(named(reader), "s3:GetObject", "arn:aws:s3:::another/*")), "MalformedPolicy", "Policy has invalid resource"},
		{"another service", policyOf(opens(named(reader), "kms:Decrypt", ofObjects)), "MalformedPolicy", "Policy has invalid action"},
		{"an idle action", policyOf(opens(named(reader), "s3:ListBucket", ofObjects)), "MalformedPolicy", "Action does not apply to any resource(s) in statement"},
		{"too long", policyOf(opens(named(reader), "s3:GetObject", ofObjects+strings.Repeat("a", maxPolicy))), "PolicyTooLarge", ""},
		{"public", policyOf(opens(everybody, "s3:GetObject", ofObjects)), "AccessDenied",
			`User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::the-bucket" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`},
	} {
		s.in(t, tt.name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketPolicy, policyInput(tt.doc), tt.code, tt.message) })
	}
	e := refused(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(`{"AWS":"arn:aws:iam::111122223333:user/nobody"}`, "s3:GetObject", ofObjects))), "MalformedPolicy", "")
	s.wantFields(e, "Detail", `"AWS" : "arn:aws:iam::111122223333:user/nobody"`)
	members(t, "policy", s.shownPolicy(), kept)
	// A policy of just the length is taken.
	doc := policyOf(opens(named(reader), "s3:GetObject", ofObjects))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(doc+strings.Repeat(" ", maxPolicy-len(doc))))
}

// A policy is for whom it named, not for the next of the name.
func TestBucketPolicyBindsPrincipals(t *testing.T) {
	s := newSite(t)
	s.put("key")
	reader := s.person(siteAccount, "reader")
	role := s.role(siteAccount, "role")
	doc := policyOf(opens(`{"AWS":["`+reader.ARN+`","`+role.RoleARN+`"]}`, "s3:GetObject", ofObjects))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(doc))
	s.mayRead("the user", reader, true)
	s.mayRead("the role", role, true)
	members(t, "policy", s.shownPolicy(), doc)
	delete(s.people, siteAccount+"/reader")
	s.mayRead("the next of the name", s.person(siteAccount, "reader"), false)
	if shown := s.shownPolicy(); !strings.Contains(shown, reader.ID) || strings.Contains(shown, reader.ARN) {
		t.Errorf("the policy shows one who is gone as %s", shown)
	}
}

// A canonical user id is another name of an account: it delegates, no more.
func TestBucketPolicyOfCanonicalUser(t *testing.T) {
	s := newSite(t)
	s.put("key")
	for _, spelled := range []string{"CanonicalUser", `\u0043anonicalUser`} {
		askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(
			opens(`{"`+spelled+`":["`+s.canonical(otherAccount)+`","`+s.canonical(siteAccount)+`"]}`, "s3:GetObject", ofObjects))))
		s.mayRead("the account's administrator", s.stranger, true)
		s.mayRead("its user without permission", s.person(otherAccount, "none"), false)
		s.mayRead("the owner's user without permission", s.person(siteAccount, "none"), false)
		s.mayRead("nobody", nobody(), false)
		if shown := s.shownPolicy(); !strings.Contains(shown, "arn:aws:iam::444455556666:root") || strings.Contains(shown, s.canonical(otherAccount)) {
			t.Errorf("the policy shows %s", shown)
		}
	}
}

// The root user of the owner may always mend the policy; nobody of another
// account may even read it.
func TestBucketPolicyLockout(t *testing.T) {
	s := newSite(t)
	bucket := new(siteBucket)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(denies(everybody, "s3:*", ofBucketARN))))
	refused(s, s.owner, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: bucket}, "AccessDenied",
		`User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::the-bucket" with an explicit deny in a resource-based policy`)
	refused(s, s.owner, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: bucket}, "AccessDenied", "")
	root := rootOf(siteAccount)
	refused(s, root, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: bucket}, "AccessDenied", "")
	refused(s, rootOf(otherAccount), s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: bucket}, "AccessDenied", "Access Denied")
	askOK(s, root, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: bucket})
	askOK(s, root, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(named(s.stranger), "s3:*", ofBucketARN))))
	for _, err := range []error{
		errOf(ask(s, s.stranger, s3api.OpGetBucketPolicy, &s3api.GetBucketPolicyInput{Bucket: bucket})),
		errOf(ask(s, s.stranger, s3api.OpPutBucketPolicy, policyInput(policyOf(denies(everybody, "s3:*", ofBucketARN))))),
		errOf(ask(s, s.stranger, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: bucket})),
	} {
		s.wantError("another account", err, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
	askOK(s, root, s3api.OpDeleteBucketPolicy, &s3api.DeleteBucketPolicyInput{Bucket: bucket})
}

func errOf[T any](_ T, err error) error { return err }

func TestBucketPolicyStatus(t *testing.T) {
	s := newSite(t)
	s.publicBlock("")
	status := func() bool {
		return *askOK(s, s.owner, s3api.OpGetBucketPolicyStatus, &s3api.GetBucketPolicyStatusInput{Bucket: new(siteBucket)}).PolicyStatus.IsPublic
	}
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(everybody, "s3:GetObject", ofObjects))))
	members(t, "anybody", status(), true)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(everybody, "s3:GetObject", ofObjects, `{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`))))
	members(t, "some addresses", status(), false)
}

// Both sides must agree where the caller is of another account.
func TestCrossAccount(t *testing.T) {
	s := newSite(t)
	s.put("key")
	with := s.person(otherAccount, "with", may("s3:GetObject", ofObjects))
	without := s.person(otherAccount, "without")
	s.mayRead("no policy", with, false)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(`{"AWS":"`+otherAccount+`"}`, "s3:GetObject", ofObjects))))
	s.mayRead("both allow", with, true)
	s.mayRead("the bucket alone allows", without, false)
	s.mayRead("its root", rootOf(otherAccount), true)
	s.mayRead("the owner's user without permission", s.person(siteAccount, "none"), false)
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(opens(named(without), "s3:GetObject", ofObjects))))
	s.mayRead("named, its own account does not allow", without, false)
	s.mayRead("not named", with, false)
}

// together are the accounts of one organization.
type together []string

func (o together) Of(account string) *authz.Membership {
	if slices.Contains(o, account) {
		return &authz.Membership{OrgID: "o-aa111bb222"}
	}
	return nil
}

// What a denial says within an organization, and outside.
func TestDenialWithinOrganization(t *testing.T) {
	s := newSite(t)
	head := &s3api.HeadBucketInput{Bucket: new(siteBucket)}
	refused(s, s.stranger, s3api.OpHeadBucket, head, "AccessDenied", "Access Denied")
	s.cloud.Authorizer.Organization = together{siteAccount, otherAccount}
	refused(s, s.stranger, s3api.OpHeadBucket, head, "AccessDenied",
		`User: arn:aws:iam::444455556666:user/admin is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::the-bucket" because no resource-based policy allows the s3:ListBucket action`)
	refused(s, nobody(), s3api.OpHeadBucket, head, "AccessDenied", "Access Denied")
	refused(s, s.person("999999999999", "far", may("*", "*")), s3api.OpHeadBucket, head, "AccessDenied", "Access Denied")
}

// A service acts in its own name, for the account and the resource that the
// policy names, as CloudTrail does.
func TestServicePrincipal(t *testing.T) {
	s := newSite(t)
	const trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/t"
	logs := "arn:aws:s3:::" + siteBucket + "/AWSLogs/111122223333/*"
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(
		opens(`{"Service":"cloudtrail.amazonaws.com"}`, "s3:GetBucketAcl", ofBucketARN, `{"StringEquals":{"aws:SourceArn":"`+trail+`"}}`),
		opens(`{"Service":"cloudtrail.amazonaws.com"}`, "s3:PutObject", logs,
			`{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceArn":"`+trail+`","aws:SourceAccount":"111122223333"}}`))))
	for _, tt := range []struct {
		name, service, key, acl, source, account string
		allowed                                  bool
	}{
		{"as the policy says", "cloudtrail.amazonaws.com", "AWSLogs/111122223333/log", "bucket-owner-full-control", trail, siteAccount, true},
		{"another service", "config.amazonaws.com", "AWSLogs/111122223333/log", "bucket-owner-full-control", trail, siteAccount, false},
		{"another key", "cloudtrail.amazonaws.com", "AWSLogs/444455556666/log", "bucket-owner-full-control", trail, siteAccount, false},
		{"without the list", "cloudtrail.amazonaws.com", "AWSLogs/111122223333/log", "", trail, siteAccount, false},
		{"another trail", "cloudtrail.amazonaws.com", "AWSLogs/111122223333/log", "bucket-owner-full-control", trail + "2", siteAccount, false},
		{"another account", "cloudtrail.amazonaws.com", "AWSLogs/111122223333/log", "bucket-owner-full-control", trail, otherAccount, false},
	} {
		err := s.putAs(awsService(tt.service), tt.key, func(in *s3api.PutObjectInput) { in.ACL = s3api.ObjectCannedACL(tt.acl) }, tt.source, tt.account)
		if (err == nil) != tt.allowed || err != nil && code(err) != "AccessDenied" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
