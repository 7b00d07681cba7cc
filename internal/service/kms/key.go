package kms

import (
	"slices"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// Key is a KMS key in one Region. The keys of a multi-Region set are rows of
// their own that share the id; what the set shares (material, rotation) is
// written to all of them in one transaction.
type Key struct {
	Account, Region, ID string

	Manager     kmsapi.KeyManagerType
	Created     time.Time
	Description string
	Spec        cryptography.Spec
	Usage       cryptography.Usage
	Origin      kmsapi.OriginType

	MultiRegion bool
	Primary     bool // of a multi-Region set

	// Policy is the key policy with its principals bound, see package
	// principals.
	Policy string
	// Tags and Aliases are here too, because conditions of policies ask for
	// them on every call. The aliases are in the order of their names.
	Tags    map[string]string
	Aliases []string

	Disabled bool
	Deletion *Deletion // nil: not scheduled
	Rotation Rotation
	// Materials are in the order of the rotations that brought them, the first
	// material first. Material that waits for its rotation comes last.
	Materials []Material
}

// Deletion is the scheduled deletion of a key.
type Deletion struct {
	WindowDays int32
	// Date is when the key goes. It is zero for a primary key that has replica
	// keys: its waiting period begins when the last of them is gone.
	Date time.Time
}

// Rotation is a key's rotation schedule.
type Rotation struct {
	Enabled    bool
	PeriodDays int32
	Next       time.Time
	OnDemand   int // rotations on demand so far
}

// Material is one key material of a key.
type Material struct {
	ID cryptography.MaterialID
	// Sealed is empty when imported material was deleted or has expired.
	Sealed []byte
	// Rotated and Type tell of the rotation that made the material current.
	// The first material has neither.
	Rotated time.Time
	Type    kmsapi.RotationType
	// Pending is imported material that waits for its rotation.
	Pending bool

	// Of imported material.
	Description string
	ValidTo     time.Time // zero: does not expire
}

var (
	keys = store.NewTable[Key]("kms.keys")
	// multiRegion finds the keys of a multi-Region set.
	multiRegion = keys.Index("multi-region", func(k *Key) []string {
		if !k.MultiRegion {
			return nil
		}
		return []string{store.Key(k.Account, k.ID)}
	})
	// dueAt finds the keys for which something is to be done when a time has
	// come, even if nobody uses them any more: a secret that is to be
	// destroyed must not outlive its date by long.
	dueAt = keys.Index("due", func(k *Key) []string {
		if due := k.destructionDue(); !due.IsZero() {
			return []string{timeKey(due)}
		}
		return nil
	})
)

// timeKey writes a time so that times sort as texts.
func timeKey(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// row is the key of the Key's row.
func (k *Key) row() string { return store.Key(k.Account, k.Region, k.ID) }

// ARN is the key's Amazon Resource Name.
func (k *Key) ARN() string { return keyARN(k.Region, k.Account, k.ID) }

func keyARN(region, account, id string) string {
	return cloud.ARN("kms", region, account, "key/"+id)
}

func (k *Key) address() cryptography.Address {
	return cryptography.Address{Account: k.Account, Region: k.Region, KeyID: k.ID}
}

// clone copies the key for a change.
func (k *Key) clone() *Key {
	c := *k
	c.Tags = cloneMap(k.Tags)
	c.Aliases = slices.Clone(k.Aliases)
	c.Materials = slices.Clone(k.Materials)
	if k.Deletion != nil {
		c.Deletion = new(*k.Deletion)
	}
	return &c
}

func cloneMap(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// current is the index of the material that encrypts, -1 when there is none
// yet.
func (k *Key) current() int {
	for i := len(k.Materials) - 1; i >= 0; i-- {
		if !k.Materials[i].Pending {
			return i
		}
	}
	return -1
}

// pending is the index of the material that waits for its rotation, -1 when
// there is none.
func (k *Key) pending() int {
	return slices.IndexFunc(k.Materials, func(m Material) bool { return m.Pending })
}

// material finds material by its id, -1 when the key never had it.
func (k *Key) material(id cryptography.MaterialID) int {
	return slices.IndexFunc(k.Materials, func(m Material) bool { return m.ID == id })
}

// symmetric reports a symmetric encryption key, the only kind that rotates.
func (k *Key) symmetric() bool { return k.Spec == cryptography.SymmetricDefault }

// keyType groups specs as UpdateAlias does: both symmetric, both asymmetric or
// both HMAC.
func (k *Key) keyType() string {
	switch {
	case k.symmetric():
		return "symmetric"
	case k.Spec.IsAsymmetric():
		return "asymmetric"
	}
	return "HMAC"
}

// set gives all keys of a multi-Region key's set, or the key alone.
func (k *Key) set(tx *store.Tx) []*Key {
	if !k.MultiRegion {
		return []*Key{k}
	}
	var all []*Key
	for _, other := range multiRegion.Scan(tx, store.Key(k.Account, k.ID), "") {
		all = append(all, other)
	}
	return all
}
