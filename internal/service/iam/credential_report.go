package iam

import (
	"context"
	"time"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// CredentialReport is the latest credential report of an account.
type CredentialReport struct {
	Generated time.Time
	Content   []byte
}

var credentialReports = store.NewTable[CredentialReport]("iam.credential-reports") // under the account

// reportLifetime is how long a report is current: until it ends no new one is
// made, and afterwards it is not given any more.
const reportLifetime = 4 * time.Hour

func (r *CredentialReport) current(at time.Time) bool {
	return at.Sub(r.Generated) <= reportLifetime
}

// GenerateCredentialReport makes a report, unless there is a current one. It
// is ready when the call returns; still the answer says that it was started,
// which is what clients expect of the call that does.
func (s *Service) GenerateCredentialReport(ctx context.Context, _ *iamapi.GenerateCredentialReportInput) (*iamapi.GenerateCredentialReportOutput, error) {
	if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
		return nil, err
	}
	id := cloud.From(ctx).Account()
	account, err := s.cloud.Accounts.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	report := &CredentialReport{Generated: now(ctx)}
	err = s.view(ctx, func(tx *store.Tx) (err error) {
		if latest := credentialReports.Get(tx, id); latest == nil || !latest.current(report.Generated) {
			report.Content, err = s.reportContent(tx, account)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case report.Content == nil:
		return &iamapi.GenerateCredentialReportOutput{State: iamapi.ReportStateTypeComplete}, nil
	}
	// Not through s.update: no answer about any identity depends on reports.
	err = s.store.Update(ctx, func(tx *store.Tx) error {
		credentialReports.Put(tx, id, report)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &iamapi.GenerateCredentialReportOutput{
		State:       iamapi.ReportStateTypeStarted,
		Description: new("No report exists. Starting a new report generation task"),
	}, nil
}

// GetCredentialReport gives the report that was made last.
func (s *Service) GetCredentialReport(ctx context.Context, _ *iamapi.GetCredentialReportInput) (*iamapi.GetCredentialReportOutput, error) {
	if err := check(ctx, authz.Request{Resource: "*"}); err != nil {
		return nil, err
	}
	var report *CredentialReport
	err := s.view(ctx, func(tx *store.Tx) error {
		report = credentialReports.Get(tx, cloud.From(ctx).Account())
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case report == nil:
		return nil, iamapi.ErrReportNotPresent("") // IAM says no more than the code
	case !report.current(now(ctx)):
		return nil, iamapi.ErrReportExpired("")
	}
	return &iamapi.GetCredentialReportOutput{
		Content:       report.Content,
		ReportFormat:  iamapi.ReportFormatTypeTextCsv,
		GeneratedTime: new(report.Generated),
	}, nil
}

// reportContent is the report of an account: a heading, the root user, and
// the users by name without regard to case.
func (s *Service) reportContent(tx *store.Tx, account *accounts.Account) ([]byte, error) {
	w := newReportWriter()
	w.write(s.rootRow(tx, account))
	policy := settingsOf(tx, account.ID).PasswordPolicy
	for _, u := range users.Scan(tx, store.Prefix(account.ID), "") {
		w.write(s.userRow(tx, u, policy))
	}
	return w.content()
}
