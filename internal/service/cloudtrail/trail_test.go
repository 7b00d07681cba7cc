package cloudtrail

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// A trail of all Regions is seen in each, and changed at home alone.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
func TestShadows(t *testing.T) {
	w := newWorld(t)
	w.buckets[logs].policy = strings.ReplaceAll(bucketPolicy(logs, "", "arn:aws:cloudtrail:*"), "StringEquals", "StringLike")
	w.create(called("all"), everywhere)
	w.create(called("home"))
	names := func(how via, edit ...func(*cloudtrailapi.DescribeTrailsInput)) string {
		in := &cloudtrailapi.DescribeTrailsInput{}
		for _, f := range edit {
			f(in)
		}
		list := []string{}
		for _, tr := range must(w, cloudtrailapi.OpDescribeTrails, in, how).TrailList {
			list = append(list, *tr.Name)
		}
		return strings.Join(list, " ")
	}
	away, home := via{region: region2}, via{}
	only := func(names ...string) func(*cloudtrailapi.DescribeTrailsInput) {
		return func(in *cloudtrailapi.DescribeTrailsInput) { in.TrailNameList = names }
	}
	noShadows := func(in *cloudtrailapi.DescribeTrailsInput) { in.IncludeShadowTrails = new(false) }
	for i, tt := range []struct{ got, want string }{
		{names(home), "all home"},
		{names(away), "all"},
		{names(away, noShadows), ""},
		{names(home, noShadows), "all home"},
		{names(home, only("home", "nobody")), "home"},
		{names(away, only(trailARNOf("all"))), "all"},
		{names(via{account: other}), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("case %d: trails %q, want %q", i, tt.got, tt.want)
		}
	}
	fails(w, cloudtrailapi.OpDescribeTrails, &cloudtrailapi.DescribeTrailsInput{TrailNameList: []string{"x"}}, "InvalidTrailNameException")

	must(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trailARNOf("all"))}, away)
	must(w, cloudtrailapi.OpGetTrailStatus, &cloudtrailapi.GetTrailStatusInput{Name: new("all")}, away)
	fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new("home")}, "TrailNotFoundException", away)
	for _, name := range []string{"all", trailARNOf("all")} {
		fails(w, cloudtrailapi.OpStartLogging, &cloudtrailapi.StartLoggingInput{Name: &name}, "InvalidHomeRegionException", away)
		fails(w, cloudtrailapi.OpStopLogging, &cloudtrailapi.StopLoggingInput{Name: &name}, "InvalidHomeRegionException", away)
		fails(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: &name}, "InvalidHomeRegionException", away)
		fails(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: &name}, "InvalidHomeRegionException", away)
		fails(w, cloudtrailapi.OpPutEventSelectors, &cloudtrailapi.PutEventSelectorsInput{TrailName: &name, EventSelectors: standard()}, "InvalidHomeRegionException", away)
	}
	list := must(w, cloudtrailapi.OpListTrails, &cloudtrailapi.ListTrailsInput{}, away).Trails
	if len(list) != 2 || *list[0].TrailARN != trailARNOf("all") || *list[0].HomeRegion != region {
		t.Errorf("listed %+v", list)
	}
	fails(w, cloudtrailapi.OpListTrails, &cloudtrailapi.ListTrailsInput{NextToken: new("x")}, "InvalidNextTokenException")
}

