package wire

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	awsanalyzer "github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	analyzertypes "github.com/aws/aws-sdk-go-v2/service/accessanalyzer/types"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/accessanalyzer"
)

// The types of Access Analyzer do not use all that the protocol has.
type parcel struct {
	ID     *string             `api:"id,location=uri,required"`
	Number *int32              `api:"number,location=uri"`
	When   *time.Time          `api:"when,location=querystring"`
	Epoch  *time.Time          `api:"epoch,location=querystring,timestampFormat=unixTimestamp"`
	Marks  []int32             `api:"mark,location=querystring"`
	Rest   map[string][]string `api:"rest,location=querystring"`
	Since  *time.Time          `api:"X-Since,location=header"`
	JSON   *string             `api:"X-JSON,location=header,jsonvalue"`
	Extra  map[string]string   `api:"x-extra-,location=headers"`
	Status *int32              `api:"status,location=statusCode"`
	Text   *string             `api:"text"`
	Until  *time.Time          `api:"until,timestampFormat=iso8601"`
	Date   *time.Time          `api:"date,timestampFormat=rfc822"`
	Stamp  *time.Time          `api:"stamp"`
	Color  color               `api:"color"`
	Inner  *everything         `api:"inner"`
}

type document struct {
	Body *everyone `api:"body,location=payload"`
}

type raw struct {
	Kind *string   `api:"Content-Type,location=header"`
	Body io.Reader `api:"body,location=payload"`
}

type blob struct {
	Body []byte `api:"body,location=payload"`
}

type note struct {
	Body *string `api:"body,location=payload"`
}

var (
	parcelService = api.Service{Name: "parcels", SigningName: "parcels", Protocol: api.RestJSON}
	parcelOp      = api.Define[parcel, parcel](api.Operation{Service: &parcelService, Name: "Send", Method: "PUT", Path: "/parcel/{id}/{number}", Status: 201})
	documentOp    = api.Define[document, document](api.Operation{Service: &parcelService, Name: "Document", Method: "PUT", Path: "/document"})
	rawOp         = api.Define[raw, raw](api.Operation{Service: &parcelService, Name: "Raw", Method: "PUT", Path: "/raw"})
	blobOp        = api.Define[blob, blob](api.Operation{Service: &parcelService, Name: "Blob", Method: "PUT", Path: "/blob"})
	noteOp        = api.Define[note, note](api.Operation{Service: &parcelService, Name: "Note", Method: "PUT", Path: "/note"})
	silentOp      = api.Define[nothing, nothing](api.Operation{Service: &parcelService, Name: "Silent", Method: "PUT", Path: "/silent"})
)

func restJSONRequest(query, body string, headers ...string) *Request {
	r := asked(query, body, headers...)
	r.Labels = map[string]string{"id": "a/b", "number": "7"}
	return r
}

