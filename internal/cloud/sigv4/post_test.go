package sigv4_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// The policies and signatures of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html and
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/HTTPPOSTExamples.html.
const (
	postPolicyV4    = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"
	postSignatureV4 = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"

	postPolicyV2    = "eyAiZXhwaXJhdGlvbiI6ICIyMDA3LTEyLTAxVDEyOjAwOjAwLjAwMFoiLAogICJjb25kaXRpb25zIjogWwogICAgeyJidWNrZXQiOiAiam9obnNtaXRoIn0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci9lcmljLyJdLAogICAgeyJhY2wiOiAicHVibGljLXJlYWQifSwKICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL2pvaG5zbWl0aC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwKICAgIFsic3RhcnRzLXdpdGgiLCAiJENvbnRlbnQtVHlwZSIsICJpbWFnZS8iXSwKICAgIHsieC1hbXotbWV0YS11dWlkIjogIjE0MzY1MTIzNjUxMjc0In0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiR4LWFtei1tZXRhLXRhZyIsICIiXQogIF0KfQo="
	postSignatureV2 = "0RavWzkygo6QX9caELEqKi9kDbU="
	postSecretV2    = "uV3F3YluFJax1cknvbcGwgjvx4QpvB+leU8dUj2o"
)

func formV4(t testing.TB) sigv4.Form {
	t.Helper()
	return form(t,
		"key", "user/user1/cat.jpg", "acl", "public-read",
		"success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
		"Content-Type", "image/jpeg", "x-amz-meta-uuid", "14365123651274", "x-amz-server-side-encryption", "AES256",
		"X-Amz-Credential", docsKeyID+"/20151229/us-east-1/s3/aws4_request", "X-Amz-Algorithm", "AWS4-HMAC-SHA256",
		"X-Amz-Date", "20151229T000000Z", "x-amz-meta-tag", "", "Policy", postPolicyV4, "X-Amz-Signature", postSignatureV4)
}

func formV2(t testing.TB) sigv4.Form {
	t.Helper()
	return form(t,
		"key", "user/eric/cat.jpg", "acl", "public-read",
		"success_action_redirect", "http://johnsmith.s3.amazonaws.com/successful_upload.html",
		"Content-Type", "image/jpeg", "x-amz-meta-uuid", "14365123651274", "x-amz-meta-tag", "Some,Tag,For,Picture",
		"AWSAccessKeyId", docsKeyID, "Policy", postPolicyV2, "Signature", postSignatureV2)
}

