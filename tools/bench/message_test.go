package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// TestBytesAreSigned reads the bytes as a server does, and verifies them with
// the secret and with another one.
func TestBytesAreSigned(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	as := identity{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
	for _, m := range []message{
		getCallerIdentity(), encrypt("some-key"), sign("some-key"), get("a/b"), list("few/", "x"),
		put("small", make([]byte, small), ""), put("large", make([]byte, sharedBody), sigv4.HashPayload(make([]byte, sharedBody))),
	} {
		raw, err := m.signed("127.0.0.1:4566", as, now)
		if err != nil {
			t.Fatal(err)
		}
		if (raw.body != nil) != (len(m.body) >= sharedBody) {
			t.Errorf("%s: a body of %d bytes is shared: %v", m.path, len(m.body), raw.body != nil)
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(append(raw.head, raw.body...))))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		signed := sigv4.FromHTTP(r)
		signature, err := sigv4.Parse(signed)
		if err != nil {
			t.Fatalf("%s: %v", m.target, err)
		}
		if signature.AccessKeyID != as.id || signature.Service != m.service || signature.Region != region {
			t.Errorf("%s: scope %s %s %s", m.target, signature.AccessKeyID, signature.Service, signature.Region)
		}
		opts := sigv4.OptionsFor(m.service)
		if err := signature.Verify(signed, sigv4.HashPayload(body), as.secret, now, opts); err != nil {
			t.Errorf("%s: %v", m.target, err)
		}
		if err := signature.Verify(signed, sigv4.HashPayload(body), as.secret+"x", now, opts); err == nil {
			t.Errorf("%s: verified with another secret", m.target)
		}
	}
}

// TestRequestsDiffer: a server that remembered an answer would be measured
// remembering.
func TestRequestsDiffer(t *testing.T) {
	source := requestSource{addr: "127.0.0.1:1", as: identity{"AKIA", "secret"}, messages: []func() message{getCallerIdentity}}
	requests, err := source.sign(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, r := range requests {
		_, after, _ := strings.Cut(string(r.head), "Signature=")
		signature, _, _ := strings.Cut(after, "\r\n")
		seen[signature] = true
	}
	if len(seen) != distinct || len(requests) != distinct {
		t.Errorf("%d different signatures in %d requests, want %d", len(seen), len(requests), distinct)
	}
}
