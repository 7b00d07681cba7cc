package s3

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// olderPages go through the older versions of keys, of each key the latest first.
type olderPages struct {
	*sweep
	prefix string
	due    []outlivedVersion

	// Where the walk stands, which a page takes over from the one before: at
	// which key, how many of its older versions are passed, and the version that
	// replaced the next one.
	key   string
	newer int
	next  string
}

// outlivedVersion is an older version that shall go.
type outlivedVersion struct {
	key, version string // Object.Version
	seniority
}

func (p *olderPages) look(tx *store.Tx, after string) string {
	p.due = p.due[:0]
	rows := 0
	for at, a := range agedOlder.Scan(tx, p.prefix, after) {
		p.pass(tx, store.Parts(at)[1], a)
		if rows++; rows == sweepPage {
			return at
		}
	}
	return ""
}

func (p *olderPages) pass(tx *store.Tx, key string, a *aged) {
	if key != p.key {
		p.key, p.newer, p.next = key, 0, ""
		if n := agedNewest.Get(tx, newestKey(p.bucket, key)); n != nil {
			p.next = n.Version
		}
	}
	since, ok := madeAt(p.next)
	v := outlivedVersion{key, a.Version, seniority{since, p.newer}}
	if ok && p.goes(p.bucket, &v, a.object()) {
		p.due = append(p.due, v)
	}
	p.newer, p.next = p.newer+1, a.Version
}

// goes reports whether an older version shall go, and may.
func (p *olderPages) goes(b *Bucket, v *outlivedVersion, o *Object) bool {
	now := p.now()
	return b.outlived(v.key, o, v.seniority, now) && !o.protected(now, false)
}

func (p *olderPages) act(ctx context.Context) error {
	if len(p.due) == 0 {
		return nil
	}
	var done []swept
	err := p.update(ctx, func(tx *store.Tx, b *Bucket) error {
		for i := range p.due {
			v := &p.due[i]
			o := older.Get(tx, olderKey(b, v.key, v.version))
			if o == nil || !p.goes(b, v, o) {
				continue
			}
			if _, err := p.service.remove(tx, b, v.key, o.ID(), p.now(), false, condition{}); err != nil {
				return err
			}
			done = append(done, swept{lifecycleExpire, v.key, o.ID(), o.loggedSize()})
		}
		return nil
	})
	if err == nil {
		p.done(done)
	}
	return err
}

// loggedSize is the size of a version as a log tells it.
func (o *Object) loggedSize() int64 {
	if o.Marker {
		return -1
	}
	return o.Size
}

// madeAt is when a version was made, which its id tells. Of a multipart upload
// that is when it was completed: until then the version before it was the newest.
func madeAt(version string) (time.Time, bool) {
	raw, err := versionEncoding.DecodeString(version)
	if err != nil || len(raw) != versionRaw {
		return time.Time{}, false
	}
	return time.Unix(0, int64(^binary.BigEndian.Uint64(raw))), true
}
