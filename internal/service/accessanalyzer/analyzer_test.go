package accessanalyzer

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

func create(name string, edit ...func(*analyzerapi.CreateAnalyzerInput)) *analyzerapi.CreateAnalyzerInput {
	in := &analyzerapi.CreateAnalyzerInput{AnalyzerName: &name, Type: "ACCOUNT"}
	for _, f := range edit {
		f(in)
	}
	return in
}

func TestAnalyzer(t *testing.T) {
	w := newWorld(t)
	arn := must(w, analyzerapi.OpCreateAnalyzer, create(mine, func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = map[string]string{"team": "a"} })).Arn
	if *arn != "arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine" {
		t.Errorf("ARN %s", *arn)
	}
	a := must(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}).Analyzer
	if *a.Arn != *arn || *a.Name != mine || a.Type != "ACCOUNT" || a.Status != "ACTIVE" || !a.CreatedAt.Equal(begin) || !maps.Equal(a.Tags, map[string]string{"team": "a"}) || a.LastResourceAnalyzed != nil {
		t.Errorf("%+v", a)
	}
	w.buckets["b"] = &bucket{}
	w.now = begin.Add(time.Minute)
	w.scan()
	a = must(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}).Analyzer
	if a.LastResourceAnalyzed == nil || *a.LastResourceAnalyzed != "arn:aws:s3:::b" || !a.LastResourceAnalyzedAt.Equal(w.now) {
		t.Errorf("%+v", a)
	}

	// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
	fails(w, analyzerapi.OpCreateAnalyzer, create(mine), "ConflictException")
	fails(w, analyzerapi.OpCreateAnalyzer, create("second"), "ServiceQuotaExceededException")
	must(w, analyzerapi.OpCreateAnalyzer, create(mine), how{region: region2})
	must(w, analyzerapi.OpCreateAnalyzer, create(mine), how{account: other})
	// A request that is made again has the same answer.
	again := func(in *analyzerapi.CreateAnalyzerInput) { in.ClientToken = new("t") }
	first := must(w, analyzerapi.OpCreateAnalyzer, create("again", again), how{account: "777788889999"})
	if second := must(w, analyzerapi.OpCreateAnalyzer, create("again", again), how{account: "777788889999"}); *first.Arn != *second.Arn {
		t.Errorf("%s and %s", *first.Arn, *second.Arn)
	}
	fails(w, analyzerapi.OpCreateAnalyzer, create("again", func(in *analyzerapi.CreateAnalyzerInput) { in.ClientToken = new("u") }), "ConflictException", how{account: "777788889999"})
	if n := len(must(w, analyzerapi.OpListAnalyzers, &analyzerapi.ListAnalyzersInput{}).Analyzers); n != 1 {
		t.Errorf("%d analyzers", n)
	}
	if n := len(must(w, analyzerapi.OpListAnalyzers, &analyzerapi.ListAnalyzersInput{Type: "ORGANIZATION"}).Analyzers); n != 0 {
		t.Errorf("%d analyzers", n)
	}

	must(w, analyzerapi.OpDeleteAnalyzer, &analyzerapi.DeleteAnalyzerInput{AnalyzerName: new(mine)})
	fails(w, analyzerapi.OpDeleteAnalyzer, &analyzerapi.DeleteAnalyzerInput{AnalyzerName: new(mine)}, "ResourceNotFoundException")
	fails(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}, "ResourceNotFoundException")
	if !w.roles[account] {
		t.Error("the service-linked role is gone")
	}
	must(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}, how{region: region2})
}

