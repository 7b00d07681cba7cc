// Package accounts keeps the AWS accounts of a Fortlet and their root access
// keys. Every account is a world of its own; which of them are in an
// organization is the service's of that name to know.
//
// A root key's secret is sealed in the store. So that a person can use it, it
// also lies in the data folder, in a file per account that only its owner can
// read: see KeyFiles.
package accounts

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Account is one AWS account.
type Account struct {
	ID          string
	Name        string
	CanonicalID string // the S3 form of the account's identity
	Created     time.Time
	// Title is the account's name as AWS Organizations shows it, where that is
	// not Name: any text, and no account's alone.
	Title string `cbor:",omitempty"`
	// Mail is the address of the root user; "" of accounts made before they had
	// one. See Email.
	Mail string `cbor:",omitempty"`
	// Management marks the first account, whose root user manages the Fortlet.
	Management bool
	// Closed is when the account was closed; its credentials are void since.
	Closed     time.Time `cbor:",omitzero"`
	RootKeyID  string
	RootSecret []byte // sealed
	// Epoch counts resets. Sessions carry it, so that those of before a reset
	// are void.
	Epoch int64
}

// RootARN is the ARN of the account's root user.
func (a *Account) RootARN() string { return "arn:aws:iam::" + a.ID + ":root" }

// DisplayName is the account's name as AWS Organizations shows it.
func (a *Account) DisplayName() string { return cmp.Or(a.Title, a.Name) }

// Email is the address of the account's root user, which no other account has.
func (a *Account) Email() string { return cmp.Or(a.Mail, emailOf(a.ID)) }

// emailOf is the address of the root user of an account for which nobody gave
// one. Nothing is ever sent there.
func emailOf(id string) string { return "root@" + id + ".example.com" }

var (
	table     = store.NewTable[Account]("accounts", store.Permanent())
	byName    = table.Index("name", func(a *Account) []string { return []string{a.Name} })
	byRootKey = table.Index("root-key", func(a *Account) []string { return []string{a.RootKeyID} })
	byEmail   = table.Index("email", func(a *Account) []string { return []string{emailKey(a.Email())} })
)

// Migrate brings the accounts that an older program made into the shape of
// today's: they are found by their addresses.
func Migrate(tx *store.Tx) error {
	table.Reindex(tx)
	return nil
}

// The conditions under which an account cannot be made or found.
var (
	ErrExists  = errors.New("account exists")
	ErrEmail   = errors.New("email address belongs to another account")
	ErrInvalid = errors.New("invalid account")
	ErrUnknown = errors.New("no such account")
)

const sealPurpose = "root-access-key"

// Registry is the accounts of one Fortlet.
type Registry struct {
	// Files is where the root keys of new accounts are put for people; empty
	// for nowhere.
	Files KeyFiles

	db     *store.DB
	kr     *keyring.Keyring
	now    func() time.Time
	closed atomic.Pointer[closedSet]
}

// New makes a registry over a store.
func New(db *store.DB, kr *keyring.Keyring, now func() time.Time) *Registry {
	r := &Registry{db: db, kr: kr, now: now}
	r.closed.Store(new(closedSet))
	return r
}

// Spec is what a new account shall be. Empty fields are chosen.
type Spec struct {
	Name  string
	Title string // see Account.Title; with it a Name that is taken is changed
	ID    string
	Email string
	Key   RootKey
}

// RootKey is the access key of an account's root user.
type RootKey struct{ ID, Secret string }

// String keeps the secret out of logs.
func (k RootKey) String() string { return k.ID }

const maxName = 50

var (
	idPattern   = regexp.MustCompile(`^\d{12}$`)
	namePattern = regexp.MustCompile(`^[\w+=,.@-]{1,50}$`)
	keyPattern  = regexp.MustCompile(`^\w{16,128}$`)
)

