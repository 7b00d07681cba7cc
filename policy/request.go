package policy

import "strings"

// Request is what a policy decides on.
type Request struct {
	// Action is the service prefix and the operation: "s3:GetObject".
	Action string
	// Resource is the ARN of the resource, or "*" where the action has none.
	Resource string
	// Principal is who asks.
	Principal Principal
	// Context holds the condition keys. Nil has none.
	Context Context
}

// Context yields the values of a condition key. Keys are asked for in lower
// case ("aws:principaltag/team"), because key names are case-insensitive. The
// second result says whether the key is in the request at all: a multivalued
// key can be present and have no values. Binary values are in standard base64.
//
// The values are only read, and only during the call that asked for them.
type Context interface {
	Lookup(key string) (values []string, ok bool)
}

// Keys is a Context over a map. Names may be in any letter case; a name in
// lower case is found at once, others by a search.
type Keys map[string][]string

// Lookup implements [Context]. Of names that differ only in their letter case
// the one in lower case counts, otherwise the first in byte order.
func (k Keys) Lookup(key string) ([]string, bool) {
	if values, ok := k[key]; ok {
		return values, true
	}
	found := ""
	for name := range k {
		// ToLower, not EqualFold: that also folds letters such as the long s,
		// which would make two different tag keys one.
		if strings.ToLower(name) == key && (found == "" || name < found) {
			found = name
		}
	}
	if found == "" {
		return nil, false
	}
	return k[found], true
}

func lookup(ctx Context, key string) ([]string, bool) {
	if ctx == nil {
		return nil, false
	}
	return ctx.Lookup(key)
}

var _ Context = Keys(nil)
