package sigv4_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// BenchmarkPayload reads 8 MiB in each form, into memory that is used again.
func BenchmarkPayload(b *testing.B) {
	const size = 8 << 20
	content := strings.Repeat("x", size)
	chunks := func(u *upload, chunk int) *upload {
		for rest := content; rest != ""; rest = rest[min(chunk, len(rest)):] {
			u.chunk(rest[:min(chunk, len(rest))])
		}
		return u.chunk("")
	}
	plain := func(declared string) *upload {
		u := plainUpload(b, declared, size)
		return u.raw(content)
	}
	for _, c := range []struct {
		name   string
		upload *upload
		buffer int
	}{
		{"unsigned", plain(sigv4.UnsignedPayload), 1 << 20},
		{"hash", plain(sigv4.HashPayload([]byte(content))), 1 << 20},
		{"chunks of 64 KiB", chunks(newUpload(b, sigv4.StreamingPayload, size), 64<<10).raw("\r\n"), 1 << 20},
		{"chunks of 64 KiB, small buffer", chunks(newUpload(b, sigv4.StreamingPayload, size), 64<<10).raw("\r\n"), 32 << 10},
		{"chunks of 1 MiB", chunks(newUpload(b, sigv4.StreamingPayload, size), 1<<20).raw("\r\n"), 64 << 10},
		{"chunks and trailer", chunks(newUpload(b, sigv4.StreamingPayloadTrailer, size, crc32Header, crc32Name), 64<<10).trailers(crc32Line), 1 << 20},
		{"unsigned trailer, one chunk", chunks(newUpload(b, sigv4.StreamingUnsignedTrailer, size, crc32Header, crc32Name), size).trailers(crc32Line), 1 << 20},
		{"unsigned trailer, 64 KiB", chunks(newUpload(b, sigv4.StreamingUnsignedTrailer, size, crc32Header, crc32Name), 64<<10).trailers(crc32Line), 1 << 20},
	} {
		b.Run(c.name, func(b *testing.B) {
			s, err := sigv4.Parse(c.upload.request)
			if err != nil {
				b.Fatal(err)
			}
			keys := new(sigv4.Keys)
			opts := sigv4.OptionsFor("s3")
			opts.Keys = keys
			if err := s.Verify(c.upload.request, c.upload.declared, testSecret, signedAt, opts); err != nil {
				b.Fatal(err)
			}
			buf := make([]byte, c.buffer)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				p, err := sigv4.NewPayload(bytes.NewReader(c.upload.body.Bytes()), c.upload.request, s, c.upload.declared, testSecret, keys)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, p, buf); err != nil || n != size {
					b.Fatal(n, err)
				}
				p.Free()
			}
		})
	}
}

func BenchmarkVerifyVersion2(b *testing.B) {
	for name, r := range map[string]*sigv4.Request{"header": headerV2(b), "query": queryV2(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := attemptV2(r, signedAt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
