package organizations

import (
	"context"
	"encoding/json"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// CloudTrail has events of the service itself for what comes of requests that
// are answered before they are done.
//
// See https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html

func (s *Service) announceCreation(o *Organization, r *Request) error {
	status := map[string]any{
		"accountName":        "****",
		"state":              r.State,
		"requestedTimestamp": r.Requested,
		"completedTimestamp": r.Completed,
		"id":                 r.ID,
	}
	if r.Failure != "" {
		status["failureReason"] = r.Failure
	} else {
		status["accountId"] = r.Account
	}
	return s.announce(o, "CreateAccountResult", map[string]any{"createAccountStatus": status})
}

func (s *Service) announceClosing(st *seat, account string) error {
	return s.announce(st.Organization, "CloseAccountResult", map[string]any{
		"closeAccountStatus": map[string]any{
			"accountId":          account,
			"state":              "SUCCEEDED",
			"requestedTimestamp": st.now,
			"completedTimestamp": st.now,
		},
	})
}

// announce records an event in the management account.
func (s *Service) announce(o *Organization, name string, details any) error {
	raw, err := json.Marshal(details)
	if err != nil {
		return err
	}
	err = s.cloud.Audit.Append(&audit.Record{
		UserIdentity:        audit.UserIdentity{AccountID: o.Management, InvokedBy: principal},
		EventTime:           s.cloud.Now(),
		EventSource:         principal,
		EventName:           name,
		EventType:           audit.ServiceEvent,
		Region:              s.cloud.Region,
		SourceIPAddress:     principal,
		UserAgent:           principal,
		EventID:             cloud.NewID(),
		ManagementEvent:     true,
		RecipientAccountID:  o.Management,
		ServiceEventDetails: raw,
	})
	if err != nil {
		return err
	}
	return s.cloud.Audit.Sync(context.Background())
}
