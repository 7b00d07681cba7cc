package leastprivilege

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/policy"
)

// call is a permission that was used: an action on a target under such
// condition keys as any policy asks for. Records that agree in all that are one
// call.
type call struct {
	action string
	target Target
	facts  facts
	grants []granted

	wide    string // why its resource is not known, if it is not
	records int    // how many there are
	example string // the id of the first
	event   string
	at      time.Time
}

func (c *call) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%t", c.action, c.target.ARN, c.target.Pattern)
	for _, k := range slices.Sorted(maps.Keys(c.facts)) {
		fmt.Fprintf(&b, "\n%s=%q", k, c.facts[k])
	}
	return b.String()
}

// via is the service through which alone the permission was used, as
// kms:ViaService has it, "" where it was used directly or that is not told.
func (c *call) via() string {
	if v := c.facts["kms:viaservice"]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (c *call) request(s *Subject, resource string) *policy.Request {
	return &policy.Request{Action: c.action, Resource: resource, Principal: s.principal(), Context: c.facts}
}

// principal is the subject as policies see it.
func (s *Subject) principal() policy.Principal {
	p := policy.Principal{Type: policy.AssumedRole, Account: s.account, ARN: s.ARN, RoleARN: s.ARN}
	if s.User {
		p.Type, p.RoleARN = policy.User, ""
	}
	return p
}

// granted is what a statement of the new policy has to say for a call.
type granted struct {
	resources    []string // in a policy's spelling
	notResources []string // in their place
	conditions   conditions
}

// conditions are the Condition element of a statement.
type conditions struct {
	key string // the same for the same conditions
	by  map[string]map[string]list
}

func newConditions(by map[string]map[string]list) conditions {
	if len(by) == 0 {
		return conditions{}
	}
	b, err := marshal(by)
	if err != nil {
		panic(err) // texts alone
	}
	return conditions{string(b), by}
}

// asks reports whether the conditions are about a key.
func (c conditions) asks(key string) bool {
	for _, keys := range c.by {
		for k := range keys {
			if strings.EqualFold(k, key) {
				return true
			}
		}
	}
	return false
}

// with adds a condition.
func (c conditions) with(operator, key string, values []string) conditions {
	by := map[string]map[string]list{}
	for op, keys := range c.by {
		by[op] = maps.Clone(keys)
	}
	if by[operator] == nil {
		by[operator] = map[string]list{}
	}
	by[operator][key] = values
	return newConditions(by)
}
