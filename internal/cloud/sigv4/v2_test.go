package sigv4_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func optionsV2() sigv4.Options {
	opts := sigv4.OptionsFor("s3")
	opts.V2 = true
	return opts
}

// TestVersion2OfTheDocumentation has the examples of
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html.
// The signature of "upload" there is that of another text; this one is of the
// string to sign which the page shows.
func TestVersion2OfTheDocumentation(t *testing.T) {
	const auth = "Authorization: AWS AKIAIOSFODNN7EXAMPLE:"
	for _, c := range []struct{ name, bucket, request, at string }{
		{"object get", "awsexamplebucket1", `GET /photos/puppy.jpg HTTP/1.1
Host: awsexamplebucket1.us-west-1.s3.amazonaws.com
Date: Tue, 27 Mar 2007 19:36:42 +0000
` + auth + `qgk2+6Sv9/oM7G3qLEjTH1a1l1g=`, "2007-03-27T19:36:42Z"},
		{"object put", "awsexamplebucket1", `PUT /photos/puppy.jpg HTTP/1.1
Content-Type: image/jpeg
Content-Length: 94328
Host: awsexamplebucket1.s3.us-west-1.amazonaws.com
Date: Tue, 27 Mar 2007 21:15:45 +0000
` + auth + `iqRzw+ileNPu1fhspnRs8nOjjIA=`, "2007-03-27T21:15:45Z"},
		{"list", "awsexamplebucket1", `GET /?prefix=photos&max-keys=50&marker=puppy HTTP/1.1
User-Agent: Mozilla/5.0
Host: awsexamplebucket1.s3.us-west-1.amazonaws.com
Date: Tue, 27 Mar 2007 19:42:41 +0000
` + auth + `m0WP8eCtspQl5Ahe6L1SozdX9YA=`, "2007-03-27T19:42:41Z"},
		{"fetch", "awsexamplebucket1", `GET /?acl HTTP/1.1
Host: awsexamplebucket1.s3.us-west-1.amazonaws.com
Date: Tue, 27 Mar 2007 19:44:46 +0000
` + auth + `82ZHiFIjc+WbcwFKGUVEQspPn+0=`, "2007-03-27T19:44:46Z"},
		{"delete", "", `DELETE /awsexamplebucket1/photos/puppy.jpg HTTP/1.1
User-Agent: dotnet
Host: s3.us-west-1.amazonaws.com
Date: Tue, 27 Mar 2007 21:20:26 +0000
` + auth + `XbyTlbQdu9Xw5o8P4iMwPktxQd8=`, "2007-03-27T21:20:27Z"},
		{"upload", "static.example.com", `PUT /db-backup.dat.gz HTTP/1.1
User-Agent: curl/7.15.5
Host: static.example.com:8080
Date: Tue, 27 Mar 2007 21:06:08 +0000
x-amz-acl: public-read
content-type: application/x-download
Content-MD5: 4gJE4saaMU4BqNR0kLY+lw==
X-Amz-Meta-ReviewedBy: joe@example.com
X-Amz-Meta-ReviewedBy: jane@example.com
X-Amz-Meta-FileChecksum: 0x02661779
X-Amz-Meta-ChecksumAlgorithm: crc32
Content-Disposition: attachment; filename=database.dat
Content-Encoding: gzip
Content-Length: 5913339
` + auth + `jtBQa0Aq+DkULFI8qrpwIjGEx0E=`, "2007-03-27T21:06:08Z"},
		{"list all my buckets", "", `GET / HTTP/1.1
Host: s3.us-west-1.amazonaws.com
Date: Wed, 28 Mar 2007 01:29:59 +0000
` + auth + `qGdzdERIC03wnaRNKh6OqZehG9s=`, "2007-03-28T01:29:59Z"},
		{"unicode keys", "", `GET /dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re HTTP/1.1
Host: s3.us-west-1.amazonaws.com
Date: Wed, 28 Mar 2007 01:49:49 +0000
` + auth + `DNEZGsoieTZ92F3bUfSPQcbGmlM=`, "2007-03-28T01:49:49Z"},
		{"query string", "johnsmith", `GET /photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620 HTTP/1.1
Host: johnsmith.s3.amazonaws.com
Date: Mon, 26 Mar 2007 19:37:58 +0000`, "2007-03-29T03:40:20Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sigv4.FromHTTP(received(t, c.request+"\n\n"))
			r.Bucket = c.bucket
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			s, err := sigv4.Parse(r)
			if err != nil {
				t.Fatal(err)
			}
			if s.AccessKeyID != docsKeyID || !s.V2 || s.Version() != "AWS" || s.Presigned != (c.name == "query string") {
				t.Errorf("signature is %+v", s)
			}
			if err := s.Verify(r, "", docsSecret, at, optionsV2()); err != nil {
				t.Error(err)
			}
			if err := s.Verify(r, "", docsSecret+"x", at, optionsV2()); !errors.Is(err, sigv4.ErrMismatch) {
				t.Errorf("another secret: %v", err)
			}
			r.Bucket = "another"
			if err := s.Verify(r, "", docsSecret, at, optionsV2()); !errors.Is(err, sigv4.ErrMismatch) {
				t.Errorf("another bucket: %v", err)
			}
		})
	}
}

