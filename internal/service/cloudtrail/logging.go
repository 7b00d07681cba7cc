package cloudtrail

import (
	"context"
	"slices"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// wake has what was recorded delivered now.
func (s *Service) wake() { s.jobs.Wake(deliveryJob) }

// StartLogging has a trail deliver what is recorded from now on, the record of
// this call first.
func (s *Service) StartLogging(ctx context.Context, in *cloudtrailapi.StartLoggingInput) (*cloudtrailapi.StartLoggingOutput, error) {
	call := cloud.From(ctx)
	t, err := s.findHome(ctx, *in.Name, access{action: "cloudtrail:StartLogging"})
	if err != nil {
		return nil, err
	}
	_, err = s.change(ctx, t, func(t *Trail, p *Progress) error {
		if t.Logging {
			return nil
		}
		t.Logging, t.Started = true, call.Time
		p.DigestFrom = call.Time.Truncate(time.Second)
		now := s.cloud.Audit.Head().Seq
		if n := len(p.Pauses); n > 0 && !p.stopped() {
			// There is something to deliver yet from before the pause.
			p.Pauses = slices.Clone(p.Pauses)
			p.Pauses[n-1].Resume = now
			return nil
		}
		p.Pauses = nil
		p.Position = audit.Position{Seq: now}
		return nil
	})
	return &cloudtrailapi.StartLoggingOutput{}, err
}

// StopLogging has a trail deliver what was recorded until now, the record of
// this call last, and no more.
func (s *Service) StopLogging(ctx context.Context, in *cloudtrailapi.StopLoggingInput) (*cloudtrailapi.StopLoggingOutput, error) {
	call := cloud.From(ctx)
	t, err := s.findHome(ctx, *in.Name, access{action: "cloudtrail:StopLogging"})
	if err != nil {
		return nil, err
	}
	_, err = s.change(ctx, t, func(t *Trail, p *Progress) error {
		if !t.Logging {
			return nil
		}
		t.Logging, t.Stopped = false, call.Time
		p.Pauses = append(p.Pauses[:len(p.Pauses):len(p.Pauses)], Pause{Request: call.ID, At: call.Time})
		return nil
	})
	if err == nil {
		s.wake()
	}
	return &cloudtrailapi.StopLoggingOutput{}, err
}

// GetTrailStatus tells whether a trail logs, and how its deliveries went.
func (s *Service) GetTrailStatus(ctx context.Context, in *cloudtrailapi.GetTrailStatusInput) (*cloudtrailapi.GetTrailStatusOutput, error) {
	t, err := s.find(ctx, *in.Name, access{action: "cloudtrail:GetTrailStatus"})
	if err != nil {
		return nil, err
	}
	p := new(Progress)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if row := progresses.Get(tx, t.ID); row != nil {
			p = row
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	stopped := t.Stopped
	if t.Logging {
		stopped = time.Time{}
	}
	return &cloudtrailapi.GetTrailStatusOutput{
		IsLogging:                 new(t.Logging),
		LatestDeliveryError:       some(p.Error),
		LatestDeliveryTime:        moment(p.Delivered),
		StartLoggingTime:          moment(t.Started),
		StopLoggingTime:           moment(t.Stopped),
		LatestDigestDeliveryTime:  moment(p.Digested),
		LatestDigestDeliveryError: some(p.DigestError),
		// The older members, in text. Nobody is notified.
		LatestDeliveryAttemptTime:          new(written(p.Attempt)),
		LatestDeliveryAttemptSucceeded:     new(written(p.Delivered)),
		LatestNotificationAttemptTime:      new(""),
		LatestNotificationAttemptSucceeded: new(""),
		TimeLoggingStarted:                 new(written(t.Started)),
		TimeLoggingStopped:                 new(written(stopped)),
	}, nil
}

// moment is a time, nil for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// written is a time as CloudTrail writes it, "" for never.
func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
