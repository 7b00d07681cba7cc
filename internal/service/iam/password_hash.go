package iam

import (
	"context"
	"crypto/rand"
	"crypto/subtle"

	"golang.org/x/crypto/argon2"
)

// PasswordHash is a password as it is kept: Argon2id with the costs it was made
// with.
type PasswordHash struct {
	Salt, Sum    []byte
	Time, Memory uint32 // passes; KiB
	Threads      uint8
}

// The costs of new hashes are the second recommendation of OWASP's Password
// Storage Cheat Sheet, which asks for little memory.
const (
	hashTime    = 2
	hashMemory  = 19 << 10
	hashThreads = 1
	hashSize    = 32
)

func hashPassword(password string) PasswordHash {
	h := PasswordHash{Salt: make([]byte, 16), Time: hashTime, Memory: hashMemory, Threads: hashThreads}
	rand.Read(h.Salt)
	h.Sum = h.sum(password)
	return h
}

func (h *PasswordHash) sum(password string) []byte {
	return argon2.IDKey([]byte(password), h.Salt, h.Time, h.Memory, h.Threads, hashSize)
}

func (h *PasswordHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.sum(password), h.Sum) == 1
}

// exclusively runs work that hashes passwords, one at a time: a hash costs
// memory by design, and many at once would cost it many times.
func (s *Service) exclusively(ctx context.Context, work func() error) error {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return work()
	case <-ctx.Done():
		return ctx.Err()
	}
}
