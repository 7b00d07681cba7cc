package cloudtrail

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
)

func decodeBase64(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

func TestCreateTrail(t *testing.T) {
	w := newWorld(t)
	denied(w, cloudtrailapi.OpCreateTrail, trailInput())
	out := w.create(validating)
	if *out.TrailARN != trailARNOf(trail) || *out.S3BucketName != logs || out.S3KeyPrefix != nil || out.KmsKeyId != nil ||
		!*out.IncludeGlobalServiceEvents || *out.IsMultiRegionTrail || !*out.LogFileValidationEnabled || *out.IsOrganizationTrail {
		t.Errorf("made %+v", out)
	}
	for _, folder := range []string{"CloudTrail", "CloudTrail-Digest"} {
		if w.buckets[logs].objects["AWSLogs/"+account+"/"+folder+"/"] == nil {
			t.Errorf("no folder %s", folder)
		}
	}
	got := must(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trail)}).Trail
	if *got.TrailARN != *out.TrailARN || *got.HomeRegion != region || *got.HasCustomEventSelectors || *got.HasInsightSelectors {
		t.Errorf("shown %+v", got)
	}
	if s := w.status(trail); *s.IsLogging || s.StartLoggingTime != nil || *s.TimeLoggingStarted != "" {
		t.Errorf("a new trail logs: %+v", s)
	}
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(), "TrailAlreadyExistsException")
}

// The rules are those of the model's documentation of CreateTrail.
func TestTrailNames(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ab", "", strings.Repeat("a", 129), "-abc", "abc.", "a b c", "my-_namespace", "my--namespace", "a..b", "192.168.5.4", "ä-trail", "a/b"} {
		fails(w, cloudtrailapi.OpCreateTrail, trailInput(called(name)), "InvalidTrailNameException")
		fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: &name}, "InvalidTrailNameException")
	}
	w.buckets[logs].policy = bucketPolicy(logs, "", trailARNOf("*"))
	w.buckets[logs].policy = strings.ReplaceAll(w.buckets[logs].policy, "StringEquals", "StringLike")
	for _, name := range []string{"abc", "My.trail_1-x", strings.Repeat("a", 128), "192.168.5"} {
		w.create(called(name))
	}
	for _, id := range []string{"arn:aws:cloudtrail:us-east-1:111122223333:trail", "arn:aws:s3:::b", "arn:aws:cloudtrail:us-east-1:1:trail/abc", "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/abc"} {
		fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: &id}, "CloudTrailARNInvalidException")
	}
}

// CloudTrail takes a bucket only if its policy lets it do what it will do. The
// one that AWS documents is enough, and each part of it is needed.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
func TestBucketPolicy(t *testing.T) {
	good := bucketPolicy(logs, "", trailARNOf(trail))
	const insufficient = "InsufficientS3BucketPolicyException"
	for name, tt := range map[string]struct{ policy, code string }{
		"documented":         {good, ""},
		"none":               {"", insufficient},
		"no GetBucketAcl":    {strings.Replace(good, "s3:GetBucketAcl", "s3:GetBucketCORS", 1), insufficient},
		"no PutObject":       {strings.Replace(good, "s3:PutObject", "s3:PutObjectTagging", 1), insufficient},
		"another prefix":     {bucketPolicy(logs, "other", trailARNOf(trail)), insufficient},
		"another trail":      {bucketPolicy(logs, "", trailARNOf("another")), insufficient},
		"another account":    {strings.Replace(good, "AWSLogs/"+account, "AWSLogs/"+other, 1), insufficient},
		"another list":       {strings.Replace(good, "bucket-owner-full-control", "private", 1), insufficient},
		"another service":    {strings.ReplaceAll(good, "cloudtrail.amazonaws.com", "logs.amazonaws.com"), insufficient},
		"a deny beside":      {good + `,{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`, insufficient},
		"a deny of HTTP":     {good + `,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`, ""},
		"the account itself": {`{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"*","Resource":"*"}`, insufficient},
	} {
		w := newWorld(t)
		w.buckets[logs].policy = tt.policy
		if _, err := invoke(w, cloudtrailapi.OpCreateTrail, trailInput()); !(err == nil && tt.code == "" || isCode(err, tt.code)) {
			t.Errorf("%s: %v, want %q", name, err, tt.code)
		}
		if list := must(w, cloudtrailapi.OpListTrails, &cloudtrailapi.ListTrailsInput{}).Trails; (len(list) == 1) != (tt.code == "") {
			t.Errorf("%s: %d trails", name, len(list))
		}
	}
}

