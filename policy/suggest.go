package policy

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Suggest writes, as JSON, the smallest statement that allows the request: for
// an identity policy of the caller, in a document of Version 2012-10-17. No
// statement helps against a Deny, nor against a policy that bounds this one.
func Suggest(r *Request) string { return SuggestFor(Identity, r) }

// SuggestFor is Suggest for a document of the given kind. Where the kind has a
// Principal element the statement names the caller: a role session by its role.
func SuggestFor(kind Kind, r *Request) string {
	g, _ := grammarOf(kind)
	var s struct {
		Effect    Effect
		Principal any `json:",omitempty"`
		Action    string
		Resource  string `json:",omitempty"`
	}
	s.Effect, s.Action = Allow, r.Action
	if g.principal == required {
		s.Principal = principalElement(&r.Principal)
	}
	if g.resource == required {
		s.Resource = literalResource(r.Resource)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}

func principalElement(p *Principal) any {
	switch {
	case p.Type == AssumedRole && p.RoleARN != "":
		return map[string]string{"AWS": p.RoleARN}
	case p.Type == ServicePrincipal:
		return map[string]string{"Service": p.Service}
	case p.Type == Federated:
		return map[string]string{"Federated": p.Federated}
	case p.Type == CanonicalUser:
		return map[string]string{"CanonicalUser": p.CanonicalUser}
	case p.inAccount():
		return map[string]string{"AWS": p.ARN}
	}
	return "*"
}

var specialCharacters = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")

// literalResource writes a resource so that it means itself alone: an object's
// name can contain what a policy reads as a wildcard.
func literalResource(resource string) string {
	head := headOf(resource)
	if head < 0 {
		return resource
	}
	return resource[:head] + specialCharacters.Replace(resource[head:])
}
