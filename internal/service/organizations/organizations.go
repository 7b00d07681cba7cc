// Package organizations is AWS Organizations: which accounts belong together,
// in which tree of organizational units, and the policies that bind them.
//
// It has two faces. As a service it answers the operations of the Organizations
// API, one method each. As a part of the walls it answers, for every request of
// every service, where an account stands and which policies of its organization
// apply there: it is authorization's Organization. Those answers come from
// memory, which a change empties before the change is acknowledged.
//
// enter (seat.go) is the door of nearly every operation: it asks the caller's
// own policies first, then whether the account is in an organization, and then
// whether what is asked is the management account's to do, a delegated
// administrator's, or anybody's.
//
// What a Fortlet has of an organization is in two kinds of tables (tables.go).
// That it exists and who belongs to it stays through a reset, as accounts do;
// units, policies and everything else goes, and whatever is not said in a row is
// as it was when the organization began.
package organizations

import (
	"context"
	"log/slog"
	"sync/atomic"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// principal is the name under which the service acts in accounts.
const principal = "organizations.amazonaws.com"

// Service is AWS Organizations. It may be used by many goroutines at once.
type Service struct {
	cloud  *cloud.Cloud
	store  *store.DB
	log    *slog.Logger
	memory atomic.Pointer[memory]
}

var (
	_ authz.Organization  = (*Service)(nil)
	_ cloud.Organizations = (*Service)(nil)
)

// New makes the service over a cloud's store.
func New(c *cloud.Cloud) *Service {
	s := &Service{cloud: c, store: c.Store, log: c.Log}
	s.forget()
	c.OnReset(s.reset)
	return s
}

// Start completes what a stop has interrupted: the accounts that were being
// made.
func (s *Service) Start(ctx context.Context) error {
	var unfinished []*Request
	err := s.store.View(ctx, func(tx *store.Tx) error {
		for _, r := range requests.Scan(tx, "", "") {
			if r.State == inProgress {
				unfinished = append(unfinished, r)
			}
		}
		return nil
	})
	for _, r := range unfinished {
		if err := s.complete(ctx, r); err != nil {
			return err
		}
	}
	return err
}

// forget empties the memory.
func (s *Service) forget() { s.memory.Store(new(memory)) }

// reset gives the accounts what they had when they were made: their place
// under the root, and the role for the management account.
func (s *Service) reset() {
	s.forget()
	s.furnishAll(context.Background())
}

// view runs fn on the last durable state.
func (s *Service) view(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.store.View(ctx, fn)
}

// update runs fn in a transaction that changes organizations. Every change must
// go through here: it is what empties the memory.
func (s *Service) update(ctx context.Context, fn func(tx *store.Tx) error) error {
	return s.store.Update(ctx, func(tx *store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		tx.OnCommit(s.forget)
		return nil
	})
}
