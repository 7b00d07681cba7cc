package accessanalyzer

import (
	"context"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

// checkTags checks the tags of a request.
func checkTags(tags map[string]string) error {
	for k, v := range tags {
		switch {
		case k == "" || utf8.RuneCountInString(k) > maxTagKey || utf8.RuneCountInString(v) > maxTagValue:
			return errField("tags", "The key of a tag has 1 to %d characters and the value up to %d.", maxTagKey, maxTagValue)
		case strings.HasPrefix(strings.ToLower(k), "aws:"):
			return errField("tags", "Tag keys that begin with aws: are reserved.")
		case !tagText(k) || !tagText(v):
			return errField("tags", "Tags can have letters, digits, white space and the characters _ . / = + - : @")
		}
	}
	return checkTagCount(tags)
}

func checkTagCount(tags map[string]string) error {
	if len(tags) > maxTags {
		return errField("tags", "An analyzer can have %d tags.", maxTags)
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

// TagResource adds tags to an analyzer, or changes their values.
func (s *Service) TagResource(ctx context.Context, in *analyzerapi.TagResourceInput) (*analyzerapi.TagResourceOutput, error) {
	a, err := s.findARN(ctx, *in.ResourceArn, access{action: "TagResource", requestTags: in.Tags})
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	err = s.update(ctx, a, func(_ *store.Tx, a *Analyzer) error {
		all := map[string]string{}
		maps.Copy(all, a.Tags)
		maps.Copy(all, in.Tags)
		a.Tags = all
		return checkTagCount(all)
	})
	return &analyzerapi.TagResourceOutput{}, err
}

// UntagResource removes tags from an analyzer. Those that it does not have are
// none to remove.
func (s *Service) UntagResource(ctx context.Context, in *analyzerapi.UntagResourceInput) (*analyzerapi.UntagResourceOutput, error) {
	a, err := s.findARN(ctx, *in.ResourceArn, access{action: "UntagResource", tagKeys: in.TagKeys})
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, a, func(_ *store.Tx, a *Analyzer) error {
		a.Tags = maps.Clone(a.Tags)
		for _, k := range in.TagKeys {
			delete(a.Tags, k)
		}
		return nil
	})
	return &analyzerapi.UntagResourceOutput{}, err
}

// ListTagsForResource lists the tags of an analyzer.
func (s *Service) ListTagsForResource(ctx context.Context, in *analyzerapi.ListTagsForResourceInput) (*analyzerapi.ListTagsForResourceOutput, error) {
	a, err := s.findARN(ctx, *in.ResourceArn, access{action: "ListTagsForResource"})
	if err != nil {
		return nil, err
	}
	out := &analyzerapi.ListTagsForResourceOutput{Tags: map[string]string{}}
	maps.Copy(out.Tags, a.Tags)
	return out, nil
}
