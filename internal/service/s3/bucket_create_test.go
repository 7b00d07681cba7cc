package s3

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func createInput(name string, edit ...func(*s3api.CreateBucketInput)) *s3api.CreateBucketInput {
	in := &s3api.CreateBucketInput{Bucket: new(name)}
	for _, f := range edit {
		f(in)
	}
	return in
}

func located(constraint string) func(*s3api.CreateBucketInput) {
	return func(in *s3api.CreateBucketInput) {
		in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{LocationConstraint: s3api.BucketLocationConstraint(constraint)}
	}
}

func inRegion(region string) func(*cloud.Call) {
	return func(c *cloud.Call) { c.Region = region }
}

// A new bucket has what S3 gives to new buckets since April 2023, and default
// encryption.
func TestCreateBucket(t *testing.T) {
	s := newSite(t)
	out := askOK(s, s.owner, s3api.OpCreateBucket, createInput("a-new-bucket"))
	members(t, "answer", out.Location, "/a-new-bucket", out.BucketArn, "arn:aws:s3:::a-new-bucket")
	bucket := new("a-new-bucket")

	block := askOK(s, s.owner, s3api.OpGetPublicAccessBlock, &s3api.GetPublicAccessBlockInput{Bucket: bucket}).PublicAccessBlockConfiguration
	members(t, "block", block.BlockPublicAcls, true, block.IgnorePublicAcls, true, block.BlockPublicPolicy, true, block.RestrictPublicBuckets, true)
	owned := askOK(s, s.owner, s3api.OpGetBucketOwnershipControls, &s3api.GetBucketOwnershipControlsInput{Bucket: bucket}).OwnershipControls
	members(t, "ownership", owned.Rules[0].ObjectOwnership, "BucketOwnerEnforced")
	acl := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: bucket})
	members(t, "acl", acl.Owner.ID, s.canonical(siteAccount), len(acl.Grants), 1, acl.Grants[0].Grantee.ID, s.canonical(siteAccount), acl.Grants[0].Permission, "FULL_CONTROL")
	rule := askOK(s, s.owner, s3api.OpGetBucketEncryption, &s3api.GetBucketEncryptionInput{Bucket: bucket}).ServerSideEncryptionConfiguration.Rules[0]
	members(t, "encryption", rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm, "AES256", rule.BucketKeyEnabled, false)
	members(t, "versioning", askOK(s, s.owner, s3api.OpGetBucketVersioning, &s3api.GetBucketVersioningInput{Bucket: bucket}).Status, "")
	members(t, "location", askOK(s, s.owner, s3api.OpGetBucketLocation, &s3api.GetBucketLocationInput{Bucket: bucket}).LocationConstraint, "")
	head := askOK(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: bucket})
	members(t, "head", head.BucketRegion, "us-east-1", head.BucketArn, "arn:aws:s3:::a-new-bucket", head.AccessPointAlias, false)
}

// A request can ask for more.
func TestCreateBucketWith(t *testing.T) {
	s := newSite(t)
	askOK(s, s.owner, s3api.OpCreateBucket, createInput("a-new-bucket", func(in *s3api.CreateBucketInput) {
		in.ObjectLockEnabledForBucket = new(true)
		in.ObjectOwnership = s3api.ObjectOwnershipObjectWriter
		in.GrantRead = new(`id="` + s.canonical(otherAccount) + `"`)
		in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{Tags: []s3api.Tag{{Key: new("k"), Value: new("v")}}}
	}))
	bucket := new("a-new-bucket")
	members(t, "versioning", askOK(s, s.owner, s3api.OpGetBucketVersioning, &s3api.GetBucketVersioningInput{Bucket: bucket}).Status, "Enabled")
	lock := askOK(s, s.owner, s3api.OpGetObjectLockConfiguration, &s3api.GetObjectLockConfigurationInput{Bucket: bucket}).ObjectLockConfiguration
	members(t, "lock", lock.ObjectLockEnabled, "Enabled", lock.Rule == nil, true)
	tags := askOK(s, s.owner, s3api.OpGetBucketTagging, &s3api.GetBucketTaggingInput{Bucket: bucket}).TagSet
	members(t, "tags", len(tags), 1, tags[0].Key, "k", tags[0].Value, "v")
	acl := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: bucket})
	members(t, "acl", len(acl.Grants), 1, acl.Grants[0].Grantee.ID, s.canonical(otherAccount), acl.Grants[0].Permission, "READ")
}

