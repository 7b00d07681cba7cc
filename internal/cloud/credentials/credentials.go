// Package credentials turns an access key id, and a session token where there
// is one, into the principal that they stand for and the secret that its
// requests are signed with.
//
// Root keys come from the accounts, users' keys from IAM. Temporary
// credentials are kept nowhere: the session token itself is the session,
// sealed under the keyring, so that issuing one writes nothing and every
// process that shares the keyring understands it. What can end a session early
// is looked up on each use: the role or user behind it, and the account's
// epoch.
package credentials

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/policy"
)

// The conditions under which credentials stand for nobody.
var (
	// ErrUnknown is an access key that does not exist, is inactive, or does
	// not belong to the session token.
	ErrUnknown = errors.New("credentials stand for nobody")
	// ErrExpired is a session past its end.
	ErrExpired = errors.New("session has expired")
)

// Credential is what an access key id stands for. It is shared by concurrent
// requests and never changed.
type Credential struct {
	Principal *authz.Principal
	Secret    string
	// LongTerm is a user's own key, whose use IAM wants to know.
	LongTerm bool
}

// UserKeys is where users' access keys come from: IAM.
type UserKeys interface {
	// AccessKey gives the credential of a user's active key, nil for any
	// other. It answers from memory, with the same value as long as nothing
	// about the key or its user has changed.
	AccessKey(id string) *Credential
	// Used notes that a user's key, or a session of a role, signed a request:
	// by the key's id or the role's unique id.
	Used(id, service, region string, at time.Time)
}

// Authority finds and issues credentials.
type Authority struct {
	Accounts  *accounts.Registry
	Keyring   *keyring.Keyring
	Users     UserKeys
	Directory authz.Directory

	mu       sync.RWMutex
	roots    map[string]*Credential // by access key id
	sessions map[string]*session    // by access key id
	held     int                    // the sizes of sessions
}

// These bound the sessions kept open, by number and by size; past that,
// arbitrary ones are dropped and opened again when they return.
const (
	maxSessions = 8192
	maxHeld     = 16 << 20
)

// Find gives the credential for an access key id and session token. Those of an
// account that is closed stand for nobody, whatever else they are.
func (a *Authority) Find(ctx context.Context, id, token string, now time.Time) (*Credential, error) {
	c, err := a.find(ctx, id, token, now)
	if err == nil && a.Accounts.Closed(c.Principal.Account) {
		return nil, ErrUnknown
	}
	return c, err
}

func (a *Authority) find(ctx context.Context, id, token string, now time.Time) (*Credential, error) {
	if token != "" {
		return a.findSession(ctx, id, token, now)
	}
	if c := a.Users.AccessKey(id); c != nil {
		return c, nil
	}
	return a.findRoot(ctx, id)
}

func (a *Authority) findRoot(ctx context.Context, id string) (*Credential, error) {
	a.mu.RLock()
	c := a.roots[id]
	a.mu.RUnlock()
	if c != nil {
		return c, nil
	}
	account, err := a.Accounts.ByRootKey(ctx, id)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, ErrUnknown
	}
	key, err := a.Accounts.RootKey(account)
	if err != nil {
		return nil, err
	}
	c = &Credential{Principal: RootPrincipal(account, id), Secret: key.Secret}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.roots == nil {
		a.roots = make(map[string]*Credential)
	}
	a.roots[id] = c
	return c, nil
}

// RootPrincipal is the root user of an account.
func RootPrincipal(account *accounts.Account, accessKeyID string) *authz.Principal {
	return &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.Root,
			Account: account.ID,
			ARN:     account.RootARN(),
			ID:      account.ID,
		},
		AccessKeyID: accessKeyID,
	}
}

// Forget frees the memory of the sessions that were opened. It is for after a
// reset, which has ended them all.
func (a *Authority) Forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sessions, a.held = nil, 0
}
