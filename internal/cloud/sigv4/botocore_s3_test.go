package sigv4_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/checksum"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// madeByBotocore is a line of testdata/botocore_s3.jsonl, which
// testdata/sign_s3.py writes.
type madeByBotocore struct {
	Version, Token, Bucket, Wire string
	Body, Content                []byte
	Form                         map[string]string
}

var botocoreTime = time.Date(2026, 1, 2, 3, 4, 20, 0, time.UTC)

func TestBotocoreS3(t *testing.T) {
	lines, err := os.ReadFile("testdata/botocore_s3.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[string]int)
	for line := range bytes.Lines(lines) {
		var c madeByBotocore
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		switch {
		case c.Form != nil:
			c.testForm(t)
			count["form "+c.Version]++
		case c.Wire != "":
			count[c.Version+" "+c.testWire(t)]++
		}
	}
	for _, form := range []string{"form s3", "form s3v4", "s3 plain", "s3-query plain", "s3v4 plain", "s3v4 chunked"} {
		if count[form] < 5 {
			t.Errorf("%d of %s: %v", count[form], form, count)
		}
	}
}

func (c *madeByBotocore) testWire(t *testing.T) (form string) {
	t.Helper()
	r := sigv4.FromHTTP(received(t, c.Wire))
	r.Bucket, r.ContentLength = c.Bucket, int64(len(c.Body))
	s, err := sigv4.Parse(r)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.Wire)
	}
	declared, err := sigv4.ContentSHA256(r, s)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.Wire)
	}
	opts := optionsV2()
	if err := s.Verify(r, declared, testSecret, botocoreTime, opts); err != nil {
		t.Errorf("%v\n%s", err, c.Wire)
	}
	if err := s.Verify(r, declared, testSecret+"x", botocoreTime, opts); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("another secret: %v\n%s", err, c.Wire)
	}
	if s.SecurityToken != c.Token || s.V2 == (c.Version == "s3v4") || s.Presigned != (c.Version == "s3-query") {
		t.Errorf("signature is %+v of\n%s", s, c.Wire)
	}
	p, err := sigv4.NewPayload(bytes.NewReader(c.Body), r, s, declared, testSecret, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.Wire)
	}
	defer p.Free()
	content, err := io.ReadAll(p)
	if err != nil || !bytes.Equal(content, c.Content) || p.Size() != int64(len(content)) {
		t.Errorf("%d bytes, %v\n%s", len(content), err, c.Wire)
	}
	if !sigv4.IsStreaming(declared) {
		return "plain"
	}
	sum, ok := checksum.CRC32.Decode(p.Trailer()["x-amz-checksum-crc32"])
	if want := crc32.ChecksumIEEE(content); !ok || !bytes.Equal(sum, []byte{byte(want >> 24), byte(want >> 16), byte(want >> 8), byte(want)}) {
		t.Errorf("trailer is %v\n%s", p.Trailer(), c.Wire)
	}
	return "chunked"
}

func (c *madeByBotocore) testForm(t *testing.T) {
	t.Helper()
	f := make(sigv4.Form)
	for name, value := range c.Form {
		if err := f.Add(name, value); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sigv4.ParsePost(f)
	if err != nil {
		t.Fatalf("%v\n%v", err, c.Form)
	}
	if err := s.Verify(nil, "", testSecret, botocoreTime, optionsV2()); err != nil {
		t.Errorf("%v\n%v", err, c.Form)
	}
	if err := s.Verify(nil, "", testSecret+"x", botocoreTime, optionsV2()); !errors.Is(err, sigv4.ErrMismatch) {
		t.Errorf("another secret: %v\n%v", err, c.Form)
	}
	if s.AuthType() != "POST" || s.SecurityToken != c.Token || s.V2 != (c.Version == "s3") {
		t.Errorf("signature is %+v of\n%v", s, c.Form)
	}
	policy, err := s.Policy()
	if err != nil {
		t.Fatalf("%v\n%v", err, c.Form)
	}
	f["key"] = "user/cat.png"
	if err := policy.Check(f, "bucket-1", botocoreTime); err != nil {
		t.Errorf("%v\n%v", err, c.Form)
	}
	for _, change := range []func(){
		func() { f["key"] = "another/cat.png" },
		func() { f["acl"] = "public-read" },
		func() { f["x-amz-meta-more"] = "x" },
		func() { delete(f, "acl") },
	} {
		saved := make(sigv4.Form)
		for k, v := range f {
			saved[k] = v
		}
		change()
		if policy.Check(f, "bucket-1", botocoreTime) == nil {
			t.Errorf("allowed: %v", f)
		}
		f = saved
	}
	if policy.Check(f, "bucket-2", botocoreTime) == nil || policy.Check(f, "bucket-1", botocoreTime.Add(time.Hour)) == nil {
		t.Error("allowed for another bucket, or too late")
	}
	if policy.MaxSize() != 100 || policy.CheckSize(0) == nil || policy.CheckSize(1) != nil || policy.CheckSize(100) != nil || policy.CheckSize(101) == nil {
		t.Error("sizes are not held to")
	}
}
