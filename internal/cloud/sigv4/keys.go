package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
	"sync"
)

// Keys remembers signing keys, which are the same for a secret, day, region
// and service. It may be used by several goroutines at once. The zero value is
// empty and ready.
//
// It holds at most maxKeys in each of two generations: when the recent one is
// full it becomes the older one, and what is still used moves up again. A key
// gets in only after it has verified a signature, so that strangers cannot
// push others' keys out.
type Keys struct {
	mu            sync.RWMutex
	recent, older map[keyID]*signingKey
}

const maxKeys = 2048

// keyID is by the secret itself, not by the access key's id, so that a key
// that was made anew cannot be verified with the old secret.
type keyID struct{ secret, date, region, service string }

func (s *Signature) keyID(secret string) keyID {
	return keyID{secret, s.Date, s.Region, s.Service}
}

// signingKey makes the signatures of a scope.
type signingKey struct {
	key [sha256.Size]byte
	// macs holds HMACs that are keyed already: keying is most of the work.
	macs sync.Pool
}

// derive computes the signing key of a scope.
func derive(id keyID) *signingKey {
	key := append(append(make([]byte, 0, 64), "AWS4"...), id.secret...)
	for _, part := range [...]string{id.date, id.region, id.service, terminator} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	return &signingKey{key: [sha256.Size]byte(key)}
}

// appendMAC appends the HMAC of data.
func (k *signingKey) appendMAC(b, data []byte) []byte {
	h, ok := k.macs.Get().(hash.Hash)
	if ok {
		h.Reset()
	} else {
		h = hmac.New(sha256.New, k.key[:])
	}
	h.Write(data)
	b = h.Sum(b)
	k.macs.Put(h)
	return b
}

// find gives a key that was added before, or nil. Keys itself may be nil.
func (k *Keys) find(id keyID) *signingKey {
	if k == nil {
		return nil
	}
	k.mu.RLock()
	key, old := k.recent[id], false
	if key == nil {
		key = k.older[id]
		old = key != nil
	}
	k.mu.RUnlock()
	if old {
		k.add(id, key)
	}
	return key
}

// of gives a key, and whether it is fresh: one to be added once it has verified
// a signature.
func (k *Keys) of(id keyID) (key *signingKey, fresh bool) {
	if key := k.find(id); key != nil {
		return key, false
	}
	return derive(id), true
}

func (k *Keys) add(id keyID, key *signingKey) {
	if k == nil {
		return
	}
	// What comes from a request must not keep its whole header in memory.
	id.date, id.region, id.service = strings.Clone(id.date), strings.Clone(id.region), strings.Clone(id.service)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.recent) >= maxKeys {
		k.older, k.recent = k.recent, nil
	}
	if k.recent == nil {
		k.recent = make(map[keyID]*signingKey)
	}
	k.recent[id] = key
}
