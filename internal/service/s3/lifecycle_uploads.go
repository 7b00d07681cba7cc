package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// uploadPages go through the multipart uploads that are under way.
type uploadPages struct {
	*sweep
	prefix string
	due    []string // keys of rows
}

func (p *uploadPages) look(tx *store.Tx, after string) string {
	p.due = p.due[:0]
	rows := 0
	for at, u := range uploading.Scan(tx, p.prefix, after) {
		if p.goes(p.bucket, u) {
			p.due = append(p.due, at)
		}
		if rows++; rows == sweepPage {
			return at
		}
	}
	return ""
}

func (p *uploadPages) goes(b *Bucket, u *upload) bool {
	date, _ := u.aborted(b)
	return date != nil && !date.After(p.now())
}

// act ends each upload in a transaction of its own, since one may have 10,000
// parts.
func (p *uploadPages) act(ctx context.Context) error {
	for _, at := range p.due {
		var done []swept
		err := p.update(ctx, func(tx *store.Tx, b *Bucket) error {
			if u := uploading.Get(tx, at); u != nil && p.goes(b, u) {
				p.service.endUpload(tx, b, u, nil)
				done = append(done, swept{lifecycleAbort, u.Key, "", -1})
			}
			return nil
		})
		if err != nil {
			return err
		}
		p.done(done)
	}
	return nil
}
