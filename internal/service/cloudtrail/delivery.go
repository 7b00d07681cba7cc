package cloudtrail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// The background job, and how often it runs: "CloudTrail typically delivers
// events within an average of about 5 minutes of an API call".
const (
	deliveryJob      = "cloudtrail.delivery"
	deliveryInterval = 5 * time.Minute
)

const (
	// recordTime is how long after a call its record may come. The record of a
	// StopLogging that has not come until then was lost in a crash.
	recordTime = 15 * time.Minute
	// giveUp is how long a deleted trail tries to deliver its last events.
	giveUp = 30 * 24 * time.Hour
)

// deliver is the background job: every trail with something to deliver delivers
// it. What one trail cannot deliver keeps no other from delivering, and is tried
// again the next time.
func (s *Service) deliver(ctx context.Context) error {
	list, err := s.delivering(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, t := range list {
		if err := s.deliverTrail(ctx, t); err != nil {
			errs = append(errs, fmt.Errorf("trail %s: %w", t.ARN(), err))
		}
	}
	return errors.Join(errs...)
}

// delivering are the trails that may have something to deliver.
func (s *Service) delivering(ctx context.Context) (list []*Trail, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, t := range leaving.Scan(tx, "", "") {
			list = append(list, t)
		}
		for _, t := range trails.Scan(tx, "", "") {
			if progresses.Get(tx, t.ID) != nil {
				list = append(list, t)
			}
		}
		return nil
	})
	return list, err
}

// deliverTrail delivers what a trail has selected since the last time, and the
// digests that are due.
func (s *Service) deliverTrail(ctx context.Context, t *Trail) error {
	d, err := s.newDelivery(ctx, t)
	if d == nil || err != nil {
		return err
	}
	if !d.progress.stopped() {
		if err := d.logs(ctx); err != nil {
			return d.failed(ctx, err, func(p *Progress, code string) { p.Attempt, p.Error = d.now, code })
		}
	}
	if err := d.digests(ctx); err != nil {
		return d.failed(ctx, err, func(p *Progress, code string) { p.DigestError = code })
	}
	switch stopped := d.progress.stopped(); {
	case !t.Deleted.IsZero() && stopped:
		return s.forget(ctx, t)
	case !t.Logging && !stopped:
		return work.ErrAgain // for the record of the call that stopped it
	}
	return nil
}

// delivery is one run for one trail.
type delivery struct {
	service  *Service
	trail    *Trail
	progress Progress // as it is in the store
	now      time.Time
	global   map[string]bool // event sources of global services

	position audit.Position // up to which the log is read
	passed   int            // pauses that are behind it
	reached  bool           // it has come to a pause
	files    map[string]*logFile
	size     int // of the files
}

func (s *Service) newDelivery(ctx context.Context, t *Trail) (d *delivery, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if p := progresses.Get(tx, t.ID); p != nil {
			d = &delivery{
				service:  s,
				trail:    t,
				progress: *p,
				now:      s.cloud.Now().UTC().Truncate(time.Second),
				global:   globalSources(s.cloud.Services()),
				position: p.Position,
				files:    map[string]*logFile{},
			}
			d.progress.Pauses = slices.Clone(p.Pauses)
		}
		return nil
	})
	return d, err
}

// failed keeps why a delivery failed, for GetTrailStatus. That the bucket does
// not take it is its owner's affair; anything else fails the job.
func (d *delivery) failed(ctx context.Context, err error, note func(p *Progress, code string)) error {
	var refused *refusedError
	if !errors.As(err, &refused) || ctx.Err() != nil {
		return err
	}
	d.service.cloud.Log.Warn("trail cannot deliver", "trail", d.trail.ARN(), "bucket", d.trail.Bucket, "error", refused.answer.Code)
	if t := d.trail; !t.Deleted.IsZero() && d.now.After(t.Deleted.Add(giveUp)) {
		return d.service.forget(ctx, t)
	}
	return d.commit(ctx, func(_ *store.Tx, p *Progress) { note(p, refused.answer.Code) })
}

