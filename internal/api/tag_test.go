package api

import (
	"reflect"
	"testing"
)

func TestParseTag(t *testing.T) {
	for text, want := range map[string]Tag{
		"":                  {},
		"KeyId":             {Name: "KeyId"},
		"KeyId,required":    {Name: "KeyId", Required: true},
		",min=1,max=2.5":    {Min: new(1.0), Max: new(2.5)},
		"A,min=0,pattern=":  {Name: "A", Min: new(0.0)},
		"A,pattern=[a,b],=": {Name: "A", Pattern: "[a,b],="},
		"A,sensitive,idempotencyToken,flattened,xmlAttribute,jsonvalue": {
			Name: "A", Sensitive: true, IdempotencyToken: true, Flattened: true, XMLAttribute: true, JSONValue: true},
		"x-amz-a,location=header,queryName=Q,timestampFormat=rfc822": {
			Name: "x-amz-a", Location: "header", QueryName: "Q", TimestampFormat: "rfc822"},
		"A,xmlPrefix=xsi,xmlNamespace=http://www.w3.org/2001/XMLSchema-instance": {
			Name: "A", XMLPrefix: "xsi", XMLNamespace: "http://www.w3.org/2001/XMLSchema-instance"},
	} {
		got, err := ParseTag(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"A,unknown", "A,min=x", "A,max=", "A,,"} {
		if _, err := ParseTag(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
