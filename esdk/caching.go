package esdk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// CachingOptions limit for how long, and for how much, one data key is used.
type CachingOptions struct {
	// MaxAge is how long a data key is used. It has to be set. What has been
	// revoked, of a wrapping key or of a caller, takes effect after that time.
	MaxAge time.Duration
	// MaxMessages and MaxBytes are how many messages, and how many bytes of
	// plaintext, are encrypted with one data key. Zero: 2^32 messages, 2^63-1
	// bytes.
	MaxMessages uint64
	MaxBytes    int64
	// Partition keeps the entries of managers that share a cache apart: those of
	// the same partition use each other's, and have to have equal managers beneath
	// them. Empty: a partition of the manager's own.
	Partition string
}

// maxMessages is the specification's bound on the messages of a data key.
const maxMessages = 1 << 32

type cachingManager struct {
	manager Manager
	cache   *Cache
	limits  CachingOptions
	ids     *entryIDs
}

// NewCachingManager makes a manager that uses the materials of m for several
// messages, and so spares calls to AWS KMS. Messages share materials only if
// they have the same suite and encryption context; on decryption, the same
// encrypted data keys too. When several ask for the same materials at the same
// time, m is asked once.
//
// Materials of suites without key derivation are never kept, nor are those of a
// message whose length is not known when it is begun
// ([EncryptOptions].PlaintextLength).
// Source: aws-encryption-sdk-specification, framework/caching-cmm.md.
func NewCachingManager(m Manager, c *Cache, o CachingOptions) (Manager, error) {
	switch {
	case m == nil || c == nil:
		return nil, errors.New("a caching manager needs a manager and a cache")
	case o.MaxAge <= 0:
		return nil, fmt.Errorf("a caching manager needs a maximum age, not %v", o.MaxAge)
	case o.MaxMessages > maxMessages:
		return nil, fmt.Errorf("%d messages for a data key, more than %d", o.MaxMessages, int64(maxMessages))
	case o.MaxBytes < 0:
		return nil, fmt.Errorf("%d bytes for a data key", o.MaxBytes)
	}
	if o.MaxMessages == 0 {
		o.MaxMessages = maxMessages
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = math.MaxInt64
	}
	if o.Partition == "" {
		o.Partition = rand.Text()
	}
	return &cachingManager{m, c, o, newEntryIDs(o.Partition)}, nil
}

func (m *cachingManager) EncryptionMaterials(ctx context.Context, r *EncryptionRequest) (*EncryptionMaterials, error) {
	// One that is longer than what a data key may encrypt gets its own.
	if !r.Suite.Derives() || r.PlaintextLength < 0 || r.PlaintextLength > m.limits.MaxBytes {
		return m.manager.EncryptionMaterials(ctx, r)
	}
	id, err := m.ids.encryption(r)
	if err != nil {
		return nil, err
	}
	var got *EncryptionMaterials
	err = m.cache.get(ctx, id, func(e *cacheEntry) bool {
		if !m.fresh(e) || e.encryption == nil || e.messages >= m.limits.MaxMessages || e.bytes > m.limits.MaxBytes-r.PlaintextLength {
			return false
		}
		e.messages++
		e.bytes += r.PlaintextLength
		got = e.encryption.share()
		return true
	}, func() error {
		// For as many bytes as the materials may come to encrypt.
		all := *r
		all.PlaintextLength = m.limits.MaxBytes
		fresh, err := m.manager.EncryptionMaterials(ctx, &all)
		if err != nil {
			return err
		}
		got = fresh.share()
		if fresh.Suite.Derives() {
			m.cache.put(&cacheEntry{id: id, encryption: fresh, messages: 1, bytes: r.PlaintextLength}, m.limits.MaxAge)
		}
		return nil
	})
	return got, err
}

func (m *cachingManager) DecryptionMaterials(ctx context.Context, r *DecryptionRequest) (*DecryptionMaterials, error) {
	if !r.Suite.Derives() {
		return m.manager.DecryptionMaterials(ctx, r)
	}
	id, err := m.ids.decryption(r)
	if err != nil {
		return nil, err
	}
	var got *DecryptionMaterials
	err = m.cache.get(ctx, id, func(e *cacheEntry) bool {
		if !m.fresh(e) || e.decryption == nil {
			return false
		}
		got = e.decryption.share()
		return true
	}, func() error {
		fresh, err := m.manager.DecryptionMaterials(ctx, r)
		if err != nil {
			return err
		}
		got = fresh.share()
		m.cache.put(&cacheEntry{id: id, decryption: fresh}, m.limits.MaxAge)
		return nil
	})
	return got, err
}

// fresh reports whether e is young enough for this manager. Another one of its
// partition may have stored it, for longer.
func (m *cachingManager) fresh(e *cacheEntry) bool {
	return time.Since(e.created) < m.limits.MaxAge
}

// share copies what its receiver may write to: the data key, which every message
// clears, and what its header shows to the caller.
func (m *EncryptionMaterials) share() *EncryptionMaterials {
	c := *m
	c.DataKey = slices.Clone(m.DataKey)
	c.Context = maps.Clone(m.Context)
	c.EncryptedDataKeys = slices.Clone(m.EncryptedDataKeys)
	return &c
}

func (m *DecryptionMaterials) share() *DecryptionMaterials {
	c := *m
	c.DataKey = slices.Clone(m.DataKey)
	c.Context = maps.Clone(m.Context)
	return &c
}
