package esdk

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"
)

// A Header is what a message says of itself before its content. It has been
// authenticated with the data key when a caller gets it. It is not to be changed.
type Header struct {
	Version   byte
	Suite     Suite
	MessageID []byte
	// Context is all that the message is bound to: what it stores, and the pairs
	// that it does not store and that had to be known to open it.
	Context           Context
	EncryptedDataKeys []EncryptedDataKey
	FrameLength       uint32 // zero: not framed

	Commitment []byte // what a committing suite stores of its data key
	AuthIV     []byte // of the header's own authentication; version 1 alone stores it
	AuthTag    []byte
}

// The values and lengths of the header's fields.
// Source: data-format/message-header.md.
const (
	version1 = 1
	version2 = 2

	typeCustomerData = 0x80 // version 2 has no type
	contentSingle    = 1
	contentFramed    = 2

	idLength1   = 16
	idLength2   = 32
	nonceLength = 12
	tagLength   = 16
)

// idLength is the length of the message id in the suite's format.
func (t *suiteTraits) idLength() int {
	if t.commits {
		return idLength2
	}
	return idLength1
}

// version is the suite's format.
func (t *suiteTraits) version() byte {
	if t.commits {
		return version2
	}
	return version1
}

// newHeader makes the header of a new message of the materials, and the cipher
// of its frames. The materials' data key is zero afterwards.
func newHeader(t *suiteTraits, m *EncryptionMaterials, frameLength uint32) (*Header, cipher.AEAD, error) {
	h := &Header{
		Version:           t.version(),
		Suite:             t.suite,
		MessageID:         make([]byte, t.idLength()),
		Context:           m.Context,
		EncryptedDataKeys: m.EncryptedDataKeys,
		FrameLength:       frameLength,
	}
	rand.Read(h.MessageID) // never fails: it ends the program instead
	aead, commitment, err := t.cipherOf(m.DataKey, h.MessageID)
	h.Commitment = commitment
	return h, aead, err
}

// appendTo appends the header with its authentication. The pairs of the context
// that required names are authenticated, but not written.
func (h *Header) appendTo(b []byte, aead cipher.AEAD, required []string) ([]byte, error) {
	start := len(b)
	b, err := h.appendBody(slices.Grow(b, h.room()), required)
	if err != nil {
		return nil, err
	}
	end := len(b)
	aad := b[start:]
	if len(required) > 0 {
		if aad, err = h.Context.appendTo(aad, required, true); err != nil {
			return nil, err
		}
	}
	iv := make([]byte, nonceLength, nonceLength+tagLength) // zero: frames count from one
	h.AuthTag = aead.Seal(iv[nonceLength:], iv, nil, aad)
	b = b[:end]
	if h.Version == version1 {
		h.AuthIV = iv[:nonceLength:nonceLength]
		b = append(b, iv...)
	}
	return append(b, h.AuthTag...), nil
}

// room is a little more than the header takes.
func (h *Header) room() int {
	n := 128
	for k, v := range h.Context {
		n += 4 + len(k) + len(v)
	}
	for _, k := range h.EncryptedDataKeys {
		n += 6 + len(k.ProviderID) + len(k.ProviderInfo) + len(k.Ciphertext)
	}
	return n
}

// appendBody appends all but the authentication.
func (h *Header) appendBody(b []byte, required []string) ([]byte, error) {
	b = append(b, h.Version)
	if h.Version == version1 {
		b = append(b, typeCustomerData)
	}
	b = binary.BigEndian.AppendUint16(b, uint16(h.Suite))
	b = append(b, h.MessageID...)
	at := len(b)
	b, err := h.Context.appendTo(append(b, 0, 0), required, false)
	if err != nil {
		return nil, err
	}
	binary.BigEndian.PutUint16(b[at:], uint16(len(b)-at-2))
	if b, err = appendKeys(b, h.EncryptedDataKeys); err != nil {
		return nil, err
	}
	b = append(b, contentFramed)
	if h.Version == version1 {
		b = append(b, 0, 0, 0, 0, nonceLength)
	}
	b = binary.BigEndian.AppendUint32(b, h.FrameLength)
	return append(b, h.Commitment...), nil
}

// appendKeys appends the encrypted data keys and their count.
func appendKeys(b []byte, keys []EncryptedDataKey) ([]byte, error) {
	if len(keys) == 0 {
		return nil, fmt.Errorf("%w: no encrypted data key", ErrMaterials)
	}
	if len(keys) > maxField {
		return nil, fmt.Errorf("%w: %d, where the format has room for %d", ErrTooManyKeys, len(keys), maxField)
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(keys)))
	for _, k := range keys {
		if max(len(k.ProviderID), len(k.ProviderInfo), len(k.Ciphertext)) > maxField {
			return nil, fmt.Errorf("%w: a field of an encrypted data key is longer than %d bytes", ErrMaterials, maxField)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(k.ProviderID)))
		b = append(b, k.ProviderID...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(k.ProviderInfo)))
		b = append(b, k.ProviderInfo...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(k.Ciphertext)))
		b = append(b, k.Ciphertext...)
	}
	return b, nil
}
