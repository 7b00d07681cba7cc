package exposure

import (
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
)

// Zone is a zone of trust: an account, or all of an organization. Who acts from
// within is not external. AWS's services are within every zone: what they may
// be brought to do is a matter of their own conditions.
type Zone struct {
	Accounts map[string]bool
	OrgID    string // "" for that of an account
	// Canonical gives the account of a canonical user id, "" for one that is not
	// known.
	Canonical func(id string) string
}

// Contains reports whether a principal that a policy names is in the zone.
func (z *Zone) Contains(e policy.PrincipalElement) bool {
	switch {
	case e.Value == "*":
		return false
	case e.Kind == "Service":
		return true
	case e.Kind == "CanonicalUser":
		return z.Accounts[z.Canonical(e.Value)]
	case e.Kind == "AWS" && isAccount(e.Value):
		return z.Accounts[e.Value]
	case e.Kind == "AWS" && !strings.HasPrefix(e.Value, "arn:"):
		return true // the unique id of who is no more: nobody can be it again
	case e.Kind == "AWS":
		parts := strings.SplitN(e.Value, ":", 6)
		return len(parts) == 6 && z.Accounts[parts[4]]
	}
	return false // who comes through an identity provider
}

// accountKeys are the condition keys that tell from which account a call comes,
// or for a resource of which.
var accountKeys = []string{"aws:PrincipalAccount", "aws:SourceAccount", "aws:SourceOwner", "kms:CallerAccount", "s3:DataAccessPointAccount", "aws:VpceAccount"}

// within is a policy that allows everything that is not of a service, and
// everything to those in the zone.
func (z *Zone) within(service string) (*policy.Policy, error) {
	accounts := slices.Sorted(maps.Keys(z.Accounts))
	list := []statement{
		{"Effect": "Allow", "Principal": "*", "NotAction": service + ":*", "Resource": "*"},
		{"Effect": "Allow", "Principal": map[string]any{"AWS": accounts}, "Action": "*", "Resource": "*"},
		anyone("Bool", "aws:PrincipalIsAWSService", []string{"true"}),
	}
	for _, key := range accountKeys {
		list = append(list, anyone("StringEquals", key, accounts))
	}
	for _, key := range []string{"aws:PrincipalArn", "aws:SourceArn"} {
		var arns []string
		for _, a := range accounts {
			arns = append(arns, "arn:*:*:*:"+a+":*")
		}
		list = append(list, anyone("ArnLike", key, arns))
	}
	if z.OrgID != "" {
		for _, key := range []string{"aws:PrincipalOrgID", "aws:SourceOrgID", "aws:VpceOrgID"} {
			list = append(list, anyone("StringEquals", key, []string{z.OrgID}))
		}
		for _, key := range []string{"aws:PrincipalOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"} {
			list = append(list, anyone("ForAnyValue:StringLike", key, []string{z.OrgID + "/*"}))
		}
	}
	return document(policy.Version2012, policy.Resource, list)
}
