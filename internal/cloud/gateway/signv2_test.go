package gateway_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// signV2 signs a request without a query by version 2, in its header.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
func signV2(tb testing.TB, k key, r *http.Request, at time.Time) *http.Request {
	tb.Helper()
	r.Header.Set("X-Amz-Date", at.UTC().Format(http.TimeFormat))
	var lines []string
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Amz-") {
			lines = append(lines, strings.ToLower(name)+":"+values[0]+"\n")
		}
	}
	slices.Sort(lines)
	text := fmt.Sprintf("%s\n%s\n%s\n\n%s%s", r.Method, r.Header.Get("Content-MD5"), r.Header.Get("Content-Type"), strings.Join(lines, ""), resourceV2(r))
	r.Header.Set("Authorization", "AWS "+k.id+":"+macV2(k, text))
	return r
}

// presignV2 makes the address of a request good until a time.
func presignV2(tb testing.TB, k key, r *http.Request, until time.Time) *http.Request {
	tb.Helper()
	expires := fmt.Sprint(until.Unix())
	text := fmt.Sprintf("%s\n\n%s\n%s\n%s", r.Method, r.Header.Get("Content-Type"), expires, resourceV2(r))
	r.URL.RawQuery = url.Values{"AWSAccessKeyId": {k.id}, "Signature": {macV2(k, text)}, "Expires": {expires}}.Encode()
	return r
}

func resourceV2(r *http.Request) string {
	if bucket := gateway.VirtualHost(r.Host, "s3"); bucket != "" {
		return "/" + bucket + r.RequestURI
	}
	return r.RequestURI
}

func macV2(k key, text string) string {
	mac := hmac.New(sha1.New, []byte(k.secret))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// An address that is presigned by version 2 means one operation. What makes it
// another one, the signature has to cover.
func TestVersion2CoversTheOperation(t *testing.T) {
	k := key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}
	opts := sigv4.OptionsFor("s3")
	opts.V2 = true
	verify := func(r *http.Request) error {
		signed := sigv4.FromHTTP(r)
		s, err := sigv4.Parse(signed)
		if err != nil {
			t.Fatal(err)
		}
		return s.Verify(signed, "", k.secret, start, opts)
	}
	plain := func(method string) *http.Request {
		return presignV2(t, k, bucketRequest(method, "/b/k", ""), start.Add(time.Minute))
	}
	paths := []string{"GET /b/k?uploadId", "PUT /b/k?x-amz-copy-source=c", "PUT /b/k?x-amz-acl=public-read", "PUT /b/k?X-Amz-Tagging=a"}
	for _, op := range s3api.Service.Operations {
		paths = append(paths, op.Method+" "+op.Path)
	}
	for _, route := range s3api.Service.UnbuiltRoutes {
		paths = append(paths, route.Method+" "+route.Path)
	}
	for _, path := range paths {
		method, path, _ := strings.Cut(path, " ")
		_, query, _ := strings.Cut(path, "?")
		if query == "" || query == "list-type=2" { // either lists the same
			continue
		}
		if err := verify(plain(method)); err != nil {
			t.Fatal(err)
		}
		r := plain(method)
		r.URL.RawQuery += "&" + query
		if verify(r) == nil {
			t.Errorf("?%s is not covered", query)
		}
	}
}

// A header that is not sent as one is none, where the signature does not cover
// the query.
func TestVersion2Headers(t *testing.T) {
	b := newBucketWorld(t)
	for _, query := range []string{"x-amz-meta-a=1&x-amz-tagging=a%3D1", "X-Amz-Tagging=a%3D1&x-amz-meta-a=2", "%78-amz-tagging=a&x-id=PutObject"} {
		r := signV2(t, b.root(), bucketRequest("PUT", "/private/k", "content"), b.now())
		r.URL.RawQuery = query
		b.do(r).want(t, 200, "")
		if in := b.object("private/k").input; in.Tagging != nil || len(in.Metadata) > 0 {
			t.Errorf("%s: tagging %v, metadata %v", query, in.Tagging, in.Metadata)
		}
	}
}
