package fortlet_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	analyzertypes "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// The tests of this file are IAM Access Analyzer as a program sees it that uses
// the SDK for Go, over the services that own the resources.

// site is an account with an analyzer, and a stranger.
type site struct {
	*testing.T
	cloud    *fortlettest.Cloud
	stranger string // an account
	cfg      aws.Config
	client   *accessanalyzer.Client
	s3       *s3.Client
	arn      *string // of the analyzer
}

func newSite(t *testing.T, options ...fortlettest.Option) *site {
	c := fortlettest.New(t, options...)
	s := &site{T: t, cloud: c, cfg: c.Config(), stranger: c.NewAccount("stranger").ID}
	s.client, s.s3 = accessanalyzer.NewFromConfig(s.cfg), newS3(s.cfg)
	out, err := s.client.CreateAnalyzer(t.Context(), &accessanalyzer.CreateAnalyzerInput{AnalyzerName: new("mine"), Type: analyzertypes.TypeAccount})
	if err != nil {
		t.Fatal(err)
	}
	s.arn = out.Arn
	s.work()
	return s
}

func (s *site) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// work lets the next run of the background job come and go.
func (s *site) work() {
	s.Helper()
	s.cloud.Advance(6 * time.Minute)
}

// findings are the findings with a status, each in a line without the resource's
// account.
func (s *site) findings(status string) (list []string) {
	s.Helper()
	pages := accessanalyzer.NewListFindingsPaginator(s.client, &accessanalyzer.ListFindingsInput{
		AnalyzerArn: s.arn, MaxResults: new(int32(1)), Filter: map[string]analyzertypes.Criterion{"status": {Eq: []string{status}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.Context())
		s.check(err)
		for _, f := range page.Findings {
			list = append(list, s.describe(f))
		}
	}
	slices.Sort(list)
	return list
}

func (s *site) describe(f analyzertypes.FindingSummary) string {
	text := *f.Resource
	for kind, who := range f.Principal {
		text += " " + kind + ":" + strings.ReplaceAll(who, s.stranger, "STRANGER")
	}
	text += " " + strings.Join(f.Action, ",")
	for k, v := range f.Condition {
		text += " " + k + "=" + v
	}
	for _, source := range f.Sources {
		text += " " + string(source.Type)
	}
	if f.Error != nil {
		return text + *f.Error
	}
	if *f.IsPublic {
		text += " public"
	}
	return strings.ReplaceAll(text, s.cloud.ID, "OWN")
}

func (s *site) want(status string, want ...string) {
	s.Helper()
	if got := s.findings(status); !slices.Equal(got, want) {
		s.Errorf("%s:\ngot\n%s\nwant\n%s", status, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (s *site) putBucketPolicy(bucket, policy string) {
	s.Helper()
	_, err := s.s3.PutBucketPolicy(s.Context(), &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: &policy})
	s.check(err)
}

func (s *site) openTo(principal string) string {
	return document(`{"Effect":"Allow","Principal":` + principal + `,"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::shared/*"}`)
}

func TestExternalAccessFindings(t *testing.T) {
	s := newSite(t)
	s.want("ACTIVE")
	makeBucket(t, s.s3, "shared")
	s.putBucketPolicy("shared", s.openTo(`{"AWS":"`+s.stranger+`"}`))
	s.want("ACTIVE") // nobody has looked yet
	s.work()
	const finding = "arn:aws:s3:::shared AWS:STRANGER s3:GetObject,s3:PutObject POLICY"
	s.want("ACTIVE", finding)

	// Archived, it stays so while the access is the same.
	list, err := s.client.ListFindings(t.Context(), &accessanalyzer.ListFindingsInput{AnalyzerArn: s.arn})
	s.check(err)
	id := list.Findings[0].Id
	_, err = s.client.UpdateFindings(t.Context(), &accessanalyzer.UpdateFindingsInput{AnalyzerArn: s.arn, Ids: []string{*id}, Status: analyzertypes.FindingStatusUpdateArchived})
	s.check(err)
	s.putBucketPolicy("shared", s.openTo(`{"AWS":["arn:aws:iam::`+s.stranger+`:root"]}`))
	s.work()
	s.want("ACTIVE")
	s.want("ARCHIVED", finding)

	// Other access is another finding.
	s.putBucketPolicy("shared", s.openTo(`{"AWS":"arn:aws:iam::`+s.stranger+`:root"},"Condition":{"Bool":{"aws:SecureTransport":"true"}}`))
	s.work()
	s.want("ACTIVE", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject,s3:PutObject aws:SecureTransport=true POLICY")
	s.want("RESOLVED", finding)

	_, err = s.s3.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: new("shared")})
	s.check(err)
	_, err = s.client.StartResourceScan(t.Context(), &accessanalyzer.StartResourceScanInput{AnalyzerArn: s.arn, ResourceArn: new("arn:aws:s3:::shared")})
	s.check(err)
	s.want("ACTIVE")

	// The same access is the same finding when it comes back.
	s.putBucketPolicy("shared", s.openTo(`{"AWS":"`+s.stranger+`"}`))
	s.work()
	got, err := s.client.GetFindingV2(t.Context(), &accessanalyzer.GetFindingV2Input{AnalyzerArn: s.arn, Id: id})
	s.check(err)
	details := got.FindingDetails[0].(*analyzertypes.FindingDetailsMemberExternalAccessDetails)
	if got.Status != "ACTIVE" || !slices.Equal(details.Value.Action, []string{"s3:GetObject", "s3:PutObject"}) {
		t.Errorf("%s %v", got.Status, details.Value)
	}
	resource, err := s.client.GetAnalyzedResource(t.Context(), &accessanalyzer.GetAnalyzedResourceInput{AnalyzerArn: s.arn, ResourceArn: new("arn:aws:s3:::shared")})
	s.check(err)
	if r := resource.Resource; *r.IsPublic || r.Status != "ACTIVE" || !slices.Equal(r.SharedVia, []string{"POLICY"}) || *r.ResourceOwnerAccount != s.cloud.ID {
		t.Errorf("%+v", r)
	}

	_, err = s.s3.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: new("shared")})
	s.check(err)
	s.work()
	s.want("ACTIVE")
	_, err = s.client.GetAnalyzedResource(t.Context(), &accessanalyzer.GetAnalyzedResourceInput{AnalyzerArn: s.arn, ResourceArn: new("arn:aws:s3:::shared")})
	if !errors.As(err, new(*analyzertypes.ResourceNotFoundException)) {
		t.Error(err)
	}
}

func TestFindingsOfBuckets(t *testing.T) {
	s := newSite(t)
	bucket := makeBucket(t, s.s3, "shared")
	_, err := s.s3.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: bucket})
	s.check(err)
	_, err = s.s3.PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{Bucket: bucket, OwnershipControls: &s3types.OwnershipControls{Rules: []s3types.OwnershipControlsRule{{ObjectOwnership: s3types.ObjectOwnershipBucketOwnerPreferred}}}})
	s.check(err)
	_, err = s.s3.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: bucket, ACL: s3types.BucketCannedACLPublicRead})
	s.check(err)
	s.putBucketPolicy("shared", s.openTo(`"*"`))
	s.work()
	s.want("ACTIVE", "arn:aws:s3:::shared AWS:* s3:GetObject,s3:ListBucket,s3:ListBucketMultipartUploads,s3:ListBucketVersions,s3:PutObject POLICY BUCKET_ACL public")

	block := func(ignore, restrict bool) {
		_, err := s.s3.PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{Bucket: bucket, PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{IgnorePublicAcls: &ignore, RestrictPublicBuckets: &restrict}})
		s.check(err)
		s.work()
	}
	block(true, false)
	s.want("ACTIVE", "arn:aws:s3:::shared AWS:* s3:GetObject,s3:PutObject POLICY public")
	block(false, true)
	s.want("ACTIVE", "arn:aws:s3:::shared AWS:* s3:ListBucket,s3:ListBucketMultipartUploads,s3:ListBucketVersions BUCKET_ACL public")
	block(true, true)
	s.want("ACTIVE")

	// What the role may not read is a finding too, and nothing is taken to be gone.
	block(true, false)
	s.putBucketPolicy("shared", document(
		`{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::shared/*"}`,
		`{"Effect":"Deny","Principal":"*","Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::shared","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-service-role/*"}}}`))
	s.work()
	s.want("ACTIVE", "arn:aws:s3:::shared ACCESS_DENIED", "arn:aws:s3:::shared AWS:* s3:GetObject,s3:PutObject POLICY public")

	stats, err := s.client.GetFindingsStatistics(t.Context(), &accessanalyzer.GetFindingsStatisticsInput{AnalyzerArn: s.arn})
	s.check(err)
	external := stats.FindingsStatistics[0].(*analyzertypes.FindingsStatisticsMemberExternalAccessFindingsStatistics).Value
	d := external.ResourceTypeStatistics["AWS::S3::Bucket"]
	if *external.TotalActiveFindings != 2 || *d.TotalActivePublic != 1 || *d.TotalActiveErrors != 1 || *d.TotalActiveCrossAccount != 0 {
		t.Errorf("%v %v", external, d)
	}
}

