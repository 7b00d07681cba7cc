package s3

import (
	"fmt"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func encryptionInput(algorithm s3api.ServerSideEncryption, key *string) *s3api.PutBucketEncryptionInput {
	return &s3api.PutBucketEncryptionInput{
		Bucket: new(siteBucket),
		ServerSideEncryptionConfiguration: &s3api.ServerSideEncryptionConfiguration{Rules: []s3api.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &s3api.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm, KMSMasterKeyID: key},
		}}},
	}
}

func TestBucketEncryption(t *testing.T) {
	s := newSite(t)
	get := func() s3api.ServerSideEncryptionRule {
		return askOK(s, s.owner, s3api.OpGetBucketEncryption, &s3api.GetBucketEncryptionInput{Bucket: new(siteBucket)}).ServerSideEncryptionConfiguration.Rules[0]
	}
	const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	in := encryptionInput(s3api.ServerSideEncryptionAwsKms, new(key))
	in.ServerSideEncryptionConfiguration.Rules[0].BucketKeyEnabled = new(true)
	askOK(s, s.owner, s3api.OpPutBucketEncryption, in)
	rule := get()
	members(t, "rule", rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm, "aws:kms", rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID, key, rule.BucketKeyEnabled, true)
	for _, id := range []string{"1234abcd-12ab-34cd-56ef-1234567890ab", "alias/mine", "arn:aws:kms:us-east-1:444455556666:alias/theirs"} {
		askOK(s, s.owner, s3api.OpPutBucketEncryption, encryptionInput(s3api.ServerSideEncryptionAwsKmsDsse, &id))
		members(t, "key", get().ApplyServerSideEncryptionByDefault.KMSMasterKeyID, id, get().BucketKeyEnabled, false)
	}

	two := encryptionInput(s3api.ServerSideEncryptionAes256, nil)
	two.ServerSideEncryptionConfiguration.Rules = append(two.ServerSideEncryptionConfiguration.Rules, two.ServerSideEncryptionConfiguration.Rules[0])
	empty := encryptionInput(s3api.ServerSideEncryptionAes256, nil)
	empty.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault = nil
	for name, tt := range map[string]struct {
		in   *s3api.PutBucketEncryptionInput
		code string
	}{
		"two rules": {two, "MalformedXML"}, "an empty rule": {empty, "MalformedXML"},
		"a key for AES256":      {encryptionInput(s3api.ServerSideEncryptionAes256, new(key)), "InvalidArgument"},
		"another service's ARN": {encryptionInput(s3api.ServerSideEncryptionAwsKms, new("arn:aws:s3:::bucket")), "InvalidArgument"},
		"no key":                {encryptionInput(s3api.ServerSideEncryptionAwsKms, new("")), "InvalidArgument"},
		"of file systems":       {encryptionInput(s3api.ServerSideEncryptionAwsFsx, nil), "MalformedXML"},
	} {
		s.in(t, name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketEncryption, tt.in, tt.code, "") })
	}
	members(t, "after refusals", get().ApplyServerSideEncryptionByDefault.SSEAlgorithm, "aws:kms:dsse")
	askOK(s, s.owner, s3api.OpDeleteBucketEncryption, &s3api.DeleteBucketEncryptionInput{Bucket: new(siteBucket)})
	members(t, "deleted", get().ApplyServerSideEncryptionByDefault.SSEAlgorithm, "AES256")
}

