package sigv4_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

var signedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

const testBody = "Action=GetCallerIdentity&Version=2011-06-15"

// header and presigned are one request, signed in both forms, with everything
// in it that a signature covers.
func header(t testing.TB) *sigv4.Request {
	t.Helper()
	return signed(t, func(s *sigv4.Signer, r *http.Request, hash string) error { return s.Sign(r, hash, signedAt) })
}

func presigned(t testing.TB) *sigv4.Request {
	t.Helper()
	return signed(t, func(s *sigv4.Signer, r *http.Request, hash string) error {
		return s.Presign(r, hash, signedAt, 10*time.Minute)
	})
}

func signed(t testing.TB, sign func(*sigv4.Signer, *http.Request, string) error) *sigv4.Request {
	t.Helper()
	r, err := http.NewRequest("POST", "http://sts.example.com:4566/a%20b/c?x=1&y=2%2F&y=3", strings.NewReader(testBody))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Amz-Target", "Some.Operation")
	r.Header["X-Custom"] = []string{"one", "two"}
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, SessionToken: "token", Region: "us-east-1", Service: "sts"}
	if err := sign(s, r, sigv4.HashPayload([]byte(testBody))); err != nil {
		t.Fatal(err)
	}
	return sigv4.FromHTTP(r)
}

// attempt parses and verifies.
func attempt(r *sigv4.Request, body string, now time.Time, opts sigv4.Options) error {
	s, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	return s.Verify(r, sigv4.HashPayload([]byte(body)), testSecret, now, opts)
}

func bothForms(t *testing.T, test func(t *testing.T, fresh func() *sigv4.Request)) {
	t.Run("header", func(t *testing.T) { test(t, func() *sigv4.Request { return header(t) }) })
	t.Run("presigned", func(t *testing.T) { test(t, func() *sigv4.Request { return presigned(t) }) })
}

// replaceIn changes a part of the signature, wherever it is.
func replaceIn(r *sigv4.Request, old, new string) {
	if auth := r.Header.Get("Authorization"); auth != "" {
		r.Header.Set("Authorization", strings.Replace(auth, old, new, 1))
		return
	}
	r.RawQuery = strings.Replace(r.RawQuery, url.QueryEscape(old), url.QueryEscape(new), 1)
	r.RawQuery = strings.Replace(r.RawQuery, "X-Amz-"+old, "X-Amz-"+new, 1)
}

