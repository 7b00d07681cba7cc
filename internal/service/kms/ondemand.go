package kms

import (
	"context"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// RotateKeyOnDemand gives a key new material now: generated, or the imported
// material that waits for it.
func (s *Service) RotateKeyOnDemand(ctx context.Context, in *kmsapi.RotateKeyOnDemandInput) (*kmsapi.RotateKeyOnDemandOutput, error) {
	k, err := s.change(ctx, *in.KeyId, access{action: "kms:RotateKeyOnDemand"}, func(tx *store.Tx, k *Key) error {
		now := cloud.From(ctx).Time
		if err := k.requireOnDemand(now); err != nil {
			return err
		}
		return s.rotateOnDemand(tx, k, seconds(now))
	})
	if err != nil {
		return nil, err
	}
	return &kmsapi.RotateKeyOnDemandOutput{KeyId: new(k.ARN())}, nil
}

// requireOnDemand checks the state before the kind of key, as AWS does: a
// disabled RSA key is disabled before it is unable to rotate.
func (k *Key) requireOnDemand(now time.Time) error {
	if err := k.requireUsable(now); err != nil {
		return err
	}
	if err := k.requireSymmetric(); err != nil {
		return err
	}
	if k.MultiRegion && !k.Primary {
		return errReplica(k)
	}
	if k.Rotation.Enabled && k.Rotation.Next.Sub(now) < imminent {
		return kmsapi.ErrConflictException("An automatic rotation of %s is in progress or scheduled to begin within the next 20 minutes.", k.ARN())
	}
	if k.Rotation.OnDemand >= maxOnDemandRotations {
		return kmsapi.ErrLimitExceededException("The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: %s", k.ARN())
	}
	return nil
}

// rotateOnDemand rotates k, which the caller stores, and its replicas.
func (s *Service) rotateOnDemand(tx *store.Tx, k *Key, at time.Time) error {
	set := k.set(tx)
	var rotated []*Key
	var err error
	if k.Origin == kmsapi.OriginTypeExternal {
		rotated, err = promotePending(set, at)
	} else {
		rotated, err = s.rotate(set, at, kmsapi.RotationTypeOnDemand)
	}
	if err != nil {
		return err
	}
	for _, other := range rotated {
		other.Rotation.OnDemand++
		if other.Region == k.Region {
			*k = *other
		} else {
			keys.Put(tx, other.row(), other)
		}
	}
	return nil
}

// promotePending makes the imported material that waits for its rotation the
// current one, in every key of a set. All of them must have it.
func promotePending(set []*Key, at time.Time) ([]*Key, error) {
	rotated := make([]*Key, len(set))
	for i, k := range set {
		p := k.pending()
		if p < 0 || len(k.Materials[p].Sealed) == 0 || k.Materials[p].expired(at) {
			return nil, kmsapi.ErrKMSInvalidStateException("No available key material pending rotation for the key: %s.", k.ARN())
		}
		rotated[i] = k.clone()
		m := &rotated[i].Materials[p]
		m.Pending, m.Rotated, m.Type = false, at, kmsapi.RotationTypeOnDemand
	}
	return rotated, nil
}
