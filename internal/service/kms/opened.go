package kms

import (
	"fmt"
	"sync"

	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
	"github.com/fortlet/fortlet/policy"
)

// opened is a key ready for use: its row and what is made of it. Everything in
// it stays true as long as the row is the current one.
type opened struct {
	*Key
	arn     string
	policy  *policy.Policy
	keyring *keyring.Keyring
	usage   *tracker

	mu sync.Mutex // held while material is being opened
	// rotations are the symmetric keys by material; pair is the key of every
	// other spec. Both are opened at their first use.
	rotations map[cryptography.MaterialID]*cryptography.SymmetricKey
	pair      *cryptography.Opened
}

// open gives the key of a row, from memory if it was opened before.
func (s *Service) open(k *Key, row string) (*opened, error) {
	if o := s.keys.get(row); o != nil && o.Key == k {
		return o, nil
	}
	o, err := s.compile(k)
	if err != nil {
		return nil, err
	}
	o.usage = s.tracker(row)
	s.keys.put(row, o)
	return o, nil
}

// compile makes an opened key that is kept nowhere.
func (s *Service) compile(k *Key) (*opened, error) {
	p, err := policy.Parse(k.Policy, policy.Resource)
	if err != nil {
		return nil, fmt.Errorf("stored key policy of %s: %w", k.ARN(), err)
	}
	return &opened{Key: k, arn: k.ARN(), policy: p, keyring: s.cloud.Keyring}, nil
}

// encrypter is the symmetric key that encrypts.
func (o *opened) encrypter() (*cryptography.SymmetricKey, error) {
	return o.symmetricKey(o.current())
}

// symmetricKey opens the material at an index.
func (o *opened) symmetricKey(index int) (*cryptography.SymmetricKey, error) {
	m := &o.Materials[index]
	o.mu.Lock()
	defer o.mu.Unlock()
	if key := o.rotations[m.ID]; key != nil {
		return key, nil
	}
	material, err := unseal(o.keyring, o.Key, m)
	if err != nil {
		return nil, err
	}
	defer material.Zero()
	key, err := cryptography.OpenSymmetric(material, o.address())
	if err != nil {
		return nil, err
	}
	if o.rotations == nil {
		o.rotations = make(map[cryptography.MaterialID]*cryptography.SymmetricKey)
	}
	o.rotations[m.ID] = key
	return key, nil
}

// keyPair is the key of every spec but SYMMETRIC_DEFAULT.
func (o *opened) keyPair() (*cryptography.Opened, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.pair != nil {
		return o.pair, nil
	}
	material, err := unseal(o.keyring, o.Key, &o.Materials[o.current()])
	if err != nil {
		return nil, err
	}
	defer material.Zero()
	o.pair, err = cryptography.Open(material)
	return o.pair, err
}

// cache keeps opened keys, the newest of each row.
type cache struct {
	mu       sync.RWMutex
	rows     map[string]*opened
	policies int // the length of all their policies
}

// These bound the keys that are kept open, an expanded RSA key being some
// kilobytes, and a policy many times its text when it is compiled. Past them
// arbitrary ones are dropped and opened again when they return.
const (
	cached         = 1024
	cachedPolicies = 2 << 20
)

func (c *cache) get(row string) *opened {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rows[row]
}

func (c *cache) put(row string, o *opened) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil {
		c.rows = make(map[string]*opened)
	}
	c.remove(row)
	for old := range c.rows {
		if len(c.rows) < cached && c.policies+len(o.Policy) <= cachedPolicies {
			break
		}
		c.remove(old)
	}
	c.rows[row] = o
	c.policies += len(o.Policy)
}

// remove removes a row. mu is held.
func (c *cache) remove(row string) {
	if o := c.rows[row]; o != nil {
		c.policies -= len(o.Policy)
		delete(c.rows, row)
	}
}

func (c *cache) drop(row string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(row)
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.rows)
	c.policies = 0
}
