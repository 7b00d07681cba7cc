package exposure

import (
	"slices"

	"github.com/fortlet/fortlet/policy"
)

// Public finds the statements that let in the public: anybody at all, whom no
// condition ties to a known account, organization, network or resource.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
func Public(p *policy.Policy) (Verdict, error) {
	p, err := asResource(p)
	if err != nil {
		return Verdict{}, err
	}
	known, err := knownCallers(p)
	if err != nil {
		return Verdict{}, err
	}
	return beyond(known, p)
}

// knownCallers is a policy that allows everything to those whom p knows: whom it
// names, and who comes with a value of a telling condition key that p names.
func knownCallers(p *policy.Policy) (*policy.Policy, error) {
	var named []policy.PrincipalElement
	values := map[string][]string{}
	for _, s := range p.Statements() {
		for _, e := range s.Principals {
			if e.Value != "*" {
				named = append(named, e)
			}
		}
		for _, c := range s.Conditions {
			collect(values, c)
		}
	}
	list := []statement{{"Effect": "Deny", "Principal": "*", "Action": "none:None", "Resource": "*"}} // there must be one
	if len(named) > 0 {
		list = append(list, statement{"Effect": "Allow", "Principal": principals(named), "Action": "*", "Resource": "*"})
	}
	for _, t := range telling {
		if v := values[t.key]; len(v) > 0 {
			slices.Sort(v)
			list = append(list, anyone(t.operator, t.key, slices.Compact(v)))
		}
	}
	return document(policy.Version2012, policy.Resource, list)
}
