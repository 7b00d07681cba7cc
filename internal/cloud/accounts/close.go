package accounts

import (
	"context"
	"fmt"
	"sync"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// closedSet is which accounts are closed, as one state of the table has it. A
// change puts an empty one in its place before it is acknowledged; who fills a
// set took it before reading the table, so that nothing older than the change
// can get into the new one.
type closedSet struct {
	once sync.Once
	ids  map[string]bool
	err  error
}

// Closed reports whether an account is closed. It answers from memory; when the
// table cannot be read, every account is.
func (r *Registry) Closed(id string) bool {
	s := r.closed.Load()
	s.once.Do(func() { s.ids, s.err = r.readClosed() })
	return s.err != nil || s.ids[id]
}

func (r *Registry) readClosed() (map[string]bool, error) {
	list, err := r.List(context.Background())
	ids := make(map[string]bool)
	for _, a := range list {
		if !a.Closed.IsZero() {
			ids[a.ID] = true
		}
	}
	return ids, err
}

// Close closes an account within a transaction: when that is acknowledged, no
// credentials of the account work any more.
func (r *Registry) Close(tx *store.Tx, id string) error {
	a := table.Get(tx, id)
	if a == nil {
		return fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	next := *a
	next.Closed = r.now().UTC()
	table.Put(tx, id, &next)
	tx.OnCommit(func() { r.closed.Store(new(closedSet)) })
	return nil
}

// Note tells people that an account is closed, where they find its key.
func (r *Registry) Note(ctx context.Context, id string) error {
	a, err := r.Get(ctx, id)
	if err != nil || a == nil || r.Files == "" {
		return err
	}
	key, err := r.RootKey(a)
	if err != nil {
		return err
	}
	return r.Files.Write(a, key)
}

// In finds an account by its id within a transaction; nil when there is none.
func In(tx *store.Tx, id string) *Account { return table.Get(tx, id) }

// ByEmail finds the account of an address within a transaction; nil when there
// is none.
func ByEmail(tx *store.Tx, address string) *Account {
	return first(byEmail.Scan(tx, emailKey(address), ""))
}

// All are the accounts within a transaction.
func All(tx *store.Tx) (list []*Account) {
	for _, a := range table.Scan(tx, "", "") {
		list = append(list, a)
	}
	return list
}
