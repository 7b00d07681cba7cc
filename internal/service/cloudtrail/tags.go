package cloudtrail

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
)

const (
	maxTags = 50
	// maxListed is how many trails ListTags takes at once.
	maxListed = 20
)

func tagMap(tags []cloudtrailapi.Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[*t.Key] = text(t.Value)
	}
	return m
}

// checkTags checks the tags of a request and what they make of a trail's.
func checkTags(tags []cloudtrailapi.Tag, all map[string]string) error {
	seen := make(map[string]bool, len(tags))
	for _, t := range tags {
		switch {
		case seen[*t.Key]:
			return cloudtrailapi.ErrInvalidTagParameterException("Duplicate tag keys are not allowed: %s", *t.Key)
		case strings.HasPrefix(strings.ToLower(*t.Key), "aws:"):
			return cloudtrailapi.ErrInvalidTagParameterException("Tag keys beginning with aws: are reserved: %s", *t.Key)
		case !tagText(*t.Key) || !tagText(text(t.Value)):
			return cloudtrailapi.ErrInvalidTagParameterException("Tag keys and values can contain letters, digits, spaces and the characters _ . / = + - : @")
		}
		seen[*t.Key] = true
	}
	if len(all) > maxTags {
		return cloudtrailapi.ErrTagsLimitExceededException("A trail can have %d tags.", maxTags)
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

// checkTagged checks the id of what shall be tagged: the ARN of a trail. Event
// data stores and the like are not built.
func checkTagged(id string) error {
	switch {
	case trailARN.MatchString(id):
		return nil
	case strings.HasPrefix(id, "arn:"+cloud.Partition+":cloudtrail:"):
		return cloudtrailapi.ErrResourceTypeNotSupportedException("The resource type of %s is not supported.", id)
	}
	return errARN(id)
}

// tagged turns a trail that is not found into what operations on tags answer.
func tagged(err error, id string) error {
	if isCode(err, "TrailNotFoundException") {
		return cloudtrailapi.ErrResourceNotFoundException("The resource %s is not found.", id)
	}
	return err
}

// AddTags adds tags to a trail, or changes their values.
func (s *Service) AddTags(ctx context.Context, in *cloudtrailapi.AddTagsInput) (*cloudtrailapi.AddTagsOutput, error) {
	if err := checkTagged(*in.ResourceId); err != nil {
		return nil, err
	}
	t, err := s.findHome(ctx, *in.ResourceId, access{action: "cloudtrail:AddTags", requestTags: tagMap(in.TagsList)})
	if err != nil {
		return nil, tagged(err, *in.ResourceId)
	}
	_, err = s.change(ctx, t, func(t *Trail, _ *Progress) error {
		all := make(map[string]string, len(t.Tags)+len(in.TagsList))
		maps.Copy(all, t.Tags)
		maps.Copy(all, tagMap(in.TagsList))
		t.Tags = all
		return checkTags(in.TagsList, all)
	})
	return &cloudtrailapi.AddTagsOutput{}, tagged(err, *in.ResourceId)
}

// RemoveTags removes tags from a trail by their keys; with a value, only if they
// have it. Tags that it does not have are none to remove.
func (s *Service) RemoveTags(ctx context.Context, in *cloudtrailapi.RemoveTagsInput) (*cloudtrailapi.RemoveTagsOutput, error) {
	if err := checkTagged(*in.ResourceId); err != nil {
		return nil, err
	}
	keys := slices.Sorted(maps.Keys(tagMap(in.TagsList)))
	t, err := s.findHome(ctx, *in.ResourceId, access{action: "cloudtrail:RemoveTags", tagKeys: keys})
	if err != nil {
		return nil, tagged(err, *in.ResourceId)
	}
	_, err = s.change(ctx, t, func(t *Trail, _ *Progress) error {
		left := maps.Clone(t.Tags)
		for _, tag := range in.TagsList {
			if tag.Value == nil || left[*tag.Key] == *tag.Value {
				delete(left, *tag.Key)
			}
		}
		t.Tags = left
		return checkTags(in.TagsList, left)
	})
	return &cloudtrailapi.RemoveTagsOutput{}, tagged(err, *in.ResourceId)
}

// ListTags lists the tags of trails.
func (s *Service) ListTags(ctx context.Context, in *cloudtrailapi.ListTagsInput) (*cloudtrailapi.ListTagsOutput, error) {
	switch {
	case in.NextToken != nil:
		return nil, cloudtrailapi.ErrInvalidTokenException("The token is not valid.") // all fit on a page
	case len(in.ResourceIdList) == 0 || len(in.ResourceIdList) > maxListed:
		return nil, cloudtrailapi.ErrInvalidParameterException("Between 1 and %d resources can be listed.", maxListed)
	}
	out := new(cloudtrailapi.ListTagsOutput)
	for _, id := range in.ResourceIdList {
		if err := checkTagged(id); err != nil {
			return nil, err
		}
		t, err := s.find(ctx, id, access{action: "cloudtrail:ListTags"})
		if err != nil {
			return nil, tagged(err, id)
		}
		list := []cloudtrailapi.Tag{}
		for _, k := range slices.Sorted(maps.Keys(t.Tags)) {
			list = append(list, cloudtrailapi.Tag{Key: new(k), Value: some(t.Tags[k])})
		}
		out.ResourceTagList = append(out.ResourceTagList, cloudtrailapi.ResourceTag{ResourceId: new(id), TagsList: list})
	}
	return out, nil
}
