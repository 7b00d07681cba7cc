package cryptography

import (
	"crypto/hmac"
	"hash"
	"slices"
	"sync"
)

// hmacKey keeps keyed hash states: after its first use a state restarts without
// hashing the key again, which halves the cost of a short message.
type hmacKey struct {
	states sync.Pool
}

func newHMACKey(algorithm MACAlgorithm, secret []byte) *hmacKey {
	secret = slices.Clone(secret)
	key := new(hmacKey)
	key.states.New = func() any { return hmac.New(algorithm.hash().New, secret) }
	return key
}

func (k *hmacKey) authenticate(message []byte) []byte {
	state := k.states.Get().(hash.Hash)
	defer k.states.Put(state)
	state.Reset()
	state.Write(message)
	return state.Sum(nil)
}

func (k *hmacKey) verify(message, mac []byte) error {
	if !hmac.Equal(k.authenticate(message), mac) {
		return ErrInvalidMAC
	}
	return nil
}