func TestEveryPartIsCovered(t *testing.T) {
	bothForms(t, func(t *testing.T, fresh func() *sigv4.Request) {
		opts := sigv4.OptionsFor("sts")
		if err := attempt(fresh(), testBody, signedAt, opts); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			change func(*sigv4.Request)
			want   error
		}{
			{"method", func(r *sigv4.Request) { r.Method = "PUT" }, sigv4.ErrMismatch},
			{"host", func(r *sigv4.Request) { r.Host = "kms.example.com:4566" }, sigv4.ErrMismatch},
			{"port", func(r *sigv4.Request) { r.Host = "sts.example.com:4567" }, sigv4.ErrMismatch},
			{"no host", func(r *sigv4.Request) { r.Host = "" }, sigv4.ErrMismatch},
			{"path", func(r *sigv4.Request) { r.Path = "/a%20b/d" }, sigv4.ErrMismatch},
			{"longer path", func(r *sigv4.Request) { r.Path += "/" }, sigv4.ErrMismatch},
			{"path decoded", func(r *sigv4.Request) { r.Path = "/a b/c" }, sigv4.ErrMismatch},
			{"path encoded twice", func(r *sigv4.Request) { r.Path = "/a%2520b/c" }, sigv4.ErrMismatch},
			{"dots out of the path", func(r *sigv4.Request) { r.Path = "/a%20b/c/.." }, sigv4.ErrMismatch},
			{"query value", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "x=1", "x=2", 1) }, sigv4.ErrMismatch},
			{"query name", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "x=1", "z=1", 1) }, sigv4.ErrMismatch},
			{"query removed", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "x=1&", "", 1) }, sigv4.ErrMismatch},
			{"query added", func(r *sigv4.Request) { r.RawQuery += "&z" }, sigv4.ErrMismatch},
			{"query doubled", func(r *sigv4.Request) { r.RawQuery += "&x=1" }, sigv4.ErrMismatch},
			{"query that net/url drops", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "y=3", "y=3;", 1) }, sigv4.ErrIncomplete},
			{"query with half an escape", func(r *sigv4.Request) { r.RawQuery += "&z=%2" }, sigv4.ErrIncomplete},
			{"header", func(r *sigv4.Request) { r.Header.Set("Content-Type", "text/plain") }, sigv4.ErrMismatch},
			{"header in another case", func(r *sigv4.Request) { r.Header.Set("X-Custom", "ONE") }, sigv4.ErrMismatch},
			{"header values swapped", func(r *sigv4.Request) { r.Header["X-Custom"] = []string{"two", "one"} }, sigv4.ErrMismatch},
			{"header value added", func(r *sigv4.Request) { r.Header.Add("X-Custom", "three") }, sigv4.ErrMismatch},
			{"header removed", func(r *sigv4.Request) { r.Header.Del("X-Custom") }, sigv4.ErrIncomplete},
			{"content length", func(r *sigv4.Request) { r.ContentLength++ }, sigv4.ErrMismatch},
			{"no content length", func(r *sigv4.Request) { r.ContentLength = -1 }, sigv4.ErrIncomplete},
			{"target", func(r *sigv4.Request) { r.Header.Set("X-Amz-Target", "Another.Operation") }, sigv4.ErrMismatch},
			{"x-amz header added", func(r *sigv4.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, sigv4.ErrNotSigned},
			{"x-amz header added in another spelling", func(r *sigv4.Request) { r.Header["x-amz-acl"] = []string{"public-read"} }, sigv4.ErrNotSigned},
			{"region", func(r *sigv4.Request) { replaceIn(r, "us-east-1", "us-east-2") }, sigv4.ErrMismatch},
			{"service", func(r *sigv4.Request) { replaceIn(r, "/sts/", "/kms/") }, sigv4.ErrScope},
			{"scope date", func(r *sigv4.Request) { replaceIn(r, "20260101/", "20260102/") }, sigv4.ErrScope},
			{"terminator", func(r *sigv4.Request) { replaceIn(r, "aws4_request", "aws5_request") }, sigv4.ErrScope},
			{"header no longer signed", func(r *sigv4.Request) { replaceIn(r, "content-type;", "") }, sigv4.ErrMismatch},
			{"host no longer signed", func(r *sigv4.Request) { replaceIn(r, "host;", "") }, sigv4.ErrNotSigned},
			{"target no longer signed", func(r *sigv4.Request) { replaceIn(r, ";x-amz-target", "") }, sigv4.ErrNotSigned},
			{"another signed in its place", func(r *sigv4.Request) { replaceIn(r, "x-amz-target", "x-amz-targets") }, sigv4.ErrIncomplete},
			{"signature", func(r *sigv4.Request) { replaceIn(r, "Signature=", "Signature=0") }, sigv4.ErrMismatch},
			{"algorithm", func(r *sigv4.Request) { replaceIn(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1") }, sigv4.ErrIncomplete},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := fresh()
				c.change(r)
				err := attempt(r, testBody, signedAt, opts)
				if !errors.Is(err, c.want) {
					t.Errorf("error is %v, want %v", err, c.want)
				}
			})
		}
		if err := attempt(fresh(), testBody+" ", signedAt, opts); !errors.Is(err, sigv4.ErrMismatch) {
			t.Errorf("body: %v", err)
		}
	})
}

