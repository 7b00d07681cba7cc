package accessanalyzer

import (
	"context"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// keep keeps what was seen of a resource: findings that are new, that came back
// and that are gone.
func (s *Service) keep(ctx context.Context, a *Analyzer, t target, v view, at time.Time) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current := analyzers.Get(tx, a.key())
		if current == nil || current.ID != a.ID {
			return nil // deleted meanwhile
		}
		r := resources.Get(tx, resourceKey(a.ID, t.arn))
		if v.gone && r == nil {
			return nil
		}
		changed := settle(tx, a, t, v, at)
		if v.gone {
			resources.Delete(tx, resourceKey(a.ID, t.arn))
			return nil
		}
		with := Resource{Analyzer: a.ID, ARN: t.arn, Type: t.kind, Owner: t.owner, Created: at, Updated: at}
		if r != nil {
			with = *r
		}
		if changed || with.Error != v.err {
			with.Updated = at
		}
		with.Analyzed, with.Error = at, v.err
		resources.Put(tx, resourceKey(a.ID, t.arn), &with)
		noted := *current
		noted.Last, noted.LastAt = t.arn, at
		analyzers.Put(tx, a.key(), &noted)
		return nil
	})
}

// settle brings the findings of a resource up to date, and reports whether they
// are others than before.
func settle(tx *store.Tx, a *Analyzer, t target, v view, at time.Time) (changed bool) {
	before := map[string]*Finding{}
	for _, f := range findingsOf.Scan(tx, store.Key(a.ID, t.arn), "") {
		before[f.ID] = f
	}
	for _, f := range v.seen(a, t) {
		old := before[f.ID]
		delete(before, f.ID)
		f.Created, f.Analyzed = at, at
		switch {
		case old != nil && old.Status != analyzerapi.FindingStatusResolved:
			f.Created, f.Updated, f.Status = old.Created, old.Updated, old.Status
			findings.Put(tx, findingKey(a.ID, f.ID), f)
			continue
		case old != nil:
			f.Created = old.Created
		}
		f.put(tx, firstStatus(tx, a, f), at)
		changed = true
	}
	for _, f := range before {
		// What cannot be read has not gone away.
		if f.Status != analyzerapi.FindingStatusResolved && (v.err == "" || f.Error != "") {
			f.put(tx, analyzerapi.FindingStatusResolved, at)
			changed = true
		}
	}
	return changed
}

// firstStatus is the status of a finding that is new or has come back, by the
// archive rules.
func firstStatus(tx *store.Tx, a *Analyzer, f *Finding) analyzerapi.FindingStatus {
	f.Status = analyzerapi.FindingStatusActive
	for _, r := range rules.Scan(tx, store.Prefix(a.ID), "") {
		if r.Filter.matches(f) {
			return analyzerapi.FindingStatusArchived
		}
	}
	return analyzerapi.FindingStatusActive
}

// resolvedFor is how long resolved findings are kept: "resolved findings are
// deleted 90 days after the last update".
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
const resolvedFor = 90 * 24 * time.Hour

// forget deletes findings that were resolved long ago.
func (s *Service) forget(ctx context.Context, a *Analyzer, at time.Time) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		for key, f := range findings.Scan(tx, store.Prefix(a.ID), "") {
			if f.Status == analyzerapi.FindingStatusResolved && at.After(f.Updated.Add(resolvedFor)) {
				findings.Delete(tx, key)
			}
		}
		return nil
	})
}
