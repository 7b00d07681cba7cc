package accessanalyzer

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func TestListFindings(t *testing.T) {
	w := newWorld(t)
	w.analyzer()
	for i := range 7 {
		w.buckets[fmt.Sprint("b", i)] = &bucket{openTo(other)}
		w.now = begin.Add(time.Duration(7-i) * time.Minute)
		w.check(w.store(func(tx *store.Tx, a *Analyzer) { a.Scanned = time.Time{} }))
		w.scan()
	}
	names := func(in *analyzerapi.ListFindingsInput) (list []string) {
		t.Helper()
		in.AnalyzerArn = arnOf(mine)
		for {
			out := must(w, analyzerapi.OpListFindings, in)
			if in.MaxResults != nil && len(out.Findings) > int(*in.MaxResults) {
				t.Errorf("%d findings on a page", len(out.Findings))
			}
			for _, f := range out.Findings {
				list = append(list, strings.TrimPrefix(*f.Resource, "arn:aws:s3:::"))
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return list
			}
		}
	}
	up := []string{"b0", "b1", "b2", "b3", "b4", "b5", "b6"}
	down := slices.Clone(up)
	slices.Reverse(down)
	by := func(attribute string, order analyzerapi.OrderBy) *analyzerapi.SortCriteria {
		return &analyzerapi.SortCriteria{AttributeName: &attribute, OrderBy: order}
	}
	for _, limit := range []*int32{nil, new(int32(1)), new(int32(3)), new(int32(7)), new(int32(100))} {
		if got := names(&analyzerapi.ListFindingsInput{MaxResults: limit}); !slices.Equal(slices.Sorted(slices.Values(got)), up) {
			t.Errorf("%v", got)
		}
		if got := names(&analyzerapi.ListFindingsInput{MaxResults: limit, Sort: by("resource", "")}); !slices.Equal(got, up) {
			t.Errorf("%v", got)
		}
		if got := names(&analyzerapi.ListFindingsInput{MaxResults: limit, Sort: by("resource", "DESC")}); !slices.Equal(got, down) {
			t.Errorf("%v", got)
		}
		if got := names(&analyzerapi.ListFindingsInput{MaxResults: limit, Sort: by("createdAt", "ASC")}); !slices.Equal(got, down) {
			t.Errorf("%v", got)
		}
	}
	v2 := must(w, analyzerapi.OpListFindingsV2, &analyzerapi.ListFindingsV2Input{AnalyzerArn: arnOf(mine), Filter: eq("resource", "arn:aws:s3:::b3")}).Findings
	if len(v2) != 1 || *v2[0].Resource != "arn:aws:s3:::b3" || v2[0].FindingType != "ExternalAccess" {
		t.Errorf("%+v", v2)
	}

	// What changes between two pages moves nothing else.
	first := must(w, analyzerapi.OpListFindings, &analyzerapi.ListFindingsInput{AnalyzerArn: arnOf(mine), Sort: by("resource", "ASC"), MaxResults: new(int32(3))})
	w.check(w.store(func(tx *store.Tx, a *Analyzer) {
		for key, f := range findings.Scan(tx, store.Prefix(a.ID), "") {
			if strings.HasSuffix(f.Resource, "b1") || strings.HasSuffix(f.Resource, "b2") {
				findings.Delete(tx, key)
			}
		}
	}))
	second := must(w, analyzerapi.OpListFindings, &analyzerapi.ListFindingsInput{AnalyzerArn: arnOf(mine), Sort: by("resource", "ASC"), MaxResults: new(int32(3)), NextToken: first.NextToken})
	if len(second.Findings) != 3 || !strings.HasSuffix(*second.Findings[0].Resource, "b3") {
		t.Errorf("%+v", second.Findings)
	}

	for _, test := range []struct {
		edit func(*analyzerapi.ListFindingsInput)
		want string
	}{
		{func(in *analyzerapi.ListFindingsInput) { in.MaxResults = new(int32(0)) }, "ValidationException: maxResults"},
		{func(in *analyzerapi.ListFindingsInput) { in.MaxResults = new(int32(101)) }, "ValidationException: maxResults"},
		{func(in *analyzerapi.ListFindingsInput) { in.NextToken = new("!") }, "ValidationException: token"},
		{func(in *analyzerapi.ListFindingsInput) { in.NextToken = first.NextToken }, "ValidationException: token"}, // of another order
		{func(in *analyzerapi.ListFindingsInput) { in.Sort = by("color", "ASC") }, "ValidationException: sorted"},
		{func(in *analyzerapi.ListFindingsInput) { in.Sort = by("id", "UP") }, "ValidationException"},
		{func(in *analyzerapi.ListFindingsInput) { in.Filter = eq("color", "red") }, "ValidationException: color"},
		{func(in *analyzerapi.ListFindingsInput) { in.AnalyzerArn = new("no ARN") }, "ValidationException"},
		{func(in *analyzerapi.ListFindingsInput) { in.AnalyzerArn = arnOf("none") }, "ResourceNotFoundException"},
	} {
		in := &analyzerapi.ListFindingsInput{AnalyzerArn: arnOf(mine)}
		test.edit(in)
		fails(w, analyzerapi.OpListFindings, in, test.want)
	}
}

