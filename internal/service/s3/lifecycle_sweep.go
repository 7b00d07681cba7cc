package s3

import (
	"context"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// sweepPage is how many rows a sweep reads at once, and so how many it changes
// in one transaction at most.
const sweepPage = 500

// sweep is one run of a bucket's lifecycle rules. It goes through the rows that
// the rules look at, a page at a time: it looks in a View, which holds up nobody,
// and acts in an Update on what it has found there. In between anything may have
// happened, another configuration, a legal hold, an object put anew: so the
// Update decides again, about what is there then.
type sweep struct {
	service *Service
	bucket  *Bucket
	count   map[string]int // of what it has done, by operation
}

// swept is what a sweep has done about a key, in the words of access logs.
type swept struct {
	operation, key, version string
	size                    int64 // -1 where there is none
}

// run goes through older versions first: a delete marker that loses the last one
// goes in the same run.
func (w *sweep) run(ctx context.Context) error {
	for _, prefix := range w.bucket.prefixes(expiresNoncurrent) {
		if err := w.through(ctx, &olderPages{sweep: w, prefix: store.Key(w.bucket.ID, prefix)}); err != nil {
			return err
		}
	}
	for _, prefix := range w.bucket.prefixes(expires) {
		if err := w.through(ctx, &newestPages{sweep: w, prefix: store.Key(w.bucket.ID, prefix)}); err != nil {
			return err
		}
	}
	for _, prefix := range w.bucket.prefixes(aborts) {
		if err := w.through(ctx, &uploadPages{sweep: w, prefix: store.Key(w.bucket.ID, prefix)}); err != nil {
			return err
		}
	}
	return nil
}

// pages are the pages of one kind of rows.
type pages interface {
	// look reads the rows of a page, those after a row, and gives its last row,
	// "" when the page ends before it is full.
	look(tx *store.Tx, after string) (last string)
	// act does what look has found to do, if anything.
	act(ctx context.Context) error
}

func (w *sweep) through(ctx context.Context, p pages) error {
	for after := ""; ; {
		err := w.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
			after = p.look(tx, after)
			return nil
		})
		if err != nil {
			return err
		}
		if err := p.act(ctx); err != nil || after == "" {
			return err
		}
	}
}

// update changes something in the bucket as it is by then.
func (w *sweep) update(ctx context.Context, f func(tx *store.Tx, b *Bucket) error) error {
	return w.service.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		b, err := current(tx, w.bucket)
		if err != nil {
			return err
		}
		return f(tx, b)
	})
}

// done notes what has been committed.
func (w *sweep) done(list []swept) {
	for _, d := range list {
		w.count[d.operation]++
	}
	w.service.logs.lifecycle(w.bucket, list, w.now())
}

func (w *sweep) now() time.Time { return w.service.cloud.Now() }

// aged is as much of an Object as lifecycle rules look at; see listed.
type aged struct {
	Version     string                          `cbor:"v"`
	Null        bool                            `cbor:"n"`
	Marker      bool                            `cbor:"d"`
	Modified    time.Time                       `cbor:"m"`
	Size        int64                           `cbor:"s"`
	Tags        map[string]string               `cbor:"t"`
	LockMode    s3api.ObjectLockMode            `cbor:"lm"`
	RetainUntil time.Time                       `cbor:"lu"`
	LegalHold   s3api.ObjectLockLegalHoldStatus `cbor:"lh"`
}

// The tables newest and older, read as lifecycle rules do. Nothing is written
// here.
var (
	agedNewest = store.NewTable[aged](newest.Name())
	agedOlder  = store.NewTable[aged](older.Name())
)

func (a *aged) object() *Object {
	return &Object{
		Version: a.Version, Null: a.Null, Marker: a.Marker, Modified: a.Modified, Size: a.Size, Tags: a.Tags,
		LockMode: a.LockMode, RetainUntil: a.RetainUntil, LegalHold: a.LegalHold,
	}
}
