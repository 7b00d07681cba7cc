package fieldcrypt

import (
	"errors"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// The errors of sealing and opening one value, found by errors.Is.
var (
	// ErrMarker: a marker's key, version, prefix or suffix is not allowed.
	ErrMarker = errors.New("marker not allowed")
	// ErrEncoding: the key's markers cannot say what the value is.
	ErrEncoding = errors.New("value cannot be told by the marker")
	// ErrTooLong: the value or payload is longer than the key or a limit allows.
	ErrTooLong = body.ErrTooLong
	// ErrSeal: no ciphertext could be made.
	ErrSeal = body.ErrSeal
	// ErrUnknownKey: the opener has no such key or version.
	ErrUnknownKey = errors.New("key not known")
	// ErrDenied: the caller may not use the key.
	ErrDenied = errors.New("key not permitted")
	// ErrUnavailable: KMS did not answer, or is over its limits. Later it may open.
	ErrUnavailable = errors.New("key not available")
	// ErrInvalid: the ciphertext is not one of this key, or not as it was sealed.
	ErrInvalid = errors.New("ciphertext not valid")
)

// An OpenError tells which marker does not open, and why. It holds neither
// ciphertext nor plaintext.
type OpenError struct {
	Marker string // "ssn.2"
	Reason error  // ErrUnknownKey, ErrDenied, ErrUnavailable or ErrInvalid
	Err    error  // what KMS said, nil where it was not asked
}

// Error implements error.
func (e *OpenError) Error() string {
	if e.Err == nil {
		return e.Marker + ": " + e.Reason.Error()
	}
	return e.Marker + ": " + e.Reason.Error() + ": " + e.Err.Error()
}

// Unwrap gives the reason and what KMS said.
func (e *OpenError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Err}
}
