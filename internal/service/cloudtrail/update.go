package cloudtrail

import (
	"context"
	"time"

	cloudtrailapi "github.com/fortlet/fortlet/internal/api/cloudtrail"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// UpdateTrail changes what a trail is. What the request leaves out stays.
func (s *Service) UpdateTrail(ctx context.Context, in *cloudtrailapi.UpdateTrailInput) (*cloudtrailapi.UpdateTrailOutput, error) {
	call := cloud.From(ctx)
	t, err := s.findHome(ctx, *in.Name, access{action: "cloudtrail:UpdateTrail"})
	if err != nil {
		return nil, err
	}
	with := *t
	with.apply(in)
	if err := s.checkSettings(call, &with, wishes{in.SnsTopicName, in.CloudWatchLogsLogGroupArn, in.CloudWatchLogsRoleArn, in.IsOrganizationTrail}); err != nil {
		return nil, err
	}
	if err := s.cloud.Store.View(ctx, func(tx *store.Tx) error { return checkRoom(tx, &with) }); err != nil {
		return nil, err
	}
	if err := s.proveUpdate(ctx, t, &with, in); err != nil {
		return nil, err
	}
	t, err = s.change(ctx, t, func(t *Trail, p *Progress) error {
		if !t.Validation && with.Validation {
			p.DigestFrom = call.Time.Truncate(time.Second)
		}
		t.apply(in)
		t.KMSKey, t.BucketOwner = with.KMSKey, with.BucketOwner
		return nil
	})
	if err != nil {
		return nil, err
	}
	shown := t.shown()
	return &cloudtrailapi.UpdateTrailOutput{
		Name: shown.Name, S3BucketName: shown.S3BucketName, S3KeyPrefix: shown.S3KeyPrefix, KmsKeyId: shown.KmsKeyId,
		IncludeGlobalServiceEvents: shown.IncludeGlobalServiceEvents, IsMultiRegionTrail: shown.IsMultiRegionTrail,
		TrailARN: shown.TrailARN, LogFileValidationEnabled: shown.LogFileValidationEnabled, IsOrganizationTrail: shown.IsOrganizationTrail,
	}, nil
}

// apply sets what a request sets, except for the KMS key, which has to be found.
func (t *Trail) apply(in *cloudtrailapi.UpdateTrailInput) {
	if in.S3BucketName != nil {
		t.Bucket = *in.S3BucketName
	}
	if in.S3KeyPrefix != nil {
		t.Prefix = *in.S3KeyPrefix
	}
	t.Global = has(in.IncludeGlobalServiceEvents, t.Global)
	t.AllRegions = has(in.IsMultiRegionTrail, t.AllRegions)
	t.Validation = has(in.EnableLogFileValidation, t.Validation)
}

// proveUpdate proves the bucket and key of a trail that a request names. An empty
// key id takes the key away.
func (s *Service) proveUpdate(ctx context.Context, before, with *Trail, in *cloudtrailapi.UpdateTrailInput) error {
	kmsKeyID := text(in.KmsKeyId)
	if in.KmsKeyId != nil && kmsKeyID == "" {
		with.KMSKey = ""
	}
	if in.S3BucketName != nil {
		with.BucketOwner = "" // whoever owns it now
	}
	same := in.S3BucketName == nil && before.Prefix == with.Prefix && before.Validation == with.Validation
	if same && kmsKeyID == "" {
		return nil
	}
	return s.prove(ctx, with, kmsKeyID)
}
