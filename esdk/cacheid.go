package esdk

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"maps"
	"slices"
	"sync/atomic"
)

// entryIDs computes the identities of a partition's entries, by the formulas of
// framework/caching-cmm.md, "Appendix A".
type entryIDs struct {
	partition cacheID
	last      atomic.Pointer[encryptionID]
}

// An encryptionID is the identity that was computed last: most programs encrypt
// many messages with one context, which is sooner compared than hashed.
type encryptionID struct {
	suite   Suite
	context Context
	id      cacheID
}

func newEntryIDs(partition string) *entryIDs {
	return &entryIDs{partition: sha512.Sum512([]byte(partition))}
}

// encryption is the identity of materials for messages with the suite and the
// context of r.
func (p *entryIDs) encryption(r *EncryptionRequest) (cacheID, error) {
	if last := p.last.Load(); last != nil && last.suite == r.Suite && maps.Equal(last.context, r.Context) {
		return last.id, nil
	}
	id, err := p.hashEncryption(r)
	if err == nil {
		p.last.Store(&encryptionID{r.Suite, maps.Clone(r.Context), id})
	}
	return id, err
}

func (p *entryIDs) hashEncryption(r *EncryptionRequest) (cacheID, error) {
	context, err := hashContext(r.Context)
	if err != nil {
		return cacheID{}, err
	}
	var buf [2*sha512.Size + 3]byte
	id := append(buf[:0], p.partition[:]...)
	id = append(id, 1)
	id = binary.BigEndian.AppendUint16(id, uint16(r.Suite))
	id = append(id, context[:]...)
	return sha512.Sum512(id), nil
}

// decryption is the identity of materials for messages with the suite, context
// and encrypted data keys of r.
//
// What the caller expects the context to have is added to the formula, where
// there is something: materials that were found for one expectation must not be
// given out where another would have been refused.
func (p *entryIDs) decryption(r *DecryptionRequest) (cacheID, error) {
	context, err := hashContext(r.Context)
	if err != nil {
		return cacheID{}, err
	}
	var room [8 * sha512.Size]byte // most messages have few keys: no allocation
	id := append(room[:0], p.partition[:]...)
	id = binary.BigEndian.AppendUint16(id, uint16(r.Suite))
	id = appendKeyHashes(id, r.EncryptedDataKeys)
	id = append(id, endOfKeys[:]...)
	id = append(id, context[:]...)
	if len(r.Expected) > 0 {
		expected, err := hashContext(r.Expected)
		if err != nil {
			return cacheID{}, err
		}
		id = append(id, expected[:]...)
	}
	return sha512.Sum512(id), nil
}

var endOfKeys [sha512.Size]byte

// appendKeyHashes appends the sorted hashes of the keys, serialized as they are
// in a message's header.
func appendKeyHashes(b []byte, keys []EncryptedDataKey) []byte {
	var room [4]cacheID
	hashes := room[:0]
	var buffer [1 << 10]byte
	for _, k := range keys {
		s := binary.BigEndian.AppendUint16(buffer[:0], uint16(len(k.ProviderID)))
		s = append(s, k.ProviderID...)
		s = binary.BigEndian.AppendUint16(s, uint16(len(k.ProviderInfo)))
		s = append(s, k.ProviderInfo...)
		s = binary.BigEndian.AppendUint16(s, uint16(len(k.Ciphertext)))
		s = append(s, k.Ciphertext...)
		hashes = append(hashes, sha512.Sum512(s))
	}
	slices.SortFunc(hashes, func(a, b cacheID) int { return bytes.Compare(a[:], b[:]) })
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

func hashContext(c Context) (cacheID, error) {
	var buf [512]byte
	b, err := c.AppendBinary(buf[:0])
	if err != nil {
		return cacheID{}, err
	}
	return sha512.Sum512(b), nil
}
