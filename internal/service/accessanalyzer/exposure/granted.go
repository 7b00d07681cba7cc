package exposure

import "github.com/fortlet/fortlet/policy"

// Granted finds the statements that allow one of the actions on one of the
// resources, whatever the conditions. Without actions it is about all, without
// resources as well. The error is a *policy.MalformedError if one of them is no
// pattern that a policy can have.
func Granted(p *policy.Policy, actions, resources []string) (Verdict, error) {
	var others []statement // all but that
	if len(actions) > 0 {
		others = append(others, statement{"Effect": "Allow", "NotAction": actions, "Resource": "*"})
	}
	if len(resources) > 0 {
		others = append(others, statement{"Effect": "Allow", "Action": "*", "NotResource": resources})
	}
	if p.Kind() != policy.Identity {
		for _, s := range others {
			s["Principal"] = "*"
		}
		var err error
		if p, err = asResource(p); err != nil {
			return Verdict{}, err
		}
	}
	trusted, err := document(policy.Version2012, p.Kind(), others)
	if err != nil {
		return Verdict{}, err
	}
	return beyond(trusted, p)
}
