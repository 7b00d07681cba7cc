package accessanalyzer

import (
	"context"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const analyzerType = "AWS::AccessAnalyzer::Analyzer"

// access is what an operation asks permission for.
type access struct {
	action      string // "GetAnalyzer"
	rule        string // the archive rule that it is about, if it is about one
	requestTags map[string]string
	tagKeys     []string
}

// find finds an analyzer of the caller's account and Region by its name, for a
// caller who may do what the access says. Whether there is one is told to nobody
// else.
func (s *Service) find(ctx context.Context, name string, as access) (a *Analyzer, err error) {
	call := cloud.From(ctx)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		a = analyzers.Get(tx, analyzerKey(call.Account(), call.Region, name))
		return nil
	})
	if err != nil {
		return nil, err
	}
	arn := call.ARN("access-analyzer", "analyzer/"+name)
	if err := check(ctx, arn, a, as); err != nil {
		return nil, err
	}
	if a == nil {
		return nil, errNotFound(arn, analyzerKind)
	}
	return a, nil
}

// check asks for permission to do something with an analyzer, nil for one that
// does not exist. An archive rule has no tags.
func check(ctx context.Context, arn string, a *Analyzer, as access) error {
	r := authz.Request{Action: "access-analyzer:" + as.action, Resource: arn, ResourceType: analyzerType, RequestTags: as.requestTags, TagKeys: as.tagKeys}
	switch {
	case as.rule != "":
		r.Resource += "/archive-rule/" + as.rule
	case a != nil:
		r.Tags = a.Tags
	}
	return authz.Check(ctx, r)
}

// findARN is find by an ARN. That of another account or Region is nobody's to
// ask for here.
func (s *Service) findARN(ctx context.Context, arn string, as access) (*Analyzer, error) {
	call := cloud.From(ctx)
	name, ok := strings.CutPrefix(arn, call.ARN("access-analyzer", "analyzer/"))
	if !ok || strings.Contains(name, "/") {
		if err := check(ctx, arn, nil, as); err != nil {
			return nil, err
		}
		return nil, errNotFound(arn, analyzerKind)
	}
	return s.find(ctx, name, as)
}

// update changes an analyzer that was found, unless it is gone by now. The
// function gets a copy.
func (s *Service) update(ctx context.Context, a *Analyzer, f func(tx *store.Tx, a *Analyzer) error) error {
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		current := analyzers.Get(tx, a.key())
		if current == nil || current.ID != a.ID {
			return errNotFound(a.ARN(), analyzerKind)
		}
		with := *current
		if err := f(tx, &with); err != nil {
			return err
		}
		analyzers.Put(tx, a.key(), &with)
		return nil
	})
}