// A bucket that is made with the canned list "private" takes lists, unless the
// request says otherwise: https://github.com/versity/versitygw/issues/1869
func TestCreateBucketPrivate(t *testing.T) {
	s := newSite(t)
	for i, c := range []struct{ asked, want s3api.ObjectOwnership }{
		{"", s3api.ObjectOwnershipBucketOwnerPreferred},
		{s3api.ObjectOwnershipBucketOwnerEnforced, s3api.ObjectOwnershipBucketOwnerEnforced},
		{s3api.ObjectOwnershipObjectWriter, s3api.ObjectOwnershipObjectWriter},
	} {
		bucket := fmt.Sprintf("a-new-bucket-%d", i)
		askOK(s, s.owner, s3api.OpCreateBucket, createInput(bucket, func(in *s3api.CreateBucketInput) {
			in.ACL, in.ObjectOwnership = s3api.BucketCannedACLPrivate, c.asked
		}))
		owned := askOK(s, s.owner, s3api.OpGetBucketOwnershipControls, &s3api.GetBucketOwnershipControlsInput{Bucket: &bucket}).OwnershipControls
		members(t, "ownership", owned.Rules[0].ObjectOwnership, c.want)
		acl := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: &bucket})
		members(t, "acl", len(acl.Grants), 1, acl.Grants[0].Grantee.ID, s.canonical(siteAccount), acl.Grants[0].Permission, "FULL_CONTROL")
		block := askOK(s, s.owner, s3api.OpGetPublicAccessBlock, &s3api.GetPublicAccessBlockInput{Bucket: &bucket}).PublicAccessBlockConfiguration
		members(t, "block", block.BlockPublicAcls, true, block.IgnorePublicAcls, true)
	}
}

func TestCreateBucketRefuses(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		name, code, message string
		in                  *s3api.CreateBucketInput
	}{
		{"a bad name", "InvalidBucketName", "The specified bucket is not valid.", createInput("Not_A_Name")},
		{"a name of another", "BucketAlreadyExists",
			"The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
			createInput("of-another")},
		{"no Region's constraint", "InvalidLocationConstraint", "The specified location-constraint is not valid", createInput("new-bucket", located("nowhere"))},
		{"us-east-1 by name", "InvalidLocationConstraint", "The specified location-constraint is not valid", createInput("new-bucket", located("us-east-1"))},
		{"a list where they are disabled", "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
			createInput("new-bucket", func(in *s3api.CreateBucketInput) { in.ACL = s3api.BucketCannedACLPublicRead })},
		{"a public list", "InvalidBucketAclWithBlockPublicAccessError", "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
			createInput("new-bucket", func(in *s3api.CreateBucketInput) {
				in.ACL, in.ObjectOwnership = s3api.BucketCannedACLPublicRead, s3api.ObjectOwnershipObjectWriter
			})},
		{"two lists", "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed", createInput("new-bucket", func(in *s3api.CreateBucketInput) {
			in.ACL, in.GrantRead, in.ObjectOwnership = s3api.BucketCannedACLPrivate, new(`id="x"`), s3api.ObjectOwnershipObjectWriter
		})},
		{"a grant to nobody", "InvalidArgument", "Invalid id", createInput("new-bucket", func(in *s3api.CreateBucketInput) {
			in.GrantRead, in.ObjectOwnership = new(`id="`+strings.Repeat("0", 64)+`"`), s3api.ObjectOwnershipObjectWriter
		})},
		{"system tags", "InvalidTag", "System tags cannot be added/updated by requester", createInput("new-bucket", func(in *s3api.CreateBucketInput) {
			in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{Tags: []s3api.Tag{{Key: new("aws:k"), Value: new("v")}}}
		})},
		{"a directory bucket", "NotImplemented", "", createInput("new-bucket", func(in *s3api.CreateBucketInput) {
			in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{Location: &s3api.LocationInfo{}, Bucket: &s3api.BucketInfo{}}
		})},
	} {
		askOK(s, s.stranger, s3api.OpCreateBucket, createInput("of-another"))
		s.in(t, tt.name, func(s *site) { refused(s, s.owner, s3api.OpCreateBucket, tt.in, tt.code, tt.message) })
	}
	refused(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new("new-bucket")}, "NoSuchBucket", "")
}

