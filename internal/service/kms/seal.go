package kms

import (
	"crypto/rand"
	"fmt"

	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

const materialPurpose = "kms-material"

// seal makes a material's row: the secret sealed and bound to the key in its
// Region, so that no row can be put in the place of another.
func seal(kr *keyring.Keyring, k *Key, m *cryptography.Material) Material {
	id := m.ID(k.ID)
	secret := m.Marshal()
	defer clear(secret)
	return Material{ID: id, Sealed: kr.Seal(materialPurpose, secret, binding(k, id))}
}

func unseal(kr *keyring.Keyring, k *Key, m *Material) (*cryptography.Material, error) {
	secret, err := kr.Open(materialPurpose, m.Sealed, binding(k, m.ID))
	if err != nil {
		return nil, fmt.Errorf("key material %s of %s: %w", m.ID, k.ARN(), err)
	}
	defer clear(secret)
	return cryptography.Unmarshal(k.Spec, secret)
}

func binding(k *Key, id cryptography.MaterialID) []byte {
	return append([]byte(k.ARN()+"\x00"), id[:]...)
}

// generate makes new material for a key.
func generate(spec cryptography.Spec) (*cryptography.Material, error) {
	return cryptography.Generate(spec, rand.Reader)
}
