package s3

import (
	"context"
	"errors"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// maxDeletions is how many objects one request deletes.
const maxDeletions = 1000

// DeleteObjects deletes objects, or versions of them. Each succeeds or fails
// for itself.
func (s *Service) DeleteObjects(ctx context.Context, in *s3api.DeleteObjectsInput) (*s3api.DeleteObjectsOutput, error) {
	if n := len(in.Delete.Objects); n == 0 || n > maxDeletions {
		return nil, errMalformedXML()
	}
	b, err := s.find(ctx, *in.Bucket, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	// Each object is decided on by itself, but even a caller who may delete
	// nothing is told so in a list of errors.
	batch := make([]batched, len(in.Delete.Objects))
	for i := range batch {
		batch[i] = s.planDeletion(ctx, b, &in.Delete.Objects[i], isTrue(in.BypassGovernanceRetention))
	}
	// Who may delete nothing is not told either whether the bucket has a lock.
	if slices.ContainsFunc(batch, func(p batched) bool { return p.err == nil }) {
		if err := checkBypass(b, in.BypassGovernanceRetention); err != nil {
			return nil, err
		}
	}
	if err := s.deleteBatch(ctx, b, batch); err != nil {
		return nil, err
	}
	return s.tell(ctx, b, batch, isTrue(in.Delete.Quiet))
}

// batched is one of several deletions, with what has come of it.
type batched struct {
	deletion
	done deleted
	err  error
}

// planDeletion asks for permission for one of several deletions.
func (s *Service) planDeletion(ctx context.Context, b *Bucket, id *s3api.ObjectIdentifier, bypass bool) (p batched) {
	p.reference = reference{bucket: b.Name, key: *id.Key, version: id.VersionId}
	p.keys = make(conditions, 2)
	p.keys.set("s3:versionid", value(id.VersionId))
	p.keys.set("s3:if-match", value(id.ETag))
	p.condition = ifMatches(id.ETag)
	_, latest, err := s.lookDeletion(ctx, &p.deletion)
	if p.err = s.authorizeDeletion(ctx, b, latest, &p.deletion, bypass); p.err != nil {
		return p
	}
	switch p.err = err; {
	case id.VersionId != nil && !wellFormedVersion(*id.VersionId):
		p.err = errNoSuchVersion(p.key, *id.VersionId)
	case id.LastModifiedTime != nil:
		p.err = errHeaderNotImplemented("LastModifiedTime")
	case id.Size != nil:
		p.err = errHeaderNotImplemented("Size")
	}
	return p
}

// deleteBatch deletes what may be deleted, in one transaction.
func (s *Service) deleteBatch(ctx context.Context, b *Bucket, batch []batched) error {
	now := cloud.From(ctx).Time
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		for i := range batch {
			if p := &batch[i]; p.err == nil {
				p.done, p.err = s.delete(tx, b, &p.deletion, now)
			}
		}
		return nil
	})
}

// tell makes the answer of what has come of a batch.
func (s *Service) tell(ctx context.Context, b *Bucket, batch []batched, quiet bool) (*s3api.DeleteObjectsOutput, error) {
	out := &s3api.DeleteObjectsOutput{}
	for i := range batch {
		p := &batch[i]
		if p.err != nil {
			answer, err := s.deletionError(s.concealed(ctx, b, p.key, p.err))
			if err != nil {
				return nil, err
			}
			out.Errors = append(out.Errors, s3api.Error{Key: &p.key, VersionId: p.version, Code: &answer.Code, Message: &answer.Message})
		} else if !quiet {
			out.Deleted = append(out.Deleted, p.told())
		}
	}
	return out, nil
}

// deletionError is an error as the list of them has it. What is no error of the
// request fails all of it.
func (s *Service) deletionError(err error) (*api.Error, error) {
	var denied *authz.Denied
	if errors.As(err, &denied) {
		return cloud.AccessDenied(&s3api.Service, denied), nil
	}
	var known *api.Error
	if errors.As(err, &known) {
		return known, nil
	}
	return nil, err
}

// told is a deletion as the answer tells of it.
func (p *batched) told() s3api.DeletedObject {
	d := s3api.DeletedObject{Key: &p.key, VersionId: p.version}
	if p.done.marker {
		d.DeleteMarker, d.DeleteMarkerVersionId = new(true), p.done.version
	}
	return d
}
