package s3_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/fortlet/fortlet/fortlettest"
)

// client is S3 as the SDK sees it.
func client(cfg aws.Config, edit ...func(*s3.Options)) *s3.Client {
	return s3.NewFromConfig(cfg, append(edit, func(o *s3.Options) { o.UsePathStyle = true })...)
}

// wantCode asserts the code of an error that the SDK has read.
func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	var answer smithy.APIError
	if !errors.As(err, &answer) || answer.ErrorCode() != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// The SDK reads back what it has written, configuration by configuration.
func TestSDKConfiguresBuckets(t *testing.T) {
	account := fortlettest.New(t).NewAccount("work")
	c := client(account.Config())
	bucket := aws.String("the-bucket")
	ctx := t.Context()
	do := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", what, got, want)
		}
	}
	created, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket, ObjectOwnership: types.ObjectOwnershipObjectWriter,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}})
	do("CreateBucket", err)
	same("location", *created.Location, "/the-bucket")
	head, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: bucket})
	do("HeadBucket", err)
	same("region", *head.BucketRegion, "us-east-1")
	tags, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
	do("GetBucketTagging", err)
	same("tags", tags.TagSet, []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}})

	block := &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(false), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(false), RestrictPublicBuckets: aws.Bool(true)}
	_, err = c.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: bucket, PublicAccessBlockConfiguration: block})
	do("PutPublicAccessBlock", err)
	gotBlock, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
	do("GetPublicAccessBlock", err)
	same("block", gotBlock.PublicAccessBlockConfiguration, block)

	doc := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::the-bucket/*"}]}`
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &doc})
	do("PutBucketPolicy", err)
	gotPolicy, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket})
	do("GetBucketPolicy", err)
	same("policy", *gotPolicy.Policy, doc)
	status, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
	do("GetBucketPolicyStatus", err)
	same("public", *status.PolicyStatus.IsPublic, true)

	acl, err := c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
	do("GetBucketAcl", err)
	list := &types.AccessControlPolicy{Owner: acl.Owner, Grants: append(acl.Grants, types.Grant{
		Grantee: &types.Grantee{Type: types.TypeGroup, URI: aws.String("http://acs.amazonaws.com/groups/s3/LogDelivery")}, Permission: types.PermissionWrite,
	})}
	_, err = c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: bucket, AccessControlPolicy: list})
	do("PutBucketAcl", err)
	acl, err = c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket})
	do("GetBucketAcl", err)
	same("list", acl.Grants, list.Grants)

	_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	do("PutBucketVersioning", err)
	versioning, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
	do("GetBucketVersioning", err)
	same("versioning", versioning.Status, types.BucketVersioningStatusEnabled)
	lock := &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: &types.ObjectLockRule{
		DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Days: aws.Int32(1)}}}
	_, err = c.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{Bucket: bucket, ObjectLockConfiguration: lock})
	do("PutObjectLockConfiguration", err)
	gotLock, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: bucket})
	do("GetObjectLockConfiguration", err)
	same("lock", gotLock.ObjectLockConfiguration, lock)

	encryption := &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: aws.String("alias/mine")},
		BucketKeyEnabled:                   aws.Bool(true),
	}}}
	_, err = c.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: bucket, ServerSideEncryptionConfiguration: encryption})
	do("PutBucketEncryption", err)
	gotEncryption, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
	do("GetBucketEncryption", err)
	same("encryption", gotEncryption.ServerSideEncryptionConfiguration, encryption)

	cors := []types.CORSRule{{ID: aws.String("one"), AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"http://*.example.com", "https://example.com"},
		AllowedHeaders: []string{"*"}, ExposeHeaders: []string{"ETag"}, MaxAgeSeconds: aws.Int32(3000)}}
	_, err = c.PutBucketCors(ctx, &s3.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: cors}})
	do("PutBucketCors", err)
	gotCORS, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: bucket})
	do("GetBucketCors", err)
	same("cors", gotCORS.CORSRules, cors)

	rules := []types.LifecycleRule{
		{ID: aws.String("a"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("logs/")}, Expiration: &types.LifecycleExpiration{Days: aws.Int32(7)}},
		{ID: aws.String("b"), Status: types.ExpirationStatusDisabled, Filter: &types.LifecycleRuleFilter{And: &types.LifecycleRuleAndOperator{
			Prefix: aws.String("p"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}},
			Expiration:                  &types.LifecycleExpiration{Date: aws.Time(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))},
			NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(3)}},
		{ID: aws.String("c"), Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")},
			AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(2)}},
	}
	_, err = c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules}})
	do("PutBucketLifecycleConfiguration", err)
	gotRules, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket})
	do("GetBucketLifecycleConfiguration", err)
	same("lifecycle", gotRules.Rules, rules)

	logging := &types.LoggingEnabled{TargetBucket: bucket, TargetPrefix: aws.String("log/"), TargetObjectKeyFormat: &types.TargetObjectKeyFormat{SimplePrefix: &types.SimplePrefix{}}}
	_, err = c.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{Bucket: bucket, BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: logging}})
	do("PutBucketLogging", err)
	gotLogging, err := c.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: bucket})
	do("GetBucketLogging", err)
	same("logging", gotLogging.LoggingEnabled, logging)

	_, err = c.PutBucketNotificationConfiguration(ctx, &s3.PutBucketNotificationConfigurationInput{Bucket: bucket, NotificationConfiguration: &types.NotificationConfiguration{}})
	do("PutBucketNotificationConfiguration", err)
	_, err = c.PutBucketNotificationConfiguration(ctx, &s3.PutBucketNotificationConfigurationInput{Bucket: bucket, NotificationConfiguration: &types.NotificationConfiguration{
		EventBridgeConfiguration: &types.EventBridgeConfiguration{}}})
	wantCode(t, "EventBridge", err, "NotImplemented")
	_, err = c.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: bucket})
	wantCode(t, "GetBucketWebsite", err, "NoSuchWebsiteConfiguration")
	_, err = c.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: bucket})
	wantCode(t, "GetBucketReplication", err, "ReplicationConfigurationNotFoundError")
	payment, err := c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: bucket})
	do("GetBucketRequestPayment", err)
	same("payer", payment.Payer, types.PayerBucketOwner)

	var names []string
	pages := s3.NewListBucketsPaginator(c, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1)})
	_, err = c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("another-bucket")})
	do("CreateBucket", err)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Buckets {
			names = append(names, *b.Name)
		}
	}
	same("buckets", names, []string{"another-bucket", "the-bucket"})
	_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
	do("DeleteBucket", err)
	var gone *types.NotFound
	if _, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: bucket}); !errors.As(err, &gone) {
		t.Errorf("HeadBucket of what is deleted: %v", err)
	}
	var none *types.NoSuchBucket
	if _, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket}); !errors.As(err, &none) {
		t.Errorf("ListObjectsV2 of what is deleted: %v", err)
	}
}

// A client of another Region is told the bucket's in the header, from which the
// SDK's own search for a bucket's Region reads it.
func TestSDKWrongRegion(t *testing.T) {
	account := fortlettest.New(t).NewAccount("work")
	far := client(account.Config(), func(o *s3.Options) { o.Region = "eu-west-1" })
	if _, err := far.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("far"),
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}}); err != nil {
		t.Fatal(err)
	}
	near := client(account.Config())
	_, err := near.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("far")})
	wantCode(t, "ListObjectsV2", err, "AuthorizationHeaderMalformed")
	_, err = near.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("far")})
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusBadRequest || answer.Response.Header.Get("x-amz-bucket-region") != "eu-west-1" {
		t.Errorf("HeadBucket: %v", err)
	}
}

// What S3 says to those whom it denies.
func TestSDKDenied(t *testing.T) {
	account := fortlettest.New(t).NewAccount("work")
	c := client(account.Config())
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("the-bucket")}); err != nil {
		t.Fatal(err)
	}
	user := client(account.User("somebody"))
	_, err := user.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("the-bucket")})
	wantCode(t, "GetBucketPolicy", err, "AccessDenied")
	if want := `:user/somebody is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::the-bucket" because no identity-based policy allows the s3:GetBucketPolicy action`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("denied with %v, want %s", err, want)
	}
	nobody := client(account.Config(), func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} })
	_, err = nobody.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("the-bucket")})
	wantCode(t, "ListObjectsV2 by nobody", err, "AccessDenied")
	if err == nil || !strings.HasSuffix(err.Error(), "Access Denied") {
		t.Errorf("nobody is denied with %v", err)
	}
	// The Region is no secret, see HeadBucket.
	for name, who := range map[string]*s3.Client{"nobody": nobody, "a user": user} {
		_, err := who.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("the-bucket")})
		var answer *awshttp.ResponseError
		if !errors.As(err, &answer) || answer.HTTPStatusCode() != http.StatusForbidden || answer.Response.Header.Get("x-amz-bucket-region") != "us-east-1" {
			t.Errorf("HeadBucket by %s: %v", name, err)
		}
	}
}
