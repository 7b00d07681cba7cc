package s3

import (
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// protected reports whether object lock keeps a version from being removed. Who
// may bypass governance mode is not held by it; compliance mode and legal hold
// hold everybody.
func (o *Object) protected(now time.Time, bypass bool) bool {
	switch {
	case o.LegalHold == s3api.ObjectLockLegalHoldStatusOn:
		return true
	case !now.Before(o.RetainUntil):
		return false
	}
	return o.LockMode == s3api.ObjectLockModeCompliance || !bypass
}

// lockRequest is what the headers of a request say of object lock.
type lockRequest struct {
	mode  s3api.ObjectLockMode
	until *time.Time
	hold  s3api.ObjectLockLegalHoldStatus
}

func (r *lockRequest) retains() bool { return r.mode != "" || r.until != nil }

// check refuses what cannot be, in a bucket or at a time.
func (r *lockRequest) check(b *Bucket, now time.Time) error {
	switch {
	case !r.retains() && r.hold == "":
		return nil
	case (r.mode != "") != (r.until != nil):
		return errInvalidArgument("x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied", "x-amz-object-lock-mode", string(r.mode))
	case r.until != nil && !r.until.After(now):
		return errInvalidArgument("The retain until date must be in the future!", "x-amz-object-lock-retain-until-date", r.until.UTC().Format(time.RFC3339))
	case !b.ObjectLock:
		return errInvalidRequest("Bucket is missing ObjectLockConfiguration") // the words of a write
	}
	return nil
}

// checkProved refuses a body that is to be locked and that nothing proves to be
// what the client means.
func (r *lockRequest) checkProved(c *claims) error {
	if (r.retains() || r.hold != "") && !c.any() {
		return errInvalidRequest("Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")
	}
	return nil
}

// apply locks a new object as the request says, or else as the bucket's default
// retention does.
func (r *lockRequest) apply(o *Object, b *Bucket, now time.Time) {
	o.LegalHold = r.hold
	if r.retains() {
		o.LockMode, o.RetainUntil = r.mode, r.until.UTC()
	} else if d := b.DefaultRetention; d != nil {
		o.LockMode = s3api.ObjectLockMode(d.Mode)
		o.RetainUntil = now.UTC().AddDate(int(value(d.Years)), 0, int(value(d.Days))).Truncate(time.Second)
	}
}

func errNoObjectLock() *api.Error {
	return errInvalidRequest("Bucket is missing Object Lock Configuration")
}

func errLocked() *api.Error {
	return api.Errorf("AccessDenied", 403, "Access Denied because object protected by object lock.")
}
