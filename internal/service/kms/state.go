package kms

import (
	"time"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// state is the key's state at a time. See "Key states of AWS KMS keys" in the
// KMS Developer Guide. The transient states Creating and Updating do not occur:
// here those changes are one transaction.
func (k *Key) state(now time.Time) kmsapi.KeyState {
	switch {
	case k.Deletion != nil && k.Deletion.Date.IsZero():
		return kmsapi.KeyStatePendingReplicaDeletion
	case k.Deletion != nil:
		return kmsapi.KeyStatePendingDeletion
	case k.pendingImport(now):
		return kmsapi.KeyStatePendingImport
	case k.Disabled:
		return kmsapi.KeyStateDisabled
	}
	return kmsapi.KeyStateEnabled
}

// gone reports that the key's waiting period is over.
func (k *Key) gone(now time.Time) bool {
	return k.Deletion != nil && !k.Deletion.Date.IsZero() && !now.Before(k.Deletion.Date)
}

// pendingImport reports that material which belongs to the key is not there:
// all of it has to be, old material included.
func (k *Key) pendingImport(now time.Time) bool {
	if k.current() < 0 {
		return true
	}
	for i := range k.Materials {
		if m := &k.Materials[i]; !m.Pending && (len(m.Sealed) == 0 || m.expired(now)) {
			return true
		}
	}
	return false
}

func (m *Material) expired(now time.Time) bool {
	return !m.ValidTo.IsZero() && !now.Before(m.ValidTo)
}

// destructionDue is the next time at which something of the key is to be
// destroyed, zero when there is none.
func (k *Key) destructionDue() time.Time {
	var due time.Time
	if k.Deletion != nil {
		due = k.Deletion.Date
	}
	for i := range k.Materials {
		m := &k.Materials[i]
		if !m.ValidTo.IsZero() && len(m.Sealed) > 0 && (due.IsZero() || m.ValidTo.Before(due)) {
			due = m.ValidTo
		}
	}
	return due
}

// rotationDue reports that automatic rotation is to happen. A key that is not
// enabled does not rotate; one that is enabled again does so at once.
func (k *Key) rotationDue(now time.Time) bool {
	return k.Rotation.Enabled && !now.Before(k.Rotation.Next) && k.state(now) == kmsapi.KeyStateEnabled
}

// The requirements that operations have on the key's state, with the errors of
// the guide's table.

// requireUsable is for operations that use the key or grant its use.
func (k *Key) requireUsable(now time.Time) error {
	switch state := k.state(now); state {
	case kmsapi.KeyStateEnabled:
		return nil
	case kmsapi.KeyStateDisabled:
		return kmsapi.ErrDisabledException("%s is disabled.", k.ARN())
	case kmsapi.KeyStatePendingImport:
		return kmsapi.ErrKMSInvalidStateException("%s is pending import.", k.ARN())
	}
	return k.requireKept(now)
}

// requireKept is for operations that fail only on a key that is to be deleted.
func (k *Key) requireKept(now time.Time) error {
	switch k.state(now) {
	case kmsapi.KeyStatePendingDeletion:
		return kmsapi.ErrKMSInvalidStateException("%s is pending deletion.", k.ARN())
	case kmsapi.KeyStatePendingReplicaDeletion:
		return kmsapi.ErrKMSInvalidStateException("%s is pending replica deletion.", k.ARN())
	}
	return nil
}

// requireSwitchable is for EnableKey and DisableKey.
func (k *Key) requireSwitchable(now time.Time) error {
	if k.state(now) == kmsapi.KeyStatePendingImport {
		return kmsapi.ErrKMSInvalidStateException("%s is pending import.", k.ARN())
	}
	return k.requireKept(now)
}

// requireSymmetric is for operations that only symmetric encryption keys have.
func (k *Key) requireSymmetric() error {
	if !k.symmetric() {
		return kmsapi.ErrUnsupportedOperationException("%s key spec is %s which is not valid for this operation.", k.ARN(), k.Spec)
	}
	return nil
}

func (k *Key) requireOrigin(origin kmsapi.OriginType) error {
	if k.Origin != origin {
		return wrongOrigin(k)
	}
	return nil
}

func wrongOrigin(k *Key) *api.Error {
	return kmsapi.ErrUnsupportedOperationException("%s origin is %s which is not valid for this operation.", k.ARN(), k.Origin)
}
