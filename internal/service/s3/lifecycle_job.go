package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// lifecycleJob is the background job that does what lifecycle rules say. It runs
// once a day at midnight UTC, as on AWS; since all that a rule counts in days is
// over at a midnight, nothing is late then.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
const (
	lifecycleJob      = "s3.lifecycle"
	lifecycleSchedule = work.Daily(0)
)

// runLifecycles does what the lifecycle rules of all buckets say. It asks nobody
// for permission: "You can't use a bucket policy to prevent deletions or
// transitions by an S3 Lifecycle rule". Object lock alone holds it.
//
// What fails in one bucket keeps no other waiting. The run is then tried again,
// as is one that is broken off; what was done is found done.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html
func (s *Service) runLifecycles(ctx context.Context) error {
	var errs []error
	for after := ""; ; {
		list, last, err := s.withLifecycle(ctx, after)
		if err != nil {
			return err
		}
		for _, b := range list {
			err := s.runLifecycle(ctx, b)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("lifecycle of bucket %s: %w", b.Name, err))
			}
		}
		if last == "" {
			return errors.Join(errs...)
		}
		after = last
	}
}

// withLifecycle gives the buckets with lifecycle rules among the next rows, and
// the last of these; "" is the end.
func (s *Service) withLifecycle(ctx context.Context, after string) (list []*Bucket, last string, err error) {
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := 0
		for name, b := range buckets.Scan(tx, "", after) {
			if b.Lifecycle != nil {
				list = append(list, b)
			}
			if rows++; rows == sweepPage {
				last = name
				return nil
			}
		}
		return nil
	})
	return list, last, err
}

// runLifecycle does what the rules of one bucket say.
func (s *Service) runLifecycle(ctx context.Context, b *Bucket) error {
	w := &sweep{service: s, bucket: b, count: map[string]int{}}
	err := w.run(ctx)
	if errors.Is(err, errNoSuchBucket(b.Name)) {
		err = nil // it has been deleted meanwhile
	}
	if len(w.count) > 0 {
		s.cloud.Log.Info("lifecycle rules were applied", "bucket", b.Name,
			"deleted", w.count[lifecycleExpire], "markers", w.count[lifecycleMarker], "uploads", w.count[lifecycleAbort])
	}
	return err
}
