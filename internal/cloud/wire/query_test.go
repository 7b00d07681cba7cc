package wire

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/sts"
)

func TestQueryDecode(t *testing.T) {
	for body, want := range map[string]everything{
		"":                                   {},
		"Action=Try&Version=x&Other=1":       {},
		"Text=a+b%2Bc%25%E2%82%AC":           {Text: new("a b+c%€")},
		"Text=":                              {Text: new("")},
		"Text":                               {Text: new("")},
		"&&Text=a&&":                         {Text: new("a")},
		"Text=a=b":                           {Text: new("a=b")},
		"Te%78t=a":                           {Text: new("a")},
		"Flag=true&Small=-5&Big=7":           {Flag: new(true), Small: new(int32(-5)), Big: new(int64(7))},
		"Double=1.5&Single=.5":               {Double: new(1.5), Single: new(float32(0.5))},
		"Color=RED":                          {Color: "RED"},
		"Color=":                             {Color: emptyEnum},
		"Blob=AP8%3D":                        {Blob: []byte{0, 255}},
		"When=2026-02-03T04%3A05%3A06Z":      {When: new(time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC))},
		"When=2026-02-03T05:05:06.5%2B01:00": {When: new(time.Date(2026, 2, 3, 4, 5, 6, 5e8, time.UTC))},
		"Texts=":                             {Texts: []string{}},
		"Texts.item.1=a&Texts.item.2=b":      {Texts: []string{"a", "b"}},
		"Texts.item.10=j&Texts.item.9=i&Texts.item.2=b": {Texts: []string{"b", "i", "j"}}, // by number, gaps closed
		"Texts.item.999999999=a":                        {Texts: []string{"a"}},
		"Texts.item.1=":                                 {Texts: []string{""}},
		"FlatItem.1=a&FlatItem.2=b":                     {Flat: []string{"a", "b"}},
		"FlatBare.2=7&FlatBare.1=6":                     {FlatBare: []int32{6, 7}},
		"Lists.member.1.member.1=a&Lists.member.2=":     {Lists: [][]string{{"a"}, {}}},
		"Self.Self.Text=a":                              {Self: &everything{Self: &everything{Text: new("a")}}},
		"Self=":                                         {Self: &everything{}},
		"Selves.member.1.Small=1&Selves.member.2.Small=2&Selves.member.1.Text=a": {Selves: []everything{{Small: new(int32(1)), Text: new("a")}, {Small: new(int32(2))}}},
		"Map.entry.1.key=a&Map.entry.1.value=b":                                  {Map: map[string]string{"a": "b"}},
		"FlatMap.1.K=a&FlatMap.1.V=3":                                            {FlatMap: map[string]int32{"a": 3}},
		"ByColor.entry.1.key=RED&ByColor.entry.1.value.Name=Ann":                 {ByColor: map[color]everyone{"RED": {Name: new("Ann")}}},
		// Neighbours in the order of bytes, but not of parts.
		"Self-x=1&Self.Text=a&Self!=2&Self.Small=3&Self=": {Self: &everything{Text: new("a"), Small: new(int32(3))}},
	} {
		got, err := decodeQuery(&queryOp.Operation, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		wantEqual(t, got, &want)
	}
}