func signV2(text string) string {
	h := hmac.New(sha1.New, []byte(testSecret))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// headerV2 and queryV2 are one request, in both forms of version 2.
func headerV2(t testing.TB) *sigv4.Request {
	t.Helper()
	const date = "Thu, 01 Jan 2026 00:00:00 GMT"
	text := "PUT\nmd5\ntext/plain\n" + date + "\nx-amz-acl:private\nx-amz-security-token:token\n/bucket/a%20key?acl&versionId=1"
	r := received(t, "PUT /a%20key?versionId=1&x=y&acl HTTP/1.1\nHost: bucket.s3.example.com\nContent-MD5: md5\nContent-Type: text/plain\nDate: "+date+
		"\nx-amz-security-token: token\nx-amz-acl: private\nAuthorization: AWS "+testKeyID+":"+signV2(text)+"\n\n")
	req := sigv4.FromHTTP(r)
	req.Bucket = "bucket"
	return req
}

func queryV2(t testing.TB) *sigv4.Request {
	t.Helper()
	until := strconv.FormatInt(signedAt.Add(10*time.Minute).Unix(), 10)
	text := "PUT\nmd5\ntext/plain\n" + until + "\nx-amz-acl:private\nx-amz-security-token:token\n/bucket/a%20key?acl&versionId=1"
	r := received(t, "PUT /a%20key?versionId=1&x=y&acl&content-type=text%2Fplain&content-md5=md5&x-amz-security-token=token&AWSAccessKeyId="+testKeyID+
		"&Expires="+until+"&Signature="+url.QueryEscape(signV2(text))+" HTTP/1.1\nHost: bucket.s3.example.com\nx-amz-acl: private\n\n")
	req := sigv4.FromHTTP(r)
	req.Bucket = "bucket"
	return req
}

func attemptV2(r *sigv4.Request, now time.Time) error {
	s, err := sigv4.Parse(r)
	if err != nil {
		return err
	}
	return s.Verify(r, "", testSecret, now, optionsV2())
}

func bothFormsV2(t *testing.T, test func(t *testing.T, fresh func() *sigv4.Request)) {
	t.Run("header", func(t *testing.T) { test(t, func() *sigv4.Request { return headerV2(t) }) })
	t.Run("query", func(t *testing.T) { test(t, func() *sigv4.Request { return queryV2(t) }) })
}

func TestVersion2Covers(t *testing.T) {
	bothFormsV2(t, func(t *testing.T, fresh func() *sigv4.Request) {
		if err := attemptV2(fresh(), signedAt); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			change func(*sigv4.Request)
			want   error
		}{
			{"host", func(r *sigv4.Request) { r.Host = "another" }, nil}, // version 2 does not cover it
			{"prefix", func(r *sigv4.Request) { r.RawQuery += "&prefix=a" }, nil},
			{"method", func(r *sigv4.Request) { r.Method = "DELETE" }, sigv4.ErrMismatch},
			{"path", func(r *sigv4.Request) { r.Path = "/b" }, sigv4.ErrMismatch},
			{"path decoded", func(r *sigv4.Request) { r.Path = "/a key" }, sigv4.ErrMismatch},
			{"bucket", func(r *sigv4.Request) { r.Bucket = "bucket2" }, sigv4.ErrMismatch},
			{"no bucket", func(r *sigv4.Request) { r.Bucket = "" }, sigv4.ErrMismatch},
			{"subresource", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "acl", "tagging", 1) }, sigv4.ErrMismatch},
			{"subresource removed", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "&acl", "", 1) }, sigv4.ErrMismatch},
			{"subresource added", func(r *sigv4.Request) { r.RawQuery += "&legal-hold" }, sigv4.ErrMismatch},
			{"subresource added in disguise", func(r *sigv4.Request) { r.RawQuery += "&rete%6Etion" }, sigv4.ErrMismatch},
			{"subresource with a value", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "&acl", "&acl=", 1) }, sigv4.ErrMismatch},
			{"version", func(r *sigv4.Request) { r.RawQuery = strings.Replace(r.RawQuery, "versionId=1", "versionId=2", 1) }, sigv4.ErrMismatch},
			{"version twice", func(r *sigv4.Request) { r.RawQuery += "&versionId=2" }, sigv4.ErrIncomplete},
			{"response header", func(r *sigv4.Request) { r.RawQuery += "&response-content-type=text/html" }, sigv4.ErrMismatch},
			{"type", func(r *sigv4.Request) { r.Header.Set("Content-Type", "text/html") }, sigv4.ErrMismatch},
			{"md5", func(r *sigv4.Request) { r.Header.Set("Content-MD5", "another") }, sigv4.ErrMismatch},
			{"acl", func(r *sigv4.Request) { r.Header.Set("X-Amz-Acl", "public-read") }, sigv4.ErrMismatch},
			{"acl removed", func(r *sigv4.Request) { r.Header.Del("X-Amz-Acl") }, sigv4.ErrMismatch},
			{"x-amz header added", func(r *sigv4.Request) { r.Header.Set("X-Amz-Meta-A", "b") }, sigv4.ErrMismatch},
			{"token", func(r *sigv4.Request) {
				r.Header.Del("X-Amz-Security-Token")
				r.RawQuery = strings.Replace(r.RawQuery, "x-amz-security-token=token&", "", 1)
			}, sigv4.ErrMismatch},
			{"token twice", func(r *sigv4.Request) {
				r.Header["X-Amz-Security-Token"] = []string{"token", "token"}
			}, sigv4.ErrIncomplete},
			{"signature", func(r *sigv4.Request) {
				r.RawQuery = strings.Replace(r.RawQuery, "Signature=", "Signature=A", 1)
				if auth := r.Header["Authorization"]; auth != nil {
					auth[0] = strings.Replace(auth[0], ":", ":A", 1)
				}
			}, sigv4.ErrMismatch},
			{"half an escape", func(r *sigv4.Request) { r.RawQuery += "&a=%2" }, sigv4.ErrIncomplete},
			{"semicolon", func(r *sigv4.Request) { r.RawQuery += ";acl" }, sigv4.ErrIncomplete},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := fresh()
				c.change(r)
				if err := attemptV2(r, signedAt); !errors.Is(err, c.want) {
					t.Errorf("error is %v, want %v", err, c.want)
				}
			})
		}
	})
}

