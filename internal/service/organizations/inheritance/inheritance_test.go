package inheritance_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/service/organizations/inheritance"
)

// effective combines policies in which each level is a list of documents.
func effective(t *testing.T, top string, levels ...[]string) string {
	t.Helper()
	var parsed [][]*inheritance.Policy
	for _, docs := range levels {
		var level []*inheritance.Policy
		for _, doc := range docs {
			p, err := inheritance.Parse(doc, top)
			if err != nil {
				t.Fatalf("%s: %v", doc, err)
			}
			level = append(level, p)
		}
		parsed = append(parsed, level)
	}
	text, err := inheritance.Effective(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The cases are those of the guide: what a root, a unit and an account make of
// one tag together.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_mgmt.html
func TestEffective(t *testing.T) {
	tags := func(body string) []string { return []string{`{"tags":{` + body + `}}`} }
	costCenter := `"costcenter":{"tag_key":{"@@assign":"CostCenter"},"tag_value":{"@@assign":["Development","Support"]}}`
	for name, tt := range map[string]struct {
		levels [][]string
		want   string
	}{
		"nothing": {nil, ""},
		"one policy": {[][]string{tags(costCenter)},
			`{"tags":{"costcenter":{"tag_key":"CostCenter","tag_value":["Development","Support"]}}}`},
		"assigned again below": {[][]string{tags(costCenter), tags(`"costcenter":{"tag_value":{"@@assign":["Sandbox"]}}`)},
			`{"tags":{"costcenter":{"tag_key":"CostCenter","tag_value":["Sandbox"]}}}`},
		"appended": {[][]string{tags(costCenter), tags(`"costcenter":{"tag_value":{"@@append":["Sandbox","Support"]}}`)},
			`{"tags":{"costcenter":{"tag_key":"CostCenter","tag_value":["Development","Support","Sandbox"]}}}`},
		"removed": {[][]string{tags(costCenter), tags(`"costcenter":{"tag_value":{"@@remove":["Support","Marketing"]}}`)},
			`{"tags":{"costcenter":{"tag_key":"CostCenter","tag_value":["Development"]}}}`},
		"all removed": {[][]string{tags(costCenter), tags(`"costcenter":{"tag_value":{"@@remove":["Support","Development"]}}`)},
			`{"tags":{"costcenter":{"tag_key":"CostCenter"}}}`},
		"another key below": {[][]string{tags(costCenter), tags(`"color":{"tag_key":{"@@assign":"Color"}}`)},
			`{"tags":{"color":{"tag_key":"Color"},"costcenter":{"tag_key":"CostCenter","tag_value":["Development","Support"]}}}`},
		"nothing allowed below": {[][]string{
			tags(`"project":{"@@operators_allowed_for_child_policies":["@@none"],"tag_key":{"@@assign":"Project"},"tag_value":{"@@assign":["a"]}}`),
			tags(`"project":{"tag_key":{"@@assign":"PROJECT"},"tag_value":{"@@append":["b"]},"enforced_for":{"@@assign":["ec2:instance"]}},"other":{"tag_key":{"@@assign":"Other"}}`)},
			`{"tags":{"other":{"tag_key":"Other"},"project":{"tag_key":"Project","tag_value":["a"]}}}`},
		"only appending allowed below": {[][]string{
			tags(`"project":{"tag_value":{"@@operators_allowed_for_child_policies":["@@append"],"@@assign":["a"]}}`),
			tags(`"project":{"tag_value":{"@@append":["b"]}}`),
			tags(`"project":{"tag_value":{"@@assign":["c"]}}`),
			tags(`"project":{"tag_value":{"@@remove":["a"]}}`)},
			`{"tags":{"project":{"tag_value":["a","b"]}}}`},
		"no new keys below": {[][]string{
			{`{"tags":{"@@operators_allowed_for_child_policies":["@@none"],"project":{"tag_key":{"@@assign":"Project"},"tag_value":{"@@operators_allowed_for_child_policies":["@@all"],"@@assign":["a"]}}}}`},
			tags(`"other":{"tag_key":{"@@assign":"Other"}},"project":{"tag_key":{"@@assign":"PROJECT"}}`)},
			`{"tags":{"project":{"tag_key":"Project","tag_value":["a"]}}}`},
		"taken away further below": {[][]string{
			tags(`"project":{"tag_value":{"@@operators_allowed_for_child_policies":["@@append","@@remove"],"@@assign":["a"]}}`),
			tags(`"project":{"tag_value":{"@@operators_allowed_for_child_policies":["@@append","@@assign"],"@@append":["b"]}}`),
			tags(`"project":{"tag_value":{"@@remove":["a"]}}`),
			tags(`"project":{"tag_value":{"@@append":["c"]}}`)},
			`{"tags":{"project":{"tag_value":["a","b","c"]}}}`},
		"policies of one level": {[][]string{{
			`{"tags":{"project":{"tag_key":{"@@assign":"First"},"tag_value":{"@@assign":["a"]}}}}`,
			`{"tags":{"project":{"@@operators_allowed_for_child_policies":["@@none"],"tag_key":{"@@assign":"Second"},"tag_value":{"@@assign":["b","a"]}}}}`,
		}}, `{"tags":{"project":{"tag_key":"First","tag_value":["a","b"]}}}`},
	} {
		if got := effective(t, "tags", tt.levels...); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// Values keep their types.
func TestValues(t *testing.T) {
	doc := `{"ec2_attributes":{"a":{"@@assign":true},"b":{"@@assign":12.50},"c":{"@@assign":[1,"x"]},"d":{"@@append":"y"}}}`
	want := `{"ec2_attributes":{"a":true,"b":12.50,"c":[1,"x"],"d":["y"]}}`
	if got := effective(t, "ec2_attributes", []string{doc}); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestMalformed(t *testing.T) {
	for _, doc := range []string{
		"", "x", "[]", "{}", `{"plans":{}}`, `{"tags":{}} x`, `{"tags":{}`, `{"tags":1}`, `{"tags":{},"plans":{}}`, `{"@@assign":"x"}`,
		`{"tags":{"a":{"tag_key":"A"}}}`,
		`{"tags":{"a":{"tag_key":{"@@assign":{}}}}}`,
		`{"tags":{"a":{"tag_key":{"@@assign":null}}}}`,
		`{"tags":{"a":{"tag_key":{"@@assign":[["A"]]}}}}`,
		`{"tags":{"a":{"tag_key":{"@@set":"A"}}}}`,
		`{"tags":{"a":{"tag_key":{"@@assign":"A","more":{}}}}}`,
		`{"tags":{"a":{"tag_key":{"@@assign":"A","@@assign":"B"}}}}`,
		`{"tags":{"a":{},"a":{}}}`, `{"tags":{"":{}}}`,
		`{"tags":{"@@operators_allowed_for_child_policies":[]}}`,
		`{"tags":{"@@operators_allowed_for_child_policies":"@@none"}}`,
		`{"tags":{"@@operators_allowed_for_child_policies":["@@some"]}}`,
		`{"tags":{"@@operators_allowed_for_child_policies":["@@all","@@append"]}}`,
		`{"tags":` + strings.Repeat(`{"a":`, 40) + "{}" + strings.Repeat("}", 40) + "}",
	} {
		if _, err := inheritance.Parse(doc, "tags"); !errors.Is(err, inheritance.ErrMalformed) {
			t.Errorf("%.80s: %v", doc, err)
		}
	}
}

// FuzzParse: whatever is taken can be combined with itself.
func FuzzParse(f *testing.F) {
	f.Add(`{"tags":{"a":{"@@operators_allowed_for_child_policies":["@@append"],"tag_key":{"@@assign":"A"},"tag_value":{"@@append":["x"],"@@remove":"y"}}}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		p, err := inheritance.Parse(doc, "tags")
		if err != nil {
			return
		}
		once, err := inheritance.Effective([][]*inheritance.Policy{{p}})
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := inheritance.Effective([][]*inheritance.Policy{{p, p}}); err != nil || once != twice {
			t.Errorf("%q alone, %q twice: %v", once, twice, err)
		}
	})
}

// However long the lists are that policies join, what is in effect is worked out
// in a time that grows as they do: seventy policies can apply to an account, of
// two thousand values each.
func TestLongLists(t *testing.T) {
	var levels [][]string
	n := 0
	for range 7 {
		var docs []string
		for range 10 {
			var values []string
			for range 2000 {
				n++
				values = append(values, strconv.Itoa(n))
			}
			docs = append(docs, `{"tags":{"x":{"tag_value":{"@@append":[`+strings.Join(values, ",")+`]}}}}`)
		}
		levels = append(levels, docs)
	}
	got := effective(t, "tags", levels...)
	if !strings.HasSuffix(got, ","+strconv.Itoa(n)+"]}}}") || strings.Count(got, ",") != n-1 {
		t.Errorf("%d values became %d", n, 1+strings.Count(got, ","))
	}
}
