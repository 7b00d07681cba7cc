package fortlet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// Every paginator of the SDK comes to the end, and brings each item once.
func TestPaginators(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket := makeBucket(t, client, "pages")
	for i := range 6 {
		makeBucket(t, client, fmt.Sprintf("pages-%d", i))
	}
	ctx := t.Context()
	_, err := client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}})
	if err != nil {
		t.Fatal(err)
	}
	var keys, versions, uploads []string
	for i := range 5 {
		key := fmt.Sprintf("k%d", i)
		keys = append(keys, key)
		for range 3 {
			out, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader(key)})
			if err != nil {
				t.Fatal(err)
			}
			versions = append(versions, *out.VersionId)
		}
		for range 2 {
			out, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key})
			if err != nil {
				t.Fatal(err)
			}
			uploads = append(uploads, *out.UploadId)
		}
	}
	for n := range int32(5) {
		_, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: new("k0"), UploadId: &uploads[0], PartNumber: new(10*n + 1), Body: strings.NewReader("part")})
		if err != nil {
			t.Fatal(err)
		}
	}
	size := new(int32(2))
	wantPages(t, "buckets", s3.NewListBucketsPaginator(client, &s3.ListBucketsInput{MaxBuckets: size, Prefix: new("pages-")}), func(p *s3.ListBucketsOutput) (got []string) {
		for _, b := range p.Buckets {
			got = append(got, strings.TrimPrefix(*b.Name, "pages-"))
		}
		return got
	}, []string{"0", "1", "2", "3", "4", "5"})
	wantPages(t, "objects", s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: size}), func(p *s3.ListObjectsV2Output) (got []string) {
		for _, o := range p.Contents {
			got = append(got, *o.Key)
		}
		return got
	}, keys)
	wantPages(t, "versions", s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: bucket, MaxKeys: size}), func(p *s3.ListObjectVersionsOutput) (got []string) {
		for _, v := range p.Versions {
			got = append(got, *v.VersionId)
		}
		return got
	}, versions)
	wantPages(t, "uploads", s3.NewListMultipartUploadsPaginator(client, &s3.ListMultipartUploadsInput{Bucket: bucket, MaxUploads: size}), func(p *s3.ListMultipartUploadsOutput) (got []string) {
		for _, u := range p.Uploads {
			got = append(got, *u.UploadId)
		}
		return got
	}, uploads)
	wantPages(t, "parts", s3.NewListPartsPaginator(client, &s3.ListPartsInput{Bucket: bucket, Key: new("k0"), UploadId: &uploads[0], MaxParts: size}), func(p *s3.ListPartsOutput) (got []string) {
		for _, part := range p.Parts {
			got = append(got, fmt.Sprint(*part.PartNumber))
		}
		return got
	}, []string{"1", "11", "21", "31", "41"})
}

// paginator is what the SDK's have in common.
type paginator[O any] interface {
	HasMorePages() bool
	NextPage(ctx context.Context, edit ...func(*s3.Options)) (*O, error)
}

// wantPages asserts what the pages of a list hold, in any order: the newest
// version of a key comes first.
func wantPages[O any](t *testing.T, what string, pages paginator[O], items func(*O) []string, want []string) {
	t.Helper()
	var got []string
	n := 0
	for ; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Errorf("%s: page %d: %v", what, n+1, err)
			return
		}
		got = append(got, items(page)...)
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) || n != (len(want)+1)/2 {
		t.Errorf("%s on %d pages: %q, want %q", what, n, got, want)
	}
}

func TestWaiters(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket, gone := makeBucket(t, client, "awaited"), new("gone")
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	const at = time.Minute
	for what, err := range map[string]error{
		"BucketExists":    s3.NewBucketExistsWaiter(client).Wait(t.Context(), &s3.HeadBucketInput{Bucket: bucket}, at),
		"BucketNotExists": s3.NewBucketNotExistsWaiter(client).Wait(t.Context(), &s3.HeadBucketInput{Bucket: gone}, at),
		"ObjectExists":    s3.NewObjectExistsWaiter(client).Wait(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: new("k")}, at),
		"ObjectNotExists": s3.NewObjectNotExistsWaiter(client).Wait(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: gone}, at),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// What ends a wait is not what it waits for.
	once := func(o *s3.ObjectExistsWaiterOptions) { o.MinDelay, o.MaxDelay = time.Nanosecond, time.Nanosecond }
	if err := s3.NewObjectExistsWaiter(client).Wait(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: gone}, time.Millisecond, once); err == nil {
		t.Error("ObjectExists of what does not exist")
	}
}

// The errors that the SDK has types for come as these.
func TestTypedErrors(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket, gone := makeBucket(t, client, "typed"), new("gone")
	ctx := t.Context()
	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: gone})
	wantType[*types.NoSuchKey](t, err)
	_, err = client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: gone})
	wantType[*types.NoSuchBucket](t, err)
	_, err = client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: gone})
	wantType[*types.NotFound](t, err)
	_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: gone})
	wantType[*types.NotFound](t, err)
	_, err = client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: gone, UploadId: gone})
	wantType[*types.NoSuchUpload](t, err)
	far := newS3(fortlettest.New(t).Config(), func(o *s3.Options) { o.Region = "eu-west-1" })
	create := &s3.CreateBucketInput{Bucket: gone, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}}
	if _, err := far.CreateBucket(ctx, create); err != nil {
		t.Fatal(err)
	}
	_, err = far.CreateBucket(ctx, create)
	wantType[*types.BucketAlreadyOwnedByYou](t, err)
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: strings.NewReader("x"), WriteOffsetBytes: new(int64(3))})
	if errorCode(err) != "NotImplemented" {
		t.Errorf("appending: %v", err)
	}
	_, err = client.SelectObjectContent(ctx, &s3.SelectObjectContentInput{Bucket: bucket, Key: gone, Expression: new("select * from s3object"), ExpressionType: types.ExpressionTypeSql,
		InputSerialization: &types.InputSerialization{CSV: &types.CSVInput{}}, OutputSerialization: &types.OutputSerialization{CSV: &types.CSVOutput{}}})
	if errorCode(err) != "NotImplemented" {
		t.Errorf("SelectObjectContent: %v", err)
	}
	_, err = client.RestoreObject(ctx, &s3.RestoreObjectInput{Bucket: bucket, Key: gone, RestoreRequest: &types.RestoreRequest{Days: new(int32(1))}})
	if errorCode(err) != "NotImplemented" {
		t.Errorf("RestoreObject: %v", err)
	}
}

func wantType[E error](t *testing.T, err error) {
	t.Helper()
	if _, ok := errors.AsType[E](err); !ok {
		t.Errorf("%v is no %T", err, *new(E))
	}
}
