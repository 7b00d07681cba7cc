package kms

import (
	"context"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// EnableKey makes a disabled key usable again. Had it been due to rotate, it
// rotates at once, and its schedule starts anew.
func (s *Service) EnableKey(ctx context.Context, in *kmsapi.EnableKeyInput) (*kmsapi.EnableKeyOutput, error) {
	_, err := s.change(ctx, *in.KeyId, access{action: "kms:EnableKey"}, func(tx *store.Tx, k *Key) error {
		now := cloud.From(ctx).Time
		if err := k.requireSwitchable(now); err != nil {
			return err
		}
		if !k.Disabled {
			return nil
		}
		k.Disabled = false
		if k.rotationDue(now) && (k.Primary || !k.MultiRegion) {
			return s.catchUp(ctx, tx, k)
		}
		return nil
	})
	return &kmsapi.EnableKeyOutput{}, err
}

// catchUp rotates k, which the caller stores, and its replicas once for all
// rotations that it has missed.
func (s *Service) catchUp(ctx context.Context, tx *store.Tx, k *Key) error {
	at := seconds(cloud.From(ctx).Time)
	set := k.set(tx)
	for i := range set {
		if set[i].Region == k.Region {
			set[i] = k
		}
	}
	rotated, err := s.rotate(set, at, kmsapi.RotationTypeAutomatic)
	if err != nil {
		return err
	}
	for _, other := range rotated {
		other.Rotation.Next = at.AddDate(0, 0, int(other.Rotation.PeriodDays))
		if other.Region == k.Region {
			*k = *other
		} else {
			keys.Put(tx, other.row(), other)
		}
	}
	return nil
}

// DisableKey makes a key unusable until it is enabled again.
func (s *Service) DisableKey(ctx context.Context, in *kmsapi.DisableKeyInput) (*kmsapi.DisableKeyOutput, error) {
	_, err := s.change(ctx, *in.KeyId, access{action: "kms:DisableKey"}, func(_ *store.Tx, k *Key) error {
		if err := k.requireSwitchable(cloud.From(ctx).Time); err != nil {
			return err
		}
		k.Disabled = true
		return nil
	})
	return &kmsapi.DisableKeyOutput{}, err
}

// UpdateKeyDescription changes the description of a key.
func (s *Service) UpdateKeyDescription(ctx context.Context, in *kmsapi.UpdateKeyDescriptionInput) (*kmsapi.UpdateKeyDescriptionOutput, error) {
	_, err := s.change(ctx, *in.KeyId, access{action: "kms:UpdateKeyDescription"}, func(_ *store.Tx, k *Key) error {
		if err := k.requireKept(cloud.From(ctx).Time); err != nil {
			return err
		}
		k.Description = *in.Description
		return nil
	})
	return &kmsapi.UpdateKeyDescriptionOutput{}, err
}
