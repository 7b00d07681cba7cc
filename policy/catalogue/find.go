package catalogue

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Service finds a service by the prefix of its actions, in any letter case; nil
// where there is none.
func (c *Catalogue) Service(prefix string) *Service {
	i, found := sort.Find(len(c.Services), func(i int) int { return compareFold(prefix, c.Services[i].Prefix) })
	if !found {
		return nil
	}
	return c.Services[i]
}

// Action finds an action by its full name ("s3:GetObject"), in any letter case;
// nil where there is none.
func (c *Catalogue) Action(name string) *Action {
	prefix, name, _ := strings.Cut(name, ":")
	if s := c.Service(prefix); s != nil {
		return s.Action(name)
	}
	return nil
}

// Action finds an action of the service by its name ("GetObject"), in any
// letter case; nil where there is none.
func (s *Service) Action(name string) *Action {
	i, found := sort.Find(len(s.Actions), func(i int) int { return compareFold(name, s.Actions[i].Name) })
	if !found {
		return nil
	}
	return &s.Actions[i]
}

// ResourceType finds a resource type of the service by its name, in any letter
// case; nil where there is none.
func (s *Service) ResourceType(name string) *ResourceType {
	for i := range s.ResourceTypes {
		if strings.EqualFold(s.ResourceTypes[i].Name, name) {
			return &s.ResourceTypes[i]
		}
	}
	return nil
}

// ConditionKey finds a condition key by its name, in any letter case; nil where
// no service has it. The variable part of a key stands for any text:
// "aws:ResourceTag/team" is "aws:ResourceTag/${TagKey}".
func (c *Catalogue) ConditionKey(name string) *ConditionKey {
	prefix, _, _ := strings.Cut(name, ":")
	if s := c.Service(prefix); s != nil {
		if k := s.ConditionKey(name); k != nil {
			return k
		}
	}
	if k := findKey(c.Global, name); k != nil || strings.EqualFold(prefix, "aws") {
		return k
	}
	// "saml:aud", "token.actions.githubusercontent.com:sub" are keys of sts.
	for _, s := range c.Services {
		if k := s.ConditionKey(name); k != nil {
			return k
		}
	}
	return nil
}

// ConditionKey finds a key that requests of the service can have, by its name as
// [Catalogue.ConditionKey] does; nil where there is none.
func (s *Service) ConditionKey(name string) *ConditionKey { return findKey(s.ConditionKeys, name) }

func findKey(keys []ConditionKey, name string) *ConditionKey {
	for i := range keys {
		if keys[i].Is(name) {
			return &keys[i]
		}
	}
	return nil
}

// Is says whether a policy's key is this one.
func (k *ConditionKey) Is(name string) bool { return KeyIs(k.Name, name) }

// KeyIs says whether the key that a policy names is the one that the reference
// writes as known: in any letter case, and with any text where the reference
// has a variable ("aws:ResourceTag/${TagKey}", "s3:ExistingObjectTag/<key>").
func KeyIs(known, name string) bool {
	for {
		literal, rest, variable := cutVariable(known)
		if len(name) < len(literal) || !strings.EqualFold(name[:len(literal)], literal) {
			return false
		}
		name = name[len(literal):]
		if !variable {
			return name == ""
		}
		if name == "" {
			return false
		}
		if rest == "" {
			return true
		}
		// What follows a variable begins with text that ends it.
		next, _, _ := cutVariable(rest)
		i := strings.Index(strings.ToLower(name[1:]), strings.ToLower(next))
		if i < 0 {
			return false
		}
		known, name = rest, name[1+i:]
	}
}

// cutVariable splits a key before its first variable and behind it.
func cutVariable(key string) (literal, rest string, found bool) {
	start := strings.IndexAny(key, "$<")
	if start < 0 {
		return key, "", false
	}
	end := strings.IndexAny(key[start:], "}>")
	if end < 0 {
		return key, "", false
	}
	return key[:start], key[start+end+1:], true
}

// compareFold orders names without regard to the case of ASCII letters.
func compareFold(a, b string) int {
	for i := range min(len(a), len(b)) {
		if d := cmp.Compare(lower(a[i]), lower(b[i])); d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// HasKey says whether requests for the action can have a condition key, by its
// name as the reference writes it: "aws:ResourceTag/${TagKey}". Global keys that
// the reference lists for no action are not looked at.
func (a *Action) HasKey(name string) bool {
	if slices.Contains(a.ConditionKeys, name) {
		return true
	}
	return slices.ContainsFunc(a.Resources, func(r ActionResource) bool {
		return slices.Contains(r.ConditionKeys, name) || slices.Contains(r.Type.ConditionKeys, name)
	})
}
