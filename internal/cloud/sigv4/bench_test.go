package sigv4_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func BenchmarkVerify(b *testing.B) {
	body := "Action=GetCallerIdentity&Version=2011-06-15"
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r, _ := http.NewRequest("POST", "http://127.0.0.1:4566/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	r.Header.Set("User-Agent", "aws-sdk-go-v2/1.41.0 ua/2.1 os/linux lang/go#1.26 md/GOOS#linux md/GOARCH#amd64 api/sts#1.41.0")
	r.Header.Set("Amz-Sdk-Invocation-Id", "6b3b1c9a-4d38-4d5b-8f9c-3b6f2e7a9c10")
	r.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	signer := sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "sts"}
	hash := sigv4.HashPayload([]byte(body))
	if err := signer.Sign(r, hash, now); err != nil {
		b.Fatal(err)
	}
	opts := sigv4.OptionsFor("sts")
	opts.Keys = new(sigv4.Keys)
	b.ReportAllocs()
	for b.Loop() {
		req := sigv4.FromHTTP(r)
		s, err := sigv4.Parse(req)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Verify(req, hash, testSecret, now, opts); err != nil {
			b.Fatal(err)
		}
	}
}
