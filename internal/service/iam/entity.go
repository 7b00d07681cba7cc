package iam

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Entity is what everything with a name in IAM has: the account it is in, its
// friendly name and path, and the unique id that outlives a change of both.
type Entity struct {
	Account string
	Name    string
	Path    string
	ID      string
	Created time.Time
	Tags    []Tag
}

// Tag is one tag. Rows keep them by key.
type Tag struct{ Key, Value string }

// Permissions are the policies of a user, group or role.
type Permissions struct {
	Inline   []InlinePolicy // by name
	Attached []string       // ARNs, in the order of attachment
	Boundary string         // ARN; "" for none. Groups have none.
}

// InlinePolicy is a policy embedded in a user, group or role.
type InlinePolicy struct{ Name, Document string }

// inline finds an inline policy by its name, which is case-sensitive unlike
// the names of entities.
func (p *Permissions) inline(name string) (int, bool) {
	return slices.BinarySearchFunc(p.Inline, name, func(have InlinePolicy, name string) int {
		return strings.Compare(have.Name, name)
	})
}

// entity is a row of one of the tables of named things. Rows are immutable:
// copy gives one to change, put stores it.
type entity interface {
	kind() *kind
	base() *Entity
	copy() entity
	put(tx *store.Tx)
	delete(tx *store.Tx)
}

// holder is an entity that has policies: a user, group or role.
type holder interface {
	entity
	permissions() *Permissions
}

func (e *Entity) base() *Entity                  { return e }
func (p *Permissions) permissions() *Permissions { return p }

// key is where the entity lies in its table.
func (e *Entity) key() string { return rowKey(e.Account, e.Name) }

// rowKey: names are unique without regard to case, and keep the case they were
// created with.
func rowKey(account, name string) string { return store.Key(account, strings.ToLower(name)) }

// tagMap is the tags as authorization wants them.
func (e *Entity) tagMap() map[string]string {
	m := make(map[string]string, len(e.Tags))
	for _, t := range e.Tags {
		m[t.Key] = t.Value
	}
	return m
}

// arnOf is the ARN of an entity.
func arnOf(e entity) string {
	b := e.base()
	return e.kind().arn(b.Account, b.Path, b.Name)
}

// kind is what sets the entities of one table apart.
type kind struct {
	noun     string // in messages: "user"
	resource string // in ARNs: "user"
	cfnType  string // in records: "AWS::IAM::User"
	idPrefix string // of unique ids: "AIDA"

	notFound string // message for a name
	exists   string // message for a name
	quota    quota  // how many there may be in an account
	count    func(*Settings) *int

	// Of holders only: how many managed policies one may have attached, and
	// how large its inline policies may be together.
	attached   quota
	inlineSize int

	foldTags bool // whether the case of tag keys makes no difference

	find func(tx *store.Tx, account, name string) entity // nil when there is none
}

// arn is the ARN that an entity of the kind has or would have.
func (k *kind) arn(account, path, name string) string {
	return cloud.ARN("iam", "", account, k.resource+path+name)
}

// now is the time of a call as IAM keeps it: whole seconds.
func now(ctx context.Context) time.Time {
	return cloud.From(ctx).Time.UTC().Truncate(time.Second)
}
