package gateway_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// Who signs, and how, decides who makes the call.
func TestBucketCallers(t *testing.T) {
	b := newBucketWorld(t)
	nobody := b.user("nobody", "")
	other := b.account("other")
	put := func(bucket string) *http.Request { return bucketRequest("PUT", "/"+bucket+"/k", "content") }
	v2 := func(k key, r *http.Request) *http.Request { return signV2(t, k, r, b.now()) }
	for name, test := range map[string]struct {
		request    *http.Request
		status     int
		code       string
		authType   string
		version    string
		identified string
	}{
		"signed":           {b.signed(b.root(), put("private")), 200, "", "REST-HEADER", "AWS4-HMAC-SHA256", "Root 111122223333"},
		"version 2":        {v2(b.root(), put("private")), 200, "", "REST-HEADER", "AWS", "Root 111122223333"},
		"not allowed":      {b.signed(nobody, put("private")), 403, "AccessDenied", "REST-HEADER", "AWS4-HMAC-SHA256", "IAMUser 111122223333"},
		"another account":  {b.signed(other, put("private")), 403, "AccessDenied", "REST-HEADER", "AWS4-HMAC-SHA256", ""},
		"anybody":          {put("public"), 200, "", "", "", ""},
		"anybody, private": {put("private"), 403, "AccessDenied", "", "", ""},
	} {
		b.call = nil
		a := b.do(test.request).want(t, test.status, test.code)
		if b.call == nil {
			t.Errorf("%s: not called: %s", name, a.body)
			continue
		}
		if s := b.call.Signature; s.AuthType != test.authType || s.Version != test.version || s.Age != 0 {
			t.Errorf("%s: %+v", name, s)
		}
		if anonymous := b.call.Account() == ""; anonymous != strings.HasPrefix(name, "anybody") {
			t.Errorf("%s: of account %q", name, b.call.Account())
		}
		if who, code := b.recorded("PutObject"); test.identified != "" && who != test.identified || code != test.code {
			t.Errorf("%s: recorded %s, %s", name, who, code)
		}
	}
}