// store changes what is stored, as nobody can.
func (w *world) store(f func(tx *store.Tx, a *Analyzer)) error {
	return w.cloud.Store.Update(w.Context(), func(tx *store.Tx) error {
		a := *analyzers.Get(tx, analyzerKey(account, region, mine))
		f(tx, &a)
		analyzers.Put(tx, a.key(), &a)
		return nil
	})
}

func TestUpdateFindings(t *testing.T) {
	w, id := full(t)
	update := func(status analyzerapi.FindingStatusUpdate, edit ...func(*analyzerapi.UpdateFindingsInput)) *analyzerapi.UpdateFindingsInput {
		in := &analyzerapi.UpdateFindingsInput{AnalyzerArn: arnOf(mine), Ids: []string{id}, Status: status}
		for _, f := range edit {
			f(in)
		}
		return in
	}
	status := func(want analyzerapi.FindingStatus) {
		t.Helper()
		if f := must(w, analyzerapi.OpGetFinding, &analyzerapi.GetFindingInput{AnalyzerArn: arnOf(mine), Id: &id}).Finding; f.Status != want {
			t.Errorf("%s, want %s", f.Status, want)
		}
	}
	must(w, analyzerapi.OpUpdateFindings, update("ARCHIVED"))
	status("ARCHIVED")
	must(w, analyzerapi.OpUpdateFindings, update("ACTIVE"))
	status("ACTIVE")
	ofResource := func(in *analyzerapi.UpdateFindingsInput) { in.Ids, in.ResourceArn = nil, new("arn:aws:s3:::b") }
	must(w, analyzerapi.OpUpdateFindings, update("ARCHIVED", ofResource))
	status("ARCHIVED")

	// All or none.
	fails(w, analyzerapi.OpUpdateFindings, update("ACTIVE", func(in *analyzerapi.UpdateFindingsInput) { in.Ids = append(in.Ids, "none") }), "ResourceNotFoundException")
	status("ARCHIVED")
	fails(w, analyzerapi.OpUpdateFindings, update("ACTIVE", func(in *analyzerapi.UpdateFindingsInput) { in.Ids = nil }), "ValidationException")
	fails(w, analyzerapi.OpUpdateFindings, update("ACTIVE", func(in *analyzerapi.UpdateFindingsInput) { in.ResourceArn = new("arn:aws:s3:::b") }), "ValidationException")
	fails(w, analyzerapi.OpUpdateFindings, update("ACTIVE", ofResource, func(in *analyzerapi.UpdateFindingsInput) { in.ResourceArn = new("arn:aws:s3:::none") }), "ResourceNotFoundException")
	fails(w, analyzerapi.OpUpdateFindings, update("RESOLVED"), "ValidationException")

	// What is gone is gone, whatever somebody says.
	w.buckets["b"].policy = ""
	must(w, analyzerapi.OpStartResourceScan, &analyzerapi.StartResourceScanInput{AnalyzerArn: arnOf(mine), ResourceArn: new("arn:aws:s3:::b")})
	status("RESOLVED")
	must(w, analyzerapi.OpUpdateFindings, update("ACTIVE"))
	status("RESOLVED")
	fails(w, analyzerapi.OpGetFinding, &analyzerapi.GetFindingInput{AnalyzerArn: arnOf(mine), Id: new("none")}, "ResourceNotFoundException")
	fails(w, analyzerapi.OpGetFindingV2, &analyzerapi.GetFindingV2Input{AnalyzerArn: arnOf(mine), Id: &id, NextToken: new("x")}, "ValidationException: token")
}