// In us-east-1 one may create one's own bucket once more. Elsewhere not.
func TestCreateBucketAgain(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.grants(otherAccount, "READ")
	s.put("kept")
	askOK(s, s.owner, s3api.OpCreateBucket, createInput(siteBucket))
	acl := askOK(s, s.owner, s3api.OpGetBucketAcl, &s3api.GetBucketAclInput{Bucket: new(siteBucket)})
	members(t, "acl", len(acl.Grants), 1, acl.Grants[0].Grantee.ID, s.canonical(siteAccount))
	members(t, "object", s.get("kept"), "content of kept")

	in := createInput("western", located("eu-west-1"))
	// moto's test_create_bucket_with_wrong_location_constraint, which AWS has answered.
	for _, constraint := range []string{"us-east-1", "us-east-2", "eu-central-1", "us-gov-east-2"} {
		_, err := askAs(s, s.owner, s3api.OpCreateBucket, createInput("western", located(constraint)), inRegion("us-west-2"))
		s.wantError(constraint, err, "IllegalLocationConstraintException",
			"The "+constraint+" location constraint is incompatible for the region specific endpoint this request was sent to.")
	}
	_, err := askAs(s, s.owner, s3api.OpCreateBucket, createInput("western"), inRegion("eu-west-1"))
	s.wantError("without constraint", err, "IllegalLocationConstraintException",
		"The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
	out, err := askAs(s, s.owner, s3api.OpCreateBucket, in, inRegion("eu-west-1"))
	s.check(err)
	members(t, "location", out.Location, "http://western.s3.amazonaws.com/")
	_, err = askAs(s, s.owner, s3api.OpCreateBucket, in, inRegion("eu-west-1"))
	s.wantError("again", err, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	refused(s, s.owner, s3api.OpCreateBucket, in, "BucketAlreadyOwnedByYou", "")
	refused(s, s.owner, s3api.OpCreateBucket, createInput(siteBucket, located("eu-west-1")), "BucketAlreadyOwnedByYou", "")
	_, err = askAs(s, s.owner, s3api.OpCreateBucket, createInput("old", located("EU")), inRegion("eu-west-1"))
	s.check(err)
	where := askOK(s, s.owner, s3api.OpGetBucketLocation, &s3api.GetBucketLocationInput{Bucket: new("western")})
	members(t, "location", where.LocationConstraint, "eu-west-1")
}

// A document that says nothing is none: moto's
// test_bucket_create_empty_location_constraint_standard_region_should_pass and
// its like of other Regions, which AWS has answered. (LocalStack has recorded
// MalformedXML, but before the document could have anything else in it than the
// constraint.)
func TestCreateBucketSaysNothing(t *testing.T) {
	s := newSite(t)
	in := createInput("new-bucket", func(in *s3api.CreateBucketInput) { in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{} })
	askOK(s, s.owner, s3api.OpCreateBucket, in)
	_, err := askAs(s, s.owner, s3api.OpCreateBucket, in, inRegion("us-east-2"))
	s.wantError("us-east-2", err, "IllegalLocationConstraintException",
		"The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
}

// us-east-1 creates buckets anywhere: see homeOf.
func TestCreateBucketElsewhere(t *testing.T) {
	s := newSite(t)
	for name, constraint := range map[string]string{"eu-west-1": "EU", "ap-south-2": "ap-south-2"} {
		bucket := "bucket-" + name
		out := askOK(s, s.owner, s3api.OpCreateBucket, createInput(bucket, located(constraint)))
		members(t, name, out.Location, "http://"+bucket+".s3.amazonaws.com/")
		_, err := askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: &bucket}, signed("us-east-1"))
		s.wantError(name, err, "AuthorizationHeaderMalformed", "")
		head, err := askAs(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: &bucket}, signed(name))
		s.check(err)
		members(t, name, head.BucketRegion, name)
	}
}

