package leastprivilege

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/fortlet/fortlet/policy/compare"
)

// Options say what is wanted.
type Options struct {
	Subject      Subject
	Since, Until time.Time // zero: from the first record, to the last

	Catalogue *catalogue.Catalogue
	// Account is the account's IAM; nil: the current policies are not known.
	Account *snapshot.Account
	// IgnoreCurrent lets the new policies be wider than the current ones.
	IgnoreCurrent bool
	IncludeDenied bool // take calls that were denied for needed ones
	Resources     Generality
	// Progress is told now and then how many records were read; may be nil.
	Progress func(records int)
}

// ErrNoCalls says that there is nothing to make a policy of.
var ErrNoCalls = errors.New("no recorded call needed a permission")

// Analyse makes the policy that the records of a source needed, and proves that
// it allows them.
func Analyse(ctx context.Context, from Source, o Options) (*Report, error) {
	current, err := o.current()
	if err != nil {
		return nil, err
	}
	bound := current
	if o.IgnoreCurrent {
		bound = nil
	}
	k := newCollector(&o, bound)
	if err := k.read(ctx, from); err != nil {
		return nil, err
	}
	report := k.report(from)
	if len(k.calls) == 0 {
		return report, ErrNoCalls
	}
	docs, err := k.documents()
	if err != nil {
		return report, err
	}
	if err := k.replay(docs, report); err != nil {
		return report, err
	}
	report.add(docs)
	if current != nil {
		report.Services = current.use(o.Catalogue, k.calls)
		report.Bound = bound.proof(docs, o.Catalogue)
	}
	return report, nil
}

func (o *Options) current() (*Current, error) {
	if o.Account == nil {
		return nil, nil
	}
	return NewCurrent(o.Account, &o.Subject)
}

// progressEvery is how many records are read between two words of progress.
const progressEvery = 1000

func (k *collector) read(ctx context.Context, from Source) error {
	q := Query{Since: k.o.Since, Until: k.o.Until, Subject: k.o.Subject, Seen: func() {
		k.counts.Read++
		if k.o.Progress != nil && k.counts.Read%progressEvery == 0 {
			k.o.Progress(k.counts.Read)
		}
	}}
	for r, err := range from.Records(ctx, q) {
		if err != nil {
			return err
		}
		if err := k.record(r); err != nil {
			return err
		}
	}
	return nil
}

// documents makes the new policies.
func (k *collector) documents() ([]document, error) {
	groups := byAction(atoms(k.calls))
	for _, g := range groups {
		k.current.generalize(g, k.o.Resources)
	}
	allows := statements(groups)
	return split(append(allows, k.current.kept(allows)...))
}

// replay evaluates every call against the new policies.
func (k *collector) replay(docs []document, report *Report) error {
	r := newReplayer(docs, &k.o.Subject)
	report.Replay = &Replay{Records: k.counts.Used, Calls: len(k.calls)}
	for _, c := range k.calls {
		v, err := r.call(c)
		switch {
		case err != nil:
			return err
		case v == refused:
			return &ReplayError{EventID: c.example, Event: c.event, Action: c.action, Resource: c.target.ARN}
		case v == proven:
			report.Replay.Proven++
		default:
			report.Replay.Conditional++
			report.Replay.Keys = append(report.Replay.Keys, r.open(c.facts)...)
			if c.target.Pattern {
				report.Replay.Keys = append(report.Replay.Keys, "the resource")
			}
		}
	}
	slices.Sort(report.Replay.Keys)
	report.Replay.Keys = slices.Compact(report.Replay.Keys)
	return nil
}

// proof compares the new policies with the current ones.
func (c *Current) proof(docs []document, known *catalogue.Catalogue) *Bound {
	if c == nil {
		return nil
	}
	var news []*policy.Policy
	for _, d := range docs {
		p, err := policy.Parse(d.String(), policy.Managed)
		if err != nil {
			return &Bound{Undecided: []string{err.Error()}}
		}
		news = append(news, p)
	}
	result := compare.NoNewAccess(compare.Side{Policies: c.Policies}, compare.Side{Policies: news}, compare.Options{Catalogue: known})
	b := &Bound{}
	for _, e := range result.OnlyB {
		b.Wider = append(b.Wider, fmt.Sprintf("%s on %s", e.Request.Action, e.Request.Resource))
	}
	for _, u := range result.Undecided {
		b.Undecided = append(b.Undecided, fmt.Sprintf("%s: %s", join(u.Actions), u.Reason))
	}
	b.Undecided = append(b.Undecided, c.Unreadable...)
	return b
}

// add takes the documents into the report.
func (r *Report) add(docs []document) {
	for _, d := range docs {
		r.Policies = append(r.Policies, Policy{Document: json.RawMessage(d.String()), Size: d.size()})
	}
	if len(docs) > 1 {
		r.Notes = append(r.Notes, fmt.Sprintf("one managed policy holds %d characters: this takes %d policies", MaxManaged, len(docs)))
	}
	if len(docs) > maxAttached {
		r.Notes = append(r.Notes, fmt.Sprintf("a role or user has at most %d managed policies unless AWS raises that: write resources by prefix or star", maxAttached))
	}
}
