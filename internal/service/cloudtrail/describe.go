package cloudtrail

import (
	"context"
	"slices"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// GetTrail shows a trail.
func (s *Service) GetTrail(ctx context.Context, in *cloudtrailapi.GetTrailInput) (*cloudtrailapi.GetTrailOutput, error) {
	t, err := s.find(ctx, *in.Name, access{action: "cloudtrail:GetTrail"})
	if err != nil {
		return nil, err
	}
	return &cloudtrailapi.GetTrailOutput{Trail: t.shown()}, nil
}

// DescribeTrails shows the trails that are seen in the Region, or those of them
// that the request names.
func (s *Service) DescribeTrails(ctx context.Context, in *cloudtrailapi.DescribeTrailsInput) (*cloudtrailapi.DescribeTrailsOutput, error) {
	call := cloud.From(ctx)
	if err := authz.Check(ctx, authz.Request{Action: "cloudtrail:DescribeTrails", Resource: "*"}); err != nil {
		return nil, err
	}
	for _, name := range in.TrailNameList {
		if _, err := newReference(call, name); err != nil {
			return nil, err
		}
	}
	shadows := has(in.IncludeShadowTrails, true)
	out := &cloudtrailapi.DescribeTrailsOutput{TrailList: []cloudtrailapi.Trail{}}
	err := s.each(ctx, func(t *Trail) {
		named := len(in.TrailNameList) == 0 || slices.Contains(in.TrailNameList, t.Name) || slices.Contains(in.TrailNameList, t.ARN())
		if named && (t.Region == call.Region || shadows && t.in(call.Region)) {
			out.TrailList = append(out.TrailList, *t.shown())
		}
	})
	return out, err
}

// ListTrails names the account's trails in all Regions.
func (s *Service) ListTrails(ctx context.Context, in *cloudtrailapi.ListTrailsInput) (*cloudtrailapi.ListTrailsOutput, error) {
	if err := authz.Check(ctx, authz.Request{Action: "cloudtrail:ListTrails", Resource: "*"}); err != nil {
		return nil, err
	}
	if in.NextToken != nil {
		return nil, cloudtrailapi.ErrInvalidNextTokenException("The token is not valid.") // all fit on a page
	}
	out := &cloudtrailapi.ListTrailsOutput{Trails: []cloudtrailapi.TrailInfo{}}
	err := s.each(ctx, func(t *Trail) {
		out.Trails = append(out.Trails, cloudtrailapi.TrailInfo{TrailARN: new(t.ARN()), Name: new(t.Name), HomeRegion: new(t.Region)})
	})
	return out, err
}

// each goes through the trails of the caller's account.
func (s *Service) each(ctx context.Context, f func(*Trail)) error {
	return s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		for _, t := range trails.Scan(tx, store.Prefix(cloud.From(ctx).Account()), "") {
			f(t)
		}
		return nil
	})
}
