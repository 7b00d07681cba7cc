package sigv4_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

const (
	okCredential = "AKIDEXAMPLE/20260101/us-east-1/sts/aws4_request"
	okSignature  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// TestMalformedHeaders has AWS's words as reported in
// https://github.com/aws/chalice/issues/828,
// https://github.com/iann0036/cloud9-sync/issues/10 and
// https://github.com/kubernetes-sigs/aws-iam-authenticator/issues/374, the
// quoted text hashed as AWS does today.
func TestMalformedHeaders(t *testing.T) {
	const (
		ok      = "AWS4-HMAC-SHA256 Credential=" + okCredential + ", SignedHeaders=host;x-amz-date, Signature=" + okSignature
		dated   = "20260101T000000Z"
		noDate  = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
		needs   = "Authorization header requires '"
		hash    = " (Hashed with SHA-256 and encoded with Base64) Authorization="
		notPair = "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '"
		notFive = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got (hashed with SHA-256 and encoded with Base64): '"
		notISO  = "Date must be in ISO-8601 'basic format'. Got '"
		order   = "SignedHeaders must be lower case names in order, separated by semicolons."
	)
	for _, c := range []struct{ name, auth, date, want string }{
		{"empty", "", dated, notPair},
		{"scheme alone", "AWS4-HMAC-SHA256", dated, notPair},
		{"another scheme", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.secret", dated, notPair},
		{"a scheme with an equal-sign", "Basic dXNlcjpwYXNz=", dated,
			needs + "Credential' parameter. " + needs + "Signature' parameter. " + needs + "SignedHeaders' parameter." + hash},
		{"nothing but another parameter", "AWS4-HMAC-SHA256 a=b", "",
			needs + "Credential' parameter. " + needs + "Signature' parameter. " + needs + "SignedHeaders' parameter. " + noDate + hash},
		{"no credential", strings.Replace(ok, "Credential="+okCredential+", ", "", 1), dated, needs + "Credential' parameter." + hash},
		{"no signature", strings.Replace(ok, ", Signature="+okSignature, "", 1), dated, needs + "Signature' parameter." + hash},
		{"empty signature", strings.Replace(ok, okSignature, "", 1), dated, needs + "Signature' parameter." + hash},
		{"no signed headers", strings.Replace(ok, "SignedHeaders=host;x-amz-date, ", "", 1), dated, needs + "SignedHeaders' parameter." + hash},
		{"no date", ok, "", noDate + hash},
		{"space after the equal-sign", strings.Replace(ok, "Credential=", "Credential= ", 1), dated, notPair},
		{"credential twice", ok + ", Credential=" + okCredential, dated, "Authorization header contains 'Credential' more than once."},
		{"signature twice", ok + ", Signature=" + okSignature, dated, "Authorization header contains 'Signature' more than once."},
		{"another algorithm", strings.Replace(ok, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", 1), dated, "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'."},
		{"a slash in the access key", strings.Replace(ok, "AKIDEXAMPLE/", "AKID/EXAMPLE/", 1), dated, notFive},
		{"four elements", strings.Replace(ok, "/aws4_request", "", 1), dated, notFive},
		{"no access key", strings.Replace(ok, "AKIDEXAMPLE", "", 1), dated, notFive},
		{"date with dashes", ok, "2026-01-01T00:00:00Z", notISO},
		{"date without a zone", ok, "20260101T000000", notISO},
		{"date with fractions", ok, "20260101T000000.0Z", notISO},
		{"no such month", ok, "20261301T000000Z", notISO},
		{"no such day", ok, "20260230T000000Z", notISO},
		{"a date of HTTP in the wrong header", ok, "Thu, 01 Jan 2026 00:00:00 GMT", notISO},
		{"upper case in the list", strings.Replace(ok, "host;", "Host;", 1), dated, order},
		{"list out of order", strings.Replace(ok, "host;x-amz-date", "x-amz-date;host", 1), dated, order},
		{"a header twice in the list", strings.Replace(ok, "host;", "host;host;", 1), dated, order},
		{"an empty name in the list", strings.Replace(ok, "host;", ";host;", 1), dated, order},
		{"a space in the list", strings.Replace(ok, "host;", "host ;", 1), dated, notPair},
		{"a line end in the list", strings.Replace(ok, "host;", "host;\n", 1), dated, order},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{"Authorization": {c.auth}}
			if c.date != "" {
				h.Set("X-Amz-Date", c.date)
			}
			expectIncomplete(t, &sigv4.Request{Method: "POST", Host: "h", Path: "/", Header: h}, c.want)
		})
	}
}

func expectIncomplete(t *testing.T, r *sigv4.Request, want string) {
	t.Helper()
	s, err := sigv4.Parse(r)
	if !errors.Is(err, sigv4.ErrIncomplete) || s != nil {
		t.Fatalf("Parse = %v, %v", s, err)
	}
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if text := err.Error(); strings.Contains(text, "secret") || strings.Contains(text, okSignature) {
		t.Errorf("the message repeats what may be secret: %s", text)
	}
}

func TestDuplicateHeaders(t *testing.T) {
	const ok = "AWS4-HMAC-SHA256 Credential=" + okCredential + ", SignedHeaders=host;x-amz-date, Signature=" + okSignature
	for name, h := range map[string]http.Header{
		"Authorization header must be sent only once":        {"Authorization": {ok, ok}, "X-Amz-Date": {"20260101T000000Z"}},
		"X-Amz-Date header must be sent only once":           {"Authorization": {ok}, "X-Amz-Date": {"20260101T000000Z", "20260101T000000Z"}},
		"X-Amz-Security-Token header must be sent only once": {"Authorization": {ok}, "X-Amz-Date": {"20260101T000000Z"}, "X-Amz-Security-Token": {"a", "b"}},
	} {
		expectIncomplete(t, &sigv4.Request{Header: h}, name)
	}
}

func TestTheDateHeaderWillDo(t *testing.T) {
	for _, date := range []string{"Thu, 01 Jan 2026 00:00:00 GMT", "20260101T000000Z"} {
		r := &sigv4.Request{Method: "GET", Host: "sts.example.com", Path: "/", Header: http.Header{
			"Date":          {date},
			"Authorization": {"AWS4-HMAC-SHA256 Credential=" + okCredential + ",SignedHeaders=date;host,Signature=" + okSignature},
		}}
		s, err := sigv4.Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		if !s.Time.Equal(signedAt) {
			t.Errorf("%s: time is %v", date, s.Time)
		}
		if err := s.Verify(r, sigv4.EmptyPayload, testSecret, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrMismatch) {
			t.Errorf("%s: %v", date, err)
		}
	}
}

func TestUnsignedRequests(t *testing.T) {
	for name, r := range map[string]*sigv4.Request{
		"nothing":                  {},
		"a query":                  {RawQuery: "Action=GetCallerIdentity&Version=2011-06-15"},
		"x-amz parameters":         {RawQuery: "X-Amz-Target=a&X-Amz-Date=20260101T000000Z&X-Amz-Security-Token=t"},
		"a value like a parameter": {RawQuery: "a=X-Amz-Signature"},
		"the old signature":        {RawQuery: "AWSAccessKeyId=AKIDEXAMPLE&Signature=abc&SignatureVersion=2"},
		"a date and a token":       {Header: http.Header{"X-Amz-Date": {"20260101T000000Z"}, "X-Amz-Security-Token": {"t"}}},
	} {
		if s, err := sigv4.Parse(r); !errors.Is(err, sigv4.ErrMissing) || s != nil {
			t.Errorf("%s: Parse = %v, %v", name, s, err)
		}
	}
}

func TestMalformedQueries(t *testing.T) {
	const include = "AWS query-string parameters must include '"
	param := func(changes ...string) string {
		q := "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + strings.ReplaceAll(okCredential, "/", "%2F") +
			"&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=" + okSignature
		return strings.NewReplacer(changes...).Replace(q)
	}
	for _, c := range []struct{ name, query, want string }{
		{"signature alone", "X-Amz-Signature=" + okSignature,
			include + "X-Amz-Algorithm'. " + include + "X-Amz-Credential'. " + include + "X-Amz-Date'. " + include +
				"X-Amz-SignedHeaders'. Re-examine the query-string parameters."},
		{"no signature", param("&X-Amz-Signature="+okSignature, ""), include + "X-Amz-Signature'. Re-examine"},
		{"no date", param("&X-Amz-Date=20260101T000000Z", ""), include + "X-Amz-Date'. Re-examine"},
		{"empty date", param("20260101T000000Z", ""), include + "X-Amz-Date'. Re-examine"},
		{"algorithm", param("SHA256", "SHA1"), "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."},
		{"date", param("20260101T000000Z", "20260101"), "Date must be in ISO-8601"},
		{"credential", param("%2Fsts", ""), "Credential must have exactly 5"},
		{"signed headers", param("=host", "=x;host"), "SignedHeaders must be"},
		{"expires no number", param("=60", "=abc"), "X-Amz-Expires should be a number"},
		{"expires with a sign", param("=60", "=%2B60"), "X-Amz-Expires should be a number"},
		{"expires with a fraction", param("=60", "=60.5"), "X-Amz-Expires should be a number"},
		{"expires beyond all numbers", param("=60", "=99999999999999999999"), "X-Amz-Expires should be a number"},
		{"expires negative", param("=60", "=-1"), "X-Amz-Expires must be non-negative"},
		{"expires never", param("=60", "=0"), "X-Amz-Expires must be non-negative"},
		{"expires too late", param("=60", "=604801"), "X-Amz-Expires must be less than a week"},
		{"expires in 292 years", param("=60", "=9223372036854775807"), "X-Amz-Expires must be less than a week"},
		{"escape", param("=60", "=6%0"), "The query string contains a syntax error."},
		{"signature twice", param() + "&X-Amz-Signature=" + okSignature, include + "X-Amz-Signature' only once."},
		{"credential twice", param() + "&X-Amz-Credential=x", include + "X-Amz-Credential' only once."},
		{"expires twice", param() + "&X-Amz-Expires=1", include + "X-Amz-Expires' only once."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &sigv4.Request{Method: "GET", Host: "h", Path: "/", RawQuery: c.query}
			expectIncomplete(t, r, c.want)
			_, err := sigv4.Parse(r)
			if e, _ := errors.AsType[*sigv4.Error](err); !e.Presigned {
				t.Error("the error does not say that the request was presigned")
			}
		})
	}
}

// TestHiddenDuplicates has parameters that come twice in different spellings,
// or empty the first time.
func TestHiddenDuplicates(t *testing.T) {
	for _, more := range []string{
		"&%58-Amz-Signature=0", "&X-Amz%2DExpires=604800", "&X-Amz-Target=a&X-Amz-Target=a", "&X-Amz-Foo&X-Amz-Foo=", "&X-Amz-%46oo=1&X-Amz-Foo=2",
	} {
		r := presigned(t)
		r.RawQuery += more
		if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrIncomplete) {
			t.Errorf("%s: %v", more, err)
		}
	}
	r := presigned(t)
	r.RawQuery = "X-Amz-Expires=&" + r.RawQuery
	if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("empty first: %v", err)
	}
}

func TestBothForms(t *testing.T) {
	r := presigned(t)
	r.Header.Set("Authorization", header(t).Header.Get("Authorization"))
	r.Header.Set("X-Amz-Date", "20260101T000000Z")
	expectIncomplete(t, r, "Only one auth mechanism allowed; ")
}

func TestPresignedWithoutExpires(t *testing.T) {
	r := presigned(t)
	r.RawQuery = strings.Replace(r.RawQuery, "&X-Amz-Expires=600", "", 1)
	s, err := sigv4.Parse(r)
	if err != nil || s.Expires != 0 {
		t.Fatalf("Parse = %+v, %v", s, err)
	}
	opts := sigv4.OptionsFor("sts")
	if err := s.Verify(r, sigv4.EmptyPayload, testSecret, signedAt.Add(16*time.Minute), opts); !errors.Is(err, sigv4.ErrExpired) {
		t.Errorf("after the skew: %v", err)
	}
	opts.S3 = true
	if err := s.Verify(r, sigv4.EmptyPayload, testSecret, signedAt, opts); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("S3: %v", err)
	}
}
