package accessanalyzer

import (
	"context"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Resource is a resource that was analyzed.
type Resource struct {
	Analyzer string // id
	ARN      string
	Type     analyzerapi.ResourceType
	Owner    string
	Created  time.Time // when it was first analyzed
	Analyzed time.Time // and when last
	Updated  time.Time // when the outcome was another one
	Error    string
}

func resourceKey(analyzer, arn string) string { return store.Key(analyzer, arn) }

// GetAnalyzedResource describes a resource that was analyzed.
func (s *Service) GetAnalyzedResource(ctx context.Context, in *analyzerapi.GetAnalyzedResourceInput) (*analyzerapi.GetAnalyzedResourceOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "GetAnalyzedResource"})
	if err != nil {
		return nil, err
	}
	out := new(analyzerapi.GetAnalyzedResourceOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		r := resources.Get(tx, resourceKey(a.ID, *in.ResourceArn))
		if r == nil {
			return errNotFound(*in.ResourceArn, resourceKind)
		}
		out.Resource = r.shown(tx)
		return nil
	})
	return out, err
}

// shown is the resource with what its findings have in common.
func (r *Resource) shown(tx *store.Tx) *analyzerapi.AnalyzedResource {
	shown := &analyzerapi.AnalyzedResource{
		ResourceArn: new(r.ARN), ResourceType: r.Type, ResourceOwnerAccount: new(r.Owner), IsPublic: new(false), Error: some(r.Error),
		CreatedAt: new(r.Created), AnalyzedAt: new(r.Analyzed), UpdatedAt: new(r.Updated),
	}
	for _, f := range findingsOf.Scan(tx, store.Key(r.Analyzer, r.ARN), "") {
		shown.Status = graver(shown.Status, f.Status)
		if f.Status == analyzerapi.FindingStatusResolved {
			continue
		}
		shown.Actions = union(shown.Actions, f.Action)
		for _, via := range f.Sources {
			shown.SharedVia = union(shown.SharedVia, []string{string(via)})
		}
		*shown.IsPublic = *shown.IsPublic || f.Public
	}
	return shown
}

// graver is the one of two statuses that matters more.
func graver(a, b analyzerapi.FindingStatus) analyzerapi.FindingStatus {
	for _, s := range []analyzerapi.FindingStatus{analyzerapi.FindingStatusActive, analyzerapi.FindingStatusArchived} {
		if a == s || b == s {
			return s
		}
	}
	return b
}

// ListAnalyzedResources lists the resources that were analyzed.
func (s *Service) ListAnalyzedResources(ctx context.Context, in *analyzerapi.ListAnalyzedResourcesInput) (*analyzerapi.ListAnalyzedResourcesOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "ListAnalyzedResources"})
	if err != nil {
		return nil, err
	}
	p, err := newPage("resources", in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := new(analyzerapi.ListAnalyzedResourcesOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		out.AnalyzedResources, out.NextToken = paging.Take(p, resources.Scan(tx, store.Prefix(a.ID), p.After), func(r *Resource) (analyzerapi.AnalyzedResourceSummary, bool) {
			return analyzerapi.AnalyzedResourceSummary{ResourceArn: new(r.ARN), ResourceOwnerAccount: new(r.Owner), ResourceType: r.Type},
				in.ResourceType == "" || in.ResourceType == r.Type
		})
		return nil
	})
	return out, err
}
