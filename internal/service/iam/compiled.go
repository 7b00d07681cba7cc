package iam

import (
	"sync"

	"github.com/fortlet/fortlet/policy"
)

// compiled holds compiled policies by their text, so that a change of IAM does
// not make anyone compile again what has not changed.
type compiled struct {
	mu       sync.RWMutex
	policies map[text]*policy.Policy
	size     int // of all texts
}

type text struct {
	kind policy.Kind
	doc  string
}

// compiledBytes bounds the texts of compiled policies that are held.
const compiledBytes = 8 << 20

// policy gives the compiled form of a stored document. One that does not
// compile, which the checks on the way in should have kept out, denies
// everything: to leave out what may be a Deny would open a door.
func (c *compiled) policy(doc string, kind policy.Kind) *policy.Policy {
	c.mu.RLock()
	p := c.policies[text{kind, doc}]
	c.mu.RUnlock()
	if p != nil {
		return p
	}
	p, err := policy.Parse(doc, kind)
	if err != nil {
		return denyAll
	}
	return c.add(text{kind, doc}, p)
}

// add keeps a policy and gives the one to use: another goroutine's when it
// came first, so that equal texts have one policy.
func (c *compiled) add(t text, p *policy.Policy) *policy.Policy {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first := c.policies[t]; first != nil {
		return first
	}
	for old := range c.policies {
		if c.size+len(t.doc) <= compiledBytes {
			break
		}
		c.size -= len(old.doc)
		delete(c.policies, old)
	}
	if c.policies == nil {
		c.policies = make(map[text]*policy.Policy)
	}
	c.policies[t] = p
	c.size += len(t.doc)
	return p
}

var denyAll = func() *policy.Policy {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}`, policy.Identity)
	if err != nil {
		panic(err)
	}
	return p
}()
