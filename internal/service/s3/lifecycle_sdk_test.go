package s3_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/fortlet/fortlet/fortlettest"
)

const day = 24 * time.Hour

// As time goes by: of three buckets under the same rules the plain one loses its
// objects, the versioned one gets delete markers and then loses the versions
// beneath them, and what is locked stays where it is. Nobody runs anything.
func TestLifecycleAsTimeGoesBy(t *testing.T) {
	cloud := fortlettest.New(t)
	ctx := t.Context()
	c := client(cloud.NewAccount("work").Config())
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rules := []types.LifecycleRule{
		{ID: aws.String("thirty days"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("logs/")}, Expiration: &types.LifecycleExpiration{Days: aws.Int32(30)}},
		{ID: aws.String("old versions"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")}, NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(10)}},
		{ID: aws.String("uploads"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("")}, AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(3)}},
	}
	for _, bucket := range []string{"plain", "versioned", "locked"} {
		in := &s3.CreateBucketInput{Bucket: &bucket}
		if bucket == "locked" {
			in.ObjectLockEnabledForBucket = aws.Bool(true)
		}
		_, err := c.CreateBucket(ctx, in)
		do(err)
		if bucket == "versioned" {
			_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}})
			do(err)
		}
		_, err = c.PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{Bucket: &bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules}})
		do(err)
	}
	for _, bucket := range []string{"plain", "versioned", "locked"} {
		for _, key := range []string{"logs/a", "kept"} {
			in := &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("content"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32}
			if bucket == "locked" {
				in.ObjectLockMode, in.ObjectLockRetainUntilDate = "COMPLIANCE", aws.Time(cloud.Now().Add(365*day))
			}
			out, err := c.PutObject(ctx, in)
			do(err)
			if key == "kept" {
				continue
			}
			expiry := cloud.Now().UTC().Add(31 * day).Truncate(day)
			if want := fmt.Sprintf(`expiry-date="%s", rule-id="thirty%%20days"`, expiry.Format("Mon, 02 Jan 2006 15:04:05 GMT")); aws.ToString(out.Expiration) != want {
				t.Errorf("the object expires %s, want %s", aws.ToString(out.Expiration), want)
			}
		}
	}
	upload, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String("plain"), Key: aws.String("never")})
	do(err)
	if abort := cloud.Now().UTC().Add(4 * day).Truncate(day); !aws.ToTime(upload.AbortDate).Equal(abort) {
		t.Errorf("the upload ends %s, want %s", upload.AbortDate, abort)
	}

	versions := func(bucket string) string {
		out, err := c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket})
		do(err)
		var list []string
		for _, v := range out.Versions {
			list = append(list, *v.Key)
		}
		for _, m := range out.DeleteMarkers {
			list = append(list, *m.Key+" (marker)")
		}
		slices.Sort(list)
		return strings.Join(list, ", ")
	}
	for _, step := range []struct {
		days                     time.Duration
		plain, versioned, locked string
	}{
		{29, "kept, logs/a", "kept, logs/a", "kept, logs/a"},
		{2, "kept", "kept, logs/a, logs/a (marker)", "kept, logs/a, logs/a (marker)"},
		{11, "kept", "kept, logs/a (marker)", "kept, logs/a, logs/a (marker)"},
		{30, "kept", "kept", "kept, logs/a, logs/a (marker)"},
		{365, "kept", "kept", "kept"}, // the version, and then its marker in the same run
	} {
		cloud.Advance(step.days * day)
		for bucket, want := range map[string]string{"plain": step.plain, "versioned": step.versioned, "locked": step.locked} {
			if got := versions(bucket); got != want {
				t.Errorf("%s, %d days later: %s, want %s", bucket, step.days, got, want)
			}
		}
	}
	uploads, err := c.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String("plain")})
	do(err)
	if len(uploads.Uploads) != 0 {
		t.Errorf("%d uploads are left", len(uploads.Uploads))
	}
}