func TestBucketVersioning(t *testing.T) {
	s := newSite(t)
	put := func(c s3api.VersioningConfiguration) *s3api.PutBucketVersioningInput {
		return &s3api.PutBucketVersioningInput{Bucket: new(siteBucket), VersioningConfiguration: &c}
	}
	get := func() s3api.BucketVersioningStatus {
		return askOK(s, s.owner, s3api.OpGetBucketVersioning, &s3api.GetBucketVersioningInput{Bucket: new(siteBucket)}).Status
	}
	for _, status := range []s3api.BucketVersioningStatus{"Suspended", "Enabled", "Suspended", "Enabled"} {
		s.versioning(status)
		members(t, "status", get(), status)
	}
	refused(s, s.owner, s3api.OpPutBucketVersioning, put(s3api.VersioningConfiguration{}), "IllegalVersioningConfigurationException", "The Versioning element must be specified")
	refused(s, s.owner, s3api.OpPutBucketVersioning, put(s3api.VersioningConfiguration{Status: "Enabled", MFADelete: s3api.MFADeleteEnabled}), "NotImplemented",
		"s3:MfaDelete is not built in Fortlet.")
	askOK(s, s.owner, s3api.OpPutBucketVersioning, put(s3api.VersioningConfiguration{Status: "Enabled", MFADelete: s3api.MFADeleteDisabled}))

	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(nil))
	refused(s, s.owner, s3api.OpPutBucketVersioning, put(s3api.VersioningConfiguration{Status: "Suspended"}), "InvalidBucketState",
		"An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
	members(t, "status", get(), "Enabled")
}

func lockInput(r *s3api.DefaultRetention) *s3api.PutObjectLockConfigurationInput {
	c := &s3api.ObjectLockConfiguration{ObjectLockEnabled: s3api.ObjectLockEnabledEnabled}
	if r != nil {
		c.Rule = &s3api.ObjectLockRule{DefaultRetention: r}
	}
	return &s3api.PutObjectLockConfigurationInput{Bucket: new(siteBucket), ObjectLockConfiguration: c}
}

func TestObjectLockConfiguration(t *testing.T) {
	s := newSite(t)
	refused(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(nil), "InvalidBucketState",
		"Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
	s.versioning("Enabled")
	get := func() *s3api.ObjectLockConfiguration {
		return askOK(s, s.owner, s3api.OpGetObjectLockConfiguration, &s3api.GetObjectLockConfigurationInput{Bucket: new(siteBucket)}).ObjectLockConfiguration
	}
	const governance = s3api.ObjectLockRetentionModeGovernance
	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(&s3api.DefaultRetention{Mode: governance, Days: new(int32(30))}))
	members(t, "rule", get().Rule.DefaultRetention.Mode, "GOVERNANCE", get().Rule.DefaultRetention.Days, int32(30))
	for name, tt := range map[string]struct {
		r    s3api.DefaultRetention
		code string
	}{
		"no mode":           {s3api.DefaultRetention{Days: new(int32(1))}, "MalformedXML"},
		"no period":         {s3api.DefaultRetention{Mode: governance}, "MalformedXML"},
		"two periods":       {s3api.DefaultRetention{Mode: governance, Days: new(int32(1)), Years: new(int32(1))}, "MalformedXML"},
		"no days":           {s3api.DefaultRetention{Mode: governance, Days: new(int32(0))}, "InvalidArgument"},
		"days of the past":  {s3api.DefaultRetention{Mode: governance, Days: new(int32(-1))}, "InvalidArgument"},
		"years of the past": {s3api.DefaultRetention{Mode: governance, Years: new(int32(-1))}, "InvalidArgument"},
		"too many days":     {s3api.DefaultRetention{Mode: governance, Days: new(int32(36501))}, "InvalidArgument"},
		"too many years":    {s3api.DefaultRetention{Mode: governance, Years: new(int32(101))}, "InvalidArgument"},
	} {
		s.in(t, name, func(s *site) { refused(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(&tt.r), tt.code, "") })
	}
	off := lockInput(nil)
	off.ObjectLockConfiguration.ObjectLockEnabled = ""
	refused(s, s.owner, s3api.OpPutObjectLockConfiguration, off, "MalformedXML", "")
	refused(s, s.owner, s3api.OpPutObjectLockConfiguration, &s3api.PutObjectLockConfigurationInput{Bucket: new(siteBucket)}, "MissingRequestBodyError", "Request Body is empty")
	members(t, "rule after refusals", get().Rule.DefaultRetention.Days, int32(30))
	askOK(s, s.owner, s3api.OpPutObjectLockConfiguration, lockInput(nil))
	members(t, "no rule", get().Rule == nil, true)
}

func taggingInput(pairs ...string) *s3api.PutBucketTaggingInput {
	in := &s3api.PutBucketTaggingInput{Bucket: new(siteBucket), Tagging: &s3api.Tagging{TagSet: []s3api.Tag{}}}
	for i := 0; i < len(pairs); i += 2 {
		in.Tagging.TagSet = append(in.Tagging.TagSet, s3api.Tag{Key: new(pairs[i]), Value: new(pairs[i+1])})
	}
	return in
}

