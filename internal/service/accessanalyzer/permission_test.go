package accessanalyzer

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// inputs are a request of every operation that succeeds in a world where there
// are an analyzer, a rule and a finding.
func inputs(finding string) map[string]any {
	name, rule, arn, document := new(mine), new("rule"), arnOf(mine), new(`{"Version":"2012-10-17","Statement":[`+allow("s3:GetObject", "*")+`]}`)
	return map[string]any{
		"ApplyArchiveRule":      &analyzerapi.ApplyArchiveRuleInput{AnalyzerArn: arn, RuleName: rule},
		"CheckAccessNotGranted": &analyzerapi.CheckAccessNotGrantedInput{PolicyDocument: document, PolicyType: "IDENTITY_POLICY", Access: []analyzerapi.Access{{Actions: []string{"s3:PutObject"}}}},
		"CheckNoNewAccess":      &analyzerapi.CheckNoNewAccessInput{NewPolicyDocument: document, ExistingPolicyDocument: document, PolicyType: "IDENTITY_POLICY"},
		"CheckNoPublicAccess":   &analyzerapi.CheckNoPublicAccessInput{PolicyDocument: new(trusting(account)), ResourceType: "AWS::IAM::AssumeRolePolicyDocument"},
		"CreateAnalyzer":        create(mine),
		"CreateArchiveRule":     &analyzerapi.CreateArchiveRuleInput{AnalyzerName: name, RuleName: new("another"), Filter: eq("status", "ACTIVE")},
		"DeleteAnalyzer":        &analyzerapi.DeleteAnalyzerInput{AnalyzerName: name},
		"DeleteArchiveRule":     &analyzerapi.DeleteArchiveRuleInput{AnalyzerName: name, RuleName: rule},
		"GetAnalyzedResource":   &analyzerapi.GetAnalyzedResourceInput{AnalyzerArn: arn, ResourceArn: new("arn:aws:s3:::b")},
		"GetAnalyzer":           &analyzerapi.GetAnalyzerInput{AnalyzerName: name},
		"GetArchiveRule":        &analyzerapi.GetArchiveRuleInput{AnalyzerName: name, RuleName: rule},
		"GetFinding":            &analyzerapi.GetFindingInput{AnalyzerArn: arn, Id: &finding},
		"GetFindingV2":          &analyzerapi.GetFindingV2Input{AnalyzerArn: arn, Id: &finding},
		"GetFindingsStatistics": &analyzerapi.GetFindingsStatisticsInput{AnalyzerArn: arn},
		"ListAnalyzedResources": &analyzerapi.ListAnalyzedResourcesInput{AnalyzerArn: arn},
		"ListAnalyzers":         &analyzerapi.ListAnalyzersInput{},
		"ListArchiveRules":      &analyzerapi.ListArchiveRulesInput{AnalyzerName: name},
		"ListFindings":          &analyzerapi.ListFindingsInput{AnalyzerArn: arn},
		"ListFindingsV2":        &analyzerapi.ListFindingsV2Input{AnalyzerArn: arn},
		"ListTagsForResource":   &analyzerapi.ListTagsForResourceInput{ResourceArn: arn},
		"StartResourceScan":     &analyzerapi.StartResourceScanInput{AnalyzerArn: arn, ResourceArn: new("arn:aws:s3:::b")},
		"TagResource":           &analyzerapi.TagResourceInput{ResourceArn: arn, Tags: map[string]string{"a": "b"}},
		"UntagResource":         &analyzerapi.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"team"}},
		"UpdateAnalyzer":        &analyzerapi.UpdateAnalyzerInput{AnalyzerName: name},
		"UpdateArchiveRule":     &analyzerapi.UpdateArchiveRuleInput{AnalyzerName: name, RuleName: rule, Filter: eq("status", "ARCHIVED")},
		"UpdateFindings":        &analyzerapi.UpdateFindingsInput{AnalyzerArn: arn, Ids: []string{finding}, Status: "ARCHIVED"},
		"ValidatePolicy":        &analyzerapi.ValidatePolicyInput{PolicyDocument: document, PolicyType: "IDENTITY_POLICY"},
	}
}

// asks is what an operation asks permission for, where that is not an analyzer
// under its own name.
var asks = map[string]string{
	"CreateArchiveRule": "access-analyzer:CreateArchiveRule on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine/archive-rule/another",
	"DeleteArchiveRule": "access-analyzer:DeleteArchiveRule on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine/archive-rule/rule",
	"GetArchiveRule":    "access-analyzer:GetArchiveRule on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine/archive-rule/rule",
	"UpdateArchiveRule": "access-analyzer:UpdateArchiveRule on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine/archive-rule/rule",
	// There are no actions of those names in
	// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamaccessanalyzer.html
	"GetFindingV2":   "access-analyzer:GetFinding on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine",
	"ListFindingsV2": "access-analyzer:ListFindings on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine",
}

// aboutNone are the operations about no analyzer.
var aboutNone = map[string]bool{
	"CheckAccessNotGranted": true, "CheckNoNewAccess": true, "CheckNoPublicAccess": true, "ListAnalyzers": true, "ValidatePolicy": true,
}

