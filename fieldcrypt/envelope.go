package fieldcrypt

import (
	"context"
	"fmt"
	"sync"

	"github.com/fortlet/fortlet/esdk"
)

// The pairs of a message's encryption context. They bind the ciphertext to its
// marker: changed, it does not open.
const (
	contextKey      = "fieldcrypt-key"
	contextEncoding = "fieldcrypt-encoding"
)

// suite of the messages. It has no signature: anybody may seal, so there is
// nobody to prove the origin of.
const suite = esdk.Committed

// envelopeSealer seals each value as an Encryption SDK message.
type envelopeSealer struct {
	marker  Marker
	manager esdk.Manager
	options map[Encoding]*esdk.EncryptOptions
}

// NewEnvelopeSealer seals values of any length, as Encryption SDK messages whose
// data keys come from a manager: of a KMS RSA keyring, behind a caching manager
// so that not every value costs an RSA operation. The manager is to give one
// encrypted data key: it stands in every marker.
func NewEnvelopeSealer(m Marker, manager esdk.Manager) (Sealer, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	s := &envelopeSealer{marker: m, manager: manager, options: map[Encoding]*esdk.EncryptOptions{}}
	for _, e := range []Encoding{Plain, JSON, Form, XML} {
		s.options[e] = &esdk.EncryptOptions{Suite: suite, Context: envelopeContext(m.String(), e), MaxEncryptedDataKeys: 1}
	}
	return s, nil
}

// envelopeContext is the encryption context of what is sealed with a key.
func envelopeContext(key string, e Encoding) esdk.Context {
	c := esdk.Context{contextKey: key}
	if e != Plain {
		c[contextEncoding] = string(e)
	}
	return c
}

// PlainOnly says whether the markers can name no encoding.
func (s *envelopeSealer) PlainOnly() bool { return s.marker.Literal() }

// Seal implements Sealer.
func (s *envelopeSealer) Seal(ctx context.Context, dst, plaintext []byte, e Encoding) ([]byte, error) {
	if _, _, err := s.marker.brackets(e); err != nil {
		return dst, err // before a data key is spent on it
	}
	if len(plaintext) > MaxMarker {
		return dst, fmt.Errorf("%w: it has %d bytes, no marker is longer than %d", ErrTooLong, len(plaintext), MaxMarker)
	}
	room := messages.Get().(*[]byte)
	defer messages.Put(room)
	message, err := esdk.Seal(ctx, (*room)[:0], s.manager, plaintext, s.options[e])
	if err != nil {
		return dst, fmt.Errorf("%w with key %s: %w", ErrSeal, s.marker, err)
	}
	if cap(message) <= maxRoom {
		*room = message
	}
	return s.marker.Append(dst, e, message)
}

// messages has room for messages, which are needed only until they are in
// base64.
var messages = sync.Pool{New: func() any { return new([]byte) }}

// maxRoom is the longest message whose room is kept.
const maxRoom = 64 << 10