// TestHeadersInTheQuery: what a presigned request has there counts as sent, and
// may not be sent again as something else. In any other request it is nothing.
func TestHeadersInTheQuery(t *testing.T) {
	r := queryV2(t)
	r.RawQuery += "&x-amz-acl=public-read"
	if err := attemptV2(r, signedAt); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("presigned: %v", err)
	}
	r = queryV2(t)
	r.RawQuery += "&x-amz-acl=private" // as those do who have been given a URL of boto3 and its headers
	if err := attemptV2(r, signedAt); err != nil {
		t.Errorf("presigned, and sent as well: %v", err)
	}
	r = queryV2(t)
	r.RawQuery += "&x-amz-acl=public-read"
	r.Header.Del("X-Amz-Acl")
	if err := attemptV2(r, signedAt); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("presigned, another: %v", err)
	}
	r.RawQuery = strings.Replace(r.RawQuery, "public-read", "private", 1)
	if err := attemptV2(r, signedAt); err != nil {
		t.Errorf("presigned, the same: %v", err)
	}
	r = headerV2(t)
	r.RawQuery += "&x-amz-acl=public-read&content-type=text/html"
	if err := attemptV2(r, signedAt); err != nil || sigv4.Hoisted(r, &sigv4.Signature{V2: true}) != nil {
		t.Errorf("in the header's form: %v", err)
	}
}

