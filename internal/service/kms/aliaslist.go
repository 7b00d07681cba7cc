package kms

import (
	"context"
	"iter"
	"slices"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// ListAliases lists the aliases of the account in the Region, or those of one
// key. The predefined aliases are among them, before their keys exist too.
func (s *Service) ListAliases(ctx context.Context, in *kmsapi.ListAliasesInput) (*kmsapi.ListAliasesOutput, error) {
	if err := s.checkAccount(ctx, "kms:ListAliases"); err != nil {
		return nil, err
	}
	p, err := newPage("aliases", in.Limit, in.Marker, 50, 100)
	if err != nil {
		return nil, err
	}
	key, err := s.listedKey(ctx, in.KeyId)
	if err != nil {
		return nil, err
	}
	call := cloud.From(ctx)
	out := new(kmsapi.ListAliasesOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := everyAlias(tx, call.Account(), call.Region, p.After)
		out.Aliases, out.NextMarker = paging.Take(p, rows, func(a *Alias) (kmsapi.AliasListEntry, bool) {
			return a.entry(call), key == "" || a.Key == key
		})
		return nil
	})
	out.Truncated = new(out.NextMarker != nil)
	return out, err
}

// listedKey is the id of the key whose aliases are asked for.
func (s *Service) listedKey(ctx context.Context, keyID *string) (string, error) {
	if keyID == nil {
		return "", nil
	}
	t, err := s.find(ctx, *keyID, false)
	switch {
	case err != nil:
		return "", err
	case t.id.account != cloud.From(ctx).Account():
		return "", s.refuse(ctx, t.id, &access{action: "kms:ListAliases"}, thisResource)
	case t.key == nil:
		return "", errKeyNotFound(t.id.String())
	}
	return t.key.ID, nil
}

func (a *Alias) entry(call *cloud.Call) kmsapi.AliasListEntry {
	e := kmsapi.AliasListEntry{
		AliasName: new(a.Name),
		AliasArn:  new(aliasARN(call.Region, call.Account(), a.Name)),
	}
	if a.Key != "" {
		e.TargetKeyId = new(a.Key)
		e.CreationDate, e.LastUpdatedDate = new(a.Created), new(a.Updated)
	}
	return e
}

// everyAlias gives the aliases whose names come after a name, in order, the
// predefined ones among those that are stored.
func everyAlias(tx *store.Tx, account, region, after string) iter.Seq2[string, *Alias] {
	return func(yield func(string, *Alias) bool) {
		var names []string
		for name := range predefined {
			if name > after && aliases.Get(tx, store.Key(account, region, name)) == nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, a := range aliases.Scan(tx, store.Prefix(account, region), store.Key(account, region, after)) {
			for len(names) > 0 && names[0] < a.Name {
				if !yield(names[0], &Alias{Name: names[0]}) {
					return
				}
				names = names[1:]
			}
			if !yield(a.Name, a) {
				return
			}
		}
		for _, name := range names {
			if !yield(name, &Alias{Name: name}) {
				return
			}
		}
	}
}
