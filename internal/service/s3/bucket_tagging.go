package s3

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// The quotas of a bucket's tags.
const (
	maxBucketTags     = 50
	maxBucketTagKey   = 128
	maxBucketTagValue = 256
)

// GetBucketTagging gives the tags of a bucket.
func (s *Service) GetBucketTagging(ctx context.Context, in *s3api.GetBucketTaggingInput) (*s3api.GetBucketTaggingOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketTagging"})
	if err != nil {
		return nil, err
	}
	if len(b.Tags) == 0 {
		return nil, with(api.Errorf("NoSuchTagSet", 404, "The TagSet does not exist"), "BucketName", b.Name)
	}
	out := &s3api.GetBucketTaggingOutput{}
	for _, key := range slices.Sorted(maps.Keys(b.Tags)) {
		out.TagSet = append(out.TagSet, s3api.Tag{Key: new(key), Value: new(b.Tags[key])})
	}
	return out, nil
}

// PutBucketTagging replaces the tags of a bucket.
func (s *Service) PutBucketTagging(ctx context.Context, in *s3api.PutBucketTaggingInput) (*s3api.PutBucketTaggingOutput, error) {
	q := question{action: "s3:PutBucketTagging", requestTags: tagMap(in.Tagging.TagSet)}
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, q, func(b *Bucket) error {
		tags, err := bucketTags(in.Tagging.TagSet)
		b.Tags = tags
		return err
	})
	return &s3api.PutBucketTaggingOutput{}, err
}

// DeleteBucketTagging removes the tags of a bucket.
func (s *Service) DeleteBucketTagging(ctx context.Context, in *s3api.DeleteBucketTaggingInput) (*s3api.DeleteBucketTaggingOutput, error) {
	// Its permission is that to put tags, says the API reference.
	err := s.configure(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketTagging"}, func(b *Bucket) error {
		b.Tags = nil
		return nil
	})
	return &s3api.DeleteBucketTaggingOutput{}, err
}

// bucketTags checks the tags that a request gives a bucket.
func bucketTags(tags []s3api.Tag) (map[string]string, error) {
	if len(tags) > maxBucketTags {
		return nil, api.Errorf("BadRequest", 400, "Bucket tag count cannot be greater than %d", maxBucketTags)
	}
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		key, text := *t.Key, *t.Value
		_, again := m[key]
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxBucketTagKey || !tagText(key):
			return nil, errInvalidTag("The TagKey you have provided is invalid", key)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return nil, errInvalidTag("System tags cannot be added/updated by requester", key)
		case utf8.RuneCountInString(text) > maxBucketTagValue || !tagText(text):
			return nil, with(errInvalidTag("The TagValue you have provided is invalid", key), "TagKey", key, "TagValue", text)
		case again:
			return nil, errInvalidTag("Cannot provide multiple Tags with the same key", key)
		}
		m[key] = text
	}
	return m, nil
}

// tagText reports text that AWS takes in tags.
func tagText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Z, r) && !strings.ContainsRune("_./=+-:@", r)
	})
}

// tagMap is nil for no tags: then the request has none.
func tagMap(tags []s3api.Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[*t.Key] = *t.Value
	}
	return m
}
