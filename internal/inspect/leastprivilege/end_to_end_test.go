package leastprivilege_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
)

// world is what the program under test works on, made by the account's root
// user.
type world struct {
	*recorded
	role             string
	key, other       string // ARNs of KMS keys
	bucket, versions string
	version          string // of the object "old" in versions
}

func newWorld(t *testing.T, policies ...string) *world {
	w := &world{recorded: newRecorded(t), bucket: "data", versions: "versions"}
	w.role = w.Role("app", trustOf(w.ID), policies...)
	w.Role("target", trustOf(w.ID))
	w.key, w.other = w.newKey(), w.newKey()
	root := s3.NewFromConfig(w.Config(), pathStyle)
	for _, b := range []string{w.bucket, w.versions} {
		w.must(call(root.CreateBucket, &s3.CreateBucketInput{Bucket: &b}))
	}
	w.must(call(root.PutBucketVersioning, &s3.PutBucketVersioningInput{
		Bucket: &w.versions, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}))
	for _, k := range []string{"in/a", "in/b", "in/a*b?${c}", "out/old"} {
		w.must(call(root.PutObject, &s3.PutObjectInput{Bucket: &w.bucket, Key: &k, Body: strings.NewReader("x")}))
	}
	put, err := root.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &w.versions, Key: new("old"), Body: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	w.version = *put.VersionId
	return w
}

func pathStyle(o *s3.Options) { o.UsePathStyle = true }

func (w *world) newKey() string {
	w.t.Helper()
	made, err := kms.NewFromConfig(w.Config()).CreateKey(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return *made.KeyMetadata.Arn
}

func (w *world) must(f func(context) error) {
	w.t.Helper()
	if err := f(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// program is what the role does, twice: once recorded, once under the policy
// that was made of the records.
func (w *world) program(cfg aws.Config) []work {
	return append(append(w.storage(s3.NewFromConfig(cfg, pathStyle)), w.cryptography(kms.NewFromConfig(cfg))...), w.identity(cfg)...)
}

func (w *world) storage(c *s3.Client) []work {
	b := &w.bucket
	return []work{
		{"ListBuckets", call(c.ListBuckets, &s3.ListBucketsInput{})},
		{"HeadBucket", call(c.HeadBucket, &s3.HeadBucketInput{Bucket: b})},
		{"ListObjectsV2", call(c.ListObjectsV2, &s3.ListObjectsV2Input{Bucket: b, Prefix: new("in/")})},
		{"ListObjectVersions", call(c.ListObjectVersions, &s3.ListObjectVersionsInput{Bucket: &w.versions})},
		{"ListMultipartUploads", call(c.ListMultipartUploads, &s3.ListMultipartUploadsInput{Bucket: b})},
		{"GetBucketLocation", call(c.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: b})},
		{"GetBucketEncryption", call(c.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: b})},
		{"PutBucketTagging", call(c.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: b, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: new("a"), Value: new("b")}}}})},
		{"DeleteBucketTagging", call(c.DeleteBucketTagging, &s3.DeleteBucketTaggingInput{Bucket: b})},
		{"PutBucketCors", call(c.PutBucketCors, &s3.PutBucketCorsInput{Bucket: b, CORSConfiguration: &types.CORSConfiguration{CORSRules: []types.CORSRule{{AllowedMethods: []string{"GET"}, AllowedOrigins: []string{"*"}}}}})},
		{"GetBucketCors", call(c.GetBucketCors, &s3.GetBucketCorsInput{Bucket: b})},
		{"DeleteBucketCors", call(c.DeleteBucketCors, &s3.DeleteBucketCorsInput{Bucket: b})},
		{"PutPublicAccessBlock", call(c.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: b, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: new(true)}})},
		{"GetPublicAccessBlock", call(c.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: b})},
		{"PutBucketLifecycleConfiguration", call(c.PutBucketLifecycleConfiguration, &s3.PutBucketLifecycleConfigurationInput{Bucket: b, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			Status: types.ExpirationStatusEnabled, Filter: &types.LifecycleRuleFilter{Prefix: new("tmp/")}, Expiration: &types.LifecycleExpiration{Days: new(int32(1))},
		}}}})},
		{"DeleteBucketLifecycle", call(c.DeleteBucketLifecycle, &s3.DeleteBucketLifecycleInput{Bucket: b})},
		{"GetObject", call(c.GetObject, &s3.GetObjectInput{Bucket: b, Key: new("in/a")})},
		{"GetObject wild", call(c.GetObject, &s3.GetObjectInput{Bucket: b, Key: new("in/a*b?${c}")})},
		{"GetObject version", call(c.GetObject, &s3.GetObjectInput{Bucket: &w.versions, Key: new("old"), VersionId: &w.version})},
		{"GetObject missing", missing(call(c.GetObject, &s3.GetObjectInput{Bucket: b, Key: new("in/none")}))},
		{"HeadObject", call(c.HeadObject, &s3.HeadObjectInput{Bucket: b, Key: new("in/b")})},
		{"GetObjectAttributes", call(c.GetObjectAttributes, &s3.GetObjectAttributesInput{Bucket: b, Key: new("in/a"), ObjectAttributes: []types.ObjectAttributes{types.ObjectAttributesEtag}})},
		{"GetObjectTagging", call(c.GetObjectTagging, &s3.GetObjectTaggingInput{Bucket: b, Key: new("in/a")})},
		{"PutObjectTagging version", call(c.PutObjectTagging, &s3.PutObjectTaggingInput{Bucket: &w.versions, Key: new("old"), VersionId: &w.version, Tagging: &types.Tagging{TagSet: []types.Tag{}}})},
		{"PutObject", func(ctx context) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: new("out/a"), Body: strings.NewReader("x"), Tagging: new("a=b")})
			return err
		}},
		{"PutObject encrypted", func(ctx context) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: new("out/k"), Body: strings.NewReader("x"), ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &w.key})
			return err
		}},
		{"GetObject encrypted", call(c.GetObject, &s3.GetObjectInput{Bucket: b, Key: new("out/k")})},
		{"CopyObject", call(c.CopyObject, &s3.CopyObjectInput{Bucket: b, Key: new("out/copy"), CopySource: new(w.bucket + "/out/a")})},
		{"CopyObject version", call(c.CopyObject, &s3.CopyObjectInput{Bucket: b, Key: new("out/copy2"), CopySource: new(w.versions + "/old?versionId=" + w.version)})},
		{"multipart", func(ctx context) error { return w.multipart(ctx, c) }},
		{"DeleteObject", call(c.DeleteObject, &s3.DeleteObjectInput{Bucket: b, Key: new("out/copy")})},
		{"DeleteObjects", call(c.DeleteObjects, &s3.DeleteObjectsInput{Bucket: b, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: new("out/copy2")}}}})},
	}
}

