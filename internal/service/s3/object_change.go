package s3

import (
	"context"
	"maps"
	"reflect"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// change asks q about a version of an object and then lets f change a copy of
// it. If it has become another meanwhile, or one that policies may see with
// other eyes, it is asked again, about what is there now.
func (s *Service) change(ctx context.Context, r *reference, q question, f func(*Bucket, *Object) error) (*Bucket, *Object, error) {
	for {
		b, seen, err := s.look(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if err := s.permitBesides(ctx, r, b, seen, q); err != nil {
			return nil, nil, err
		}
		o, err := s.changeSeen(ctx, r, b, seen, f)
		if o != nil || err != nil {
			return b, o, err
		}
	}
}

// changeSeen changes a version that is as it was seen. It gives nil for one
// that is not.
func (s *Service) changeSeen(ctx context.Context, r *reference, b *Bucket, seen *Object, f func(*Bucket, *Object) error) (o *Object, err error) {
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		b, err := current(tx, b)
		if err != nil {
			return err
		}
		now := findVersion(tx, b, r.key, value(r.version))
		if now == nil || !now.looksAs(seen) {
			return nil
		}
		changed := new(*now)
		if err := f(b, changed); err != nil {
			return err
		}
		amend(tx, b, r.key, changed)
		o = changed
		return nil
	})
	if err != nil {
		return nil, err
	}
	return o, nil
}

// looksAs reports that o is the version seen and that what was decided about
// seen holds for it. The content of a version never changes.
func (o *Object) looksAs(seen *Object) bool {
	return o.Version == seen.Version && maps.Equal(o.Tags, seen.Tags) && reflect.DeepEqual(o.ACL, seen.ACL)
}
