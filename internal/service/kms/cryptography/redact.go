package cryptography

import (
	"fmt"
	"io"
)

// Format makes every verb of package fmt, and thus every logger, print the spec
// and nothing of the secret.
func (m *Material) Format(state fmt.State, _ rune) { redact(state, "material", m.spec) }

// Format prints the spec and nothing of the key.
func (o *Opened) Format(state fmt.State, _ rune) { redact(state, "key", o.spec) }

// Format prints the spec and nothing of the key.
func (k *SymmetricKey) Format(state fmt.State, _ rune) { redact(state, "key", SymmetricDefault) }

// Format prints nothing of the private key.
func (p *DataKeyPair) Format(state fmt.State, _ rune) { redact(state, "data key pair", "redacted") }

func redact(w io.Writer, what string, spec Spec) { fmt.Fprintf(w, "%s(%s)", what, spec) }
