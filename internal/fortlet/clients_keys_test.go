package fortlet_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/fortlet/fortlet/fortlettest"
)

// oddKeys are keys that are easily taken for others on their way through paths,
// queries, headers and XML. "The name for a key is a sequence of Unicode
// characters whose UTF-8 encoding can be a maximum of 1,024 bytes long":
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
var oddKeys = []string{
	"/", "//", "/leading", "//leading", "trailing/", "trailing//", "a//b", "a/b",
	".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "../../etc/passwd",
	" ", " a", "a ", "a b", "a  b", "a+b", "a%20b", "a%2Fb", "a%2fb", "%", "%%", "%zz", "%00", "%252F", "+", "a%2Bb",
	"?", "a?b=c", "?acl", "#", "a#b", "&", "a&b=c", "=", ";", "a;b", ":", "a:b", "@", ",", "$", "!", "*", "'", "(", ")", "[a]", "{a}", "|", "^", "`", "~", "<a>&amp;\"'", "]]>", `a\b`,
	"_fortlet/health", "soap", "favicon.ico", "index.html",
	"ü", "u\u0308", "é", "e\u0301", "€", "😀", "日本語/キー", "\u202e", "\ufeff", "\u0085", "\u2028", "\U0010ffff", "\ue000",
	"\t", "\n", "a\nb", "\r", "\r\n", "\x7f",
	strings.Repeat("x", 1024), strings.Repeat("€", 341) + "x", strings.Repeat("/", 1024), strings.Repeat("%", 1024),
}

// xmlless are keys that no XML 1.0 can hold. They are listed with
// encoding-type=url, and DeleteObjects cannot name them.
var xmlless = []string{"\x01", "a\x1fb", "\ufffe", "\uffff"}

func TestOddKeys(t *testing.T) {
	bothStyles(t, func(t *testing.T, cloud *fortlettest.Cloud, client *s3.Client, plain *http.Client) {
		bucket := makeBucket(t, client, "odd-keys-"+strings.ToLower(t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]))
		keys := slices.Concat(oddKeys, xmlless)
		for _, key := range keys {
			roundTrip(t, client, plain, bucket, key)
		}
		slices.Sort(keys) // by UTF-8 bytes, as S3 lists
		if got := listed(t, client, bucket, ""); !slices.Equal(got, keys) {
			t.Errorf("listed\n%q\nwant\n%q", got, keys)
		}
		for _, prefix := range []string{"a", "a/", "/", ".", "%", "a%2", "+", "ü", "\n", strings.Repeat("€", 341)} {
			want := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !strings.HasPrefix(k, prefix) })
			if got := listed(t, client, bucket, prefix); !slices.Equal(got, want) {
				t.Errorf("listed with %q\n%q\nwant\n%q", prefix, got, want)
			}
		}
		var objects []types.ObjectIdentifier
		for _, key := range oddKeys {
			objects = append(objects, types.ObjectIdentifier{Key: &key})
		}
		out, err := client.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: objects}})
		if err != nil || len(out.Deleted) != len(oddKeys) || len(out.Errors) != 0 {
			t.Fatalf("DeleteObjects: %d deleted, %v, %v", len(out.Deleted), out.Errors, err)
		}
		for i, d := range out.Deleted {
			if *d.Key != oddKeys[i] {
				t.Errorf("deleted %q, said %q", oddKeys[i], *d.Key)
			}
		}
		for _, key := range xmlless {
			if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: &key}); err != nil {
				t.Errorf("DeleteObject %q: %v", key, err)
			}
		}
		if got := listed(t, client, bucket, ""); len(got) > 0 {
			t.Errorf("left: %q", got)
		}
	})
}

// roundTrip writes an object, copies it and reads both by each way that there
// is. The content is the key.
func roundTrip(t *testing.T, client *s3.Client, plain *http.Client, bucket *string, key string) {
	t.Helper()
	ctx := t.Context()
	if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader(key)}); err != nil {
		t.Errorf("PutObject %q: %v", key, err)
		return
	}
	wantContent(t, client, bucket, key, []byte(key))
	head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: &key})
	if err != nil || *head.ContentLength != int64(len(key)) {
		t.Errorf("HeadObject %q: %v", key, err)
	}
	link, err := s3.NewPresignClient(client).PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	if status, got := sendLink(t, plain, link, ""); status != 200 || got != key {
		t.Errorf("presigned %q: %d %q", key, status, got)
	}
	copied := "copy"
	if _, err := client.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: &copied, CopySource: new(*bucket + "/" + url.PathEscape(key))}); err != nil {
		t.Errorf("CopyObject of %q: %v", key, err)
		return
	}
	wantContent(t, client, bucket, copied, []byte(key))
	if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: &copied}); err != nil {
		t.Error(err)
	}
}

// listed are the keys of a bucket, page by page.
func listed(t *testing.T, client *s3.Client, bucket *string, prefix string) (keys []string) {
	t.Helper()
	pages := s3.NewListObjectsV2Paginator(client, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: &prefix,
		MaxKeys: new(int32(7)), EncodingType: types.EncodingTypeUrl})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			key, err := url.QueryUnescape(*o.Key)
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
		}
	}
	return keys
}

func TestKeysTooLong(t *testing.T) {
	t.Parallel()
	client := newS3(fortlettest.New(t).Config())
	bucket := makeBucket(t, client, "long-keys")
	for _, key := range []string{strings.Repeat("x", 1025), strings.Repeat("€", 341) + "xy", strings.Repeat("%", 5000)} {
		_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: http.NoBody})
		if errorCode(err) != "KeyTooLongError" {
			t.Errorf("PutObject of %d bytes: %v", len(key), err)
		}
	}
}

// A path says exactly which key is meant; nothing on the way makes it simpler.
func TestRawPaths(t *testing.T) {
	t.Parallel()
	cloud := fortlettest.New(t)
	client := newS3(cloud.Config())
	bucket := makeBucket(t, client, "raw")
	policy := document(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::raw/*"}`)
	if _, err := client.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &policy}); err != nil {
		t.Fatal(err)
	}
	for path, key := range map[string]string{
		"a//b": "a//b", "/a": "/a", "a%2Fb": "a/b", "a/%2E%2E/b": "a/../b", "a%2Bb": "a+b", "a b": "a b", "%C3%BC": "ü", "%c3%bc": "ü", "a%25b": "a%b", "~a": "~a", "%7Ea": "~a",
	} {
		if _, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: &key, Body: strings.NewReader(key)}); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cloud.Endpoint, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Opaque = "//" + r.URL.Host + "/raw/" + strings.ReplaceAll(path, " ", "%20")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || string(got) != key {
			t.Errorf("%s: %d %q, want %q", path, resp.StatusCode, got, key)
		}
	}
}
