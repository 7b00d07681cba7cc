package cloudtrail

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

const (
	// history is how far back LookupEvents looks.
	history = 90 * 24 * time.Hour
	// maxEvents is how many events a page has, by default and at most.
	maxEvents = 50
)

// LookupEvents finds management events of the account in the Region, newest
// first.
func (s *Service) LookupEvents(ctx context.Context, in *cloudtrailapi.LookupEventsInput) (*cloudtrailapi.LookupEventsOutput, error) {
	call := cloud.From(ctx)
	if err := authz.Check(ctx, authz.Request{Action: "cloudtrail:LookupEvents", Resource: "*"}); err != nil {
		return nil, err
	}
	f, err := newFilter(call, in)
	if err != nil {
		return nil, err
	}
	if f.Before, err = readToken(in.NextToken, call, in); err != nil {
		return nil, err
	}
	out := &cloudtrailapi.LookupEventsOutput{Events: []cloudtrailapi.Event{}}
	if in.EventCategory == cloudtrailapi.EventCategoryInsight {
		return out, nil // nothing watches for unusual activity
	}
	limit := maxEvents
	if in.MaxResults != nil {
		limit = int(*in.MaxResults)
	}
	last := uint64(0)
	for e, err := range s.cloud.Audit.Events(f) {
		if errors.As(err, new(*audit.CorruptError)) {
			continue // what can be read is shown; fortlet audit verify tells the rest
		}
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(out.Events) == limit {
			out.NextToken = new(newToken(last, call, in))
			break
		}
		out.Events, last = append(out.Events, shownEvent(e)), e.Seq
	}
	return out, nil
}

// newFilter is what the request asks for.
func newFilter(call *cloud.Call, in *cloudtrailapi.LookupEventsInput) (audit.Filter, error) {
	f := audit.Filter{Account: call.Account(), Region: call.Region, Management: true, Start: call.Time.Add(-history)}
	oldest := f.Start
	if in.StartTime != nil && in.StartTime.After(oldest) {
		f.Start = *in.StartTime
	}
	if in.EndTime != nil {
		f.End = *in.EndTime
	}
	switch {
	case in.StartTime != nil && in.EndTime != nil && in.EndTime.Before(*in.StartTime):
		return f, cloudtrailapi.ErrInvalidTimeRangeException("The start time is after the end time.")
	case in.EndTime != nil && in.EndTime.Before(oldest):
		return f, cloudtrailapi.ErrInvalidTimeRangeException("The end time is more than 90 days ago.")
	case len(in.LookupAttributes) > 1:
		return f, cloudtrailapi.ErrInvalidLookupAttributesException("You can only specify one lookup attribute.")
	case len(in.LookupAttributes) == 0:
		return f, nil
	}
	return f, ask(&f, in.LookupAttributes[0])
}

// ask adds a lookup attribute to a filter.
func ask(f *audit.Filter, a cloudtrailapi.LookupAttribute) error {
	value := *a.AttributeValue
	switch a.AttributeKey {
	case cloudtrailapi.LookupAttributeKeyEventId:
		f.EventID = value
	case cloudtrailapi.LookupAttributeKeyEventName:
		f.EventName = value
	case cloudtrailapi.LookupAttributeKeyEventSource:
		f.EventSource = value
	case cloudtrailapi.LookupAttributeKeyAccessKeyId:
		f.AccessKeyID = value
	case cloudtrailapi.LookupAttributeKeyUsername:
		f.Username = value
	case cloudtrailapi.LookupAttributeKeyResourceType:
		f.ResourceType = value
	case cloudtrailapi.LookupAttributeKeyResourceName:
		f.ResourceName = value
	case cloudtrailapi.LookupAttributeKeyReadOnly:
		readOnly, err := strconv.ParseBool(value)
		if err != nil || value != strconv.FormatBool(readOnly) {
			return cloudtrailapi.ErrInvalidLookupAttributesException("The value of ReadOnly must be true or false.")
		}
		f.ReadOnly = &readOnly
	}
	return nil
}

// shownEvent is an event as LookupEvents shows it.
func shownEvent(e *audit.Entry) cloudtrailapi.Event {
	r := &e.Record
	event := cloudtrailapi.Event{
		EventId:         new(r.EventID),
		EventName:       new(r.EventName),
		ReadOnly:        new(strconv.FormatBool(r.ReadOnly)),
		AccessKeyId:     some(r.UserIdentity.AccessKeyID),
		EventTime:       new(r.EventTime),
		EventSource:     new(r.EventSource),
		Username:        some(r.Username()),
		Resources:       []cloudtrailapi.Resource{},
		CloudTrailEvent: new(string(e.Event)),
	}
	for _, res := range r.Resources {
		event.Resources = append(event.Resources, cloudtrailapi.Resource{ResourceType: some(res.Type), ResourceName: new(resourceName(res))})
	}
	return event
}

// named are the services whose resources LookupEvents shows by their names. The
// others' have ARNs, as KMS keys do.
var named = []string{"arn:" + cloud.Partition + ":s3:", "arn:" + cloud.Partition + ":iam:"}

func resourceName(r audit.Resource) string {
	for _, prefix := range named {
		if strings.HasPrefix(r.ARN, prefix) {
			return r.ARN[strings.LastIndexAny(r.ARN, ":/")+1:]
		}
	}
	return r.ARN
}
