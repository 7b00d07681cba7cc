package s3

import (
	"slices"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

func filterPrefix(p string) *s3api.LifecycleRuleFilter {
	return &s3api.LifecycleRuleFilter{Prefix: &p}
}

func tag(key, value string) s3api.Tag { return s3api.Tag{Key: &key, Value: &value} }

func lifecycleOf(rules ...s3api.LifecycleRule) *Bucket {
	for i := range rules {
		if rules[i].Status == "" {
			rules[i].Status = s3api.ExpirationStatusEnabled
		}
		if rules[i].ID == nil {
			rules[i].ID = new("rule")
		}
	}
	return &Bucket{ID: "b", Name: "b", Lifecycle: &Lifecycle{Rules: rules}}
}

func inDays(days int32) *s3api.LifecycleExpiration { return &s3api.LifecycleExpiration{Days: &days} }

// The filters and sizes are those of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html
// and https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
func TestRuleIsFor(t *testing.T) {
	object := func(size int64, tags ...string) *Object {
		o := &Object{Size: size, Tags: map[string]string{}}
		for i := 0; i < len(tags); i += 2 {
			o.Tags[tags[i]] = tags[i+1]
		}
		return o
	}
	marker := &Object{Marker: true}
	and := func(a s3api.LifecycleRuleAndOperator) s3api.LifecycleRule {
		return s3api.LifecycleRule{Filter: &s3api.LifecycleRuleFilter{And: &a}}
	}
	filter := func(f s3api.LifecycleRuleFilter) s3api.LifecycleRule { return s3api.LifecycleRule{Filter: &f} }
	for name, tt := range map[string]struct {
		rule s3api.LifecycleRule
		key  string
		o    *Object
		want bool
	}{
		"prefix":                           {filter(s3api.LifecycleRuleFilter{Prefix: new("tax/")}), "tax/doc1.txt", object(1), true},
		"another prefix":                   {filter(s3api.LifecycleRuleFilter{Prefix: new("tax/")}), "taxes", object(1), false},
		"empty prefix":                     {filter(s3api.LifecycleRuleFilter{Prefix: new("")}), "k", object(1), true},
		"empty filter":                     {filter(s3api.LifecycleRuleFilter{}), "k", object(1), true},
		"deprecated prefix":                {s3api.LifecycleRule{Prefix: new("logs/")}, "logs/a", object(1), true},
		"another deprecated prefix":        {s3api.LifecycleRule{Prefix: new("logs/")}, "log", object(1), false},
		"disabled":                         {s3api.LifecycleRule{Prefix: new(""), Status: "Disabled"}, "k", object(1), false},
		"tag":                              {filter(s3api.LifecycleRuleFilter{Tag: new(tag("key", "value"))}), "k", object(1, "key", "value", "other", "x"), true},
		"tag of another value":             {filter(s3api.LifecycleRuleFilter{Tag: new(tag("key", "value"))}), "k", object(1, "key", "Value"), false},
		"tag of another key":               {filter(s3api.LifecycleRuleFilter{Tag: new(tag("key", "value"))}), "k", object(1, "Key", "value"), false},
		"tag with an empty value, absent":  {filter(s3api.LifecycleRuleFilter{Tag: new(tag("key", ""))}), "k", object(1), false},
		"both tags":                        {and(s3api.LifecycleRuleAndOperator{Tags: []s3api.Tag{tag("a", "1"), tag("b", "2")}}), "k", object(1, "a", "1", "b", "2"), true},
		"one tag of two":                   {and(s3api.LifecycleRuleAndOperator{Tags: []s3api.Tag{tag("a", "1"), tag("b", "2")}}), "k", object(1, "a", "1"), false},
		"prefix and tag":                   {and(s3api.LifecycleRuleAndOperator{Prefix: new("tax/"), Tags: []s3api.Tag{tag("a", "1")}}), "tax/x", object(1, "a", "1"), true},
		"tag and not the prefix":           {and(s3api.LifecycleRuleAndOperator{Prefix: new("tax/"), Tags: []s3api.Tag{tag("a", "1")}}), "x", object(1, "a", "1"), false},
		"greater":                          {filter(s3api.LifecycleRuleFilter{ObjectSizeGreaterThan: new(int64(500))}), "k", object(501), true},
		"as large":                         {filter(s3api.LifecycleRuleFilter{ObjectSizeGreaterThan: new(int64(500))}), "k", object(500), false},
		"less":                             {filter(s3api.LifecycleRuleFilter{ObjectSizeLessThan: new(int64(64000))}), "k", object(63999), true},
		"no less":                          {filter(s3api.LifecycleRuleFilter{ObjectSizeLessThan: new(int64(64000))}), "k", object(64000), false},
		"between":                          {and(s3api.LifecycleRuleAndOperator{ObjectSizeGreaterThan: new(int64(500)), ObjectSizeLessThan: new(int64(64000))}), "k", object(501), true},
		"above both":                       {and(s3api.LifecycleRuleAndOperator{ObjectSizeGreaterThan: new(int64(500)), ObjectSizeLessThan: new(int64(64000))}), "k", object(64001), false},
		"all but one of prefix, tag, size": {and(s3api.LifecycleRuleAndOperator{Prefix: new("p"), Tags: []s3api.Tag{tag("a", "1")}, ObjectSizeLessThan: new(int64(9))}), "p", object(9, "a", "1"), false},
		"marker by prefix":                 {filter(s3api.LifecycleRuleFilter{Prefix: new("p")}), "p", marker, true},
		"marker by tag":                    {filter(s3api.LifecycleRuleFilter{Tag: new(tag("a", ""))}), "p", marker, false},
		"marker by size":                   {filter(s3api.LifecycleRuleFilter{ObjectSizeLessThan: new(int64(9))}), "p", marker, false},
	} {
		if tt.rule.Status == "" {
			tt.rule.Status = s3api.ExpirationStatusEnabled
		}
		if got := appliesTo(&tt.rule, tt.key, tt.o); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The user guide's object of 15 January 2014, 10:30 UTC, and a rule of three days
// give 19 January, 00:00 UTC. The header is that of the API reference.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-number-of-days
// Of two rules the shorter is honored:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html
func TestExpiry(t *testing.T) {
	o := &Object{Modified: at(t, "2014-01-15T10:30:00Z")}
	rule := func(id, prefix string, e *s3api.LifecycleExpiration) s3api.LifecycleRule {
		return s3api.LifecycleRule{ID: &id, Filter: filterPrefix(prefix), Expiration: e}
	}
	date := func(text string) *s3api.LifecycleExpiration {
		return &s3api.LifecycleExpiration{Date: new(at(t, text))}
	}
	for name, tt := range map[string]struct {
		rules []s3api.LifecycleRule
		o     *Object
		want  string
	}{
		"days":               {[]s3api.LifecycleRule{rule("r", "", inDays(3))}, o, `expiry-date="Sun, 19 Jan 2014 00:00:00 GMT", rule-id="r"`},
		"from midnight":      {[]s3api.LifecycleRule{rule("r", "", inDays(1))}, &Object{Modified: at(t, "2014-01-15T00:00:00Z")}, `expiry-date="Thu, 16 Jan 2014 00:00:00 GMT", rule-id="r"`},
		"another time zone":  {[]s3api.LifecycleRule{rule("r", "", inDays(1))}, &Object{Modified: at(t, "2014-01-15T23:00:00-05:00")}, `expiry-date="Sat, 18 Jan 2014 00:00:00 GMT", rule-id="r"`},
		"date":               {[]s3api.LifecycleRule{rule("picture-deletion-rule", "", date("2012-12-21T00:00:00Z"))}, o, `expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="picture-deletion-rule"`},
		"the shorter":        {[]s3api.LifecycleRule{rule("long", "", inDays(365)), rule("short", "k", inDays(30)), rule("middle", "", inDays(90))}, o, `expiry-date="Sat, 15 Feb 2014 00:00:00 GMT", rule-id="short"`},
		"a shorter of other": {[]s3api.LifecycleRule{rule("long", "", inDays(365)), rule("short", "other", inDays(30))}, o, `expiry-date="Fri, 16 Jan 2015 00:00:00 GMT", rule-id="long"`},
		"an escaped name":    {[]s3api.LifecycleRule{rule(`a "b"+ü`, "", inDays(3))}, o, `expiry-date="Sun, 19 Jan 2014 00:00:00 GMT", rule-id="a%20%22b%22%2B%C3%BC"`},
		"markers only":       {[]s3api.LifecycleRule{rule("r", "", &s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)})}, o, ""},
		"noncurrent only":    {[]s3api.LifecycleRule{{Filter: filterPrefix(""), NoncurrentVersionExpiration: &s3api.NoncurrentVersionExpiration{NoncurrentDays: new(int32(1))}}}, o, ""},
	} {
		if got := lifecycleOf(tt.rules...).expiration(tt.o, "key"); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if got := new(Bucket).expiration(o, "key"); got != "" {
		t.Errorf("without rules: %s", got)
	}
}

// A delete marker: at once by the rule that is made for it, else at its age.
// "When you specify the Days tag, Amazon S3 automatically performs
// ExpiredObjectDeleteMarker cleanup when the delete markers are old enough to
// satisfy the age criteria."
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html#lifecycle-config-conceptual-ex7
func TestMarkerExpires(t *testing.T) {
	marker := &Object{Marker: true, Modified: at(t, "2014-01-15T10:30:00Z")}
	for name, tt := range map[string]struct {
		e        *s3api.LifecycleExpiration
		now      string
		want, of bool
	}{
		"made for it":   {&s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(true)}, "2014-01-15T10:30:00Z", true, false},
		"told not to":   {&s3api.LifecycleExpiration{ExpiredObjectDeleteMarker: new(false)}, "2024-01-15T10:30:00Z", false, false},
		"not yet":       {inDays(3), "2014-01-18T23:59:59Z", false, false},
		"old enough":    {inDays(3), "2014-01-19T00:00:00Z", true, true},
		"at its date":   {&s3api.LifecycleExpiration{Date: new(at(t, "2014-01-19T00:00:00Z"))}, "2014-01-19T00:00:00Z", true, true},
		"before a date": {&s3api.LifecycleExpiration{Date: new(at(t, "2014-01-19T00:00:00Z"))}, "2014-01-18T23:59:59Z", false, false},
	} {
		b := lifecycleOf(s3api.LifecycleRule{Filter: filterPrefix(""), Expiration: tt.e})
		if got := b.expired("k", marker, at(t, tt.now)); got != tt.want {
			t.Errorf("%s: a marker: %t", name, got)
		}
		o := &Object{Modified: marker.Modified}
		if got := b.expired("k", o, at(t, tt.now)); got != tt.of {
			t.Errorf("%s: an object: %t", name, got)
		}
	}
}

// The user guide's version of 1 January 2014, replaced on 15 January, 10:30 UTC,
// and a rule of three days give 19 January, 00:00 UTC. As to those that are kept:
// "Amazon S3 will permanently delete any additional noncurrent versions beyond
// the specified number to retain."
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#non-current-days-calculations
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_NoncurrentVersionExpiration.html
func TestNoncurrentExpires(t *testing.T) {
	o := &Object{Modified: at(t, "2014-01-01T10:30:00Z"), Size: 5}
	replaced := at(t, "2014-01-15T10:30:00Z")
	rule := func(days, kept int32) s3api.LifecycleRule {
		e := &s3api.NoncurrentVersionExpiration{NoncurrentDays: &days}
		if kept > 0 {
			e.NewerNoncurrentVersions = &kept
		}
		return s3api.LifecycleRule{Filter: filterPrefix(""), NoncurrentVersionExpiration: e}
	}
	sized := rule(1, 0)
	sized.Filter = &s3api.LifecycleRuleFilter{ObjectSizeGreaterThan: new(int64(5))}
	for name, tt := range map[string]struct {
		rules []s3api.LifecycleRule
		newer int
		now   string
		want  bool
	}{
		"not yet":                    {[]s3api.LifecycleRule{rule(3, 0)}, 0, "2014-01-18T23:59:59Z", false},
		"due":                        {[]s3api.LifecycleRule{rule(3, 0)}, 0, "2014-01-19T00:00:00Z", true},
		"kept among the newest":      {[]s3api.LifecycleRule{rule(3, 5)}, 4, "2024-01-19T00:00:00Z", false},
		"beyond the newest":          {[]s3api.LifecycleRule{rule(3, 5)}, 5, "2014-01-19T00:00:00Z", true},
		"beyond the newest, not yet": {[]s3api.LifecycleRule{rule(3, 5)}, 9, "2014-01-18T00:00:00Z", false},
		"another rule keeps fewer":   {[]s3api.LifecycleRule{rule(3, 5), rule(3, 2)}, 2, "2014-01-19T00:00:00Z", true},
		"filtered":                   {[]s3api.LifecycleRule{sized}, 9, "2024-01-19T00:00:00Z", false},
		"of current versions":        {[]s3api.LifecycleRule{{Filter: filterPrefix(""), Expiration: inDays(1)}}, 9, "2024-01-19T00:00:00Z", false},
	} {
		if got := lifecycleOf(tt.rules...).outlived("k", o, seniority{replaced, tt.newer}, at(t, tt.now)); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestPrefixesOfRules(t *testing.T) {
	of := func(prefix string, e *s3api.LifecycleExpiration) s3api.LifecycleRule {
		return s3api.LifecycleRule{Filter: filterPrefix(prefix), Expiration: e}
	}
	disabled := of("", inDays(1))
	disabled.Status = "Disabled"
	b := lifecycleOf(of("logs/b/", inDays(1)), of("logs/", inDays(1)), of("a", inDays(1)), of("logs", inDays(1)), of("ab", inDays(1)), of("", nil), of("logs!", inDays(1)), disabled)
	if got := b.prefixes(expires); !slices.Equal(got, []string{"a", "logs"}) {
		t.Errorf("%q", got)
	}
	if got := b.prefixes(aborts); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if got := new(Bucket).prefixes(expires); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestMadeAt(t *testing.T) {
	now := at(t, "2026-03-01T12:00:00.123456789Z")
	if got, ok := madeAt(newVersion(now, nil)); !ok || !got.Equal(now) {
		t.Errorf("%s %t", got, ok)
	}
	for _, id := range []string{"", "null", "!", "AAAA"} {
		if _, ok := madeAt(id); ok {
			t.Errorf("%q has a time", id)
		}
	}
}
