package iam

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func (w *world) generateReport(p *authz.Principal) *iamapi.GenerateCredentialReportOutput {
	w.Helper()
	return as(w, p, iamapi.OpGenerateCredentialReport, iamapi.GenerateCredentialReportInput{})
}

func (w *world) report(p *authz.Principal) []string {
	w.Helper()
	out := as(w, p, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{})
	return strings.Split(string(out.Content), "\n")
}

// reportHeading is the first line of a report, which the User Guide ("Generate
// credential reports for your AWS account") describes column by column.
const reportHeading = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

func TestCredentialReportRows(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Zoe", "adam", "m,x"} {
		do(w, iamapi.OpCreateUser, iamapi.CreateUserInput{UserName: &name})
	}
	w.time = w.time.Add(time.Hour)
	key := do(w, iamapi.OpCreateAccessKey, iamapi.CreateAccessKeyInput{UserName: new("adam")}).AccessKey.AccessKeyId
	w.iam.Used(*key, "kms", "eu-west-1", w.time.Add(time.Minute))
	w.time = w.time.Add(time.Hour)
	err := w.iam.update(t.Context(), func(tx *store.Tx) error {
		adam := users.Get(tx, rowKey(home, "adam"))
		// A later id, and so the second key.
		accessKeys.Put(tx, "AKIAZZZZZZZZZZZZZZZZ", &AccessKey{ID: "AKIAZZZZZZZZZZZZZZZZ", Account: home, UserID: adam.ID, Inactive: true, Created: w.time})
		loginProfiles.Put(tx, adam.ID, &LoginProfile{Account: home, UserID: adam.ID, Changed: w.time})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.generateReport(w.root)
	want := []string{
		reportHeading,
		"<root_account>,arn:aws:iam::111122223333:root,2026-05-04T03:02:01Z,false,N/A,N/A,not_supported,false," +
			"true,2026-05-04T03:02:01Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
		"adam,arn:aws:iam::111122223333:user/adam,2026-05-04T03:02:01Z,true,no_information,2026-05-04T05:02:01Z,N/A,false," +
			"true,2026-05-04T04:02:01Z,2026-05-04T04:03:01Z,eu-west-1,kms,false,2026-05-04T05:02:01Z,N/A,N/A,N/A,false,N/A,false,N/A",
		`"m,x","arn:aws:iam::111122223333:user/m,x",2026-05-04T03:02:01Z,false,N/A,N/A,N/A,false,` +
			"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
		"Zoe,arn:aws:iam::111122223333:user/Zoe,2026-05-04T03:02:01Z,false,N/A,N/A,N/A,false," +
			"false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
	}
	if got := w.report(w.root); !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCredentialReportPasswordRotation(t *testing.T) {
	changed := time.Date(2020, 1, 31, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		policy *PasswordPolicy
		want   string
	}{
		{nil, "N/A"},
		{&PasswordPolicy{}, "N/A"},
		{&PasswordPolicy{MaxAge: 90}, "2020-04-30T08:00:00Z"},
	} {
		if got := userPassword(&LoginProfile{Changed: changed}, test.policy).nextRotation; got != test.want {
			t.Errorf("%+v: %s, want %s", test.policy, got, test.want)
		}
	}
}

// A report is made once in four hours and is gone afterwards ("Generate
// credential reports for your AWS account" in the IAM User Guide).
func TestCredentialReportLifetime(t *testing.T) {
	w := newWorld(t)
	status := func(want string) int {
		t.Helper()
		_, err := call(w, w.root, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{})
		var answer *api.Error
		if !errors.As(err, &answer) || answer.Code != want {
			t.Fatalf("got %v, want %s", err, want)
		}
		return answer.Status
	}
	if got := status("ReportNotPresent"); got != 410 {
		t.Errorf("ReportNotPresent has status %d", got)
	}

	started := w.generateReport(w.root)
	if started.State != iamapi.ReportStateTypeStarted || value(started.Description) != "No report exists. Starting a new report generation task" {
		t.Errorf("first: %s, %q", started.State, value(started.Description))
	}
	made := w.time
	w.user("late", "")
	w.time = made.Add(4 * time.Hour)
	if again := w.generateReport(w.root); again.State != iamapi.ReportStateTypeComplete || again.Description != nil {
		t.Errorf("second: %s, %q", again.State, value(again.Description))
	}
	out := do(w, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{})
	if !out.GeneratedTime.Equal(made) || out.ReportFormat != "text/csv" || strings.Contains(string(out.Content), "late") {
		t.Errorf("report of %s as %s:\n%s", out.GeneratedTime, out.ReportFormat, out.Content)
	}

	w.time = w.time.Add(time.Second)
	if got := status("ReportExpired"); got != 410 {
		t.Errorf("ReportExpired has status %d", got)
	}
	if w.generateReport(w.root).State != iamapi.ReportStateTypeStarted {
		t.Error("an expired report was not made anew")
	}
	if !strings.Contains(strings.Join(w.report(w.root), "\n"), "\nlate,") {
		t.Error("the new report has not what is new")
	}
}

func TestCredentialReportIsTheAccounts(t *testing.T) {
	w := newWorld(t)
	w.user("alice", "")
	w.generateReport(w.root)
	refusedAs(w, w.stranger, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{}, "ReportNotPresent")
	w.generateReport(w.stranger)
	if lines := w.report(w.stranger); len(lines) != 2 || !strings.HasPrefix(lines[1], "<root_account>,arn:aws:iam::"+other+":root,") {
		t.Errorf("report of the other account: %q", lines)
	}
}

func TestCredentialReportPermissions(t *testing.T) {
	w := newWorld(t)
	maker, reader := w.user("maker", allow("iam:GenerateCredentialReport", "*")), w.user("reader", allow("iam:GetCredentialReport", "*"))
	refusedAs(w, reader, iamapi.OpGenerateCredentialReport, iamapi.GenerateCredentialReportInput{}, "AccessDenied")
	refusedAs(w, reader, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{}, "ReportNotPresent")
	w.generateReport(maker)
	refusedAs(w, maker, iamapi.OpGetCredentialReport, iamapi.GetCredentialReportInput{}, "AccessDenied")
	if lines := w.report(reader); len(lines) != 4 {
		t.Errorf("report: %q", lines)
	}
}
