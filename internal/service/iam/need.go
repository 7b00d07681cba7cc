package iam

import (
	"context"
	"errors"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// refinement adds to a question what the operation knows beyond the entity.
// The entity is nil when what the operation names does not exist.
type refinement func(r *authz.Request, e entity)

// need finds the entity that an operation names, once the caller may do with
// it what the operation does. The question is asked whether the entity exists
// or not: that it does not is only for those to know who may use it.
func need(ctx context.Context, tx *store.Tx, k *kind, name string, refine ...refinement) (entity, error) {
	account := cloud.From(ctx).Account()
	e := k.find(tx, account, name)
	r := authz.Request{ResourceType: k.cfnType, Resource: k.arn(account, "/", name)}
	if e != nil {
		r = about(e)
	}
	for _, f := range refine {
		f(&r, e)
	}
	if err := check(ctx, r); err != nil {
		return nil, err
	}
	if e == nil {
		return nil, iamapi.ErrNoSuchEntity(k.notFound, name)
	}
	return e, nil
}

func needUser(ctx context.Context, tx *store.Tx, name string, refine ...refinement) (*User, error) {
	return typed[*User](need(ctx, tx, userKind, name, refine...))
}

func needGroup(ctx context.Context, tx *store.Tx, name string, refine ...refinement) (*Group, error) {
	return typed[*Group](need(ctx, tx, groupKind, name, refine...))
}

func needRole(ctx context.Context, tx *store.Tx, name string, refine ...refinement) (*Role, error) {
	return typed[*Role](need(ctx, tx, roleKind, name, refine...))
}

func needProfile(ctx context.Context, tx *store.Tx, name string, refine ...refinement) (*InstanceProfile, error) {
	return typed[*InstanceProfile](need(ctx, tx, profileKind, name, refine...))
}

func needHolder(ctx context.Context, tx *store.Tx, k *kind, name string, refine ...refinement) (holder, error) {
	return typed[holder](need(ctx, tx, k, name, refine...))
}

// typed is the entity in its own type.
func typed[E any](e entity, err error) (E, error) {
	if err != nil {
		var none E
		return none, err
	}
	return e.(E), nil
}

// about is the question about an entity that exists.
func about(e entity) authz.Request {
	tags := e.base().tagMap()
	keys := make(policy.Keys, len(tags))
	for name, value := range tags {
		keys["iam:ResourceTag/"+name] = []string{value}
	}
	return authz.Request{Resource: arnOf(e), ResourceType: e.kind().cfnType, Tags: tags, Keys: keys}
}

// check asks whether the caller may do what the request says, which is what
// the call is about when it does not say.
func check(ctx context.Context, r authz.Request) error {
	if r.Action == "" {
		r.Action = cloud.From(ctx).Operation.Action()
	}
	return authz.Check(ctx, r)
}

// checkNew asks whether the caller may create an entity.
func checkNew(ctx context.Context, k *kind, path, name string, tags []Tag, refine ...refinement) error {
	r := authz.Request{
		Resource:     k.arn(cloud.From(ctx).Account(), path, name),
		ResourceType: k.cfnType,
		RequestTags:  (&Entity{Tags: tags}).tagMap(),
	}
	for _, f := range refine {
		f(&r, nil)
	}
	return check(ctx, r)
}

// withKey gives the question a condition key.
func withKey(name string, values ...string) refinement {
	return func(r *authz.Request, _ entity) {
		keys, _ := r.Keys.(policy.Keys)
		if keys == nil {
			keys = make(policy.Keys)
		}
		keys[name] = values
		r.Keys = keys
	}
}

// withBoundary gives iam:PermissionsBoundary the boundary that the user or
// role has.
func withBoundary(r *authz.Request, e entity) {
	if h, ok := e.(holder); ok && h.permissions().Boundary != "" {
		withKey("iam:PermissionsBoundary", h.permissions().Boundary)(r, e)
	}
}

// withNewBoundary gives iam:PermissionsBoundary the boundary in the request.
func withNewBoundary(arn string) refinement {
	if arn == "" {
		return func(*authz.Request, entity) {}
	}
	return withKey("iam:PermissionsBoundary", arn)
}

// callerName is the user that an operation is about: the one that it names,
// otherwise the caller.
func callerName(ctx context.Context, given *string) (string, error) {
	if given != nil {
		return *given, nil
	}
	p := cloud.From(ctx).Principal
	if p.Type != policy.User {
		return "", errValidation("Must specify userName when calling with non-User credentials")
	}
	return p.Name, nil
}

// isRoot reports whether the call is the root user's and about nobody else.
func isRoot(ctx context.Context, given *string) bool {
	return given == nil && cloud.From(ctx).Principal.Type == policy.Root
}

// isMissing reports whether an error says that something does not exist, which
// it says only to those who may know.
func isMissing(err error) bool { return errors.Is(err, iamapi.ErrNoSuchEntity("")) }

func errValidation(format string, args ...any) *api.Error {
	return api.Errorf("ValidationError", 400, format, args...)
}

// value is what a pointer points to, the zero value for nil.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
