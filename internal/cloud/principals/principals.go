// Package principals keeps the users and roles that a stored policy names by
// what they are and not by what they are called.
//
// A policy of a resource, or the trust policy of a role, names principals by
// ARN. Stored like that, it would let in whoever takes over the name of a user
// or role that was deleted. So AWS stores unique ids instead, and shows ARNs
// again as long as the user or role exists; afterwards the id (AIDA…, AROA…) is
// all that the policy shows. Bind makes the form to store, Render the form to
// show. Both leave every other character of the document as it is.
package principals

import (
	"context"
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// Names is where principals are looked up.
type Names struct {
	Directory authz.Directory
	// Accounts are those of this Fortlet. Principals of any other account
	// cannot be checked and are kept as they are.
	Accounts *accounts.Registry
}

// InvalidError says that a policy names a principal that does not exist.
type InvalidError struct {
	Principal string // as the document names it
}

// Error is the message of IAM.
func (e *InvalidError) Error() string {
	return fmt.Sprintf(`Invalid principal in policy: "AWS":"%s"`, e.Principal)
}

// Bind puts unique ids in the place of the ARNs of users and roles, and the
// root user's ARN in the place of a bare account id or a canonical user id, as
// AWS does. The document is one that package policy has parsed. The error is an
// *InvalidError, or what kept the accounts from being read.
func (n Names) Bind(ctx context.Context, doc string) (string, error) {
	doc, err := n.canonical(ctx, doc)
	if err != nil {
		return "", err
	}
	return replace(doc, func(value string) (string, error) { return n.bind(ctx, value) })
}

func (n Names) bind(ctx context.Context, value string) (string, error) {
	if isID(value) {
		id, _, _ := strings.Cut(value, ":")
		if n.Directory.ByID(id) == nil {
			return "", &InvalidError{value}
		}
		return value, nil
	}
	if isAccount(value) {
		value = "arn:aws:iam::" + value + ":root"
	}
	ref, ok := parse(value)
	if !ok {
		return value, nil // "*", or what has no existence to check
	}
	account, err := n.Accounts.Get(ctx, ref.account)
	if err != nil || account == nil {
		return value, err
	}
	id := n.find(ref)
	switch {
	case ref.kind == "root":
		return value, nil
	case id == nil, ref.arn != "" && id.ARN != ref.arn:
		return "", &InvalidError{value}
	case ref.session != "":
		return value, nil // a session has no id to be stored by
	}
	return id.ID, nil
}

func (n Names) find(r reference) *authz.Identity {
	switch r.kind {
	case "user":
		return n.Directory.User(r.account, r.name)
	case "role":
		return n.Directory.Role(r.account, r.name)
	}
	return nil
}

// Render puts ARNs in the place of the unique ids of users and roles that
// exist.
func (n Names) Render(doc string) string {
	return Render(doc, func(id string) string {
		if identity := n.Directory.ByID(id); identity != nil {
			return identity.ARN
		}
		return ""
	})
}

// Render puts in the place of each unique id of a user or role what arn gives
// for it, unless that is empty.
func Render(doc string, arn func(id string) string) string {
	rendered, err := replace(doc, func(value string) (string, error) {
		if isID(value) && !strings.Contains(value, ":") {
			if arn := arn(value); arn != "" {
				return arn, nil
			}
		}
		return value, nil
	})
	if err != nil {
		return doc // not JSON: nothing that Bind has made
	}
	return rendered
}

// isID reports a unique id of a user or role, or of a session of a role
// ("AROA…:session").
func isID(value string) bool {
	return len(value) >= 16 && (strings.HasPrefix(value, "AIDA") || strings.HasPrefix(value, "AROA"))
}

func isAccount(value string) bool {
	return len(value) == 12 && strings.Trim(value, "0123456789") == ""
}

// reference is what an ARN refers to.
type reference struct {
	account string
	kind    string // "root", "user" or "role"
	name    string // without path
	arn     string // that the user or role must have; "" for any
	session string // of a role
}

// parse reads the ARNs of root, users, roles and role sessions.
func parse(arn string) (reference, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return reference{}, false
	}
	service, account, resource := parts[2], parts[4], parts[5]
	kind, name, _ := strings.Cut(resource, "/")
	switch {
	case service == "iam" && resource == "root":
		return reference{account: account, kind: "root"}, true
	case service == "iam" && (kind == "user" || kind == "role"):
		return reference{account: account, kind: kind, name: name[strings.LastIndexByte(name, '/')+1:], arn: arn}, true
	case service == "sts" && kind == "assumed-role":
		role, session, ok := strings.Cut(name, "/")
		return reference{account: account, kind: "role", name: role, session: session}, ok
	}
	return reference{}, false
}