// A signature that is there must be good, whatever anybody may do.
func TestBucketSignatures(t *testing.T) {
	b := newBucketWorld(t)
	signed := func(change func(*http.Request)) *http.Request {
		r := b.signed(b.root(), bucketRequest("PUT", "/public/k", "content"))
		change(r)
		return r
	}
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		code    string
	}{
		"other body":  {signed(func(r *http.Request) { setBody(r, "CONTENT") }), 400, "XAmzContentSHA256Mismatch"},
		"other hash":  {signed(func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", sigv4.HashPayload([]byte("CONTENT"))) }), 403, "SignatureDoesNotMatch"},
		"no hash":     {signed(func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }), 400, "InvalidRequest"},
		"more header": {signed(func(r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") }), 403, "AccessDenied"},
		"other key":   {signed(func(r *http.Request) { r.RequestURI = "/public/j" }), 403, "SignatureDoesNotMatch"},
		"other spelling of the key is not the key": {signed(func(r *http.Request) { r.RequestURI = "/public/./k" }), 403, "SignatureDoesNotMatch"},
		"sub-resource":             {signed(func(r *http.Request) { r.URL.RawQuery = "tagging" }), 403, "SignatureDoesNotMatch"},
		"other bucket in the host": {signed(func(r *http.Request) { r.Host = "private.localhost:4566" }), 403, "SignatureDoesNotMatch"},
		"no key":                   {b.signed(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, bucketRequest("PUT", "/public/k", "")), 403, "InvalidAccessKeyId"},
		"token of a permanent key": {b.signed(key{id: b.root().id, secret: b.root().secret, token: "x"}, bucketRequest("PUT", "/public/k", "")), 400, "InvalidToken"}, // versitygw, PutObject with a session token
		"wrong secret":             {b.signed(key{id: b.root().id, secret: "x"}, bucketRequest("PUT", "/public/k", "")), 403, "SignatureDoesNotMatch"},
		"no scheme":                {bucketRequest("PUT", "/public/k", "", "Authorization", "Bearer x"), 400, "InvalidArgument"},
		"wrong version 2":          {signV2(t, key{id: b.root().id, secret: "x"}, bucketRequest("PUT", "/public/k", ""), b.now()), 403, "SignatureDoesNotMatch"},
		"not allowed method before the signature": {b.signed(key{id: b.root().id, secret: "x"}, bucketRequest("POST", "/public/k", "")), 403, "SignatureDoesNotMatch"},
		"not built before the signature":          {b.signed(key{id: b.root().id, secret: "x"}, bucketRequest("GET", "/public?analytics", "")), 403, "SignatureDoesNotMatch"},
	} {
		t.Run(name, func(t *testing.T) {
			b.call = nil
			b.do(test.request).want(t, test.status, test.code)
			if len(b.objects) > 0 {
				t.Error("something was put")
			}
			if b.call != nil && test.code != "XAmzContentSHA256Mismatch" {
				t.Error("the operation was called")
			}
		})
	}
	strict := newBucketWorld(t, gateway.WithoutV2())
	for _, r := range []*http.Request{
		signV2(t, strict.root(), bucketRequest("GET", "/public/k", ""), strict.now()),
		presignV2(t, strict.root(), bucketRequest("GET", "/public/k", ""), strict.now().Add(time.Minute)),
	} {
		if a := strict.do(r); a.status != 400 || strict.call != nil {
			t.Errorf("version 2: %d %s", a.status, a.body)
		}
	}
}

// Addresses are good for as long as they say, in both versions.
func TestPresigned(t *testing.T) {
	b := newBucketWorld(t)
	b.do(b.signed(b.root(), bucketRequest("PUT", "/private/a+b", "content"))).want(t, 200, "")
	presign := func(r *http.Request) *http.Request {
		if err := b.root().signer("s3").Presign(r, "UNSIGNED-PAYLOAD", b.now(), time.Hour); err != nil {
			t.Fatal(err)
		}
		return r
	}
	get := func() *http.Request { return bucketRequest("GET", "/private/a+b", "") }
	four, two := presign(get()), presignV2(t, b.root(), get(), b.now().Add(time.Hour))
	put := presign(bucketRequest("PUT", "/private/new", "anything"))
	b.do(put).want(t, 200, "")
	b.advance(50 * time.Minute)
	for _, r := range []*http.Request{four, two} {
		if a := b.do(r).want(t, 200, ""); a.body != "content" {
			t.Errorf("%q", a.body)
		}
		if b.call.Signature.AuthType != "REST-QUERY-STRING" {
			t.Errorf("%+v", b.call.Signature)
		}
	}
	b.do(four)
	if s := b.call.Signature; s.Age != 50*time.Minute {
		t.Errorf("age %v", s.Age)
	}
	// Version 2 does not tell when it was signed: a policy that limits the age
	// lets none of it pass.
	b.do(two)
	if s := b.call.Signature; s.Age < 10*365*24*time.Hour {
		t.Errorf("age of version 2: %v", s.Age)
	}
	head := *four
	head.Method = "HEAD"
	if a := b.do(&head); a.status != 403 || a.body != "" {
		t.Errorf("another method: %d %q", a.status, a.body)
	}
	b.advance(11 * time.Minute)
	for _, r := range []*http.Request{four, two} {
		b.do(r).want(t, 403, "AccessDenied")
	}
}

// Of the path and of the host: the same object.
func TestAddresses(t *testing.T) {
	b := newBucketWorld(t)
	for host, target := range map[string]string{
		"localhost:4566":                          "/my.bucket/a%2F/%E2%82%AC/",
		"127.0.0.1:4566":                          "/my.bucket/a//€/",
		"s3.eu-west-1.amazonaws.com":              "/my.bucket/a//%e2%82%ac/",
		"my.bucket.localhost:4566":                "/a//€/",
		"my.bucket.s3.localhost:4566":             "/a%2f/€/",
		"MY.BUCKET.s3.eu-west-1.amazonaws.com":    "/a//%E2%82%AC%2F",
		"my.bucket.s3.localhost.localstack.cloud": "/%61//€/",
	} {
		b.objects = map[string]*object{}
		b.do(b.signed(b.root(), bucketRequest("PUT", target, "content", "Host", host))).want(t, 200, "")
		if b.object("my.bucket/a//€/") == nil {
			t.Errorf("%s%s has put %v", host, target, b.objects)
		}
		b.do(signV2(t, b.root(), bucketRequest("GET", target, "", "Host", host), b.now())).want(t, 200, "")
	}
	list := bucketRequest("GET", "/?list-type=2", "", "Host", "my.bucket.localhost")
	if a := b.do(b.signed(b.root(), list)).want(t, 200, ""); !strings.Contains(a.body, "<Name>my.bucket</Name>") {
		t.Errorf("%s", a.body)
	}
}

// Without a signature, the address tells the service.
func TestUnsignedService(t *testing.T) {
	b := newBucketWorld(t)
	for _, r := range []*http.Request{
		bucketRequest("GET", "/private?list-type=2", ""),
		bucketRequest("GET", "/?list-type=2", "", "Host", "private.localhost:4566"),
		bucketRequest("GET", "/k", "", "Host", "private.s3.localhost:4566"),
		bucketRequest("GET", "/private/k", "", "Host", "s3.localhost:4566"),
		bucketRequest("GET", "/_fortlet/health", "", "Host", "private.s3.localhost:4566"),
		bucketRequest("GET", "/k", "", "Host", "kms.s3.localhost"),
	} {
		b.do(r).want(t, 403, "AccessDenied")
	}
	for _, r := range []*http.Request{
		query("sts", "GetCallerIdentity"), bucketRequest("POST", "/", ""),
		bucketRequest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", ""),
		bucketRequest("POST", "/", "Action=GetCallerIdentity", "Host", "sts.localhost:4566"),
		bucketRequest("OPTIONS", "*", ""),
	} {
		if a := b.serve(r); a.code != "MissingAuthenticationToken" {
			t.Errorf("%s %s: %d %s", r.Method, r.RequestURI, a.status, a.body)
		}
	}
	// Who lists the buckets, with a signature that is none too, is answered as by S3.
	for _, r := range []*http.Request{bucketRequest("GET", "/", ""), bucketRequest("GET", "/?x-id=ListBuckets", "", "Authorization", "AWS4-HMAC-SHA256 x")} {
		if a := b.serve(r); !strings.Contains(a.body, "<HostId>") {
			t.Errorf("%s: %d %s", r.RequestURI, a.status, a.body)
		}
	}
	if a := b.serve(bucketRequest("GET", "/_fortlet/health", "")); a.status != 200 {
		t.Errorf("health: %d %s", a.status, a.body)
	}
}

// Some documents S3 takes without a checksum, though SDKs always send one: those
// of which botocore once computed it only if it happened to be able to
// (conditionally_calculate_md5 in its handlers), and s3cmd never does.
func TestChecksumNotDemanded(t *testing.T) {
	for _, op := range []*api.Operation{
		&s3api.OpPutBucketAcl.Operation, &s3api.OpPutBucketLogging.Operation, &s3api.OpPutBucketPolicy.Operation,
		&s3api.OpPutBucketVersioning.Operation, &s3api.OpPutObjectAcl.Operation,
	} {
		if op.Checksum {
			t.Errorf("%s demands a checksum", op.Name)
		}
	}
	for _, op := range []*api.Operation{ // calculate_md5 there
		&s3api.OpDeleteObjects.Operation, &s3api.OpPutBucketCors.Operation, &s3api.OpPutBucketLifecycleConfiguration.Operation,
		&s3api.OpPutBucketTagging.Operation, &s3api.OpPutObjectLegalHold.Operation, &s3api.OpPutObjectRetention.Operation,
		&s3api.OpPutObjectLockConfiguration.Operation,
	} {
		if !op.Checksum {
			t.Errorf("%s demands no checksum", op.Name)
		}
	}
	b := newBucketWorld(t)
	b.do(b.signed(b.root(), bucketRequest("PUT", "/private?policy", "{}"))).want(t, 204, "")
	if b.policy != "{}" {
		t.Errorf("the policy is %q", b.policy)
	}
}

// What S3 answers to whoever is somebody, or nobody.
func TestBucketRefusals(t *testing.T) {
	b := newBucketWorld(t)
	big := strings.Repeat(" ", 8<<20+1)
	lengthless := bucketRequest("PUT", "/private/k", "")
	lengthless.Header.Del("Content-Length")
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		code    string
		message string
	}{
		"method":       {bucketRequest("PATCH", "/private", ""), 405, "MethodNotAllowed", "The specified method is not allowed against this resource."},
		"two at once":  {bucketRequest("GET", "/private?policy&tagging", ""), 400, "InvalidArgument", "Conflicting query string parameters: policy, tagging"},
		"not built":    {bucketRequest("GET", "/private?analytics", ""), 501, "NotImplemented", "s3:GetBucketAnalyticsConfiguration is not built in Fortlet."},
		"no UTF-8":     {bucketRequest("GET", "/private/%ff", ""), 400, "InvalidURI", "Couldn't parse the specified URI."},
		"too big":      {bucketRequest("PUT", "/private?policy", big), 400, "MaxMessageLengthExceeded", "Your request was too big."},
		"no length":    {lengthless, 411, "MissingContentLength", "You must provide the Content-Length HTTP header."},
		"HTTP chunks":  {bucketRequest("PUT", "/private/k", "content"), 501, "NotImplemented", "A header you provided implies functionality that is not implemented"},
		"no XML":       {bucketRequest("PUT", "/private?tagging", "x", "Content-MD5", md5Of("x")), 400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema"},
		"no checksum":  {bucketRequest("PUT", "/private?tagging", "<Tagging/>"), 400, "InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"},
		"no such key":  {bucketRequest("GET", "/private/k", ""), 404, "NoSuchKey", "The specified key does not exist."},
		"no MD5":       {bucketRequest("PUT", "/private?policy", "{}", "Content-MD5", "x"), 400, "InvalidDigest", "The Content-MD5 you specified was invalid."},
		"short MD5":    {bucketRequest("PUT", "/private?policy", "{}", "Content-MD5", "AAAA"), 400, "InvalidDigest", "The Content-MD5 you specified was invalid."},
		"other MD5":    {bucketRequest("PUT", "/private?policy", "{}", "Content-MD5", md5Of("x")), 400, "BadDigest", "The Content-MD5 you specified did not match what we received."},
		"no CRC32":     {bucketRequest("PUT", "/private?policy", "{}", "X-Amz-Checksum-Crc32", "x"), 400, "InvalidRequest", "Value for x-amz-checksum-crc32 header is invalid."},
		"other CRC32":  {bucketRequest("PUT", "/private?policy", "{}", "X-Amz-Checksum-Crc32", "AAAAAA=="), 400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."},
		"two of them":  {bucketRequest("PUT", "/private?policy", "{}", "X-Amz-Checksum-Crc32", sumOf(checksum.CRC32, "{}"), "X-Amz-Checksum-Sha1", sumOf(checksum.SHA1, "{}")), 400, "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."},
		"none of them": {bucketRequest("PUT", "/private?policy", "{}", "X-Amz-Sdk-Checksum-Algorithm", "SHA256", "Content-MD5", md5Of("{}")), 400, "InvalidRequest", "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."},
		"trailers of a document": {bucketRequest("PUT", "/private?policy", "{}", "X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "2"),
			400, "InvalidRequest", "The value of x-amz-content-sha256 header is invalid."},
		"trailers of nothing": {bucketRequest("GET", "/private/k", "", "X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
			400, "InvalidRequest", "The value of x-amz-content-sha256 header is invalid."},
	} {
		t.Run(name, func(t *testing.T) {
			r := b.signed(b.root(), test.request)
			if name == "HTTP chunks" {
				r.ContentLength = -1
			}
			a := b.do(r).want(t, test.status, test.code)
			if a.Message != test.message {
				t.Errorf("%s", a.Message)
			}
		})
	}
	if b.policy != "" || len(b.objects) > 0 {
		t.Error("something was put")
	}
	if who, code := b.recorded("GetBucketAnalyticsConfiguration"); who != "Root 111122223333" || code != "NotImplemented" {
		t.Errorf("recorded %s, %s", who, code)
	}
	a := b.do(bucketRequest("PATCH", "/private/k", ""))
	if a.Method != "PATCH" || a.ResourceType != "OBJECT" || a.header.Get("Allow") != "DELETE, GET, HEAD, PUT" {
		t.Errorf("%+v, allow %s", a.s3Failure, a.header.Get("Allow"))
	}
}

// Documents that come with any checksum of theirs are taken.
func TestDocuments(t *testing.T) {
	b := newBucketWorld(t)
	for _, a := range checksum.Algorithms() {
		body := `{"` + string(a) + `":1}`
		b.do(b.signed(b.root(), bucketRequest("PUT", "/private?policy", body, a.Header(), sumOf(a, body)))).want(t, 204, "")
		if b.policy != body {
			t.Errorf("%s: %q was put", a, b.policy)
		}
	}
	// The checksum of a completed upload is the object's and not the request's.
	b.do(b.signed(b.root(), bucketRequest("PUT", "/private/k?partNumber=1&uploadId=u", "content"))).want(t, 200, "")
	complete := `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>`
	b.do(b.signed(b.root(), bucketRequest("POST", "/private/k?uploadId=u", complete, "X-Amz-Checksum-Crc32", sumOf(checksum.CRC32, "content")))).want(t, 200, "")
	// The largest list there can be.
	var list strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&list, "<Object><Key>%04d%s</Key></Object>", i, strings.Repeat("&#x1F;", 1020))
	}
	body := "<Delete>" + strings.ReplaceAll(list.String(), "&#x1F;", "&amp;") + "</Delete>"
	a := b.do(b.signed(b.root(), bucketRequest("POST", "/private?delete", body, "Content-MD5", md5Of(body)))).want(t, 200, "")
	if n := strings.Count(a.body, "<Deleted>"); n != 1000 {
		t.Errorf("%d were deleted", n)
	}
}

func md5Of(body string) string {
	sum := md5.Sum([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func sumOf(a checksum.Algorithm, body string) string {
	h := checksum.New(a)
	h.Write([]byte(body))
	return checksum.Encode(h.Sum(nil))
}
