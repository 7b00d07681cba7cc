package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
)

// FuzzJSONDecode holds the decoder against encoding/json, which must accept all
// that we do, and against our own encoder.
func FuzzJSONDecode(f *testing.F) {
	codec := For(api.JSON11)
	f.Add(codec.EncodeOutput(nil, &jsonOp.Operation, full(), "").Body)
	f.Add(benchEncrypt)
	for _, body := range []string{`{}`, `{"Text":null,"Texts":["\ud83d\ude00"],"Unknown":[1,-0.5e+3,true]}`, `{"Color":"","Small":1.5,"When":1e9}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := codec.Decode(&jsonOp.Operation, &Request{Method: http.MethodPost, Body: body})
		if err != nil {
			wantAPIError(t, err)
			return
		}
		if !json.Valid(body) {
			t.Fatalf("accepted %q", body)
		}
		checkDecoded(t, &jsonOp.Operation, in)
		first := codec.EncodeOutput(nil, &jsonOp.Operation, in, "").Body
		again, err := codec.Decode(&jsonOp.Operation, &Request{Method: http.MethodPost, Body: first})
		if err != nil {
			t.Fatalf("%q encodes to %q: %v", body, first, err)
		}
		if second := codec.EncodeOutput(nil, &jsonOp.Operation, again, "").Body; !bytes.Equal(first, second) {
			t.Fatalf("%q encodes to %q and then to %q", body, first, second)
		}
	})
}

// FuzzQueryDecode decodes any form. What it accepts must be writable in every
// way that outputs and records are written.
func FuzzQueryDecode(f *testing.F) {
	for _, body := range []string{
		"Action=Try&Text=a+b%2B", "Texts.item.2=a&Texts.item.10=b", "Map.entry.1.key=a&Map.entry.1.value=b",
		"Self.Self.Color=RED&Selves.member.1.Small=3", "FlatItem.1=a&FlatBare.7=1&FlatMap.1.K=a&FlatMap.1.V=2", "Lists.member.1.member.1=a",
		"When=2026-02-03T04:05:06Z&Blob=AP8%3D&Double=NaN",
	} {
		f.Add([]byte(body))
	}
	codec := For(api.Query)
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &Request{Method: http.MethodPost, Body: body}
		in, err := codec.Decode(&queryOp.Operation, r)
		if err != nil {
			wantAPIError(t, err)
			return
		}
		checkDecoded(t, &queryOp.Operation, in)
		again, err := codec.Decode(&queryOp.Operation, &Request{Method: http.MethodPost, Body: body})
		if err != nil || !reflect.DeepEqual(plain(reflect.ValueOf(in), nil), plain(reflect.ValueOf(again), nil)) {
			t.Fatalf("%q decodes to two things: %v", body, err)
		}
	})
}

func wantAPIError(t *testing.T, err error) {
	t.Helper()
	var e *api.Error
	if !errors.As(err, &e) || e.Status < 400 || e.Status > 499 {
		t.Fatalf("%T %v", err, err)
	}
}

// checkDecoded does with an input all that happens to one.
func checkDecoded(t *testing.T, op *api.Operation, in any) {
	t.Helper()
	if err := Validate(op, in); err != nil {
		wantAPIError(t, err)
	}
	if trail := AppendTrail(nil, in); !json.Valid(trail) {
		t.Fatalf("record is not JSON: %s", trail)
	}
	if xml := For(api.Query).EncodeOutput(nil, &queryOp.Operation, in, "id").Body; !wellFormed(xml) {
		t.Fatalf("not well-formed: %s", xml)
	}
}
