package cloudtrail

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

func basic(selectors ...cloudtrailapi.EventSelector) *cloudtrailapi.PutEventSelectorsInput {
	return &cloudtrailapi.PutEventSelectorsInput{TrailName: new(trail), EventSelectors: selectors}
}

func advanced(selectors ...[]cloudtrailapi.AdvancedFieldSelector) *cloudtrailapi.PutEventSelectorsInput {
	in := &cloudtrailapi.PutEventSelectorsInput{TrailName: new(trail)}
	for _, fields := range selectors {
		in.AdvancedEventSelectors = append(in.AdvancedEventSelectors, cloudtrailapi.AdvancedEventSelector{FieldSelectors: fields})
	}
	return in
}

func equalTo(field string, values ...string) cloudtrailapi.AdvancedFieldSelector {
	return cloudtrailapi.AdvancedFieldSelector{Field: &field, Equals: values}
}

func resources(kind string, values ...string) []cloudtrailapi.DataResource {
	return []cloudtrailapi.DataResource{{Type: &kind, Values: values}}
}

type fields = []cloudtrailapi.AdvancedFieldSelector

func TestEventSelectors(t *testing.T) {
	w := newWorld(t)
	w.create()
	get := func() *cloudtrailapi.GetEventSelectorsOutput {
		return must(w, cloudtrailapi.OpGetEventSelectors, &cloudtrailapi.GetEventSelectorsInput{TrailName: new(trail)})
	}
	// The answer for a new trail is that of the documentation.
	// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-additional-cli-commands.html
	out := get()
	if len(out.EventSelectors) != 1 || out.AdvancedEventSelectors != nil || *out.TrailARN != trailARNOf(trail) {
		t.Fatalf("selectors %+v", out)
	}
	s := out.EventSelectors[0]
	if s.ReadWriteType != "All" || !*s.IncludeManagementEvents || s.DataResources == nil || s.ExcludeManagementEventSources == nil {
		t.Errorf("selector %+v", s)
	}
	put := must(w, cloudtrailapi.OpPutEventSelectors, basic(cloudtrailapi.EventSelector{ReadWriteType: "WriteOnly"}))
	if s := put.EventSelectors[0]; s.ReadWriteType != "WriteOnly" || !*s.IncludeManagementEvents || *put.TrailARN != trailARNOf(trail) {
		t.Errorf("selector %+v", s)
	}
	if !*must(w, cloudtrailapi.OpGetTrail, &cloudtrailapi.GetTrailInput{Name: new(trail)}).Trail.HasCustomEventSelectors {
		t.Error("they are not custom")
	}
	// Either kind takes the other's place.
	must(w, cloudtrailapi.OpPutEventSelectors, advanced(fields{equalTo("eventCategory", "Management")}))
	if out := get(); len(out.EventSelectors) != 0 || len(out.AdvancedEventSelectors) != 1 {
		t.Errorf("selectors %+v", out)
	}
	must(w, cloudtrailapi.OpPutEventSelectors, basic(cloudtrailapi.EventSelector{}))
	if out := get(); len(out.EventSelectors) != 1 || len(out.AdvancedEventSelectors) != 0 {
		t.Errorf("selectors %+v", out)
	}
}

