package reach

import (
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

var _ authz.Directory = (*World)(nil)

// User implements authz.Directory.
func (w *World) User(account, name string) *authz.Identity { return w.lookUp(account, "user", name) }

// Role implements authz.Directory.
func (w *World) Role(account, name string) *authz.Identity { return w.lookUp(account, "role", name) }

func (w *World) lookUp(account, kind, name string) *authz.Identity {
	if account != w.account {
		return nil
	}
	if p := w.byName[nameKey(kind, name)]; p != nil {
		return p.identity
	}
	return nil
}

// ByID implements authz.Directory.
func (w *World) ByID(uniqueID string) *authz.Identity { return w.byID[uniqueID] }

// ManagedPolicy implements authz.Directory.
func (w *World) ManagedPolicy(arn string) *policy.Policy { return w.managed[arn] }

// supposed is the directory of a question about one principal, of whom it says
// what is supposed.
type supposed struct{ identity *authz.Identity }

var _ authz.Directory = supposed{}

func (d supposed) User(string, string) *authz.Identity { return d.identity }
func (d supposed) Role(string, string) *authz.Identity { return d.identity }
func (d supposed) ByID(string) *authz.Identity         { return nil }
func (d supposed) ManagedPolicy(string) *policy.Policy { return nil }
