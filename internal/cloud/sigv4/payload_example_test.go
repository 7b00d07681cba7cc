package sigv4_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// An upload to S3: the signature of the headers is verified first, and the body
// while it is read.
func ExampleNewPayload() {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	upload := func(body string) {
		r, _ := http.NewRequest("PUT", "http://bucket.s3.example.com/key", strings.NewReader(body))
		client := sigv4.Signer{AccessKeyID: "AKIDEXAMPLE", Secret: "secret", Region: "us-east-1", Service: "s3"}
		hash := sigv4.HashPayload([]byte("hello"))
		r.Header.Set("X-Amz-Content-Sha256", hash)
		if err := client.Sign(r, hash, now); err != nil {
			fmt.Println(err)
		}

		request := sigv4.FromHTTP(r)
		request.Bucket = "bucket"
		s, err := sigv4.Parse(request)
		if err != nil {
			fmt.Println(err)
			return
		}
		declared, err := sigv4.ContentSHA256(request, s)
		if err != nil {
			fmt.Println(err)
			return
		}
		keys := new(sigv4.Keys)
		opts := sigv4.OptionsFor("s3")
		opts.Keys = keys
		if err := s.Verify(request, declared, "secret", now, opts); err != nil {
			fmt.Println(err)
			return
		}
		payload, err := sigv4.NewPayload(r.Body, request, s, declared, "secret", keys)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer payload.Free()
		content, err := io.ReadAll(payload)
		fmt.Printf("%s: %v\n", content, err)
	}
	upload("hello")
	upload("hallo")
	// Output:
	// hello: <nil>
	// hallo: XAmzContentSHA256Mismatch: The provided 'x-amz-content-sha256' header does not match what was computed.
}