func TestBuckets(t *testing.T) {
	w := newWorld(t)
	in := func(name string) *cloudtrailapi.CreateTrailInput {
		return trailInput(func(in *cloudtrailapi.CreateTrailInput) { in.S3BucketName = &name })
	}
	fails(w, cloudtrailapi.OpCreateTrail, in("missing-bucket"), "S3BucketDoesNotExistException")
	for _, name := range []string{"ab", "Upper", "a_b_c", "-abc", strings.Repeat("a", 64)} {
		fails(w, cloudtrailapi.OpCreateTrail, in(name), "InvalidS3BucketNameException")
	}
	w.buckets[logs].broken = api.Errorf("InternalError", 500, "secret detail")
	_, err := invoke(w, cloudtrailapi.OpCreateTrail, trailInput())
	if !isCode(err, "InternalFailure") || strings.Contains(err.Error(), "secret") {
		t.Errorf("a failure of S3: %v", err)
	}
	// A bucket of another account takes the logs if its policy says so.
	w.buckets["theirs"] = &bucket{owner: other, policy: bucketPolicy("theirs", "", trailARNOf(trail)), objects: map[string]*object{}}
	must(w, cloudtrailapi.OpCreateTrail, in("theirs"))
}

func TestPrefix(t *testing.T) {
	w := newWorld(t)
	in := func(prefix string) *cloudtrailapi.CreateTrailInput {
		return trailInput(func(in *cloudtrailapi.CreateTrailInput) { in.S3KeyPrefix = &prefix })
	}
	for _, prefix := range []string{strings.Repeat("a", 201), "/a", "a/"} {
		fails(w, cloudtrailapi.OpCreateTrail, in(prefix), "InvalidS3PrefixException")
	}
	w.buckets[logs].policy = bucketPolicy(logs, "some/prefix", trailARNOf(trail))
	if out := must(w, cloudtrailapi.OpCreateTrail, in("some/prefix")); *out.S3KeyPrefix != "some/prefix" {
		t.Errorf("prefix %s", *out.S3KeyPrefix)
	}
	if w.buckets[logs].objects["some/prefix/AWSLogs/"+account+"/CloudTrail/"] == nil {
		t.Error("no folder")
	}
}

const keyARN = "arn:aws:kms:us-east-1:" + account + ":key/1"

