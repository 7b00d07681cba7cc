package fortlet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// failing lets every other request fail, in a way.
type failing struct {
	next     s3.HTTPClient
	way      func(next s3.HTTPClient, r *http.Request) (*http.Response, error)
	requests atomic.Int32
}

func (f *failing) Do(r *http.Request) (*http.Response, error) {
	if f.requests.Add(1)%2 == 1 {
		return f.way(f.next, r)
	}
	return f.next.Do(r)
}

var errLost = errors.New("connection lost")

// busy is what a proxy says before the cloud has seen the request.
func busy(_ s3.HTTPClient, r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"))}, nil
}

// lostAnswer does what was asked, but nobody hears of it.
func lostAnswer(next s3.HTTPClient, r *http.Request) (*http.Response, error) {
	resp, err := next.Do(r)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return nil, errors.Join(errLost, err, resp.Body.Close())
}

// lostBody breaks off in the middle of what is sent.
func lostBody(next s3.HTTPClient, r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength < 2 {
		return nil, errLost
	}
	broken := r.Clone(r.Context())
	broken.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, r.ContentLength/2), errReader{errLost}))
	if resp, err := next.Do(broken); err == nil {
		resp.Body.Close()
		return nil, errors.New("an answer to half a request: " + resp.Status)
	}
	return nil, errLost
}

// Who tries again, as every SDK does, ends where one that had no trouble ends:
// an operation that was done and whose answer was lost can be done once more.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(s3.HTTPClient, *http.Request) (*http.Response, error){
		"503": busy, "answers lost": lostAnswer, "bodies broken off": lostBody,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cloud := fortlettest.New(t)
			trouble := &failing{next: httpTo(cloud), way: way}
			client := newS3(cloud.Config(), func(o *s3.Options) {
				o.HTTPClient = trouble
				o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
					o.RateLimiter, o.MaxAttempts = unlimited{}, 10
					o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
					o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(func(err error) aws.Ternary { return aws.BoolTernary(errors.Is(err, errLost)) }))
				})
			})
			useAll(t, client)
			if n := trouble.requests.Load(); n%2 != 0 || n < 20 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// unlimited lets a client try again as often as it likes.
type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (unlimited) AddTokens(uint) error { return nil }

// useAll goes through the life of a bucket.
func useAll(t *testing.T, client *s3.Client) {
	ctx := t.Context()
	bucket := makeBucket(t, client, "again") // in us-east-1 once more is no error
	data := randomBytes(partSize)
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: bytes.NewReader(data)}); err != nil {
		t.Fatal(err)
	}
	wantContent(t, client, bucket, "k", data)
	up, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: new("m"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32})
	if err != nil {
		t.Fatal(err)
	}
	part, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: new("m"), UploadId: up.UploadId, PartNumber: new(int32(1)), Body: bytes.NewReader(data)})
	if err != nil {
		t.Fatal(err)
	}
	copied, err := client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: bucket, Key: new("m"), UploadId: up.UploadId, PartNumber: new(int32(2)), CopySource: new("again/k")})
	if err != nil {
		t.Fatal(err)
	}
	result := copied.CopyPartResult
	done, err := client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: new("m"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{
			{PartNumber: new(int32(1)), ETag: part.ETag, ChecksumCRC32: part.ChecksumCRC32},
			{PartNumber: new(int32(2)), ETag: result.ETag, ChecksumCRC32: result.ChecksumCRC32},
		}}})
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, client, bucket, "m", append(bytes.Clone(data), data...))
	if head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: new("m")}); err != nil || *head.ETag != *done.ETag {
		t.Errorf("HeadObject: %v", err)
	}
	if _, err := client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: new("c"), CopySource: new("again/k")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: new("c")}); err != nil {
		t.Fatal(err)
	}
	out, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: new("k")}, {Key: new("m")}}}})
	if err != nil || len(out.Deleted) != 2 {
		t.Fatal(out, err)
	}
	if list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket}); err != nil || len(list.Contents) > 0 {
		t.Error(list, err)
	}
}
