package sigv4

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// Check holds a form to the policy: it has not expired, every condition is met,
// and every field stands under one. The bucket is that of the request, however
// the form has it. The variable ${filename} in the key must have been replaced
// before.
func (p *PostPolicy) Check(f Form, bucket string, now time.Time) error {
	if now.After(p.expiration) {
		return policyDenied("Policy expired.")
	}
	covered := make(map[string]bool)
	for _, c := range p.conditions {
		value, sent := f[c.name]
		if c.name == "bucket" {
			value, sent = bucket, true
		}
		// A field that is not sent meets nothing, not even the empty prefix.
		if !sent || !c.met(value) {
			return policyDenied("Policy Condition failed: %s", c.text)
		}
		covered[c.name] = true
	}
	if !covered["bucket"] {
		// Else it would be good for every bucket of the signer's.
		return policyDenied("Extra input fields: bucket")
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !covered[name] && !exempt(name) {
			return policyDenied("Extra input fields: %s", name)
		}
	}
	return nil
}

// exempt are the fields that need no condition.
func exempt(name string) bool {
	switch name {
	case fieldSignature, fieldPolicy, fieldV2Key, fieldV2Signature, "file":
		return true
	}
	return strings.HasPrefix(name, "x-ignore-")
}

func (c *postCondition) met(value string) bool {
	switch {
	case !c.prefix:
		return value == c.value
	case c.name == "content-type":
		// Each type of a list must start so.
		for part := range strings.SplitSeq(value, ",") {
			if !strings.HasPrefix(strings.TrimLeft(part, " "), c.value) {
				return false
			}
		}
		return true
	}
	return strings.HasPrefix(value, c.value)
}

// MaxSize is the largest size of a file that the policy allows. Who reads the
// file of a form, the length of which is not known before, need not read more
// than a byte beyond it.
func (p *PostPolicy) MaxSize() int64 { return p.maximum }

// CheckSize holds the size of the file to the policy.
func (p *PostPolicy) CheckSize(size int64) error {
	switch {
	case size > p.maximum:
		e := api.Errorf("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
		e.Fields = map[string]any{"ProposedSize": itoa(size), "MaxSizeAllowed": itoa(p.maximum)}
		return e
	case size < p.minimum:
		e := api.Errorf("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
		e.Fields = map[string]any{"ProposedSize": itoa(size), "MinSizeAllowed": itoa(p.minimum)}
		return e
	}
	return nil
}