// TestTheTimeIsCovered moves the time in its own place: a captured signature
// cannot be made younger.
func TestTheTimeIsCovered(t *testing.T) {
	later := "20260101T001000Z"
	r := header(t)
	r.Header.Set("X-Amz-Date", later)
	if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("header: %v", err)
	}
	r = presigned(t)
	r.RawQuery = strings.Replace(r.RawQuery, "20260101T000000Z", later, 1)
	if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("presigned: %v", err)
	}
	r = presigned(t)
	r.RawQuery = strings.Replace(r.RawQuery, "X-Amz-Expires=600", "X-Amz-Expires=604800", 1)
	if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("expires: %v", err)
	}
}

// TestTheTokenIsCovered takes the token away, exchanges it, or sends a second.
func TestTheTokenIsCovered(t *testing.T) {
	opts := sigv4.OptionsFor("sts")
	r := header(t)
	r.Header.Set("X-Amz-Security-Token", "another")
	if err := attempt(r, testBody, signedAt, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("exchanged in the header: %v", err)
	}
	r = header(t)
	r.Header.Del("X-Amz-Security-Token")
	if err := attempt(r, testBody, signedAt, opts); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("removed from the header: %v", err)
	}
	r = presigned(t)
	r.RawQuery = strings.Replace(r.RawQuery, "X-Amz-Security-Token=token", "X-Amz-Security-Token=another", 1)
	if err := attempt(r, testBody, signedAt, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("exchanged in the query: %v", err)
	}
	r = presigned(t)
	r.RawQuery = strings.Replace(r.RawQuery, "&X-Amz-Security-Token=token", "", 1)
	if err := attempt(r, testBody, signedAt, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("removed from the query: %v", err)
	}
	r = presigned(t)
	r.Header.Set("X-Amz-Security-Token", "token")
	if err := attempt(r, testBody, signedAt, opts); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("in both places: %v", err)
	}
}

func TestWhatDoesNotChangeTheMeaning(t *testing.T) {
	bothForms(t, func(t *testing.T, fresh func() *sigv4.Request) {
		for _, c := range []struct {
			name   string
			change func(*sigv4.Request)
		}{
			{"order of the query", func(r *sigv4.Request) { r.RawQuery = "y=3&" + strings.Replace(r.RawQuery, "&y=3", "", 1) }},
			{"lower case escapes", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "2%2F", "2%2f", 1) }},
			{"needless escapes in the query", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "x=1", "%78=%31", 1) }},
			{"empty parts of the query", func(r *sigv4.Request) { r.RawQuery = "&" + r.RawQuery + "&&" }},
			{"dots in the path", func(r *sigv4.Request) { r.Path = "/./a%20b/x/..//c" }},
			{"spaces around a value", func(r *sigv4.Request) { r.Header["X-Custom"] = []string{"  one ", "two  "} }},
			{"values in one line", func(r *sigv4.Request) { r.Header["X-Custom"] = []string{"one,two"} }},
			{"a header that is not signed", func(r *sigv4.Request) { r.Header.Set("X-Amzn-Trace-Id", "Root=1") }},
			{"user agent", func(r *sigv4.Request) { r.Header.Set("User-Agent", "another") }},
			{"content length as a header", func(r *sigv4.Request) { r.Header.Set("Content-Length", "43"); r.ContentLength = -1 }},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := fresh()
				c.change(r)
				if err := attempt(r, testBody, signedAt, sigv4.OptionsFor("sts")); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// TestTimes has the messages of