func TestFindingsOfKeysAndRoles(t *testing.T) {
	s := newSite(t)
	keys, roles := kms.NewFromConfig(s.cfg), iam.NewFromConfig(s.cfg)
	key, err := keys.CreateKey(t.Context(), nil)
	s.check(err)
	arn := *key.KeyMetadata.Arn
	short := strings.ReplaceAll(arn, s.cloud.ID, "OWN")
	grant, err := keys.CreateGrant(t.Context(), &kms.CreateGrantInput{KeyId: &arn, GranteePrincipal: new("arn:aws:iam::" + s.stranger + ":root"),
		Operations: []kmstypes.GrantOperation{kmstypes.GrantOperationDecrypt}, Constraints: &kmstypes.GrantConstraints{EncryptionContextEquals: map[string]string{"a": "b"}}})
	s.check(err)
	_, err = roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("visitor"), Path: new("/guests/"), AssumeRolePolicyDocument: new(document(
		`{"Effect":"Allow","Principal":{"AWS":"` + s.stranger + `"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}`))})
	s.check(err)
	_, err = roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: new("function"), AssumeRolePolicyDocument: new(document(
		`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`))})
	s.check(err)
	s.work()
	s.want("ACTIVE",
		"arn:aws:iam::OWN:role/guests/visitor AWS:STRANGER sts:AssumeRole sts:ExternalId=x",
		short+" AWS:STRANGER kms:Decrypt kms:EncryptionContext:a=b")

	_, err = keys.RevokeGrant(t.Context(), &kms.RevokeGrantInput{KeyId: &arn, GrantId: grant.GrantId})
	s.check(err)
	_, err = keys.PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{KeyId: &arn, Policy: new(document(
		`{"Effect":"Allow","Principal":{"AWS":"`+s.cloud.ID+`"},"Action":"kms:*","Resource":"*"}`,
		`{"Effect":"Allow","Principal":{"AWS":"`+s.stranger+`"},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"}`))})
	s.check(err)
	_, err = roles.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: new("visitor"), PolicyDocument: new(document(
		`{"Effect":"Allow","Principal":{"AWS":"` + s.cloud.ID + `"},"Action":"sts:AssumeRole"}`))})
	s.check(err)
	s.work()
	s.want("ACTIVE", short+" AWS:STRANGER kms:Decrypt,kms:DescribeKey")

	listed, err := s.client.ListAnalyzedResources(t.Context(), &accessanalyzer.ListAnalyzedResourcesInput{AnalyzerArn: s.arn, ResourceType: analyzertypes.ResourceTypeAwsIamRole})
	s.check(err)
	if len(listed.AnalyzedResources) != 2 {
		t.Errorf("%v", listed.AnalyzedResources)
	}
}