func withKey(id string) func(*cloudtrailapi.CreateTrailInput) {
	return func(in *cloudtrailapi.CreateTrailInput) { in.KmsKeyId = &id }
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func TestKeys(t *testing.T) {
	good := keyPolicy(trailARNOf(trail))
	for name, tt := range map[string]struct {
		id   string
		key  *kmsKey
		code string
	}{
		"by id":             {"1", &kmsKey{policy: good}, ""},
		"by ARN":            {keyARN, &kmsKey{policy: good}, ""},
		"by alias":          {"alias/logs", &kmsKey{policy: good}, ""},
		"none":              {"1", nil, "InsufficientEncryptionPolicyException"},
		"no policy":         {"1", &kmsKey{}, "InsufficientEncryptionPolicyException"},
		"another trail":     {"1", &kmsKey{policy: keyPolicy(trailARNOf("another"))}, "InsufficientEncryptionPolicyException"},
		"no DescribeKey":    {"1", &kmsKey{policy: strings.Replace(good, "kms:DescribeKey", "kms:Decrypt", 1)}, "InsufficientEncryptionPolicyException"},
		"another context":   {"1", &kmsKey{policy: strings.Replace(good, "trail/*", "channel/*", 1)}, "InsufficientEncryptionPolicyException"},
		"disabled":          {"1", &kmsKey{policy: good, state: kmsapi.KeyStateDisabled}, "KmsException"},
		"for signatures":    {"1", &kmsKey{policy: good, spec: kmsapi.KeySpecRsa2048}, "InvalidKmsKeyIdException"},
		"of another Region": {strings.Replace(keyARN, region, region2, 1), &kmsKey{policy: good}, "InsufficientEncryptionPolicyException"},
	} {
		w := newWorld(t)
		if tt.key != nil {
			if tt.key.state == "" {
				tt.key.state = kmsapi.KeyStateEnabled
			}
			if tt.key.spec == "" {
				tt.key.spec = kmsapi.KeySpecSymmetricDefault
			}
			w.keys[keyARN] = tt.key
		}
		out, err := invoke(w, cloudtrailapi.OpCreateTrail, trailInput(withKey(tt.id)))
		if !(err == nil && tt.code == "" || isCode(err, tt.code)) {
			t.Errorf("%s: %v, want %q", name, err, tt.code)
		}
		if err == nil && *out.KmsKeyId != keyARN {
			t.Errorf("%s: key %s", name, *out.KmsKeyId)
		}
	}
}

func TestUnbuilt(t *testing.T) {
	w := newWorld(t)
	for name, edit := range map[string]func(*cloudtrailapi.CreateTrailInput){
		"SnsTopicName":              func(in *cloudtrailapi.CreateTrailInput) { in.SnsTopicName = new("topic") },
		"CloudWatchLogsLogGroupArn": func(in *cloudtrailapi.CreateTrailInput) { in.CloudWatchLogsLogGroupArn = new("arn") },
		"CloudWatchLogsRoleArn":     func(in *cloudtrailapi.CreateTrailInput) { in.CloudWatchLogsRoleArn = new("arn") },
	} {
		_, err := invoke(w, cloudtrailapi.OpCreateTrail, trailInput(edit))
		if !isCode(err, "NotImplemented") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(everywhere, func(in *cloudtrailapi.CreateTrailInput) { in.IncludeGlobalServiceEvents = new(false) }),
		"InvalidParameterCombinationException")
	// The first account manages the organization.
	for i, id := range []string{account, other} {
		_, _, err := w.cloud.Accounts.Create(t.Context(), accounts.Spec{ID: id, Name: fmt.Sprint("a", i)})
		w.check(err)
	}
	organization := trailInput(func(in *cloudtrailapi.CreateTrailInput) { in.IsOrganizationTrail = new(true) })
	fails(w, cloudtrailapi.OpCreateTrail, organization, "CloudTrailAccessNotEnabledException")
	fails(w, cloudtrailapi.OpCreateTrail, organization, "NotOrganizationMasterAccountException", via{account: other})
}

// An account has five trails in a Region; those of all Regions count everywhere.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
func TestQuota(t *testing.T) {
	w := newWorld(t)
	w.buckets[logs].policy = strings.ReplaceAll(bucketPolicy(logs, "", "arn:aws:cloudtrail:*"), "StringEquals", "StringLike")
	for i := range 4 {
		w.create(called(fmt.Sprintf("home-%d", i)))
	}
	w.create(called("all"), everywhere)
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(called("one-more")), "MaximumNumberOfTrailsExceededException")
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(called("one-more"), everywhere), "MaximumNumberOfTrailsExceededException", via{region: region2})
	for i := range 4 {
		must(w, cloudtrailapi.OpCreateTrail, trailInput(called(fmt.Sprintf("away-%d", i))), via{region: region2})
	}
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(called("one-more")), "MaximumNumberOfTrailsExceededException", via{region: region2})
	fails(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: new("home-0"), IsMultiRegionTrail: new(true)}, "MaximumNumberOfTrailsExceededException")
	// A name is taken where it can be seen.
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(called("all")), "TrailAlreadyExistsException", via{region: region2})
	// Another account has trails of its own; here its bucket policy fails it.
	fails(w, cloudtrailapi.OpCreateTrail, trailInput(called("all")), "InsufficientS3BucketPolicyException", via{account: other})
}
