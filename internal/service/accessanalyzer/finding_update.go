package accessanalyzer

import (
	"context"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// UpdateFindings archives findings, or makes archived ones active again: those
// that are named, or all of a resource. Access that is gone is neither.
func (s *Service) UpdateFindings(ctx context.Context, in *analyzerapi.UpdateFindingsInput) (*analyzerapi.UpdateFindingsOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "UpdateFindings"})
	if err != nil {
		return nil, err
	}
	if (len(in.Ids) == 0) == (in.ResourceArn == nil) {
		return nil, errOther("Either ids or resourceArn must be specified.")
	}
	status, at := analyzerapi.FindingStatus(in.Status), now(cloud.From(ctx))
	err = s.update(ctx, a, func(tx *store.Tx, a *Analyzer) error {
		if in.ResourceArn != nil {
			return setAll(tx, a, *in.ResourceArn, status, at)
		}
		for _, id := range in.Ids {
			f := findings.Get(tx, findingKey(a.ID, id))
			if f == nil {
				return errNotFound(id, findingKind)
			}
			f.set(tx, status, at)
		}
		return nil
	})
	return &analyzerapi.UpdateFindingsOutput{}, err
}

// setAll sets the status of all findings of a resource.
func setAll(tx *store.Tx, a *Analyzer, arn string, status analyzerapi.FindingStatus, at time.Time) error {
	if resources.Get(tx, store.Key(a.ID, arn)) == nil {
		return errNotFound(arn, resourceKind)
	}
	for _, f := range findingsOf.Scan(tx, store.Key(a.ID, arn), "") {
		f.set(tx, status, at)
	}
	return nil
}

func (f *Finding) set(tx *store.Tx, status analyzerapi.FindingStatus, at time.Time) {
	if f.Status != analyzerapi.FindingStatusResolved && f.Status != status {
		f.put(tx, status, at)
	}
}

// GetFindingsStatistics counts findings.
func (s *Service) GetFindingsStatistics(ctx context.Context, in *analyzerapi.GetFindingsStatisticsInput) (*analyzerapi.GetFindingsStatisticsOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "GetFindingsStatistics"})
	if err != nil {
		return nil, err
	}
	c := newCount()
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, f := range findings.Scan(tx, store.Prefix(a.ID), "") {
			c.add(f)
		}
		return nil
	})
	out := &analyzerapi.GetFindingsStatisticsOutput{FindingsStatistics: []analyzerapi.FindingsStatistics{{ExternalAccessFindingsStatistics: &c.ExternalAccessFindingsStatistics}}}
	if !a.LastAt.IsZero() {
		out.LastUpdatedAt = new(a.LastAt)
	}
	return out, err
}

// count is a count of findings under way.
type count struct {
	analyzerapi.ExternalAccessFindingsStatistics
}

func newCount() *count {
	return &count{analyzerapi.ExternalAccessFindingsStatistics{
		ResourceTypeStatistics: map[analyzerapi.ResourceType]analyzerapi.ResourceTypeDetails{},
		TotalActiveFindings:    new(int32(0)), TotalArchivedFindings: new(int32(0)), TotalResolvedFindings: new(int32(0)),
	}}
}

func (c *count) add(f *Finding) {
	switch f.Status {
	case analyzerapi.FindingStatusArchived:
		*c.TotalArchivedFindings++
		return
	case analyzerapi.FindingStatusResolved:
		*c.TotalResolvedFindings++
		return
	}
	*c.TotalActiveFindings++
	d, ok := c.ResourceTypeStatistics[f.ResourceType]
	if !ok {
		d = analyzerapi.ResourceTypeDetails{TotalActivePublic: new(int32(0)), TotalActiveCrossAccount: new(int32(0)), TotalActiveErrors: new(int32(0))}
		c.ResourceTypeStatistics[f.ResourceType] = d
	}
	switch {
	case f.Error != "":
		*d.TotalActiveErrors++
	case f.Public:
		*d.TotalActivePublic++
	default:
		*d.TotalActiveCrossAccount++
	}
}