func TestCreateAnalyzerRefuses(t *testing.T) {
	w := newWorld(t)
	rule := func(name string, f map[string]analyzerapi.Criterion) analyzerapi.InlineArchiveRule {
		return analyzerapi.InlineArchiveRule{RuleName: &name, Filter: f}
	}
	many := map[string]string{}
	for i := range 51 {
		many[fmt.Sprint("k", i)] = ""
	}
	for _, test := range []struct {
		name string
		edit func(*analyzerapi.CreateAnalyzerInput)
		want string
	}{
		{"unused access", func(in *analyzerapi.CreateAnalyzerInput) { in.Type = "ACCOUNT_UNUSED_ACCESS" }, "NotImplemented: CreateAnalyzer of the type ACCOUNT_UNUSED_ACCESS is not built"},
		{"internal access", func(in *analyzerapi.CreateAnalyzerInput) { in.Type = "ORGANIZATION_INTERNAL_ACCESS" }, "NotImplemented"},
		{"no such type", func(in *analyzerapi.CreateAnalyzerInput) { in.Type = "NONE" }, "ValidationException"},
		{"name", func(in *analyzerapi.CreateAnalyzerInput) { in.AnalyzerName = new("1") }, "ValidationException"},
		{"long name", func(in *analyzerapi.CreateAnalyzerInput) { in.AnalyzerName = new(strings.Repeat("a", 256)) }, "ValidationException"},
		{"no organization", func(in *analyzerapi.CreateAnalyzerInput) { in.Type = "ORGANIZATION" }, "ValidationException: neither the management account"},
		{"configuration", func(in *analyzerapi.CreateAnalyzerInput) { in.Configuration = &analyzerapi.AnalyzerConfiguration{} }, "ValidationException: has no configuration"},
		{"reserved tag", func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = map[string]string{"AWS:a": ""} }, "ValidationException: reserved"},
		{"long tag", func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = map[string]string{strings.Repeat("a", 129): ""} }, "ValidationException"},
		{"empty tag", func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = map[string]string{"": "a"} }, "ValidationException"},
		{"odd tag", func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = map[string]string{"a": "<"} }, "ValidationException"},
		{"many tags", func(in *analyzerapi.CreateAnalyzerInput) { in.Tags = many }, "ValidationException"},
		{"rule twice", func(in *analyzerapi.CreateAnalyzerInput) {
			in.ArchiveRules = []analyzerapi.InlineArchiveRule{rule("a", eq("status", "ACTIVE")), rule("a", eq("status", "ACTIVE"))}
		}, "ValidationException: twice"},
		{"rule of nothing", func(in *analyzerapi.CreateAnalyzerInput) {
			in.ArchiveRules = []analyzerapi.InlineArchiveRule{rule("a", map[string]analyzerapi.Criterion{})}
		}, "ValidationException: no criteria"},
		{"many rules", func(in *analyzerapi.CreateAnalyzerInput) {
			for i := range 101 {
				in.ArchiveRules = append(in.ArchiveRules, rule(fmt.Sprint("r", i), eq("status", "ACTIVE")))
			}
		}, "ServiceQuotaExceededException"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.TB = t
			fails(w, analyzerapi.OpCreateAnalyzer, create(mine, test.edit), test.want)
		})
	}
	w.TB = t
	if n := len(must(w, analyzerapi.OpListAnalyzers, &analyzerapi.ListAnalyzersInput{}).Analyzers); n != 0 {
		t.Errorf("%d analyzers", n)
	}
}