func TestBucketTagging(t *testing.T) {
	s := newSite(t)
	get := func() (tags []string) {
		for _, tag := range askOK(s, s.owner, s3api.OpGetBucketTagging, &s3api.GetBucketTaggingInput{Bucket: new(siteBucket)}).TagSet {
			tags = append(tags, *tag.Key+"="+*tag.Value)
		}
		return tags
	}
	askOK(s, s.owner, s3api.OpPutBucketTagging, taggingInput("b", "2", "a", "", "Straße 1", "x:/=+-@._ y"))
	members(t, "tags", get(), "[Straße 1=x:/=+-@._ y a= b=2]")
	askOK(s, s.owner, s3api.OpPutBucketTagging, taggingInput("only", "1"))
	members(t, "tags", get(), "[only=1]")
	var many []string
	for i := range maxBucketTags + 1 {
		many = append(many, fmt.Sprint(i), "v")
	}
	for name, tt := range map[string]struct {
		in            *s3api.PutBucketTaggingInput
		code, message string
	}{
		"twice":        {taggingInput("k", "1", "k", "2"), "InvalidTag", "Cannot provide multiple Tags with the same key"},
		"of AWS":       {taggingInput("AWS:k", "1"), "InvalidTag", "System tags cannot be added/updated by requester"},
		"long key":     {taggingInput(strings.Repeat("k", 129), "1"), "InvalidTag", "The TagKey you have provided is invalid"},
		"long value":   {taggingInput("k", strings.Repeat("v", 257)), "InvalidTag", "The TagValue you have provided is invalid"},
		"odd key":      {taggingInput("k\x00", "1"), "InvalidTag", "The TagKey you have provided is invalid"},
		"odd value":    {taggingInput("k", "<v>"), "InvalidTag", "The TagValue you have provided is invalid"},
		"one too many": {taggingInput(many...), "BadRequest", "Bucket tag count cannot be greater than 50"},
	} {
		s.in(t, name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketTagging, tt.in, tt.code, tt.message) })
	}
	members(t, "after refusals", get(), "[only=1]")
	askOK(s, s.owner, s3api.OpPutBucketTagging, taggingInput(many[2:]...))
	askOK(s, s.owner, s3api.OpDeleteBucketTagging, &s3api.DeleteBucketTaggingInput{Bucket: new(siteBucket)})
	refused(s, s.owner, s3api.OpGetBucketTagging, &s3api.GetBucketTaggingInput{Bucket: new(siteBucket)}, "NoSuchTagSet", "The TagSet does not exist")
}

// Tags that are asked for decide. Those that are there do not, as long as
// attribute-based access control is disabled for a bucket ("Enabling ABAC in
// general purpose buckets").
func TestBucketTagConditions(t *testing.T) {
	s := newSite(t)
	blue := s.person(siteAccount, "blue", may("s3:PutBucketTagging", "*", `{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}`))
	askOK(s, blue, s3api.OpPutBucketTagging, taggingInput("team", "blue"))
	refused(s, blue, s3api.OpPutBucketTagging, taggingInput("team", "red"), "AccessDenied", "")
	refused(s, blue, s3api.OpPutBucketTagging, taggingInput("team", "blue", "more", "1"), "AccessDenied", "")
	for _, key := range []string{"aws:ResourceTag/team", "s3:BucketTag/team"} {
		p := s.person(siteAccount, "there", may("s3:ListBucket", "*", `{"StringEquals":{"`+key+`":"blue"}}`))
		refused(s, p, s3api.OpHeadBucket, &s3api.HeadBucketInput{Bucket: new(siteBucket)}, "AccessDenied", "")
	}
}