// The framework's wording is that of the table for JSON; "Unexpected list
// element termination" is what it says of broken lists
// (github.com/aws/aws-sdk-ruby/issues/1067).
func TestQueryRefuses(t *testing.T) {
	const list = "Unexpected list element termination"
	for _, test := range []struct{ body, code, message string }{
		{"Text=%", "MalformedQueryString", "The query string contains a syntax error"},
		{"Text=%4", "MalformedQueryString", "The query string contains a syntax error"},
		{"Text=%zz", "MalformedQueryString", "The query string contains a syntax error"},
		{"Text=%FF", "MalformedQueryString", "The query string contains a syntax error"},
		{"Text=\xff", "MalformedQueryString", "The query string contains a syntax error"},
		{"%FF=a", "MalformedQueryString", "The query string contains a syntax error"},
		{"Text=a&Text=b", "MalformedQueryString", "The query string contains a duplicate parameter"},
		{"Text=a&Text=a", "MalformedQueryString", "The query string contains a duplicate parameter"},
		{"Texts.item.1=a&Texts.item.01=b", "MalformedInput", list},
		{"Text.a=b", "MalformedInput", "Start of structure or map found where not expected."},
		{"Flag=TRUE", "MalformedInput", "'TRUE' can not be converted to a Boolean"},
		{"Flag=1", "MalformedInput", "'1' can not be converted to a Boolean"},
		{"Small=", "MalformedInput", "'' can not be converted to an Integer"},
		{"Small=1.0", "MalformedInput", "'1.0' can not be converted to an Integer"},
		{"Small=2147483648", "MalformedInput", "'2147483648' can not be converted to an Integer"},
		{"Big=0x10", "MalformedInput", "'0x10' can not be converted to a Long"},
		{"When=yesterday", "MalformedInput", "'yesterday' can not be converted to milliseconds since epoch"},
		{"Blob=*", "MalformedInput", "'*' can not be converted to a Blob"},
		{"Key=hunter2", "MalformedInput", "STRING_VALUE can not be converted to a Blob"},
		{"Texts=a", "MalformedInput", "Expected list or null"},
		{"Texts.1=a", "MalformedInput", list},
		{"Texts.member.1=a", "MalformedInput", list},
		{"Texts.item=a", "MalformedInput", list},
		{"Texts.item.x=a", "MalformedInput", list},
		{"Texts.item.0=a", "MalformedInput", list},
		{"Texts.item.-1=a", "MalformedInput", list},
		{"Texts.item.%2B1=a", "MalformedInput", list},
		{"Texts.item.99999999999999999999=a", "MalformedInput", list},
		{"Texts.item.1=a&Texts.other.2=b", "MalformedInput", list},
		{"Map=a", "MalformedInput", "Expected map or null"},
		{"Map.entry.1.key=a", "MalformedInput", "Unexpected map entry termination"},
		{"Map.entry.1.value=a", "MalformedInput", "Unexpected map entry termination"},
		{"Self=a", "MalformedInput", "Expected null"},
		{"a" + strings.Repeat(".a", 1000) + "=b", "MalformedInput", "Parameter names nest too deeply"},
	} {
		t.Run(test.body[:min(40, len(test.body))], func(t *testing.T) {
			_, err := decodeQuery(&queryOp.Operation, test.body)
			if err == nil {
				t.Fatal("no error")
			}
			wantError(t, err, test.code, test.message)
		})
	}
}

func TestFormSources(t *testing.T) {
	get := &Request{Method: http.MethodGet, RawQuery: "Action=Try&Text=a", Body: []byte("Text=b")}
	f, err := get.Form()
	if err != nil || f.Get("Action") != "Try" || f.Get("Text") != "a" || f.Get("Missing") != "" {
		t.Errorf("GET: %v, %v", f, err)
	}
	post := &Request{Method: http.MethodPost, RawQuery: "X-Amz-Signature=1", Body: []byte("Action=Try")}
	if f, err := post.Form(); err != nil || f.Get("Action") != "Try" || f.Get("X-Amz-Signature") != "1" {
		t.Errorf("POST: %v, %v", f, err)
	}
	both := &Request{Method: http.MethodPost, RawQuery: "Action=GetUser", Body: []byte("Action=DeleteUser")}
	if _, err := both.Form(); err == nil {
		t.Error("an action in the URL and another in the body were accepted")
	}
}

