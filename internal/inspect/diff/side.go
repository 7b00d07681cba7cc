package diff

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
)

// side is an account with its documents read.
type side struct {
	Side
	entities []*entity
}

// entity is a role, user or group with its policies.
type entity struct {
	kind       Kind
	name, path string
	arn        string
	blocks     []block
	tags       map[string]string
	// lists are what else it has several of: "instance profile", "group".
	lists map[string][]string
}

// block is one policy of an entity.
type block struct {
	name, arn string
	typ       PolicyType
	doc       *document
}

// Input is one side of a comparison.
type Input struct {
	Side
	Snapshot *snapshot.Account
}

// source is an entity of a snapshot before its documents are read.
type source struct {
	kind    Kind
	trust   *string
	lists   map[string][]string
	entity  *snapshot.Entity
	account *snapshot.Account
}

// sources are the entities of a snapshot that are to be compared.
func (o *Options) sources(account *snapshot.Account) []source {
	var list []source
	for i := range account.Roles {
		r := &account.Roles[i]
		if r.ServiceLinked() && o.SkipServiceLinked {
			continue
		}
		list = append(list, source{Role, &r.Trust, map[string][]string{"instance profile": r.InstanceProfiles}, &r.Entity, account})
	}
	if o.Users {
		for i := range account.Users {
			u := &account.Users[i]
			list = append(list, source{User, nil, map[string][]string{"group": u.Groups}, &u.Entity, account})
		}
	}
	if o.Groups {
		for i := range account.Groups {
			list = append(list, source{Group, nil, nil, &account.Groups[i].Entity, account})
		}
	}
	return slices.DeleteFunc(list, func(s source) bool { return !o.wanted(s.entity.Name) })
}

// wanted reports whether a name fits Only, as it is or after the dictionary.
func (o *Options) wanted(name string) bool {
	if o.Only == "" {
		return true
	}
	for _, n := range []string{name, o.Dictionary.Apply(name)} {
		if ok, _ := path.Match(o.Only, n); ok {
			return true
		}
	}
	return false
}

// read reads the documents of an entity.
func (s *source) read(l *library) *entity {
	e := &entity{
		kind: s.kind, name: s.entity.Name, path: s.entity.Path, arn: s.entity.ARN,
		tags: s.entity.Tags, lists: s.lists,
	}
	if s.trust != nil {
		// IAMCTL calls the policy by its type.
		e.blocks = append(e.blocks, block{"trust", "", Trust, l.document(*s.trust, policy.Trust)})
	}
	for _, d := range s.account.Documents(s.entity) {
		typ := Inline
		if d.Managed() {
			typ = Managed
		}
		e.blocks = append(e.blocks, block{d.Name, d.ARN, typ, l.document(d.Text, policy.Identity)})
	}
	if p := s.account.BoundaryOf(s.entity); p != nil {
		e.blocks = append(e.blocks, block{p.Name, p.ARN, Boundary, l.document(p.Document, policy.Boundary)})
	}
	return e
}

// serviceLinked is what IAMCTL goes by, before the dictionary or after it.
func serviceLinked(path string) bool { return strings.HasPrefix(path, "/aws-service-role/") }

// problems are the documents of an entity that could not be understood.
func (e *entity) problems(tag string) []string {
	var list []string
	for _, b := range e.blocks {
		if b.doc.problem != "" {
			list = append(list, fmt.Sprintf("%s: %s policy %q of %s %q is not understood, and compared as text where it has to be: %s", tag, b.typ, b.name, e.kind, e.name, b.doc.problem))
		}
	}
	return list
}
