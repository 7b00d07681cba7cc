package kms

import (
	"context"
	"slices"
	"strconv"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// maxValidity bounds how far in the future imported material may expire.
const maxValidity = 365 * 24 * time.Hour

// ImportKeyMaterial imports key material into a key that was created without,
// or imports the same material again.
func (s *Service) ImportKeyMaterial(ctx context.Context, in *kmsapi.ImportKeyMaterialInput) (*kmsapi.ImportKeyMaterialOutput, error) {
	t, err := s.find(ctx, *in.KeyId, false)
	if err != nil {
		return nil, err
	}
	a := importAccess(in)
	if err := s.authorize(ctx, t, &a); err != nil {
		return nil, err
	}
	now := cloud.From(ctx).Time
	if err := t.key.checkImport(in, now); err != nil {
		return nil, err
	}
	material, err := s.unwrap(t.key, in.ImportToken, in.EncryptedKeyMaterial, now)
	if err != nil {
		return nil, err
	}
	defer material.Zero()
	sealed := seal(s.cloud.Keyring, t.key.Key, material)
	sealed.ValidTo = deref(in.ValidTo).UTC()
	_, err = s.changeTarget(ctx, t, &a, func(tx *store.Tx, k *Key) error {
		return k.importMaterial(tx, sealed, in, now)
	})
	if err != nil {
		return nil, err
	}
	return &kmsapi.ImportKeyMaterialOutput{KeyId: new(t.key.arn), KeyMaterialId: new(sealed.ID.String())}, nil
}

// importAccess gives policies the expiration model that the import will have:
// who leaves it out must not get past a condition on the default.
func importAccess(in *kmsapi.ImportKeyMaterialInput) access {
	model := in.ExpirationModel
	if model == "" {
		model = kmsapi.ExpirationModelTypeKeyMaterialExpires
	}
	a := access{
		action: "kms:ImportKeyMaterial",
		keys:   []conditionKey{condition("expirationmodel", model)},
	}
	if in.ValidTo != nil {
		a.keys = append(a.keys, condition("validto", strconv.FormatInt(in.ValidTo.Unix(), 10)))
	}
	return a
}

// checkImport checks the parameters of an import.
func (o *opened) checkImport(in *kmsapi.ImportKeyMaterialInput, now time.Time) error {
	if err := o.requireImportable(now); err != nil {
		return err
	}
	expires := in.ExpirationModel != kmsapi.ExpirationModelTypeKeyMaterialDoesNotExpire
	switch {
	case expires && in.ValidTo == nil:
		return errValidation("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
	case !expires && in.ValidTo != nil:
		return errValidation("A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE")
	case expires && (!in.ValidTo.After(now) || in.ValidTo.After(now.Add(maxValidity))):
		return errValidation("ValidTo must be a date in the future, at most 365 days from now")
	case o.symmetric():
	case in.ImportType != "" || in.KeyMaterialDescription != nil || in.KeyMaterialId != nil:
		return errValidation("ImportType, KeyMaterialDescription and KeyMaterialId are supported only for symmetric encryption KMS keys.")
	}
	if in.ImportType == kmsapi.ImportTypeNewKeyMaterial && in.KeyMaterialId != nil {
		return errValidation("KeyMaterialId cannot be specified when the ImportType is NEW_KEY_MATERIAL.")
	}
	return nil
}

// importMaterial puts material, sealed for k, into its place.
func (k *Key) importMaterial(tx *store.Tx, m Material, in *kmsapi.ImportKeyMaterialInput, now time.Time) error {
	if err := k.requireImportable(now); err != nil {
		return err
	}
	if in.KeyMaterialId != nil && *in.KeyMaterialId != m.ID.String() {
		return errMaterial()
	}
	index := k.material(m.ID)
	if asked := importType(k, in); (asked == kmsapi.ImportTypeExistingKeyMaterial) != (index >= 0 || k.ofPrimary(tx, m.ID)) {
		return errMaterial()
	}
	waiting := k.pendingImport(now)
	if index >= 0 {
		k.reimport(index, m, in.KeyMaterialDescription)
	} else if err := k.importNew(m, in.KeyMaterialDescription); err != nil {
		return err
	}
	if waiting && !k.pendingImport(now) {
		k.Disabled = false
	}
	return nil
}

// importType is what the request says, or what it means when it says nothing.
func importType(k *Key, in *kmsapi.ImportKeyMaterialInput) kmsapi.ImportType {
	switch {
	case in.ImportType != "":
		return in.ImportType
	case len(k.Materials) == 0:
		return kmsapi.ImportTypeNewKeyMaterial
	}
	return kmsapi.ImportTypeExistingKeyMaterial
}

// ofPrimary reports that a replica's primary key has material that the replica
// has never had: to the replica it is not new either.
func (k *Key) ofPrimary(tx *store.Tx, id cryptography.MaterialID) bool {
	return k.MultiRegion && !k.Primary && slices.ContainsFunc(k.set(tx), func(other *Key) bool {
		return other.Primary && other.material(id) >= 0
	})
}

func (k *Key) reimport(index int, m Material, description *string) {
	old := &k.Materials[index]
	old.Sealed, old.ValidTo = m.Sealed, m.ValidTo
	if description != nil {
		old.Description = *description
	}
}

// importNew adds material that the key has not had. The first of a key is its
// current material at once; any other waits for a rotation.
func (k *Key) importNew(m Material, description *string) error {
	switch {
	case len(k.Materials) > 0 && !k.symmetric():
		return errMaterial() // never another than the first
	case k.pending() >= 0:
		return kmsapi.ErrKMSInvalidStateException(
			"New key material (id: %s) cannot be imported into KMS key %s, because another key material (id: %s) is pending rotation.",
			m.ID, k.ARN(), k.Materials[k.pending()].ID)
	}
	m.Description = deref(description)
	m.Pending = len(k.Materials) > 0
	k.Materials = append(k.Materials, m)
	return nil
}

// DeleteImportedKeyMaterial deletes imported key material, by default the
// current one. The key is of no use until the same material is imported again.
func (s *Service) DeleteImportedKeyMaterial(ctx context.Context, in *kmsapi.DeleteImportedKeyMaterialInput) (*kmsapi.DeleteImportedKeyMaterialOutput, error) {
	var deleted string
	k, err := s.change(ctx, *in.KeyId, access{action: "kms:DeleteImportedKeyMaterial"}, func(tx *store.Tx, k *Key) error {
		if err := k.requireOrigin(kmsapi.OriginTypeExternal); err != nil {
			return err
		}
		index := k.current()
		if in.KeyMaterialId != nil {
			index = slices.IndexFunc(k.Materials, func(m Material) bool { return m.ID.String() == *in.KeyMaterialId })
			if index < 0 {
				return kmsapi.ErrNotFoundException("Key material %s of %s is not found.", *in.KeyMaterialId, k.ARN())
			}
		}
		if index >= 0 {
			deleted = k.Materials[index].ID.String()
			k.deleteMaterial(tx, index)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &kmsapi.DeleteImportedKeyMaterialOutput{KeyId: new(k.ARN()), KeyMaterialId: new(deleted)}, nil
}

// deleteMaterial wipes material. What waits for a rotation is forgotten, with a
// primary key by its replicas too.
func (k *Key) deleteMaterial(tx *store.Tx, index int) {
	m := &k.Materials[index]
	if !m.Pending {
		m.Sealed = nil
		return
	}
	if k.Primary {
		for _, other := range k.set(tx) {
			if i := other.material(m.ID); !other.Primary && i >= 0 {
				other = other.clone()
				other.Materials = slices.Delete(other.Materials, i, i+1)
				keys.Put(tx, other.row(), other)
			}
		}
	}
	k.Materials = slices.Delete(k.Materials, index, index+1)
}
