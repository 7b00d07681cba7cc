package reach

import (
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// Principal is somebody who may or may not. Those of the account come with
// their policies; of others only the name is known.
type Principal struct {
	*authz.Principal

	kind     string          // "user", "role", "session", …: what Label shows
	identity *authz.Identity // nil for those who have no policies, and of other accounts

	foreign  bool // of another account, whose policies are not known
	everyone bool // stands for every principal of every other account
	named    bool // a session that was named, so that its name counts
	taggable bool // a role whose sessions can bring tags

	leftOut     []string // policies of it that could not be read
	trustUnread bool
}

// anySession is the name of a session of which the name is not known.
const anySession = "any-session"

// sessionOf is a session of a role, as AssumeRole makes it.
func sessionOf(role *authz.Identity, name string) *authz.Principal {
	return &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			Account: role.Account,
			ARN:     "arn:" + partitionOf(role.ARN) + ":sts::" + role.Account + ":assumed-role/" + role.Name + "/" + name,
			RoleARN: role.ARN,
			ID:      role.ID + ":" + name,
		},
		Name:        role.Name,
		SessionName: name,
		Session:     &authz.Session{},
	}
}

// partitionOf is the partition of an ARN.
func partitionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 || parts[1] == "" {
		return "aws"
	}
	return parts[1]
}

// ARN is that of the user, role or session, or the name of a service or
// provider.
func (p *Principal) ARN() string {
	switch {
	case p.everyone:
		return "*"
	case p.kind == "role" && p.RoleARN != "":
		return p.RoleARN
	}
	return p.Principal.Principal.String()
}

// Kind is "user", "role", "session", "root", "account", "federated-user",
// "service", "federated", "canonical-user", "anonymous" or "everyone".
func (p *Principal) Kind() string { return p.kind }

// Label is the shortest name that is clear in a table about one account.
func (p *Principal) Label() string {
	switch {
	case p.everyone:
		return "everyone with an AWS account"
	case p.Type == policy.Anonymous:
		return "anonymous"
	case p.kind == "service" && p.Service == "*":
		return "every service"
	case p.foreign && p.kind == "account":
		return "account " + p.Account
	case p.foreign:
		return p.ARN()
	case p.kind == "root":
		return "root"
	case p.kind == "user", p.kind == "role":
		return p.kind + "/" + p.Name
	case p.kind == "session":
		return "session/" + p.Name + "/" + p.SessionName
	}
	return p.ARN()
}

// Foreign reports a principal of another account, whose own policies are not
// known.
func (p *Principal) Foreign() bool { return p.foreign }

// root is the account's root user.
func (w *World) root() *Principal {
	return &Principal{kind: "root", Principal: &authz.Principal{
		Principal: policy.Principal{Type: policy.Root, Account: w.account, ARN: "arn:" + w.partition() + ":iam::" + w.account + ":root", ID: w.account},
	}}
}

// partition is the partition of the account, by what is in it.
func (w *World) partition() string {
	for _, list := range [][]*Principal{w.roles, w.users} {
		if len(list) > 0 {
			return partitionOf(list[0].identity.ARN)
		}
	}
	return "aws"
}

// taggable reports a trust policy that lets some sessions bring tags.
func taggable(trust *policy.Policy) bool {
	for _, s := range trust.Statements() {
		if s.Effect != policy.Allow {
			continue
		}
		for _, a := range s.Actions {
			if policy.MatchAction(a, "sts:TagSession") {
				return true
			}
		}
	}
	return false
}
