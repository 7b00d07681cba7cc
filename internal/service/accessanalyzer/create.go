package accessanalyzer

import (
	"context"
	"errors"

	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// How many analyzers an account has in a Region.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
const (
	maxAccountAnalyzers      = 1
	maxOrganizationAnalyzers = 5
)

// CreateAnalyzer creates an analyzer of external access. Those of unused and of
// internal access are not built.
func (s *Service) CreateAnalyzer(ctx context.Context, in *analyzerapi.CreateAnalyzerInput) (*analyzerapi.CreateAnalyzerOutput, error) {
	call := cloud.From(ctx)
	a := &Analyzer{
		ID: cloud.NewID(), Account: call.Account(), Region: call.Region, Name: *in.AnalyzerName,
		Type: in.Type, Created: now(call), Tags: in.Tags, Token: text(in.ClientToken),
	}
	if err := check(ctx, a.ARN(), nil, access{action: "CreateAnalyzer", requestTags: in.Tags}); err != nil {
		return nil, err
	}
	if err := checkNew(in); err != nil {
		return nil, err
	}
	made := make([]*Rule, len(in.ArchiveRules))
	for i, r := range in.ArchiveRules {
		made[i] = newRule(a, *r.RuleName, r.Filter, now(call))
	}
	err := s.prepare(ctx, a)
	if err == nil {
		err = s.create(ctx, a, made)
	}
	if err != nil && !errors.Is(err, errAgain) {
		return nil, err
	}
	return &analyzerapi.CreateAnalyzerOutput{Arn: new(a.ARN())}, nil
}

// prepare sees to what an analyzer needs: a place, the role, and its
// organization's leave. Whether there is a place comes first: who has none gets no
// role either.
func (s *Service) prepare(ctx context.Context, a *Analyzer) error {
	if err := s.cloud.Store.View(ctx, func(tx *store.Tx) error { return checkRoom(tx, a) }); err != nil {
		return err
	}
	if err := s.needRole(ctx); err != nil || a.Type != analyzerapi.TypeOrganization {
		return err
	}
	return s.checkOrganization(ctx, a)
}

func (s *Service) create(ctx context.Context, a *Analyzer, made []*Rule) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if err := checkRoom(tx, a); err != nil {
			return err
		}
		analyzers.Put(tx, a.key(), a)
		for _, r := range made {
			rules.Put(tx, r.key(), r)
		}
		tx.OnCommit(func() { s.jobs.Wake(scanJob) })
		return nil
	})
}

// errAgain is that a request comes a second time, by its token: the answer to
// the first one was lost, and it has done everything.
var errAgain = errors.New("the request was made before")

// checkNew checks what a new analyzer shall be.
func checkNew(in *analyzerapi.CreateAnalyzerInput) error {
	switch in.Type {
	case analyzerapi.TypeAccount, analyzerapi.TypeOrganization:
	default:
		return notBuilt("CreateAnalyzer of the type " + string(in.Type))
	}
	if in.Configuration != nil {
		return errField("configuration", "An analyzer of the type %s has no configuration.", in.Type)
	}
	if err := checkTags(in.Tags); err != nil {
		return err
	}
	if len(in.ArchiveRules) > maxRules {
		return errQuota(*in.AnalyzerName, ruleKind, "An analyzer can have %d archive rules.", maxRules)
	}
	seen := map[string]bool{}
	for _, r := range in.ArchiveRules {
		if seen[*r.RuleName] {
			return errField("archiveRules", "The archive rule %s is there twice.", *r.RuleName)
		}
		seen[*r.RuleName] = true
		if err := checkFilter(r.Filter, "archiveRules"); err != nil {
			return err
		}
	}
	return nil
}

// checkRoom checks that an analyzer can be added: its name is free and the quota
// of its type not used up.
func checkRoom(tx *store.Tx, a *Analyzer) error {
	most, n := maxAccountAnalyzers, 0
	if a.Type == analyzerapi.TypeOrganization {
		most = maxOrganizationAnalyzers
	}
	for _, other := range analyzers.Scan(tx, store.Prefix(a.Account, a.Region), "") {
		switch {
		case other.Name == a.Name && a.Token != "" && other.Token == a.Token:
			return errAgain
		case other.Name == a.Name:
			return errConflict(a.ARN(), analyzerKind)
		case other.Type == a.Type:
			n++
		}
	}
	if n >= most {
		return errQuota(a.ARN(), analyzerKind, "The account has %d of %d analyzers of the type %s in the Region.", n, most, a.Type)
	}
	return nil
}

// UpdateAnalyzer changes the configuration of an analyzer, which one of external
// access does not have.
func (s *Service) UpdateAnalyzer(ctx context.Context, in *analyzerapi.UpdateAnalyzerInput) (*analyzerapi.UpdateAnalyzerOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "UpdateAnalyzer"})
	if err != nil {
		return nil, err
	}
	return nil, errField("configuration", "An analyzer of the type %s has no configuration.", a.Type)
}

// DeleteAnalyzer deletes an analyzer with all that it has found. The
// service-linked role stays.
func (s *Service) DeleteAnalyzer(ctx context.Context, in *analyzerapi.DeleteAnalyzerInput) (*analyzerapi.DeleteAnalyzerOutput, error) {
	a, err := s.find(ctx, *in.AnalyzerName, access{action: "DeleteAnalyzer"})
	if err != nil {
		return nil, err
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current := analyzers.Get(tx, a.key())
		if current == nil || current.ID != a.ID {
			return errNotFound(a.ARN(), analyzerKind)
		}
		analyzers.Delete(tx, a.key())
		clearAll(tx, rules, a.ID)
		clearAll(tx, findings, a.ID)
		clearAll(tx, resources, a.ID)
		return nil
	})
	return &analyzerapi.DeleteAnalyzerOutput{}, err
}

// clearAll deletes the rows of an analyzer.
func clearAll[T any](tx *store.Tx, t *store.Table[T], analyzer string) {
	for key := range t.Scan(tx, store.Prefix(analyzer), "") {
		t.Delete(tx, key)
	}
}
