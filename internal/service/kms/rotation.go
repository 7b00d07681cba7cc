package kms

import (
	"context"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const (
	defaultRotationDays = 365
	// maxOnDemandRotations is the quota of on-demand rotations of a key.
	maxOnDemandRotations = 25
	// maxMissed bounds how many missed rotations are made up for at once. More
	// than that many are of a clock that was turned, not of a key that slept.
	maxMissed = 64
	// imminent is how long before an automatic rotation none is possible on
	// demand.
	imminent = 20 * time.Minute
)

// rotateDue makes the automatic rotations of a set that are due, each at its
// date, as if somebody had been there.
func (s *Service) rotateDue(tx *store.Tx, set []*Key, now time.Time) error {
	next, period := set[0].Rotation.Next, int(set[0].Rotation.PeriodDays)
	if missed := int(now.Sub(next).Hours() / 24 / float64(period)); missed > maxMissed {
		next = next.AddDate(0, 0, (missed-maxMissed)*period)
	}
	for !next.After(now) {
		var err error
		if set, err = s.rotate(set, next, kmsapi.RotationTypeAutomatic); err != nil {
			return err
		}
		next = next.AddDate(0, 0, period)
	}
	for _, k := range set {
		k.Rotation.Next = next
		keys.Put(tx, k.row(), k)
	}
	return nil
}

// rotate gives copies of the keys of a set with new material.
func (s *Service) rotate(set []*Key, at time.Time, kind kmsapi.RotationType) ([]*Key, error) {
	material, err := generate(set[0].Spec)
	if err != nil {
		return nil, err
	}
	defer material.Zero()
	rotated := make([]*Key, len(set))
	for i, k := range set {
		m := seal(s.cloud.Keyring, k, material)
		m.Rotated, m.Type = at, kind
		rotated[i] = k.clone()
		rotated[i].Materials = append(rotated[i].Materials, m)
	}
	return rotated, nil
}

// changeRotation changes the rotation of a key and of its replicas, which share
// it. A replica key cannot change it.
func (s *Service) changeRotation(ctx context.Context, keyID string, a access, fn func(now time.Time, k *Key) error) error {
	_, err := s.change(ctx, keyID, a, func(tx *store.Tx, k *Key) error {
		now := cloud.From(ctx).Time
		if err := k.requireRotatable(now); err != nil {
			return err
		}
		if err := fn(now, k); err != nil {
			return err
		}
		for _, other := range k.set(tx) {
			if other.Region != k.Region {
				other = other.clone()
				other.Rotation = k.Rotation
				keys.Put(tx, other.row(), other)
			}
		}
		return nil
	})
	return err
}

// requireRotatable is for operations that set up automatic rotation.
func (k *Key) requireRotatable(now time.Time) error {
	if err := k.requireSymmetric(); err != nil {
		return err
	}
	if err := k.requireOrigin(kmsapi.OriginTypeAwsKms); err != nil {
		return err
	}
	if k.MultiRegion && !k.Primary {
		return errReplica(k)
	}
	return k.requireUsable(now)
}

func errReplica(k *Key) error {
	return kmsapi.ErrUnsupportedOperationException("%s is a multi-Region replica key, which is not valid for this operation.", k.ARN())
}

// EnableKeyRotation turns automatic rotation on, or changes its period.
func (s *Service) EnableKeyRotation(ctx context.Context, in *kmsapi.EnableKeyRotationInput) (*kmsapi.EnableKeyRotationOutput, error) {
	period := int32(defaultRotationDays)
	if in.RotationPeriodInDays != nil {
		period = *in.RotationPeriodInDays
	}
	a := access{
		action: "kms:EnableKeyRotation",
		keys:   []conditionKey{condition("rotationperiodindays", itoa(period))},
	}
	err := s.changeRotation(ctx, *in.KeyId, a, func(now time.Time, k *Key) error {
		if !k.Rotation.Enabled || in.RotationPeriodInDays != nil {
			k.Rotation.Next = seconds(now).AddDate(0, 0, int(period))
			k.Rotation.PeriodDays = period
		}
		k.Rotation.Enabled = true
		return nil
	})
	return &kmsapi.EnableKeyRotationOutput{}, err
}

// DisableKeyRotation turns automatic rotation off.
func (s *Service) DisableKeyRotation(ctx context.Context, in *kmsapi.DisableKeyRotationInput) (*kmsapi.DisableKeyRotationOutput, error) {
	err := s.changeRotation(ctx, *in.KeyId, access{action: "kms:DisableKeyRotation"}, func(_ time.Time, k *Key) error {
		k.Rotation.Enabled = false
		return nil
	})
	return &kmsapi.DisableKeyRotationOutput{}, err
}

// GetKeyRotationStatus tells whether and when a key rotates.
func (s *Service) GetKeyRotationStatus(ctx context.Context, in *kmsapi.GetKeyRotationStatusInput) (*kmsapi.GetKeyRotationStatusOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:GetKeyRotationStatus", shared: true})
	if err != nil {
		return nil, err
	}
	if err := o.requireSymmetric(); err != nil {
		return nil, err
	}
	if err := o.requireOrigin(kmsapi.OriginTypeAwsKms); err != nil {
		return nil, err
	}
	out := &kmsapi.GetKeyRotationStatusOutput{KeyId: new(o.ID), KeyRotationEnabled: new(false)}
	if o.Rotation.Enabled && o.Deletion == nil {
		out.KeyRotationEnabled = new(true)
		out.RotationPeriodInDays = new(o.Rotation.PeriodDays)
		out.NextRotationDate = new(o.Rotation.Next)
	}
	return out, nil
}
