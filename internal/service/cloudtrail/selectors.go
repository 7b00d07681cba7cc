package cloudtrail

import (
	"context"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
)

// standard is what a trail selects that nobody has configured: all management
// events, no data events.
func standard() []cloudtrailapi.EventSelector {
	return []cloudtrailapi.EventSelector{{
		ReadWriteType:                 cloudtrailapi.ReadWriteTypeAll,
		IncludeManagementEvents:       new(true),
		DataResources:                 []cloudtrailapi.DataResource{},
		ExcludeManagementEventSources: []string{},
	}}
}

// GetEventSelectors shows what a trail selects.
func (s *Service) GetEventSelectors(ctx context.Context, in *cloudtrailapi.GetEventSelectorsInput) (*cloudtrailapi.GetEventSelectorsOutput, error) {
	t, err := s.find(ctx, *in.TrailName, access{action: "cloudtrail:GetEventSelectors"})
	if err != nil {
		return nil, err
	}
	out := &cloudtrailapi.GetEventSelectorsOutput{TrailARN: new(t.ARN()), EventSelectors: t.Selectors, AdvancedEventSelectors: t.Advanced}
	if !t.custom() {
		out.EventSelectors = standard()
	}
	return out, nil
}

// PutEventSelectors sets what a trail selects, by selectors of either kind. They
// take the place of those that it has.
func (s *Service) PutEventSelectors(ctx context.Context, in *cloudtrailapi.PutEventSelectorsInput) (*cloudtrailapi.PutEventSelectorsOutput, error) {
	t, err := s.findHome(ctx, *in.TrailName, access{action: "cloudtrail:PutEventSelectors"})
	if err != nil {
		return nil, err
	}
	if err := checkSelectors(cloud.From(ctx), in); err != nil {
		return nil, err
	}
	_, err = s.change(ctx, t, func(t *Trail, _ *Progress) error {
		t.Selectors, t.Advanced = completed(in.EventSelectors), in.AdvancedEventSelectors
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &cloudtrailapi.PutEventSelectorsOutput{
		TrailARN: new(t.ARN()), EventSelectors: completed(in.EventSelectors), AdvancedEventSelectors: in.AdvancedEventSelectors,
	}, nil
}

func checkSelectors(call *cloud.Call, in *cloudtrailapi.PutEventSelectorsInput) error {
	basic, advanced := len(in.EventSelectors) > 0, len(in.AdvancedEventSelectors) > 0
	switch {
	case basic && advanced:
		return errSelectors("You can use either EventSelectors or AdvancedEventSelectors, but not both.")
	case basic:
		return checkBasic(in.EventSelectors)
	case advanced:
		return checkAdvanced(call, in.AdvancedEventSelectors)
	}
	return errSelectors("Specify EventSelectors or AdvancedEventSelectors.")
}

// completed are selectors with what they mean where they say nothing.
func completed(list []cloudtrailapi.EventSelector) []cloudtrailapi.EventSelector {
	all := make([]cloudtrailapi.EventSelector, 0, len(list))
	for _, sel := range list {
		s := standard()[0]
		if sel.ReadWriteType != "" {
			s.ReadWriteType = sel.ReadWriteType
		}
		if sel.IncludeManagementEvents != nil {
			s.IncludeManagementEvents = sel.IncludeManagementEvents
		}
		s.DataResources = append(s.DataResources, sel.DataResources...)
		s.ExcludeManagementEventSources = append(s.ExcludeManagementEventSources, sel.ExcludeManagementEventSources...)
		all = append(all, s)
	}
	return all
}

func errSelectors(format string, args ...any) error {
	return cloudtrailapi.ErrInvalidEventSelectorsException(format, args...)
}
