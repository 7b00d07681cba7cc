package s3

import (
	"context"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
)

// GetObjectRetention tells until when and how an object is locked.
func (s *Service) GetObjectRetention(ctx context.Context, in *s3api.GetObjectRetentionInput) (*s3api.GetObjectRetentionOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.object(ctx, r, "s3:GetObjectRetention")
	switch {
	case err != nil:
		return nil, err
	case !b.ObjectLock:
		return nil, errNoObjectLock()
	case o.LockMode == "":
		return nil, errNotLocked()
	}
	return &s3api.GetObjectRetentionOutput{Retention: &s3api.ObjectLockRetention{
		Mode: s3api.ObjectLockRetentionMode(o.LockMode), RetainUntilDate: new(o.RetainUntil),
	}}, nil
}

// PutObjectRetention locks an object until a date, or changes or lifts its lock
// as far as that may be.
func (s *Service) PutObjectRetention(ctx context.Context, in *s3api.PutObjectRetentionInput) (*s3api.PutObjectRetentionOutput, error) {
	call := cloud.From(ctx)
	want := lockRequest{}
	if in.Retention != nil {
		want.mode, want.until = s3api.ObjectLockMode(in.Retention.Mode), in.Retention.RetainUntilDate
	}
	if err := want.checkRetention(call.Time); err != nil {
		return nil, err
	}
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	q := question{action: "s3:PutObjectRetention", keys: want.conditions(call.Time)}
	bypass := false
	if isTrue(in.BypassGovernanceRetention) {
		b, o, err := s.look(ctx, r)
		if err != nil {
			return nil, err
		}
		bypass = s.authorize(ctx, b, question{action: "s3:BypassGovernanceRetention", key: r.key, object: o, keys: q.keys}) == nil
	}
	_, _, err := s.change(ctx, r, q, func(b *Bucket, o *Object) error {
		if !b.ObjectLock {
			return errNoObjectLock()
		}
		if !o.mayRetain(&want, call.Time, bypass) {
			return errLocked()
		}
		o.LockMode, o.RetainUntil = want.mode, time.Time{}
		if want.until != nil {
			o.RetainUntil = want.until.UTC()
		}
		return nil
	})
	return &s3api.PutObjectRetentionOutput{}, err
}

// conditions are the condition keys of what is in a request's body.
func (r *lockRequest) conditions(now time.Time) conditions {
	c := make(conditions, 3)
	c.set("s3:object-lock-mode", string(r.mode))
	c.set("s3:object-lock-legal-hold", string(r.hold))
	if r.until != nil {
		c.set("s3:object-lock-retain-until-date", r.until.UTC().Format(time.RFC3339))
		c.set("s3:object-lock-remaining-retention-days", remainingDays(now, *r.until))
	}
	return c
}

// checkRetention refuses a retention that cannot be. One that is empty lifts
// what there is.
func (r *lockRequest) checkRetention(now time.Time) error {
	switch {
	case (r.mode != "") != (r.until != nil):
		return errMalformedXML()
	case r.until != nil && !r.until.After(now):
		return errInvalidArgument("The retain until date must be in the future!", "RetainUntilDate", r.until.UTC().Format(time.RFC3339))
	}
	return nil
}

// mayRetain reports whether a version's retention may become another one: longer
// always, anything else only by those who may bypass governance mode, and not in
// compliance mode.
func (o *Object) mayRetain(want *lockRequest, now time.Time, bypass bool) bool {
	if !now.Before(o.RetainUntil) {
		return true
	}
	longer := want.mode == o.LockMode && !want.until.Before(o.RetainUntil)
	return longer || bypass && o.LockMode == s3api.ObjectLockModeGovernance
}

// GetObjectLegalHold tells whether a legal hold is on an object.
func (s *Service) GetObjectLegalHold(ctx context.Context, in *s3api.GetObjectLegalHoldInput) (*s3api.GetObjectLegalHoldOutput, error) {
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	b, o, err := s.object(ctx, r, "s3:GetObjectLegalHold")
	switch {
	case err != nil:
		return nil, err
	case !b.ObjectLock:
		return nil, errNoObjectLock()
	case o.LegalHold == "":
		return nil, errNotLocked()
	}
	return &s3api.GetObjectLegalHoldOutput{LegalHold: &s3api.ObjectLockLegalHold{Status: o.LegalHold}}, nil
}

// PutObjectLegalHold puts a legal hold on an object, or takes it off.
func (s *Service) PutObjectLegalHold(ctx context.Context, in *s3api.PutObjectLegalHoldInput) (*s3api.PutObjectLegalHoldOutput, error) {
	var want lockRequest
	if in.LegalHold != nil {
		want.hold = in.LegalHold.Status
	}
	if want.hold == "" {
		return nil, errMalformedXML()
	}
	r := &reference{*in.Bucket, *in.Key, in.VersionId, in.ExpectedBucketOwner}
	q := question{action: "s3:PutObjectLegalHold", keys: want.conditions(cloud.From(ctx).Time)}
	_, _, err := s.change(ctx, r, q, func(b *Bucket, o *Object) error {
		if !b.ObjectLock {
			return errNoObjectLock()
		}
		o.LegalHold = want.hold
		return nil
	})
	return &s3api.PutObjectLegalHoldOutput{}, err
}

func errNotLocked() *api.Error {
	return api.Errorf("NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration")
}
