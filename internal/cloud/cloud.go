// Package cloud is the pipeline that every call goes through, whoever makes
// it: a client through the gateway, or a service on a caller's behalf through
// Forward. A call is authorized by the service's handler, which must ask
// package authz; its outcome becomes an answer in the service's words and a
// record in the audit log.
//
// Services take from here what they stand on: the store, the keyring, the
// clock, and the Call in their context. They register their operations with
// Handle and never see HTTP.
package cloud

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Partition is the AWS partition of everything in a Fortlet.
const Partition = "aws"

// Cloud holds the walls that all services stand on. Its fields are set once,
// before the first call.
type Cloud struct {
	Region      string // of calls that name none
	Store       *store.DB
	Keyring     *keyring.Keyring
	Audit       *audit.Log
	Accounts    *accounts.Registry
	Credentials *credentials.Authority
	Authorizer  *authz.Authorizer
	Log         *slog.Logger
	Now         func() time.Time
	// Signed is the clock that the times of signatures are compared with: Now,
	// unless a test moves the cloud's clock away from that of its clients.
	Signed func() time.Time
	// CORS is asked about the requests of web pages; nil opens nothing to them.
	CORS CORS
	// Organizations makes the accounts of an organization; nil: every account
	// stands alone.
	Organizations Organizations

	services []*api.Service
	onReset  []func()
	handlers map[*api.Operation]Handler
	recent   recent
	watcher  atomic.Pointer[Watcher]
}

// Register adds a service with its handlers. Every operation that the service
// claims to build must have one; that is checked here so that a missing line
// is found by the first test that starts a cloud.
func (c *Cloud) Register(svc *api.Service, handlers ...Handler) error {
	if c.handlers == nil {
		c.handlers = make(map[*api.Operation]Handler)
	}
	for _, h := range handlers {
		if h.op.Service != svc {
			return fmt.Errorf("%s is no operation of %s", h.op.Action(), svc.Name)
		}
		if _, ok := c.handlers[h.op]; ok {
			return fmt.Errorf("%s has two handlers", h.op.Action())
		}
		c.handlers[h.op] = h
	}
	for _, op := range svc.Operations {
		if _, ok := c.handlers[op]; !ok {
			return fmt.Errorf("%s has no handler", op.Action())
		}
	}
	c.services = append(c.services, svc)
	return nil
}

// Services are the registered services.
func (c *Cloud) Services() []*api.Service { return c.services }

// RootOf is the root user of an account.
func RootOf(a *accounts.Account) *authz.Principal { return credentials.RootPrincipal(a, a.RootKeyID) }

// NewID makes a random id in the form of AWS's request ids, a UUID.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	const hexDigits = "0123456789abcdef"
	var s [36]byte
	for i, j := 0, 0; i < 16; i++ {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			s[j] = '-'
			j++
		}
		s[j], s[j+1] = hexDigits[b[i]>>4], hexDigits[b[i]&15]
		j += 2
	}
	return string(s[:])
}