// Nobody is told whether a trail exists who may not ask, and other accounts may
// not.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	w.create()
	for _, name := range []string{trail, "missing"} {
		denied(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: &name})
		denied(w, cloudtrailapi.OpGetTrailStatus, &cloudtrailapi.GetTrailStatusInput{Name: &name})
		denied(w, cloudtrailapi.OpStartLogging, &cloudtrailapi.StartLoggingInput{Name: &name})
		denied(w, cloudtrailapi.OpStopLogging, &cloudtrailapi.StopLoggingInput{Name: &name})
		denied(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: &name})
		denied(w, cloudtrailapi.OpUpdateTrail, &cloudtrailapi.UpdateTrailInput{Name: &name})
		denied(w, cloudtrailapi.OpGetEventSelectors, &cloudtrailapi.GetEventSelectorsInput{TrailName: &name})
		denied(w, cloudtrailapi.OpPutEventSelectors, &cloudtrailapi.PutEventSelectorsInput{TrailName: &name, EventSelectors: standard()})
		denied(w, cloudtrailapi.OpAddTags, &cloudtrailapi.AddTagsInput{ResourceId: new(trailARNOf(name)), TagsList: []cloudtrailapi.Tag{{Key: new("k")}}})
		denied(w, cloudtrailapi.OpRemoveTags, &cloudtrailapi.RemoveTagsInput{ResourceId: new(trailARNOf(name)), TagsList: []cloudtrailapi.Tag{{Key: new("k")}}})
		denied(w, cloudtrailapi.OpListTags, &cloudtrailapi.ListTagsInput{ResourceIdList: []string{trailARNOf(name)}})
		fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trailARNOf(name))}, "AccessDeniedException", via{account: other})
		fails(w, cloudtrailapi.OpStopLogging, &cloudtrailapi.StopLoggingInput{Name: new(trailARNOf(name))}, "AccessDeniedException", via{account: other})
	}
	denied(w, cloudtrailapi.OpDescribeTrails, &cloudtrailapi.DescribeTrailsInput{})
	denied(w, cloudtrailapi.OpListTrails, &cloudtrailapi.ListTrailsInput{})
	denied(w, cloudtrailapi.OpListPublicKeys, &cloudtrailapi.ListPublicKeysInput{})
	denied(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{})
	fails(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new("missing")}, "TrailNotFoundException")
	fails(w, cloudtrailapi.OpDeleteTrail, &cloudtrailapi.DeleteTrailInput{Name: new("missing")}, "TrailNotFoundException")
	fails(w, cloudtrailapi.OpGetTrailStatus, &cloudtrailapi.GetTrailStatusInput{Name: new("missing")}, "TrailNotFoundException")

	// Permissions can name the trail and its tags.
	w.allowed = `{"Effect":"Allow","Action":"cloudtrail:*","Resource":"` + trailARNOf(trail) + `","Condition":{"StringEquals":{"aws:ResourceTag/team":"audit"}}},` + allow("cloudtrail:AddTags")
	get := &cloudtrailapi.GetTrailInput{Name: new(trail)}
	fails(w, cloudtrailapi.OpGetTrail, get, "AccessDeniedException")
	must(w, cloudtrailapi.OpAddTags, &cloudtrailapi.AddTagsInput{ResourceId: new(trailARNOf(trail)), TagsList: []cloudtrailapi.Tag{{Key: new("team"), Value: new("audit")}}})
	must(w, cloudtrailapi.OpGetTrail, get)
}

func TestUpdateTrail(t *testing.T) {
	w := newWorld(t)
	w.create()
	update := func(edit func(*cloudtrailapi.UpdateTrailInput)) *cloudtrailapi.UpdateTrailInput {
		in := &cloudtrailapi.UpdateTrailInput{Name: new(trail)}
		edit(in)
		return in
	}
	out := must(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) {
		in.IsMultiRegionTrail, in.EnableLogFileValidation = new(true), new(true)
	}))
	if !*out.IsMultiRegionTrail || !*out.LogFileValidationEnabled || *out.S3BucketName != logs {
		t.Errorf("updated to %+v", out)
	}
	fails(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.IncludeGlobalServiceEvents = new(false) }), "InvalidParameterCombinationException")
	fails(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.S3BucketName = new("missing-bucket") }), "S3BucketDoesNotExistException")
	fails(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.S3KeyPrefix = new("prefix") }), "InsufficientS3BucketPolicyException")
	fails(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.SnsTopicName = new("topic") }), "NotImplemented")
	fails(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.KmsKeyId = new("1") }), "InsufficientEncryptionPolicyException")
	if got := must(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trail)}).Trail; got.S3KeyPrefix != nil || *got.S3BucketName != logs || got.KmsKeyId != nil {
		t.Errorf("what failed has changed it to %+v", got)
	}
	w.keys[keyARN] = &kmsKey{policy: keyPolicy(trailARNOf(trail)), state: kmsapi.KeyStateEnabled, spec: kmsapi.KeySpecSymmetricDefault}
	if out := must(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.KmsKeyId = new("1") })); *out.KmsKeyId != keyARN {
		t.Errorf("key %s", *out.KmsKeyId)
	}
	// What is not there is taken away by an empty text.
	empty := update(func(in *cloudtrailapi.UpdateTrailInput) {
		in.KmsKeyId, in.SnsTopicName, in.CloudWatchLogsLogGroupArn = new(""), new(""), new("")
	})
	if out := must(w, cloudtrailapi.OpUpdateTrail, empty); out.KmsKeyId != nil {
		t.Errorf("key %s", *out.KmsKeyId)
	}
	// A change that does not touch the bucket does not ask it.
	delete(w.buckets, logs)
	must(w, cloudtrailapi.OpUpdateTrail, update(func(in *cloudtrailapi.UpdateTrailInput) { in.IsMultiRegionTrail = new(false) }))
}