// TestTextOfTwoRequests: what a version 2 signature covers can be read in more
// than one way, and the holder of a presigned address shall not choose. What was
// signed as a header, or a version, must be there as that.
func TestTextOfTwoRequests(t *testing.T) {
	until := strconv.FormatInt(signedAt.Add(time.Minute).Unix(), 10)
	const encrypted = "x-amz-server-side-encryption:aws:kms\n"
	for _, c := range []struct{ name, headers, resource, query string }{
		{"a colon in the name", encrypted, "/b/k", "x-amz-server-side-encryption%3Aaws=kms"},
		{"a line end in the value", "x-amz-meta-a:1\n" + encrypted, "/b/k", "x-amz-meta-a=1%0A" + url.QueryEscape(strings.TrimSpace(encrypted))},
		{"a line end in the name", "x-amz-acl:private\n" + encrypted, "/b/k", "x-amz-acl%3Aprivate%0Ax-amz-server-side-encryption=aws%3Akms"},
		{"a version in a value", "", "/b/k?response-content-type=x&versionId=1", "response-content-type=x%26versionId%3D1"},
		{"a version behind a value", "", "/b/k?response-content-type=x&versionId", "response-content-type=x%26versionId"},
		{"several in a value", "", "/b/k?response-content-type=x&a=b&versionId=1", "response-content-type=x%26a%3Db%26versionId%3D1"},
	} {
		text := "GET\n\n\n" + until + "\n" + c.headers + c.resource
		r := sigv4.FromHTTP(received(t, "GET /b/k?"+c.query+"&AWSAccessKeyId="+testKeyID+"&Expires="+until+
			"&Signature="+url.QueryEscape(signV2(text))+" HTTP/1.1\nHost: s3.example.com\n\n"))
		if err := attemptV2(r, signedAt); !errors.Is(err, sigv4.ErrIncomplete) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	// An ampersand in a value by itself is nothing of the kind.
	text := "GET\n\n\n" + until + "\n/b/k?response-content-disposition=attachment; filename=\"a&b=c.txt\""
	r := sigv4.FromHTTP(received(t, "GET /b/k?response-content-disposition="+url.QueryEscape(`attachment; filename="a&b=c.txt"`)+
		"&AWSAccessKeyId="+testKeyID+"&Expires="+until+"&Signature="+url.QueryEscape(signV2(text))+" HTTP/1.1\nHost: s3.example.com\n\n"))
	if err := attemptV2(r, signedAt); err != nil {
		t.Errorf("an ampersand: %v", err)
	}
}

// TestPathOfABucket: clients end it with a slash or not.
func TestPathOfABucket(t *testing.T) {
	for _, c := range []struct {
		signed, sent, bucket string
		want                 error
	}{
		{"/bucket/", "/bucket", "", nil},
		{"/bucket", "/bucket", "", nil},
		{"/bucket/", "/bucket/", "", nil},
		{"/bucket/", "/", "bucket", nil},
		{"/bucket", "/bucket/", "", sigv4.ErrMismatch},
		{"/bucket/key/", "/bucket/key", "", sigv4.ErrMismatch},
		{"/bucket/key/", "/key", "bucket", sigv4.ErrMismatch},
		{"//", "/", "", sigv4.ErrMismatch},
	} {
		const date = "Thu, 01 Jan 2026 00:00:00 GMT"
		r := sigv4.FromHTTP(received(t, "GET "+c.sent+" HTTP/1.1\nHost: h\nDate: "+date+"\nAuthorization: AWS "+testKeyID+":"+
			signV2("GET\n\n\n"+date+"\n"+c.signed)+"\n\n"))
		r.Bucket = c.bucket
		if err := attemptV2(r, signedAt); !errors.Is(err, c.want) {
			t.Errorf("%s, sent %s of %q: %v", c.signed, c.sent, c.bucket, err)
		}
	}
}

func TestTimesOfVersion2(t *testing.T) {
	at := func(d time.Duration) time.Time { return signedAt.Add(d) }
	for _, c := range []struct {
		name string
		r    *sigv4.Request
		now  time.Time
		want error
	}{
		{"at once", headerV2(t), at(0), nil},
		{"in time", headerV2(t), at(15 * time.Minute), nil},
		{"ahead", headerV2(t), at(-15 * time.Minute), nil},
		{"too late", headerV2(t), at(15*time.Minute + time.Second), sigv4.ErrExpired},
		{"too early", headerV2(t), at(-15*time.Minute - time.Second), sigv4.ErrNotYet},
		{"query", queryV2(t), at(10 * time.Minute), nil},
		{"query, long before", queryV2(t), at(-time.Hour), nil},
		{"query, expired", queryV2(t), at(10*time.Minute + time.Second), sigv4.ErrExpired},
	} {
		if err := attemptV2(c.r, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	r := queryV2(t)
	r.RawQuery = strings.Replace(r.RawQuery, "Expires=17", "Expires=18", 1)
	if err := attemptV2(r, signedAt); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("expires later: %v", err)
	}
}

// TestDatesOfVersion2: x-amz-date stands for Date, which then counts for
// nothing; and HTTP has dates in several forms.
func TestDatesOfVersion2(t *testing.T) {
	for _, date := range []string{
		"Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 +0000", "Thu, 01 Jan 2026 01:00:00 +0100",
		"Thursday, 01-Jan-26 00:00:00 GMT", "Thu Jan  1 00:00:00 2026", "20260101T000000Z",
	} {
		text := "GET\n\n\n\nx-amz-date:" + date + "\n/"
		r := sigv4.FromHTTP(received(t, "GET / HTTP/1.1\nHost: h\nDate: whatever\nx-amz-date: "+date+"\nAuthorization: AWS "+testKeyID+":"+signV2(text)+"\n\n"))
		if err := attemptV2(r, signedAt); err != nil {
			t.Errorf("%s: %v", date, err)
		}
	}
}

// TestMalformedVersion2 has S3's answers.
func TestMalformedVersion2(t *testing.T) {
	const (
		date    = "AccessDenied: AWS authentication requires a valid Date or x-amz-date header"
		form    = "InvalidArgument: AWS authorization header is invalid.  Expected AwsAccessKeyId:signature"
		query   = "AccessDenied: Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
		seconds = "AccessDenied: Invalid date (should be seconds since epoch): "
		one     = "InvalidArgument: Only one auth mechanism allowed"
	)
	for _, c := range []struct{ name, query, headers, want string }{
		{"no colon", "", "Authorization: AWS HAHAHA\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", form},
		{"no key", "", "Authorization: AWS :sig=\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", form},
		{"no signature", "", "Authorization: AWS AKID:\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", form},
		{"spaces", "", "Authorization: AWS AKID: sig=\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", form},
		{"no date", "", "Authorization: AWS AKID:sig=\n", date},
		{"no valid date", "", "Authorization: AWS AKID:sig=\nDate: today\n", date},
		{"two dates", "", "Authorization: AWS AKID:sig=\nDate: Thu, 01 Jan 2026 00:00:00 GMT\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", date},
		{"no expires", "AWSAccessKeyId=A&Signature=b", "", query},
		{"no signature in the query", "AWSAccessKeyId=A&Expires=1", "", query},
		{"expires no number", "AWSAccessKeyId=A&Signature=b&Expires=tomorrow", "", seconds + "tomorrow"},
		{"expires negative", "AWSAccessKeyId=A&Signature=b&Expires=-1", "", seconds + "-1"},
		{"expires beyond all numbers", "AWSAccessKeyId=A&Signature=b&Expires=99999999999999999999", "", seconds},
		{"expires beyond all years", "AWSAccessKeyId=A&Signature=b&Expires=253402300800", "", seconds},
		{"both", "AWSAccessKeyId=A&Signature=b&Expires=1", "Authorization: AWS AKID:sig=\nDate: Thu, 01 Jan 2026 00:00:00 GMT\n", one},
		{"both versions", "AWSAccessKeyId=A&Signature=b&Expires=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + okCredential +
			"&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=" + okSignature, "", one},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := sigv4.Parse(sigv4.FromHTTP(received(t, "GET /?"+c.query+" HTTP/1.1\nHost: h\n"+c.headers+"\n")))
			if !errors.Is(err, sigv4.ErrIncomplete) || s != nil {
				t.Fatalf("Parse = %v, %v", s, err)
			}
			if a := sigv4.Answer(api.RestXML, "s3", err); !strings.HasPrefix(a.Error(), c.want) {
				t.Errorf("got %v, want %s", a, c.want)
			}
		})
	}
}

