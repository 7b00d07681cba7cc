package kms

import (
	"context"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// access is how an operation uses a key: what it asks permission for.
type access struct {
	action string // "kms:Encrypt"
	// alias: the key may be identified by an alias, which kms:RequestAlias
	// then tells.
	alias bool
	// shared: principals of other accounts may do it.
	shared bool
	// tokens are the request's grant tokens.
	tokens []string
	// context is the encryption context of the request.
	context map[string]string
	// ciphertext: the key was found by the ciphertext alone.
	ciphertext bool
	// grant is the grant that the request wants to create.
	grant *Grant

	keys        []conditionKey // further condition keys
	requestTags map[string]string
	tagKeys     []string
}

// conditionKey is a condition key that an operation sets, its name in lower
// case. Without a value it is absent.
type conditionKey struct {
	name  string
	value string
	list  []string // of a key with several values
}

// condition makes a conditionKey of one value.
func condition[T ~string](name string, value T) conditionKey {
	return conditionKey{name: name, value: string(value)}
}

func (k *conditionKey) values() ([]string, bool) {
	if k.list != nil {
		return k.list, true
	}
	return some(k.value)
}

// use finds a key and authorizes its use.
func (s *Service) use(ctx context.Context, keyID string, a access) (*opened, error) {
	t, err := s.find(ctx, keyID, a.alias)
	if err != nil {
		return nil, err
	}
	err = s.authorize(ctx, t, &a)
	return t.key, err
}

// authorize asks whether the caller may use a key as a says. Where there is no
// key, it asks whether the caller may know that.
func (s *Service) authorize(ctx context.Context, t *target, a *access) error {
	if err := s.checkTokens(a.tokens); err != nil {
		return err
	}
	// Policies are compared with the context: it must be of a size first.
	if err := checkContextSize(a.context); err != nil {
		return err
	}
	on := thisResource
	if a.ciphertext {
		on = thisCiphertext
	}
	foreign := t.id.account != cloud.From(ctx).Account()
	switch {
	case foreign && (t.key == nil || !a.shared):
		return s.refuse(ctx, t.id, a, on)
	case t.key == nil:
		return s.missing(ctx, t.id, a, on)
	}
	err := s.check(ctx, t.key, t.id, a)
	switch {
	case err == nil && t.unborn:
		return s.bear(ctx, t)
	case foreign || a.ciphertext:
		return hidden(err, on)
	}
	return err
}

// check asks for permission to use a key that exists.
func (s *Service) check(ctx context.Context, o *opened, id identifier, a *access) error {
	call := cloud.From(ctx)
	c := &conditions{service: s, ctx: ctx, call: call, key: o.Key, access: a}
	if a.alias {
		c.alias = id.alias
	}
	return authz.Check(ctx, authz.Request{
		Action:       a.action,
		Resource:     o.arn,
		Named:        id.String(),
		Owner:        o.Account,
		Region:       o.Region,
		ResourceType: "AWS::KMS::Key",
		Policy:       o.policy,
		Gate:         true,
		Grant:        c.granted,
		AWSManaged:   o.Manager == kmsapi.KeyManagerTypeAws,
		Tags:         o.Tags,
		RequestTags:  a.requestTags,
		TagKeys:      a.tagKeys,
		Keys:         c,
	})
}

// refuse denies what callers of other accounts cannot do, whatever the key's
// policy says, and the use of keys of other accounts that do not exist. The
// question is asked all the same, so that the denial has its record.
func (s *Service) refuse(ctx context.Context, id identifier, a *access, on subject) error {
	call := cloud.From(ctx)
	c := &conditions{service: s, ctx: ctx, call: call, access: a}
	err := authz.Check(ctx, authz.Request{
		Action:       a.action,
		Resource:     id.String(),
		Owner:        id.account,
		ResourceType: "AWS::KMS::Key",
		Gate:         true,
		RequestTags:  a.requestTags,
		TagKeys:      a.tagKeys,
		Keys:         c,
	})
	if err != nil {
		return hidden(err, on)
	}
	return errHidden(call.Principal, a.action, on)
}

// missing answers for a key or alias of the caller's account that does not
// exist. It says so to those whose own policies allow the action.
func (s *Service) missing(ctx context.Context, id identifier, a *access, on subject) error {
	call := cloud.From(ctx)
	resource := id.String()
	if id.alias != "" {
		// Nobody can tell which key it would have been: a permission for the
		// account's keys is enough.
		resource = keyARN(id.region, id.account, "*")
	}
	c := &conditions{service: s, ctx: ctx, call: call, access: a}
	if err := authz.Check(ctx, authz.Request{Action: a.action, Resource: resource, Keys: c}); err != nil {
		return err
	}
	switch {
	case a.ciphertext:
		return errHidden(call.Principal, a.action, on)
	case id.alias != "":
		return errAliasNotFound(id.String())
	}
	return errKeyNotFound(id.String())
}

// checkAccount asks for an action that is about no key but the caller's account
// in the Region.
func (s *Service) checkAccount(ctx context.Context, action string) error {
	c := &conditions{service: s, ctx: ctx, call: cloud.From(ctx), access: new(access)}
	return authz.Check(ctx, authz.Request{Action: action, Resource: "*", Keys: c})
}
