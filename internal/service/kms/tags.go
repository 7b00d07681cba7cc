package kms

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// maxTags is the quota of tags of a key.
const maxTags = 50

func tagMap(tags []kmsapi.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[*t.TagKey] = *t.TagValue
	}
	return m
}

// setTags adds tags to a key that is not shared yet.
func (s *Service) setTags(k *Key, tags []kmsapi.Tag) error {
	if err := checkTags(tags); err != nil {
		return err
	}
	for _, t := range tags {
		k.Tags[*t.TagKey] = *t.TagValue
	}
	if len(k.Tags) > maxTags {
		return kmsapi.ErrTagException("Too many tags")
	}
	return nil
}

func checkTags(tags []kmsapi.Tag) error {
	var seen []string
	for _, t := range tags {
		switch {
		case strings.HasPrefix(strings.ToLower(*t.TagKey), "aws:"):
			return kmsapi.ErrTagException("Tags beginning with aws: are reserved")
		case slices.Contains(seen, *t.TagKey):
			return kmsapi.ErrTagException("Duplicate tag keys")
		case !tagText(*t.TagKey) || !tagText(*t.TagValue):
			return kmsapi.ErrTagException("Tag keys and values can contain letters, digits, spaces and the characters _ . / = + - : @")
		}
		seen = append(seen, *t.TagKey)
	}
	return nil
}

// tagText reports text that AWS takes in tags.
func tagText(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Z, r) && !strings.ContainsRune("_./=+-:@", r) {
			return false
		}
	}
	return true
}

// TagResource adds tags to a key, or changes their values.
func (s *Service) TagResource(ctx context.Context, in *kmsapi.TagResourceInput) (*kmsapi.TagResourceOutput, error) {
	a := access{action: "kms:TagResource", requestTags: tagMap(in.Tags)}
	_, err := s.change(ctx, *in.KeyId, a, func(_ *store.Tx, k *Key) error {
		if err := k.requireKept(cloud.From(ctx).Time); err != nil {
			return err
		}
		return s.setTags(k, in.Tags)
	})
	return &kmsapi.TagResourceOutput{}, err
}

// UntagResource removes tags from a key. Tags that it does not have are none to
// remove.
func (s *Service) UntagResource(ctx context.Context, in *kmsapi.UntagResourceInput) (*kmsapi.UntagResourceOutput, error) {
	a := access{action: "kms:UntagResource", tagKeys: in.TagKeys}
	_, err := s.change(ctx, *in.KeyId, a, func(_ *store.Tx, k *Key) error {
		if err := k.requireKept(cloud.From(ctx).Time); err != nil {
			return err
		}
		for _, name := range in.TagKeys {
			if strings.HasPrefix(strings.ToLower(name), "aws:") {
				return kmsapi.ErrTagException("Tags beginning with aws: are reserved")
			}
			delete(k.Tags, name)
		}
		return nil
	})
	return &kmsapi.UntagResourceOutput{}, err
}

// ListResourceTags lists the tags of a key by their names.
func (s *Service) ListResourceTags(ctx context.Context, in *kmsapi.ListResourceTagsInput) (*kmsapi.ListResourceTagsOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:ListResourceTags"})
	if err != nil {
		return nil, err
	}
	p, err := newPage("tags", in.Limit, in.Marker, maxTags, maxTags)
	if err != nil {
		return nil, err
	}
	list, marker := paging.Take(p, after(o.Tags, p.After), func(name string) (kmsapi.Tag, bool) {
		return kmsapi.Tag{TagKey: new(name), TagValue: new(o.Tags[name])}, true
	})
	return &kmsapi.ListResourceTagsOutput{Tags: list, NextMarker: marker, Truncated: new(marker != nil)}, nil
}

// after gives the names of a map that come after a name, in order.
func after(m map[string]string, name string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, n := range slices.Sorted(maps.Keys(m)) {
			if n > name && !yield(n, n) {
				return
			}
		}
	}
}
