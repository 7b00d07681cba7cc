package accessanalyzer

import (
	"context"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// GetAnalyzer describes an analyzer.
func (s *Service) GetAnalyzer(ctx context.Context, in *analyzerapi.GetAnalyzerInput) (*analyzerapi.GetAnalyzerOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "GetAnalyzer"})
	if err != nil {
		return nil, err
	}
	return &analyzerapi.GetAnalyzerOutput{Analyzer: new(a.summary())}, nil
}

// ListAnalyzers lists the analyzers of the account in the Region.
func (s *Service) ListAnalyzers(ctx context.Context, in *analyzerapi.ListAnalyzersInput) (*analyzerapi.ListAnalyzersOutput, error) {
	if err := authz.Check(ctx, authz.Request{Action: "access-analyzer:ListAnalyzers", Resource: "*"}); err != nil {
		return nil, err
	}
	p, err := newPage("analyzers", in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	call, out := cloud.From(ctx), new(analyzerapi.ListAnalyzersOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := analyzers.Scan(tx, store.Prefix(call.Account(), call.Region), p.After)
		out.Analyzers, out.NextToken = paging.Take(p, rows, func(a *Analyzer) (analyzerapi.AnalyzerSummary, bool) {
			return a.summary(), in.Type == "" || in.Type == a.Type
		})
		return nil
	})
	return out, err
}
