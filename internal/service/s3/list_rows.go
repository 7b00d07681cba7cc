package s3

import (
	"context"
	"iter"
	"strings"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// listed is as much of an Object as a listing shows. A row is read into it in a
// fraction of the time that all of it takes, above all where the object has many
// parts.
type listed struct {
	Version      string             `cbor:"v"`
	Null         bool               `cbor:"n"`
	NullOlder    string             `cbor:"no"`
	Marker       bool               `cbor:"d"`
	Owner        string             `cbor:"o"`
	Modified     time.Time          `cbor:"m"`
	Size         int64              `cbor:"s"`
	ETag         string             `cbor:"e"`
	Checksum     Checksum           `cbor:"h"`
	StorageClass s3api.StorageClass `cbor:"sc"`
}

// The tables newest and older, read as listings do. Nothing is written here.
var (
	listedNewest = store.NewTable[listed](newest.Name())
	listedOlder  = store.NewTable[listed](older.Name())
)

// id is the version id as callers see it.
func (o *listed) id() string {
	if o.Null {
		return nullVersion
	}
	return o.Version
}

// scan is a walk through the rows of one listing.
type scan struct {
	ctx    context.Context
	tx     *store.Tx
	bucket *Bucket
	prefix string
	rows   int // seen so far
}

// patience is how many rows are read before somebody looks whether the caller
// is still there. Rows that are not shown are many where much was deleted.
const patience = 1000

// left reports that the caller has left.
func (s *scan) left() bool {
	s.rows++
	return s.rows%patience == 0 && s.ctx.Err() != nil
}

// keyOf gives the key of an object, or of an upload, out of the key of its row.
func (s *scan) keyOf(row string) string {
	return store.Parts(row)[1]
}

// newest gives the newest version of each key, be it a delete marker.
func (s *scan) newest(after string) iter.Seq2[string, *listed] {
	ahead := len(s.bucket.ID) + 1
	return func(yield func(string, *listed) bool) {
		for row, o := range listedNewest.Scan(s.tx, store.Key(s.bucket.ID, s.prefix), store.Key(s.bucket.ID, after)) {
			key := row[ahead:]
			if strings.IndexByte(key, 1) >= 0 { // some bytes of it are escaped
				key = s.keyOf(row)
			}
			if s.left() || !yield(key, o) {
				return
			}
		}
	}
}

// objects gives the objects that a reader without a version id sees.
func (s *scan) objects(after string) iter.Seq2[string, *listed] {
	return func(yield func(string, *listed) bool) {
		for key, o := range s.newest(after) {
			if !o.Marker && !yield(key, o) {
				return
			}
		}
	}
}

// list gives a page of what source finds in a bucket.
func list[T any](ctx context.Context, s *Service, b *Bucket, q listing.Query, source func(*scan) listing.Source[T]) (p listing.Page[T], err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		p = listing.List(q, source(&scan{ctx: ctx, tx: tx, bucket: b, prefix: q.Prefix}))
		return ctx.Err()
	})
	return p, err
}
