package s3

import (
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func TestPublicAccessBlock(t *testing.T) {
	s := newSite(t)
	get := func() *s3api.PublicAccessBlockConfiguration {
		return askOK(s, s.owner, s3api.OpGetPublicAccessBlock, &s3api.GetPublicAccessBlockInput{Bucket: new(siteBucket)}).PublicAccessBlockConfiguration
	}
	s.publicBlock("ip")
	c := get()
	members(t, "block", c.BlockPublicAcls, false, c.IgnorePublicAcls, true, c.BlockPublicPolicy, true, c.RestrictPublicBuckets, false)
	askOK(s, s.owner, s3api.OpDeletePublicAccessBlock, &s3api.DeletePublicAccessBlockInput{Bucket: new(siteBucket)})
	refused(s, s.owner, s3api.OpGetPublicAccessBlock, &s3api.GetPublicAccessBlockInput{Bucket: new(siteBucket)},
		"NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
}

// BlockPublicAcls keeps public lists from being set, and no others.
func TestBlockPublicACLs(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.check(s.putAs(s.owner, "key", canned("public-read")))
	s.publicBlock("a")
	const reason = " because public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3 Block Public Access."
	for _, acl := range []s3api.BucketCannedACL{"public-read", "public-read-write", "authenticated-read"} {
		refused(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new(siteBucket), ACL: acl}, "AccessDenied",
			`User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:PutBucketAcl on resource: "arn:aws:s3:::the-bucket"`+reason)
		s.wantError("object", s.putAs(s.owner, "new", canned(s3api.ObjectCannedACL(acl))), "AccessDenied",
			`User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::the-bucket/new"`+reason)
		refused(s, s.owner, s3api.OpPutObjectAcl, &s3api.PutObjectAclInput{Bucket: new(siteBucket), Key: new("key"), ACL: s3api.ObjectCannedACL(acl)}, "AccessDenied",
			`User: arn:aws:iam::111122223333:user/admin is not authorized to perform: s3:PutObjectAcl on resource: "arn:aws:s3:::the-bucket/key"`+reason)
	}
	refused(s, s.owner, s3api.OpPutBucketAcl, &s3api.PutBucketAclInput{Bucket: new(siteBucket), AccessControlPolicy: s.list(siteAccount, "AllUsers", "READ_ACP")}, "AccessDenied", "")
	s.grants(otherAccount, "FULL_CONTROL")
	s.check(s.putAs(s.owner, "new", canned("bucket-owner-read")))
	s.mayRead("nobody, by a list of before", nobody(), true)
}

// IgnorePublicAcls takes the force of public grants, and of no others.
func TestIgnorePublicACLs(t *testing.T) {
	s := newSite(t)
	s.acls()
	list := &s3api.ListObjectsV2Input{Bucket: new(siteBucket)}
	s.put("key")
	askOK(s, s.owner, s3api.OpPutObjectAcl, &s3api.PutObjectAclInput{Bucket: new(siteBucket), Key: new("key"),
		AccessControlPolicy: s.list(siteAccount, "AllUsers", "READ", otherAccount, "READ")})
	s.grants("AuthenticatedUsers", "READ", otherAccount, "READ")
	third := rootOf("999999999999")
	s.mayRead("nobody", nobody(), true)
	askOK(s, third, s3api.OpListObjectsV2, list)
	s.publicBlock("i")
	s.mayRead("nobody", nobody(), false)
	s.mayRead("a third", third, false)
	s.mayRead("the other account", s.stranger, true)
	refused(s, third, s3api.OpListObjectsV2, list, "AccessDenied", "Access Denied")
	askOK(s, s.stranger, s3api.OpListObjectsV2, list)
	acl := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: new(siteBucket)})
	members(t, "the list in force", len(acl.Grants), 1, acl.Grants[0].Grantee.ID, s.canonical(otherAccount))
	s.publicBlock("")
	s.mayRead("nobody, when it is over", nobody(), true)
}

// RestrictPublicBuckets keeps everybody out but the owner's account and the
// services, as long as the policy is public: the example of "How Amazon S3
// evaluates a bucket policy that contains both public and non-public access
// grants".
func TestRestrictPublicBuckets(t *testing.T) {
	s := newSite(t)
	s.publicBlock("")
	s.put("key")
	others := opens(`{"AWS":"`+otherAccount+`"}`, "s3:GetObject", ofObjects)
	trail := opens(`{"Service":"cloudtrail.amazonaws.com"}`, "s3:GetObject", ofObjects)
	public := opens(everybody, "s3:GetObject", ofObjects)
	none := s.person(siteAccount, "none")
	for _, tt := range []struct {
		block, policy                      string
		nobody, other, service, own, owner bool
	}{
		{"", policyOf(trail, others, public), true, true, true, true, true},
		{"r", policyOf(trail, others, public), false, false, true, true, true},
		{"r", policyOf(trail, others), false, true, true, false, true},
		{"aip", policyOf(trail, others), false, true, true, false, true},
	} {
		s.publicBlock("")
		askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(tt.policy))
		s.publicBlock(tt.block)
		s.mayRead("nobody", nobody(), tt.nobody)
		s.mayRead("the other account", s.stranger, tt.other)
		s.mayRead("its root", rootOf(otherAccount), tt.other)
		s.mayRead("a service", awsService("cloudtrail.amazonaws.com"), tt.service)
		s.mayRead("an own user without permission", none, tt.own)
		s.mayRead("the owner", s.owner, tt.owner)
	}
	// Not by a list either.
	s.publicBlock("")
	s.ownership("ObjectWriter")
	askOK(s, s.owner, s3api.OpPutObjectAcl, &s3api.PutObjectAclInput{Bucket: new(siteBucket), Key: new("key"), ACL: "public-read"})
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(public)))
	s.publicBlock("r")
	s.mayRead("nobody", nobody(), false)
	s.mayRead("the other account", s.stranger, false)
}

// BlockPublicPolicy is about what is set from now on.
func TestBlockPublicPolicy(t *testing.T) {
	s := newSite(t)
	s.publicBlock("")
	s.put("key")
	public := policyInput(policyOf(opens(everybody, "s3:GetObject", ofObjects)))
	askOK(s, s.owner, s3api.OpPutBucketPolicy, public)
	s.publicBlock("p")
	s.mayRead("nobody, by a policy of before", nobody(), true)
	refused(s, s.owner, s3api.OpPutBucketPolicy, public, "AccessDenied", "")
	refused(s, rootOf(siteAccount), s3api.OpPutBucketPolicy, public, "AccessDenied", "")
	askOK(s, s.owner, s3api.OpPutBucketPolicy, policyInput(policyOf(denies(everybody, "s3:GetObject", ofObjects))))
}
