package cloudtrail

import (
	"context"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// DeleteTrail deletes a trail. What was recorded before is still delivered, up
// to the record of this call.
func (s *Service) DeleteTrail(ctx context.Context, in *cloudtrailapi.DeleteTrailInput) (*cloudtrailapi.DeleteTrailOutput, error) {
	call := cloud.From(ctx)
	t, err := s.findHome(ctx, *in.Name, access{action: "cloudtrail:DeleteTrail"})
	if err != nil {
		return nil, err
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current, p := trails.Get(tx, t.key()), progresses.Get(tx, t.ID)
		if current == nil || current.ID != t.ID {
			return errNotFound(call, reference{account: t.Account, region: t.Region, name: t.Name})
		}
		trails.Delete(tx, t.key())
		if p == nil {
			return nil // it has never logged
		}
		with, progress := *current, *p
		with.Deleted = call.Time
		if with.Logging {
			with.Logging = false
			progress.Pauses = append(progress.Pauses[:len(progress.Pauses):len(progress.Pauses)], Pause{Request: call.ID, At: call.Time})
			progresses.Put(tx, t.ID, &progress)
		}
		leaving.Put(tx, t.ID, &with)
		tx.OnCommit(s.wake)
		return nil
	})
	return &cloudtrailapi.DeleteTrailOutput{}, err
}
