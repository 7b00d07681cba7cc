package accessanalyzer

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// GetFinding describes a finding.
func (s *Service) GetFinding(ctx context.Context, in *analyzerapi.GetFindingInput) (*analyzerapi.GetFindingOutput, error) {
	f, err := s.finding(ctx, *in.AnalyzerArn, *in.Id)
	if err != nil {
		return nil, err
	}
	return &analyzerapi.GetFindingOutput{Finding: f.shown()}, nil
}

// GetFindingV2 describes a finding, its details apart. Of external access there
// is one page of them.
func (s *Service) GetFindingV2(ctx context.Context, in *analyzerapi.GetFindingV2Input) (*analyzerapi.GetFindingV2Output, error) {
	f, err := s.finding(ctx, *in.AnalyzerArn, *in.Id)
	if err != nil {
		return nil, err
	}
	if p, err := newPage("details", in.MaxResults, in.NextToken); err != nil {
		return nil, err
	} else if p.After != "" {
		return nil, errField("nextToken", "The token is invalid.")
	}
	v2 := f.summaryV2()
	return &analyzerapi.GetFindingV2Output{
		Id: v2.Id, Resource: v2.Resource, ResourceType: v2.ResourceType, ResourceOwnerAccount: v2.ResourceOwnerAccount,
		CreatedAt: v2.CreatedAt, AnalyzedAt: v2.AnalyzedAt, UpdatedAt: v2.UpdatedAt,
		Status: v2.Status, Error: v2.Error, FindingType: v2.FindingType, FindingDetails: f.details(),
	}, nil
}

// finding finds a finding. The second edition of the operations has no actions
// of its own.
func (s *Service) finding(ctx context.Context, analyzer, id string) (f *Finding, err error) {
	a, err := s.findARN(ctx, analyzer, access{action: "GetFinding"})
	if err != nil {
		return nil, err
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if f = findings.Get(tx, findingKey(a.ID, id)); f == nil {
			return errNotFound(id, findingKind)
		}
		return nil
	})
	return f, err
}

// ListFindings lists findings.
func (s *Service) ListFindings(ctx context.Context, in *analyzerapi.ListFindingsInput) (*analyzerapi.ListFindingsOutput, error) {
	out := new(analyzerapi.ListFindingsOutput)
	q := query{analyzer: *in.AnalyzerArn, filter: in.Filter, sort: in.Sort, limit: in.MaxResults, token: in.NextToken}
	err := s.list(ctx, q, func(p paging.Page, rows iter.Seq2[string, *Finding]) {
		out.Findings, out.NextToken = paging.Take(p, rows, func(f *Finding) (analyzerapi.FindingSummary, bool) { return f.summary(), true })
	})
	return out, err
}

// ListFindingsV2 lists findings, without their details.
func (s *Service) ListFindingsV2(ctx context.Context, in *analyzerapi.ListFindingsV2Input) (*analyzerapi.ListFindingsV2Output, error) {
	out := new(analyzerapi.ListFindingsV2Output)
	q := query{analyzer: *in.AnalyzerArn, filter: in.Filter, sort: in.Sort, limit: in.MaxResults, token: in.NextToken}
	err := s.list(ctx, q, func(p paging.Page, rows iter.Seq2[string, *Finding]) {
		out.Findings, out.NextToken = paging.Take(p, rows, func(f *Finding) (analyzerapi.FindingSummaryV2, bool) { return f.summaryV2(), true })
	})
	return out, err
}

// query is what a request for a list says.
type query struct {
	analyzer string
	filter   filter
	sort     *analyzerapi.SortCriteria
	limit    *int32
	token    *string
}

// list hands the findings that a query selects to a function, by keys in order.
func (s *Service) list(ctx context.Context, q query, give func(p paging.Page, rows iter.Seq2[string, *Finding])) error {
	a, err := s.findARN(ctx, q.analyzer, access{action: "ListFindings"})
	if err != nil {
		return err
	}
	if err := checkCriteria(q.filter, "filter"); err != nil {
		return err
	}
	order, err := newOrder(q.sort)
	if err != nil {
		return err
	}
	p, err := newPage("findings "+order.name, q.limit, q.token)
	if err != nil {
		return err
	}
	return s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		var rows []sortedFinding
		for _, f := range findings.Scan(tx, store.Prefix(a.ID), "") {
			if q.filter.matches(f) {
				rows = append(rows, sortedFinding{order.key(f), f})
			}
		}
		slices.SortFunc(rows, order.compare)
		give(p, order.after(rows, p.After))
		return nil
	})
}

// order is an order of findings.
type order struct {
	name  string
	value func(f *Finding) string
	down  bool
}

// sortedFinding is a finding with the key by which it is sorted, which is its
// alone.
type sortedFinding struct {
	key string
	*Finding
}

// sortable are the attributes by which findings can be sorted, besides filter
// keys.
var sortable = map[string]func(f *Finding) string{
	"createdAt":  func(f *Finding) string { return f.Created.Format(time.RFC3339) },
	"updatedAt":  func(f *Finding) string { return f.Updated.Format(time.RFC3339) },
	"analyzedAt": func(f *Finding) string { return f.Analyzed.Format(time.RFC3339) },
}

func newOrder(c *analyzerapi.SortCriteria) (order, error) {
	if c == nil {
		return order{value: func(*Finding) string { return "" }}, nil
	}
	name := text(c.AttributeName)
	o := order{name: name, value: sortable[name], down: c.OrderBy == analyzerapi.OrderByDesc}
	switch {
	case o.value != nil:
	case name == "":
		o.value = sortable["updatedAt"]
	case isFilterKey(name):
		o.value = func(f *Finding) string { return f.value(name) }
	default:
		return o, errField("sort", "Findings cannot be sorted by %q.", name)
	}
	if o.down {
		o.name += " down"
	}
	return o, nil
}

func (o order) key(f *Finding) string { return o.value(f) + "\x00" + f.ID }

func (o order) compare(a, b sortedFinding) int { return o.compareKeys(a.key, b.key) }

func (o order) compareKeys(a, b string) int {
	if o.down {
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}

// after gives what comes after a key.
func (o order) after(rows []sortedFinding, key string) iter.Seq2[string, *Finding] {
	return func(yield func(string, *Finding) bool) {
		for _, r := range rows {
			if key != "" && o.compareKeys(r.key, key) <= 0 {
				continue
			}
			if !yield(r.key, r.Finding) {
				return
			}
		}
	}
}
