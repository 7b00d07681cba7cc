package cloudtrail

import (
	"context"
	"errors"

	"github.com/fortlet/fortlet/internal/api"
	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const trailType = "AWS::CloudTrail::Trail"

// access is what an operation asks permission for.
type access struct {
	action      string // "cloudtrail:GetTrail"
	requestTags map[string]string
	tagKeys     []string
}

// find finds the trail that a request names, for a caller who may do what a
// says. Whether there is one is told to nobody else.
func (s *Service) find(ctx context.Context, id string, a access) (*Trail, error) {
	ref, err := newReference(cloud.From(ctx), id)
	if err != nil {
		return nil, err
	}
	t, err := s.lookUp(ctx, ref)
	if err != nil {
		return nil, err
	}
	r := authz.Request{Action: a.action, Resource: ref.String(), ResourceType: trailType, RequestTags: a.requestTags, TagKeys: a.tagKeys}
	if t != nil {
		r.Resource, r.Tags = t.ARN(), t.Tags
	}
	if err := authz.Check(ctx, r); err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errNotFound(cloud.From(ctx), ref)
	}
	return t, nil
}

// lookUp gives the trail of a reference, nil when there is none. A name is that
// of a trail seen in the Region, an ARN that of any of the account.
func (s *Service) lookUp(ctx context.Context, ref reference) (t *Trail, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if t = trails.Get(tx, key(ref.account, ref.region, ref.name)); t != nil || ref.arn {
			return nil
		}
		for _, other := range trails.Scan(tx, store.Prefix(ref.account), "") {
			if other.Name == ref.name && other.in(ref.region) {
				t = other
			}
		}
		return nil
	})
	return t, err
}

// findHome is find for operations that change a trail: they work in its home
// Region only.
func (s *Service) findHome(ctx context.Context, id string, a access) (*Trail, error) {
	t, err := s.find(ctx, id, a)
	if err == nil && t.Region != cloud.From(ctx).Region {
		err = cloudtrailapi.ErrInvalidHomeRegionException("The trail %s can only be modified in its home region %s.", t.ARN(), t.Region)
	}
	return t, err
}

// change changes a trail and its progress in one transaction, by a function that
// gets copies which nobody else sees.
func (s *Service) change(ctx context.Context, t *Trail, f func(t *Trail, p *Progress) error) (*Trail, error) {
	var changed *Trail
	err := s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current := trails.Get(tx, t.key())
		if current == nil || current.ID != t.ID {
			return errNotFound(cloud.From(ctx), reference{account: t.Account, region: t.Region, name: t.Name})
		}
		with, p := *current, Progress{}
		if row := progresses.Get(tx, t.ID); row != nil {
			p = *row
		}
		if err := f(&with, &p); err != nil {
			return err
		}
		trails.Put(tx, t.key(), &with)
		progresses.Put(tx, t.ID, &p)
		changed = &with
		return nil
	})
	return changed, err
}

func errNotFound(call *cloud.Call, ref reference) error {
	return cloudtrailapi.ErrTrailNotFoundException("Unknown trail: %s for the user: %s", ref, call.Account())
}

// isCode reports an answer with an error code.
func isCode(err error, code string) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Code == code
}
