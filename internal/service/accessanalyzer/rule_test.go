package accessanalyzer

import (
	"fmt"
	"testing"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
)

func TestArchiveRules(t *testing.T) {
	w := newWorld(t)
	w.buckets["b"], w.buckets["c"] = &bucket{openTo(other)}, &bucket{openTo("*")}
	w.analyzer(analyzerapi.InlineArchiveRule{RuleName: new("public"), Filter: eq("isPublic", "true")})
	w.scan()
	if got := statuses(w); got["arn:aws:s3:::b"] != "ACTIVE" || got["arn:aws:s3:::c"] != "ARCHIVED" {
		t.Errorf("%v", got)
	}

	// A rule is about new findings, until it is applied.
	rule := &analyzerapi.CreateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known"), Filter: eq("principal.AWS", other)}
	must(w, analyzerapi.OpCreateArchiveRule, rule)
	fails(w, analyzerapi.OpCreateArchiveRule, rule, "ConflictException")
	again := &analyzerapi.CreateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("again"), Filter: eq("status", "RESOLVED"), ClientToken: new("t")}
	must(w, analyzerapi.OpCreateArchiveRule, again)
	must(w, analyzerapi.OpCreateArchiveRule, again)
	must(w, analyzerapi.OpDeleteArchiveRule, &analyzerapi.DeleteArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("again")})
	w.scan()
	if got := statuses(w); got["arn:aws:s3:::b"] != "ACTIVE" {
		t.Errorf("%v", got)
	}
	w.now = begin.Add(time.Hour)
	must(w, analyzerapi.OpApplyArchiveRule, &analyzerapi.ApplyArchiveRuleInput{AnalyzerArn: arnOf(mine), RuleName: new("known")})
	if got := statuses(w); got["arn:aws:s3:::b"] != "ARCHIVED" {
		t.Errorf("%v", got)
	}
	if f := w.list(eq("resource", "arn:aws:s3:::b"))[0]; !f.UpdatedAt.Equal(w.now) || !f.CreatedAt.Equal(begin) {
		t.Errorf("%+v", f)
	}

	must(w, analyzerapi.OpUpdateArchiveRule, &analyzerapi.UpdateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known"), Filter: eq("status", "RESOLVED")})
	got := must(w, analyzerapi.OpGetArchiveRule, &analyzerapi.GetArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known")}).ArchiveRule
	if got.Filter["status"].Eq[0] != "RESOLVED" || !got.CreatedAt.Equal(begin) || !got.UpdatedAt.Equal(w.now) {
		t.Errorf("%+v", got)
	}
	list := must(w, analyzerapi.OpListArchiveRules, &analyzerapi.ListArchiveRulesInput{AnalyzerName: new(mine)}).ArchiveRules
	if len(list) != 2 || *list[0].RuleName != "known" || *list[1].RuleName != "public" {
		t.Errorf("%v", list)
	}
	must(w, analyzerapi.OpDeleteArchiveRule, &analyzerapi.DeleteArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known")})
	for range 2 {
		fails(w, analyzerapi.OpDeleteArchiveRule, &analyzerapi.DeleteArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known")}, "ResourceNotFoundException")
		fails(w, analyzerapi.OpGetArchiveRule, &analyzerapi.GetArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known")}, "ResourceNotFoundException")
		fails(w, analyzerapi.OpApplyArchiveRule, &analyzerapi.ApplyArchiveRuleInput{AnalyzerArn: arnOf(mine), RuleName: new("known")}, "ResourceNotFoundException")
		fails(w, analyzerapi.OpUpdateArchiveRule, &analyzerapi.UpdateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("known"), Filter: eq("status", "ACTIVE")}, "ResourceNotFoundException")
	}
	for _, test := range []struct {
		filter map[string]analyzerapi.Criterion
		want   string
	}{
		{map[string]analyzerapi.Criterion{}, "ValidationException: no criteria"},
		{eq("color", "red"), `ValidationException: The filter key "color" is not valid.`},
		{eq("principal.Color", "red"), "ValidationException"},
		{eq("condition.", "red"), "ValidationException"},
		{map[string]analyzerapi.Criterion{"status": {}}, "ValidationException: no operator"},
		{map[string]analyzerapi.Criterion{"status": {Eq: []string{}}}, "ValidationException: Member must have length greater than or equal to 1"},
		{eq("status", make([]string, 21)...), "ValidationException: Member must have length less than or equal to 20"},
	} {
		fails(w, analyzerapi.OpCreateArchiveRule, &analyzerapi.CreateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("r"), Filter: test.filter}, test.want)
		fails(w, analyzerapi.OpUpdateArchiveRule, &analyzerapi.UpdateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("public"), Filter: test.filter}, test.want)
	}
	for i := range 99 {
		must(w, analyzerapi.OpCreateArchiveRule, &analyzerapi.CreateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new(fmt.Sprint("r", i)), Filter: eq("status", "ACTIVE")})
	}
	fails(w, analyzerapi.OpCreateArchiveRule, &analyzerapi.CreateArchiveRuleInput{AnalyzerName: new(mine), RuleName: new("more"), Filter: eq("status", "ACTIVE")}, "ServiceQuotaExceededException")
}