func (w *world) multipart(ctx context, c *s3.Client) error {
	b, k := &w.bucket, new("out/parts")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: k})
	if err != nil {
		return err
	}
	part, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: b, Key: k, UploadId: up.UploadId, PartNumber: new(int32(1)), Body: bytes.NewReader(make([]byte, 5<<20))})
	if err != nil {
		return err
	}
	copied, err := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: b, Key: k, UploadId: up.UploadId, PartNumber: new(int32(2)), CopySource: new(w.bucket + "/in/b")})
	if err != nil {
		return err
	}
	if _, err := c.ListParts(ctx, &s3.ListPartsInput{Bucket: b, Key: k, UploadId: up.UploadId}); err != nil {
		return err
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: b, Key: k, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
		{PartNumber: new(int32(1)), ETag: part.ETag}, {PartNumber: new(int32(2)), ETag: copied.CopyPartResult.ETag},
	}}})
	if err != nil {
		return err
	}
	again, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: k})
	if err != nil {
		return err
	}
	_, err = c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: b, Key: k, UploadId: again.UploadId})
	return err
}

func (w *world) cryptography(c *kms.Client) []work {
	var sealed []byte
	return []work{
		{"ListKeys", call(c.ListKeys, &kms.ListKeysInput{})},
		{"DescribeKey", call(c.DescribeKey, &kms.DescribeKeyInput{KeyId: &w.key})},
		{"Encrypt", func(ctx context) error {
			out, err := c.Encrypt(ctx, &kms.EncryptInput{KeyId: &w.key, Plaintext: []byte("x"), EncryptionContext: map[string]string{"team": "blue"}})
			if err == nil {
				sealed = out.CiphertextBlob
			}
			return err
		}},
		{"ReEncrypt", func(ctx context) error {
			_, err := c.ReEncrypt(ctx, &kms.ReEncryptInput{CiphertextBlob: sealed, DestinationKeyId: &w.other, SourceEncryptionContext: map[string]string{"team": "blue"}})
			return err
		}},
		{"GenerateDataKeyWithoutPlaintext", call(c.GenerateDataKeyWithoutPlaintext, &kms.GenerateDataKeyWithoutPlaintextInput{KeyId: &w.key, KeySpec: kmstypes.DataKeySpecAes256})},
		{"CreateKey", call(c.CreateKey, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: new("a"), TagValue: new("b")}}})},
		{"alias", func(ctx context) error {
			if _, err := c.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: new("alias/app"), TargetKeyId: &w.key}); err != nil {
				return err
			}
			if _, err := c.Encrypt(ctx, &kms.EncryptInput{KeyId: new("alias/app"), Plaintext: []byte("x")}); err != nil {
				return err
			}
			_, err := c.DeleteAlias(ctx, &kms.DeleteAliasInput{AliasName: new("alias/app")})
			return err
		}},
	}
}

