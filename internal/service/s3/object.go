package s3

import (
	"context"
	"errors"
	"strconv"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/encryption"
)

// objectHandlers are the operations on objects.
func (s *Service) objectHandlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(s3api.OpCopyObject, s.CopyObject),
		cloud.Handle(s3api.OpDeleteObject, s.DeleteObject),
		cloud.Handle(s3api.OpDeleteObjectTagging, s.DeleteObjectTagging),
		cloud.Handle(s3api.OpDeleteObjects, s.DeleteObjects),
		cloud.Handle(s3api.OpGetObject, s.GetObject),
		cloud.Handle(s3api.OpGetObjectAcl, s.GetObjectAcl),
		cloud.Handle(s3api.OpGetObjectAttributes, s.GetObjectAttributes),
		cloud.Handle(s3api.OpGetObjectLegalHold, s.GetObjectLegalHold),
		cloud.Handle(s3api.OpGetObjectRetention, s.GetObjectRetention),
		cloud.Handle(s3api.OpGetObjectTagging, s.GetObjectTagging),
		cloud.Handle(s3api.OpHeadObject, s.HeadObject),
		cloud.Handle(s3api.OpPutObject, s.PutObject),
		cloud.Handle(s3api.OpPutObjectAcl, s.PutObjectAcl),
		cloud.Handle(s3api.OpPutObjectLegalHold, s.PutObjectLegalHold),
		cloud.Handle(s3api.OpPutObjectRetention, s.PutObjectRetention),
		cloud.Handle(s3api.OpPutObjectTagging, s.PutObjectTagging),
	}
}

// reference is how a request names an object.
type reference struct {
	bucket, key   string
	version       *string // nil is the newest
	expectedOwner *string
}

// maxKey is the length of the longest key, in bytes.
const maxKey = 1024

// checkKey refuses a key that no object can have.
func checkKey(key string) error {
	if len(key) > maxKey {
		return with(api.Errorf("KeyTooLongError", 400, "Your key is too long"),
			"Size", strconv.Itoa(len(key)), "MaxSizeAllowed", strconv.Itoa(maxKey))
	}
	return nil
}

// check refuses a reference that can be to nothing.
func (r *reference) check() error {
	if err := checkKey(r.key); err != nil || r.version == nil {
		return err
	}
	switch {
	case *r.version == "":
		return errInvalidArgument("Version id cannot be the empty string", "versionId", "")
	case !wellFormedVersion(*r.version):
		return errInvalidArgument("Invalid version id specified", "versionId", *r.version)
	}
	return nil
}

// action picks the action that a request for an object asks permission for:
// with a version id it is another one.
func (r *reference) action(newest, version string) string {
	if r.version != nil {
		return version
	}
	return newest
}

// look finds a bucket and what is there of an object in it, at one moment. It
// may be nil or a delete marker.
func (s *Service) look(ctx context.Context, r *reference) (*Bucket, *Object, error) {
	b, o, err := s.lookAnywhere(ctx, r)
	if err == nil {
		err = checkRegion(ctx, b)
	}
	return b, o, err
}

// lookAnywhere is look for a bucket that may be in another Region than the one
// that the request is for.
func (s *Service) lookAnywhere(ctx context.Context, r *reference) (b *Bucket, o *Object, err error) {
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if b = buckets.Get(tx, r.bucket); b != nil {
			o = findVersion(tx, b, r.key, value(r.version))
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, nil, err
	case b == nil:
		return nil, nil, errNoSuchBucket(r.bucket)
	case r.expectedOwner != nil && *r.expectedOwner != b.Account:
		return nil, nil, errAccessDenied()
	}
	return b, o, nil
}

// object finds the version that a request names and asks for permission to do
// action to it. It has content: a delete marker is no object.
func (s *Service) object(ctx context.Context, r *reference, action string) (*Bucket, *Object, error) {
	b, o, err := s.look(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	return b, o, s.permit(ctx, r, b, o, question{action: action})
}

// permit asks q about what was found of an object. Only then it is told whether
// there is one.
func (s *Service) permit(ctx context.Context, r *reference, b *Bucket, o *Object, q question) error {
	q.key, q.object = r.key, o
	if err := s.authorize(ctx, b, q); err != nil {
		return err
	}
	return s.present(ctx, r, b, o)
}

// present is the answer where no object was found, nil where one was.
func (s *Service) present(ctx context.Context, r *reference, b *Bucket, o *Object) error {
	switch {
	case o != nil && o.Marker:
		return s.marked(ctx, b, r, o)
	case o != nil:
		return nil
	case r.version != nil:
		return s.missingVersion(ctx, b, r.key, *r.version)
	}
	return s.missing(ctx, b, r.key)
}

// marked is the answer where there is a delete marker in place of an object.
func (s *Service) marked(ctx context.Context, b *Bucket, r *reference, o *Object) error {
	if r.version != nil {
		return errMarker(ctx, o)
	}
	err := s.missing(ctx, b, r.key)
	if known, ok := err.(*api.Error); ok {
		return aboutMarker(known, o)
	}
	return err
}

// permitBesides is permit for what is kept beside an object's content. To change
// it, or to read the tags, is refused for a delete marker as such, whether or not
// the request names its version; but who may not know that there is none is told
// no more.
func (s *Service) permitBesides(ctx context.Context, r *reference, b *Bucket, o *Object, q question) error {
	err := s.permit(ctx, r, b, o, q)
	if o != nil && o.Marker && errors.Is(err, errNoSuchKey(r.key)) {
		return errMarker(ctx, o)
	}
	return err
}

// errMarker says that what was found is a delete marker.
func errMarker(ctx context.Context, o *Object) error {
	e := errMethodNotAllowed(cloud.From(ctx).Operation.Method, "DeleteMarker")
	e.Fields["Allow"], e.Fields["Last-Modified"] = "DELETE", httpTime(o.Modified)
	return aboutMarker(e, o)
}

// aboutMarker adds to an error the headers that tell of a delete marker.
func aboutMarker(e *api.Error, o *Object) error {
	e.Fields["x-amz-delete-marker"] = "true"
	e.Fields["x-amz-version-id"] = o.ID()
	return e
}

// shownVersion is the version id in an answer: none as long as the bucket was
// never versioned.
func shownVersion(b *Bucket, o *Object) *string {
	if o.Null && b.Versioning == "" {
		return nil
	}
	return new(o.ID())
}

// madeVersion is the version id in the answer to who has made an object: one of
// the null version is not named.
func madeVersion(o *Object) *string {
	if o.Null {
		return nil
	}
	return new(o.Version)
}

// forEncryption is a bucket as encryption sees it.
func (b *Bucket) forEncryption() encryption.Bucket {
	return encryption.Bucket{ID: b.ID, Name: b.Name, Account: b.Account, Region: b.Region, Default: b.Encryption}
}
