package sigv4_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// randomRequest is a request as a client would make it. Its path is in normal
// form, since the SDK leaves it to the caller to make it so.
func randomRequest(t *testing.T, rnd *rand.Rand, service string) (r *http.Request, body string) {
	t.Helper()
	text := func(min, max int, alphabet string) string {
		runes := []rune(alphabet)
		out := make([]rune, min+rnd.IntN(max-min+1))
		for i := range out {
			out[i] = runes[rnd.IntN(len(runes))]
		}
		return string(out)
	}
	const any = "abcXYZ019-._~ +&=%?:@!$'()*,;/é€😀"
	u := url.URL{Scheme: "http", Host: []string{"localhost", "127.0.0.1:4566", "[::1]:4566", "kms.us-east-1.example.com"}[rnd.IntN(4)], Path: "/"}
	for range rnd.IntN(4) {
		u = *u.JoinPath("s" + text(0, 6, any))
	}
	if service == "s3" {
		// As the SDK's S3 client sends it. net/url leaves some characters as
		// they are that S3 encodes before it compares.
		u.RawPath = strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(u.Path), "+", "%20"), "%2F", "/")
	}
	q := make(url.Values)
	for range rnd.IntN(5) {
		q.Add(text(1, 3, any), text(0, 6, any))
	}
	u.RawQuery = q.Encode()
	body = text(0, 40, any)
	r, err := http.NewRequest([]string{"GET", "POST", "PUT", "DELETE"}[rnd.IntN(4)], u.String(), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "changes on the way")
	for range rnd.IntN(5) {
		name := []string{"X-Amz-Target", "X-Amz-Meta-", "Content-Type", "Accept", "X-", "If-Match", "Range"}[rnd.IntN(7)] + text(0, 3, "abcXYZ09")
		value := text(0, 12, "ab c  ,;\"=é")
		if strings.HasPrefix(name, "X-Amz-") {
			r.Header.Set(name, value) // twice, it would be refused when presigned
		} else {
			r.Header.Add(name, value)
		}
	}
	return r, body
}

// sent is a request as the server sees it after it has gone over the wire.
func sent(t *testing.T, r *http.Request) *sigv4.Request {
	t.Helper()
	var wire strings.Builder
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	return sigv4.FromHTTP(received(t, strings.ReplaceAll(wire.String(), "\r\n", "\n")))
}

func credentialsOf(s *sigv4.Signer) aws.Credentials {
	return aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.Secret, SessionToken: s.SessionToken}
}

func randomSigner(rnd *rand.Rand) *sigv4.Signer {
	return &sigv4.Signer{
		AccessKeyID: testKeyID, Secret: testSecret, Region: "eu-central-1",
		Service:      []string{"sts", "kms", "iam", "s3"}[rnd.IntN(4)],
		SessionToken: []string{"", "IQoJb3JpZ2luX2VjE+/="}[rnd.IntN(2)],
	}
}

// TestSDKHeaders compares with the signer of the AWS SDK for Go: what it signs
// is verified, and what we sign is the same to the letter.
func TestSDKHeaders(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	keys := new(sigv4.Keys)
	for i := range 3000 {
		signer := randomSigner(rnd)
		r, body := randomRequest(t, rnd, signer.Service)
		hash := sigv4.HashPayload([]byte(body))
		ours := r.Clone(t.Context())
		err := v4.NewSigner().SignHTTP(t.Context(), credentialsOf(signer), r, hash, signer.Service, signer.Region, now,
			func(o *v4.SignerOptions) { o.DisableURIPathEscaping = signer.Service == "s3" })
		if err != nil {
			t.Fatal(err)
		}
		if err := signer.Sign(ours, hash, now); err != nil {
			t.Fatal(err)
		}
		if got, want := ours.Header.Get("Authorization"), r.Header.Get("Authorization"); got != want {
			t.Fatalf("request %d, %s %s\ngot  %s\nwant %s", i, r.Method, r.URL, got, want)
		}
		opts := sigv4.OptionsFor(signer.Service)
		opts.Keys = keys
		s := verifySent(t, r, hash, now, opts)
		if s.SecurityToken != signer.SessionToken || s.Presigned {
			t.Fatalf("signature is %+v", s)
		}
	}
}

func TestSDKPresigned(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for range 3000 {
		signer := randomSigner(rnd)
		r, body := randomRequest(t, rnd, signer.Service)
		hash := sigv4.HashPayload([]byte(body))
		ours := r.Clone(t.Context())
		expires := time.Duration(1+rnd.IntN(300)) * time.Second
		q := r.URL.Query()
		q.Set("X-Amz-Expires", fmt.Sprint(int(expires.Seconds())))
		r.URL.RawQuery = q.Encode()
		uri, header, err := v4.NewSigner().PresignHTTP(t.Context(), credentialsOf(signer), r, hash, signer.Service, signer.Region, now,
			func(o *v4.SignerOptions) { o.DisableURIPathEscaping = signer.Service == "s3" })
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := http.NewRequest(r.Method, uri, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range header {
			if name != "Host" && name != "Content-Length" {
				theirs.Header[name] = values
			}
		}
		if err := signer.Presign(ours, hash, now, expires); err != nil {
			t.Fatal(err)
		}
		for _, r := range []*http.Request{theirs, ours} {
			s := verifySent(t, r, hash, now, sigv4.OptionsFor(signer.Service))
			if s.SecurityToken != signer.SessionToken || !s.Presigned || s.Expires != expires {
				t.Fatalf("signature is %+v", s)
			}
		}
	}
}

func verifySent(t *testing.T, r *http.Request, hash string, now time.Time, opts sigv4.Options) *sigv4.Signature {
	t.Helper()
	r.Body, _ = r.GetBody()
	req := sent(t, r)
	s, err := sigv4.Parse(req)
	if err != nil {
		t.Fatalf("%v\n%+v", err, req)
	}
	if err := s.Verify(req, hash, testSecret, now, opts); err != nil {
		t.Fatalf("%v\n%+v", err, req)
	}
	return s
}