func TestBucketLogging(t *testing.T) {
	s := newSite(t)
	put := func(edit ...func(*s3api.LoggingEnabled)) *s3api.PutBucketLoggingInput {
		l := &s3api.LoggingEnabled{TargetBucket: new("logs"), TargetPrefix: new("p/")}
		for _, f := range edit {
			f(l)
		}
		return &s3api.PutBucketLoggingInput{Bucket: new(siteBucket), BucketLoggingStatus: &s3api.BucketLoggingStatus{LoggingEnabled: l}}
	}
	to := func(bucket string) func(*s3api.LoggingEnabled) {
		return func(l *s3api.LoggingEnabled) { l.TargetBucket = new(bucket) }
	}
	get := func() *s3api.LoggingEnabled {
		return askOK(s, s.owner, s3api.OpGetBucketLogging, &s3api.GetBucketLoggingInput{Bucket: new(siteBucket)}).LoggingEnabled
	}
	members(t, "at first", get() == nil, true)
	askOK(s, s.owner, s3api.OpCreateBucket, createInput("logs"))
	askOK(s, s.owner, s3api.OpPutBucketLogging, put())
	members(t, "logging", get().TargetBucket, "logs", get().TargetPrefix, "p/")

	askOK(s, s.stranger, s3api.OpCreateBucket, createInput("their-logs"))
	_, err := askAs(s, s.owner, s3api.OpCreateBucket, createInput("far-logs", located("eu-west-1")), inRegion("eu-west-1"))
	s.check(err)
	for name, tt := range map[string]struct {
		in            *s3api.PutBucketLoggingInput
		code, message string
	}{
		"nowhere":          {put(to("no-logs")), "InvalidTargetBucketForLogging", "The target bucket for logging does not exist"},
		"another's":        {put(to("their-logs")), "InvalidTargetBucketForLogging", "The owner for the bucket to be logged and the target bucket must be the same."},
		"another Region's": {put(to("far-logs")), "CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. "},
		"grants": {put(func(l *s3api.LoggingEnabled) {
			l.TargetGrants = []s3api.TargetGrant{{Grantee: &s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(s.canonical(siteAccount))}, Permission: "READ"}}
		}), "AccessControlListNotSupported", ""},
		"no format": {put(func(l *s3api.LoggingEnabled) { l.TargetObjectKeyFormat = &s3api.TargetObjectKeyFormat{} }), "MalformedXML", ""},
	} {
		s.in(t, name, func(s *site) { refused(s, s.owner, s3api.OpPutBucketLogging, tt.in, tt.code, tt.message) })
	}
	members(t, "after refusals", get().TargetBucket, "logs")
	// Whether there is a bucket to log to is told to those only who may ask.
	refused(s, s.person(siteAccount, "none"), s3api.OpPutBucketLogging, put(to("no-logs")), "AccessDenied", "")
	askOK(s, s.owner, s3api.OpPutBucketLogging, &s3api.PutBucketLoggingInput{Bucket: new(siteBucket), BucketLoggingStatus: &s3api.BucketLoggingStatus{}})
	members(t, "at last", get() == nil, true)
}

func TestNotificationIsNotBuilt(t *testing.T) {
	s := newSite(t)
	for name, c := range map[string]s3api.NotificationConfiguration{
		"queue":       {QueueConfigurations: []s3api.QueueConfiguration{{QueueArn: new("arn:aws:sqs:us-east-1:111122223333:q"), Events: []s3api.Event{"s3:ObjectCreated:*"}}}},
		"topic":       {TopicConfigurations: []s3api.TopicConfiguration{{TopicArn: new("arn:aws:sns:us-east-1:111122223333:t"), Events: []s3api.Event{"s3:ObjectCreated:*"}}}},
		"function":    {LambdaFunctionConfigurations: []s3api.LambdaFunctionConfiguration{{LambdaFunctionArn: new("arn:aws:lambda:us-east-1:111122223333:function:f"), Events: []s3api.Event{"s3:ObjectCreated:*"}}}},
		"EventBridge": {EventBridgeConfiguration: &s3api.EventBridgeConfiguration{}},
	} {
		s.in(t, name, func(s *site) {
			refused(s, s.owner, s3api.OpPutBucketNotificationConfiguration, &s3api.PutBucketNotificationConfigurationInput{
				Bucket: new(siteBucket), NotificationConfiguration: &c,
			}, "NotImplemented", "s3:NotificationConfiguration is not built in Fortlet.")
		})
	}
}

