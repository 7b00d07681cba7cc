package policy

import "fmt"

// Effect is what a statement does with a request that it matches, and what a
// policy as a whole says about one.
type Effect uint8

// The effects.
const (
	// NoMatch: no statement matched. By itself that is an implicit denial.
	NoMatch Effect = iota
	// Allow permits the request unless something else denies it.
	Allow
	// Deny refuses the request, whatever else allows it.
	Deny
)

// String is the effect as a document spells it: "Allow", "Deny", or "NoMatch".
func (e Effect) String() string {
	switch e {
	case NoMatch:
		return "NoMatch"
	case Allow:
		return "Allow"
	case Deny:
		return "Deny"
	}
	return fmt.Sprintf("Effect(%d)", uint8(e))
}

// MarshalText implements encoding.TextMarshaler.
func (e Effect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }
