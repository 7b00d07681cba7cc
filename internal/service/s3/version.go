package s3

import (
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// newestKey is where the newest version of a key is kept.
func newestKey(b *Bucket, key string) string { return store.Key(b.ID, key) }

// olderKey is where an older version of a key is kept.
func olderKey(b *Bucket, key, version string) string { return store.Key(b.ID, key, version) }

// ID is the version id as callers see it.
func (o *Object) ID() string {
	if o.Null {
		return nullVersion
	}
	return o.Version
}

// findVersion finds a version of a key, by default ("") the newest. It may be
// a delete marker; nil says that there is none.
func findVersion(tx *store.Tx, b *Bucket, key, id string) *Object {
	o := newest.Get(tx, newestKey(b, key))
	switch {
	case o == nil || id == "" || id == o.ID():
		return o
	case id == nullVersion:
		if o.NullOlder == "" {
			return nil
		}
		return older.Get(tx, olderKey(b, key, o.NullOlder))
	}
	if o = older.Get(tx, olderKey(b, key, id)); o == nil || o.Null {
		return nil // the order of a null version is nobody's version id
	}
	return o
}

// current gives the bucket as it is in a transaction. One of another id is
// another bucket that has taken over the name.
func current(tx *store.Tx, b *Bucket) (*Bucket, error) {
	now := buckets.Get(tx, b.Name)
	if now == nil || now.ID != b.ID {
		return nil, errNoSuchBucket(b.Name)
	}
	return now, nil
}

// store makes o the newest version of a key, if cond holds, and gives it its
// version id. Where the bucket's versioning says so it takes the place of the
// null version, whose content is dropped. The content of o is the caller's to
// keep.
func (s *Service) store(tx *store.Tx, b *Bucket, key string, o *Object, now time.Time, cond condition) error {
	b, err := current(tx, b)
	if err != nil {
		return err
	}
	prev := newest.Get(tx, newestKey(b, key))
	if err := cond.check(key, prev); err != nil {
		return err
	}
	o.Null = b.Versioning != s3api.BucketVersioningStatusEnabled
	if prev != nil {
		if err := s.supersede(tx, b, key, prev, o, now); err != nil {
			return err
		}
	}
	o.Version = newVersion(now, prev)
	newest.Put(tx, newestKey(b, key), o)
	return nil
}

// supersede makes prev, the newest version so far, an older one than o, unless
// it is the null version whose place o takes.
func (s *Service) supersede(tx *store.Tx, b *Bucket, key string, prev, o *Object, now time.Time) error {
	if o.Null {
		if err := s.dropNull(tx, b, key, prev, now); err != nil || prev.Null {
			return err
		}
	} else {
		o.NullOlder = prev.NullOlder
	}
	if prev.Null {
		o.NullOlder = prev.Version
	}
	if prev.NullOlder != "" {
		prev = new(*prev)
		prev.NullOlder = ""
	}
	older.Put(tx, olderKey(b, key, prev.Version), prev)
	return nil
}

// dropNull makes room for a new null version.
func (s *Service) dropNull(tx *store.Tx, b *Bucket, key string, latest *Object, now time.Time) error {
	null := latest
	switch {
	case latest.Null:
	case latest.NullOlder == "":
		return nil
	default:
		null = older.Get(tx, olderKey(b, key, latest.NullOlder))
	}
	if null.protected(now, false) {
		return errLocked()
	}
	s.dropContent(tx, null)
	if null != latest {
		older.Delete(tx, olderKey(b, key, null.Version))
	}
	return nil
}

// remove removes a version of a key for good and makes the version before it
// the newest, if it was the newest. It gives what was removed, nil when there
// was nothing. With bypass, governance does not protect a version.
func (s *Service) remove(tx *store.Tx, b *Bucket, key, id string, now time.Time, bypass bool, cond condition) (*Object, error) {
	b, err := current(tx, b)
	if err != nil {
		return nil, err
	}
	latest := newest.Get(tx, newestKey(b, key))
	if err := cond.check(key, latest); err != nil {
		return nil, err
	}
	o := findVersion(tx, b, key, id)
	if o == nil {
		return nil, nil
	}
	if o.protected(now, bypass) {
		return nil, errLocked()
	}
	s.dropContent(tx, o)
	if o.Version == latest.Version {
		s.promote(tx, b, key, latest)
		return o, nil
	}
	older.Delete(tx, olderKey(b, key, o.Version))
	if o.Null {
		latest = new(*latest)
		latest.NullOlder = ""
		newest.Put(tx, newestKey(b, key), latest)
	}
	return o, nil
}

// promote puts the version before the newest in its place.
func (s *Service) promote(tx *store.Tx, b *Bucket, key string, removed *Object) {
	for at, o := range older.Scan(tx, store.Prefix(b.ID, key), "") {
		older.Delete(tx, at)
		if removed.NullOlder != o.Version {
			o = new(*o)
			o.NullOlder = removed.NullOlder
		}
		newest.Put(tx, newestKey(b, key), o)
		return
	}
	newest.Delete(tx, newestKey(b, key))
}

// amend keeps a changed copy of a version that is there.
func amend(tx *store.Tx, b *Bucket, key string, o *Object) {
	if latest := newest.Get(tx, newestKey(b, key)); latest.Version == o.Version {
		newest.Put(tx, newestKey(b, key), o)
		return
	}
	older.Put(tx, olderKey(b, key, o.Version), o)
}

// dropContent forgets the bytes of a version.
func (s *Service) dropContent(tx *store.Tx, o *Object) {
	for _, c := range o.Content {
		s.blobs.Drop(tx, c.Blob)
	}
}
