package reach

import (
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

func anonymous() *Principal {
	return &Principal{kind: "anonymous", Principal: new(authz.Principal)}
}

func service(name string) *Principal {
	return &Principal{kind: "service", Principal: &authz.Principal{Principal: policy.Principal{Type: policy.ServicePrincipal, Service: name}}}
}

func federated(provider string) *Principal {
	return &Principal{kind: "federated", Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.Federated, Federated: provider},
		Session:   &authz.Session{Provider: provider},
	}}
}

// everyone stands for all principals of all other accounts: what is theirs
// alone (the account, the ARN) is not known.
func everyone() *Principal {
	return &Principal{kind: "everyone", everyone: true, foreign: true, Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.Root, Account: elsewhere},
	}}
}

// elsewhere is the account of everyone. It is no account that a policy names.
const elsewhere = "elsewhere"

// canonicalUser is an account by its canonical user id.
func canonicalUser(id string) *Principal {
	return &Principal{kind: "canonical-user", foreign: true, Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.Root, Account: elsewhere, CanonicalUser: id},
	}}
}

// outsider is a principal of another account, by its ARN.
func (w *World) outsider(arn string) *Principal {
	ref, ok := parseARN(arn)
	if !ok {
		return nil
	}
	p := &authz.Principal{Principal: policy.Principal{Account: ref.account, ARN: arn}, Name: ref.name}
	kind := ref.kind
	switch ref.kind {
	case "root":
		p.Type, p.ID, kind = policy.Root, ref.account, "account"
	case "user":
		p.Type = policy.User
	case "role":
		p = sessionOf(&authz.Identity{Account: ref.account, ARN: arn, Name: ref.name}, anySession)
	case "session":
		p.Type, p.SessionName, p.Session = policy.AssumedRole, ref.session, &authz.Session{}
		p.RoleARN = strings.Replace(arn[:strings.LastIndexByte(arn, '/')], ":sts:", ":iam:", 1)
		p.RoleARN = strings.Replace(p.RoleARN, ":assumed-role/", ":role/", 1)
	case "federated-user":
		p.Type, p.Session = policy.FederatedUser, &authz.Session{}
	}
	return &Principal{kind: kind, foreign: true, named: ref.kind == "session", Principal: p}
}

// outsiders are the principals that the statements of policies allow something,
// or do not deny it alone, and that are not users, roles or the root user of the account: those of other
// accounts, services, identity providers, sessions, and everybody.
func (w *World) outsiders(policies ...*policy.Policy) []*Principal {
	var list []*Principal
	seen := make(map[string]bool)
	add := func(p *Principal) {
		if p != nil && !seen[p.kind+p.ARN()] {
			seen[p.kind+p.ARN()] = true
			list = append(list, p)
		}
	}
	for _, doc := range policies {
		if doc == nil {
			continue
		}
		for _, s := range doc.Statements() {
			elements := s.Principals
			switch {
			case s.Effect == policy.Deny:
				elements = s.NotPrincipals // whom it spares
			case len(s.NotPrincipals) > 0:
				add(anonymous())
				add(everyone())
			}
			for _, e := range elements {
				for _, p := range w.named(e) {
					add(p)
				}
			}
		}
	}
	return list
}

// named are the outsiders that an element names.
func (w *World) named(e policy.PrincipalElement) []*Principal {
	switch e.Kind {
	case "Service":
		return []*Principal{service(e.Value)}
	case "Federated":
		return []*Principal{federated(e.Value)}
	case "CanonicalUser":
		return []*Principal{canonicalUser(e.Value)}
	}
	value := e.Value
	if isAccount(value) {
		value = "arn:" + w.partition() + ":iam::" + value + ":root"
	}
	ref, ok := parseARN(value)
	switch {
	case value == "*":
		return []*Principal{anonymous(), everyone()}
	case !ok:
		return nil // the unique id of somebody who was deleted
	case ref.account != w.account:
		return []*Principal{w.outsider(value)}
	case ref.kind == "session" || ref.kind == "federated-user":
		if p, err := w.findARN(value); err == nil {
			return []*Principal{p}
		}
	}
	return nil
}
