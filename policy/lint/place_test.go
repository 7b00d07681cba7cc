package lint_test

import (
	"reflect"
	"testing"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/lint"
)

// The form of paths and spans is that of an answer of ValidatePolicy about the
// AWS managed policy TagGovernancePolicy: the span of a value is its text with
// brackets or quotation marks, and the path names each key as a value.
func TestLocations(t *testing.T) {
	document := "{\n" +
		" \"Version\": \"2012-10-17\",\n" +
		" \"Statement\": [{\n" +
		"  \"Sid\": \"é\",\n" +
		"  \"Effect\": \"Allow\", \"Action\": [\"s3:ListBucket\", \"s3:Nope\"],\n" +
		"  \"Resource\": \"*\",\n" +
		"  \"Condition\": {\"Numeric\": {\"s3:max-keys\": [\"ten\"]}}\n" +
		" }]\n" +
		"}"
	want := map[string]lint.Location{
		"UNSUPPORTED_SID": {
			Path: path("Statement", 0, "Sid"),
			Span: lint.Span{Start: lint.Position{Line: 4, Column: 9, Offset: 54}, End: lint.Position{Line: 4, Column: 12, Offset: 57}},
		},
		"INVALID_ACTION": { // one character before is two bytes long
			Path: path("Statement", 0, "Action", 1),
			Span: lint.Span{Start: lint.Position{Line: 5, Column: 49, Offset: 108}, End: lint.Position{Line: 5, Column: 58, Offset: 117}},
		},
		"INVALID_CONDITION_OPERATOR": {
			Path: append(path("Statement", 0, "Condition"), lint.PathElement{Key: "Numeric"}),
			Span: lint.Span{Start: lint.Position{Line: 7, Column: 16, Offset: 155}, End: lint.Position{Line: 7, Column: 25, Offset: 164}},
		},
	}
	runes := []rune(document)
	for _, f := range lint.Check(document, policy.Identity, lint.Options{}) {
		location, expected := want[f.Code]
		if !expected {
			t.Errorf("unexpected %s", f.Code)
			continue
		}
		delete(want, f.Code)
		if got := f.Locations[0]; !reflect.DeepEqual(got, location) {
			t.Errorf("%s at %+v, want %+v: %s", f.Code, got, location, string(runes[got.Span.Start.Offset:got.Span.End.Offset]))
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

func path(steps ...any) []lint.PathElement {
	var list []lint.PathElement
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			list = append(list, lint.PathElement{Value: step})
		case int:
			list = append(list, lint.PathElement{Index: &step})
		}
	}
	return list
}