func TestQueryEncode(t *testing.T) {
	codec := For(api.Query)
	when := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.FixedZone("", 3600))
	whole := time.Date(2026, 2, 3, 4, 5, 6, 999, time.UTC)
	for _, test := range []struct {
		op   *api.Operation
		out  any
		want string
	}{
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
		{&sts.OpGetCallerIdentity.Operation,
			&sts.GetCallerIdentityOutput{Arn: new("arn:aws:iam::123456789012:user/Alice"), UserId: new("AIDACKCEVSQ6C2EXAMPLE"), Account: new("123456789012")},
			`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
				`<UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/Alice</Arn>` +
				`</GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`},
		// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html
		{&iam.OpDeleteUser.Operation, &iam.DeleteUserOutput{},
			`<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DeleteUserResponse>`},
		// A list that the model requires is there even when nil.
		{&iam.OpListUsers.Operation, &iam.ListUsersOutput{IsTruncated: new(false)},
			`<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users/><IsTruncated>false</IsTruncated>` +
				`</ListUsersResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></ListUsersResponse>`},
		{&quietOp.Operation, &nothing{}, `<QuietResponse xmlns="https://test.example/doc/"><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></QuietResponse>`},
		{&queryOp.Operation, &everything{
			Text: new("<é&\"'>\r\n\t\x01\ufffe\xff]]>"), Flag: new(true), Double: new(0.5), When: &when, Times: []time.Time{whole},
			Blob: []byte{1}, Self: &everything{}, Texts: []string{"a", ""}, Flat: []string{"b", "c"}, FlatBare: []int32{1},
			Map: map[string]string{"y": "2", "x": "1"}, FlatMap: map[string]int32{"z": 3},
		}, `<TryResponse xmlns="https://test.example/doc/"><TryResult>` +
			"<Text>&lt;é&amp;&quot;'&gt;&#xD;&#xA;&#x9;\ufffd\ufffd\ufffd]]&gt;</Text><Flag>true</Flag><Double>0.5</Double>" +
			`<When>2026-02-03T03:05:06.007Z</When><Blob>AQ==</Blob><Self/><Texts><item>a</item><item></item></Texts>` +
			`<FlatItem>b</FlatItem><FlatItem>c</FlatItem><FlatBare>1</FlatBare>` +
			`<Map><entry><key>x</key><value>1</value></entry><entry><key>y</key><value>2</value></entry></Map>` +
			`<FlatMap><K>z</K><V>3</V></FlatMap><Times><member>2026-02-03T04:05:06Z</member></Times>` +
			`</TryResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></TryResponse>`},
	} {
		resp := codec.EncodeOutput(nil, test.op, test.out, "id-1")
		if got := string(resp.Body); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
		if resp.Status != 200 {
			t.Errorf("status %d", resp.Status)
		}
		wantEqual(t, &resp.Header, &[]Field{{"Content-Type", "text/xml"}, {"X-Amzn-Requestid", "id-1"}})
	}
}

func TestQueryErrors(t *testing.T) {
	for _, test := range []struct {
		err    *api.Error
		status int
		want   string
	}{
		{iam.ErrNoSuchEntity("The user with name %s cannot be found.", "<Bob>"), 404,
			`<Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name &lt;Bob&gt; cannot be found.</Message>`},
		{iam.ErrServiceFailure("x"), 500, `<Type>Receiver</Type><Code>ServiceFailure</Code><Message>x</Message>`},
		{&api.Error{Code: "X", Status: 409, Fields: map[string]any{"B": 2, "A": "<"}}, 409, `<Type>Sender</Type><Code>X</Code><A>&lt;</A><B>2</B>`},
	} {
		resp := For(api.Query).EncodeError(nil, &iam.Service, nil, test.err, "id-1")
		want := `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>` + test.want + `</Error><RequestId>id-1</RequestId></ErrorResponse>`
		if string(resp.Body) != want || resp.Status != test.status {
			t.Errorf("got  %d %s\nwant %d %s", resp.Status, resp.Body, test.status, want)
		}
	}
}
