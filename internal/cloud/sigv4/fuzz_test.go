package sigv4_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// FuzzParse sends whatever through all of the package. No request may panic
// it, and none verifies under a secret that nobody knows.
func FuzzParse(f *testing.F) {
	wire := func(r *sigv4.Request) string {
		var b strings.Builder
		b.WriteString(r.Method + " " + r.Path + "?" + r.RawQuery + " HTTP/1.1\r\nHost: " + r.Host + "\r\n")
		for name, values := range r.Header {
			for _, v := range values {
				b.WriteString(name + ": " + v + "\r\n")
			}
		}
		b.WriteString("\r\n")
		return b.String()
	}
	f.Add(wire(header(f)))
	f.Add(wire(presigned(f)))
	f.Add(strings.Replace(wire(header(f)), "sts", "s3", 1))
	f.Add(wire(headerV2(f)))
	f.Add(wire(queryV2(f)))
	f.Add("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: AWS4-HMAC-SHA256 Credential=/20260101///,SignedHeaders=host,Signature=0\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n")
	f.Add("GET http://h/..//./%zz?a=%&;=+ HTTP/1.1\r\nHost: x\r\nAuthorization: AWS a:b=\r\n\r\n")
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			return
		}
		req := sigv4.FromHTTP(r)
		s, err := sigv4.Parse(req)
		for _, service := range []string{"s3", "sts"} {
			if err == nil {
				opts := sigv4.OptionsFor(service)
				opts.Service = "" // whatever it says: go on to the signature
				opts.V2 = true
				if err = s.Verify(req, sigv4.EmptyPayload, "a secret that no corpus knows", s.Time, opts); err == nil {
					t.Fatalf("verified: %q", raw)
				}
			}
			if a := sigv4.Answer(api.Query, service, err); a.Status < 400 || a.Status >= 500 && a.Code != "NotImplemented" {
				t.Fatalf("%v for %q", a, raw)
			}
		}
	})
}

// FuzzCanonical signs a random request and verifies it: no text may get lost
// on the way from the signer to the server in such a way that both disagree.
func FuzzCanonical(f *testing.F) {
	f.Add("/a//b/../c", "x=%2f&y=+&;", "a  b", "X-Amz-A")
	f.Add("/%2F%", "=&&&", "", "X-")
	f.Fuzz(func(t *testing.T, path, query, value, name string) {
		r, err := http.NewRequest("GET", "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.URL.Path, r.URL.RawQuery = "/"+path, query
		if !strings.ContainsFunc(name, func(c rune) bool { return !strings.ContainsRune("abcXYZAmz019-", c) }) && name != "" {
			r.Header.Set(name, value)
		}
		for _, service := range []string{"s3", "sts"} {
			s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: service}
			if s.Sign(r, sigv4.EmptyPayload, signedAt) != nil {
				continue // no canonical form
			}
			req := sigv4.FromHTTP(r)
			sig, err := sigv4.Parse(req)
			if err != nil {
				continue // a header that the signature's own headers collide with
			}
			if err := sig.Verify(req, sigv4.EmptyPayload, testSecret, signedAt, sigv4.OptionsFor(service)); err != nil {
				t.Fatalf("%v for %+v", err, req)
			}
		}
	})
}
