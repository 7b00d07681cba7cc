package fortlet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// The endpoints by which programs reach S3. Those whose host is a name have the
// bucket in front of it.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	port := cloud.Endpoint[strings.LastIndexByte(cloud.Endpoint, ':'):]
	for name, edit := range map[string]func(*s3.Options){
		"of AWS": func(o *s3.Options) { o.BaseEndpoint = nil },
		"of AWS, dual stack": func(o *s3.Options) {
			o.BaseEndpoint, o.EndpointOptions.UseDualStackEndpoint = nil, aws.DualStackEndpointStateEnabled
		},
		"of AWS, FIPS": func(o *s3.Options) {
			o.BaseEndpoint, o.EndpointOptions.UseFIPSEndpoint = nil, aws.FIPSEndpointStateEnabled
		},
		"of AWS, path":        func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = nil, true },
		"of AWS, accelerated": func(o *s3.Options) { o.BaseEndpoint, o.UseAccelerate = nil, true },
		"localhost":           func(o *s3.Options) { o.BaseEndpoint = new("http://localhost" + port) },
		"s3.localhost":        func(o *s3.Options) { o.BaseEndpoint = new("http://s3.localhost" + port) },
		"localhost, path":     func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = new("http://localhost"+port), true },
		"address":             func(o *s3.Options) { o.BaseEndpoint = &cloud.Endpoint },
	} {
		t.Run(name, func(t *testing.T) {
			client := newS3(cloud.Config(), func(o *s3.Options) { o.HTTPClient = httpTo(cloud) }, edit)
			direct := newS3(cloud.Config())
			bucket := makeBucket(t, direct, strings.ToLower(strings.NewReplacer(" ", "-", ",", "").Replace(name)))
			key := "a/ü //+%.txt"
			if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader("hello")}); err != nil {
				t.Fatal(err)
			}
			wantContent(t, client, bucket, key, []byte("hello"))
			wantContent(t, direct, bucket, key, []byte("hello"))
			if _, err := client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: bucket, Key: new("copy"), CopySource: new(*bucket + "/a/%C3%BC%20//%2B%25.txt")}); err != nil {
				t.Error(err)
			}
			list, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket, Delimiter: new("/")})
			if err != nil || len(list.Contents) != 1 || len(list.CommonPrefixes) != 1 {
				t.Errorf("ListObjectsV2: %+v, %v", list, err)
			}
			wantLocation(t, client, bucket)
			if name == "of AWS, accelerated" {
				return // which knows no buckets' own operations
			}
			if _, err := client.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: new("k"), Value: new("v")}}}}); err != nil {
				t.Error(err)
			}
			all, err := client.ListBuckets(t.Context(), nil)
			if err != nil || !slices.ContainsFunc(all.Buckets, func(b types.Bucket) bool { return *b.Name == *bucket }) {
				t.Errorf("ListBuckets: %v", err)
			}
		})
	}
}

// wantLocation asserts that a completed upload is said to be where the client
// finds it.
func wantLocation(t *testing.T, client *s3.Client, bucket *string) {
	t.Helper()
	ctx, key := t.Context(), new("uploaded")
	up, err := client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	part, err := client.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: new(int32(1)), Body: strings.NewReader("part")})
	if err != nil {
		t.Fatal(err)
	}
	done, err := client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: new(int32(1)), ETag: part.ETag}}}})
	if err != nil {
		t.Fatal(err)
	}
	link, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	address, _, _ := strings.Cut(link.URL, "?")
	_, want, _ := strings.Cut(address, "://") // the cloud sees no TLS
	if got := aws.ToString(done.Location); got != "http://"+want {
		t.Errorf("Location %q, want http://%s", got, want)
	}
	if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key}); err != nil {
		t.Error(err)
	}
}

// Names with dots, which are no single label of a host.
func TestBucketWithDots(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	client := newS3(cloud.Config(), func(o *s3.Options) {
		o.HTTPClient, o.BaseEndpoint = httpTo(cloud), new("http://s3.localhost:4566")
	})
	bucket := makeBucket(t, client, "my.bucket.of.logs")
	if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: strings.NewReader("hello")}); err != nil {
		t.Fatal(err)
	}
	wantContent(t, newS3(cloud.Config()), bucket, "k", []byte("hello"))
}

// Programs without credentials get what is open to the public, and no more.
func TestAnonymousCredentials(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	root := newAWS(cloud, cloud.Config())
	anonymous := cloud.Config()
	anonymous.Credentials = aws.AnonymousCredentials{}
	public := newAWS(cloud, anonymous)
	bucket := makeBucket(t, root, "public")
	for _, key := range []string{"open/k", "closed/k"} {
		if _, err := root.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader("hello")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := root.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	policy := document(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::public/open/*"}`)
	if _, err := root.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	wantContent(t, public, bucket, "open/k", []byte("hello"))
	for what, err := range map[string]error{
		"GetObject":     second(public.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: new("closed/k")})),
		"PutObject":     second(public.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("open/k"), Body: strings.NewReader("x")})),
		"ListObjectsV2": second(public.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: bucket})),
		"ListBuckets":   second(public.ListBuckets(t.Context(), nil)),
	} {
		if errorCode(err) != denied {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// S3 Express One Zone is not built. The SDK tells its directory buckets by their
// names, and is told in a way that it understands.
func TestDirectoryBuckets(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	name := new("mine--use1-az4--x-s3")
	client := newAWS(cloud, cloud.Config())
	for what, err := range map[string]error{
		"CreateBucket": second(client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, CreateBucketConfiguration: &types.CreateBucketConfiguration{
			Location: &types.LocationInfo{Name: new("use1-az4"), Type: types.LocationTypeAvailabilityZone},
			Bucket:   &types.BucketInfo{DataRedundancy: types.DataRedundancySingleAvailabilityZone, Type: types.BucketTypeDirectory},
		}})),
		"GetObject, which begins with CreateSession": second(client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: name, Key: new("k")})),
		"ListDirectoryBuckets":                       second(client.ListDirectoryBuckets(t.Context(), nil)),
	} {
		if err == nil || !strings.HasSuffix(err.Error(), "NotImplemented: The service s3express is not built in Fortlet.") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
