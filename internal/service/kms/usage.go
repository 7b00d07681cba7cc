package kms

import (
	"context"
	"sync/atomic"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Usage is the last successful cryptographic operation with a key.
type Usage struct {
	Operation kmsapi.KeyLastUsageTrackingOperation
	Time      time.Time
	RequestID string
}

var usages = store.NewTable[Usage]("kms.usage")

// tracker holds a key's last usage in memory. It is written to the store when
// what is there is an hour old, so that using a key stays cheap; a crash can
// take back what GetKeyLastUsage says by that much.
type tracker struct {
	row     string
	last    atomic.Pointer[Usage]
	written atomic.Int64 // Unix time of what is in the store
}

const usageInterval = time.Hour

func (s *Service) tracker(row string) *tracker {
	if t, ok := s.usage.Load(row); ok {
		return t.(*tracker)
	}
	t, _ := s.usage.LoadOrStore(row, &tracker{row: row})
	return t.(*tracker)
}

// used notes that the call's operation has used the key.
func (s *Service) used(ctx context.Context, o *opened, op kmsapi.KeyLastUsageTrackingOperation) error {
	call := cloud.From(ctx)
	t := o.usage
	u := &Usage{Operation: op, Time: call.Time, RequestID: call.ID}
	t.last.Store(u)
	now, written := call.Time.Unix(), t.written.Load()
	if now-written < int64(usageInterval/time.Second) && now >= written || !t.written.CompareAndSwap(written, now) {
		return nil
	}
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if keys.Get(tx, t.row) != nil { // it may have been destroyed meanwhile
			usages.Put(tx, t.row, u)
		}
		return nil
	})
}

// lastUsage gives the last usage of a key, nil when there was none.
func (s *Service) lastUsage(ctx context.Context, o *opened) (*Usage, error) {
	if u := o.usage.last.Load(); u != nil {
		return u, nil
	}
	var u *Usage
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		u = usages.Get(tx, o.usage.row)
		return nil
	})
	return u, err
}

// GetKeyLastUsage tells when and how a key was last used.
func (s *Service) GetKeyLastUsage(ctx context.Context, in *kmsapi.GetKeyLastUsageInput) (*kmsapi.GetKeyLastUsageOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:GetKeyLastUsage"})
	if err != nil {
		return nil, err
	}
	out := &kmsapi.GetKeyLastUsageOutput{
		KeyId:             new(o.ID),
		TrackingStartDate: new(o.Created),
		KeyCreationDate:   new(o.Created),
	}
	u, err := s.lastUsage(ctx, o)
	if err != nil || u == nil {
		return out, err
	}
	out.KeyLastUsage = &kmsapi.KeyLastUsageData{
		Operation:    u.Operation,
		Timestamp:    new(u.Time),
		KmsRequestId: new(u.RequestID),
	}
	return out, nil
}
