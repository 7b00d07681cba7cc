package cryptography

import (
	"bytes"
	"sync"
)

// SymmetricKey is one rotation of a SYMMETRIC_DEFAULT key, ready for use at its
// address. Keep it as long as the key is in use. It is safe for concurrent use.
type SymmetricKey struct {
	cipher *xaes
	id     MaterialID
	// header begins every blob of this key, and is all of a blob that is
	// authenticated but not encrypted.
	header []byte
}

// OpenSymmetric expands material of SYMMETRIC_DEFAULT for the key at the given
// address. The replicas of a multi-Region key, opened at their own addresses,
// read each other's blobs.
func OpenSymmetric(m *Material, at Address) (*SymmetricKey, error) {
	if m.spec != SymmetricDefault {
		return nil, ErrUnsupportedSpec
	}
	id := m.ID(at.KeyID)
	header, err := blobHeader(at, id)
	if err != nil {
		return nil, err
	}
	cipher, err := newXAES(m.secret)
	if err != nil {
		return nil, err
	}
	return &SymmetricKey{cipher: cipher, id: id, header: header}, nil
}

// MaterialID is the id of the key material, which every blob of it bears.
func (k *SymmetricKey) MaterialID() MaterialID { return k.id }

// Encrypt makes a ciphertext blob. Each call draws fresh randomness; there is no
// practical limit to how often one key may be used.
func (k *SymmetricKey) Encrypt(plaintext []byte, context map[string]string) ([]byte, error) {
	size := len(k.header) + xaesOverhead + len(plaintext)
	if size > MaxBlobSize {
		return nil, ErrPlaintextTooLong
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	blob := append(make([]byte, 0, size), k.header...)
	return k.cipher.seal(blob, plaintext, k.additionalData(s, context), s)
}

// Decrypt opens a ciphertext blob that this key made with the same encryption
// context. Whatever is wrong, the error is ErrInvalidCiphertext.
func (k *SymmetricKey) Decrypt(blob []byte, context map[string]string) ([]byte, error) {
	sealed, ours := bytes.CutPrefix(blob, k.header)
	if !ours || len(blob) > MaxBlobSize {
		return nil, ErrInvalidCiphertext
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	return k.cipher.open(sealed, k.additionalData(s, context), s)
}

// additionalData is the header, which says itself how long it is, followed by
// the encryption context.
func (k *SymmetricKey) additionalData(s *scratch, context map[string]string) []byte {
	s.additional = appendContext(append(s.additional[:0], k.header...), context)
	return s.additional
}

// scratch is memory that an operation needs for its own length only.
type scratch struct {
	derived    [symmetricKeySize]byte // wiped after each use
	additional []byte                 // holds nothing secret
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}