// TestVersion2OfOthers: the query services' own version 2 is none of S3's, and
// none is accepted where it is not switched on.
func TestVersion2OfOthers(t *testing.T) {
	bothFormsV2(t, func(t *testing.T, fresh func() *sigv4.Request) {
		r := fresh()
		s, err := sigv4.Parse(r)
		if err != nil {
			t.Fatal(err)
		}
		sts := sigv4.OptionsFor("sts")
		sts.V2 = true
		for _, opts := range []sigv4.Options{sigv4.OptionsFor("s3"), sts} {
			err := s.Verify(r, "", testSecret, signedAt, opts)
			if !errors.Is(err, sigv4.ErrIncomplete) {
				t.Errorf("%s: %v", opts.Service, err)
			}
			if a := sigv4.Answer(api.RestXML, "s3", err); a.Status != 400 || a.Error() !=
				"InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256." {
				t.Errorf("S3 answers %v", a)
			}
			if a := sigv4.Answer(api.Query, "iam", err); a.Code != "IncompleteSignature" {
				t.Errorf("IAM answers %v", a)
			}
		}
	})
	if _, err := sigv4.Parse(&sigv4.Request{RawQuery: "AWSAccessKeyId=A&Signature=b&Expires=1&SignatureVersion=2"}); !errors.Is(err, sigv4.ErrMissing) {
		t.Errorf("SignatureVersion: %v", err)
	}
}

