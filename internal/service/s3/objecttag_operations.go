package s3

import (
	"context"
	"maps"
	"slices"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// GetObjectTagging gives the tags of an object.
func (s *Service) GetObjectTagging(ctx context.Context, in *s3api.GetObjectTaggingInput) (*s3api.GetObjectTaggingOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.look(ctx, r)
	if err != nil {
		return nil, err
	}
	q := question{action: r.action("s3:GetObjectTagging", "s3:GetObjectVersionTagging")}
	if err := s.permitBesides(ctx, r, b, o, q); err != nil {
		return nil, err
	}
	out := &s3api.GetObjectTaggingOutput{VersionId: shownVersion(b, o), TagSet: []s3api.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(o.Tags)) {
		out.TagSet = append(out.TagSet, s3api.Tag{Key: new(key), Value: new(o.Tags[key])})
	}
	return out, nil
}

// PutObjectTagging replaces the tags of an object.
func (s *Service) PutObjectTagging(ctx context.Context, in *s3api.PutObjectTaggingInput) (*s3api.PutObjectTaggingOutput, error) {
	tags, err := objectTags(in.Tagging.TagSet)
	if err != nil {
		return nil, err
	}
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	q := question{action: r.action("s3:PutObjectTagging", "s3:PutObjectVersionTagging"), tags: tags}
	b, o, err := s.change(ctx, r, q, func(_ *Bucket, o *Object) error {
		o.Tags = tags
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &s3api.PutObjectTaggingOutput{VersionId: shownVersion(b, o)}, nil
}

// DeleteObjectTagging removes the tags of an object.
func (s *Service) DeleteObjectTagging(ctx context.Context, in *s3api.DeleteObjectTaggingInput) (*s3api.DeleteObjectTaggingOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	q := question{action: r.action("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging")}
	b, o, err := s.change(ctx, r, q, func(_ *Bucket, o *Object) error {
		o.Tags = nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &s3api.DeleteObjectTaggingOutput{VersionId: shownVersion(b, o)}, nil
}
