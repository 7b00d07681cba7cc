package kms

import (
	"context"
	"fmt"
	"iter"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListKeyRotations lists the key materials of a key: those that a rotation
// brought, or all of them.
func (s *Service) ListKeyRotations(ctx context.Context, in *kmsapi.ListKeyRotationsInput) (*kmsapi.ListKeyRotationsOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:ListKeyRotations"})
	if err != nil {
		return nil, err
	}
	if err := o.requireSymmetric(); err != nil {
		return nil, err
	}
	p, err := newPage("rotations", in.Limit, in.Marker, 100, 1000)
	if err != nil {
		return nil, err
	}
	everywhere, err := s.pendingEverywhere(ctx, o.Key)
	if err != nil {
		return nil, err
	}
	now := cloud.From(ctx).Time
	all := in.IncludeKeyMaterial == kmsapi.IncludeKeyMaterialAllKeyMaterial
	out := new(kmsapi.ListKeyRotationsOutput)
	out.Rotations, out.NextMarker = paging.Take(p, o.rotationsAfter(p.After), func(i int) (kmsapi.RotationsListEntry, bool) {
		e := o.rotationEntry(i, now)
		if e.KeyMaterialState == kmsapi.KeyMaterialStatePendingRotation && !everywhere {
			e.KeyMaterialState = kmsapi.KeyMaterialStatePendingMultiRegionImportAndRotation
		}
		return e, all || !o.Materials[i].Rotated.IsZero()
	})
	out.Truncated = new(out.NextMarker != nil)
	return out, nil
}

// rotationsAfter gives the indexes of the materials that come after one. They
// are never reordered, so that an index is good for a marker.
func (k *Key) rotationsAfter(after string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range k.Materials {
			if at := fmt.Sprintf("%08d", i); at > after && !yield(at, i) {
				return
			}
		}
	}
}

func (k *Key) rotationEntry(index int, now time.Time) kmsapi.RotationsListEntry {
	m := &k.Materials[index]
	e := kmsapi.RotationsListEntry{
		KeyId:            new(k.ID),
		KeyMaterialId:    new(m.ID.String()),
		KeyMaterialState: kmsapi.KeyMaterialStateNonCurrent,
	}
	switch {
	case m.Pending:
		e.KeyMaterialState = kmsapi.KeyMaterialStatePendingRotation
	case index == k.current():
		e.KeyMaterialState = kmsapi.KeyMaterialStateCurrent
	}
	if !m.Rotated.IsZero() {
		e.RotationDate, e.RotationType = new(m.Rotated), m.Type
	}
	if k.Origin == kmsapi.OriginTypeExternal {
		m.describe(&e, now)
	}
	return e
}

// describe tells about imported material.
func (m *Material) describe(e *kmsapi.RotationsListEntry, now time.Time) {
	e.ImportState = kmsapi.ImportStateImported
	e.ExpirationModel = kmsapi.ExpirationModelTypeKeyMaterialDoesNotExpire
	if m.Description != "" {
		e.KeyMaterialDescription = new(m.Description)
	}
	if !m.ValidTo.IsZero() {
		e.ExpirationModel, e.ValidTo = kmsapi.ExpirationModelTypeKeyMaterialExpires, new(m.ValidTo)
	}
	if len(m.Sealed) == 0 || m.expired(now) {
		e.ImportState, e.ExpirationModel, e.ValidTo = kmsapi.ImportStatePendingImport, "", nil
	}
}

// pendingEverywhere reports that material which waits for its rotation has been
// imported into all replica keys too.
func (s *Service) pendingEverywhere(ctx context.Context, k *Key) (yes bool, err error) {
	p := k.pending()
	if !k.MultiRegion || p < 0 {
		return true, nil
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, other := range k.set(tx) {
			if i := other.material(k.Materials[p].ID); i < 0 || len(other.Materials[i].Sealed) == 0 {
				return nil
			}
		}
		yes = true
		return nil
	})
	return yes, err
}