// refusedError is the answer of S3 to a delivery.
type refusedError struct{ answer *api.Error }

func (e *refusedError) Error() string { return "delivery: " + e.answer.Error() }

func (e *refusedError) Unwrap() error { return e.answer }

func refused(err error) error {
	var answer *api.Error
	if errors.As(err, &answer) {
		return &refusedError{answer}
	}
	return err
}

// logs reads the audit log on from the trail's position and delivers what the
// trail selects, a batch at a time so that memory does not grow with the log.
func (d *delivery) logs(ctx context.Context) error {
	f := audit.Filter{Account: d.trail.Account, Management: !d.trail.wantsData()}
	for e, err := range d.service.cloud.Audit.Since(ctx, &d.position, f) {
		if errors.As(err, new(*audit.CorruptError)) {
			d.service.cloud.Log.Error("unreadable record is not delivered", "trail", d.trail.ARN(), "cause", err)
			continue
		}
		if err != nil {
			return err
		}
		d.take(e)
		if d.size >= maxBatch {
			if err := d.flush(ctx); err != nil {
				return err
			}
		}
	}
	if p := d.pause(); p != nil && d.now.After(p.At.Add(recordTime)) {
		d.reach(p)
	}
	return d.flush(ctx)
}

// pause is the pause that the position is in or comes to next.
func (d *delivery) pause() *Pause {
	if d.passed < len(d.progress.Pauses) {
		return &d.progress.Pauses[d.passed]
	}
	return nil
}

// take takes an event into its file, if the trail logged at the time and selects
// it.
func (d *delivery) take(e *audit.Entry) {
	p := d.pause()
	if p != nil && e.Record.EventTime.After(p.At.Add(recordTime)) {
		d.reach(p)
	}
	if p != nil && p.Reached {
		if p.Resume == 0 || e.Seq <= p.Resume {
			return
		}
		d.passed++
		p = d.pause()
	}
	if d.trail.selects(&e.Record, d.global) {
		d.add(e)
	}
	if p != nil && e.Record.RequestID == p.Request {
		d.reach(p)
	}
}

// reach notes that everything before a pause is taken.
func (d *delivery) reach(p *Pause) {
	if !p.Reached {
		p.Reached, d.reached = true, true
	}
}

// idle reports that there is nothing new to keep.
func (d *delivery) idle() bool { return d.position == d.progress.Position && !d.reached }

// commit changes the trail's progress, unless the trail is gone, by a function
// that gets a copy.
func (d *delivery) commit(ctx context.Context, f func(tx *store.Tx, p *Progress)) error {
	return d.service.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		row := progresses.Get(tx, d.trail.ID)
		if row == nil {
			return nil
		}
		p := *row
		p.Pauses = slices.Clone(row.Pauses)
		f(tx, &p)
		progresses.Put(tx, d.trail.ID, &p)
		d.progress = p
		d.progress.Pauses = slices.Clone(p.Pauses)
		return nil
	})
}

// moved keeps that everything up to the position is delivered. The pauses in
// the store may be more by now than this delivery knows of.
func (d *delivery) moved(p *Progress) {
	reached := d.pause() != nil && d.pause().Reached
	p.Pauses = p.Pauses[d.passed:]
	if reached {
		p.Pauses[0].Reached = true
	}
	p.Position = d.position
	d.passed, d.reached = 0, false
}

// forget removes what is left of a deleted trail.
func (s *Service) forget(ctx context.Context, t *Trail) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		leaving.Delete(tx, t.ID)
		progresses.Delete(tx, t.ID)
		for k := range delivered.Scan(tx, store.Prefix(t.ID), "") {
			delivered.Delete(tx, k)
		}
		for k := range chains.Scan(tx, store.Prefix(t.ID), "") {
			chains.Delete(tx, k)
		}
		return nil
	})
}