// What a request sets besides has permissions of its own.
func TestCreateBucketPermissions(t *testing.T) {
	s := newSite(t)
	all := []string{"s3:CreateBucket", "s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning", "s3:PutBucketOwnershipControls", "s3:TagResource"}
	in := createInput("new-bucket", func(in *s3api.CreateBucketInput) {
		in.ObjectLockEnabledForBucket, in.ObjectOwnership = new(true), s3api.ObjectOwnershipObjectWriter
		in.ACL = s3api.BucketCannedACLPrivate
		in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{Tags: []s3api.Tag{{Key: new("k"), Value: new("v")}}}
	})
	for _, missing := range all {
		var statements []string
		for _, a := range all {
			if a != missing {
				statements = append(statements, may(a, "arn:aws:s3:::new-bucket"))
			}
		}
		refused(s, s.person(siteAccount, "without", statements...), s3api.OpCreateBucket, in, "AccessDenied",
			fmt.Sprintf(`User: arn:aws:iam::111122223333:user/without is not authorized to perform: %s on resource: "arn:aws:s3:::new-bucket" because no identity-based policy allows the %[1]s action`, missing))
	}
	refused(s, nobody(), s3api.OpCreateBucket, createInput("new-bucket"), "AccessDenied", "Anonymous users cannot invoke this API. Please authenticate.")
	refused(s, s.person(siteAccount, "elsewhere", may("s3:CreateBucket", "arn:aws:s3:::team-*")), s3api.OpCreateBucket, createInput("new-bucket"), "AccessDenied", "")
	askOK(s, s.person(siteAccount, "plain", may("s3:CreateBucket", "arn:aws:s3:::new-*")), s3api.OpCreateBucket, createInput("new-bucket"))
}