// Who creates the first analyzer of an account creates the role, and needs the
// permission for it. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-using-service-linked-roles.html
func TestServiceLinkedRole(t *testing.T) {
	w := newWorld(t)
	w.allowed["bob"] = allow("access-analyzer:*", "*")
	fails(w, analyzerapi.OpCreateAnalyzer, create(mine), "AccessDeniedException: iam:CreateServiceLinkedRole", how{user: "bob"})
	fails(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}, "ResourceNotFoundException")
	w.failures["iam:CreateServiceLinkedRole"] = iamapi.ErrInvalidInput("Service role name %s has been taken in this account, please try a different suffix.", roleName)
	must(w, analyzerapi.OpCreateAnalyzer, create(mine), how{region: region2}) // another request was quicker
	delete(w.failures, "iam:CreateServiceLinkedRole")
	w.roles[account] = true
	must(w, analyzerapi.OpCreateAnalyzer, create(mine), how{user: "bob"})

	// The role reads; its calls are recorded as such.
	w.scan()
	for e, err := range w.cloud.Audit.Events(audit.Filter{EventName: "ListRoles"}) {
		if u := e.Record.UserIdentity; err != nil || u.Type != "AssumedRole" || u.InvokedBy != principal || u.ARN != "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAccessAnalyzer/access-analyzer" {
			t.Errorf("%+v, %v", u, err)
		}
		return
	}
	t.Error("no record")
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	arn := w.analyzer()
	tag := func(tags map[string]string) *analyzerapi.TagResourceInput {
		return &analyzerapi.TagResourceInput{ResourceArn: arn, Tags: tags}
	}
	must(w, analyzerapi.OpTagResource, tag(map[string]string{"a": "1", "b": "2"}))
	must(w, analyzerapi.OpTagResource, tag(map[string]string{"b": "3", "c": "Grüße 日本"}))
	must(w, analyzerapi.OpUntagResource, &analyzerapi.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "nothing"}})
	got := must(w, analyzerapi.OpListTagsForResource, &analyzerapi.ListTagsForResourceInput{ResourceArn: arn}).Tags
	if !maps.Equal(got, map[string]string{"b": "3", "c": "Grüße 日本"}) {
		t.Errorf("%v", got)
	}
	many := map[string]string{}
	for i := range 49 {
		many[fmt.Sprint("k", i)] = ""
	}
	fails(w, analyzerapi.OpTagResource, tag(many), "ValidationException: 50 tags")
	fails(w, analyzerapi.OpTagResource, tag(map[string]string{"aws:a": ""}), "ValidationException: reserved")
	for _, wrong := range []string{"arn:aws:access-analyzer:us-east-1:111122223333:analyzer/none", *arn + "/archive-rule/r", "arn:aws:s3:::b"} {
		fails(w, analyzerapi.OpListTagsForResource, &analyzerapi.ListTagsForResourceInput{ResourceArn: &wrong}, "ResourceNotFoundException")
	}

	// Policies see the tags of the analyzer and of the request.
	w.allowed["bob"] = strings.Join([]string{
		allow("access-analyzer:GetAnalyzer", "*", `,"Condition":{"StringEquals":{"aws:ResourceTag/b":"3"}}`),
		allow("access-analyzer:TagResource", "*", `,"Condition":{"StringEquals":{"aws:RequestTag/x":"1"},"ForAllValues:StringEquals":{"aws:TagKeys":["x"]}}`),
		allow("access-analyzer:UntagResource", "*", `,"Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["x"]}}`),
	}, ",")
	bob := how{user: "bob"}
	must(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}, bob)
	must(w, analyzerapi.OpTagResource, tag(map[string]string{"x": "1"}), bob)
	fails(w, analyzerapi.OpTagResource, tag(map[string]string{"x": "1", "y": "1"}), "AccessDeniedException", bob)
	must(w, analyzerapi.OpUntagResource, &analyzerapi.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"x"}}, bob)
	fails(w, analyzerapi.OpUntagResource, &analyzerapi.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"b"}}, "AccessDeniedException", bob)
	must(w, analyzerapi.OpUntagResource, &analyzerapi.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"b"}})
	fails(w, analyzerapi.OpGetAnalyzer, &analyzerapi.GetAnalyzerInput{AnalyzerName: new(mine)}, "AccessDeniedException", bob)
}

func TestUpdateAnalyzer(t *testing.T) {
	w := newWorld(t)
	w.analyzer()
	fails(w, analyzerapi.OpUpdateAnalyzer, &analyzerapi.UpdateAnalyzerInput{AnalyzerName: new(mine)}, "ValidationException: has no configuration")
	fails(w, analyzerapi.OpUpdateAnalyzer, &analyzerapi.UpdateAnalyzerInput{AnalyzerName: new("none")}, "ResourceNotFoundException")
}

// What the model requires of errors is there.
func TestErrorFields(t *testing.T) {
	w := newWorld(t)
	w.analyzer()
	for _, test := range []struct {
		op   *api.Operation
		in   any
		want []string
	}{
		{&analyzerapi.OpGetAnalyzer.Operation, &analyzerapi.GetAnalyzerInput{AnalyzerName: new("none")}, []string{"resourceId", "resourceType"}},
		{&analyzerapi.OpCreateAnalyzer.Operation, create(mine), []string{"resourceId", "resourceType"}},
		{&analyzerapi.OpCreateAnalyzer.Operation, create("b"), []string{"resourceId", "resourceType"}},
		{&analyzerapi.OpCreateAnalyzer.Operation, create("-"), []string{"reason", "fieldList"}},
		{&analyzerapi.OpUpdateFindings.Operation, &analyzerapi.UpdateFindingsInput{AnalyzerArn: arnOf(mine), Status: "ACTIVE"}, []string{"reason"}},
		{&analyzerapi.OpListFindings.Operation, &analyzerapi.ListFindingsInput{AnalyzerArn: arnOf(mine), MaxResults: new(int32(0))}, []string{"reason", "fieldList"}},
	} {
		_, err := w.call(test.op, test.in)
		var e *api.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", test.op.Name, err)
			continue
		}
		for _, name := range test.want {
			if e.Fields[name] == nil {
				t.Errorf("%s: %s has no %s", test.op.Name, e.Code, name)
			}
		}
	}
}
