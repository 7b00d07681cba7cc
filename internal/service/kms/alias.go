package kms

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Alias is a name for a key, unique in an account and Region.
type Alias struct {
	Name    string // "alias/…"
	Key     string // the key's id
	Created time.Time
	Updated time.Time
}

var aliases = store.NewTable[Alias]("kms.aliases")

// maxAliases is the quota of aliases of a key.
const maxAliases = 50

// authorizeAlias checks the name of an alias that a request wants to change and
// asks for permission for the alias itself. Aliases have no policy of their
// own, so only the caller's policies count; the key is asked for besides.
func authorizeAlias(ctx context.Context, action, name string) (identifier, error) {
	call := cloud.From(ctx)
	id := identifier{account: call.Account(), region: call.Region, alias: name}
	if !strings.HasPrefix(name, aliasPrefix) {
		return id, errValidation(`Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html`)
	}
	return id, authz.Check(ctx, authz.Request{Action: action, Resource: id.String()})
}

// CreateAlias gives a key a name.
func (s *Service) CreateAlias(ctx context.Context, in *kmsapi.CreateAliasInput) (*kmsapi.CreateAliasOutput, error) {
	id, err := authorizeAlias(ctx, "kms:CreateAlias", *in.AliasName)
	if err != nil {
		return nil, err
	}
	if err := checkAliasName(id.alias); err != nil {
		return nil, err
	}
	if err := checkAliasTarget(*in.TargetKeyId); err != nil {
		return nil, err
	}
	now := cloud.From(ctx).Time
	_, err = s.change(ctx, *in.TargetKeyId, access{action: "kms:CreateAlias"}, func(tx *store.Tx, k *Key) error {
		if err := k.requireKept(now); err != nil {
			return err
		}
		row := store.Key(id.account, id.region, id.alias)
		if aliases.Get(tx, row) != nil {
			return kmsapi.ErrAlreadyExistsException("An alias with the name %s already exists", id)
		}
		if err := k.addAlias(id.alias); err != nil {
			return err
		}
		aliases.Put(tx, row, &Alias{Name: id.alias, Key: k.ID, Created: seconds(now), Updated: seconds(now)})
		return nil
	})
	return &kmsapi.CreateAliasOutput{}, err
}

// checkAliasName refuses names that no alias of a customer can have. The model
// lets a colon pass, which no alias may hold; and AWS does not say why nobody
// may take one of its own.
func checkAliasName(name string) error {
	switch {
	case strings.HasPrefix(name, reservedPrefix):
		return api.Errorf("NotAuthorizedException", 400, "")
	case strings.Contains(name, ":"):
		return errValidation("%s contains invalid characters for an alias", name)
	case name == aliasPrefix:
		return kmsapi.ErrInvalidAliasNameException("%s is not a valid alias name.", name)
	}
	return nil
}

// checkAliasTarget refuses to let an alias name another. AWS has words of its
// own for that.
func checkAliasTarget(target string) error {
	if strings.HasPrefix(target, aliasPrefix) || strings.HasPrefix(target, "arn:") && strings.Contains(target, ":"+aliasPrefix) {
		return errValidation("Aliases must refer to keys. Not aliases")
	}
	return nil
}

func (k *Key) addAlias(name string) error {
	if len(k.Aliases) >= maxAliases {
		return kmsapi.ErrLimitExceededException("%s has %d aliases, which is the quota.", k.ARN(), maxAliases)
	}
	k.Aliases = append(k.Aliases, name)
	slices.Sort(k.Aliases)
	return nil
}

func (k *Key) removeAlias(name string) {
	k.Aliases = slices.DeleteFunc(k.Aliases, func(a string) bool { return a == name })
}

// DeleteAlias takes a name from a key.
func (s *Service) DeleteAlias(ctx context.Context, in *kmsapi.DeleteAliasInput) (*kmsapi.DeleteAliasOutput, error) {
	id, t, err := s.aliasTarget(ctx, "kms:DeleteAlias", *in.AliasName)
	if err != nil {
		return nil, err
	}
	_, err = s.changeTarget(ctx, t, &access{action: "kms:DeleteAlias"}, func(tx *store.Tx, k *Key) error {
		row := store.Key(id.account, id.region, id.alias)
		if a := aliases.Get(tx, row); a == nil || a.Key != k.ID {
			return errAliasNotFound(id.String()) // somebody was faster
		}
		k.removeAlias(id.alias)
		aliases.Delete(tx, row)
		return nil
	})
	return &kmsapi.DeleteAliasOutput{}, err
}

// aliasTarget authorizes the change of an alias that must exist and finds the
// key that it names.
func (s *Service) aliasTarget(ctx context.Context, action, name string) (identifier, *target, error) {
	id, err := authorizeAlias(ctx, action, name)
	if err != nil {
		return id, nil, err
	}
	t, err := s.existing(ctx, id)
	if err == nil && t.key == nil {
		err = errAliasNotFound(id.String())
	}
	return id, t, err
}

// UpdateAlias lets an alias name another key of the same kind. It takes
// permission for the alias and for both keys.
func (s *Service) UpdateAlias(ctx context.Context, in *kmsapi.UpdateAliasInput) (*kmsapi.UpdateAliasOutput, error) {
	a := &access{action: "kms:UpdateAlias"}
	id, from, err := s.aliasTarget(ctx, a.action, *in.AliasName)
	if err != nil {
		return nil, err
	}
	if err := s.authorize(ctx, from, a); err != nil {
		return nil, err
	}
	if err := checkAliasTarget(*in.TargetKeyId); err != nil {
		return nil, err
	}
	to, err := s.find(ctx, *in.TargetKeyId, false)
	if err != nil {
		return nil, err
	}
	_, err = s.changeTarget(ctx, to, a, func(tx *store.Tx, k *Key) error {
		current, err := s.again(ctx, tx, from, a)
		if err != nil {
			return err
		}
		return moveAlias(tx, id, current, k, cloud.From(ctx).Time)
	})
	return &kmsapi.UpdateAliasOutput{}, err
}

// moveAlias moves an alias from one key to another, which the caller stores.
func moveAlias(tx *store.Tx, id identifier, from, to *Key, now time.Time) error {
	if err := to.requireKept(now); err != nil {
		return err
	}
	row := store.Key(id.account, id.region, id.alias)
	a := aliases.Get(tx, row)
	if a == nil || a.Key != from.ID {
		return errAliasNotFound(id.String()) // somebody was faster
	}
	if from.ID == to.ID {
		return nil
	}
	if from.keyType() != to.keyType() || from.Usage != to.Usage {
		return errValidation("The current and new KMS keys of %s must be of the same type and have the same key usage.", id)
	}
	if err := to.addAlias(id.alias); err != nil {
		return err
	}
	from = from.clone()
	from.removeAlias(id.alias)
	keys.Put(tx, from.row(), from)
	moved := *a
	moved.Key, moved.Updated = to.ID, seconds(now)
	aliases.Put(tx, row, &moved)
	return nil
}
