package gateway_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// enter asks for permission.
func (b *bucketWorld) enter(ctx context.Context, bucket, key *string) error {
	call := cloud.From(ctx)
	b.mu.Lock()
	b.call = call
	b.mu.Unlock()
	r := authz.Request{Action: call.Operation.Action(), Resource: "arn:aws:s3:::" + *bucket, Owner: fortlet.DefaultAccount}
	if key != nil {
		r.Resource += "/" + *key
	}
	if strings.HasPrefix(*bucket, "public") {
		r.Policy = publicPolicy
	}
	return authz.Check(ctx, r)
}

// read reads a body to its end.
func (b *bucketWorld) read(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failure = err
	return body, err
}

func (b *bucketWorld) keep(key string, o *object) *string {
	sum := md5.Sum(o.body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = o
	return new(`"` + hex.EncodeToString(sum[:]) + `"`)
}

// answerWith has GetObject answer with something else than what was put.
func (b *bucketWorld) answerWith(r io.Reader, length int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.body = func() (io.Reader, int64) { return r, length }
}

func (b *bucketWorld) object(key string) *object {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.objects[key]
}

func (b *bucketWorld) put(ctx context.Context, in *s3api.PutObjectInput) (*s3api.PutObjectOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	body, err := b.read(in.Body)
	if err != nil {
		return nil, err
	}
	return &s3api.PutObjectOutput{ETag: b.keep(*in.Bucket+"/"+*in.Key, &object{in, body})}, nil
}

func (b *bucketWorld) part(ctx context.Context, in *s3api.UploadPartInput) (*s3api.UploadPartOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	body, err := b.read(in.Body)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%s/%s/%s/%05d", *in.Bucket, *in.Key, *in.UploadId, *in.PartNumber)
	return &s3api.UploadPartOutput{ETag: b.keep(name, &object{nil, body})}, nil
}

func (b *bucketWorld) complete(ctx context.Context, in *s3api.CompleteMultipartUploadInput) (*s3api.CompleteMultipartUploadOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	var whole bytes.Buffer
	for _, p := range in.MultipartUpload.Parts {
		whole.Write(b.object(fmt.Sprintf("%s/%s/%s/%05d", *in.Bucket, *in.Key, *in.UploadId, *p.PartNumber)).body)
	}
	return &s3api.CompleteMultipartUploadOutput{ETag: b.keep(*in.Bucket+"/"+*in.Key, &object{nil, whole.Bytes()})}, nil
}

func (b *bucketWorld) get(ctx context.Context, in *s3api.GetObjectInput) (*s3api.GetObjectOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	b.mu.Lock()
	body := b.body
	b.mu.Unlock()
	if body != nil {
		r, length := body()
		return &s3api.GetObjectOutput{Body: r, ContentLength: &length}, nil
	}
	o := b.object(*in.Bucket + "/" + *in.Key)
	switch {
	case o == nil:
		return nil, api.Errorf("NoSuchKey", 404, "The specified key does not exist.")
	case in.IfNoneMatch != nil:
		e := api.Errorf("NotModified", 304, "Not Modified")
		e.Fields = map[string]any{"ETag": *in.IfNoneMatch}
		return nil, e
	}
	return &s3api.GetObjectOutput{Body: bytes.NewReader(o.body), ContentLength: new(int64(len(o.body))), ContentType: o.contentType(), AcceptRanges: new("bytes")}, nil
}

func (o *object) contentType() *string {
	if o.input == nil {
		return nil
	}
	return o.input.ContentType
}

func (b *bucketWorld) head(ctx context.Context, in *s3api.HeadObjectInput) (*s3api.HeadObjectOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	o := b.object(*in.Bucket + "/" + *in.Key)
	if o == nil {
		return nil, api.Errorf("NoSuchKey", 404, "The specified key does not exist.")
	}
	return &s3api.HeadObjectOutput{ContentLength: new(int64(len(o.body))), ContentType: o.contentType()}, nil
}

func (b *bucketWorld) delete(ctx context.Context, in *s3api.DeleteObjectInput) (*s3api.DeleteObjectOutput, error) {
	if err := b.enter(ctx, in.Bucket, in.Key); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, *in.Bucket+"/"+*in.Key)
	return &s3api.DeleteObjectOutput{}, nil
}

func (b *bucketWorld) deletes(ctx context.Context, in *s3api.DeleteObjectsInput) (*s3api.DeleteObjectsOutput, error) {
	if err := b.enter(ctx, in.Bucket, nil); err != nil {
		return nil, err
	}
	out := &s3api.DeleteObjectsOutput{}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range in.Delete.Objects {
		delete(b.objects, *in.Bucket+"/"+*o.Key)
		out.Deleted = append(out.Deleted, s3api.DeletedObject{Key: o.Key})
	}
	return out, nil
}

func (b *bucketWorld) list(ctx context.Context, in *s3api.ListObjectsV2Input) (*s3api.ListObjectsV2Output, error) {
	if err := b.enter(ctx, in.Bucket, nil); err != nil {
		return nil, err
	}
	out := &s3api.ListObjectsV2Output{Name: in.Bucket}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		if key, ok := strings.CutPrefix(name, *in.Bucket+"/"); ok {
			out.Contents = append(out.Contents, s3api.Object{Key: new(key), Size: new(int64(len(b.objects[name].body)))})
		}
	}
	out.KeyCount = new(int32(len(out.Contents)))
	return out, nil
}

func (b *bucketWorld) putPolicy(ctx context.Context, in *s3api.PutBucketPolicyInput) (*s3api.PutBucketPolicyOutput, error) {
	if err := b.enter(ctx, in.Bucket, nil); err != nil {
		return nil, err
	}
	b.policy = *in.Policy
	return &s3api.PutBucketPolicyOutput{}, nil
}

func (b *bucketWorld) putTags(ctx context.Context, in *s3api.PutBucketTaggingInput) (*s3api.PutBucketTaggingOutput, error) {
	return &s3api.PutBucketTaggingOutput{}, b.enter(ctx, in.Bucket, nil)
}