// https://github.com/aws/aws-cli/issues/6676 and
// https://github.com/serverless/enterprise/issues/11.
func TestTimes(t *testing.T) {
	at := func(d time.Duration) time.Time { return signedAt.Add(d) }
	for _, c := range []struct {
		name      string
		presigned bool
		service   string
		skew      time.Duration
		now       time.Time
		want      string // message, empty for verified
		kind      error
	}{
		{"at once", false, "sts", 0, at(0), "", nil},
		{"just in time", false, "sts", 0, at(15 * time.Minute), "", nil},
		{"too late", false, "sts", 0, at(30 * time.Minute),
			"Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)", sigv4.ErrExpired},
		{"a second too late", false, "sts", 0, at(15*time.Minute + time.Second),
			"Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T001501Z - 15 min.)", sigv4.ErrExpired},
		{"a clock that is ahead", false, "sts", 0, at(-15 * time.Minute), "", nil},
		{"of the future", false, "sts", 0, at(-16 * time.Minute),
			"Signature not yet current: 20260101T000000Z is still later than 20251231T235900Z (20251231T234400Z + 15 min.)", sigv4.ErrNotYet},
		{"five minutes", false, "sts", 5 * time.Minute, at(6 * time.Minute),
			"Signature expired: 20260101T000000Z is now earlier than 20260101T000100Z (20260101T000600Z - 5 min.)", sigv4.ErrExpired},
		{"presigned", true, "sts", 0, at(10 * time.Minute), "", nil},
		{"presigned, expired", true, "sts", 0, at(10*time.Minute + time.Second),
			"Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T001001Z - 10 min.)", sigv4.ErrExpired},
		{"presigned, longer than the service allows", true, "sts", 5 * time.Minute, at(6 * time.Minute),
			"Signature expired: 20260101T000000Z is now earlier than 20260101T000100Z (20260101T000600Z - 5 min.)", sigv4.ErrExpired},
		{"presigned, of the future", true, "sts", 0, at(-16 * time.Minute),
			"Signature not yet current: 20260101T000000Z is still later than 20251231T235900Z (20251231T234400Z + 15 min.)", sigv4.ErrNotYet},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := header(t)
			if c.presigned {
				r = presigned(t)
			}
			opts := sigv4.OptionsFor(c.service)
			if c.skew != 0 {
				opts.Skew = c.skew
			}
			err := attempt(r, testBody, c.now, opts)
			if c.kind == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, c.kind) || err.Error() != c.want {
				t.Errorf("error is %v, want %s", err, c.want)
			}
			if e, ok := errors.AsType[*sigv4.Error](err); !ok || e.Presigned != c.presigned {
				t.Errorf("the error says presigned=%v", !c.presigned)
			}
		})
	}
}

// TestS3HonorsALongExpiry, unlike the services that treat a presigned request
// like any other.
func TestS3HonorsALongExpiry(t *testing.T) {
	r, _ := http.NewRequest("GET", "http://bucket.s3.example.com/a//../b", nil)
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "s3"}
	if err := s.Presign(r, "UNSIGNED-PAYLOAD", signedAt, 7*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	verify := func(now time.Time) error {
		req := sigv4.FromHTTP(r)
		sig, err := sigv4.Parse(req)
		if err != nil {
			t.Fatal(err)
		}
		return sig.Verify(req, "UNSIGNED-PAYLOAD", testSecret, now, sigv4.OptionsFor("s3"))
	}
	if err := verify(signedAt.Add(7 * 24 * time.Hour)); err != nil {
		t.Error(err)
	}
	if err := verify(signedAt.Add(7*24*time.Hour + time.Second)); !errors.Is(err, sigv4.ErrExpired) {
		t.Errorf("after a week: %v", err)
	}
	r.URL.Path = "/b"
	if err := verify(signedAt); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("S3 must not normalize a path: %v", err)
	}
}

func TestRegionOfTheService(t *testing.T) {
	opts := sigv4.OptionsFor("sts")
	opts.Region = "eu-west-1"
	err := attempt(header(t), testBody, signedAt, opts)
	if !errors.Is(err, sigv4.ErrScope) || err.Error() != "Credential should be scoped to a valid region." {
		t.Errorf("error is %v", err)
	}
}

func TestSkewOfServices(t *testing.T) {
	for service, want := range map[string]time.Duration{
		"sts": 15 * time.Minute, "iam": 15 * time.Minute, "s3": 15 * time.Minute,
		"kms": 5 * time.Minute, "lambda": 5 * time.Minute,
	} {
		if got := sigv4.OptionsFor(service).Skew; got != want {
			t.Errorf("%s: %v, want %v", service, got, want)
		}
	}
}