func form(t testing.TB, pairs ...string) sigv4.Form {
	t.Helper()
	f := make(sigv4.Form)
	for i := 0; i < len(pairs); i += 2 {
		if err := f.Add(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestPostsOfTheDocumentation(t *testing.T) {
	for _, c := range []struct {
		name, secret, bucket string
		form                 sigv4.Form
		at                   time.Time
	}{
		{"version 4", docsSecret, "sigv4examplebucket", formV4(t), time.Date(2015, 12, 29, 1, 0, 0, 0, time.UTC)},
		{"version 2", postSecretV2, "johnsmith", formV2(t), time.Date(2007, 11, 30, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := sigv4.ParsePost(c.form)
			if err != nil {
				t.Fatal(err)
			}
			if s.AccessKeyID != docsKeyID || s.AuthType() != "POST" {
				t.Errorf("signature is %+v", s)
			}
			if err := s.Verify(nil, "", c.secret, c.at, optionsV2()); err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(nil, "", c.secret+"x", c.at, optionsV2()); !errors.Is(err, sigv4.ErrMismatch) {
				t.Errorf("another secret: %v", err)
			}
			policy, err := s.Policy()
			if err != nil {
				t.Fatal(err)
			}
			if err := policy.Check(c.form, c.bucket, c.at); err != nil {
				t.Error(err)
			}
			c.form["policy"] = c.form["policy"][:40] + "X" + c.form["policy"][41:]
			s, err = sigv4.ParsePost(c.form)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Verify(nil, "", c.secret, c.at, optionsV2()); !errors.Is(err, sigv4.ErrMismatch) {
				t.Errorf("another policy: %v", err)
			}
		})
	}
}

// TestRefusedPosts has S3's answers for forms with a wrong signature. The names
// of fields are as S3 spells them in the recordings of LocalStack's tests
// (tests/aws/services/s3, test_post_request_missing_fields).
func TestRefusedPosts(t *testing.T) {
	at := time.Date(2015, 12, 29, 1, 0, 0, 0, time.UTC)
	const (
		needs    = "InvalidArgument: Bucket POST must contain a field named '"
		order    = "'.  If it is specified, please check the order of the fields."
		mismatch = "SignatureDoesNotMatch: "
	)
	for _, c := range []struct {
		name   string
		form   func(sigv4.Form)
		now    time.Time
		want   string
		status int
	}{
		{"no policy", func(f sigv4.Form) { delete(f, "policy") }, at, needs + "policy" + order, 400},
		{"no signature", func(f sigv4.Form) { delete(f, "x-amz-signature") }, at, needs + "X-Amz-Signature" + order, 400},
		{"no credential", func(f sigv4.Form) { delete(f, "x-amz-credential") }, at, needs + "X-Amz-Credential" + order, 400},
		{"no date", func(f sigv4.Form) { delete(f, "x-amz-date") }, at, needs + "X-Amz-Date" + order, 400},
		{"no algorithm", func(f sigv4.Form) { delete(f, "x-amz-algorithm") }, at, needs + "X-Amz-Algorithm" + order, 400},
		{"an empty signature", func(f sigv4.Form) { f["x-amz-signature"] = "" }, at, needs + "X-Amz-Signature" + order, 400},
		{"a policy alone", func(f sigv4.Form) {
			for name := range f {
				if strings.HasPrefix(name, "x-amz-") {
					delete(f, name)
				}
			}
		}, at, "AccessDenied: Access Denied", 403},
		{"both versions", func(f sigv4.Form) { f["signature"] = "x" }, at, "InvalidArgument: Only one auth mechanism allowed", 400},
		{"algorithm", func(f sigv4.Form) { f["x-amz-algorithm"] = "AWS4-HMAC-SHA1" }, at, "InvalidArgument: X-Amz-Algorithm only supports", 400},
		{"asymmetric", func(f sigv4.Form) { f["x-amz-algorithm"] = "AWS4-ECDSA-P256-SHA256" }, at, "NotImplemented: ", 501},
		{"date", func(f sigv4.Form) { f["x-amz-date"] = "2015-12-29" }, at, "AccessDenied: AWS authentication requires a valid Date", 403},
		{"credential", func(f sigv4.Form) { f["x-amz-credential"] = "x" }, at, "InvalidArgument: the Credential is mal-formed", 400},
		{"service", func(f sigv4.Form) { replaceInField(f, "x-amz-credential", "/s3/", "/sts/") }, at,
			`InvalidArgument: incorrect service "sts". This endpoint belongs to "s3".`, 400},
		{"scope date", func(f sigv4.Form) { replaceInField(f, "x-amz-credential", "20151229", "20151230") }, at, "InvalidArgument: Invalid credential date", 400},
		{"region", func(f sigv4.Form) { replaceInField(f, "x-amz-credential", "us-east-1", "us-east-2") }, at, mismatch, 403},
		{"signature", func(f sigv4.Form) { f["x-amz-signature"] = strings.ToUpper(postSignatureV4) }, at, mismatch, 403},
		{"key in the scope of another", func(f sigv4.Form) { replaceInField(f, "x-amz-date", "T00", "T01"); f["policy"] += "=" }, at, mismatch, 403},
		{"of the future", func(sigv4.Form) {}, at.Add(-2 * time.Hour), "AccessDenied: Request is not valid yet", 403},
		{"older than a signing key", func(sigv4.Form) {}, at.Add(8 * 24 * time.Hour), "AccessDenied: Invalid according to Policy: Policy expired.", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := formV4(t)
			c.form(f)
			s, err := sigv4.ParsePost(f)
			if err == nil {
				err = s.Verify(nil, "", docsSecret, c.now, sigv4.OptionsFor("s3"))
			}
			if a := sigv4.Answer(api.RestXML, "s3", err); !strings.HasPrefix(a.Error(), c.want) || a.Status != c.status {
				t.Errorf("got %d %v, want %s", a.Status, a, c.want)
			}
		})
	}
}

func replaceInField(f sigv4.Form, name, old, new string) {
	f[name] = strings.Replace(f[name], old, new, 1)
}

func TestUnsignedPost(t *testing.T) {
	for _, f := range []sigv4.Form{{}, {"key": "a", "acl": "public-read"}, {"x-amz-security-token": "t"}} {
		if s, err := sigv4.ParsePost(f); !errors.Is(err, sigv4.ErrMissing) || s != nil {
			t.Errorf("%v: %v, %v", f, s, err)
		}
	}
}

// TestPostOfVersion2 needs the switch, as any other.
func TestPostOfVersion2(t *testing.T) {
	s, err := sigv4.ParsePost(formV2(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(nil, "", postSecretV2, signedAt, sigv4.OptionsFor("s3")); !errors.Is(err, sigv4.ErrIncomplete) {
		t.Errorf("error is %v", err)
	}
}

func TestFieldsTwice(t *testing.T) {
	f := make(sigv4.Form)
	if err := f.Add("Key", "a"); err != nil {
		t.Fatal(err)
	}
	err := f.Add("kEY", "b")
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "InvalidArgument" || f["key"] != "a" {
		t.Errorf("%v, %v", err, f)
	}
}
