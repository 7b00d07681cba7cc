package sigv4_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// TestBotocore verifies what botocore, the library of the aws command line,
// has signed. testdata/sign.py makes the requests.
func TestBotocore(t *testing.T) {
	content, err := os.ReadFile("testdata/botocore.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 20, 0, time.UTC)
	verified := 0
	for line := range bytes.Lines(content) {
		var c struct {
			Botocore                   string
			Service, Token, Wire, Body string
			Presigned                  bool
		}
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if c.Botocore != "" {
			continue
		}
		r := sigv4.FromHTTP(received(t, c.Wire))
		s, err := sigv4.Parse(r)
		if err != nil {
			t.Errorf("%v\n%s", err, c.Wire)
			continue
		}
		payload := sigv4.HashPayload([]byte(c.Body))
		if c.Presigned && c.Service == "s3" {
			payload = "UNSIGNED-PAYLOAD"
		}
		opts := sigv4.OptionsFor(c.Service)
		opts.Region = "eu-west-1"
		if err := s.Verify(r, payload, testSecret, at, opts); err != nil {
			t.Errorf("%v\n%s", err, c.Wire)
		}
		if err := s.Verify(r, payload, testSecret+"x", at, opts); !errors.Is(err, sigv4.ErrMismatch) {
			t.Errorf("another secret: %v\n%s", err, c.Wire)
		}
		if s.SecurityToken != c.Token || s.Presigned != c.Presigned {
			t.Errorf("signature is %+v of\n%s", s, c.Wire)
		}
		verified++
	}
	if verified != 150 {
		t.Errorf("%d requests", verified)
	}
}
