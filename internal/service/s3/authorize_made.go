package s3

import (
	"context"
	"fmt"
	"sync"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/access"
	"github.com/fortlet/fortlet/policy"
)

// made is what is made of a bucket's row to authorize with. It stays true as
// long as the row is the current one.
type made struct {
	row    *Bucket
	policy *policy.Policy // nil: none
	public bool           // the policy grants public access
	denies *policy.Policy // what policy denies: that alone counts for objects of other owners

	enforced     bool // access control lists are out of force
	restrict     bool // RestrictPublicBuckets
	ignorePublic bool // IgnorePublicAcls
	acl          *policy.Policy
	aclOfOwn     *policy.Policy // for objects that the caller owns
}

// make compiles a bucket's row.
func (s *Service) make(ctx context.Context, b *Bucket) (*made, error) {
	m := &made{row: b, enforced: b.aclsDisabled()}
	if p := b.PublicAccessBlock; p != nil {
		m.restrict, m.ignorePublic = isTrue(p.RestrictPublicBuckets), isTrue(p.IgnorePublicAcls)
	}
	if b.Policy != "" {
		p, err := policy.Parse(b.Policy, policy.Resource)
		if err != nil {
			return nil, fmt.Errorf("stored policy of bucket %s: %w", b.Name, err)
		}
		m.policy, m.public, m.denies = p, access.Public(p), access.Denies(p)
	}
	if b.ACL == nil || m.enforced {
		return m, nil
	}
	grants, err := s.grants(ctx, b.ACL, m.ignorePublic)
	if err != nil {
		return nil, err
	}
	m.acl, m.aclOfOwn = access.BucketACL(grants), access.BucketACLOfOwn(grants)
	return m, nil
}

// objectACL compiles the access control list of the object in question.
func (s *Service) objectACL(ctx context.Context, m *made, q *question) (*policy.Policy, error) {
	if q.object == nil || q.object.ACL == nil {
		return nil, nil
	}
	grants, err := s.grants(ctx, q.object.ACL, m.ignorePublic)
	if err != nil {
		return nil, err
	}
	return access.ObjectACL(grants), nil
}

// grants are the grants of an access control list by account.
func (s *Service) grants(ctx context.Context, acl *s3api.AccessControlPolicy, ignorePublic bool) ([]access.Grant, error) {
	var list []access.Grant
	for _, g := range acl.Grants {
		to := access.Grant{Permission: g.Permission}
		switch {
		case g.Grantee.URI != nil && (!ignorePublic || !access.PublicGroup(*g.Grantee.URI)):
			to.Group = *g.Grantee.URI
		case g.Grantee.ID != nil:
			account, err := s.cloud.Accounts.ByCanonicalID(ctx, *g.Grantee.ID)
			if err != nil {
				return nil, err
			}
			if account == nil {
				continue
			}
			to.Account = account.ID
		default:
			continue
		}
		list = append(list, to)
	}
	return list, nil
}

// cache keeps what was made of buckets, by their names.
type cache struct {
	mu       sync.RWMutex
	rows     map[string]*made
	policies int // the length of all their policies
}

// These bound what is kept, a policy being many times its text when it is
// compiled. Past them arbitrary ones are dropped, and made again when they
// return.
const (
	cached         = 1024
	cachedPolicies = 2 << 20
)

func (c *cache) of(ctx context.Context, s *Service, b *Bucket) (*made, error) {
	c.mu.RLock()
	m := c.rows[b.Name]
	c.mu.RUnlock()
	if m != nil && m.row == b {
		return m, nil
	}
	m, err := s.make(ctx, b)
	if err == nil {
		c.put(m)
	}
	return m, err
}

func (c *cache) put(m *made) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil {
		c.rows = make(map[string]*made)
	}
	c.remove(m.row.Name)
	for old := range c.rows {
		if len(c.rows) < cached && c.policies+len(m.row.Policy) <= cachedPolicies {
			break
		}
		c.remove(old)
	}
	c.rows[m.row.Name] = m
	c.policies += len(m.row.Policy)
}

// remove removes a bucket. mu is held.
func (c *cache) remove(name string) {
	if m := c.rows[name]; m != nil {
		c.policies -= len(m.row.Policy)
		delete(c.rows, name)
	}
}

func (c *cache) drop(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(name)
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.rows)
	c.policies = 0
}

// aclsDisabled reports that the bucket's owner owns every object and that only
// policies grant access.
func (b *Bucket) aclsDisabled() bool {
	return b.Ownership == s3api.ObjectOwnershipBucketOwnerEnforced
}

func isTrue(b *bool) bool { return b != nil && *b }
