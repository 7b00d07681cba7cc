package s3

import (
	"strings"
	"testing"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// bucketCalls are the operations on a bucket that exists, with the actions that
// the Service Authorization Reference names for them.
func bucketCalls() []bucketCall {
	return []bucketCall{
		onBucket(s3api.OpHeadBucket, "s3:ListBucket", "", plain[s3api.HeadBucketInput]),
		onBucket(s3api.OpGetBucketLocation, "s3:GetBucketLocation", "", plain[s3api.GetBucketLocationInput]),
		onBucket(s3api.OpGetBucketAcl, "s3:GetBucketAcl", "", plain[s3api.GetBucketAclInput]),
		onBucket(s3api.OpPutBucketAcl, "s3:PutBucketAcl", "AccessControlListNotSupported", func() *s3api.PutBucketAclInput {
			return &s3api.PutBucketAclInput{ACL: s3api.BucketCannedACLPrivate}
		}),
		onBucket(s3api.OpGetBucketPolicy, "s3:GetBucketPolicy", "NoSuchBucketPolicy", plain[s3api.GetBucketPolicyInput]),
		onBucket(s3api.OpGetBucketPolicyStatus, "s3:GetBucketPolicyStatus", "NoSuchBucketPolicy", plain[s3api.GetBucketPolicyStatusInput]),
		onBucket(s3api.OpPutBucketPolicy, "s3:PutBucketPolicy", "", func() *s3api.PutBucketPolicyInput {
			return &s3api.PutBucketPolicyInput{Policy: new(policyOf(
				siteStatement("Deny", `"Principal":"*",`, "s3:PutObject", "arn:aws:s3:::"+siteBucket+"/never", nil)))}
		}),
		onBucket(s3api.OpDeleteBucketPolicy, "s3:DeleteBucketPolicy", "", plain[s3api.DeleteBucketPolicyInput]),
		onBucket(s3api.OpGetPublicAccessBlock, "s3:GetBucketPublicAccessBlock", "", plain[s3api.GetPublicAccessBlockInput]),
		onBucket(s3api.OpPutPublicAccessBlock, "s3:PutBucketPublicAccessBlock", "", func() *s3api.PutPublicAccessBlockInput {
			return &s3api.PutPublicAccessBlockInput{PublicAccessBlockConfiguration: &s3api.PublicAccessBlockConfiguration{}}
		}),
		onBucket(s3api.OpDeletePublicAccessBlock, "s3:PutBucketPublicAccessBlock", "", plain[s3api.DeletePublicAccessBlockInput]),
		onBucket(s3api.OpGetBucketOwnershipControls, "s3:GetBucketOwnershipControls", "", plain[s3api.GetBucketOwnershipControlsInput]),
		onBucket(s3api.OpPutBucketOwnershipControls, "s3:PutBucketOwnershipControls", "", func() *s3api.PutBucketOwnershipControlsInput {
			return &s3api.PutBucketOwnershipControlsInput{OwnershipControls: &s3api.OwnershipControls{
				Rules: []s3api.OwnershipControlsRule{{ObjectOwnership: s3api.ObjectOwnershipBucketOwnerEnforced}}}}
		}),
		onBucket(s3api.OpDeleteBucketOwnershipControls, "s3:PutBucketOwnershipControls", "", plain[s3api.DeleteBucketOwnershipControlsInput]),
		onBucket(s3api.OpGetBucketVersioning, "s3:GetBucketVersioning", "", plain[s3api.GetBucketVersioningInput]),
		onBucket(s3api.OpPutBucketVersioning, "s3:PutBucketVersioning", "", func() *s3api.PutBucketVersioningInput {
			return &s3api.PutBucketVersioningInput{VersioningConfiguration: &s3api.VersioningConfiguration{Status: s3api.BucketVersioningStatusEnabled}}
		}),
		onBucket(s3api.OpGetBucketEncryption, "s3:GetEncryptionConfiguration", "", plain[s3api.GetBucketEncryptionInput]),
		onBucket(s3api.OpPutBucketEncryption, "s3:PutEncryptionConfiguration", "", func() *s3api.PutBucketEncryptionInput {
			return encryptionInput(s3api.ServerSideEncryptionAes256, nil)
		}),
		onBucket(s3api.OpDeleteBucketEncryption, "s3:PutEncryptionConfiguration", "", plain[s3api.DeleteBucketEncryptionInput]),
		onBucket(s3api.OpGetBucketTagging, "s3:GetBucketTagging", "NoSuchTagSet", plain[s3api.GetBucketTaggingInput]),
		onBucket(s3api.OpPutBucketTagging, "s3:PutBucketTagging", "", func() *s3api.PutBucketTaggingInput {
			return &s3api.PutBucketTaggingInput{Tagging: &s3api.Tagging{TagSet: []s3api.Tag{{Key: new("k"), Value: new("v")}}}}
		}),
		onBucket(s3api.OpDeleteBucketTagging, "s3:PutBucketTagging", "", plain[s3api.DeleteBucketTaggingInput]),
		onBucket(s3api.OpGetBucketCors, "s3:GetBucketCORS", "NoSuchCORSConfiguration", plain[s3api.GetBucketCorsInput]),
		onBucket(s3api.OpPutBucketCors, "s3:PutBucketCORS", "", func() *s3api.PutBucketCorsInput {
			return corsInput(s3api.CORSRule{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}})
		}),
		onBucket(s3api.OpDeleteBucketCors, "s3:PutBucketCORS", "", plain[s3api.DeleteBucketCorsInput]),
		onBucket(s3api.OpGetBucketLifecycleConfiguration, "s3:GetLifecycleConfiguration", "NoSuchLifecycleConfiguration", plain[s3api.GetBucketLifecycleConfigurationInput]),
		onBucket(s3api.OpPutBucketLifecycleConfiguration, "s3:PutLifecycleConfiguration", "", func() *s3api.PutBucketLifecycleConfigurationInput {
			return lifecycleInput(expiring(1))
		}),
		onBucket(s3api.OpDeleteBucketLifecycle, "s3:PutLifecycleConfiguration", "", plain[s3api.DeleteBucketLifecycleInput]),
		onBucket(s3api.OpGetBucketLogging, "s3:GetBucketLogging", "", plain[s3api.GetBucketLoggingInput]),
		onBucket(s3api.OpPutBucketLogging, "s3:PutBucketLogging", "", func() *s3api.PutBucketLoggingInput {
			return &s3api.PutBucketLoggingInput{BucketLoggingStatus: &s3api.BucketLoggingStatus{}}
		}),
		onBucket(s3api.OpGetBucketNotificationConfiguration, "s3:GetBucketNotification", "", plain[s3api.GetBucketNotificationConfigurationInput]),
		onBucket(s3api.OpPutBucketNotificationConfiguration, "s3:PutBucketNotification", "", func() *s3api.PutBucketNotificationConfigurationInput {
			return &s3api.PutBucketNotificationConfigurationInput{NotificationConfiguration: &s3api.NotificationConfiguration{}}
		}),
		onBucket(s3api.OpGetObjectLockConfiguration, "s3:GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", plain[s3api.GetObjectLockConfigurationInput]),
		onBucket(s3api.OpPutObjectLockConfiguration, "s3:PutBucketObjectLockConfiguration", "InvalidBucketState", func() *s3api.PutObjectLockConfigurationInput {
			return &s3api.PutObjectLockConfigurationInput{ObjectLockConfiguration: &s3api.ObjectLockConfiguration{ObjectLockEnabled: s3api.ObjectLockEnabledEnabled}}
		}),
		onBucket(s3api.OpGetBucketWebsite, "s3:GetBucketWebsite", "NoSuchWebsiteConfiguration", plain[s3api.GetBucketWebsiteInput]),
		onBucket(s3api.OpDeleteBucketWebsite, "s3:DeleteBucketWebsite", "", plain[s3api.DeleteBucketWebsiteInput]),
		onBucket(s3api.OpGetBucketReplication, "s3:GetReplicationConfiguration", "ReplicationConfigurationNotFoundError", plain[s3api.GetBucketReplicationInput]),
		onBucket(s3api.OpDeleteBucketReplication, "s3:PutReplicationConfiguration", "", plain[s3api.DeleteBucketReplicationInput]),
		onBucket(s3api.OpGetBucketAccelerateConfiguration, "s3:GetAccelerateConfiguration", "", plain[s3api.GetBucketAccelerateConfigurationInput]),
		onBucket(s3api.OpGetBucketRequestPayment, "s3:GetBucketRequestPayment", "", plain[s3api.GetBucketRequestPaymentInput]),
		onBucket(s3api.OpDeleteBucket, "s3:DeleteBucket", "", plain[s3api.DeleteBucketInput]),
	}
}

