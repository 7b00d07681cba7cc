package iam

import (
	"context"
	"slices"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// readTags checks the tags of a request.
func readTags(in []iamapi.Tag) ([]Tag, error) {
	tags := make([]Tag, len(in))
	for i, t := range in {
		tags[i] = Tag{*t.Key, *t.Value}
		if reserved(*t.Key) {
			return nil, iamapi.ErrInvalidInput("Tag keys with the prefix 'aws:' are reserved for system use.")
		}
		if position(tags[:i], *t.Key) >= 0 {
			return nil, iamapi.ErrInvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
	}
	sortTags(tags)
	return tags, nil
}

func reserved(key string) bool { return len(key) >= 4 && strings.EqualFold(key[:4], "aws:") }

// position finds a tag by its key, without regard to case; -1 for none.
func position(tags []Tag, key string) int {
	return slices.IndexFunc(tags, func(t Tag) bool { return strings.EqualFold(t.Key, key) })
}

// sortTags puts tags in the order in which lists show them.
func sortTags(tags []Tag) {
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
}

// mergeTags gives old with news set.
func mergeTags(old, news []Tag) ([]Tag, error) {
	tags := slices.Clone(old)
	for _, t := range news {
		if i := position(tags, t.Key); i >= 0 {
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
type finding func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error)

func named(k *kind, name *string) finding {
	return func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error) {
		return need(ctx, tx, k, *name, refine...)
	}
}

func policyNamed(arn *string) finding {
	return func(ctx context.Context, tx *store.Tx, refine ...refinement) (entity, error) {
		return typed[entity](needPolicy(ctx, tx, *arn, refine...))
	}
}

// tag is TagUser, TagRole, TagPolicy and TagInstanceProfile.
func (s *Service) tag(ctx context.Context, find finding, in []iamapi.Tag) error {
	tags, err := readTags(in)
	if err != nil {
		return err
	}
	return s.update(ctx, func(tx *store.Tx) error {
		e, err := find(ctx, tx, func(r *authz.Request, _ entity) {
			r.RequestTags = (&Entity{Tags: tags}).tagMap()
		})
		if err != nil {
			return err
		}
		return setTags(tx, e, func(old []Tag) ([]Tag, error) { return mergeTags(old, tags) })
	})
}

// untag is UntagUser and its like. Keys that are not there are no mistake.
func (s *Service) untag(ctx context.Context, find finding, keys []string) error {
	return s.update(ctx, func(tx *store.Tx) error {
		e, err := find(ctx, tx, func(r *authz.Request, _ entity) { r.TagKeys = keys })
		if err != nil {
			return err
		}
		return setTags(tx, e, func(old []Tag) ([]Tag, error) {
			return slices.DeleteFunc(slices.Clone(old), func(t Tag) bool {
				return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, t.Key) })
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
func (s *Service) listTags(ctx context.Context, find finding, marker *string, maxItems *int32) (tags []iamapi.Tag, p *page, err error) {
	err = s.view(ctx, func(tx *store.Tx) error {
		e, err := find(ctx, tx)
		if err != nil {
			return err
		}
		var shown []Tag
		shown, p, err = pageOf(e.base().Tags, func(t Tag) string { return t.Key }, marker, maxItems)
		tags = append([]iamapi.Tag{}, tagsOut(shown)...)
		return err
	})
	return tags, p, err
}
