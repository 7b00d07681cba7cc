package kms

import (
	"context"
	"encoding/base64"

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
// case.
type conditionKey struct {
	name   string
	values []string
}

// condition makes a conditionKey of one value, unless there is none.
func condition[T ~string](name string, value T) conditionKey {
	if value == "" {
		return conditionKey{name, nil}
	}
	return conditionKey{name, []string{string(value)}}
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
	err := s.check(ctx, t.key, t.id.alias, a)
	switch {
	case err == nil && t.unborn:
		return s.bear(ctx, t)
	case foreign || a.ciphertext:
		return hidden(err, on)
	}
	return err
}

// check asks for permission to use a key that exists.
func (s *Service) check(ctx context.Context, o *opened, alias string, a *access) error {
	call := cloud.From(ctx)
	c := &conditions{service: s, ctx: ctx, call: call, key: o.Key, access: a}
	if a.alias {
		c.alias = alias
	}
	return authz.Check(ctx, authz.Request{
		Action:       a.action,
		Resource:     o.arn,
		Owner:        o.Account,
		ResourceType: "AWS::KMS::Key",
		Policy:       o.policy,
		Gate:         true,
		Grant:        c.granted,
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
	err := authz.Check(ctx, authz.Request{Action: a.action, Resource: id.String(), Owner: id.account, Gate: true, Keys: c})
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

// grantTokenPurpose binds grant tokens, which say which grant they stand for.
const grantTokenPurpose = "kms-grant-token"

// newGrantToken makes a token of a grant, by the key of its row.
func (s *Service) newGrantToken(row string) string {
	return base64.RawURLEncoding.EncodeToString(s.cloud.Keyring.Seal(grantTokenPurpose, []byte(row), nil))
}

// openGrantToken gives the key of the row of the token's grant.
func (s *Service) openGrantToken(token string) (row string, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", kmsapi.ErrInvalidGrantTokenException("")
	}
	plain, err := s.cloud.Keyring.Open(grantTokenPurpose, sealed, nil)
	if err != nil {
		return "", kmsapi.ErrInvalidGrantTokenException("")
	}
	return string(plain), nil
}

// checkTokens refuses what is no grant token. What the tokens stand for needs
// no look: here grants hold from the moment they are made.
func (s *Service) checkTokens(tokens []string) error {
	for _, token := range tokens {
		if _, err := s.openGrantToken(token); err != nil {
			return err
		}
	}
	return nil
}

// checkAccount asks for an action that is about no key but the caller's account
// in the Region.
func (s *Service) checkAccount(ctx context.Context, action string) error {
	c := &conditions{service: s, ctx: ctx, call: cloud.From(ctx), access: new(access)}
	return authz.Check(ctx, authz.Request{Action: action, Resource: "*", Keys: c})
}
