package fortlet_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	tmtypes "github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

const partSize = 5 << 20 // the least of all but the last

// The SDK's transfer manager uploads in parts at once, and downloads by parts
// or ranges.
func TestTransferManager(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket := makeBucket(t, client, "transfers")
	tm := transfermanager.New(client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold = partSize, partSize
	})
	data := randomBytes(2*partSize + 12345)
	for name, tt := range map[string]struct {
		body  io.Reader
		input transfermanager.UploadObjectInput
	}{
		"a file":                    {body: bytes.NewReader(data)},
		"a stream":                  {body: unseekable(data)},
		"a whole object's checksum": {body: bytes.NewReader(data), input: transfermanager.UploadObjectInput{ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT"}},
		"SHA-256 of SHA-256s":       {body: unseekable(data), input: transfermanager.UploadObjectInput{ChecksumAlgorithm: "SHA256"}},
		"under a key of KMS":        {body: bytes.NewReader(data), input: transfermanager.UploadObjectInput{ServerSideEncryption: "aws:kms"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := tt.input
			in.Bucket, in.Key, in.Body = bucket, &name, tt.body
			in.Metadata, in.ContentType = map[string]string{"from": name}, new("application/x-test")
			out, err := tm.UploadObject(t.Context(), &in)
			if err != nil {
				t.Fatal(err)
			}
			head, err := client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: &name, PartNumber: new(int32(2))})
			if err != nil {
				t.Fatal(err)
			}
			if *head.ETag != *out.ETag || *head.PartsCount != 3 || *head.ContentLength != partSize ||
				head.Metadata["from"] != name || *head.ContentType != "application/x-test" {
				t.Errorf("HeadObject of part 2: %+v", head)
			}
			for _, by := range []tmtypes.GetObjectType{tmtypes.GetObjectParts, tmtypes.GetObjectRanges} {
				got := manager.NewWriteAtBuffer(make([]byte, 0, len(data)))
				down, err := tm.DownloadObject(t.Context(), &transfermanager.DownloadObjectInput{Bucket: bucket, Key: &name, WriterAt: got},
					func(o *transfermanager.Options) { o.GetObjectType = by })
				if err != nil || !bytes.Equal(got.Bytes(), data) || *down.ContentLength != int64(len(data)) {
					t.Errorf("DownloadObject by %s: %d bytes, %v", by, len(got.Bytes()), err)
				}
			}
			stream, err := tm.GetObject(t.Context(), &transfermanager.GetObjectInput{Bucket: bucket, Key: &name})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(stream.Body); err != nil || !bytes.Equal(got, data) {
				t.Errorf("GetObject: %d bytes, %v", len(got), err)
			}
		})
	}
	wantNoUploads(t, client, bucket)
}

