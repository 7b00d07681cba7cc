package s3

import (
	"context"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// multipartHandlers are the operations of multipart uploads, but for those that
// list.
func (s *Service) multipartHandlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(s3api.OpAbortMultipartUpload, s.AbortMultipartUpload),
		cloud.Handle(s3api.OpCompleteMultipartUpload, s.CompleteMultipartUpload),
		cloud.Handle(s3api.OpCreateMultipartUpload, s.CreateMultipartUpload),
		cloud.Handle(s3api.OpUploadPart, s.UploadPart),
		cloud.Handle(s3api.OpUploadPartCopy, s.UploadPartCopy),
	}
}

// uploadReference is how a request names an upload.
type uploadReference struct {
	bucket, key, id string
	expectedOwner   *string
}

// continuation is what a request finds that carries on an upload.
type continuation struct {
	bucket    *Bucket
	prev      *Object    // the newest version of the key so far, nil without one
	upload    *upload    // nil if there is none under way
	completed *completed // nil if it was not completed lately
}

// resume finds the bucket of a request that carries on an upload, and the
// upload, and asks for the permission that it needed to begin.
func (s *Service) resume(ctx context.Context, r uploadReference) (c continuation, err error) {
	b, prev, err := s.look(ctx, &reference{bucket: r.bucket, key: r.key, expectedOwner: r.expectedOwner})
	if err != nil {
		return c, err
	}
	if prev != nil && prev.Marker {
		prev = nil
	}
	c.bucket, c.prev = b, prev
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if c.upload = uploading.Get(tx, uploadKey(b, r.key, r.id)); c.upload == nil {
			c.completed = findCompleted(tx, b, r.key, r.id)
		}
		return nil
	})
	if err != nil {
		return c, err
	}
	q := question{action: "s3:PutObject", key: r.key, object: prev}
	switch {
	case c.upload != nil:
		q.keys, q.tags = c.upload.Asked, c.upload.Object.Tags
	case c.completed != nil:
		q.keys, q.tags = c.completed.Asked, c.completed.Object.Tags
	}
	return c, s.authorize(ctx, b, q)
}

// ongoing is resume for what needs an upload that is under way.
func (s *Service) ongoing(ctx context.Context, r uploadReference) (*Bucket, *upload, error) {
	c, err := s.resume(ctx, r)
	if err == nil && c.upload == nil {
		err = errNoSuchUpload(r.id)
	}
	return c.bucket, c.upload, err
}

// AbortMultipartUpload ends an upload and drops its parts.
func (s *Service) AbortMultipartUpload(ctx context.Context, in *s3api.AbortMultipartUploadInput) (*s3api.AbortMultipartUploadOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:AbortMultipartUpload", key: *in.Key})
	if err != nil {
		return nil, err
	}
	if in.IfMatchInitiatedTime != nil { // for directory buckets only
		return nil, errHeaderNotImplemented("x-amz-if-match-initiated-time")
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		u, err := findUpload(tx, b, *in.Key, *in.UploadId)
		if err != nil {
			return err
		}
		s.endUpload(tx, b, u, nil)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &s3api.AbortMultipartUploadOutput{}, nil
}