func TestHoistedHeaders(t *testing.T) {
	v4 := "X-Amz-Algorithm=a&X-Amz-Credential=c&X-Amz-Date=d&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=s&X-Amz-Security-Token=t" +
		"&x-amz-acl=private&X-Amz-Meta-A=b%20c&content-type=text/plain&x-id=PutObject"
	h := sigv4.Hoisted(&sigv4.Request{RawQuery: v4}, &sigv4.Signature{Presigned: true})
	if len(h) != 2 || h.Get("X-Amz-Acl") != "private" || h.Get("X-Amz-Meta-A") != "b c" {
		t.Errorf("version 4: %v", h)
	}
	v2 := "AWSAccessKeyId=a&Signature=b&Expires=1&x-amz-security-token=t&x-amz-acl=private&content-type=text%2Fplain&Content-MD5=m&acl"
	h = sigv4.Hoisted(&sigv4.Request{RawQuery: v2}, &sigv4.Signature{Presigned: true, V2: true})
	if len(h) != 3 || h.Get("X-Amz-Acl") != "private" || h.Get("Content-Type") != "text/plain" || h.Get("Content-Md5") != "m" {
		t.Errorf("version 2: %v", h)
	}
	for _, s := range []*sigv4.Signature{nil, {}, {V2: true}} {
		if h := sigv4.Hoisted(&sigv4.Request{RawQuery: "x-amz-acl=private"}, s); h != nil {
			t.Errorf("not presigned: %v", h)
		}
	}
}
