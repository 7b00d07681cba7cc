package sigv4_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// s3Request signs a request to S3, in either form.
func s3Request(t testing.TB, presign bool) *sigv4.Request {
	t.Helper()
	r, err := http.NewRequest("GET", "http://bucket.s3.example.com/key?x=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, SessionToken: "to/ken=", Region: "us-east-1", Service: "s3"}
	if presign {
		err = s.Presign(r, sigv4.UnsignedPayload, signedAt, 10*time.Minute)
	} else {
		r.Header.Set("X-Amz-Content-Sha256", sigv4.EmptyPayload)
		err = s.Sign(r, sigv4.EmptyPayload, signedAt)
	}
	if err != nil {
		t.Fatal(err)
	}
	return sigv4.FromHTTP(r)
}

// answerOfS3 is what S3 says to a request.
func answerOfS3(r *sigv4.Request, now time.Time, region string) *api.Error {
	opts := sigv4.OptionsFor("s3")
	opts.Region = region
	s, err := sigv4.Parse(r)
	if err == nil {
		var declared string
		if declared, err = sigv4.ContentSHA256(r, s); err == nil {
			err = s.Verify(r, declared, testSecret, now, opts)
		}
	}
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e
	}
	return sigv4.Answer(api.RestXML, "s3", err)
}

