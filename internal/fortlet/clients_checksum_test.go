package fortlet_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// What the SDK says of a body, by what it knows of it and whether the connection
// is encrypted: a digest of the whole before it, or a checksum behind it.
const (
	unsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	unsignedPayload = "UNSIGNED-PAYLOAD"
	digest          = "" // 64 digits
)

// The SDK sends each of its checksums in every way that it has, and verifies
// what comes back.
func TestChecksums(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	var declared, trailer string
	watch := func(next s3.HTTPClient) s3.HTTPClient {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				declared, trailer = r.Header.Get("X-Amz-Content-Sha256"), r.Header.Get("X-Amz-Trailer")
			}
			return next.Do(r)
		})
	}
	plain := newS3(cloud.Config(), func(o *s3.Options) { o.HTTPClient = watch(httpTo(cloud)) })
	encrypted := newAWS(cloud, cloud.Config(), func(o *s3.Options) { o.HTTPClient = watch(o.HTTPClient) })
	bucket := makeBucket(t, plain, "checksums")
	data := randomBytes(200_000) // several chunks
	for _, a := range []types.ChecksumAlgorithm{
		types.ChecksumAlgorithmCrc32, types.ChecksumAlgorithmCrc32c, types.ChecksumAlgorithmCrc64nvme,
		types.ChecksumAlgorithmSha1, types.ChecksumAlgorithmSha256, types.ChecksumAlgorithmSha512,
	} {
		for name, tt := range map[string]struct {
			client *s3.Client
			body   io.Reader
			length *int64
			want   string
		}{
			"plain":             {plain, bytes.NewReader(data), nil, digest},
			"encrypted":         {encrypted, bytes.NewReader(data), nil, unsignedTrailer},
			"encrypted, stream": {encrypted, unseekable(data), new(int64(len(data))), unsignedTrailer},
		} {
			t.Run(string(a)+" "+name, func(t *testing.T) {
				put, err := tt.client.PutObject(t.Context(), &s3.PutObjectInput{
					Bucket: bucket, Key: &name, Body: tt.body, ContentLength: tt.length, ChecksumAlgorithm: a, ContentEncoding: new("x-test")})
				if err != nil {
					t.Fatal(err)
				}
				if declared != tt.want && (tt.want != digest || len(declared) != 64) || tt.want == unsignedTrailer && !strings.EqualFold(trailer, "x-amz-checksum-"+string(a)) {
					t.Errorf("sent as %q with %q, want %q", declared, trailer, tt.want)
				}
				got, err := plain.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: &name, ChecksumMode: types.ChecksumModeEnabled})
				if err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(got.Body); err != nil || !bytes.Equal(b, data) {
					t.Errorf("got %d bytes, %v", len(b), err)
				}
				if *got.ContentEncoding != "x-test" { // without the aws-chunked of the way here
					t.Errorf("Content-Encoding %q", *got.ContentEncoding)
				}
				m, _ := s3.GetChecksumValidationMetadata(got.ResultMetadata)
				if !slices.Equal(m.AlgorithmsUsed, []string{string(a)}) {
					t.Errorf("the SDK has verified %v", m.AlgorithmsUsed)
				}
				if *put.ETag != *got.ETag || put.ChecksumType != types.ChecksumTypeFullObject {
					t.Errorf("PutObject said %s, %s", *put.ETag, put.ChecksumType)
				}
			})
		}
	}
}

// A stream of which the SDK knows the length alone goes over a plain connection
// when the program asks for no digest of it.
func TestUnsignedStream(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	var declared string
	client := newS3(cloud.Config(), func(o *s3.Options) {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.HTTPClient = roundTripper(func(r *http.Request) (*http.Response, error) {
			declared = r.Header.Get("X-Amz-Content-Sha256")
			return httpTo(cloud).Do(r)
		})
	})
	bucket := makeBucket(t, client, "unsigned")
	data := randomBytes(100_000)
	_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: unseekable(data), ContentLength: new(int64(len(data)))},
		s3.WithAPIOptions(v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware))
	if err != nil || declared != unsignedPayload {
		t.Fatalf("sent as %q: %v", declared, err)
	}
	wantContent(t, client, bucket, "k", data)
}

// What changes on its way is refused, whatever the checksum is of and wherever it
// stands, and nothing is kept of it.
func TestSpoiltBodies(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	spoil := roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPut && r.Body != nil {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			b[len(b)/2] ^= 1
			r.Body = io.NopCloser(bytes.NewReader(b))
		}
		return httpTo(cloud).Do(r)
	})
	honest := newS3(cloud.Config())
	plain := newS3(cloud.Config(), func(o *s3.Options) { o.HTTPClient = spoil })
	encrypted := newAWS(cloud, cloud.Config(), func(o *s3.Options) { o.HTTPClient = spoil })
	bucket := makeBucket(t, honest, "spoilt")
	for name, tt := range map[string]struct {
		client *s3.Client
		in     s3.PutObjectInput
		want   string
	}{
		"digest":      {plain, s3.PutObjectInput{}, "XAmzContentSHA256Mismatch"},
		"CRC32":       {encrypted, s3.PutObjectInput{}, "BadDigest"},
		"SHA-256":     {encrypted, s3.PutObjectInput{ChecksumAlgorithm: types.ChecksumAlgorithmSha256}, "BadDigest"},
		"Content-MD5": {honest, s3.PutObjectInput{ContentMD5: new("1B2M2Y8AsgTpgAmY7PhCfg==")}, "BadDigest"}, // that of nothing
	} {
		t.Run(name, func(t *testing.T) {
			in := tt.in
			in.Bucket, in.Key, in.Body = bucket, &name, bytes.NewReader(randomBytes(70_000))
			_, err := tt.client.PutObject(t.Context(), &in)
			if errorCode(err) != tt.want {
				t.Errorf("PutObject: %v, want %s", err, tt.want)
			}
			_, err = honest.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: &name})
			if errorCode(err) != "NotFound" {
				t.Errorf("HeadObject of it: %v", err)
			}
		})
	}
}
