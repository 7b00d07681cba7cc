package compare

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// What nobody names, unless a policy names an example.
const (
	strangerAccount   = "999999999999"
	strangerName      = "stranger"
	strangerService   = "unlisted.amazonaws.com"
	strangerProvider  = "login.example.com"
	strangerCanonical = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
)

// named is what Principal elements name, by what it is.
type named struct {
	accounts, users, roles, sessions, federatedUsers []string // account numbers and ARNs
	userIDs, roleIDs, sessionIDs                     []string
	services, providers, canonical                   []string
	userNames                                        []string // of any account
	negated                                          bool     // a NotPrincipal with Deny: a boundary makes a difference
}

func (n *named) add(e *principal) {
	n.negated = n.negated || e.negated && e.deny
	for _, p := range e.named {
		switch p.Kind {
		case "AWS":
			n.addAWS(p.Value)
		case "Service":
			n.services = append(n.services, p.Value)
		case "Federated":
			n.providers = append(n.providers, p.Value)
		case "CanonicalUser":
			n.canonical = append(n.canonical, p.Value)
		}
	}
}

func (n *named) addAWS(v string) {
	if !strings.HasPrefix(v, "arn:") {
		switch {
		case v == "*":
		case strings.HasPrefix(v, "AIDA"):
			n.userIDs = append(n.userIDs, v)
		case strings.HasPrefix(v, "AROA") && strings.Contains(v, ":"):
			n.sessionIDs = append(n.sessionIDs, v)
		case strings.HasPrefix(v, "AROA"):
			n.roleIDs = append(n.roleIDs, v)
		default:
			n.accounts = append(n.accounts, v)
		}
		return
	}
	parts := strings.SplitN(v, ":", arnColumns+1)
	n.accounts = append(n.accounts, parts[4])
	switch kind, _, _ := strings.Cut(parts[5], "/"); kind {
	case "user":
		n.users = append(n.users, v)
	case "role":
		n.roles = append(n.roles, v)
	case "assumed-role":
		n.sessions = append(n.sessions, v)
	case "federated-user":
		n.federatedUsers = append(n.federatedUsers, v)
	}
}

// accountOf is the account of an ARN.
func accountOf(arn string) string { return strings.SplitN(arn, ":", arnColumns+1)[4] }

// within are the ARNs of an account, and one more that nobody names.
func within(arns []string, account, stranger string) []string {
	list := []string{stranger}
	for _, a := range canonical(arns) {
		if accountOf(a) == account {
			list = append(list, a)
		}
	}
	return list
}

// or are the values and the one of a stranger.
func or(values []string, stranger string) []string {
	return append([]string{stranger}, canonical(values)...)
}

// callers are callers of every type that differ in all that the elements ask about.
func (n *named) callers() []policy.Principal {
	list := []policy.Principal{{Type: policy.Anonymous}}
	for _, s := range or(n.services, strangerService) {
		if s != "*" {
			list = append(list, policy.Principal{Type: policy.ServicePrincipal, Service: s})
		}
	}
	for _, p := range or(n.providers, strangerProvider) {
		list = append(list, policy.Principal{Type: policy.Federated, Federated: p})
	}
	for _, c := range or(n.canonical, strangerCanonical) {
		list = append(list, policy.Principal{Type: policy.CanonicalUser, CanonicalUser: c})
	}
	for _, account := range or(n.accounts, strangerAccount) {
		for _, c := range or(n.canonical, "") {
			for _, p := range n.inAccount(account) {
				p.CanonicalUser = c
				list = append(list, p)
				if n.negated {
					p.Bounded = true
					list = append(list, p)
				}
			}
		}
	}
	return list
}

func (n *named) inAccount(account string) []policy.Principal {
	iam := "arn:aws:iam::" + account + ":"
	root := policy.Principal{Type: policy.Root, Account: account, ARN: iam + "root", ID: account}
	list := []policy.Principal{root}
	users := slices.Clone(n.users)
	for _, name := range n.userNames {
		users = append(users, iam+"user/"+name)
	}
	for _, arn := range within(users, account, iam+"user/"+strangerName) {
		for _, id := range or(n.userIDs, "AIDASTRANGERSTRANGER") {
			list = append(list, policy.Principal{Type: policy.User, Account: account, ARN: arn, ID: id})
		}
	}
	list = append(list, n.sessionsIn(account)...)
	return append(list, n.federatedIn(account)...)
}

// sessionsIn are sessions of the account's roles. The name of a session ARN is
// that of its role; an id says nothing about the role.
func (n *named) sessionsIn(account string) []policy.Principal {
	var list []policy.Principal
	iam, sts := "arn:aws:iam::"+account+":role/", "arn:aws:sts::"+account+":assumed-role/"
	roles := within(n.roles, account, iam+strangerName)
	for _, s := range n.sessions {
		name, _, _ := strings.Cut(strings.TrimPrefix(s, sts), "/")
		if strings.HasPrefix(s, sts) && !slices.Contains(roles, iam+name) {
			roles = append(roles, iam+name)
		}
	}
	ids := or(n.roleIDs, "AROASTRANGERSTRANGER")
	for i, id := range ids {
		ids[i] = id + ":" + strangerName
	}
	ids = append(ids, canonical(n.sessionIDs)...)
	for _, role := range roles {
		prefix := sts + role[strings.LastIndexByte(role, '/')+1:] + "/"
		sessions := []string{prefix + strangerName}
		for _, s := range canonical(n.sessions) {
			if strings.HasPrefix(s, prefix) {
				sessions = append(sessions, s)
			}
		}
		for _, arn := range sessions {
			for _, id := range ids {
				list = append(list, policy.Principal{Type: policy.AssumedRole, Account: account, ARN: arn, RoleARN: role, ID: id})
			}
		}
	}
	return list
}

func (n *named) federatedIn(account string) []policy.Principal {
	var list []policy.Principal
	iam, sts := "arn:aws:iam::"+account+":", "arn:aws:sts::"+account+":federated-user/"
	for _, arn := range within(n.federatedUsers, account, sts+strangerName) {
		for _, user := range append(within(n.users, account, iam+"user/"+strangerName), iam+"root") {
			for _, id := range or(n.userIDs, "AIDASTRANGERSTRANGER") {
				list = append(list, policy.Principal{
					Type: policy.FederatedUser, Account: account, ARN: arn, UserARN: user, UserID: id,
					ID: account + ":" + arn[len(sts):],
				})
			}
		}
	}
	return list
}
