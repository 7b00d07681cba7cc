package fieldcrypt

import "github.com/fortlet/fortlet/fieldcrypt/internal/body"

// The reasons why a payload is refused, found by errors.Is; besides these
// [ErrTooLong], and [ErrSeal] for a value that its sealer refuses.
var (
	// ErrSyntax: the payload is not well-formed, or could be read in two ways.
	ErrSyntax = body.ErrSyntax
	// ErrUnsupported: no rule covers the payload's format, or its character set or
	// something in it is not supported.
	ErrUnsupported = body.ErrUnsupported
	// ErrDuplicate: a name stands twice where it may stand once.
	ErrDuplicate = body.ErrDuplicate
	// ErrTooDeep: the payload is nested more deeply than Limits.Depth.
	ErrTooDeep = body.ErrTooDeep
	// ErrTooMany: the payload has more values to seal than Limits.Values.
	ErrTooMany = body.ErrTooMany
	// ErrSealed: a marker did not open, and the Unsealer is strict.
	ErrSealed = body.ErrSealed
)

// A FieldError says at which field of a payload something went wrong. It names
// rule and path and never holds a value.
type FieldError = body.FieldError