// Create makes an account with its root access key. What is given with it is
// done in the same transaction: the account is made with all of it or not at
// all.
func (r *Registry) Create(ctx context.Context, spec Spec, with ...func(*store.Tx, *Account) error) (*Account, RootKey, error) {
	if err := r.complete(&spec); err != nil {
		return nil, RootKey{}, err
	}
	a := &Account{
		ID:          spec.ID,
		Name:        spec.Name,
		Title:       spec.Title,
		Mail:        spec.Email,
		CanonicalID: canonicalID(),
		Created:     r.now().UTC(),
		RootKeyID:   spec.Key.ID,
		RootSecret:  r.kr.Seal(sealPurpose, []byte(spec.Key.Secret), []byte(spec.Key.ID)),
	}
	err := r.db.Update(ctx, func(tx *store.Tx) error {
		taken := first(byName.Scan(tx, a.Name, "")) != nil
		if taken && a.Title != "" {
			a.Name, taken = a.Name[:min(len(a.Name), maxName-1-len(a.ID))]+"-"+a.ID, false
		}
		switch {
		case table.Get(tx, a.ID) != nil:
			return fmt.Errorf("%w: id %s", ErrExists, a.ID)
		case taken:
			return fmt.Errorf("%w: name %s", ErrExists, a.Name)
		case first(byRootKey.Scan(tx, a.RootKeyID, "")) != nil:
			return fmt.Errorf("%w: access key %s", ErrExists, a.RootKeyID)
		case first(byEmail.Scan(tx, emailKey(a.Mail), "")) != nil:
			return fmt.Errorf("%w: %s", ErrEmail, a.Mail)
		}
		a.Management = first(table.Scan(tx, "", "")) == nil
		table.Put(tx, a.ID, a)
		for _, do := range with {
			if err := do(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && r.Files != "" {
		err = r.Files.Write(a, spec.Key)
	}
	if err != nil {
		return nil, RootKey{}, err
	}
	return a, spec.Key, nil
}

func (r *Registry) complete(s *Spec) error {
	if s.ID == "" {
		s.ID = ids.Account()
	}
	if !idPattern.MatchString(s.ID) {
		return fmt.Errorf("%w: id %q has not 12 digits", ErrInvalid, s.ID)
	}
	if s.Email == "" {
		s.Email = emailOf(s.ID)
	}
	if s.Key == (RootKey{}) {
		s.Key = RootKey{ids.AccessKey("AKIA", s.ID), ids.Secret()}
	}
	switch {
	case !ValidEmail(s.Email):
		return fmt.Errorf("%w: email address %q is none", ErrInvalid, s.Email)
	case !namePattern.MatchString(s.Name):
		return fmt.Errorf("%w: name %q is not 1 to 50 letters, digits or +=,.@_-", ErrInvalid, s.Name)
	case idPattern.MatchString(s.Name):
		return fmt.Errorf("%w: name %q could be mistaken for an id", ErrInvalid, s.Name)
	case !keyPattern.MatchString(s.Key.ID):
		return fmt.Errorf("%w: root access key id %q is not 16 to 128 letters or digits", ErrInvalid, s.Key.ID)
	case len(s.Key.Secret) < 16:
		return fmt.Errorf("%w: root secret access key is shorter than 16 characters", ErrInvalid)
	}
	return nil
}

// Get finds an account by its id; nil when there is none.
func (r *Registry) Get(ctx context.Context, id string) (a *Account, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		a = table.Get(tx, id)
		return nil
	})
	return a, err
}

// Find finds an account by its id or name.
func (r *Registry) Find(ctx context.Context, nameOrID string) (a *Account, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		if a = table.Get(tx, nameOrID); a == nil {
			a = first(byName.Scan(tx, nameOrID, ""))
		}
		if a == nil {
			return fmt.Errorf("%w: %s", ErrUnknown, nameOrID)
		}
		return nil
	})
	return a, err
}

// ByRootKey finds the account whose root user has the access key; nil when
// there is none.
func (r *Registry) ByRootKey(ctx context.Context, keyID string) (a *Account, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		a = first(byRootKey.Scan(tx, keyID, ""))
		return nil
	})
	return a, err
}

// ByCanonicalID finds the account of a canonical user id; nil when there is
// none.
func (r *Registry) ByCanonicalID(ctx context.Context, canonical string) (*Account, error) {
	list, err := r.List(ctx)
	for _, a := range list {
		if a.CanonicalID == canonical {
			return a, err
		}
	}
	return nil, err
}

// List gives all accounts by id.
func (r *Registry) List(ctx context.Context) (list []*Account, err error) {
	err = r.db.View(ctx, func(tx *store.Tx) error {
		for _, a := range table.Scan(tx, "", "") {
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// RootKey opens the account's root access key.
func (r *Registry) RootKey(a *Account) (RootKey, error) {
	secret, err := r.kr.Open(sealPurpose, a.RootSecret, []byte(a.RootKeyID))
	if err != nil {
		return RootKey{}, fmt.Errorf("root key of account %s: %w", a.ID, err)
	}
	return RootKey{a.RootKeyID, string(secret)}, nil
}

// Management is the first account, nil in a new Fortlet.
func (r *Registry) Management(ctx context.Context) (*Account, error) {
	list, err := r.List(ctx)
	for _, a := range list {
		if a.Management {
			return a, err
		}
	}
	return nil, err
}

// NextEpoch voids every session of every account.
func (r *Registry) NextEpoch(ctx context.Context) error {
	return r.db.Update(ctx, func(tx *store.Tx) error {
		for id, a := range table.Scan(tx, "", "") {
			next := *a
			next.Epoch++
			table.Put(tx, id, &next)
		}
		return nil
	})
}

func first(rows iter.Seq2[string, *Account]) *Account {
	for _, a := range rows {
		return a
	}
	return nil
}

func canonicalID() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}