// TestWordsOfS3 has the messages that S3 is seen to give, for instance in
// https://github.com/aws/aws-sdk-js/issues/1010 (region),
// https://github.com/aws/aws-cli/issues/1239 (mechanism) and
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
func TestWordsOfS3(t *testing.T) {
	const (
		header = "AuthorizationHeaderMalformed: The authorization header is malformed; "
		query  = "AuthorizationQueryParametersError: "
		cred   = query + "Error parsing the X-Amz-Credential parameter; "
		needs  = query + "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
		parts  = header + "the authorization header requires three components: Credential, SignedHeaders, and Signature."
		akid   = `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`
		dated  = "AccessDenied: AWS authentication requires a valid Date or x-amz-date header"
		// https://repost.aws/knowledge-center/s3-presigned-url-signature-mismatch
		differs = "The request signature we calculated does not match the signature you provided. Check your key and signing method."
		long    = query + `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`
	)
	for _, c := range []struct {
		name    string
		presign bool
		change  func(*sigv4.Request)
		want    string
		status  int
	}{
		{"another scheme", false, func(r *sigv4.Request) { r.Header.Set("Authorization", "Bearer abc") }, "InvalidArgument: Unsupported Authorization Type", 400},
		{"a scheme alone", false, func(r *sigv4.Request) { r.Header.Set("Authorization", "x") }, "InvalidArgument: Unsupported Authorization Type", 400},
		{"asymmetric", false, func(r *sigv4.Request) { replaceIn(r, "AWS4-HMAC", "AWS4-ECDSA-P256") },
			"NotImplemented: The signing algorithm AWS4-ECDSA-P256-SHA256 is not implemented.", 501},
		{"no parts", false, func(r *sigv4.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, parts, 400},
		{"no signature", false, func(r *sigv4.Request) { replaceIn(r, "Signature=", "Signatures=") }, parts, 400},
		{"no date", false, func(r *sigv4.Request) { r.Header.Del("X-Amz-Date") }, dated, 403},
		{"no valid date", false, func(r *sigv4.Request) { r.Header.Set("X-Amz-Date", "today") }, dated, 403},
		{"credential", false, func(r *sigv4.Request) { replaceIn(r, "/aws4_request", "") }, header + akid, 400},
		{"terminal", false, func(r *sigv4.Request) { replaceIn(r, "aws4_request", "aws5_request") }, header + `incorrect terminal "aws5_request". This endpoint uses "aws4_request".`, 400},
		{"service", false, func(r *sigv4.Request) { replaceIn(r, "/s3/", "/ec2/") }, header + `incorrect service "ec2". This endpoint belongs to "s3".`, 400},
		{"region", false, func(r *sigv4.Request) { replaceIn(r, "us-east-1", "us-east-2") }, header + "the region 'us-east-2' is wrong; expecting 'us-east-1'", 400},
		{"scope date", false, func(r *sigv4.Request) { replaceIn(r, "20260101/", "20260102/") }, header + `Invalid credential date "20260102". This date is not the same as X-Amz-Date: "20260101".`, 400},
		{"no signed header", false, func(r *sigv4.Request) {
			r.Header.Del("X-Amz-Security-Token")
			replaceIn(r, "x-amz-date", "x-amz-date;x-amz-other")
		}, "SignatureDoesNotMatch: " + differs, 403},
		{"no hash", false, func(r *sigv4.Request) { r.Header.Del("X-Amz-Content-Sha256") }, "InvalidRequest: Missing required header for this request: x-amz-content-sha256", 400},
		{"both", true, func(r *sigv4.Request) { r.Header.Set("Authorization", "AWS4-HMAC-SHA256 x") }, "InvalidArgument: Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified", 400},

		{"presigned, no signed header", true, func(r *sigv4.Request) { replaceIn(r, "SignedHeaders=host", "SignedHeaders=content-type%3Bhost") }, "SignatureDoesNotMatch: " + differs, 403},
		{"presigned, signature", true, func(r *sigv4.Request) { replaceIn(r, "Signature=", "Signatures=") }, needs, 400},
		{"presigned, expires", true, func(r *sigv4.Request) { replaceIn(r, "Expires=600", "Ex=600") }, needs, 400},
		{"presigned, date", true, func(r *sigv4.Request) { replaceIn(r, "Date=20260101T", "Date=20260101t") }, long, 400},
		{"presigned, algorithm", true, func(r *sigv4.Request) { replaceIn(r, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1") },
			query + `X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`, 400},
		{"presigned, asymmetric", true, func(r *sigv4.Request) { replaceIn(r, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256") },
			"NotImplemented: The signing algorithm AWS4-ECDSA-P256-SHA256 is not implemented.", 501},
		{"presigned, credential", true, func(r *sigv4.Request) { replaceIn(r, "/aws4_request", "") }, cred + akid, 400},
		{"presigned, terminal", true, func(r *sigv4.Request) { replaceIn(r, "aws4_request", "aws5_request") }, cred + `incorrect terminal "aws5_request". This endpoint uses "aws4_request".`, 400},
		{"presigned, service", true, func(r *sigv4.Request) { replaceIn(r, "/s3/", "/ec2/") }, cred + `incorrect service "ec2". This endpoint belongs to "s3".`, 400},
		{"presigned, region", true, func(r *sigv4.Request) { replaceIn(r, "us-east-1", "us-east-2") }, cred + "the region 'us-east-2' is wrong; expecting 'us-east-1'", 400},
		{"presigned, no scope date", true, func(r *sigv4.Request) { replaceIn(r, "20260101/", "2026-1-1/") }, // versitygw, PresignedAuth_invalid_date_format
			cred + `incorrect date format "2026-1-1". This date in the credential must be in the format "yyyyMMdd".`, 400},
		{"presigned, scope date", true, func(r *sigv4.Request) { replaceIn(r, "20260101/", "20260102/") }, query + `Invalid credential date "20260102". This date is not the same as X-Amz-Date: "20260101".`, 400},
		{"presigned, a week and a second", true, func(r *sigv4.Request) { replaceIn(r, "Expires=600", "Expires=604801") },
			query + "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s3Request(t, c.presign)
			c.change(r)
			if a := answerOfS3(r, signedAt, "us-east-1"); a == nil || a.Error() != c.want || a.Status != c.status {
				t.Errorf("got  %v\nwant %s", a, c.want)
			}
		})
	}
}

// TestFieldsOfS3: what S3 says besides, in elements of their own.
func TestFieldsOfS3(t *testing.T) {
	late := signedAt.Add(time.Hour)
	for _, c := range []struct {
		name    string
		presign bool
		change  func(*sigv4.Request)
		now     time.Time
		code    string
		fields  map[string]string
	}{
		{"region", false, func(r *sigv4.Request) { replaceIn(r, "us-east-1", "us-east-2") }, signedAt, "AuthorizationHeaderMalformed",
			map[string]string{"Region": "us-east-1"}},
		{"skew", false, func(*sigv4.Request) {}, late, "RequestTimeTooSkewed",
			map[string]string{"RequestTime": "20260101T000000Z", "ServerTime": "2026-01-01T01:00:00Z", "MaxAllowedSkewMilliseconds": "900000"}},
		{"ahead", false, func(*sigv4.Request) {}, signedAt.Add(-time.Hour), "RequestTimeTooSkewed",
			map[string]string{"RequestTime": "20260101T000000Z", "ServerTime": "2025-12-31T23:00:00Z", "MaxAllowedSkewMilliseconds": "900000"}},
		{"expired", true, func(*sigv4.Request) {}, late, "AccessDenied",
			map[string]string{"X-Amz-Expires": "600", "Expires": "2026-01-01T00:10:00Z", "ServerTime": "2026-01-01T01:00:00Z"}},
		{"not signed", true, func(r *sigv4.Request) {
			r.Header["X-Amz-Meta-B"] = []string{"1"}
			r.Header["X-Amz-Acl"] = []string{"private"}
		}, signedAt, "AccessDenied",
			map[string]string{"HeadersNotSigned": "x-amz-acl, x-amz-meta-b"}},
		{"host not signed", false, func(r *sigv4.Request) { replaceIn(r, "host;", "") }, signedAt, "AccessDenied",
			map[string]string{"HeadersNotSigned": "host"}},
		{"both", true, func(r *sigv4.Request) { r.Header.Set("Authorization", "x") }, signedAt, "InvalidArgument",
			map[string]string{"ArgumentName": "Authorization"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s3Request(t, c.presign)
			c.change(r)
			a := answerOfS3(r, c.now, "us-east-1")
			if a == nil || a.Code != c.code || len(a.Fields) != len(c.fields) {
				t.Fatalf("got %+v", a)
			}
			for name, want := range c.fields {
				if a.Fields[name] != want {
					t.Errorf("%s is %v, want %s", name, a.Fields[name], want)
				}
			}
		})
	}
}

// TestMismatchOfS3 shows what the signature was computed of, but neither the
// session token nor a signature that would have been right.
func TestMismatchOfS3(t *testing.T) {
	for _, presign := range []bool{false, true} {
		t.Run(fmt.Sprint(presign), func(t *testing.T) {
			right := s3Request(t, presign)
			s, err := sigv4.Parse(right)
			if err != nil {
				t.Fatal(err)
			}
			if s.SecurityToken != "to/ken=" {
				t.Fatal("the token is not there")
			}
			wrong := s3Request(t, presign)
			wrong.Path = "/another"
			a := answerOfS3(wrong, signedAt, "")
			if a == nil || a.Code != "SignatureDoesNotMatch" || a.Status != 403 || a.Fields["AWSAccessKeyId"] != testKeyID {
				t.Fatalf("got %+v", a)
			}
			text, canonical := a.Fields["StringToSign"].(string), a.Fields["CanonicalRequest"].(string)
			if !strings.HasPrefix(text, "AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/us-east-1/s3/aws4_request\n") {
				t.Errorf("string to sign is %q", text)
			}
			if !strings.HasPrefix(canonical, "GET\n/another\n") || !strings.Contains(canonical, "[withheld]") {
				t.Errorf("canonical request is %q", canonical)
			}
			provided := a.Fields["SignatureProvided"].(string)
			if !strings.Contains(wrong.RawQuery+wrong.Header.Get("Authorization"), "Signature="+provided) || len(provided) != 64 {
				t.Errorf("provided was %q", provided)
			}
			for name, of := range map[string]string{"StringToSignBytes": text, "CanonicalRequestBytes": canonical} {
				if want := strings.TrimSpace(fmt.Sprintf("% x", of)); a.Fields[name] != want {
					t.Errorf("%s is %v", name, a.Fields[name])
				}
			}
			if all := fmt.Sprint(a.Fields, a); strings.Contains(all, "to/ken") || strings.Contains(all, "to%2Fken") ||
				strings.Contains(all, fmt.Sprintf("% x", "to/ken")) || strings.Contains(all, testSecret) {
				t.Errorf("a secret is told: %s", all)
			}
		})
	}
}

// TestMismatchOfVersion2 does the same.
func TestMismatchOfVersion2(t *testing.T) {
	bothFormsV2(t, func(t *testing.T, fresh func() *sigv4.Request) {
		r := fresh()
		r.Path = "/another"
		a := sigv4.Answer(api.RestXML, "s3", attemptV2(r, signedAt))
		text, _ := a.Fields["StringToSign"].(string)
		if a.Code != "SignatureDoesNotMatch" || a.Fields["AWSAccessKeyId"] != testKeyID || !strings.Contains(text, "/bucket/another?acl&versionId=1") ||
			strings.Contains(text, "token:token") || a.Fields["StringToSignBytes"] != fmt.Sprintf("% x", text) {
			t.Errorf("got %+v", a)
		}
	})
}

// TestUnknownKeyOfS3: the caller says that it does not know the key, and S3
// repeats which.
func TestUnknownKeyOfS3(t *testing.T) {
	s, err := sigv4.Parse(s3Request(t, true))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Fail(sigv4.UnknownKey)
	if !errors.Is(err, sigv4.ErrUnknownKey) {
		t.Error(err)
	}
	a := sigv4.Answer(api.RestXML, "s3", err)
	if a.Code != "InvalidAccessKeyId" || a.Status != 403 || len(a.Fields) != 1 || a.Fields["AWSAccessKeyId"] != testKeyID {
		t.Errorf("got %+v", a)
	}
	if a := sigv4.Answer(api.RestXML, "s3", s.Fail(sigv4.ExpiredToken)); a.Code != "ExpiredToken" || len(a.Fields) != 0 {
		t.Errorf("got %+v", a)
	}
	if a := sigv4.Answer(api.Query, "iam", err); a.Fields != nil {
		t.Errorf("IAM says %+v", a)
	}
}

// TestSharedErrors: what one request's answer gets must not show in another's.
func TestSharedErrors(t *testing.T) {
	r := s3Request(t, true)
	r.Header.Set("Authorization", "x")
	one := answerOfS3(r, signedAt, "")
	one.Fields["ArgumentName"] = "changed"
	if two := answerOfS3(r, signedAt, ""); two.Fields["ArgumentName"] != "Authorization" {
		t.Errorf("got %+v", two)
	}
}
