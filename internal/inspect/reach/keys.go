package reach

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// knowledge is how sure the value of a condition key is.
type knowledge uint8

const (
	known   knowledge = iota // it follows from the snapshot, or was given
	assumed                  // it is that of an ordinary call: direct, by TLS, now
	unknown                  // it depends on the request
)

// keys are the condition keys of one question for one principal. It notes those
// that are asked for and not known.
type keys struct {
	world *World
	q     *Question
	p     *Principal
	owner string
	env   policy.Context // what authz makes of the principal and the request

	unknown []string
	assumed []string
}

var _ policy.Context = (*keys)(nil)

// Lookup implements policy.Context.
func (k *keys) Lookup(key string) ([]string, bool) {
	if v, ok := k.q.Given[key]; ok {
		return v, true
	}
	if slices.Contains(k.q.Absent, key) {
		return nil, false
	}
	switch k.knows(key) {
	case unknown:
		note(&k.unknown, key)
		if k.p.everyone && strings.HasPrefix(key, "aws:") {
			return nil, false // the value would be that of nobody
		}
	case assumed:
		note(&k.assumed, key)
	}
	if v, ok := k.own(key); ok {
		return v, true
	}
	return k.env.Lookup(key)
}

func note(list *[]string, key string) {
	if !slices.Contains(*list, key) {
		*list = append(*list, key)
	}
}

// SignedKey is a condition key of ours, for what no policy can say: whether the
// caller signs, as the group of authenticated users of an access control list
// does.
const SignedKey = "reach:signed"

// own are keys of services that follow from the principal or the resource.
func (k *keys) own(key string) ([]string, bool) {
	if ofOther(key, k.q.Action) {
		return nil, false
	}
	switch key {
	case SignedKey:
		return []string{strconv.FormatBool(k.p.Type != policy.Anonymous)}, true
	case "kms:calleraccount":
		if k.p.Account != "" && !k.p.everyone {
			return []string{k.p.Account}, true
		}
	case "s3:resourceaccount":
		if k.q.Resource.Owner != "" {
			return []string{k.q.Resource.Owner}, true
		}
	}
	v, ok := k.q.Resource.Keys[key]
	return v, ok
}

// knows tells how sure the value of a key is, or its absence.
func (k *keys) knows(key string) knowledge {
	if _, ok := k.q.Given[key]; ok || slices.Contains(k.q.Absent, key) {
		return known
	}
	name, global := strings.CutPrefix(key, "aws:")
	if !global {
		return k.knowsOfService(key)
	}
	if tag, _, ok := strings.Cut(name, "/"); ok {
		return k.knowsTag(tag)
	}
	switch name {
	case "securetransport", "currenttime", "epochtime", "viaawsservice", "calledvia", "calledviafirst", "calledvialast", "tokenissuetime":
		return assumed
	case "requestedregion":
		return orAssumed(k.q.Resource.region() != "" || ofOneRegion(k.q.Action))
	case "principalarn", "principalaccount", "principaltype", "principalisawsservice", "principalservicename", "principalservicenameslist", "username":
		return orUnknown(!k.p.everyone)
	case "userid", "userid*":
		return k.knowsUserID(name)
	case "principalorgid", "principalorgpaths":
		return k.knowsOrganization(name, k.p.Account)
	case "resourceaccount":
		return orUnknown(k.owner != elsewhere)
	case "resourceorgid", "resourceorgpaths":
		return k.knowsOrganization(name, k.owner)
	case "multifactorauthpresent", "multifactorauthage", "sourceidentity", "federatedprovider":
		return orUnknown(!k.hasSession(name))
	case "sourcearn", "sourceaccount", "sourceorgid", "sourceorgpaths", "sourceowner":
		if k.p.Type != policy.ServicePrincipal {
			return assumed // only services bring them
		}
	}
	return unknown
}

func orUnknown(is bool) knowledge {
	if is {
		return known
	}
	return unknown
}

func orAssumed(is bool) knowledge {
	if is {
		return known
	}
	return assumed
}

func (k *keys) knowsOfService(key string) knowledge {
	if ofOther(key, k.q.Action) {
		return known
	}
	switch key {
	case SignedKey:
		return known
	case "kms:calleraccount":
		return orUnknown(!k.p.everyone)
	case "s3:resourceaccount":
		return orUnknown(k.q.Resource.Owner != "")
	case "kms:viaservice":
		return assumed
	}
	_, ok := k.q.Resource.Keys[key]
	return orUnknown(ok)
}

// ofOther reports a key that only requests to another service have. Some
// services put theirs into requests to all, by the session (ec2:SourceInstanceARN):
// so only those are listed of which that is known not to be.
func ofOther(key, action string) bool {
	prefix, _, _ := strings.Cut(key, ":")
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	switch prefix {
	case "s3", "kms", "sts", "iam", "sqs", "sns", "dynamodb", "secretsmanager":
		return !strings.HasPrefix(service, prefix)
	}
	return false
}

// knowsTag tells of tags. A session can bring tags of its own, which then come
// before those of its role.
func (k *keys) knowsTag(kind string) knowledge {
	switch kind {
	case "principaltag":
		if k.p.Type == policy.Root && !k.p.everyone {
			return known // root users have no tags
		}
		return orUnknown(!k.p.foreign && !k.p.taggable && k.p.Type != policy.FederatedUser && k.p.Type != policy.Federated)
	case "resourcetag":
		return orUnknown(k.q.Resource.TagsKnown)
	}
	return unknown
}

// knowsUserID: the id of a role's session ends in the session's name, which is
// not known unless the session was named. Most conditions leave it open.
func (k *keys) knowsUserID(name string) knowledge {
	if k.p.foreign && k.p.kind != "account" {
		return unknown
	}
	return orUnknown(k.p.kind != "role" || "aws:"+name == anyUserID)
}

// knowsOrganization tells of the organization of an account. Services and those
// who have no account are in none.
func (k *keys) knowsOrganization(name, account string) knowledge {
	org := k.world.organization
	switch {
	case account == "":
		return known
	case org == nil:
		return unknown
	case strings.HasSuffix(name, "orgpaths"):
		return orUnknown(org.knowsPath(account))
	}
	return orUnknown(org.knows(account))
}

// hasSession reports a principal that may call with a session, which has a key
// about how it was made.
func (k *keys) hasSession(name string) bool {
	switch k.p.Type {
	case policy.AssumedRole, policy.FederatedUser, policy.Federated:
		return true
	case policy.User, policy.Root:
		return strings.HasPrefix(name, "multifactor")
	}
	return false
}