// What stands where is as in https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
// and https://smithy.io/2.0/spec/http-bindings.html.
func TestRestJSON(t *testing.T) {
	when := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	later := when.Add(250 * time.Millisecond)
	r := restJSONRequest("when=2026-02-03T04:05:06Z&epoch=1770091506.25&mark=1&mark=2&a=1&a=2&b=%26&x-amz-acl=p&X-Since=q",
		`{"id":"no","X-Since":"no","rest":{},"text":"t","until":"2026-02-03T04:05:06.25Z","date":"Tue, 03 Feb 2026 04:05:06 GMT","stamp":1770091506.25,"color":"RED","inner":{"Text":"i"}}`,
		"X-Since", "Tue, 03 Feb 2026 04:05:06 GMT", "X-Json", "eyJhIjoxfQ==", "X-Extra-One", "1", "x-amz-acl", "p")
	want := &parcel{ID: new("a/b"), Number: new(int32(7)), When: &when, Epoch: &later, Marks: []int32{1, 2},
		Rest:  map[string][]string{"a": {"1", "2"}, "b": {"&"}, "x-amz-acl": {"p"}, "X-Since": {"q"}},
		Since: &when, JSON: new(`{"a":1}`), Extra: map[string]string{"one": "1"}, Text: new("t"), Until: &later, Date: &when, Stamp: &later,
		Color: "RED", Inner: &everything{Text: new("i")}}
	op := &parcelOp.Operation
	got, err := For(api.RestJSON).Decode(op, r)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, want)

	want.Status = new(int32(202))
	resp := For(api.RestJSON).EncodeOutput(nil, op, want, "id-1")
	if resp.Status != 202 {
		t.Errorf("status %d", resp.Status)
	}
	wantEqual(t, resp.Header, []Field{{"X-Amzn-Requestid", "id-1"}, {"X-Since", "Tue, 03 Feb 2026 04:05:06 GMT"}, {"X-JSON", "eyJhIjoxfQ=="}, {"x-extra-one", "1"}, {"Content-Type", "application/json"}})
	if got := string(resp.Body); got != `{"text":"t","until":"2026-02-03T04:05:06.250Z","date":"Tue, 03 Feb 2026 04:05:06 GMT","stamp":1770091506.250,"color":"RED","inner":{"Text":"i"}}` {
		t.Error(got)
	}
	if resp := For(api.RestJSON).EncodeOutput(nil, op, &parcel{}, "id-1"); resp.Status != 201 || string(resp.Body) != "{}" {
		t.Errorf("%d %q", resp.Status, resp.Body)
	}
}

// No body is an empty one, and one that nobody asked for is none.
func TestRestJSONEmpty(t *testing.T) {
	for _, body := range []string{"", " \n", "{}", `{"text":null}`} {
		got, err := For(api.RestJSON).Decode(&parcelOp.Operation, restJSONRequest("", body))
		if err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		wantEqual(t, got, &parcel{ID: new("a/b"), Number: new(int32(7))})
	}
	for _, body := range []string{"", "{}", "no JSON"} {
		if _, err := For(api.RestJSON).Decode(&silentOp.Operation, restJSONRequest("", body)); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
	resp := For(api.RestJSON).EncodeOutput(nil, &silentOp.Operation, &nothing{}, "id-1")
	if resp.Status != 200 || len(resp.Body) != 0 {
		t.Errorf("%d %q", resp.Status, resp.Body)
	}
}

func TestRestJSONPayloads(t *testing.T) {
	codec := For(api.RestJSON)
	for _, test := range []struct {
		op          *api.Operation
		body        string
		want        any
		contentType string
	}{
		{&documentOp.Operation, `{"Name":"Ann"}`, &document{&everyone{new("Ann")}}, "application/json"},
		{&documentOp.Operation, ``, &document{}, ""},
		{&documentOp.Operation, `null`, &document{}, ""},
		{&blobOp.Operation, "\x00\xff", &blob{[]byte{0, 255}}, "application/octet-stream"},
		{&noteOp.Operation, `"é`, &note{new(`"é`)}, "text/plain"},
	} {
		got, err := codec.Decode(test.op, restJSONRequest("", test.body))
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got, test.want)
		resp := codec.EncodeOutput(nil, test.op, got, "id-1")
		if test.contentType == "" {
			if len(resp.Body) != 0 {
				t.Errorf("%q", resp.Body)
			}
			continue
		}
		if string(resp.Body) != test.body || resp.Header[1] != (Field{"Content-Type", test.contentType}) {
			t.Errorf("%q %v", resp.Body, resp.Header)
		}
	}
	got, err := codec.Decode(&rawOp.Operation, restJSONRequest("", "content", "Content-Type", "image/png"))
	if err != nil {
		t.Fatal(err)
	}
	in := got.(*raw)
	if content, err := io.ReadAll(in.Body); err != nil || string(content) != "content" || *in.Kind != "image/png" {
		t.Errorf("%q, %v", content, err)
	}
	resp := codec.EncodeOutput(nil, &rawOp.Operation, &raw{Kind: in.Kind, Body: strings.NewReader("x")}, "id-1")
	if resp.Stream == nil || len(resp.Header) != 2 || resp.Header[1] != (Field{"Content-Type", "image/png"}) {
		t.Errorf("%v", resp)
	}
}

