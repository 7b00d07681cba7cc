package s3

import (
	"context"
	"errors"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// newestPages go through the newest versions of keys. Where the bucket has
// versions an object that expires gets a delete marker, as by a DeleteObject
// without a version id, and a delete marker goes when nothing is left beneath it.
type newestPages struct {
	*sweep
	prefix string
	due    []string // keys
}

func (p *newestPages) look(tx *store.Tx, after string) string {
	p.due = p.due[:0]
	rows := 0
	for at, a := range agedNewest.Scan(tx, p.prefix, after) {
		key := store.Parts(at)[1]
		if p.goes(tx, p.bucket, key, a.object()) {
			p.due = append(p.due, key)
		}
		if rows++; rows == sweepPage {
			return at
		}
	}
	return ""
}

// goes reports whether the newest version of a key shall go.
func (p *newestPages) goes(tx *store.Tx, b *Bucket, key string, o *Object) bool {
	return b.expired(key, o, p.now()) && !(o.Marker && hasOlder(tx, b, key))
}

func hasOlder(tx *store.Tx, b *Bucket, key string) bool {
	for range agedOlder.Scan(tx, store.Prefix(b.ID, key), "") {
		return true
	}
	return false
}

func (p *newestPages) act(ctx context.Context) error {
	if len(p.due) == 0 {
		return nil
	}
	var done []swept
	err := p.update(ctx, func(tx *store.Tx, b *Bucket) error {
		for _, key := range p.due {
			o := newest.Get(tx, newestKey(b, key))
			if o == nil || !p.goes(tx, b, key, o) {
				continue
			}
			switch d, err := p.expire(tx, b, key, o); {
			case errors.Is(err, errLocked()): // it stays for as long as it is held
			case err != nil:
				return err
			default:
				done = append(done, d)
			}
		}
		return nil
	})
	if err == nil {
		p.done(done)
	}
	return err
}

// expire removes a delete marker, and deletes an object without naming its
// version.
func (p *newestPages) expire(tx *store.Tx, b *Bucket, key string, o *Object) (swept, error) {
	if o.Marker {
		_, err := p.service.remove(tx, b, key, o.ID(), p.now(), false, condition{})
		return swept{lifecycleExpire, key, o.ID(), -1}, err
	}
	d, err := p.service.delete(tx, b, &deletion{reference: reference{bucket: b.Name, key: key}}, p.now())
	if d.marker {
		return swept{lifecycleMarker, key, value(d.version), -1}, err
	}
	return swept{lifecycleExpire, key, "", o.Size}, err
}
