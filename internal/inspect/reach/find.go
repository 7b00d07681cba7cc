package reach

import (
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// UnknownPrincipalError says that nobody goes by a name.
type UnknownPrincipalError struct {
	Name string
	Hint string // what it could have been; may be empty
}

func (e *UnknownPrincipalError) Error() string { return fmt.Sprintf("no such principal: %s", e.Name) }

// Find gives the principal of a name:
//
//	alice, user/alice, role/app             a user or role of the account
//	root, 111122223333                      a root user
//	arn:aws:iam::111122223333:role/app      any of these by ARN
//	arn:aws:sts::111122223333:assumed-role/app/session
//	lambda.amazonaws.com                    a service
//	anonymous                               who does not sign
//
// The error is an *UnknownPrincipalError.
func (w *World) Find(name string) (*Principal, error) {
	kind, rest, typed := strings.Cut(name, "/")
	switch {
	case name == "":
		return nil, &UnknownPrincipalError{Name: `""`}
	case strings.HasPrefix(name, "arn:"):
		return w.findARN(name)
	case name == "anonymous", name == "*":
		return anonymous(), nil
	case name == "root", name == w.account:
		return w.root(), nil
	case isAccount(name):
		return w.outsider("arn:" + w.partition() + ":iam::" + name + ":root"), nil
	case isService(name):
		return service(name), nil
	case typed && (kind == "user" || kind == "role"):
		return w.findName(kind, rest, name)
	}
	return w.findAny(name)
}

// findAny finds a user or a role by its bare name.
func (w *World) findAny(name string) (*Principal, error) {
	user, role := w.byName[nameKey("user", name)], w.byName[nameKey("role", name)]
	switch {
	case user != nil && role != nil:
		return nil, &UnknownPrincipalError{name, fmt.Sprintf("there is a user and a role of that name: say user/%s or role/%s", name, name)}
	case user != nil:
		return user, nil
	case role != nil:
		return role, nil
	}
	return nil, &UnknownPrincipalError{name, "the account " + w.account + " has no user or role of that name"}
}

func (w *World) findName(kind, name, asked string) (*Principal, error) {
	name = name[strings.LastIndexByte(name, '/')+1:]
	if p := w.byName[nameKey(kind, name)]; p != nil {
		return p, nil
	}
	return nil, &UnknownPrincipalError{asked, "the account " + w.account + " has no such " + kind}
}

func (w *World) findARN(arn string) (*Principal, error) {
	ref, ok := parseARN(arn)
	if !ok {
		return nil, &UnknownPrincipalError{arn, "the ARN is not that of a user, role, session or root user"}
	}
	if ref.account != w.account {
		return w.outsider(arn), nil
	}
	switch ref.kind {
	case "root":
		return w.root(), nil
	case "federated-user":
		return w.federatedUser(ref, arn), nil
	case "session":
		return w.session(ref, arn)
	}
	p, err := w.findName(ref.kind, ref.name, arn)
	if err == nil && p.identity.ARN != arn {
		return nil, &UnknownPrincipalError{arn, "did you mean " + p.identity.ARN + "?"}
	}
	return p, err
}

// session is a session of a role of the account.
func (w *World) session(ref reference, arn string) (*Principal, error) {
	role, err := w.findName("role", ref.name, arn)
	if err != nil {
		return nil, err
	}
	p := *role
	p.kind, p.named, p.Principal = "session", true, sessionOf(role.identity, ref.session)
	return &p, nil
}

// federatedUser is a session that the root user has made with
// GetFederationToken: of one that a user has made, the user is not told by the
// ARN.
func (w *World) federatedUser(ref reference, arn string) *Principal {
	return &Principal{kind: "federated-user", Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.FederatedUser, Account: w.account, ARN: arn, ID: w.account + ":" + ref.name},
		Name:      ref.name,
		Session:   &authz.Session{},
	}}
}

// reference is what the ARN of a principal says.
type reference struct {
	account string
	kind    string // "root", "user", "role", "session", "federated-user"
	name    string
	session string
}

func parseARN(arn string) (reference, bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[3] != "" || !isAccount(parts[4]) || strings.ContainsAny(arn, "*? ") {
		return reference{}, false
	}
	kind, path, _ := strings.Cut(parts[5], "/")
	ref := reference{account: parts[4], kind: kind, name: path[strings.LastIndexByte(path, '/')+1:]}
	switch {
	case parts[2] == "iam" && parts[5] == "root":
		return ref, true
	case parts[2] == "iam" && (kind == "user" || kind == "role"):
		return ref, ref.name != ""
	case parts[2] == "sts" && kind == "federated-user":
		return ref, ref.name != ""
	case parts[2] == "sts" && kind == "assumed-role":
		ref.kind = "session"
		ref.name, ref.session, _ = strings.Cut(path, "/")
		return ref, ref.name != "" && ref.session != ""
	}
	return reference{}, false
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

func isService(s string) bool {
	for _, domain := range []string{".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal"} {
		if strings.HasSuffix(s, domain) && len(s) > len(domain) && !strings.ContainsAny(s, "/:") {
			return true
		}
	}
	return false
}
