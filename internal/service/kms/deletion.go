package kms

import (
	"context"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// The waiting period of a deletion, in days.
const (
	minWindow     = 7
	maxWindow     = 30
	defaultWindow = 30
)

// ScheduleKeyDeletion makes a key unusable and lets its waiting period begin.
// That of a primary key begins when the last of its replicas is gone.
func (s *Service) ScheduleKeyDeletion(ctx context.Context, in *kmsapi.ScheduleKeyDeletionInput) (*kmsapi.ScheduleKeyDeletionOutput, error) {
	window := int32(defaultWindow)
	if in.PendingWindowInDays != nil {
		window = *in.PendingWindowInDays
	}
	a := access{
		action: "kms:ScheduleKeyDeletion",
		keys:   []conditionKey{condition("schedulekeydeletionpendingwindowindays", itoa(window))},
	}
	now := cloud.From(ctx).Time
	k, err := s.change(ctx, *in.KeyId, a, func(tx *store.Tx, k *Key) error {
		if err := k.requireKept(now); err != nil {
			return err
		}
		if window < minWindow || window > maxWindow {
			return errValidation("PendingWindowInDays must be between %d and %d days (inclusive)", minWindow, maxWindow)
		}
		k.Deletion = &Deletion{WindowDays: window}
		if !k.Primary || len(k.set(tx)) == 1 {
			k.Deletion.Date = seconds(now).AddDate(0, 0, int(window))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &kmsapi.ScheduleKeyDeletionOutput{
		KeyId:               new(k.ARN()),
		KeyState:            k.state(now),
		PendingWindowInDays: new(window),
	}
	if !k.Deletion.Date.IsZero() {
		out.DeletionDate = new(k.Deletion.Date)
	}
	return out, nil
}

// CancelKeyDeletion keeps a key that was to be deleted. It stays disabled.
func (s *Service) CancelKeyDeletion(ctx context.Context, in *kmsapi.CancelKeyDeletionInput) (*kmsapi.CancelKeyDeletionOutput, error) {
	k, err := s.change(ctx, *in.KeyId, access{action: "kms:CancelKeyDeletion"}, func(_ *store.Tx, k *Key) error {
		if k.Deletion == nil {
			return kmsapi.ErrKMSInvalidStateException("%s is not pending deletion.", k.ARN())
		}
		k.Deletion = nil
		k.Disabled = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kmsapi.CancelKeyDeletionOutput{KeyId: new(k.ARN())}, nil
}