func TestTransferManagerDirectories(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket := makeBucket(t, client, "directories")
	tm := transfermanager.New(client)
	files := map[string]string{"a.txt": "a", "sub/b c+d.txt": "b", "sub/ü/%25.txt": "c", "empty": ""}
	from, to := t.TempDir(), t.TempDir()
	for name, text := range files {
		path := filepath.Join(from, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	up, err := tm.UploadDirectory(t.Context(), &transfermanager.UploadDirectoryInput{Bucket: bucket, Source: &from, Recursive: aws.Bool(true), KeyPrefix: new("in")})
	if err != nil || up.ObjectsUploaded != int64(len(files)) {
		t.Fatalf("UploadDirectory: %+v, %v", up, err)
	}
	for name, text := range files {
		wantContent(t, client, bucket, "in/"+name, []byte(text))
	}
	down, err := tm.DownloadDirectory(t.Context(), &transfermanager.DownloadDirectoryInput{Bucket: bucket, Destination: &to, KeyPrefix: new("in")})
	if err != nil || down.ObjectsDownloaded != int64(len(files)) {
		t.Fatalf("DownloadDirectory: %+v, %v", down, err)
	}
	for name, text := range files {
		got, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(name)))
		if err != nil || string(got) != text {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// The manager before the present one is deprecated, and what most programs
// have.
//
//lint:file-ignore SA1019 see above
func TestManager(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket := makeBucket(t, client, "managed")
	data := randomBytes(2*partSize + 12345)
	for name, body := range map[string]io.Reader{"a file": bytes.NewReader(data), "a stream": unseekable(data)} {
		out, err := manager.NewUploader(client).Upload(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &name, Body: body})
		if err != nil || len(out.CompletedParts) != 3 {
			t.Fatalf("%s: %d parts, %v", name, len(out.CompletedParts), err)
		}
		got := manager.NewWriteAtBuffer(nil)
		n, err := manager.NewDownloader(client).Download(t.Context(), got, &s3.GetObjectInput{Bucket: bucket, Key: &name})
		if err != nil || n != int64(len(data)) || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("%s: %d bytes downloaded, %v", name, n, err)
		}
	}
	region, err := manager.GetBucketRegion(t.Context(), client, *bucket)
	if err != nil || region != "us-east-1" {
		t.Errorf("GetBucketRegion: %q, %v", region, err)
	}
}

// A manager aborts the upload that it cannot finish.
func TestTransferThatFails(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	root := newS3(cloud.Config())
	bucket := makeBucket(t, root, "unfinished")
	broken := errors.New("the source is broken")
	body := func() io.Reader {
		return io.MultiReader(bytes.NewReader(randomBytes(2*partSize)), errReader{broken})
	}
	_, err := transfermanager.New(root).UploadObject(t.Context(), &transfermanager.UploadObjectInput{Bucket: bucket, Key: new("k"), Body: body()},
		func(o *transfermanager.Options) { o.PartSizeBytes, o.MultipartUploadThreshold = partSize, partSize })
	if !errors.Is(err, broken) {
		t.Errorf("transfermanager: %v", err)
	}
	_, err = manager.NewUploader(root).Upload(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: body()})
	if !errors.Is(err, broken) {
		t.Errorf("manager: %v", err)
	}

	// A part that does not arrive as it was sent.
	cfg := cloud.Config()
	spoil := newS3(cfg, func(o *s3.Options) {
		o.HTTPClient = roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("partNumber") == "2" {
				b, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				b[len(b)/2] ^= 1
				r.Body = io.NopCloser(bytes.NewReader(b))
			}
			return http.DefaultClient.Do(r)
		})
	})
	_, err = manager.NewUploader(spoil).Upload(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: bytes.NewReader(randomBytes(2*partSize + 1))})
	if errorCode(err) != "XAmzContentSHA256Mismatch" {
		t.Errorf("a part changed on its way: %v", err)
	}

	// A user who may not write cannot begin.
	reader := newS3(cloud.User("reader", document(statement("Allow", "s3:GetObject", anyResource, ""))))
	_, err = manager.NewUploader(reader).Upload(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: new("k"), Body: bytes.NewReader(randomBytes(2*partSize + 1))})
	if errorCode(err) != denied {
		t.Errorf("by who may only read: %v", err)
	}

	// One who gives up.
	ctx, cancel := context.WithCancel(t.Context())
	_, err = transfermanager.New(root).UploadObject(ctx, &transfermanager.UploadObjectInput{
		Bucket: bucket, Key: new("k"), Body: io.MultiReader(bytes.NewReader(randomBytes(2*partSize)), cancelReader(cancel), bytes.NewReader(randomBytes(2*partSize)))},
		func(o *transfermanager.Options) {
			o.PartSizeBytes, o.MultipartUploadThreshold, o.FailTimeout = partSize, partSize, time.Minute
		})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	wantNoUploads(t, root, bucket)
	_, err = root.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: new("k")})
	if _, ok := errors.AsType[*types.NotFound](err); !ok {
		t.Errorf("an object of it: %v", err)
	}
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

// cancelReader cancels when it is read, and is empty.
type cancelReader func()

func (cancel cancelReader) Read([]byte) (int, error) {
	cancel()
	return 0, io.EOF
}

func wantNoUploads(t *testing.T, client *s3.Client, bucket *string) {
	t.Helper()
	out, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: bucket})
	if err != nil || len(out.Uploads) > 0 {
		t.Errorf("uploads left: %v, %v", out.Uploads, err)
	}
}
