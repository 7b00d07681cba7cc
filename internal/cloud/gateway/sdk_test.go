package gateway_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// client is a client of the AWS SDK for a key and an endpoint, for which every
// host is the server.
func (s *bucketServer) client(k key, endpoint string, options ...func(*s3.Options)) *s3.Client {
	transport := s.transport()
	s.Cleanup(transport.CloseIdleConnections)
	s.Cloud.Signed = time.Now // as the SDK's
	return s3.NewFromConfig(aws.Config{
		Region:           region,
		Credentials:      credentials.NewStaticCredentialsProvider(k.id, k.secret, k.token),
		HTTPClient:       &http.Client{Transport: transport},
		BaseEndpoint:     &endpoint,
		RetryMaxAttempts: 1,
	}, options...)
}

// transport takes every host for the server.
func (s *bucketServer) transport() *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.net.addr)
		},
		ExpectContinueTimeout: time.Minute, // only a broken server lets it pass
	}
}

// styles are the ways in which a client can address a bucket.
var styles = map[string]struct {
	endpoint string
	pathOnly bool
}{
	"path":              {"http://localhost:4566", true},
	"address":           {"http://127.0.0.1:4566", false},
	"below localhost":   {"http://localhost:4566", false},
	"below the service": {"http://s3.localhost:4566", false},
	"AWS":               {"http://s3.us-east-1.amazonaws.com", false},
}

// TestSDK puts, gets, lists and deletes as programs do.
func TestSDK(t *testing.T) {
	for name, style := range styles {
		t.Run(name, func(t *testing.T) {
			s := newBucketServer(t)
			c := s.client(s.root(), style.endpoint, func(o *s3.Options) { o.UsePathStyle = style.pathOnly })
			ctx, bucket := t.Context(), aws.String("private")
			bodies := map[string][]byte{
				"empty":                nil,
				"a b+c/€//./../=&?#%d": []byte("content"),
				"large":                bytes.Repeat([]byte("0123456789abcdef"), 9<<20/16),
			}
			for key, body := range bodies {
				if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: bytes.NewReader(body), ContentType: aws.String("text/x")}); err != nil {
					t.Fatalf("%q: %v", key, err)
				}
				out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
				if err != nil {
					t.Fatalf("%q: %v", key, err)
				}
				got, err := io.ReadAll(out.Body)
				if err != nil || !bytes.Equal(got, body) || *out.ContentLength != int64(len(body)) || *out.ContentType != "text/x" {
					t.Errorf("%q: %d bytes, %+v, %v", key, len(got), out, err)
				}
				out.Body.Close()
				head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: &key})
				if err != nil || *head.ContentLength != int64(len(body)) {
					t.Errorf("%q: %+v, %v", key, head, err)
				}
			}
			list, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket})
			if err != nil || len(list.Contents) != len(bodies) {
				t.Errorf("%+v, %v", list, err)
			}
			var remove types.Delete
			for key := range bodies {
				remove.Objects = append(remove.Objects, types.ObjectIdentifier{Key: &key})
			}
			if out, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &remove}); err != nil || len(out.Deleted) != len(bodies) {
				t.Errorf("%+v, %v", out, err)
			}
			_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("large")})
			if e, ok := errors.AsType[*types.NoSuchKey](err); !ok {
				t.Errorf("%v is %v", e, err)
			}
			_, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("large")})
			if e, ok := errors.AsType[*types.NotFound](err); !ok {
				t.Errorf("%v is %v", e, err)
			}
		})
	}
}

// TestSDKUploads: the ways in which an SDK can send a body.
func TestSDKUploads(t *testing.T) {
	s := newBucketServer(t)
	body := bytes.Repeat([]byte("0123456789abcdef"), 3<<20/16)
	plain := func(o *s3.Options) {}
	for name, test := range map[string]struct {
		in      s3.PutObjectInput
		options func(*s3.Options)
	}{
		"signed":          {s3.PutObjectInput{Body: bytes.NewReader(body)}, plain},
		"not signed":      {s3.PutObjectInput{Body: bytes.NewReader(body)}, s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)},
		"SHA-256":         {s3.PutObjectInput{Body: bytes.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmSha256}, plain},
		"asked before":    {s3.PutObjectInput{Body: bytes.NewReader(body)}, func(o *s3.Options) { o.ContinueHeaderThresholdBytes = 1 }},
		"without waiting": {s3.PutObjectInput{Body: bytes.NewReader(body)}, func(o *s3.Options) { o.ContinueHeaderThresholdBytes = -1 }},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.client(s.root(), "http://localhost:4566", func(o *s3.Options) { o.UsePathStyle = true }, test.options)
			test.in.Bucket, test.in.Key = aws.String("private"), aws.String(name)
			if _, err := c.PutObject(t.Context(), &test.in); err != nil {
				t.Fatal(err)
			}
			if o := s.object("private/" + name); o == nil || !bytes.Equal(o.body, body) {
				t.Errorf("%+v was put", o)
			}
		})
	}
}

// TestSDKDenied: a client sees why its 20 MB are not wanted.
func TestSDKDenied(t *testing.T) {
	s := newBucketServer(t)
	nobody := s.user("nobody", "")
	for name, threshold := range map[string]int64{"asked before": 1, "without waiting": -1} {
		c := s.client(nobody, "http://localhost:4566", func(o *s3.Options) {
			o.UsePathStyle, o.ContinueHeaderThresholdBytes = true, threshold
		})
		_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("private"), Key: aws.String("k"), Body: bytes.NewReader(make([]byte, 20<<20))})
		e, ok := errors.AsType[smithy.APIError](err)
		if !ok || e.ErrorCode() != "AccessDenied" {
			t.Errorf("%s: %v", name, err)
		}
		var r *smithyhttp.ResponseError
		if !errors.As(err, &r) || r.HTTPStatusCode() != 403 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSDKPresigned: addresses that the SDK makes are good for whoever has them.
func TestSDKPresigned(t *testing.T) {
	s := newBucketServer(t)
	for _, style := range styles {
		c := s.client(s.root(), style.endpoint, func(o *s3.Options) { o.UsePathStyle = style.pathOnly })
		p := s3.NewPresignClient(c)
		in := &s3.PutObjectInput{Bucket: aws.String("private"), Key: aws.String("a b+c"), ContentType: aws.String("text/x"), Metadata: map[string]string{"a": "1"}}
		put, err := p.PresignPutObject(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		s.fetch(t, put, "content")
		if o := s.object("private/a b+c"); o == nil || string(o.body) != "content" || o.input.Metadata["a"] != "1" {
			t.Errorf("%+v was put by %s", o, put.URL)
		}
		get, err := p.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("private"), Key: aws.String("a b+c")})
		if err != nil {
			t.Fatal(err)
		}
		if body := s.fetch(t, get, ""); body != "content" {
			t.Errorf("%q at %s", body, get.URL)
		}
	}
}

// fetch makes a presigned request.
func (s *bucketServer) fetch(t *testing.T, p *v4.PresignedHTTPRequest, body string) string {
	t.Helper()
	r, err := http.NewRequest(p.Method, p.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = p.SignedHeader.Clone()
	transport := s.transport()
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("%s: %d %s, %v", p.URL, resp.StatusCode, got, err)
	}
	return string(got)
}
