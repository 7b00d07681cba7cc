package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/api/kms"
)

func TestJSONRoundTrip(t *testing.T) {
	resp := For(api.JSON11).EncodeOutput(nil, &jsonOp.Operation, full(), "id")
	if !json.Valid(resp.Body) {
		t.Fatalf("not JSON: %s", resp.Body)
	}
	got, err := decodeJSON(&jsonOp.Operation, string(resp.Body))
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, full())
}

func TestJSONDecode(t *testing.T) {
	for body, want := range map[string]everything{
		`{}`:                                            {},
		" \t\r\n{ \"Text\" : \"a\" } ":                  {Text: new("a")},
		`{"Text":null,"Texts":null}`:                    {},
		`{"Unknown":{"a":[1,{}]}}`:                      {},
		`{"text":"wrong case"}`:                         {},
		`{"Text":"a","Text":"b"}`:                       {Text: new("b")},
		`{"Text":"a","Text":null}`:                      {},
		`{"Map":{"a":"1"},"Map":{}}`:                    {Map: map[string]string{}},
		`{"Map":{"a":"1","a":"2"}}`:                     {Map: map[string]string{"a": "2"}},
		`{"Texts":[]}`:                                  {Texts: []string{}},
		`{"Texts":["a"],"Texts":["b"]}`:                 {Texts: []string{"b"}},
		`{"Text":""}`:                                   {Text: new("")},
		`{"Blob":""}`:                                   {Blob: []byte{}},
		`{"Blob":"\u0041\/8="}`:                         {Blob: []byte{3, 255}},
		`{"Text":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}`: {Text: new("\"\\/\b\f\n\r\té😀")},
		`{"T\u0065xt":"a"}`:                             {Text: new("a")},
		`{"Small":-0}`:                                  {Small: new(int32(0))},
		`{"Small":34.56}`:                               {Small: new(int32(34))},
		`{"Small":1e3}`:                                 {Small: new(int32(1000))},
		`{"Big":9223372036854775807}`:                   {Big: new(int64(math.MaxInt64))},
		`{"Single":"Infinity"}`:                         {Single: new(float32(math.Inf(1)))},
		`{"Double":1}`:                                  {Double: new(1.0)},
		`{"Color":"PUCE"}`:                              {Color: "PUCE"}, // for Validate to refuse
		`{"Color":""}`:                                  {Color: emptyEnum},
		`{"Self":{"Self":{}}}`:                          {Self: &everything{Self: &everything{}}},
		`{"Selves":[{},{"Text":"a"}]}`:                  {Selves: []everything{{}, {Text: new("a")}}},
	} {
		got, err := decodeJSON(&jsonOp.Operation, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		wantEqual(t, got, &want)
	}
}

// AWS tells a body that it cannot parse from one whose values have the wrong
// type: for the former there is no message. The wording is that observed from
// services of the same framework (github.com/mhart/kinesalite, test/helpers.js
// and test/connection.js, which run against Kinesis as well), with the token
// names of its present version ("NUMBER_VALUE can not be converted to a
// String", github.com/aarondfrancis/sidecar/issues/148).
func TestJSONRefuses(t *testing.T) {
	for _, body := range []string{
		"", "hello", "null", "[]", `"a"`, "{", "{}{}", "{} x", `{"Text"}`, `{"Text":}`, `{"Text":"a",}`, `{,}`,
		`{"Text":"a" "Small":1}`, `{Text:"a"}`, `{"Text":'a'}`, `{"Text":"a}`, `{"Text":"\x"}`, `{"Text":"\u12"}`,
		`{"Text":"\ud83d"}`, `{"Text":"\ud83dx"}`, `{"Text":"\ud83d\u0041"}`, `{"Text":"\ude00"}`,
		"{\"Text\":\"\xff\"}", "{\"\xff\":1}", "{\"Text\":\"\n\"}", "{\"Text\":\"\\n\n\"}", "{\"Text\":\"\\n\xff\"}",
		`{"Small":01}`, `{"Small":+1}`, `{"Small":1.}`, `{"Small":.5}`, `{"Small":1e}`, `{"Small":-}`, `{"Small":0x10}`, `{"Small":NaN}`,
		`{"Flag":tru}`, `{"Flag":TRUE}`, `{"Text":nul}`, `{"Texts":["a",]}`, `{"Texts":[,]}`, `{"Texts":["a"`, `{"Map":{"a":"b",}}`,
		"\ufeff{}", "{}\x00",
		strings.Repeat(`{"Self":`, 100) + "{}" + strings.Repeat("}", 100),
		`{"Unknown":` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}",
	} {
		_, err := decodeJSON(&jsonOp.Operation, body)
		if err == nil {
			t.Errorf("%.60q: no error", body)
			continue
		}
		wantError(t, err, "SerializationException", "")
	}

	const (
		list      = "Start of list found where not expected"
		structure = "Start of structure or map found where not expected."
	)
	for _, test := range []struct{ member, value, message string }{
		{"Text", `true`, "TRUE_VALUE can not be converted to a String"},
		{"Text", `23`, "NUMBER_VALUE can not be converted to a String"},
		{"Text", `[]`, list},
		{"Text", `{}`, structure},
		{"Color", `1`, "NUMBER_VALUE can not be converted to a String"},
		{"Flag", `"true"`, "STRING_VALUE can not be converted to a Boolean"},
		{"Flag", `1`, "NUMBER_VALUE can not be converted to a Boolean"},
		{"Small", `"23"`, "STRING_VALUE can not be converted to an Integer"},
		{"Small", `false`, "FALSE_VALUE can not be converted to an Integer"},
		{"Small", `2147483648`, "NUMBER_VALUE can not be converted to an Integer"},
		{"Small", `1e99`, "NUMBER_VALUE can not be converted to an Integer"},
		{"Small", `{}`, structure},
		{"Big", `"23"`, "STRING_VALUE can not be converted to a Long"},
		{"Big", `9223372036854775808`, "NUMBER_VALUE can not be converted to a Long"},
		{"Big", `9223372036854775808.0`, "NUMBER_VALUE can not be converted to a Long"},
		{"Double", `"x"`, "STRING_VALUE can not be converted to a Double"},
		{"When", `"2020-01-01T00:00:00Z"`, "STRING_VALUE can not be converted to milliseconds since epoch"},
		{"When", `1e300`, "NUMBER_VALUE can not be converted to milliseconds since epoch"},
		{"Blob", `23`, "NUMBER_VALUE can not be converted to a Blob"},
		{"Blob", `"23456"`, "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
		{"Blob", `"=+/="`, "'=+/=' can not be converted to a Blob: Invalid Base64 character"},
		{"Blob", `"QUI=\n"`, "'QUI=\n' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
		{"Blob", `"QU\nI\n\n\n="`, "'QU\nI\n\n\n=' can not be converted to a Blob: Invalid Base64 character"},
		{"Blob", `"QUJ="`, "'QUJ=' can not be converted to a Blob: Invalid Base64 character"}, // bits that are not zero
		{"Key", `"hunter2-"`, "can not be converted to a Blob: Invalid Base64 character"},
		{"Texts", `"a"`, "Expected list or null"},
		{"Texts", `{}`, structure},
		{"Texts", `[1]`, "NUMBER_VALUE can not be converted to a String"},
		{"Texts", `[null]`, "NULL_VALUE can not be converted to a String"},
		{"Map", `true`, "Expected map or null"},
		{"Map", `[]`, list},
		{"Map", `{"a":1}`, "NUMBER_VALUE can not be converted to a String"},
		{"Map", `{"a":null}`, "NULL_VALUE can not be converted to a String"},
		{"Map", `{"a":{}}`, structure},
		{"FlatMap", `{"a":"1"}`, "STRING_VALUE can not be converted to an Integer"},
		{"Self", `"a"`, "Expected null"},
		{"Self", `[]`, list},
		{"Selves", `[[]]`, list},
	} {
		body := fmt.Sprintf(`{%q:%s}`, test.member, test.value)
		t.Run(body, func(t *testing.T) {
			_, err := decodeJSON(&jsonOp.Operation, body)
			if err == nil {
				t.Fatal("no error")
			}
			wantError(t, err, "SerializationException", test.message)
		})
	}
}

// An operation without input may come without a body; no other may.
func TestJSONEmptyBody(t *testing.T) {
	for _, body := range []string{"", "{}", `{"a":1}`} {
		if _, err := decodeJSON(&idleOp.Operation, body); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := decodeJSON(&idleOp.Operation, "["); err == nil {
		t.Error("accepted a broken body")
	}
}

func TestJSONEncode(t *testing.T) {
	codec := For(api.JSON11)
	for _, test := range []struct {
		out  any
		op   *api.Operation
		want string
	}{
		{&nothing{}, &idleOp.Operation, ""}, // kinesalite test/removeTagsFromStream.js: 200 with no body
		{&everything{}, &jsonOp.Operation, `{}`},
		{&everything{Texts: []string{}, Map: map[string]string{}, Blob: []byte{}}, &jsonOp.Operation, `{"Blob":"","Texts":[],"Map":{}}`},
		{&everything{Text: new("<é\"\\\n\x01\u2028\xff>")}, &jsonOp.Operation, `{"Text":"<é\"\\\n\u0001` + "\u2028\ufffd" + `>"}`},
		{&everything{Double: new(math.NaN()), Single: new(float32(math.Inf(-1)))}, &jsonOp.Operation, `{"Single":"-Infinity","Double":"NaN"}`},
		{&everything{Map: map[string]string{"b": "2", "a": "1"}, FlatMap: map[string]int32{"z": 1, "y": 2}}, &jsonOp.Operation,
			`{"Map":{"a":"1","b":"2"},"FlatMap":{"y":2,"z":1}}`},
		{&kms.ListResourceTagsOutput{Truncated: new(false)}, &kms.OpListResourceTags.Operation, `{"Truncated":false}`},
	} {
		resp := codec.EncodeOutput([]byte("before"), test.op, test.out, "id-1")
		if got := string(resp.Body); got != "before"+test.want {
			t.Errorf("got  %s\nwant before%s", got, test.want)
		}
		wantEqual(t, &resp.Header, &[]Field{{"Content-Type", "application/x-amz-json-1.1"}, {"X-Amzn-Requestid", "id-1"}})
	}
}

func TestJSONErrors(t *testing.T) {
	for _, test := range []struct {
		err    *api.Error
		status int
		want   string
	}{
		{kms.ErrNotFoundException("Key '%s' does not exist", "x"), 400, `{"__type":"NotFoundException","message":"Key 'x' does not exist"}`},
		{api.Errorf("SerializationException", 400, ""), 400, `{"__type":"SerializationException"}`},
		{api.Errorf("SerializationException", 400, "Expected null"), 400, `{"__type":"SerializationException","Message":"Expected null"}`},
		{api.Errorf("AccessDeniedException", 400, "no"), 400, `{"__type":"AccessDeniedException","Message":"no"}`},
		{&api.Error{Code: "X", Message: "a\"b"}, 500, `{"__type":"X","message":"a\"b"}`},
		{&api.Error{Code: "X", Status: 409, Fields: map[string]any{"Reason": "r", "Count": 2, "Bad": func() {}}}, 409, `{"__type":"X","Count":2,"Reason":"r"}`},
	} {
		resp := For(api.JSON11).EncodeError(nil, &jsonService, nil, test.err, "id-1")
		if string(resp.Body) != test.want || resp.Status != test.status {
			t.Errorf("got  %d %s\nwant %d %s", resp.Status, resp.Body, test.status, test.want)
		}
	}
	resp := For(api.JSON10).EncodeError(nil, &jsonService, nil, api.Errorf("X", 400, ""), "id-1")
	if resp.Header[0].Value != "application/x-amz-json-1.0" {
		t.Errorf("content type %s", resp.Header[0].Value)
	}
}
