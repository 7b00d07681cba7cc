package gateway_test

import (
	"net/http"
	"testing"
)

// Preflights are answered to whoever asks. The messages and members of the
// refusals are those that LocalStack's tests have recorded from AWS
// (tests/aws/services/s3/test_s3_cors.py).
func TestPreflight(t *testing.T) {
	b := newBucketWorld(t)
	const origin, method, headers = "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"
	ask := func(target string, header ...string) *http.Request {
		return bucketRequest("OPTIONS", target, "", header...)
	}
	for _, r := range []*http.Request{
		ask("/public/k", origin, "https://example.com", method, "PUT", headers, "Content-Type,x-amz-Meta-a"),
		ask("/k", "Host", "public.localhost:4566", origin, "https://example.com", method, "PUT", headers, "content-type, X-Amz-Meta-A"),
		// The address of a presigned PUT, whatever is left of its signature.
		ask("/public/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0", origin, "https://example.com", method, "PUT", headers, "content-type,x-amz-meta-a"),
		ask("/public/k?acl&policy", origin, "https://example.com", method, "PUT", headers, "content-type,x-amz-meta-a"),
	} {
		a := b.do(r).want(t, 200, "")
		if got := a.header.Get("Access-Control-Allow-Origin"); got != "https://example.com" || a.body != "" {
			t.Errorf("%s is allowed, %q", got, a.body)
		}
		if got := a.header.Get("Access-Control-Allow-Headers"); got != "content-type, x-amz-meta-a" {
			t.Errorf("the headers are %q", got)
		}
	}
	for _, test := range []struct {
		request                             *http.Request
		status                              int
		code, message, method, resourceType string
	}{
		{ask("/public/k"), 400, "BadRequest", "Insufficient information. Origin request header needed.", "", ""},
		{ask("/public/k", origin, "https://example.com", method, "put"), 400, "BadRequest", "Invalid Access-Control-Request-Method: put", "", ""},
		{ask("/public/k", origin, "https://example.com", method, "PATCH"), 400, "BadRequest", "Invalid Access-Control-Request-Method: PATCH", "", ""},
		{ask("/public/k", origin, "https://example.com", method, "PUT", headers, "content-type, bad=name"), 400, "BadRequest", `Access-Control-Request-Headers "bad=name" contains invalid character.`, "", ""},
		{ask("/public/k", origin, "https://example.com"), 403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.", "OPTIONS", "OBJECT"},
		{ask("/public/k", origin, "https://example.org", method, "PUT"), 403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.", "PUT", "OBJECT"},
		{ask("/public", origin, "https://example.com", method, "DELETE"), 403, "AccessForbidden", "CORSResponse: This CORS request is not allowed.", "DELETE", "BUCKET"},
		{ask("/%ff", origin, "https://example.com", method, "PUT"), 403, "AccessForbidden", "CORSResponse: Bucket not found", "PUT", "BUCKET"},
	} {
		a := b.do(test.request).want(t, test.status, test.code)
		if a.Message != test.message || a.Method != test.method || a.ResourceType != test.resourceType {
			t.Errorf("%+v", a.s3Failure)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%v", a.header)
		}
	}
	if b.call != nil {
		t.Error("an operation was called")
	}
}

// Pages of an origin that is let in can read the answer, errors too; others get
// the same answer and cannot. What a page may do is no matter of its origin.
func TestCrossOrigin(t *testing.T) {
	b := newBucketWorld(t)
	signed := func(r *http.Request) *http.Request { return b.signed(b.root(), r) }
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		allowed bool
	}{
		"put":               {signed(bucketRequest("PUT", "/public/k", "content", "Origin", "https://example.com")), 200, true},
		"get nothing":       {signed(bucketRequest("GET", "/public/x", "", "Origin", "https://example.com")), 404, true},
		"wrong signature":   {b.signed(key{id: b.root().id, secret: "x"}, bucketRequest("GET", "/public/x", "", "Origin", "https://example.com")), 403, true},
		"other origin":      {signed(bucketRequest("PUT", "/public/k", "content", "Origin", "https://example.org")), 200, false},
		"other method":      {signed(bucketRequest("DELETE", "/public/k", "", "Origin", "https://example.com")), 204, false},
		"other bucket":      {signed(bucketRequest("PUT", "/private/k", "content", "Origin", "https://example.com")), 200, false},
		"asked for another": {signed(bucketRequest("PUT", "/public/k", "", "Origin", "https://example.com", "Access-Control-Request-Method", "DELETE")), 200, false},
		"denied":            {bucketRequest("GET", "/private/k", "", "Origin", "https://example.com"), 403, false},
		"no origin":         {signed(bucketRequest("PUT", "/public/k", "content")), 200, false},
	} {
		a := b.do(test.request)
		if allowed := a.header.Get("Access-Control-Allow-Origin") == "https://example.com"; a.status != test.status || allowed != test.allowed {
			t.Errorf("%s: %d, allowed is %v", name, a.status, allowed)
		}
	}
	b.Cloud.CORS = nil
	if a := b.do(signed(bucketRequest("PUT", "/public/k", "", "Origin", "https://example.com"))); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", a.status, a.header)
	}
}
