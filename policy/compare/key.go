package compare

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/policy/catalogue"
)

// keyInfo is what is known about a condition key.
type keyInfo struct {
	name    string // in lower case
	spelled string // as AWS or a policy has it
	single  bool   // never more than one value
	always  bool   // in every request
	typ     string // in the catalogue's words, "" if unknown
}

// always are the keys that are in the context of every request (IAM User Guide,
// "AWS global condition context keys").
var always = []string{"aws:currenttime", "aws:epochtime", "aws:securetransport"}

// newKey looks a key up. One that the catalogue does not know can have any
// number of values.
func (x *index) newKey(spelled string) *keyInfo {
	k := &keyInfo{name: strings.ToLower(spelled), spelled: spelled}
	if known := x.conditionKey(k.name); known != nil {
		k.typ = known.Type
		k.single = !strings.HasPrefix(known.Type, "ArrayOf")
		if !strings.ContainsAny(known.Name, "$<") {
			k.spelled = known.Name
		}
	}
	k.always = slices.Contains(always, k.name)
	return k
}

// conditionKey finds a key in the catalogue. Keys come back in one comparison
// after the other, and the catalogue has to look far for those that it does not
// have; names from policies are not bounded, so that only some are remembered.
func (x *index) conditionKey(name string) *catalogue.ConditionKey {
	x.mu.Lock()
	defer x.mu.Unlock()
	known, found := x.keys[name]
	if !found {
		known = x.catalogue.ConditionKey(name)
		if len(x.keys) < maxKeys {
			x.keys[name] = known
		}
	}
	return known
}

const maxKeys = 4096

// typed reports that values of the key always parse as its type.
func (k *keyInfo) typed(f family) bool {
	switch f {
	case numeric:
		return k.typ == "Numeric"
	case dated:
		return k.typ == "Date"
	case addressed:
		return k.typ == "IPAddress"
	}
	return false
}

func (c *comparison) key(spelled string) *keyInfo {
	name := strings.ToLower(spelled)
	k := c.keys[name]
	if k == nil {
		k = c.index.newKey(spelled)
		c.keys[name] = k
	}
	return k
}
