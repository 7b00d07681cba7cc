package sigv4_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func Example() {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

	// A client signs.
	r, _ := http.NewRequest("GET", "http://localhost:4566/?Action=GetCallerIdentity&Version=2011-06-15", nil)
	signer := &sigv4.Signer{AccessKeyID: "AKIDEXAMPLE", Secret: "its secret", Region: "us-east-1", Service: "sts"}
	if err := signer.Sign(r, sigv4.EmptyPayload, now); err != nil {
		fmt.Println(err)
	}

	// A server finds whose signature it is, and verifies it.
	req := sigv4.FromHTTP(r)
	s, err := sigv4.Parse(req)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(s.AccessKeyID, s.Region, s.Service)
	fmt.Println(s.Verify(req, sigv4.EmptyPayload, "its secret", now, sigv4.OptionsFor(s.Service)))
	fmt.Println(s.Verify(req, sigv4.EmptyPayload, "its secret", now.Add(time.Hour), sigv4.OptionsFor(s.Service)))
	// Output:
	// AKIDEXAMPLE us-east-1 sts
	// <nil>
	// Signature expired: 20260101T000000Z is now earlier than 20260101T004500Z (20260101T010000Z - 15 min.)
}

func TestSigningAgainReplacesTheSignature(t *testing.T) {
	r, _ := http.NewRequest("GET", "http://localhost/", nil)
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "sts"}
	for _, at := range []time.Time{signedAt, signedAt.Add(time.Hour)} {
		if err := s.Sign(r, sigv4.EmptyPayload, at); err != nil {
			t.Fatal(err)
		}
		expectVerified(t, r, nil, at, sigv4.OptionsFor("sts"))
	}
}

func TestPresignedForAtMostAWeek(t *testing.T) {
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "s3"}
	for _, expires := range []time.Duration{-time.Second, 0, time.Millisecond, 7*24*time.Hour + 1} {
		r, _ := http.NewRequest("GET", "http://localhost/", nil)
		if err := s.Presign(r, "UNSIGNED-PAYLOAD", signedAt, expires); !errors.Is(err, sigv4.ErrIncomplete) || r.URL.RawQuery != "" {
			t.Errorf("%v: %v, %s", expires, err, r.URL)
		}
	}
}

func TestWhatHasNoCanonicalFormIsNotSigned(t *testing.T) {
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "sts"}
	r, _ := http.NewRequest("GET", "http://localhost/", nil)
	r.URL.RawQuery = "a=%zz"
	for name, err := range map[string]error{
		"Sign":    s.Sign(r, sigv4.EmptyPayload, signedAt),
		"Presign": s.Presign(r, sigv4.EmptyPayload, signedAt, time.Minute),
	} {
		if !errors.Is(err, sigv4.ErrIncomplete) || r.Header.Get("Authorization") != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHashPayload(t *testing.T) {
	// FIPS 180-4, as published with the examples of NIST.
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if got := sigv4.HashPayload([]byte("abc")); got != abc {
		t.Errorf("hash of abc is %s", got)
	}
	if got := sigv4.HashPayload(nil); got != sigv4.EmptyPayload {
		t.Errorf("hash of nothing is %s", got)
	}
}

// TestVerifyAllocatesLittle: the request and the signature, nothing per header.
func TestVerifyAllocatesLittle(t *testing.T) {
	r, _ := http.NewRequest("POST", "http://localhost:4566/", strings.NewReader(testBody))
	for n := range 10 {
		r.Header.Set(fmt.Sprint("X-Amz-Meta-", n), "some  value")
	}
	hash := sigv4.HashPayload([]byte(testBody))
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "sts"}
	if err := s.Sign(r, hash, signedAt); err != nil {
		t.Fatal(err)
	}
	opts := sigv4.OptionsFor("sts")
	opts.Keys = new(sigv4.Keys)
	n := testing.AllocsPerRun(100, func() {
		req := sigv4.FromHTTP(r)
		sig, err := sigv4.Parse(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := sig.Verify(req, hash, testSecret, signedAt, opts); err != nil {
			t.Fatal(err)
		}
	})
	if n > 8 { // the race detector adds some

		t.Errorf("%v allocations", n)
	}
}