// The answer of a trail that logs, member by member as the CLI shows it.
// https://docs.aws.amazon.com/cli/latest/reference/cloudtrail/get-trail-status.html
func TestStatus(t *testing.T) {
	w := newWorld(t)
	w.create()
	w.start(trail)
	w.start(trail) // again changes nothing
	w.pass(5 * time.Minute)
	w.deliver()
	s := w.status(trail)
	if !*s.IsLogging || !s.StartLoggingTime.Equal(begin) || s.StopLoggingTime != nil || !s.LatestDeliveryTime.Equal(w.now) || s.LatestDeliveryError != nil ||
		*s.TimeLoggingStarted != "2026-03-01T12:00:00Z" || *s.TimeLoggingStopped != "" || *s.LatestDeliveryAttemptTime != "2026-03-01T12:05:00Z" ||
		*s.LatestDeliveryAttemptSucceeded != "2026-03-01T12:05:00Z" || *s.LatestNotificationAttemptTime != "" || s.LatestDigestDeliveryTime != nil {
		t.Errorf("status %+v", s)
	}
	w.stop(trail)
	w.pass(time.Minute)
	w.stop(trail)
	if s := w.status(trail); *s.IsLogging || !s.StopLoggingTime.Equal(begin.Add(5*time.Minute)) || *s.TimeLoggingStopped != "2026-03-01T12:05:00Z" {
		t.Errorf("status %+v", s)
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.create(func(in *cloudtrailapi.CreateTrailInput) {
		in.TagsList = []cloudtrailapi.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b")}}
	})
	arn := trailARNOf(trail)
	tags := func(pairs ...string) (list []cloudtrailapi.Tag) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, cloudtrailapi.Tag{Key: &pairs[i], Value: some(pairs[i+1])})
		}
		return list
	}
	shown := func() string {
		var list []string
		for _, tag := range must(w, cloudtrailapi.OpListTags, &cloudtrailapi.ListTagsInput{ResourceIdList: []string{arn}}).ResourceTagList[0].TagsList {
			list = append(list, *tag.Key+"="+text(tag.Value))
		}
		return strings.Join(list, " ")
	}
	add := func(pairs ...string) *cloudtrailapi.AddTagsInput {
		return &cloudtrailapi.AddTagsInput{ResourceId: &arn, TagsList: tags(pairs...)}
	}
	must(w, cloudtrailapi.OpAddTags, add("b", "2", "c", "3"))
	must(w, cloudtrailapi.OpRemoveTags, &cloudtrailapi.RemoveTagsInput{ResourceId: &arn, TagsList: tags("a", "", "c", "other", "nobody", "")})
	if got := shown(); got != "b=2 c=3" {
		t.Errorf("tags %s", got)
	}
	for _, in := range []*cloudtrailapi.AddTagsInput{add("a", "1", "a", "2"), add("aws:a", "1"), add("a", "<")} {
		fails(w, cloudtrailapi.OpAddTags, in, "InvalidTagParameterException")
	}
	many := []string{}
	for i := range 49 {
		many = append(many, fmt.Sprint("k", i), "v")
	}
	fails(w, cloudtrailapi.OpAddTags, add(many...), "TagsLimitExceededException")
	must(w, cloudtrailapi.OpAddTags, add(many[2:]...))
	if got := shown(); strings.Count(got, "=") != 50 {
		t.Errorf("%d tags", strings.Count(got, "="))
	}
	missing := trailARNOf("missing")
	fails(w, cloudtrailapi.OpAddTags, &cloudtrailapi.AddTagsInput{ResourceId: &missing, TagsList: tags("a", "1")}, "ResourceNotFoundException")
	fails(w, cloudtrailapi.OpListTags, &cloudtrailapi.ListTagsInput{ResourceIdList: []string{missing}}, "ResourceNotFoundException")
	fails(w, cloudtrailapi.OpListTags, &cloudtrailapi.ListTagsInput{ResourceIdList: []string{trail}}, "CloudTrailARNInvalidException")
	fails(w, cloudtrailapi.OpListTags, &cloudtrailapi.ListTagsInput{ResourceIdList: slices.Repeat([]string{arn}, 21)}, "InvalidParameterException")
	fails(w, cloudtrailapi.OpAddTags, &cloudtrailapi.AddTagsInput{ResourceId: new("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x"), TagsList: tags("a", "1")}, "ResourceTypeNotSupportedException")
}
