package kms

import (
	"context"
	"slices"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ReplicateKey makes a replica of a multi-Region primary key in another Region.
// It takes permission to replicate the key and to create keys.
func (s *Service) ReplicateKey(ctx context.Context, in *kmsapi.ReplicateKeyInput) (*kmsapi.ReplicateKeyOutput, error) {
	t, err := s.find(ctx, *in.KeyId, false)
	if err != nil {
		return nil, err
	}
	a := access{action: "kms:ReplicateKey", keys: []conditionKey{condition("replicaregion", *in.ReplicaRegion)}}
	if err := s.authorize(ctx, t, &a); err != nil {
		return nil, err
	}
	replica := newReplica(cloud.From(ctx), t.key.Key, in)
	if err := s.authorizeCreate(ctx, replica, in.Tags, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	if err := t.key.requireReplicable(ctx); err != nil {
		return nil, err
	}
	if err := s.setTags(replica, in.Tags); err != nil {
		return nil, err
	}
	if err := s.setPolicy(ctx, replica, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	if err := s.addReplica(ctx, t, &a, replica); err != nil {
		return nil, err
	}
	m, err := s.describe(ctx, replica)
	return &kmsapi.ReplicateKeyOutput{
		ReplicaKeyMetadata: m,
		ReplicaPolicy:      new(s.names().Render(replica.Policy)),
		ReplicaTags:        slices.Clone(in.Tags),
	}, err
}

// newReplica is a replica with what a set shares, but without material.
func newReplica(call *cloud.Call, primary *Key, in *kmsapi.ReplicateKeyInput) *Key {
	return &Key{
		Account:     primary.Account,
		Region:      *in.ReplicaRegion,
		ID:          primary.ID,
		Manager:     primary.Manager,
		Created:     seconds(call.Time),
		Description: deref(in.Description),
		Spec:        primary.Spec,
		Usage:       primary.Usage,
		Origin:      primary.Origin,
		MultiRegion: true,
		Tags:        map[string]string{},
	}
}

func (o *opened) requireReplicable(ctx context.Context) error {
	if !o.Primary {
		return kmsapi.ErrUnsupportedOperationException("%s is not a multi-Region primary key.", o.arn)
	}
	return o.requireUsable(cloud.From(ctx).Time)
}

// addReplica stores a replica with the rotation and material of its primary
// key.
func (s *Service) addReplica(ctx context.Context, t *target, a *access, replica *Key) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		primary, err := s.again(ctx, tx, t, a)
		if err != nil {
			return err
		}
		if !primary.Primary {
			return errReplica(primary)
		}
		if err := s.settleSet(tx, primary.set(tx), cloud.From(ctx).Time); err != nil {
			return err
		}
		if keys.Get(tx, replica.row()) != nil {
			return kmsapi.ErrAlreadyExistsException("%s already exists", replica.ARN())
		}
		primary = keys.Get(tx, primary.row())
		replica.Rotation = primary.Rotation
		if replica.Materials, err = s.copyMaterials(primary, replica); err != nil {
			return err
		}
		keys.Put(tx, replica.row(), replica)
		return nil
	})
}

// copyMaterials seals the materials of a key for its replica. Imported material
// is for the customer to import into each key.
func (s *Service) copyMaterials(from, to *Key) ([]Material, error) {
	var copies []Material
	for i := range from.Materials {
		m := from.Materials[i]
		switch {
		case m.Pending:
			continue
		case from.Origin == kmsapi.OriginTypeExternal:
			m.Sealed = nil
		default:
			material, err := unseal(s.cloud.Keyring, from, &m)
			if err != nil {
				return nil, err
			}
			m.Sealed = seal(s.cloud.Keyring, to, material).Sealed
			material.Zero()
		}
		copies = append(copies, m)
	}
	return copies, nil
}
