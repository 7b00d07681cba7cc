package wire

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

const benchRequestID = "d2c2a1f4-0c7b-4b4f-a3de-33a1f1b2c3d4"

// benchHeader has what the SDKs send with every request of S3.
func benchHeader(more ...string) http.Header {
	h := http.Header{
		"Authorization":         {"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260203/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00"},
		"User-Agent":            {"aws-sdk-go-v2/1.47.7"},
		"X-Amz-Date":            {"20260203T040506Z"},
		"X-Amz-Content-Sha256":  {"UNSIGNED-PAYLOAD"},
		"Accept-Encoding":       {"identity"},
		"Amz-Sdk-Request":       {"attempt=1; max=3"},
		"Amz-Sdk-Invocation-Id": {benchRequestID},
	}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

var benchLabels = map[string]string{"Bucket": "amzn-s3-demo-bucket", "Key": "photos/2026/february/sample.jpg"}

func benchDecode(b *testing.B, op *api.Operation, r *Request) {
	codec := For(op.Service.Protocol)
	b.ReportAllocs()
	for b.Loop() {
		in, err := codec.Decode(op, r)
		if err == nil {
			err = Validate(op, in)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchEncode(b *testing.B, op *api.Operation, out any) {
	codec := For(op.Service.Protocol)
	buf := make([]byte, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		codec.EncodeOutput(buf, op, out, benchRequestID)
	}
}

func BenchmarkRestDecodeGetObject(b *testing.B) {
	benchDecode(b, &s3api.OpGetObject.Operation, &Request{Method: "GET", RawQuery: "x-id=GetObject", Header: benchHeader("Range", "bytes=0-1023", "X-Amz-Checksum-Mode", "ENABLED"), Labels: benchLabels})
}

func BenchmarkRestDecodePutObject(b *testing.B) {
	benchDecode(b, &s3api.OpPutObject.Operation, &Request{Method: "PUT", RawQuery: "x-id=PutObject", Labels: benchLabels, Payload: bytes.NewReader(nil),
		Header: benchHeader("Content-Length", "1024", "Content-Type", "image/jpeg", "X-Amz-Server-Side-Encryption", "aws:kms", "X-Amz-Checksum-Crc32", "AAAAAA==",
			"X-Amz-Sdk-Checksum-Algorithm", "CRC32", "X-Amz-Meta-Origin", "camera")})
}

func BenchmarkRestDecodeListObjectsV2(b *testing.B) {
	benchDecode(b, &s3api.OpListObjectsV2.Operation, &Request{Method: "GET", RawQuery: "list-type=2&prefix=photos%2F&delimiter=%2F&max-keys=1000&encoding-type=url", Header: benchHeader(), Labels: benchLabels})
}

func BenchmarkRestDecodeDeleteObjects(b *testing.B) {
	body := []byte(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for i := range 1000 {
		body = fmt.Appendf(body, "<Object><Key>photos/2026/february/sample-%d.jpg</Key></Object>", i)
	}
	body = append(body, "<Quiet>true</Quiet></Delete>"...)
	b.SetBytes(int64(len(body)))
	benchDecode(b, &s3api.OpDeleteObjects.Operation, &Request{Method: "POST", RawQuery: "delete", Header: benchHeader(), Labels: benchLabels, Body: body})
}

func benchGetObjectOutput() *s3api.GetObjectOutput {
	when := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)
	return &s3api.GetObjectOutput{
		Body: bytes.NewReader(nil), AcceptRanges: new("bytes"), ContentLength: new(int64(1024)), ContentType: new("image/jpeg"),
		ETag: new(`"d41d8cd98f00b204e9800998ecf8427e"`), LastModified: &when, ServerSideEncryption: s3api.ServerSideEncryptionAwsKms,
		SSEKMSKeyId: new(benchKey), Metadata: map[string]string{"origin": "camera"},
	}
}

func BenchmarkRestEncodeGetObject(b *testing.B) {
	benchEncode(b, &s3api.OpGetObject.Operation, benchGetObjectOutput())
}

func BenchmarkRestEncodePutObject(b *testing.B) {
	benchEncode(b, &s3api.OpPutObject.Operation, &s3api.PutObjectOutput{
		ETag: new(`"d41d8cd98f00b204e9800998ecf8427e"`), ServerSideEncryption: s3api.ServerSideEncryptionAes256,
		ChecksumCRC32: new("AAAAAA=="), ChecksumType: s3api.ChecksumTypeFullObject,
	})
}

func BenchmarkRestEncodeListObjectsV2(b *testing.B) {
	when := time.Date(2026, 2, 3, 4, 5, 6, 7e6, time.UTC)
	out := &s3api.ListObjectsV2Output{
		Name: new("amzn-s3-demo-bucket"), Prefix: new("photos/"), MaxKeys: new(int32(1000)), KeyCount: new(int32(1000)), IsTruncated: new(true),
		NextContinuationToken: new("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="),
	}
	for i := range 1000 {
		out.Contents = append(out.Contents, s3api.Object{
			Key: new(fmt.Sprintf("photos/2026/february/sample-%d.jpg", i)), LastModified: &when, ETag: new(`"d41d8cd98f00b204e9800998ecf8427e"`),
			Size: new(int64(i)), StorageClass: s3api.ObjectStorageClassStandard,
			ChecksumAlgorithm: []s3api.ChecksumAlgorithm{s3api.ChecksumAlgorithmCrc32}, ChecksumType: s3api.ChecksumTypeFullObject,
		})
	}
	benchEncode(b, &s3api.OpListObjectsV2.Operation, out)
}

func BenchmarkRestTrailGetObject(b *testing.B) {
	in := &s3api.GetObjectInput{Bucket: new("amzn-s3-demo-bucket"), Key: new("photos/2026/february/sample.jpg")}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		AppendRequestTrail(buf, &s3api.OpGetObject.Operation, in, "amzn-s3-demo-bucket.s3.us-east-1.amazonaws.com")
	}
}
