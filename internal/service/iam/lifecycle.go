package iam

import (
	"context"
	"iter"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// newEntity is the base of an entity that the call creates.
func newEntity(ctx context.Context, k *kind, path *string, name string, tags []Tag) Entity {
	e := Entity{
		Account: cloud.From(ctx).Account(),
		Name:    name,
		Path:    "/",
		ID:      ids.Unique(k.idPrefix),
		Created: now(ctx),
		Tags:    tags,
	}
	if path != nil {
		e.Path = *path
	}
	return e
}

// create stores a new entity, if its name is free and the account has room.
func create(tx *store.Tx, e entity) error {
	k, b := e.kind(), e.base()
	if k.find(tx, b.Account, b.Name) != nil {
		return iamapi.ErrEntityAlreadyExists(k.exists, b.Name)
	}
	s := settingsOf(tx, b.Account)
	count := k.count(s)
	*count++
	if err := k.quota.check(*count); err != nil {
		return err
	}
	settings.Put(tx, b.Account, s)
	e.put(tx)
	return nil
}

// remove deletes an entity.
func remove(tx *store.Tx, e entity) {
	s := settingsOf(tx, e.base().Account)
	*e.kind().count(s)--
	settings.Put(tx, e.base().Account, s)
	e.delete(tx)
}

// rename gives an entity another name, another path, or both. It needs
// permission for the old ARN, which the caller has asked for, and for the new.
func rename(ctx context.Context, tx *store.Tx, e entity, newPath, newName *string) error {
	k, renamed := e.kind(), e.copy()
	b := renamed.base()
	if newPath != nil {
		b.Path = *newPath
	}
	if newName != nil {
		b.Name = *newName
	}
	if r := about(e); r.Resource != arnOf(renamed) {
		r.Resource = arnOf(renamed)
		if err := check(ctx, r); err != nil {
			return err
		}
	}
	if b.key() != e.base().key() && k.find(tx, b.Account, b.Name) != nil {
		return iamapi.ErrEntityAlreadyExists(k.exists, b.Name)
	}
	e.delete(tx)
	renamed.put(tx)
	return nil
}

// conflict is a reason for which an entity cannot be deleted.
type conflict struct {
	is   bool
	must string
}

// deletable answers with the first conflict there is.
func deletable(conflicts ...conflict) error {
	for _, c := range conflicts {
		if c.is {
			return iamapi.ErrDeleteConflict("Cannot delete entity, must %s.", c.must)
		}
	}
	return nil
}

// policyConflicts are the conflicts that users, groups and roles share.
func policyConflicts(h holder) []conflict {
	p := h.permissions()
	return []conflict{
		{len(p.Attached) > 0, "detach all policies first"},
		{len(p.Inline) > 0, "delete policies first"},
	}
}

// anyRow reports whether a scan finds anything.
func anyRow[T any](rows iter.Seq2[string, T]) bool {
	for range rows {
		return true
	}
	return false
}

// list is ListUsers, ListGroups, ListRoles and ListInstanceProfiles: the
// account's entities under a path, by name. The question is asked about the
// path.
func list[T any, E interface {
	*T
	entity
}](ctx context.Context, s *Service, table *store.Table[T], pathPrefix, marker *string, maxItems *int32, show func(*store.Tx, E)) (*page, error) {
	k := E(nil).kind()
	account := cloud.From(ctx).Account()
	under := "/"
	if pathPrefix != nil {
		under = *pathPrefix
	}
	if err := check(ctx, authz.Request{Resource: k.arn(account, under, "")}); err != nil {
		return nil, err
	}
	p, err := newPage(marker, maxItems)
	if err != nil {
		return nil, err
	}
	err = s.view(ctx, func(tx *store.Tx) error {
		for name, row := range inAccount(table.Scan, tx, account, p.after) {
			if !strings.HasPrefix(E(row).base().Path, under) {
				continue
			}
			if !p.add(name) {
				break
			}
			show(tx, row)
		}
		return nil
	})
	return p, err
}

// inAccount scans rows that lie under an account, with what follows the
// account in their keys.
func inAccount[T any](scan func(tx *store.Tx, prefix, after string) iter.Seq2[string, *T], tx *store.Tx, account, after string) iter.Seq2[string, *T] {
	prefix := store.Prefix(account)
	if after != "" {
		after = prefix + after
	}
	return func(yield func(string, *T) bool) {
		for key, row := range scan(tx, prefix, after) {
			if !yield(strings.TrimPrefix(key, prefix), row) {
				return
			}
		}
	}
}
