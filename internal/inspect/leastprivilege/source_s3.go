package leastprivilege

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Bucket is a Source: the log files below a prefix of a bucket.
type Bucket struct {
	Name, Prefix string
	Client       *s3.Client

	count logCount
}

// NewBucket makes the source of s3://bucket/prefix.
func NewBucket(cfg aws.Config, url string) (*Bucket, error) {
	rest, ok := strings.CutPrefix(url, "s3://")
	name, prefix, _ := strings.Cut(rest, "/")
	if !ok || name == "" {
		return nil, fmt.Errorf("%q is no s3://bucket/prefix", url)
	}
	// An endpoint that is an address has no names below it for buckets.
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil })
	return &Bucket{Name: name, Prefix: prefix, Client: client}, nil
}

// Records implements Source.
func (b *Bucket) Records(ctx context.Context, q Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		b.count = logCount{}
		pages := s3.NewListObjectsV2Paginator(b.Client, &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &b.Prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, o := range page.Contents {
				if !b.count.wants(*o.Key, &q) {
					continue
				}
				more, err := b.read(ctx, *o.Key, &q, func(r *Record) bool { return yield(r, nil) })
				if err != nil {
					yield(nil, err)
				}
				if err != nil || !more {
					return
				}
			}
		}
	}
}

func (b *Bucket) read(ctx context.Context, key string, q *Query, yield func(*Record) bool) (more bool, err error) {
	out, err := b.Client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: &key})
	if err != nil {
		return false, fmt.Errorf("%s: %w", b.url(key), err)
	}
	defer out.Body.Close()
	return decodeLog(b.url(key), out.Body, q, yield)
}

func (b *Bucket) url(key string) string { return "s3://" + b.Name + "/" + key }

// About implements Source.
func (b *Bucket) About() []string { return b.count.about(b.url(b.Prefix)) }

var _ Source = (*Bucket)(nil)
