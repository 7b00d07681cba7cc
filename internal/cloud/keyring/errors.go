package keyring

import "errors"

// The conditions under which a keyring file is refused.
var (
	// ErrPermissions is a file that others than its owner may read.
	ErrPermissions = errors.New("keyring is open to others than its owner")
	// ErrNewer is a file that a newer version of the program wrote.
	ErrNewer = errors.New("keyring was written by a newer version")
	// ErrMalformed is a file that is not a keyring.
	ErrMalformed = errors.New("keyring is malformed")
	// ErrPassphrase is a wrong passphrase, or none where one is needed, or one
	// where the key is not sealed under any.
	ErrPassphrase = errors.New("passphrase does not open the keyring")
)

// FileError says which file was refused and why. It matches one of the errors
// above.
type FileError struct {
	Path   string
	Err    error
	Reason string
}

func (e *FileError) Error() string { return e.Path + ": " + e.Err.Error() + ": " + e.Reason }

// Unwrap gives the condition.
func (e *FileError) Unwrap() error { return e.Err }
