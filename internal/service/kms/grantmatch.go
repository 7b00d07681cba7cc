package kms

import (
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// granted tells whether a grant of the key lets the caller do what it asks. It
// is called when the policies neither allow nor deny.
func (c *conditions) granted() (id string, ok bool) {
	var account []*Grant
	// The call may end while it is decided; then the answer is no.
	err := c.service.cloud.Store.View(c.ctx, func(tx *store.Tx) error {
		id, account = c.search(tx)
		return nil
	})
	if err != nil || id != "" {
		return id, err == nil
	}
	for _, g := range account {
		if c.service.delegated(c, g.Grantee.ARN) {
			return g.ID, true
		}
	}
	return "", false
}

// search looks for a grant that names the caller. Failing that, it gives the
// grants that name the caller's account.
func (c *conditions) search(tx *store.Tx) (id string, account []*Grant) {
	for _, name := range c.granteeNames() {
		for _, g := range byGrantee.Scan(tx, store.Key(c.key.Account, c.key.Region, c.key.ID, name), "") {
			if g.permits(c.access) {
				return g.ID, nil
			}
		}
	}
	own := rootARN(c.call.Account())
	for _, g := range byGrantee.Scan(tx, store.Key(c.key.Account, c.key.Region, c.key.ID, own), "") {
		if g.permits(c.access) {
			account = append(account, g)
		}
	}
	return "", account
}

func (c *conditions) granteeNames() []string {
	p := c.call.Principal
	names := callerNames(p)
	if p.Type == policy.ServicePrincipal {
		// A grant can name the service with its Region.
		service, domain, _ := strings.Cut(p.Service, ".")
		names = append(names, service+"."+c.call.Region+"."+domain)
	}
	return names
}

func rootARN(account string) string { return "arn:aws:iam::" + account + ":root" }

// delegated asks whether the caller may use what has been granted to its
// account: as with a key policy that names the account, it is for the
// account's own policies to say.
func (s *Service) delegated(c *conditions, root string) bool {
	account, _ := Principal{ARN: root}.account()
	return authz.Check(c.ctx, authz.Request{
		Action:   c.access.action,
		Resource: c.key.ARN(),
		Owner:    account,
		Policy:   delegation(root),
		Gate:     true,
		Tags:     c.key.Tags,
		Keys:     c,
	}) == nil
}

// delegation is a resource policy that lets accounts in, as far as their own
// policies go.
func delegation(roots ...string) *policy.Policy {
	doc := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["%s"]},"Action":"kms:*","Resource":"*"}]}`,
		strings.Join(roots, `","`))
	p, err := policy.Parse(doc, policy.Resource)
	if err != nil {
		panic("kms: " + err.Error()) // the ARNs were checked when they came
	}
	return p
}