func lifecycleInput(rules ...s3api.LifecycleRule) *s3api.PutBucketLifecycleConfigurationInput {
	return &s3api.PutBucketLifecycleConfigurationInput{
		Bucket: new(siteBucket), LifecycleConfiguration: &s3api.BucketLifecycleConfiguration{Rules: rules},
	}
}

// expiring is a rule by which all objects expire.
func expiring(days int32, edit ...func(*s3api.LifecycleRule)) s3api.LifecycleRule {
	r := s3api.LifecycleRule{Status: s3api.ExpirationStatusEnabled, Filter: &s3api.LifecycleRuleFilter{}, Expiration: &s3api.LifecycleExpiration{Days: new(days)}}
	for _, f := range edit {
		f(&r)
	}
	return r
}

func TestBucketLifecycle(t *testing.T) {
	s := newSite(t)
	out := askOK(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, lifecycleInput(
		expiring(30, func(r *s3api.LifecycleRule) { r.ID = new("first") }),
		expiring(1, func(r *s3api.LifecycleRule) { r.Filter, r.Prefix = nil, new("old/") }),
		s3api.LifecycleRule{
			Status: s3api.ExpirationStatusDisabled,
			Filter: &s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{
				Prefix: new("p"), Tags: []s3api.Tag{{Key: new("k"), Value: new("v")}}, ObjectSizeGreaterThan: new(int64(10)), ObjectSizeLessThan: new(int64(20)),
			}},
			Expiration:                  &s3api.LifecycleExpiration{Date: new(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))},
			NoncurrentVersionExpiration: &s3api.NoncurrentVersionExpiration{NoncurrentDays: new(int32(3)), NewerNoncurrentVersions: new(int32(5))},
		},
		s3api.LifecycleRule{Status: "Enabled", Filter: &s3api.LifecycleRuleFilter{Prefix: new("")},
			AbortIncompleteMultipartUpload: &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(7))},
			Expiration:                     &s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)}},
	))
	members(t, "minimum", out.TransitionDefaultMinimumObjectSize, "all_storage_classes_128K")
	got := askOK(s, s.owner, s3api.OpGetBucketLifecycleConfiguration, &s3api.GetBucketLifecycleConfigurationInput{Bucket: new(siteBucket)})
	members(t, "rules", len(got.Rules), 4, got.Rules[0].ID, "first", len(*got.Rules[1].ID), 48, got.Rules[1].Prefix, "old/",
		got.Rules[2].Filter.And.Tags[0].Key, "k", got.Rules[3].AbortIncompleteMultipartUpload.DaysAfterInitiation, int32(7),
		got.TransitionDefaultMinimumObjectSize, "all_storage_classes_128K")
	askOK(s, s.owner, s3api.OpDeleteBucketLifecycle, &s3api.DeleteBucketLifecycleInput{Bucket: new(siteBucket)})
	refused(s, s.owner, s3api.OpGetBucketLifecycleConfiguration, &s3api.GetBucketLifecycleConfigurationInput{Bucket: new(siteBucket)},
		"NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
}

