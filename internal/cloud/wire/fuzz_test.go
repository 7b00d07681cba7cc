package wire

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
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

// FuzzXMLDecode holds the decoder against encoding/xml, which must accept all
// that we do, and against our own encoder.
func FuzzXMLDecode(f *testing.F) {
	f.Add(append(append([]byte("<R>"), xmlStyle{}.appendXMLStruct(nil, structureOf(reflect.TypeFor[everything]()), reflect.ValueOf(full()).Elem())...), "</R>"...))
	f.Add([]byte("\ufeff<?xml version='1.0' encoding='utf-8'?><!-- c --><a:R xmlns:a=\"b\"><Text>a&#13;<![CDATA[]]>\r\n</Text><x y='z'/></a:R>"))
	for _, text := range hostile() {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := decodeEverything(string(text))
		if err != nil {
			return
		}
		want, err := xmlTexts(text)
		if err != nil {
			t.Fatalf("accepted %q: %v", text, err)
		}
		if in.Text != nil && !want[*in.Text] {
			t.Fatalf("%q: text %q is not there", text, *in.Text)
		}
		encode := func(v *everything) []byte {
			b := xmlStyle{}.appendXMLStruct([]byte("<R>"), structureOf(reflect.TypeFor[everything]()), reflect.ValueOf(v).Elem())
			return append(b, "</R>"...)
		}
		checkDecoded(t, &queryOp.Operation, in)
		first := encode(in)
		again, err := decodeEverything(string(first))
		if err != nil {
			t.Fatalf("%q encodes to %q: %v", text, first, err)
		}
		if !bytes.Equal(first, encode(again)) {
			t.Fatalf("%q encodes to %q and then to %q", text, first, encode(again))
		}
	})
}

// xmlTexts gives the character data of all elements without elements within, as
// encoding/xml reads it.
func xmlTexts(text []byte) (map[string]bool, error) {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	texts, current := map[string]bool{}, ""
	for {
		token, err := d.Token()
		switch token := token.(type) {
		case nil:
			if err == io.EOF {
				return texts, nil
			}
			return nil, err
		case xml.StartElement:
			current = ""
		case xml.CharData:
			current += string(token)
		case xml.EndElement:
			texts[current] = true
			current = ""
		}
	}
}

// FuzzRestDecode decodes any request of S3's operations that take the most.
func FuzzRestDecode(f *testing.F) {
	ops := []*api.Operation{
		&s3api.OpListObjectsV2.Operation, &s3api.OpPutObject.Operation, &s3api.OpGetObject.Operation,
		&s3api.OpGetObjectAttributes.Operation, &s3api.OpDeleteObjects.Operation, &s3api.OpPutBucketAcl.Operation,
	}
	f.Add(0, "x-amz-acl", "private", "prefix=a&max-keys=5", []byte(""))
	f.Add(1, "X-Amz-Meta-A", "=?UTF-8?Q?=41?=", "x-amz-meta-b=%00&X-Amz-Tagging=a", []byte(""))
	f.Add(2, "If-Modified-Since", "Tue, 03 Feb 2026 04:05:06 GMT", "partNumber=1&versionId=", []byte(""))
	f.Add(3, "x-amz-object-attributes", `"a\"b",c`, "x-amz-max-parts=2", []byte(""))
	f.Add(4, "", "", "delete", []byte("<Delete><Object><Key>k</Key></Object><Quiet>true</Quiet></Delete>"))
	f.Add(5, "", "", "acl", []byte(`<AccessControlPolicy><AccessControlList><Grant><Grantee xmlns:xsi="u" xsi:type="Group"><URI>u</URI></Grantee></Grant></AccessControlList></AccessControlPolicy>`))
	codec := For(api.RestXML)
	f.Fuzz(func(t *testing.T, which int, name, value, query string, body []byte) {
		op := ops[uint(which)%uint(len(ops))]
		in, err := codec.Decode(op, asked(query, string(body), name, value))
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