// The condition keys of CreateBucket.
func TestCreateBucketConditions(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		name, condition string
		edit            func(*s3api.CreateBucketInput)
	}{
		{"constraint", `{"StringEquals":{"s3:LocationConstraint":"eu-west-1"}}`, located("eu-west-1")},
		{"acl", `{"StringEquals":{"s3:x-amz-acl":"private"}}`, func(in *s3api.CreateBucketInput) { in.ACL = s3api.BucketCannedACLPrivate }},
		{"ownership", `{"StringEquals":{"s3:x-amz-object-ownership":"BucketOwnerEnforced"}}`,
			func(in *s3api.CreateBucketInput) { in.ObjectOwnership = s3api.ObjectOwnershipBucketOwnerEnforced }},
		{"tag", `{"StringEquals":{"aws:RequestTag/team":"blue"}}`, func(in *s3api.CreateBucketInput) {
			in.CreateBucketConfiguration = &s3api.CreateBucketConfiguration{Tags: []s3api.Tag{{Key: new("team"), Value: new("blue")}}}
		}},
	} {
		p := s.person(siteAccount, tt.name, may("s3:CreateBucket", "*", tt.condition), may("s3:Put*", "*"), may("s3:TagResource", "*"))
		_, err := askAs(s, p, s3api.OpCreateBucket, createInput("bucket-"+tt.name, located("")), inRegion("eu-west-1"))
		s.wantError(tt.name+" absent", err, "AccessDenied", "")
		in := createInput("bucket-"+tt.name, located(""), tt.edit)
		in.CreateBucketConfiguration.LocationConstraint = "eu-west-1"
		_, err = askAs(s, p, s3api.OpCreateBucket, in, inRegion("eu-west-1"))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// One name is for one of those who ask for it at once.
func TestCreateBucketRace(t *testing.T) {
	s := newSite(t)
	const callers = 8
	errs := make([]error, callers)
	var wg sync.WaitGroup
	for i := range callers {
		p := []*authz.Principal{s.owner, s.stranger}[i%2]
		wg.Go(func() { _, errs[i] = ask(s, p, s3api.OpCreateBucket, createInput("contested")) })
	}
	wg.Wait()
	b, err := s.service.find(cloud.NewContext(s.Context(), &cloud.Call{Cloud: s.cloud}), "contested", nil)
	s.check(err)
	for i, err := range errs {
		of := []string{siteAccount, otherAccount}[i%2]
		if got := code(err); (of == b.Account) != (err == nil) || err != nil && got != "BucketAlreadyExists" {
			t.Errorf("the bucket is of %s, caller of %s got %v", b.Account, of, err)
		}
	}
}

func TestCreateBucketQuota(t *testing.T) {
	s := newSite(t)
	s.check(s.db.Update(t.Context(), func(tx *store.Tx) error {
		for i := range maxBuckets - 1 { // the site has one
			name := fmt.Sprintf("bucket-%d", i)
			buckets.Put(tx, name, &Bucket{ID: name, Name: name, Account: siteAccount, Region: siteRegion})
		}
		return nil
	}))
	refused(s, s.owner, s3api.OpCreateBucket, createInput("too-many"), "TooManyBuckets", "You have attempted to create more buckets than allowed")
	askOK(s, s.stranger, s3api.OpCreateBucket, createInput("too-many"))
}

func TestDeleteBucket(t *testing.T) {
	s := newSite(t)
	remove := &s3api.DeleteBucketInput{Bucket: new(siteBucket)}
	s.put("key")
	e := refused(s, s.owner, s3api.OpDeleteBucket, remove, "BucketNotEmpty", "The bucket you tried to delete is not empty")
	s.wantFields(e, "BucketName", siteBucket)
	s.versioning(s3api.BucketVersioningStatusEnabled)
	marker := s.remove("key")
	s.remove("key", "null")
	refused(s, s.owner, s3api.OpDeleteBucket, remove, "BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
	s.remove("key", *marker.VersionId)

	// What was begun and never completed goes with the bucket.
	upload := s.begin("unfinished")
	s.part("unfinished", upload, 1, "part")
	askOK(s, s.owner, s3api.OpDeleteBucket, remove)
	refused(s, s.owner, s3api.OpDeleteBucket, remove, "NoSuchBucket", "")
	if n := s.blobCount(); n != 0 {
		t.Errorf("%d blobs are left of the bucket", n)
	}

	// The next bucket of the name has nothing of it, whoever owns it.
	askOK(s, s.stranger, s3api.OpCreateBucket, createInput(siteBucket))
	refused(s, s.owner, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, "AccessDenied", "")
	list := askOK(s, s.stranger, s3api.OpListMultipartUploads, &s3api.ListMultipartUploadsInput{Bucket: new(siteBucket)})
	members(t, "versioning", askOK(s, s.stranger, s3api.OpGetBucketVersioning, &s3api.GetBucketVersioningInput{Bucket: new(siteBucket)}).Status, "",
		len(list.Uploads), 0)
}

func TestListBuckets(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"alpha", "beta-1", "beta-2", "gamma"} {
		askOK(s, s.owner, s3api.OpCreateBucket, createInput(name))
	}
	_, err := askAs(s, s.owner, s3api.OpCreateBucket, createInput("beta-3", located("eu-west-1")), inRegion("eu-west-1"))
	s.check(err)
	askOK(s, s.stranger, s3api.OpCreateBucket, createInput("beta-0"))
	names := func(out *s3api.ListBucketsOutput) string {
		var list []string
		for _, b := range out.Buckets {
			list = append(list, *b.Name)
		}
		return strings.Join(list, " ")
	}
	out := askOK(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{})
	members(t, "all", names(out), "alpha beta-1 beta-2 beta-3 gamma the-bucket", out.Owner.ID, s.canonical(siteAccount), out.ContinuationToken, (*string)(nil),
		out.Buckets[0].BucketRegion, (*string)(nil), out.Buckets[0].CreationDate.Equal(s.now), true)
	out = askOK(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{Prefix: new("beta-")})
	members(t, "prefix", names(out), "beta-1 beta-2 beta-3", out.Prefix, "beta-", out.Buckets[2].BucketRegion, "eu-west-1", out.Buckets[0].BucketArn, "arn:aws:s3:::beta-1")
	out = askOK(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{BucketRegion: new("eu-west-1")})
	members(t, "region", names(out), "beta-3")

	var pages []string
	in := &s3api.ListBucketsInput{MaxBuckets: new(int32(2))}
	for {
		out = askOK(s, s.owner, s3api.OpListBuckets, in)
		pages = append(pages, names(out))
		if in.ContinuationToken = out.ContinuationToken; in.ContinuationToken == nil {
			break
		}
		// What changes in between neither repeats nor skips what stays.
		askOK(s, s.owner, s3api.OpCreateBucket, createInput(fmt.Sprintf("aaa-%d", len(pages))))
	}
	if want := []string{"alpha beta-1", "beta-2 beta-3", "gamma the-bucket"}; !slices.Equal(pages, want) {
		t.Errorf("pages are %q, want %q", pages, want)
	}
	for _, token := range []string{"x", "%%%", "YnVja2V0cwA"} {
		refused(s, s.owner, s3api.OpListBuckets, &s3api.ListBucketsInput{ContinuationToken: &token}, "InvalidArgument", "The continuation token provided is incorrect")
	}
	askOK(s, s.person(siteAccount, "lister", may("s3:ListAllMyBuckets", "arn:aws:s3:::*")), s3api.OpListBuckets, &s3api.ListBucketsInput{})
	refused(s, s.person(siteAccount, "none"), s3api.OpListBuckets, &s3api.ListBucketsInput{}, "AccessDenied", "")
	refused(s, nobody(), s3api.OpListBuckets, &s3api.ListBucketsInput{}, "AccessDenied", "Access Denied")
	askOK(s, rootOf(siteAccount), s3api.OpListBuckets, &s3api.ListBucketsInput{})
}

// To create one's own bucket again resets its access control list, which its
// policy may forbid.
func TestRecreateAsksTheBucket(t *testing.T) {
	s := newSite(t)
	s.acls()
	s.grants(otherAccount, "READ")
	p := s.person(siteAccount, "creator", may("s3:*", "*"))
	s.bucketPolicy(denies(named(p), "s3:PutBucketAcl", "arn:aws:s3:::the-bucket"))
	for name, in := range map[string]*s3api.CreateBucketInput{
		"another list": createInput(siteBucket, func(in *s3api.CreateBucketInput) {
			in.GrantWrite, in.ObjectOwnership = new(`id="`+s.canonical(otherAccount)+`"`), s3api.ObjectOwnershipObjectWriter
		}),
		"none": createInput(siteBucket),
	} {
		refused(s, p, s3api.OpCreateBucket, in, "AccessDenied", "")
		if acl := s.row().ACL; acl == nil || len(acl.Grants) != 1 || acl.Grants[0].Permission != s3api.PermissionRead {
			t.Errorf("%s: the list is %+v", name, acl)
		}
	}
	askOK(s, s.owner, s3api.OpCreateBucket, createInput(siteBucket))
	if acl := s.row().ACL; acl != nil {
		t.Errorf("the list is not reset: %+v", acl)
	}
}
