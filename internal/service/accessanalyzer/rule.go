package accessanalyzer

import (
	"context"
	"time"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// maxRules is how many archive rules an analyzer has.
const maxRules = 100

// Rule is an archive rule: new findings that it matches are archived.
type Rule struct {
	Analyzer         string
	Name             string
	Filter           filter
	Created, Updated time.Time
	Token            string // of the request that created it
}

func newRule(a *Analyzer, name string, f map[string]analyzerapi.Criterion, at time.Time) *Rule {
	return &Rule{Analyzer: a.ID, Name: name, Filter: f, Created: at, Updated: at}
}

func ruleKey(analyzer, name string) string { return store.Key(analyzer, name) }

func (r *Rule) key() string { return ruleKey(r.Analyzer, r.Name) }

func (r *Rule) summary() analyzerapi.ArchiveRuleSummary {
	return analyzerapi.ArchiveRuleSummary{RuleName: new(r.Name), Filter: r.Filter, CreatedAt: new(r.Created), UpdatedAt: new(r.Updated)}
}

// CreateArchiveRule adds an archive rule to an analyzer. It is about findings
// that come after it; see ApplyArchiveRule.
func (s *Service) CreateArchiveRule(ctx context.Context, in *analyzerapi.CreateArchiveRuleInput) (*analyzerapi.CreateArchiveRuleOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "CreateArchiveRule", rule: *in.RuleName})
	if err != nil {
		return nil, err
	}
	if err := checkFilter(in.Filter, "filter"); err != nil {
		return nil, err
	}
	r := newRule(a, *in.RuleName, in.Filter, now(cloud.From(ctx)))
	r.Token = text(in.ClientToken)
	err = s.update(ctx, a, func(tx *store.Tx, a *Analyzer) error {
		if other := rules.Get(tx, r.key()); other != nil {
			if r.Token != "" && r.Token == other.Token {
				return nil
			}
			return errConflict(a.ruleARN(r.Name), ruleKind)
		}
		n := 0
		for range rules.Scan(tx, store.Prefix(a.ID), "") {
			n++
		}
		if n >= maxRules {
			return errQuota(a.ruleARN(r.Name), ruleKind, "An analyzer can have %d archive rules.", maxRules)
		}
		rules.Put(tx, r.key(), r)
		return nil
	})
	return &analyzerapi.CreateArchiveRuleOutput{}, err
}

// UpdateArchiveRule changes the filter of an archive rule.
func (s *Service) UpdateArchiveRule(ctx context.Context, in *analyzerapi.UpdateArchiveRuleInput) (*analyzerapi.UpdateArchiveRuleOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "UpdateArchiveRule", rule: *in.RuleName})
	if err != nil {
		return nil, err
	}
	if err := checkFilter(in.Filter, "filter"); err != nil {
		return nil, err
	}
	at := now(cloud.From(ctx))
	err = s.update(ctx, a, func(tx *store.Tx, a *Analyzer) error {
		r, err := ruleOf(tx, a, *in.RuleName)
		if err != nil {
			return err
		}
		with := *r
		with.Filter, with.Updated = in.Filter, at
		rules.Put(tx, r.key(), &with)
		return nil
	})
	return &analyzerapi.UpdateArchiveRuleOutput{}, err
}

// DeleteArchiveRule deletes an archive rule. What it has archived stays so.
func (s *Service) DeleteArchiveRule(ctx context.Context, in *analyzerapi.DeleteArchiveRuleInput) (*analyzerapi.DeleteArchiveRuleOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "DeleteArchiveRule", rule: *in.RuleName})
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, a, func(tx *store.Tx, a *Analyzer) error {
		r, err := ruleOf(tx, a, *in.RuleName)
		if err == nil {
			rules.Delete(tx, r.key())
		}
		return err
	})
	return &analyzerapi.DeleteArchiveRuleOutput{}, err
}

// GetArchiveRule describes an archive rule.
func (s *Service) GetArchiveRule(ctx context.Context, in *analyzerapi.GetArchiveRuleInput) (*analyzerapi.GetArchiveRuleOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "GetArchiveRule", rule: *in.RuleName})
	if err != nil {
		return nil, err
	}
	out := new(analyzerapi.GetArchiveRuleOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		r, err := ruleOf(tx, a, *in.RuleName)
		if err == nil {
			out.ArchiveRule = new(r.summary())
		}
		return err
	})
	return out, err
}

// ListArchiveRules lists the archive rules of an analyzer.
func (s *Service) ListArchiveRules(ctx context.Context, in *analyzerapi.ListArchiveRulesInput) (*analyzerapi.ListArchiveRulesOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "ListArchiveRules"})
	if err != nil {
		return nil, err
	}
	p, err := newPage("rules", in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := new(analyzerapi.ListArchiveRulesOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		out.ArchiveRules, out.NextToken = paging.Take(p, rules.Scan(tx, store.Prefix(a.ID), p.After), func(r *Rule) (analyzerapi.ArchiveRuleSummary, bool) {
			return r.summary(), true
		})
		return nil
	})
	return out, err
}

// ApplyArchiveRule archives the active findings that an archive rule matches.
func (s *Service) ApplyArchiveRule(ctx context.Context, in *analyzerapi.ApplyArchiveRuleInput) (*analyzerapi.ApplyArchiveRuleOutput, error) {
	a, err := s.findARN(ctx, *in.AnalyzerArn, access{action: "ApplyArchiveRule"})
	if err != nil {
		return nil, err
	}
	at := now(cloud.From(ctx))
	err = s.update(ctx, a, func(tx *store.Tx, a *Analyzer) error {
		r, err := ruleOf(tx, a, *in.RuleName)
		if err != nil {
			return err
		}
		for _, f := range findings.Scan(tx, store.Prefix(a.ID), "") {
			if f.Status == analyzerapi.FindingStatusActive && r.Filter.matches(f) {
				f.put(tx, analyzerapi.FindingStatusArchived, at)
			}
		}
		return nil
	})
	return &analyzerapi.ApplyArchiveRuleOutput{}, err
}

func ruleOf(tx *store.Tx, a *Analyzer, name string) (*Rule, error) {
	r := rules.Get(tx, ruleKey(a.ID, name))
	if r == nil {
		return nil, errNotFound(a.ruleARN(name), ruleKind)
	}
	return r, nil
}
