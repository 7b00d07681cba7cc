package organizations

import (
	"context"
	"maps"
	"strings"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// readTags checks the tags of a request; nil when it brings none.
func readTags(tags []orgapi.Tag) (map[string]string, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	read := make(map[string]string, len(tags))
	for _, t := range tags {
		if _, twice := read[*t.Key]; twice {
			return nil, errInput("DUPLICATE_TAG_KEY", "Tag keys must be unique. The key %s is there more than once.", *t.Key)
		}
		if err := checkTagKey(*t.Key); err != nil {
			return nil, err
		}
		read[*t.Key] = *t.Value
	}
	return read, checkTagCount(read)
}

func checkTagKey(key string) error {
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return errInput("INVALID_SYSTEM_TAGS_PARAMETER", "You can't add, edit, or delete system tag keys: %s.", key)
	}
	return nil
}

func checkTagCount(tags map[string]string) error {
	if len(tags) > maxTags {
		return errConstraint("MAX_TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource: %d.", maxTags)
	}
	return nil
}

// tagsOf are the tags of a target.
func (st *seat) tagsOf(id string) map[string]string {
	if t := tagged.Get(st.tx, store.Key(st.ID, id)); t != nil {
		return t.Tags
	}
	return nil
}

func (st *seat) setTags(id string, tags map[string]string) {
	if len(tags) == 0 {
		tagged.Delete(st.tx, store.Key(st.ID, id))
		return
	}
	tagged.Put(st.tx, store.Key(st.ID, id), &Tagged{ID: id, Tags: tags})
}

// enterTagged is enter for an operation on the tags of something.
func (s *Service) enterTagged(ctx context.Context, tx *store.Tx, id string, n need) (*seat, error) {
	n.targets = []string{id}
	st, err := s.enter(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	switch {
	case isResourcePolicy(id):
		if p := st.settings().ResourcePolicy; p != nil && p.ID == id {
			return st, nil
		}
	case isPolicy(id):
		if p := st.policy(id); p != nil && !p.awsManaged() {
			return st, nil
		}
	case st.isTarget(id):
		return st, nil
	}
	return nil, errTargetNotFound()
}

// TagResource adds tags to a root, unit, account or policy, or changes them.
func (s *Service) TagResource(ctx context.Context, in *orgapi.TagResourceInput) (*orgapi.TagResourceOutput, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return new(orgapi.TagResourceOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterTagged(ctx, tx, *in.ResourceId, need{of: writers, tags: tags})
		if err != nil {
			return err
		}
		all := maps.Clone(st.tagsOf(*in.ResourceId))
		if all == nil {
			all = make(map[string]string)
		}
		maps.Copy(all, tags)
		st.setTags(*in.ResourceId, all)
		return checkTagCount(all)
	})
}

// UntagResource removes tags. Those that are not there are none to remove.
func (s *Service) UntagResource(ctx context.Context, in *orgapi.UntagResourceInput) (*orgapi.UntagResourceOutput, error) {
	for _, key := range in.TagKeys {
		if err := checkTagKey(key); err != nil {
			return nil, err
		}
	}
	return new(orgapi.UntagResourceOutput), s.update(ctx, func(tx *store.Tx) error {
		st, err := s.enterTagged(ctx, tx, *in.ResourceId, need{of: writers, tagKeys: in.TagKeys})
		if err != nil {
			return err
		}
		left := maps.Clone(st.tagsOf(*in.ResourceId))
		for _, key := range in.TagKeys {
			delete(left, key)
		}
		st.setTags(*in.ResourceId, left)
		return nil
	})
}

// ListTagsForResource lists the tags of something.
func (s *Service) ListTagsForResource(ctx context.Context, in *orgapi.ListTagsForResourceInput) (*orgapi.ListTagsForResourceOutput, error) {
	out := new(orgapi.ListTagsForResourceOutput)
	return out, s.view(ctx, func(tx *store.Tx) error {
		st, err := s.enterTagged(ctx, tx, *in.ResourceId, need{of: readers})
		if err != nil {
			return err
		}
		all := []orgapi.Tag{}
		for k, v := range st.tagsOf(*in.ResourceId) {
			all = append(all, orgapi.Tag{Key: &k, Value: &v})
		}
		out.Tags, out.NextToken, err = paged(all, func(t *orgapi.Tag) string { return *t.Key }, pageRequest{in.NextToken, new(int32(maxTags))})
		return err
	})
}