// Each operation on a bucket takes its action and no other, and is denied to
// everybody else in AWS's words.
func TestBucketPermissions(t *testing.T) {
	for _, c := range bucketCalls() {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			arn := bucketARN(siteBucket)
			with := s.person(siteAccount, "with", may(c.action, arn))
			allowed := func(err error) {
				t.Helper()
				if code(err) != c.code || (err == nil) != (c.code == "") {
					t.Errorf("with the permission: %v, want %q", err, c.code)
				}
			}
			denials := []struct {
				who, message string
				err          error
			}{
				{"no permission", `User: arn:aws:iam::111122223333:user/without is not authorized to perform: ` + c.action +
					` on resource: "arn:aws:s3:::the-bucket" because no identity-based policy allows the ` + c.action + ` action`,
					c.run(s, s.person(siteAccount, "without"), siteBucket, nil)},
				{"all other permissions", `User: arn:aws:iam::111122223333:user/others is not authorized to perform: ` + c.action +
					` on resource: "arn:aws:s3:::the-bucket" with an explicit deny in an identity-based policy`,
					c.run(s, s.person(siteAccount, "others", may("s3:*", "*"), mayNot(c.action, "*")), siteBucket, nil)},
				{"another bucket's permission", "", c.run(s, s.person(siteAccount, "elsewhere", may(c.action, bucketARN("another"))), siteBucket, nil)},
				{"the objects' permission", "", c.run(s, s.person(siteAccount, "within", may(c.action, arn+"/*")), siteBucket, nil)},
				{"another account", "Access Denied", c.run(s, s.stranger, siteBucket, nil)},
				{"another account's root", "Access Denied", c.run(s, rootOf(otherAccount), siteBucket, nil)},
				{"nobody", "", c.run(s, nobody(), siteBucket, nil)},
				{"a service", "Access Denied", c.run(s, awsService("cloudtrail.amazonaws.com"), siteBucket, nil)},
				{"another expected owner", "Access Denied", c.run(s, with, siteBucket, new(otherAccount))},
			}
			for _, d := range denials {
				s.wantError(d.who, d.err, "AccessDenied", d.message)
			}
			s.wantError("no such bucket", c.run(s, with, "no-such-bucket", nil), "NoSuchBucket", "The specified bucket does not exist")
			allowed(c.run(s, with, siteBucket, new(siteAccount)))
		})
	}
}

// Every operation of the table is one that the service has, and none is left
// out.
func TestBucketCallsAreAll(t *testing.T) {
	listed := map[string]bool{"CreateBucket": true, "ListBuckets": true}
	for _, c := range bucketCalls() {
		listed[c.name] = true
	}
	for _, op := range s3api.Service.Operations {
		of := strings.Contains(op.Path, "Key+") || strings.HasPrefix(op.Name, "List") || op.Name == "DeleteObjects"
		if !of && !listed[op.Name] {
			t.Errorf("%s is not tested", op.Name)
		}
	}
}
