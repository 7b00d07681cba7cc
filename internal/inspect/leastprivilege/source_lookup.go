package leastprivilege

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// Lookup is a Source: CloudTrail's event history, which every account has of
// its last 90 days without having asked for it. It has management events only.
type Lookup struct {
	Configs []aws.Config // one for each Region

	found int
	user  bool
}

// Records implements Source.
func (l *Lookup) Records(ctx context.Context, q Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		l.found, l.user = 0, q.Subject.User
		for _, cfg := range l.Configs {
			if !l.region(ctx, cfg, &q, yield) {
				return
			}
		}
	}
}

func (l *Lookup) region(ctx context.Context, cfg aws.Config, q *Query, yield func(*Record, error) bool) (more bool) {
	pages := cloudtrail.NewLookupEventsPaginator(cloudtrail.NewFromConfig(cfg), lookupInput(q))
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, e := range page.Events {
			l.found++
			r, err := q.Decode([]byte(aws.ToString(e.CloudTrailEvent)))
			if err != nil {
				yield(nil, fmt.Errorf("event %s: %w", aws.ToString(e.EventId), err))
				return false
			}
			if r != nil && !yield(r, nil) {
				return false
			}
		}
	}
	return true
}

// lookupInput asks for as little as LookupEvents can be asked for: a user's
// events are found by its name. Those of a role are under its sessions' names,
// which are not known.
func lookupInput(q *Query) *cloudtrail.LookupEventsInput {
	in := &cloudtrail.LookupEventsInput{}
	if !q.Since.IsZero() {
		in.StartTime = &q.Since
	}
	if !q.Until.IsZero() {
		in.EndTime = &q.Until
	}
	if q.Subject.User {
		in.LookupAttributes = []types.LookupAttribute{{
			AttributeKey: types.LookupAttributeKeyUsername, AttributeValue: &q.Subject.Name,
		}}
	}
	return in
}

// About implements Source.
func (l *Lookup) About() []string {
	var regions []string
	for _, cfg := range l.Configs {
		regions = append(regions, cfg.Region)
	}
	lines := []string{
		plural(l.found, "event") + " of the event history in " + strings.Join(regions, ", "),
		"the event history has management events only, of the last 90 days: calls such as s3:GetObject, lambda:Invoke or dynamodb:GetItem are not in it",
	}
	if l.user {
		lines = append(lines, "it was searched by the user's name: sessions of GetFederationToken are in it under their own names")
	}
	return lines
}

var _ Source = (*Lookup)(nil)
