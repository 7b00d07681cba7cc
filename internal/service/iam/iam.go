// Package iam is AWS Identity and Access Management: the users, groups, roles
// and policies of every account, and the access keys of its users.
//
// It has two faces. As a service it answers the operations of the IAM API, one
// method each. As a part of the walls it answers, for every request of every
// service, who the principal is and which policies bind it: it is
// authorization's Directory and the credentials' UserKeys. Those answers come
// from memory, which a change of IAM empties before the change is
// acknowledged.
//
// A row is one entity with everything that is embedded in it; see tables.go.
// Rows refer to each other by unique id, except that managed policies, which
// cannot be renamed, are referred to by ARN. What an operation on a user, a
// group and a role have in common is written once, over the interfaces entity
// and holder; need.go has how an operation finds what it names and asks for
// permission, in this order, within one transaction.
package iam

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/principals"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// Service is IAM. It may be used by many goroutines at once.
type Service struct {
	cloud   *cloud.Cloud
	store   *store.DB
	keyring *keyring.Keyring
	log     *slog.Logger

	memory   atomic.Pointer[memory]
	compiled compiled
	aws      lookup[string, *policy.Policy]          // AWS managed policies
	keys     lookup[string, *credentials.Credential] // see unchanged
	uses     uses
	hashing  chan struct{} // held while a password is hashed
}

var (
	_ authz.Directory      = (*Service)(nil)
	_ credentials.UserKeys = (*Service)(nil)
)

// New makes the service over a cloud's store and keyring.
func New(c *cloud.Cloud) *Service {
	s := &Service{
		cloud:   c,
		store:   c.Store,
		keyring: c.Keyring,
		log:     c.Log,
		hashing: make(chan struct{}, 1),
	}
	s.forget()
	c.OnReset(s.reset)
	return s
}

// forget empties the memory.
func (s *Service) forget() { s.memory.Store(new(memory)) }

// reset forgets also what a change of IAM does not touch.
func (s *Service) reset() {
	s.forget()
	s.keys.clear()
	s.uses.latest.clear()
}

// Close keeps the last uses that are only in memory so far.
func (s *Service) Close(ctx context.Context) error { return s.uses.flush(ctx, s.store) }

// view runs fn on the last durable state.
func (s *Service) view(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.store.View(ctx, fn)
}

// update runs fn in a transaction that changes IAM. Every change must go
// through here: it is what empties the memory.
func (s *Service) update(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.store.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		tx.OnCommit(s.forget)
		return nil
	})
}

// names is how trust policies name users and roles.
func (s *Service) names() principals.Names {
	return principals.Names{Directory: s, Accounts: s.cloud.Accounts}
}