func TestRestJSONRefuses(t *testing.T) {
	number := restJSONRequest("", "")
	number.Labels["number"] = "x"
	for _, test := range []struct {
		name    string
		op      *api.Operation
		r       *Request
		message string
	}{
		{"label", &parcelOp.Operation, number, "number can not be converted to an Integer"},
		{"query", &parcelOp.Operation, restJSONRequest("when=yesterday", ""), "when can not be converted to milliseconds since epoch"},
		{"escape", &parcelOp.Operation, restJSONRequest("a=%zz", ""), "the query string is not well formed"},
		{"escaped name", &parcelOp.Operation, restJSONRequest("%zz=a", ""), "the query string is not well formed"},
		{"header", &parcelOp.Operation, restJSONRequest("", "", "X-Since", "yesterday"), "X-Since can not be converted to milliseconds since epoch"},
		{"JSON in a header", &parcelOp.Operation, restJSONRequest("", "", "X-Json", "{}"), "X-JSON can not be converted to a String"},
		{"time as another one", &parcelOp.Operation, restJSONRequest("", `{"until":"Tue, 03 Feb 2026 04:05:06 GMT"}`), "STRING_VALUE can not be converted to milliseconds since epoch"},
		{"time as text", &parcelOp.Operation, restJSONRequest("", `{"stamp":"2026-02-03T04:05:06Z"}`), "STRING_VALUE can not be converted to milliseconds since epoch"},
		{"type", &parcelOp.Operation, restJSONRequest("", `{"text":1}`), "NUMBER_VALUE can not be converted to a String"},
		{"no object", &parcelOp.Operation, restJSONRequest("", `[]`), ""},
		{"cut", &parcelOp.Operation, restJSONRequest("", `{"text":"a`), ""},
		{"more than one", &parcelOp.Operation, restJSONRequest("", `{}{}`), ""},
		{"broken member that counts from elsewhere", &parcelOp.Operation, restJSONRequest("", `{"id":}`), ""},
		{"broken payload", &documentOp.Operation, restJSONRequest("", `{"Name":`), ""},
		{"payload and more", &documentOp.Operation, restJSONRequest("", `{} x`), ""},
		{"null and more", &documentOp.Operation, restJSONRequest("", `nullx`), ""},
		{"deep", &parcelOp.Operation, restJSONRequest("", strings.Repeat(`{"inner":`, 1000)), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := For(api.RestJSON).Decode(test.op, test.r)
			wantError(t, err, "SerializationException", test.message)
		})
	}
}

func TestRestJSONErrors(t *testing.T) {
	for _, test := range []struct {
		err    *api.Error
		status int
		want   string
		header []Field
	}{
		{accessanalyzer.ErrResourceNotFoundException("no"), 404, `{"message":"no"}`, nil},
		{&api.Error{Code: "ConflictException", Status: 409, Message: "a\"b", Fields: map[string]any{"resourceType": "t", "resourceId": "i", "bad": func() {}}}, 409,
			`{"message":"a\"b","resourceId":"i","resourceType":"t"}`, nil},
		{&api.Error{Code: "ThrottlingException", Status: 429, Fields: map[string]any{"Retry-After": 3}}, 429, `{}`, []Field{{"Retry-After", "3"}}},
		{&api.Error{Code: "X"}, 500, `{}`, nil},
		{api.Errorf("AccessDeniedException", 403, "no"), 403, `{"Message":"no"}`, nil},
	} {
		resp := For(api.RestJSON).EncodeError([]byte("before"), &parcelService, nil, test.err, "id-1")
		if string(resp.Body) != "before"+test.want || resp.Status != test.status {
			t.Errorf("got  %d %s\nwant %d %s", resp.Status, resp.Body, test.status, test.want)
		}
		wantEqual(t, resp.Header, append([]Field{{"Content-Type", "application/json"}, {"X-Amzn-Requestid", "id-1"}, {"X-Amzn-Errortype", test.err.Code}}, test.header...))
	}
}