// An organization is one zone of trust, and its members' resources are analyzed
// from the management account or its delegate.
func TestOrganizationAnalyzer(t *testing.T) {
	c := fortlettest.New(t)
	member, outsider := c.NewAccount("member"), c.NewStandaloneAccount("outsider")
	client := accessanalyzer.NewFromConfig(c.Config())
	org := organizations.NewFromConfig(c.Config())
	create := func(client *accessanalyzer.Client) (*string, error) {
		out, err := client.CreateAnalyzer(t.Context(), &accessanalyzer.CreateAnalyzerInput{AnalyzerName: new("all"), Type: analyzertypes.TypeOrganization})
		if err != nil {
			return nil, err
		}
		return out.Arn, nil
	}
	refused := func(client *accessanalyzer.Client, words string) {
		t.Helper()
		var e *analyzertypes.ValidationException
		if _, err := create(client); !errors.As(err, &e) || e.Reason != "other" || !strings.Contains(*e.Message, words) {
			t.Errorf("%v", err)
		}
	}
	refused(client, "Trusted access of access-analyzer.amazonaws.com to the organization is not enabled.")
	if _, err := org.EnableAWSServiceAccess(t.Context(), &organizations.EnableAWSServiceAccessInput{ServicePrincipal: new("access-analyzer.amazonaws.com")}); err != nil {
		t.Fatal(err)
	}
	refused(accessanalyzer.NewFromConfig(member.Config()), "neither the management account")
	refused(accessanalyzer.NewFromConfig(outsider.Config()), "neither the management account")

	s := &site{T: t, cloud: c, stranger: outsider.ID, cfg: c.Config(), client: client, s3: newS3(member.Config())}
	var err error
	s.arn, err = create(client)
	s.check(err)
	makeBucket(t, s.s3, "shared")
	s.putBucketPolicy("shared", document(
		`{"Effect":"Allow","Principal":{"AWS":["`+c.ID+`","`+outsider.ID+`"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}`))
	s.work()
	s.want("ACTIVE", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject POLICY")

	// The delegate sees the same.
	_, err = org.RegisterDelegatedAdministrator(t.Context(), &organizations.RegisterDelegatedAdministratorInput{AccountId: &member.ID, ServicePrincipal: new("access-analyzer.amazonaws.com")})
	s.check(err)
	delegate := *s
	delegate.client = accessanalyzer.NewFromConfig(member.Config())
	delegate.arn, err = create(delegate.client)
	s.check(err)
	s.work()
	delegate.want("ACTIVE", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject POLICY")

	// Who is no delegate any more sees nothing new.
	_, err = org.DeregisterDelegatedAdministrator(t.Context(), &organizations.DeregisterDelegatedAdministratorInput{AccountId: &member.ID, ServicePrincipal: new("access-analyzer.amazonaws.com")})
	s.check(err)
	s.work()
	got, err := delegate.client.GetAnalyzer(t.Context(), &accessanalyzer.GetAnalyzerInput{AnalyzerName: new("all")})
	s.check(err)
	if got.Analyzer.Status != "DISABLED" || got.Analyzer.StatusReason.Code != "DELEGATED_ADMINISTRATOR_DEREGISTERED" {
		t.Errorf("%v %v", got.Analyzer.Status, got.Analyzer.StatusReason)
	}
}

// What was found outlives the process, and so does what is still to be looked at.
func TestFindingsAfterRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	var arn *string
	var stranger string
	t.Run("before", func(t *testing.T) { // the cloud closes with the test
		s := newSite(t, fortlettest.WithDir(dir))
		arn, stranger = s.arn, s.stranger
		makeBucket(t, s.s3, "shared")
		s.putBucketPolicy("shared", s.openTo(`{"AWS":"`+stranger+`"}`))
		s.work()
		s.want("ACTIVE", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject,s3:PutObject POLICY")
		s.putBucketPolicy("shared", s.openTo(`{"AWS":"`+s.cloud.ID+`"}`)) // and nobody has looked
	})
	t.Run("after", func(t *testing.T) {
		c := fortlettest.New(t, fortlettest.WithDir(dir))
		s := &site{T: t, cloud: c, stranger: stranger, arn: arn, client: accessanalyzer.NewFromConfig(c.Config())}
		s.want("ACTIVE", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject,s3:PutObject POLICY")
		s.cloud.Advance(12 * time.Minute)
		s.want("RESOLVED", "arn:aws:s3:::shared AWS:STRANGER s3:GetObject,s3:PutObject POLICY")
	})
}