func TestBucketLifecycleRefuses(t *testing.T) {
	s := newSite(t)
	type rule = s3api.LifecycleRule
	filtered := func(f s3api.LifecycleRuleFilter) func(*rule) { return func(r *rule) { r.Filter = &f } }
	expires := func(e s3api.LifecycleExpiration) func(*rule) { return func(r *rule) { r.Expiration = &e } }
	tag := s3api.Tag{Key: new("k"), Value: new("v")}
	named := func(r *rule) { r.ID = new("same") }
	many := make([]rule, maxRules+1)
	for i := range many {
		many[i] = expiring(1)
	}
	for _, tt := range []struct {
		name          string
		rules         []rule
		code, message string
	}{
		{"no rule", []rule{}, "MalformedXML", ""},
		{"too many rules", many, "MalformedXML", ""},
		{"one name", []rule{expiring(1, named), expiring(2, named)}, "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule"},
		{"a long name", []rule{expiring(1, func(r *rule) { r.ID = new(strings.Repeat("i", 256)) })}, "InvalidArgument", "ID length should not exceed allowed limit of 255"},
		{"filter and prefix", []rule{expiring(1, func(r *rule) { r.Prefix = new("") })}, "MalformedXML", ""},
		{"neither", []rule{expiring(1, func(r *rule) { r.Filter = nil })}, "MalformedXML", ""},
		{"no action", []rule{expiring(1, func(r *rule) { r.Expiration = nil })}, "InvalidRequest", "At least one action needs to be specified in a rule"},
		{"no days", []rule{expiring(0)}, "InvalidArgument", "'Days' for Expiration action must be a positive integer"},
		{"no expiration", []rule{expiring(1, expires(s3api.LifecycleExpiration{}))}, "MalformedXML", ""},
		{"days and date", []rule{expiring(1, expires(s3api.LifecycleExpiration{Days: new(int32(1)), Date: new(s.now)}))}, "MalformedXML", ""},
		{"no midnight", []rule{expiring(1, expires(s3api.LifecycleExpiration{Date: new(s.now)}))}, "InvalidArgument", "'Date' must be at midnight GMT"},
		{"markers by tag", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{Tag: &tag}), expires(s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)}))},
			"InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags."},
		{"uploads by tag", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{Tag: &tag}), func(r *rule) {
			r.AbortIncompleteMultipartUpload = &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(1))}
		})}, "InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags."},
		{"uploads at once", []rule{expiring(1, func(r *rule) {
			r.AbortIncompleteMultipartUpload = &s3api.AbortIncompleteMultipartUpload{DaysAfterInitiation: new(int32(0))}
		})}, "InvalidArgument", "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer"},
		{"uploads some day", []rule{expiring(1, func(r *rule) { r.AbortIncompleteMultipartUpload = &s3api.AbortIncompleteMultipartUpload{} })}, "MalformedXML", ""},
		{"two filters", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{Prefix: new("p"), Tag: &tag}))}, "MalformedXML", ""},
		{"and of one", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{Prefix: new("p")}}))}, "MalformedXML", ""},
		{"one tag twice", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{Tags: []s3api.Tag{tag, tag}}}))},
			"InvalidRequest", "Duplicate Tag Keys are not allowed."},
		{"no size", []rule{expiring(1, filtered(s3api.LifecycleRuleFilter{And: &s3api.LifecycleRuleAndOperator{ObjectSizeGreaterThan: new(int64(9)), ObjectSizeLessThan: new(int64(9))}}))},
			"InvalidRequest", ""},
		{"noncurrent at once", []rule{expiring(1, func(r *rule) {
			r.NoncurrentVersionExpiration = &s3api.NoncurrentVersionExpiration{NoncurrentDays: new(int32(0))}
		})}, "InvalidArgument", "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer"},
		{"noncurrent without days", []rule{expiring(1, func(r *rule) {
			r.NoncurrentVersionExpiration = &s3api.NoncurrentVersionExpiration{NewerNoncurrentVersions: new(int32(1))}
		})}, "MalformedXML", ""},
		{"too many newer", []rule{expiring(1, func(r *rule) {
			r.NoncurrentVersionExpiration = &s3api.NoncurrentVersionExpiration{NoncurrentDays: new(int32(1)), NewerNoncurrentVersions: new(int32(101))}
		})}, "InvalidArgument", ""},
		{"a transition", []rule{expiring(1, func(r *rule) {
			r.Transitions = []s3api.Transition{{Days: new(int32(30)), StorageClass: s3api.TransitionStorageClassGlacier}}
		})}, "NotImplemented", "s3:LifecycleRule.Transition is not built in Fortlet."},
	} {
		s.in(t, tt.name, func(s *site) {
			refused(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, lifecycleInput(tt.rules...), tt.code, tt.message)
		})
	}
	refused(s, s.owner, s3api.OpPutBucketLifecycleConfiguration, &s3api.PutBucketLifecycleConfigurationInput{Bucket: new(siteBucket)}, "MalformedXML", "")
	refused(s, s.owner, s3api.OpGetBucketLifecycleConfiguration, &s3api.GetBucketLifecycleConfigurationInput{Bucket: new(siteBucket)}, "NoSuchLifecycleConfiguration", "")
}