// A new analyzer of an old name has nothing of the old one.
func TestAnalyzerMadeAnew(t *testing.T) {
	w, id := full(t)
	must(w, analyzerapi.OpDeleteAnalyzer, &analyzerapi.DeleteAnalyzerInput{AnalyzerName: new(mine)})
	if left := w.state(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	w.analyzer()
	if list := w.list(nil); len(list) != 0 {
		t.Errorf("%v", list)
	}
	fails(w, analyzerapi.OpGetFinding, &analyzerapi.GetFindingInput{AnalyzerArn: arnOf(mine), Id: &id}, "ResourceNotFoundException")
}

func TestScans(t *testing.T) {
	w, _ := full(t)
	now := func(d time.Duration) { w.now = begin.Add(d) }

	// What no call has changed is looked at once a day.
	w.buckets["new"] = &bucket{openTo(other)}
	now(time.Hour)
	w.scan()
	if got := statuses(w); len(got) != 1 {
		t.Errorf("%v", got)
	}
	now(24 * time.Hour)
	w.scan()
	if got := statuses(w); len(got) != 2 {
		t.Errorf("%v", got)
	}

	// What cannot be read is a finding, and what was known of it stays.
	w.failures["s3:GetBucketPolicy"] = api.Errorf("AccessDenied", 403, "Access Denied")
	now(48 * time.Hour)
	w.scan()
	list := w.list(eq("resource", "arn:aws:s3:::b"))
	if len(list) != 2 || list[0].Status != "ACTIVE" || list[1].Status != "ACTIVE" {
		t.Errorf("%+v", list)
	}
	if list := w.list(eq("error", "ACCESS_DENIED")); len(list) != 2 || list[0].IsPublic != nil || list[0].Principal != nil || list[0].Condition == nil {
		t.Errorf("%+v", list)
	}
	got := must(w, analyzerapi.OpGetAnalyzedResource, &analyzerapi.GetAnalyzedResourceInput{AnalyzerArn: arnOf(mine), ResourceArn: new("arn:aws:s3:::b")}).Resource
	if *got.Error != "ACCESS_DENIED" || got.Status != "ACTIVE" || *got.IsPublic || !got.CreatedAt.Equal(begin) || !got.AnalyzedAt.Equal(w.now) || !got.UpdatedAt.Equal(w.now) {
		t.Errorf("%+v", got)
	}
	delete(w.failures, "s3:GetBucketPolicy")
	now(72 * time.Hour)
	w.scan()
	if list := w.list(eq("error", "ACCESS_DENIED")); len(list) != 2 || list[0].Status != "RESOLVED" || list[1].Status != "RESOLVED" {
		t.Errorf("%+v", list)
	}

	// Trouble of ours is tried again, and is no finding.
	w.failures["s3:GetBucketAcl"] = fmt.Errorf("disk on fire")
	must(w, analyzerapi.OpListAnalyzers, &analyzerapi.ListAnalyzersInput{})
	now(96 * time.Hour)
	if err := w.service.scan(t.Context()); err != nil {
		t.Error(err) // the answer is an internal error of S3
	}
	if list := w.list(eq("error", "INTERNAL_ERROR")); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	delete(w.failures, "s3:GetBucketAcl")
	w.buckets["b"].policy += ",{}" // no policy
	must(w, analyzerapi.OpStartResourceScan, &analyzerapi.StartResourceScanInput{AnalyzerArn: arnOf(mine), ResourceArn: new("arn:aws:s3:::b")})
	if list := w.list(map[string]analyzerapi.Criterion{"error": {Eq: []string{"INTERNAL_ERROR"}}, "resource": {Eq: []string{"arn:aws:s3:::b"}}}); len(list) != 1 || list[0].Status != "ACTIVE" {
		t.Errorf("%+v", list)
	}
	w.buckets["b"].policy = openTo(other)

	// Findings that were resolved long ago are deleted.
	delete(w.buckets, "new")
	now(120 * time.Hour)
	w.scan()
	if list := w.list(eq("resource", "arn:aws:s3:::new")); len(list) != 3 || slices.ContainsFunc(list, func(f analyzerapi.FindingSummary) bool { return f.Status != "RESOLVED" }) {
		t.Errorf("%+v", list)
	}
	now(220 * 24 * time.Hour)
	w.scan()
	if list := w.list(nil); len(list) != 1 || *list[0].Resource != "arn:aws:s3:::b" {
		t.Errorf("%+v", list)
	}

	// Without the role nothing is read, and nothing is taken to be gone.
	w.roles[account] = false
	now(300 * 24 * time.Hour)
	w.scan()
	if list := w.list(eq("status", "ACTIVE")); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	fails(w, analyzerapi.OpStartResourceScan, &analyzerapi.StartResourceScanInput{AnalyzerArn: arnOf(mine), ResourceArn: new("arn:aws:s3:::b")}, "ValidationException: has no role")
}

func TestStartResourceScan(t *testing.T) {
	w, _ := full(t)
	start := func(arn string, owner ...string) *analyzerapi.StartResourceScanInput {
		in := &analyzerapi.StartResourceScanInput{AnalyzerArn: arnOf(mine), ResourceArn: &arn}
		if len(owner) > 0 {
			in.ResourceOwnerAccount = &owner[0]
		}
		return in
	}
	w.trusts["arn:aws:iam::111122223333:role/a/r"] = trusting(other)
	must(w, analyzerapi.OpStartResourceScan, start("arn:aws:iam::111122223333:role/a/r"))
	if list := w.list(eq("resourceType", "AWS::IAM::Role")); len(list) != 1 || list[0].Principal["AWS"] != other || !slices.Equal(list[0].Action, []string{"sts:AssumeRole"}) {
		t.Errorf("%+v", list)
	}
	must(w, analyzerapi.OpStartResourceScan, start("arn:aws:s3:::b", account))
	for arn, want := range map[string]string{
		"arn:aws:s3:::none":                                   "ResourceNotFoundException",
		"arn:aws:iam::111122223333:role/r":                    "ResourceNotFoundException", // has a path
		"arn:aws:iam::111122223333:role/none":                 "ResourceNotFoundException",
		"arn:aws:iam::111122223333:user/u":                    "ValidationException: does not analyze",
		"arn:aws:sqs:us-east-1:111122223333:q":                "ValidationException: does not analyze",
		"arn:aws:s3:::b/key":                                  "ValidationException: does not analyze",
		"arn:aws:kms:eu-west-1:111122223333:key/k":            "ValidationException: does not analyze",
		"arn:aws:kms:us-east-1:444455556666:key/k":            "ValidationException: not in the zone of trust",
		"arn:aws:iam::444455556666:role/r":                    "ValidationException: not in the zone of trust",
		"arn:aws:iam::111122223333:role/aws-service-role/x/y": "ValidationException: does not analyze",
		"nothing": "ValidationException",
	} {
		fails(w, analyzerapi.OpStartResourceScan, start(arn), want)
	}
	fails(w, analyzerapi.OpStartResourceScan, start("arn:aws:s3:::b", other), "ValidationException: not in the zone of trust")
	fails(w, analyzerapi.OpStartResourceScan, start("arn:aws:iam::111122223333:role/a/r", other), "ValidationException: not of the account")

	// One that is gone since was known.
	delete(w.buckets, "b")
	must(w, analyzerapi.OpStartResourceScan, start("arn:aws:s3:::b"))
	fails(w, analyzerapi.OpGetAnalyzedResource, &analyzerapi.GetAnalyzedResourceInput{AnalyzerArn: arnOf(mine), ResourceArn: new("arn:aws:s3:::b")}, "ResourceNotFoundException")
	fails(w, analyzerapi.OpStartResourceScan, start("arn:aws:s3:::b"), "ResourceNotFoundException")
}

// A call that changes a resource is found in the audit log.
func TestChanges(t *testing.T) {
	w, _ := full(t)
	w.scan() // remembers where the log ends
	w.buckets["b"].policy = openTo("*")
	w.now = begin.Add(time.Minute)
	w.scan()
	if list := w.list(eq("isPublic", "true")); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	r := analyzerRecord(w, "PutBucketPolicy", "arn:aws:s3:::b")
	r.ErrorCode = "AccessDenied"
	w.check(w.cloud.Audit.Append(&r))
	w.scan()
	if list := w.list(eq("isPublic", "true")); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	r = analyzerRecord(w, "PutBucketPolicy", "arn:aws:s3:::b")
	w.check(w.cloud.Audit.Append(&r))
	w.scan()
	if list := w.list(eq("isPublic", "true")); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	if c, err := w.service.changes(t.Context(), true); err != nil || len(c.targets) != 0 {
		t.Errorf("%v, %v", c.targets, err)
	}
}
