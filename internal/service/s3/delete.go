package s3

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// deletion is what a request wants deleted: a version, or (without a version
// id) the object as those see it who name no version.
type deletion struct {
	reference
	condition condition
	bypass    bool       // governance mode does not protect the version
	keys      conditions // condition keys that are not in the request's head
}

// DeleteObject deletes an object, or a version of it.
func (s *Service) DeleteObject(ctx context.Context, in *s3api.DeleteObjectInput) (*s3api.DeleteObjectOutput, error) {
	if in.IfMatchLastModifiedTime != nil {
		return nil, errHeaderNotImplemented("x-amz-if-match-last-modified-time")
	}
	if in.IfMatchSize != nil {
		return nil, errHeaderNotImplemented("x-amz-if-match-size")
	}
	d := &deletion{
		reference: reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner},
		condition: ifMatches(in.IfMatch),
	}
	b, prev, err := s.lookDeletion(ctx, d)
	if err != nil {
		return nil, err
	}
	if err := s.authorizeDeletion(ctx, b, prev, d, isTrue(in.BypassGovernanceRetention)); err != nil {
		return nil, err
	}
	if err := checkBypass(b, in.BypassGovernanceRetention); err != nil {
		return nil, err
	}
	var done deleted
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) (err error) {
		done, err = s.delete(tx, b, d, cloud.From(ctx).Time)
		return err
	})
	if err != nil {
		return nil, s.concealed(ctx, b, d.key, err)
	}
	return &s3api.DeleteObjectOutput{DeleteMarker: unlessZero(&done.marker), VersionId: done.version}, nil
}

// lookDeletion finds the bucket of a deletion and the newest version of its
// key, which may be nil.
func (s *Service) lookDeletion(ctx context.Context, d *deletion) (*Bucket, *Object, error) {
	if err := d.check(); err != nil {
		return nil, nil, err
	}
	latest := d.reference
	latest.version = nil
	return s.look(ctx, &latest)
}

// authorizeDeletion asks for permission for a deletion. Who may bypass
// governance mode, and says so, is not held by it; who says so and may not, is.
func (s *Service) authorizeDeletion(ctx context.Context, b *Bucket, latest *Object, d *deletion, bypass bool) error {
	if latest != nil && latest.Marker {
		latest = nil
	}
	q := question{key: d.key, object: latest, keys: d.keys}
	if bypass && b.ObjectLock && d.version != nil {
		q.action = "s3:BypassGovernanceRetention"
		d.bypass = s.authorize(ctx, b, q) == nil
	}
	q.action = d.action("s3:DeleteObject", "s3:DeleteObjectVersion")
	if err := s.authorize(ctx, b, q); err != nil {
		return err
	}
	if d.condition.reads() {
		q.action = "s3:GetObject"
		return s.authorize(ctx, b, q)
	}
	return nil
}

// checkBypass refuses to bypass governance mode where there is none.
func checkBypass(b *Bucket, bypass *bool) error {
	if bypass == nil || b.ObjectLock {
		return nil
	}
	return with(api.Errorf("InvalidArgument", 400, "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets."),
		"ArgumentName", "x-amz-bypass-governance-retention")
}

// deleted is what has come of a deletion.
type deleted struct {
	marker  bool    // a delete marker was made, or removed
	version *string // of the marker that was made, or the version that was to be removed
}

// delete does what a deletion says. It may be that there is nothing to delete.
func (s *Service) delete(tx *store.Tx, b *Bucket, d *deletion, now time.Time) (deleted, error) {
	b, err := current(tx, b)
	if err != nil {
		return deleted{}, err
	}
	if d.version == nil && b.Versioning != "" {
		o := &Object{Marker: true, Owner: b.Account, Modified: now.UTC().Truncate(time.Second)}
		err := s.store(tx, b, d.key, o, now, d.condition)
		return deleted{true, new(o.ID())}, err
	}
	o, err := s.remove(tx, b, d.key, value(d.version), now, d.bypass, d.condition)
	return deleted{o != nil && o.Marker, d.version}, err
}