// statuses are the statuses of findings by resource.
func statuses(w *world) map[string]analyzerapi.FindingStatus {
	w.Helper()
	m := map[string]analyzerapi.FindingStatus{}
	for _, f := range w.list(nil) {
		m[*f.Resource] = f.Status
	}
	return m
}

func TestFilter(t *testing.T) {
	f := &Finding{ID: "i", Resource: "arn:aws:s3:::b", ResourceType: bucketType, Owner: account, Principal: map[string]string{"AWS": other}, Status: "ACTIVE",
		Condition: map[string]string{"aws:PrincipalOrgID": "o-1"}}
	is := func(c analyzerapi.Criterion) func(key string) map[string]analyzerapi.Criterion {
		return func(key string) map[string]analyzerapi.Criterion { return map[string]analyzerapi.Criterion{key: c} }
	}
	yes, no := true, false
	for _, test := range []struct {
		filter map[string]analyzerapi.Criterion
		want   bool
	}{
		{nil, true},
		{eq("resource", "arn:aws:s3:::c", "arn:aws:s3:::b"), true},
		{eq("resource", "arn:aws:s3:::c"), false},
		{eq("resourceType", "AWS::S3::Bucket"), true},
		{eq("resourceOwnerAccount", account), true},
		{eq("isPublic", "false"), true},
		{eq("isPublic", "true"), false},
		{eq("status", "ACTIVE"), true},
		{eq("id", "i"), true},
		{eq("findingType", "ExternalAccess"), true},
		{eq("principal.AWS", other), true},
		{eq("principal.Federated", other), false},
		{eq("condition.aws:PrincipalOrgID", "o-1"), true},
		{eq("condition.aws:principalorgid", "o-1"), true},
		{eq("condition.aws:SourceIp", "o-1"), false},
		{is(analyzerapi.Criterion{Neq: []string{"ARCHIVED", "RESOLVED"}})("status"), true},
		{is(analyzerapi.Criterion{Neq: []string{"ACTIVE"}})("status"), false},
		{is(analyzerapi.Criterion{Contains: []string{"x", "s3"}})("resource"), true},
		{is(analyzerapi.Criterion{Contains: []string{"S3"}})("resource"), false},
		{is(analyzerapi.Criterion{Exists: &yes})("principal.AWS"), true},
		{is(analyzerapi.Criterion{Exists: &no})("principal.AWS"), false},
		{is(analyzerapi.Criterion{Exists: &no})("error"), true},
		{is(analyzerapi.Criterion{Eq: []string{other}, Exists: &no})("principal.AWS"), false},
		{map[string]analyzerapi.Criterion{"status": {Eq: []string{"ACTIVE"}}, "isPublic": {Eq: []string{"true"}}}, false},
	} {
		if err := checkCriteria(test.filter, "filter"); err != nil {
			t.Errorf("%v: %v", test.filter, err)
		}
		if got := filter(test.filter).matches(f); got != test.want {
			t.Errorf("%v: %v", test.filter, got)
		}
	}
}
