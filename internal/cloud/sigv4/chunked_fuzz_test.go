package sigv4_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// FuzzChunked sends whatever as a body in chunks. It may not panic; what fails
// fails with an error of S3's; nothing unsigned comes out of a signed body; and
// how the body is cut up on the way makes no difference.
func FuzzChunked(f *testing.F) {
	f.Add(signedChunks.body(), int64(66560))
	f.Add(signedTrailer.body(), int64(66560))
	f.Add("5\r\nhello\r\n0\r\n"+crc32Line+"\r\n\r\n", int64(5))
	f.Add("5\nhello", int64(5))
	f.Add("0;chunk-signature=\r\n\r\n", int64(0))
	f.Fuzz(func(t *testing.T, body string, length int64) {
		for _, declared := range []string{sigv4.StreamingPayload, sigv4.StreamingPayloadTrailer, sigv4.StreamingUnsignedTrailer} {
			u := newUpload(t, declared, max(length, 0))
			if declared != sigv4.StreamingPayload {
				u = newUpload(t, declared, max(length, 0), crc32Header, crc32Name)
			}
			var contents [2][]byte
			var errs [2]error
			for i, r := range []io.Reader{strings.NewReader(body), iotest.HalfReader(strings.NewReader(body))} {
				p, err := u.open(t, r)
				if err != nil {
					t.Fatal(err)
				}
				contents[i], errs[i] = io.ReadAll(&sizedReader{p, []int{1 << 20, 7}[i]})
				if e, ok := errors.AsType[*api.Error](errs[i]); errs[i] != nil && (!ok || e.Status < 400 || e.Status >= 500) {
					t.Fatal(errs[i])
				}
				if errs[i] == nil && int64(len(contents[i])) != p.Size() {
					t.Fatalf("%d bytes of %d", len(contents[i]), p.Size())
				}
				p.Free()
			}
			if !bytes.Equal(contents[0], contents[1]) || (errs[0] == nil) != (errs[1] == nil) {
				t.Fatalf("%d bytes, %v; in pieces %d bytes, %v", len(contents[0]), errs[0], len(contents[1]), errs[1])
			}
			// Nobody has signed anything of it with this key and time.
			if declared != sigv4.StreamingUnsignedTrailer && len(contents[0]) > 0 {
				t.Fatalf("%d bytes came out unsigned", len(contents[0]))
			}
		}
	})
}