// full is a world with an analyzer, a rule and a finding, whose id it gives.
func full(t *testing.T) (w *world, finding string) {
	w = newWorld(t)
	w.analyzer(analyzerapi.InlineArchiveRule{RuleName: new("rule"), Filter: eq("resource", "arn:aws:s3:::other")})
	must(w, analyzerapi.OpTagResource, &analyzerapi.TagResourceInput{ResourceArn: arnOf(mine), Tags: map[string]string{"team": "a"}})
	w.buckets["b"] = &bucket{openTo(other)}
	w.scan()
	list := w.list(nil)
	if len(list) != 1 {
		t.Fatalf("%d findings", len(list))
	}
	return w, *list[0].Id
}

// state is all that the service keeps.
func (w *world) state() (rows []any) {
	w.check(w.cloud.Store.View(w.Context(), func(tx *store.Tx) error {
		for _, r := range analyzers.Scan(tx, "", "") {
			rows = append(rows, *r)
		}
		for _, r := range rules.Scan(tx, "", "") {
			rows = append(rows, *r)
		}
		for _, r := range findings.Scan(tx, "", "") {
			rows = append(rows, *r)
		}
		for _, r := range resources.Scan(tx, "", "") {
			rows = append(rows, *r)
		}
		return nil
	}))
	return rows
}

func codeOf(err error) (code, message string) {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code, e.Message
	}
	return "", ""
}

// Every operation asks, for the right thing, before it does or tells anything.
func TestEveryOperationIsDenied(t *testing.T) {
	w, finding := full(t)
	w.allowed["nobody"] = allow("none:Nothing", "*")
	w.allowed["elsewhere"] = allow("access-analyzer:*", "arn:aws:access-analyzer:*:*:analyzer/other*")
	w.allowed["careless"] = `{"Effect":"Deny","Action":"access-analyzer:*","Resource":"*"},` + allow("*", "*")
	all := inputs(finding)
	before := w.state()
	for _, op := range analyzerapi.Service.Operations {
		in := all[op.Name]
		if in == nil {
			t.Errorf("%s is not tested", op.Name)
			continue
		}
		want := asks[op.Name]
		switch {
		case aboutNone[op.Name]:
			want = "access-analyzer:" + op.Name + " on resource: *"
		case want == "":
			want = "access-analyzer:" + op.Name + " on resource: arn:aws:access-analyzer:us-east-1:111122223333:analyzer/mine"
		}
		for _, user := range []string{"nobody", "elsewhere", "careless"} {
			code, message := codeOf(second(w.call(op, in, how{user: user})))
			if code != "AccessDeniedException" || !strings.Contains(message, want+" ") {
				t.Errorf("%s by %s: %s: %s", op.Name, user, code, message)
			}
		}
		if !aboutNone[op.Name] {
			// What there is not is not told.
			code, _ := codeOf(second(w.call(op, in, how{user: "nobody", region: region2})))
			if code != "AccessDeniedException" {
				t.Errorf("%s in another Region: %s", op.Name, code)
			}
		}
	}
	if after := w.state(); !reflect.DeepEqual(before, after) {
		t.Errorf("changed:\n%v\n%v", before, after)
	}
}

func second[A, B any](_ A, b B) B { return b }

// Nobody gets at an analyzer of another account, whatever the policies there say.
func TestEveryOperationOfAnotherAccount(t *testing.T) {
	w, finding := full(t)
	before := w.state()
	for name, in := range inputs(finding) {
		op := operation(t, name)
		if aboutNone[name] || name == "CreateAnalyzer" {
			continue
		}
		code, message := codeOf(second(w.call(op, in, how{account: other})))
		byName := reflect.ValueOf(in).Elem().FieldByName("AnalyzerName").IsValid()
		want := "AccessDeniedException"
		if byName {
			want = "ResourceNotFoundException" // of the own account
		}
		if code != want || byName && !strings.Contains(message, other) {
			t.Errorf("%s: %s: %s", name, code, message)
		}
	}
	if after := w.state(); !reflect.DeepEqual(before, after) {
		t.Errorf("changed:\n%v\n%v", before, after)
	}
}

func operation(t *testing.T, name string) *api.Operation {
	t.Helper()
	for _, op := range analyzerapi.Service.Operations {
		if op.Name == name {
			return op
		}
	}
	t.Fatalf("no operation %s", name)
	return nil
}

// An analyzer is of its Region, and its name goes to nobody else.
func TestEveryOperationOfAnotherRegion(t *testing.T) {
	w, finding := full(t)
	for name, in := range inputs(finding) {
		if aboutNone[name] || name == "CreateAnalyzer" {
			continue
		}
		if code, _ := codeOf(second(w.call(operation(t, name), in, how{region: region2}))); code != "ResourceNotFoundException" {
			t.Errorf("%s: %s", name, code)
		}
	}
}

func TestEveryOperationIsAllowed(t *testing.T) {
	for _, op := range analyzerapi.Service.Operations {
		t.Run(op.Name, func(t *testing.T) {
			w, finding := full(t)
			if op.Name == "CreateAnalyzer" {
				must(w, analyzerapi.OpDeleteAnalyzer, &analyzerapi.DeleteAnalyzerInput{AnalyzerName: new(mine)})
			}
			action := op.Action()
			if asked, ok := asks[op.Name]; ok {
				action, _, _ = strings.Cut(asked, " ")
			}
			w.allowed["bob"] = allow(action, "*")
			_, err := w.call(op, inputs(finding)[op.Name], how{user: "bob"})
			if code, _ := codeOf(err); err != nil && !(op.Name == "UpdateAnalyzer" && code == "ValidationException") {
				t.Error(err)
			}
		})
	}
}
