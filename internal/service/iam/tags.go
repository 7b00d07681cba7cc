package iam

import (
	"context"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// readTags checks the tags of a request about an entity of a kind.
func readTags(k *kind, in []iamapi.Tag) ([]Tag, error) {
	tags := make([]Tag, len(in))
	for i, t := range in {
		tags[i] = Tag{*t.Key, *t.Value}
		if reserved(*t.Key) {
			return nil, iamapi.ErrInvalidInput("Tag keys with the prefix 'aws:' are reserved for system use.")
		}
		if k.tagAt(tags[:i], *t.Key) >= 0 {
			return nil, iamapi.ErrInvalidInput("%s", k.duplicateTags())
		}
	}
	sortTags(tags)
	return tags, nil
}

func reserved(key string) bool { return len(key) >= 4 && strings.EqualFold(key[:4], "aws:") }

// sameTag reports whether two keys are one tag of an entity of the kind. Case
// makes no difference for users and roles, but does for everything else: see
// "Tags for AWS Identity and Access Management resources" in the User Guide.
func (k *kind) sameTag(a, b string) bool { return a == b || k.foldTags && strings.EqualFold(a, b) }

// tagAt finds a tag by its key; -1 for none.
func (k *kind) tagAt(tags []Tag, key string) int {
	return slices.IndexFunc(tags, func(t Tag) bool { return k.sameTag(t.Key, key) })
}

func (k *kind) duplicateTags() string {
	if k.foldTags {
		return "Duplicate tag keys found. Please note that Tag keys are case insensitive."
	}
	return "Duplicate tag keys found."
}

// sortTags puts tags in the order in which lists show them.
func sortTags(tags []Tag) {
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
}

// mergeTags gives old with news set.
func (k *kind) mergeTags(old, news []Tag) ([]Tag, error) {
	tags := slices.Clone(old)
	for _, t := range news {
		if i := k.tagAt(tags, t.Key); i >= 0 {
			tags[i] = t
		} else {
			tags = append(tags, t)
		}
	}
	if len(tags) > tagsPerEntity {
		return nil, iamapi.ErrLimitExceeded("The number of tags has reached the maximum limit.")
	}
	sortTags(tags)
	return tags, nil
}

// finding is how an operation finds the entity that it is about: need with the
// entity's kind and name.
type finding struct {
	kind *kind
	find func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error)
}

func named(k *kind, name *string) finding {
	return finding{k, func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error) {
		return need(ctx, tx, k, *name, refine...)
	}}
}

func policyNamed(arn *string) finding {
	return finding{policyKind, func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error) {
		return typed[entity](needPolicy(ctx, tx, *arn, refine...))
	}}
}

// tag is TagUser, TagRole, TagPolicy and TagInstanceProfile.
func (s *Service) tag(ctx context.Context, f finding, in []iamapi.Tag) error {
	tags, err := readTags(f.kind, in)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *store.Tx) error {
		e, err := f.find(ctx, tx, func(r *authz.Request, _ entity) {
			r.RequestTags = (&Entity{Tags: tags}).tagMap()
		})
		if err != nil {
			return err
		}
		return setTags(tx, e, func(old []Tag) ([]Tag, error) { return f.kind.mergeTags(old, tags) })
	})
}

// untag is UntagUser and its like. Keys that are not there are no mistake.
func (s *Service) untag(ctx context.Context, f finding, keys []string) error {
	return s.update(ctx, func(tx *store.Tx) error {
		e, err := f.find(ctx, tx, func(r *authz.Request, _ entity) { r.TagKeys = keys })
		if err != nil {
			return err
		}
		return setTags(tx, e, func(old []Tag) ([]Tag, error) {
			return slices.DeleteFunc(slices.Clone(old), func(t Tag) bool {
				return slices.ContainsFunc(keys, func(key string) bool { return f.kind.sameTag(key, t.Key) })
			}), nil
		})
	})
}

func setTags(tx *store.Tx, e entity, change func([]Tag) ([]Tag, error)) error {
	changed := e.copy()
	tags, err := change(changed.base().Tags)
	if err != nil {
		return err
	}
	changed.base().Tags = tags
	changed.put(tx)
	return nil
}

// listTags is ListUserTags and its like.
func (s *Service) listTags(ctx context.Context, f finding, marker *string, maxItems *int32) (tags []iamapi.Tag, p *page, err error) {
	err = s.view(ctx, func(tx *store.Tx) error {
		e, err := f.find(ctx, tx)
		if err != nil {
			return err
		}
		var shown []Tag
		shown, p, err = pageOf(e.base().Tags, func(t Tag) string { return t.Key }, marker, maxItems)
		tags = allTags(shown)
		return err
	})
	return tags, p, err
}
