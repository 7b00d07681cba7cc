package cloudtrail

import (
	"context"
	"maps"
	"slices"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// maxTrails is the quota of trails of an account in a Region. The shadows of
// trails of all Regions count.
const maxTrails = 5

// CreateTrail makes a trail. It does not log before StartLogging.
func (s *Service) CreateTrail(ctx context.Context, in *cloudtrailapi.CreateTrailInput) (*cloudtrailapi.CreateTrailOutput, error) {
	call := cloud.From(ctx)
	t := &Trail{
		ID:         cloud.NewID(),
		Account:    call.Account(),
		Region:     call.Region,
		Name:       *in.Name,
		Bucket:     *in.S3BucketName,
		Prefix:     text(in.S3KeyPrefix),
		AllRegions: has(in.IsMultiRegionTrail, false),
		Global:     has(in.IncludeGlobalServiceEvents, true),
		Validation: has(in.EnableLogFileValidation, false),
		Tags:       tagMap(in.TagsList),
	}
	if err := checkName(t.Name); err != nil {
		return nil, err
	}
	err := authz.Check(ctx, authz.Request{Action: "cloudtrail:CreateTrail", Resource: t.ARN(), ResourceType: trailType, RequestTags: t.Tags})
	if err != nil {
		return nil, err
	}
	if err := s.checkSettings(call, t, wishes{in.SnsTopicName, in.CloudWatchLogsLogGroupArn, in.CloudWatchLogsRoleArn, in.IsOrganizationTrail}); err != nil {
		return nil, err
	}
	if err := checkTags(in.TagsList, t.Tags); err != nil {
		return nil, err
	}
	// The bucket is asked only when the trail could be made, and asked before
	// the transaction: others wait for that.
	if err := s.cloud.Store.View(ctx, func(tx *store.Tx) error { return checkRoom(tx, t) }); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, t, text(in.KmsKeyId)); err != nil {
		return nil, err
	}
	err = s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if err := checkRoom(tx, t); err != nil {
			return err
		}
		trails.Put(tx, t.key(), t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	shown := t.shown()
	return &cloudtrailapi.CreateTrailOutput{
		Name: shown.Name, S3BucketName: shown.S3BucketName, S3KeyPrefix: shown.S3KeyPrefix, KmsKeyId: shown.KmsKeyId,
		IncludeGlobalServiceEvents: shown.IncludeGlobalServiceEvents, IsMultiRegionTrail: shown.IsMultiRegionTrail,
		TrailARN: shown.TrailARN, LogFileValidationEnabled: shown.LogFileValidationEnabled, IsOrganizationTrail: shown.IsOrganizationTrail,
	}, nil
}

// checkRoom checks that a trail can be added: its name is free and the quota not
// used up, in every Region where it is seen.
func checkRoom(tx *store.Tx, t *Trail) error {
	seen := map[string]int{t.Region: 0}
	everywhere := 0
	for _, other := range trails.Scan(tx, store.Prefix(t.Account), "") {
		if other.ID == t.ID {
			continue
		}
		if other.Name == t.Name && (other.in(t.Region) || t.in(other.Region)) {
			return cloudtrailapi.ErrTrailAlreadyExistsException("Trail %s already exists for customer: %s", t.Name, t.Account)
		}
		switch {
		case other.AllRegions:
			everywhere++
		case t.in(other.Region):
			seen[other.Region]++
		}
	}
	for _, region := range slices.Sorted(maps.Keys(seen)) {
		if seen[region]+everywhere >= maxTrails {
			return cloudtrailapi.ErrMaximumNumberOfTrailsExceededException("User: %s already has %d trails in %s.", t.Account, maxTrails, region)
		}
	}
	return nil
}
