package accessanalyzer

import (
	"context"
	"errors"

	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// progresses has the one row of where the reading of the audit log is.
var progresses = store.NewTable[Progress]("accessanalyzer.progress")

const progressKey = "log"

// Progress is how far the audit log has been read for changes.
type Progress struct{ Position audit.Position }

// changes are what has changed since the last time.
type changes struct {
	targets map[string]target // by ARN
	members bool              // an organization may have others
	until   audit.Position
}

// changes reads on in the audit log. While there is nobody to analyze anything,
// nothing is read: an analyzer begins with everything.
func (s *Service) changes(ctx context.Context, wanted bool) (*changes, error) {
	c := &changes{targets: map[string]target{}}
	fresh := true
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if p := progresses.Get(tx, progressKey); p != nil {
			c.until, fresh = p.Position, false
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case fresh && !wanted:
		return c, nil
	case fresh || !wanted:
		c.until = audit.Position{Seq: s.cloud.Audit.Head().Seq}
		return c, nil
	}
	for e, err := range s.cloud.Audit.Since(ctx, &c.until, audit.Filter{Management: true, ReadOnly: new(false)}) {
		if errors.As(err, new(*audit.CorruptError)) {
			continue // the daily scan does without
		}
		if err != nil {
			return nil, err
		}
		c.take(&e.Record)
	}
	return c, nil
}

// take notes what a call has changed.
func (c *changes) take(r *audit.Record) {
	if r.ErrorCode != "" {
		return
	}
	if r.EventSource == orgapi.Service.EventSource() {
		c.members = true
	}
	for _, resource := range r.Resources {
		owner := resource.AccountID
		if owner == "" {
			owner = r.RecipientAccountID
		}
		if t, ok := newTarget(resource.ARN, owner); ok {
			c.targets[t.arn] = t
		}
	}
}

// done remembers what was read.
func (c *changes) done(ctx context.Context, s *Service) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if p := progresses.Get(tx, progressKey); p == nil && c.until != (audit.Position{}) || p != nil && p.Position != c.until {
			progresses.Put(tx, progressKey, &Progress{c.until})
		}
		return nil
	})
}
