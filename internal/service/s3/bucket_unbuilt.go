package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// The configurations below cannot be set, since nothing would act upon them. To
// read one gives what S3 says of a bucket without, and to delete one does
// nothing.

// GetBucketNotificationConfiguration gives the notifications of a bucket: none.
func (s *Service) GetBucketNotificationConfiguration(ctx context.Context, in *s3api.GetBucketNotificationConfigurationInput) (*s3api.GetBucketNotificationConfigurationOutput, error) {
	_, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketNotification"})
	return &s3api.GetBucketNotificationConfigurationOutput{}, err
}

// PutBucketNotificationConfiguration takes a configuration without
// notifications.
func (s *Service) PutBucketNotificationConfiguration(ctx context.Context, in *s3api.PutBucketNotificationConfigurationInput) (*s3api.PutBucketNotificationConfigurationOutput, error) {
	if _, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutBucketNotification"}); err != nil {
		return nil, err
	}
	c := in.NotificationConfiguration
	if len(c.TopicConfigurations) > 0 || len(c.QueueConfigurations) > 0 || len(c.LambdaFunctionConfigurations) > 0 || c.EventBridgeConfiguration != nil {
		return nil, notBuilt("NotificationConfiguration")
	}
	return &s3api.PutBucketNotificationConfigurationOutput{}, nil
}

// GetBucketWebsite gives the website configuration of a bucket: it has none.
func (s *Service) GetBucketWebsite(ctx context.Context, in *s3api.GetBucketWebsiteInput) (*s3api.GetBucketWebsiteOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketWebsite"})
	if err != nil {
		return nil, err
	}
	return nil, with(api.Errorf("NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration"), "BucketName", b.Name)
}

// DeleteBucketWebsite does nothing: there is no website configuration.
func (s *Service) DeleteBucketWebsite(ctx context.Context, in *s3api.DeleteBucketWebsiteInput) (*s3api.DeleteBucketWebsiteOutput, error) {
	_, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:DeleteBucketWebsite"})
	return &s3api.DeleteBucketWebsiteOutput{}, err
}

// GetBucketReplication gives the replication configuration of a bucket: it has
// none.
func (s *Service) GetBucketReplication(ctx context.Context, in *s3api.GetBucketReplicationInput) (*s3api.GetBucketReplicationOutput, error) {
	b, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetReplicationConfiguration"})
	if err != nil {
		return nil, err
	}
	return nil, with(api.Errorf("ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found"), "BucketName", b.Name)
}

// DeleteBucketReplication does nothing: there is no replication configuration.
func (s *Service) DeleteBucketReplication(ctx context.Context, in *s3api.DeleteBucketReplicationInput) (*s3api.DeleteBucketReplicationOutput, error) {
	_, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:PutReplicationConfiguration"})
	return &s3api.DeleteBucketReplicationOutput{}, err
}

// GetBucketAccelerateConfiguration gives the state of Transfer Acceleration: it
// was never enabled.
func (s *Service) GetBucketAccelerateConfiguration(ctx context.Context, in *s3api.GetBucketAccelerateConfigurationInput) (*s3api.GetBucketAccelerateConfigurationOutput, error) {
	_, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetAccelerateConfiguration"})
	return &s3api.GetBucketAccelerateConfigurationOutput{}, err
}

// GetBucketRequestPayment tells who pays for requests: the bucket's owner.
func (s *Service) GetBucketRequestPayment(ctx context.Context, in *s3api.GetBucketRequestPaymentInput) (*s3api.GetBucketRequestPaymentOutput, error) {
	_, err := s.use(ctx, *in.Bucket, in.ExpectedBucketOwner, question{action: "s3:GetBucketRequestPayment"})
	return &s3api.GetBucketRequestPaymentOutput{Payer: s3api.PayerBucketOwner}, err
}
