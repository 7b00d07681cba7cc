package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

// TestPublishedEvents decodes events as AWS documents them and encodes them
// again: nothing may be lost, nothing added.
func TestPublishedEvents(t *testing.T) {
	files, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no events: %v", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			published, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var r Record
			var want, got any
			for _, err := range []error{
				json.Unmarshal(published, &r),
				json.Unmarshal(published, &want),
				json.Unmarshal(appendEvent(nil, &r), &got),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// full is a record with every member set, to values that need care.
func full() *Record {
	text := func(s string) string { return s + " \"quoted\" \\ \u2028 \x01 é" }
	return &Record{
		EventVersion: "1.11",
		UserIdentity: UserIdentity{
			Type: text("type"), PrincipalID: text("principal"), ARN: text("arn"), AccountID: text("account"),
			AccessKeyID: text("key"), UserName: text("user"), InvokedBy: text("by"),
			SessionContext: &SessionContext{
				Issuer: &SessionIssuer{
					Type: text("itype"), PrincipalID: text("iprincipal"), ARN: text("iarn"), AccountID: text("iaccount"), UserName: text("iuser"),
				},
				Attributes:     SessionAttributes{CreationDate: time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC), MFAAuthenticated: true},
				SourceIdentity: text("source"),
			},
		},
		EventTime: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), EventSource: text("esource"), EventName: text("name"),
		Region: text("region"), SourceIPAddress: text("ip"), UserAgent: text("agent"), ErrorCode: text("code"), ErrorMessage: text("message"),
		RequestParameters:   json.RawMessage(`{"a":"b"}`),
		ResponseElements:    json.RawMessage(`[1]`),
		AdditionalEventData: json.RawMessage(`{"c":2}`),
		ServiceEventDetails: json.RawMessage(`"d"`),
		RequestID:           text("request"), EventID: text("event"), ReadOnly: true,
		Resources: []Resource{{text("raccount"), text("rtype"), text("rarn"), text("rprefix")}, {ARN: text("second")}},
		EventType: text("etype"), APIVersion: text("version"), ManagementEvent: true, RecipientAccountID: text("recipient"),
		SharedEventID: text("shared"), VPCEndpointID: text("vpce"), EventCategory: text("category"),
		TLSDetails: &TLSDetails{text("tls"), text("suite"), text("host")},
	}
}

func decode(t *testing.T, event []byte) *Record {
	t.Helper()
	var r Record
	if err := json.Unmarshal(event, &r); err != nil {
		t.Fatalf("%v in %s", err, event)
	}
	return &r
}

func TestEveryMemberIsEncoded(t *testing.T) {
	r := full()
	// A member that is added to the types and forgotten here, or in the
	// encoder, is found by this.
	checkSet(t, reflect.ValueOf(*r), "Record")
	if got := decode(t, appendEvent(nil, r)); !reflect.DeepEqual(got, r) {
		t.Errorf("got  %+v\nwant %+v", got, r)
	}
}

func checkSet(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		if v.IsZero() {
			t.Errorf("%s is not set by full()", path)
		}
		return
	}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Explanation" {
			checkSet(t, v.Field(i), path+"."+name)
		}
	}
}

func TestDefaultsAndOmissions(t *testing.T) {
	got := string(appendEvent(nil, &Record{EventTime: time.Unix(0, 0)}))
	want := `{"eventVersion":"1.11","userIdentity":{"type":""},"eventTime":"1970-01-01T00:00:00Z","eventSource":"","eventName":"",` +
		`"awsRegion":"","sourceIPAddress":"","userAgent":"","requestParameters":null,"responseElements":null,"eventID":"",` +
		`"readOnly":false,"eventType":"AwsApiCall","managementEvent":false,"eventCategory":"Data"}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestSizesAreBounded has the sizes from CloudTrail's page on record contents.
func TestSizesAreBounded(t *testing.T) {
	long := strings.Repeat("é", 10<<10)
	big := json.RawMessage(`"` + strings.Repeat("x", 101<<10) + `"`)
	r := &Record{
		EventTime: time.Unix(0, 0), UserAgent: "x" + long, ErrorCode: long, ErrorMessage: long, SourceIPAddress: long,
		RequestParameters: big, ResponseElements: big, AdditionalEventData: big[:30<<10], Explanation: big,
	}
	b := appendBody(newLine(nil), r)
	if len(b) > 8<<10 {
		t.Errorf("%d bytes", len(b))
	}
	got := decode(t, appendEvent(nil, r))
	if got.UserAgent != "x"+long[:1022] {
		t.Errorf("user agent has %d bytes, or a broken character at its end", len(got.UserAgent))
	}
	for _, v := range []json.RawMessage{got.RequestParameters, got.ResponseElements, got.AdditionalEventData} {
		if string(v) != "null" {
			t.Errorf("%d bytes of a value that is too large", len(v))
		}
	}
}

func TestRandomRecordsRoundTrip(t *testing.T) {
	check := func(agent, message, session string, readOnly, management, mfa bool, at uint32) bool {
		valid := func(s string) string { return strings.ToValidUTF8(s, "�") }
		r := &Record{
			EventVersion: EventVersion, EventTime: time.Unix(int64(at), 0).UTC(), EventType: APICall,
			UserAgent: valid(agent), ErrorMessage: valid(message), ReadOnly: readOnly, ManagementEvent: management, EventCategory: Data,
			UserIdentity: UserIdentity{SessionContext: &SessionContext{
				Attributes:     SessionAttributes{CreationDate: time.Unix(int64(at), 0).UTC(), MFAAuthenticated: mfa},
				SourceIdentity: valid(session),
			}},
		}
		if len(r.UserAgent) > maxText || len(r.ErrorMessage) > maxText {
			return true
		}
		got := decode(t, appendEvent(nil, r))
		got.RequestParameters, got.ResponseElements = nil, nil
		return reflect.DeepEqual(got, r)
	}
	if err := quick.Check(check, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestUsername(t *testing.T) {
	for want, u := range map[string]UserIdentity{
		"root":             {Type: "Root", ARN: "arn:aws:iam::111122223333:root"},
		"alejandro":        {Type: "IAMUser", UserName: "alejandro", ARN: "arn:aws:iam::111122223333:user/team/alejandro"},
		"session-1":        {Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/SignerRole/session-1"},
		"s3.amazonaws.com": {Type: "AWSService", InvokedBy: "s3.amazonaws.com"},
	} {
		if got := (&Record{UserIdentity: u}).Username(); got != want {
			t.Errorf("Username of %+v = %q, want %q", u, got, want)
		}
	}
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
func TestAnonymousCallersHaveAnEmptyPrincipal(t *testing.T) {
	got := string(appendIdentity(nil, &UserIdentity{Type: "AWSAccount", AccountID: Anonymous}))
	if want := `{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