func TestInvalidSelectors(t *testing.T) {
	w := newWorld(t)
	w.create()
	many := make([]string, 251)
	for i := range many {
		many[i] = fmt.Sprintf("arn:aws:s3:::bucket-%d/", i)
	}
	both := basic(cloudtrailapi.EventSelector{})
	both.AdvancedEventSelectors = advanced(fields{equalTo("eventCategory", "Management")}).AdvancedEventSelectors
	management, data := equalTo("eventCategory", "Management"), equalTo("eventCategory", "Data")
	objects := equalTo("resources.type", "AWS::S3::Object")
	startsWith := func(field, value string) cloudtrailapi.AdvancedFieldSelector {
		return cloudtrailapi.AdvancedFieldSelector{Field: &field, StartsWith: []string{value}}
	}
	values := make([]string, 500)
	for i := range values {
		values[i] = fmt.Sprint("Event", i)
	}
	for name, in := range map[string]*cloudtrailapi.PutEventSelectorsInput{
		"none":                       basic(),
		"both":                       both,
		"six":                        basic(slices.Repeat([]cloudtrailapi.EventSelector{{}}, 6)...),
		"unknown type":               basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Bucket", "arn:aws:s3:::b")}),
		"no values":                  basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object")}),
		"no ARN":                     basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object", "bucket/")}),
		"another service":            basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object", "arn:aws:lambda")}),
		"a service that begins so":   basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object", "arn:aws:s3express:::b")}),
		"251 resources":              basic(cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object", many[:200]...)}, cloudtrailapi.EventSelector{DataResources: resources("AWS::S3::Object", many[200:]...)}),
		"another excluded source":    basic(cloudtrailapi.EventSelector{ExcludeManagementEventSources: []string{"iam.amazonaws.com"}}),
		"no category":                advanced(fields{equalTo("readOnly", "true")}),
		"unknown category":           advanced(fields{equalTo("eventCategory", "Insight")}),
		"two categories":             advanced(fields{equalTo("eventCategory", "Data", "Management")}),
		"a category that begins":     advanced(fields{startsWith("eventCategory", "Data")}),
		"a field twice":              advanced(fields{data, objects, objects}),
		"no type":                    advanced(fields{data}),
		"a field of another":         advanced(fields{management, objects}),
		"unknown field":              advanced(fields{management, equalTo("awsRegion", "us-east-1")}),
		"no operator":                advanced(fields{data, objects, equalTo("eventName")}),
		"readOnly maybe":             advanced(fields{management, equalTo("readOnly", "maybe")}),
		"a type that begins":         advanced(fields{data, startsWith("resources.type", "AWS::")}),
		"more values than the quota": advanced(fields{data, objects, equalTo("eventName", values...)}),
	} {
		if _, err := invoke(w, cloudtrailapi.OpPutEventSelectors, in); !isCode(err, "InvalidEventSelectorsException") {
			t.Errorf("%s: %v", name, err)
		}
	}
	fails(w, cloudtrailapi.OpPutEventSelectors, advanced(fields{equalTo("eventCategory", "NetworkActivity")}), "NotImplemented")
	if out := must(w, cloudtrailapi.OpGetEventSelectors, &cloudtrailapi.GetEventSelectorsInput{TrailName: new(trail)}); *out.EventSelectors[0].IncludeManagementEvents != true || len(out.AdvancedEventSelectors) != 0 {
		t.Errorf("what failed has changed them to %+v", out)
	}
}

// some events, as they are recorded.
var sampleEvents = map[string]*audit.Record{
	"read management":  {EventName: "GetUser", EventSource: "iam.amazonaws.com", EventCategory: "Management", ManagementEvent: true, ReadOnly: true},
	"write management": {EventName: "CreateUser", EventSource: "iam.amazonaws.com", EventCategory: "Management", ManagementEvent: true},
	"KMS":              {EventName: "Decrypt", EventSource: "kms.amazonaws.com", EventCategory: "Management", ManagementEvent: true, ReadOnly: true},
	"get":              objectEvent("GetObject", true, "arn:aws:s3:::bucket-1/images/a.jpg"),
	"put":              objectEvent("PutObject", false, "arn:aws:s3:::bucket-1/doc.txt"),
	"put elsewhere":    objectEvent("PutObject", false, "arn:aws:s3:::bucket-12/doc.txt"),
	"list": {EventName: "ListObjects", EventSource: "s3.amazonaws.com", EventCategory: "Data", ReadOnly: true, Resources: []audit.Resource{
		{Type: "AWS::S3::Object", ARNPrefix: "arn:aws:s3:::bucket-1/"}, {Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::bucket-1"}}},
}

func objectEvent(name string, readOnly bool, arn string) *audit.Record {
	return &audit.Record{
		EventName: name, EventSource: "s3.amazonaws.com", EventCategory: "Data", EventType: "AwsApiCall", ReadOnly: readOnly,
		UserIdentity: audit.UserIdentity{ARN: "arn:aws:iam::111122223333:user/alice"},
		Resources:    []audit.Resource{{Type: "AWS::S3::Object", ARN: arn}, {Type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::bucket"}},
	}
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
func TestSelection(t *testing.T) {
	no := new(false)
	objects := func(values ...string) []cloudtrailapi.DataResource { return resources("AWS::S3::Object", values...) }
	data, isObject := equalTo("eventCategory", "Data"), equalTo("resources.type", "AWS::S3::Object")
	field := func(name string, edit func(*cloudtrailapi.AdvancedFieldSelector)) cloudtrailapi.AdvancedFieldSelector {
		f := cloudtrailapi.AdvancedFieldSelector{Field: &name}
		edit(&f)
		return f
	}
	const all = "KMS get list put put elsewhere read management write management"
	for name, tt := range map[string]struct {
		in   *cloudtrailapi.PutEventSelectorsInput
		want string
	}{
		"default":           {basic(), "KMS read management write management"},
		"reads":             {basic(cloudtrailapi.EventSelector{ReadWriteType: "ReadOnly"}), "KMS read management"},
		"writes":            {basic(cloudtrailapi.EventSelector{ReadWriteType: "WriteOnly"}), "write management"},
		"without KMS":       {basic(cloudtrailapi.EventSelector{ExcludeManagementEventSources: []string{"kms.amazonaws.com"}}), "read management write management"},
		"a bucket":          {basic(cloudtrailapi.EventSelector{IncludeManagementEvents: no, DataResources: objects("arn:aws:s3:::bucket-1/")}), "get list put"},
		"a prefix":          {basic(cloudtrailapi.EventSelector{IncludeManagementEvents: no, DataResources: objects("arn:aws:s3:::bucket-1/images/")}), "get"},
		"two prefixes":      {basic(cloudtrailapi.EventSelector{IncludeManagementEvents: no, DataResources: objects("arn:aws:s3:::bucket-1/images", "arn:aws:s3:::bucket-1/doc")}), "get put"},
		"writes to buckets": {basic(cloudtrailapi.EventSelector{ReadWriteType: "WriteOnly", IncludeManagementEvents: no, DataResources: objects("arn:aws:s3")}), "put put elsewhere"},
		"all buckets":       {basic(cloudtrailapi.EventSelector{DataResources: objects("arn:aws:s3:::")}), all},
		"Lambda":            {basic(cloudtrailapi.EventSelector{IncludeManagementEvents: no, DataResources: resources("AWS::Lambda::Function", "arn:aws:lambda")}), ""},
		"two selectors": {basic(cloudtrailapi.EventSelector{ReadWriteType: "WriteOnly"}, cloudtrailapi.EventSelector{ReadWriteType: "ReadOnly", IncludeManagementEvents: no, DataResources: objects("arn:aws:s3:::bucket-1/")}),
			"get list write management"},

		"advanced management": {advanced(fields{equalTo("eventCategory", "Management")}), "KMS read management write management"},
		"advanced without KMS": {advanced(fields{equalTo("eventCategory", "Management"), field("eventSource", func(f *cloudtrailapi.AdvancedFieldSelector) {
			f.NotEquals = []string{"kms.amazonaws.com", "rdsdata.amazonaws.com"}
		})}), "read management write management"},
		"advanced reads":        {advanced(fields{equalTo("eventCategory", "Management"), equalTo("readOnly", "true")}), "KMS read management"},
		"advanced data":         {advanced(fields{data, isObject}), "get list put put elsewhere"},
		"advanced writes":       {advanced(fields{data, isObject, equalTo("readOnly", "false")}), "put put elsewhere"},
		"advanced names":        {advanced(fields{data, isObject, equalTo("eventName", "GetObject", "ListObjects")}), "get list"},
		"advanced bucket":       {advanced(fields{data, isObject, field("resources.ARN", func(f *cloudtrailapi.AdvancedFieldSelector) { f.StartsWith = []string{"arn:aws:s3:::bucket-1/"} })}), "get list put"},
		"advanced end":          {advanced(fields{data, isObject, field("resources.ARN", func(f *cloudtrailapi.AdvancedFieldSelector) { f.EndsWith = []string{".jpg", ".png"} })}), "get"},
		"advanced not this end": {advanced(fields{data, isObject, field("resources.ARN", func(f *cloudtrailapi.AdvancedFieldSelector) { f.NotEndsWith = []string{".jpg", ".png"} })}), "list put put elsewhere"},
		"advanced not these": {advanced(fields{data, isObject, field("resources.ARN", func(f *cloudtrailapi.AdvancedFieldSelector) {
			f.NotStartsWith = []string{"arn:aws:s3:::bucket-1/", "arn:aws:s3:::b2/"}
		})}), "put elsewhere"},
		"advanced this but not that": {advanced(fields{data, isObject, field("resources.ARN", func(f *cloudtrailapi.AdvancedFieldSelector) {
			f.StartsWith, f.NotEndsWith = []string{"arn:aws:s3:::bucket-1"}, []string{".txt"}
		})}), "get list"},
		"advanced this or that": {advanced(fields{data, isObject, field("eventName", func(f *cloudtrailapi.AdvancedFieldSelector) {
			f.Equals, f.StartsWith = []string{"ListObjects"}, []string{"Get"}
		})}), "get list"},
		"advanced user":             {advanced(fields{data, isObject, field("userIdentity.arn", func(f *cloudtrailapi.AdvancedFieldSelector) { f.EndsWith = []string{"/alice"} })}), "get put put elsewhere"},
		"advanced type of call":     {advanced(fields{data, isObject, equalTo("eventType", "AwsApiCall")}), "get put put elsewhere"},
		"advanced source":           {advanced(fields{data, isObject, equalTo("eventSource", "s3.amazonaws.com")}), "get list put put elsewhere"},
		"advanced console":          {advanced(fields{data, isObject, equalTo("sessionCredentialFromConsole", "true")}), ""},
		"advanced other type":       {advanced(fields{data, equalTo("resources.type", "AWS::Lambda::Function")}), ""},
		"advanced type of a bucket": {advanced(fields{data, equalTo("resources.type", "AWS::S3::Bucket"), equalTo("resources.ARN", "arn:aws:s3:::bucket-1")}), "list"},
		"advanced two":              {advanced(fields{equalTo("eventCategory", "Management"), equalTo("readOnly", "false")}, fields{data, isObject, equalTo("eventName", "PutObject")}), "put put elsewhere write management"},
	} {
		w := newWorld(t)
		w.create()
		if name != "default" {
			must(w, cloudtrailapi.OpPutEventSelectors, tt.in)
		}
		tr := w.trail()
		var got []string
		for event, r := range sampleEvents {
			if tr.chooses(r) {
				if !r.ManagementEvent && !tr.wantsData() {
					t.Errorf("%s: %s would not be read", name, event)
				}
				got = append(got, event)
			}
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: selected %s, want %s", name, s, tt.want)
		}
	}
}

// Data events of S3 come with the next delivery, if they are selected.
func TestDataEventsAreDelivered(t *testing.T) {
	w := newWorld(t)
	w.create()
	must(w, cloudtrailapi.OpPutEventSelectors, basic(cloudtrailapi.EventSelector{IncludeManagementEvents: new(false), DataResources: resources("AWS::S3::Object", "arn:aws:s3:::"+logs+"/wanted")}))
	w.start(trail)
	for _, k := range []string{"wanted/1", "other/2", "wanted/3"} {
		w.get(k)
	}
	w.deliver()
	var got []string
	for _, r := range w.deliveredRecords() {
		got = append(got, r.EventName+" "+r.Resources[0].ARN)
	}
	if s := strings.Join(got, " "); s != "GetObject arn:aws:s3:::"+logs+"/wanted/1 GetObject arn:aws:s3:::"+logs+"/wanted/3" {
		t.Errorf("delivered %s", s)
	}
}