// The model's ValidationException has a reason, and names the members.
func TestRestJSONValidation(t *testing.T) {
	op := &accessanalyzer.OpCreateAnalyzer.Operation
	err := Validate(op, &accessanalyzer.CreateAnalyzerInput{AnalyzerName: new("9")})
	wantError(t, err, "ValidationException", "2 validation errors detected: Value '9' at 'analyzerName' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z_][A-Za-z0-9_.-]*; "+
		"Value null at 'type' failed to satisfy constraint: Member must not be null")
	resp := For(api.RestJSON).EncodeError(nil, op.Service, op, err.(*api.Error), "id-1")
	if !bytes.Contains(resp.Body, []byte(`"fieldList":[{"name":"analyzerName","message":"Member must satisfy regular expression pattern: [A-Za-z_][A-Za-z0-9_.-]*"},`+
		`{"name":"type","message":"Member must not be null"}],"reason":"fieldValidationFailed"`)) {
		t.Errorf("%s", resp.Body)
	}
	if err := Validate(op, &accessanalyzer.CreateAnalyzerInput{AnalyzerName: new("a"), Type: "ACCOUNT"}); err != nil {
		t.Error(err)
	}
}

// CloudTrail has the members of an input wherever they stood, and no secrets.
func TestRestJSONTrail(t *testing.T) {
	for _, test := range []struct {
		op   *api.Operation
		in   any
		want string
	}{
		{&accessanalyzer.OpDeleteArchiveRule.Operation, &accessanalyzer.DeleteArchiveRuleInput{AnalyzerName: new("a"), RuleName: new("r"), ClientToken: new("t")},
			`{"analyzerName":"a","ruleName":"r","clientToken":"t"}`},
		{&accessanalyzer.OpUntagResource.Operation, &accessanalyzer.UntagResourceInput{ResourceArn: new("arn"), TagKeys: []string{"a", "b"}}, `{"resourceArn":"arn","tagKeys":["a","b"]}`},
		{&accessanalyzer.OpCheckNoNewAccess.Operation, &accessanalyzer.CheckNoNewAccessInput{NewPolicyDocument: new("x"), PolicyType: "IDENTITY_POLICY"},
			`{"newPolicyDocument":"HIDDEN_DUE_TO_SECURITY_REASONS","policyType":"IDENTITY_POLICY"}`},
		{&accessanalyzer.OpListAnalyzers.Operation, &accessanalyzer.ListAnalyzersInput{}, `null`},
	} {
		if got := string(AppendRequestTrail(nil, test.op, test.in, "host")); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// TestUnionsAgainstSDK has the SDK send and read what it has types of its own for.
func TestUnionsAgainstSDK(t *testing.T) {
	out := &accessanalyzer.ValidatePolicyOutput{Findings: []accessanalyzer.ValidatePolicyFinding{{FindingDetails: new("d"), FindingType: "ERROR", IssueCode: new("c"), LearnMoreLink: new("l"),
		Locations: []accessanalyzer.Location{{
			Path: []accessanalyzer.PathElement{{Key: new("k")}, {Index: new(int32(0))}, {Value: new("v")}, {Substring: &accessanalyzer.Substring{Start: new(int32(1)), Length: new(int32(2))}}},
			Span: &accessanalyzer.Span{Start: &accessanalyzer.Position{Line: new(int32(1)), Column: new(int32(0)), Offset: new(int32(0))}, End: &accessanalyzer.Position{Line: new(int32(2)), Column: new(int32(3)), Offset: new(int32(4))}},
		}}}}}
	f := &fakeAWS{op: &accessanalyzer.OpValidatePolicy.Operation, out: out}
	validated, err := f.client(t).(*awsanalyzer.Client).ValidatePolicy(t.Context(), &awsanalyzer.ValidatePolicyInput{PolicyDocument: new("{}"), PolicyType: "IDENTITY_POLICY"})
	if err != nil || f.failed != nil {
		t.Fatal(err, f.failed)
	}
	want := []analyzertypes.PathElement{
		&analyzertypes.PathElementMemberKey{Value: "k"}, &analyzertypes.PathElementMemberIndex{Value: 0}, &analyzertypes.PathElementMemberValue{Value: "v"},
		&analyzertypes.PathElementMemberSubstring{Value: analyzertypes.Substring{Start: new(int32(1)), Length: new(int32(2))}},
	}
	if got := validated.Findings[0].Locations[0].Path; !reflect.DeepEqual(got, want) {
		t.Errorf("SDK read %v", got)
	}

	f = &fakeAWS{op: &accessanalyzer.OpUpdateAnalyzer.Operation, out: &accessanalyzer.UpdateAnalyzerOutput{}}
	_, err = f.client(t).(*awsanalyzer.Client).UpdateAnalyzer(t.Context(), &awsanalyzer.UpdateAnalyzerInput{AnalyzerName: new("a"),
		Configuration: &analyzertypes.AnalyzerConfigurationMemberUnusedAccess{Value: analyzertypes.UnusedAccessConfiguration{UnusedAccessAge: new(int32(9))}}})
	if err != nil || f.failed != nil {
		t.Fatal(err, f.failed)
	}
	wantEqual(t, f.in, any(&accessanalyzer.UpdateAnalyzerInput{AnalyzerName: new("a"),
		Configuration: &accessanalyzer.AnalyzerConfiguration{UnusedAccess: &accessanalyzer.UnusedAccessConfiguration{UnusedAccessAge: new(int32(9))}}}))
}

// FuzzRestJSONDecode decodes any request of operations with members everywhere.
func FuzzRestJSONDecode(f *testing.F) {
	ops := []*api.Operation{
		&parcelOp.Operation, &documentOp.Operation, &accessanalyzer.OpCreateAnalyzer.Operation, &accessanalyzer.OpListFindings.Operation,
		&accessanalyzer.OpValidatePolicy.Operation, &accessanalyzer.OpUntagResource.Operation,
	}
	f.Add(0, "X-Since", "Tue, 03 Feb 2026 04:05:06 GMT", "when=2026-02-03T04:05:06Z&mark=1&a=%26", []byte(`{"until":"2026-02-03T04:05:06Z","id":{}}`))
	f.Add(1, "", "", "", []byte(`{"Name":"a"}`))
	f.Add(2, "", "", "", []byte(`{"analyzerName":"a","type":"ACCOUNT","configuration":{"unusedAccess":{"analysisRule":{"exclusions":[{"resourceTags":[{"a":"b"}]}]}}}}`))
	f.Add(4, "", "", "maxResults=5&nextToken=", []byte(`{"policyDocument":"{}","policyType":"IDENTITY_POLICY"}`))
	codec := For(api.RestJSON)
	f.Fuzz(func(t *testing.T, which int, name, value, query string, body []byte) {
		op := ops[uint(which)%uint(len(ops))]
		r := restJSONRequest(query, string(body), name, value)
		in, err := codec.Decode(op, r)
		if err != nil {
			wantAPIError(t, err)
			return
		}
		if err := Validate(op, in); err != nil {
			wantAPIError(t, err)
		}
		if trail := AppendRequestTrail(nil, op, in, "host"); !json.Valid(trail) {
			t.Fatalf("record is not JSON: %s", trail)
		}
		again, err := codec.Decode(op, &Request{Method: http.MethodPut, RawQuery: r.RawQuery, Header: r.Header, Body: r.Body, Labels: r.Labels})
		if err != nil || !reflect.DeepEqual(plain(reflect.ValueOf(in), nil), plain(reflect.ValueOf(again), nil)) {
			t.Fatalf("%q decodes to two things: %v", body, err)
		}
	})
}
