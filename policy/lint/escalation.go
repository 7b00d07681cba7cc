package lint

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// Holder is somebody who has policies.
type Holder struct {
	// ARN is the user's or role's own, where it is known.
	ARN string
	// Policies are all that give permissions.
	Policies []*policy.Policy
	// Boundary limits them; nil where there is none.
	Boundary *policy.Policy
	// Keys are condition keys that every request of the holder has.
	Keys policy.Keys
}

// Path is an escalation that is open to a holder.
type Path struct {
	Escalation
	// Grants are what opens it, one for each of the actions.
	Grants []Grant
}

// Grant is an action that a holder may do on a resource, as the evaluator says.
type Grant struct {
	Action, Resource  string
	Policy, Statement int // by their places in the holder's policies
}

// Administrator says by which policy and statement a holder may do everything,
// whatever the boundary says.
func (h *Holder) Administrator() (where Grant, is bool) {
	for i, p := range h.Policies {
		for j, s := range p.Statements() {
			everything := slices.Contains(s.Actions, "*") && slices.Contains(s.Resources, "*")
			if everything && s.Effect == policy.Allow && len(s.Conditions) == 0 {
				return Grant{Action: "*", Resource: "*", Policy: i, Statement: j}, true
			}
		}
	}
	return Grant{}, false
}

// Paths are the escalations that are open to a holder. Each grant is one that
// policy.Evaluate gives, and no policy of the holder or boundary denies, in a
// request that has no condition keys but the holder's own and, for iam:PassRole,
// the service that the role is passed to. Organization and resource policies are
// not looked at.
func (h *Holder) Paths() []Path {
	f := &finder{Holder: h, catalogue: catalogue.Default(), named: make(map[string]*Grant)}
	f.read()
	var open []Path
	for _, e := range escalations {
		if grants := f.grants(e); grants != nil {
			open = append(open, Path{e, grants})
		}
	}
	return open
}

// finder looks for the escalations of one holder.
type finder struct {
	*Holder
	catalogue *catalogue.Catalogue
	allowed   []string          // patterns of actions that statements allow, in lower case
	resources []string          // that these name, made concrete
	named     map[string]*Grant // by action and service, nil where there is none
}

// samples is how many resources of statements an action is tried on.
const samples = 20

// read collects what allowing statements name.
func (f *finder) read() {
	for _, p := range f.Policies {
		for _, s := range p.Statements() {
			if s.Effect != policy.Allow {
				continue
			}
			if s.NotActions != nil {
				f.allowed = append(f.allowed, "*")
			}
			for _, a := range s.Actions {
				f.allowed = append(f.allowed, strings.ToLower(a))
			}
			for _, r := range s.Resources {
				if r = f.concrete(r); r != "" && !slices.Contains(f.resources, r) && len(f.resources) < 10*samples {
					f.resources = append(f.resources, r)
				}
			}
		}
	}
}

// concrete is a resource that the pattern stands for, "" where that says
// nothing. The holder's own name takes the place of the variable for it.
func (f *finder) concrete(pattern string) string {
	if name := f.Keys["aws:username"]; len(name) == 1 {
		pattern = strings.ReplaceAll(pattern, "${aws:username}", name[0])
	}
	if pattern == "*" || variable(pattern) {
		return ""
	}
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) == 6 {
		for i, own := range map[int]string{1: "aws", 3: "us-east-1", 4: f.account()} {
			if wildcard(parts[i]) {
				parts[i] = own
			}
		}
		pattern = strings.Join(parts, ":")
	}
	return strings.NewReplacer("*", "x", "?", "x").Replace(pattern)
}

// account is the holder's.
func (f *finder) account() string {
	if account := accountOf(f.ARN); account != "" {
		return account
	}
	return "123456789012"
}

// grants opens an escalation, or is nil.
func (f *finder) grants(e Escalation) []Grant {
	var list []Grant
	for _, action := range e.Actions {
		g := f.grant(action, e)
		if g == nil {
			return nil
		}
		list = append(list, *g)
	}
	return list
}

// grant finds something on which the holder may do an action.
func (f *finder) grant(action string, e Escalation) *Grant {
	key := action + " " + e.service
	if g, known := f.named[key]; known {
		return g
	}
	f.named[key] = nil
	lower := strings.ToLower(action)
	if !slices.ContainsFunc(f.allowed, func(p string) bool { return covers(p, lower) }) {
		return nil
	}
	keys := policy.Keys{"iam:PassedToService": {e.service}}
	if e.service == "" {
		delete(keys, "iam:PassedToService")
	}
	for name, values := range f.Keys {
		keys[name] = values
	}
	for _, resource := range f.tries(action) {
		if e.others && resource == f.ARN {
			continue
		}
		if g := f.evaluate(&policy.Request{Action: action, Resource: resource, Context: keys}); g != nil {
			f.named[key] = g
			return g
		}
	}
	return nil
}

// evaluate asks all policies, and the boundary.
func (f *finder) evaluate(r *policy.Request) *Grant {
	var g *Grant
	for i, p := range f.Policies {
		switch v := p.Evaluate(r); {
		case v.Effect == policy.Deny:
			return nil
		case v.Effect == policy.Allow && g == nil:
			g = &Grant{Action: r.Action, Resource: r.Resource, Policy: i, Statement: v.Statement}
		}
	}
	if g == nil || f.Boundary != nil && f.Boundary.Evaluate(r).Effect != policy.Allow {
		return nil
	}
	return g
}

// tries are resources that an action can be tried on: those that statements
// name, and one that none does.
func (f *finder) tries(action string) []string {
	a := f.catalogue.Action(action)
	if a == nil || len(a.Resources) == 0 {
		return []string{"*"}
	}
	var list []string
	for _, r := range f.resources {
		if len(list) < samples && slices.ContainsFunc(a.Resources, func(t catalogue.ActionResource) bool { return t.Type.Matches(r) }) {
			list = append(list, r)
		}
	}
	return append(list, f.sample(a.Resources[0].Type.ARNs[0]))
}

// sample is an ARN of a pattern of the Service Authorization Reference, in the
// holder's account.
func (f *finder) sample(pattern string) string {
	for {
		start := strings.Index(pattern, "${")
		if start < 0 {
			return strings.ReplaceAll(pattern, "*", "x")
		}
		end := start + strings.IndexByte(pattern[start:], '}')
		value := "x"
		switch pattern[start+2 : end] {
		case "Partition":
			value = "aws"
		case "Region":
			value = "us-east-1"
		case "Account", "AccountId":
			value = f.account()
		}
		pattern = pattern[:start] + value + pattern[end+1:]
	}
}
