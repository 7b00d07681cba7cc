package accessanalyzer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
)

// The background job. AWS says that a change is analyzed within 30 minutes, and
// everything once a day.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
const (
	scanJob      = "access-analyzer.scan"
	scanInterval = 5 * time.Minute
	fullInterval = 24 * time.Hour
)

// scan is the background job: every analyzer looks at what has changed, or at
// everything. What one of them cannot do keeps no other from its work.
func (s *Service) scan(ctx context.Context) error {
	list, err := s.all(ctx)
	if err != nil {
		return err
	}
	changed, err := s.changes(ctx, len(list) > 0)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range list {
		if err := s.scanFor(ctx, a, changed); err != nil {
			errs = append(errs, fmt.Errorf("analyzer %s: %w", a.ARN(), err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return changed.done(ctx, s)
}

// all are all analyzers.
func (s *Service) all(ctx context.Context) (list []*Analyzer, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, a := range analyzers.Scan(tx, "", "") {
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// scanFor looks at what an analyzer is to look at.
func (s *Service) scanFor(ctx context.Context, a *Analyzer, changed *changes) error {
	if s.cloud.Authorizer.Directory.Role(a.Account, roleName) == nil {
		s.cloud.Log.Warn("analyzer has no service-linked role", "analyzer", a.ARN())
		return nil
	}
	if a.Type == analyzerapi.TypeOrganization {
		if able, err := s.mayGoOn(ctx, a); err != nil || !able {
			return err
		}
	}
	z, err := s.zone(ctx, a)
	if err != nil {
		return err
	}
	if at := seconds(s.cloud.Now()); a.Scanned.IsZero() || !at.Before(a.Scanned.Add(fullInterval)) || changed.members && a.Type == analyzerapi.TypeOrganization {
		return s.scanAll(ctx, a, z, at)
	}
	for _, t := range changed.targets {
		if z.Accounts[t.owner] && t.inRegion(a.Region) {
			if err := s.scanOne(ctx, a, z, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayGoOn notes whether an analyzer of an organization can still analyze it.
func (s *Service) mayGoOn(ctx context.Context, a *Analyzer) (bool, error) {
	reason, err := s.standing(ctx, a)
	if err != nil {
		return false, err
	}
	if reason != a.Disabled {
		err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
			if current := analyzers.Get(tx, a.key()); current != nil && current.ID == a.ID {
				with := *current
				with.Disabled = reason
				analyzers.Put(tx, a.key(), &with)
			}
			return nil
		})
	}
	return reason == "", err
}

// scanOne looks at one resource.
func (s *Service) scanOne(ctx context.Context, a *Analyzer, z *exposure.Zone, t target) error {
	v, err := s.look(ctx, a, z, t)
	if errors.Is(err, errNoRole) {
		return nil // of an account that has just come, or will never let us in
	}
	if err != nil {
		return err
	}
	return s.keep(ctx, a, t, v, seconds(s.cloud.Now()))
}

// scanAll looks at every resource in the zone of an analyzer, and at those that
// were there the last time.
func (s *Service) scanAll(ctx context.Context, a *Analyzer, z *exposure.Zone, at time.Time) error {
	targets := map[string]target{}
	err := s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, r := range resources.Scan(tx, store.Prefix(a.ID), "") {
			targets[r.ARN] = target{kind: r.Type, arn: r.ARN, owner: r.Owner}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, account := range slices.Sorted(maps.Keys(z.Accounts)) {
		if err := s.enumerate(ctx, a, account, targets); err != nil {
			return err
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(targets)) {
		if err := s.scanOne(ctx, a, z, targets[arn]); err != nil {
			return err
		}
	}
	if err := s.forget(ctx, a, at); err != nil {
		return err
	}
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if current := analyzers.Get(tx, a.key()); current != nil && current.ID == a.ID {
			with := *current
			with.Scanned = at
			analyzers.Put(tx, a.key(), &with)
		}
		return nil
	})
}

// enumerate adds the resources of an account to targets. An account that does
// not let us in has none that we know of.
func (s *Service) enumerate(ctx context.Context, a *Analyzer, account string, targets map[string]target) error {
	if account != a.Account {
		if err := s.lendRole(ctx, account, a.Region); err != nil {
			return s.passOver(account, err)
		}
	}
	as, err := s.as(account, a.Region)
	if err != nil {
		return s.passOver(account, err)
	}
	for _, kind := range []func(context.Context, cloud.As, string) ([]target, error){s.buckets, s.keys, s.roles} {
		list, err := kind(ctx, as, account)
		if err != nil {
			if err := s.passOver(account, err); err != nil {
				return err
			}
		}
		for _, t := range list {
			targets[t.arn] = t
		}
	}
	return nil
}

// passOver notes that something of an account cannot be read, if that is a
// refusal.
func (s *Service) passOver(account string, err error) error {
	var answer *api.Error
	if errors.Is(err, errNoRole) || errors.As(err, &answer) && answer.Status < 500 {
		s.cloud.Log.Warn("resources of an account are not analyzed", "account", account, "cause", err)
		return nil
	}
	return err
}
