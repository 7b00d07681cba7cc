package fortlet_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/fortlet/fortlet/fortlettest"
)

// The tests of the files clients_*_test.go are programs as users of S3 have
// them, with the SDK, the CLI and boto3 as they come. What such a client writes
// it must read back, and what AWS would refuse it must see refused.

// newS3 is a client of S3 in a program that has been told the endpoint and
// nothing else: HTTP client, retries and checksums are what the SDK loads by
// default.
func newS3(cfg aws.Config, edit ...func(*s3.Options)) *s3.Client {
	cfg.HTTPClient, cfg.RetryMaxAttempts = nil, 0
	return s3.NewFromConfig(cfg, edit...)
}

// newAWS is a client of a program that has not been told even the endpoint. It
// calls https://BUCKET.s3.REGION.amazonaws.com, and every such connection goes
// to the cloud, as if TLS had just been taken off before it.
func newAWS(cloud *fortlettest.Cloud, cfg aws.Config, edit ...func(*s3.Options)) *s3.Client {
	cfg.BaseEndpoint = nil
	there := func(o *s3.Options) { o.HTTPClient = httpTo(cloud) }
	return newS3(cfg, append([]func(*s3.Options){there}, edit...)...)
}

// httpTo is the SDK's HTTP client, for which every host is the cloud.
func httpTo(cloud *fortlettest.Cloud) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(tr *http.Transport) {
		tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(cloud.Endpoint, "http://"))
		}
		tr.DialTLSContext = tr.DialContext
	})
}

// roundTripper is a client of HTTP that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) Do(r *http.Request) (*http.Response, error) { return f(r) }

// makeBucket makes a bucket for a test.
func makeBucket(t *testing.T, client *s3.Client, name string) *string {
	t.Helper()
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	return &name
}

// content reads an object.
func content(t *testing.T, client *s3.Client, bucket *string, key string) []byte {
	t.Helper()
	out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: &key})
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return b
}

// wantContent asserts what is in an object.
func wantContent(t *testing.T, client *s3.Client, bucket *string, key string, want []byte) {
	t.Helper()
	if got := content(t, client, bucket, key); !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes that are not the %d written", key, len(got), len(want))
	}
}

// randomBytes are bytes that no two parts of have in common.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}

// unseekable is a stream of which nothing is known but its bytes.
func unseekable(b []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(b)} }