func (w *world) identity(cfg aws.Config) []work {
	c, tokens := iam.NewFromConfig(cfg), sts.NewFromConfig(cfg)
	target := "arn:aws:iam::" + w.ID + ":role/target"
	return []work{
		{"GetCallerIdentity", call(tokens.GetCallerIdentity, &sts.GetCallerIdentityInput{})},
		{"AssumeRole", call(tokens.AssumeRole, &sts.AssumeRoleInput{RoleArn: &target, RoleSessionName: new("session")})},
		{"ListRoles", call(c.ListRoles, &iam.ListRolesInput{})},
		{"GetRole", call(c.GetRole, &iam.GetRoleInput{RoleName: new("app")})},
		{"user", func(ctx context) error {
			if _, err := c.CreateUser(ctx, &iam.CreateUserInput{UserName: new("temporary"), Path: new("/bots/"), Tags: []iamtypes.Tag{{Key: new("a"), Value: new("b")}}}); err != nil {
				return err
			}
			if _, err := c.GetUser(ctx, &iam.GetUserInput{UserName: new("temporary")}); err != nil {
				return err
			}
			_, err := c.DeleteUser(ctx, &iam.DeleteUserInput{UserName: new("temporary")})
			return err
		}},
		{"instance profile", func(ctx context) error {
			if _, err := c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: new("p")}); err != nil {
				return err
			}
			if _, err := c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: new("p"), RoleName: new("target")}); err != nil {
				return err
			}
			if _, err := c.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: new("p"), RoleName: new("target")}); err != nil {
				return err
			}
			_, err := c.DeleteInstanceProfile(ctx, &iam.DeleteInstanceProfileInput{InstanceProfileName: new("p")})
			return err
		}},
	}
}

// TestReplacesThePolicy runs a program under a policy that allows everything,
// makes the smallest policy of the records, attaches that in the place of the
// old one and runs the program again.
func TestReplacesThePolicy(t *testing.T) {
	for _, how := range []leastprivilege.Generality{leastprivilege.Exact, leastprivilege.Prefix} {
		t.Run(string(how), func(t *testing.T) {
			w := newWorld(t, everything)
			session := w.session(w.role, "run")
			w.run(session)
			report, err := w.analyse("app", func(o *leastprivilege.Options) { o.Resources = how })
			if err != nil {
				t.Fatal(err)
			}
			if report.Records.Unmapped > 0 || report.Records.Outside > 0 {
				t.Errorf("left out: %+v %+v", report.NotMapped, report.Outside)
			}
			w.replace("app", report)
			w.run(session)
			w.refused(session)
		})
	}
}

func (w *world) run(cfg aws.Config) {
	w.t.Helper()
	for _, step := range w.program(cfg) {
		if err := step.call(w.t.Context()); err != nil {
			w.t.Errorf("%s: %v\n%s", step.name, err, w.Explain(err))
		}
	}
}

// refused makes calls next to those of the program.
func (w *world) refused(cfg aws.Config) {
	w.t.Helper()
	c, keys := s3.NewFromConfig(cfg, pathStyle), kms.NewFromConfig(cfg)
	for _, step := range []work{
		{"another object", call(c.GetObject, &s3.GetObjectInput{Bucket: &w.versions, Key: new("old")})},
		{"what a wildcard would match", call(c.GetObject, &s3.GetObjectInput{Bucket: &w.bucket, Key: new("inn/axxbyc")})},
		{"another action", call(c.DeleteBucket, &s3.DeleteBucketInput{Bucket: &w.versions})},
		{"decrypting with the key, but not through S3", func(ctx context) error {
			out, err := kms.NewFromConfig(w.Config()).Encrypt(ctx, &kms.EncryptInput{KeyId: &w.key, Plaintext: []byte("x")})
			if err != nil {
				return fmt.Errorf("not prepared: %w", err)
			}
			_, err = keys.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob})
			return err
		}},
		{"encrypting with the other key", call(keys.Encrypt, &kms.EncryptInput{KeyId: &w.other, Plaintext: []byte("x")})},
		{"another role", call(sts.NewFromConfig(cfg).AssumeRole, &sts.AssumeRoleInput{RoleArn: &w.role, RoleSessionName: new("session")})},
		{"deleting oneself", call(iam.NewFromConfig(cfg).DeleteRole, &iam.DeleteRoleInput{RoleName: new("app")})},
	} {
		if err := step.call(w.t.Context()); !denied(err) {
			w.t.Errorf("%s: %v, want a denial", step.name, err)
		}
	}
}
