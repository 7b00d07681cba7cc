package cryptography

import (
	"crypto/fips140"
	"fmt"
)

// FIPSStatus says how far the process's cryptography is that of Go's FIPS 140-3
// module. It is chosen when the process starts (GODEBUG=fips140=on or only) and
// when it is built (GOFIPS140).
type FIPSStatus struct {
	// Enabled: the module has tested itself and restricts itself.
	Enabled bool
	// Enforced: what is not approved gives an error ("only" mode).
	Enforced bool
	// Module is the module's version, or "latest" when it is not a frozen one.
	Module string
}

// FIPS reports the mode of the running process.
func FIPS() FIPSStatus {
	return FIPSStatus{
		Enabled:  fips140.Enabled(),
		Enforced: fips140.Enforced(),
		Module:   fips140.Version(),
	}
}

// String is the status in words, such as "on (module v1.0.0)".
func (s FIPSStatus) String() string {
	mode := "off"
	switch {
	case s.Enforced:
		mode = "only"
	case s.Enabled:
		mode = "on"
	}
	return fmt.Sprintf("%s (module %s)", mode, s.Module)
}
