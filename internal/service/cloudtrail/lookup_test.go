package cloudtrail

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// get reads an object, which leaves the record of a data event.
func (w *world) get(key string) {
	w.Helper()
	must(w, s3api.OpGetObject, &s3api.GetObjectInput{Bucket: new(logs), Key: &key})
}

func attribute(key cloudtrailapi.LookupAttributeKey, value string) []cloudtrailapi.LookupAttribute {
	return []cloudtrailapi.LookupAttribute{{AttributeKey: key, AttributeValue: &value}}
}

// lookUp gives the names of the events that a request finds.
func (w *world) lookUp(in *cloudtrailapi.LookupEventsInput, how ...via) []string {
	w.Helper()
	names := []string{}
	for _, e := range must(w, cloudtrailapi.OpLookupEvents, in, how...).Events {
		names = append(names, *e.EventName)
	}
	return names
}

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
func TestLookupEvents(t *testing.T) {
	w := newWorld(t)
	w.makeUser("bob")
	must(w, iamapi.OpGetUser, &iamapi.GetUserInput{UserName: new("bob")}, via{user: "carol"})
	w.get("some/key")
	w.makeUser("theirs", via{account: other})
	w.makeUser("away", via{region: region2})
	w.create()
	all := must(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{}, via{user: "watcher"}).Events
	newest, oldest := all[0], all[len(all)-1]
	if *oldest.EventName != "CreateUser" || *oldest.EventSource != "iam.amazonaws.com" || *oldest.ReadOnly != "false" || *oldest.Username != "alice" ||
		*oldest.AccessKeyId != "AKIAalice" || !oldest.EventTime.Equal(begin) {
		t.Errorf("event %+v", oldest)
	}
	if len(oldest.Resources) != 1 || *oldest.Resources[0].ResourceType != "AWS::IAM::User" || *oldest.Resources[0].ResourceName != "bob" {
		t.Errorf("resources %+v", oldest.Resources)
	}
	var record audit.Record
	w.check(json.Unmarshal([]byte(*oldest.CloudTrailEvent), &record))
	if record.EventID != *oldest.EventId || record.EventName != "CreateUser" {
		t.Errorf("event %s", *oldest.CloudTrailEvent)
	}
	if *newest.EventName != "CreateTrail" {
		t.Errorf("the newest is %s", *newest.EventName)
	}
	const arn = "arn:aws:iam::" + account + ":user/bob"
	for name, tt := range map[string]struct {
		attributes []cloudtrailapi.LookupAttribute
		want       string
	}{
		"all but data events":     {nil, "CreateTrail GetBucketAcl GetUser CreateUser"},
		"EventId":                 {attribute("EventId", *oldest.EventId), "CreateUser"},
		"EventName":               {attribute("EventName", "GetUser"), "GetUser"},
		"EventName of data":       {attribute("EventName", "GetObject"), ""},
		"EventName in lower case": {attribute("EventName", "getuser"), ""},
		"ReadOnly true":           {attribute("ReadOnly", "true"), "GetBucketAcl GetUser"},
		"ReadOnly false":          {attribute("ReadOnly", "false"), "CreateTrail CreateUser"},
		"Username":                {attribute("Username", "carol"), "GetUser"},
		"ResourceType":            {attribute("ResourceType", "AWS::IAM::User"), "GetUser CreateUser"},
		"ResourceName":            {attribute("ResourceName", "bob"), "GetUser CreateUser"},
		"ResourceName by ARN":     {attribute("ResourceName", arn), "GetUser CreateUser"},
		"ResourceName of a part":  {attribute("ResourceName", "ob"), ""},
		"EventSource":             {attribute("EventSource", "iam.amazonaws.com"), "GetUser CreateUser"},
		"AccessKeyId":             {attribute("AccessKeyId", "AKIAcarol"), "GetUser"},
	} {
		got := w.lookUp(&cloudtrailapi.LookupEventsInput{LookupAttributes: tt.attributes}, via{user: "watcher"})
		got = slices.DeleteFunc(got, func(name string) bool { return name == "LookupEvents" })
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: found %s, want %s", name, s, tt.want)
		}
	}
	for _, how := range []via{{account: other}, {region: region2}} {
		if got := w.lookUp(&cloudtrailapi.LookupEventsInput{LookupAttributes: attribute("EventName", "CreateUser")}, how); len(got) != 1 {
			t.Errorf("%+v: found %v", how, got)
		}
	}
}

func TestLookupEventsRefuses(t *testing.T) {
	w := newWorld(t)
	two := append(attribute("EventName", "a"), attribute("EventSource", "b")...)
	fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{LookupAttributes: two}, "InvalidLookupAttributesException")
	for _, v := range []string{"yes", "True", "1"} {
		fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{LookupAttributes: attribute("ReadOnly", v)}, "InvalidLookupAttributesException")
	}
	hour := begin.Add(-time.Hour)
	fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{StartTime: new(begin), EndTime: &hour}, "InvalidTimeRangeException")
	fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{EndTime: new(begin.Add(-91 * 24 * time.Hour))}, "InvalidTimeRangeException")
	for _, token := range []string{"", "x", "AAAA", strings.Repeat("A", 32)} {
		fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{NextToken: &token}, "InvalidNextTokenException")
	}
	w.makeUser("u")
	if got := w.lookUp(&cloudtrailapi.LookupEventsInput{EventCategory: "insight"}); len(got) != 0 {
		t.Errorf("insights %v", got)
	}
}

func TestLookupTimes(t *testing.T) {
	w := newWorld(t)
	for i := range 4 {
		w.makeUser(fmt.Sprint("user", i))
		w.pass(30 * 24 * time.Hour)
	}
	at := func(days int) *time.Time { return new(begin.Add(time.Duration(days) * 24 * time.Hour)) }
	for name, tt := range map[string]struct {
		in   cloudtrailapi.LookupEventsInput
		want int
	}{
		"the last 90 days":     {cloudtrailapi.LookupEventsInput{}, 3},
		"an older start":       {cloudtrailapi.LookupEventsInput{StartTime: at(-1000)}, 3},
		"start":                {cloudtrailapi.LookupEventsInput{StartTime: at(60)}, 2},
		"end":                  {cloudtrailapi.LookupEventsInput{EndTime: at(60)}, 2},
		"both, inclusive":      {cloudtrailapi.LookupEventsInput{StartTime: at(60), EndTime: at(60)}, 1},
		"nothing at that time": {cloudtrailapi.LookupEventsInput{StartTime: at(61), EndTime: at(70)}, 0},
	} {
		tt.in.LookupAttributes = attribute("EventName", "CreateUser")
		if got := w.lookUp(&tt.in); len(got) != tt.want {
			t.Errorf("%s: %d events, want %d", name, len(got), tt.want)
		}
	}
}

// Pages follow each other without gap or repetition while events come, and a
// token is good for its own request alone.
func TestLookupPages(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		w.makeUser(fmt.Sprint("user", i))
	}
	in := &cloudtrailapi.LookupEventsInput{LookupAttributes: attribute("EventName", "CreateUser")}
	var sizes []int
	seen := map[string]bool{}
	for {
		out := must(w, cloudtrailapi.OpLookupEvents, in)
		sizes = append(sizes, len(out.Events))
		for _, e := range out.Events {
			if seen[*e.EventId] {
				t.Errorf("event %s twice", *e.EventId)
			}
			seen[*e.EventId] = true
		}
		if out.NextToken == nil {
			break
		}
		w.makeUser("meanwhile")
		in.NextToken = out.NextToken
	}
	if len(seen) != 120 || !slices.Equal(sizes, []int{50, 50, 20}) {
		t.Errorf("%d events in pages of %v", len(seen), sizes)
	}
	fails(w, cloudtrailapi.OpLookupEvents, &cloudtrailapi.LookupEventsInput{NextToken: in.NextToken}, "InvalidNextTokenException")
	fails(w, cloudtrailapi.OpLookupEvents, in, "InvalidNextTokenException", via{account: other})
	fails(w, cloudtrailapi.OpLookupEvents, in, "InvalidNextTokenException", via{region: region2})
	in.NextToken, in.MaxResults = nil, new(int32(7))
	if got := w.lookUp(in); len(got) != 7 {
		t.Errorf("%d events", len(got))
	}
}
