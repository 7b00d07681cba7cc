package sigv4_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// What AWS's examples of S3 are signed with.
const (
	docsKeyID  = "AKIAIOSFODNN7EXAMPLE"
	docsSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

var docsTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

// chunkExample is one of AWS's examples of chunked uploads: 65 KiB of "a", in
// chunks of 64 KiB and 1 KiB.
type chunkExample struct {
	request string
	one     string // the signatures
	two     string
	end     string
	trailer string // all that stands behind the last chunk
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
var signedChunks = chunkExample{
	request: `PUT /examplebucket/chunkObject.txt HTTP/1.1
Host: s3.amazonaws.com
x-amz-date: 20130524T000000Z
x-amz-storage-class: REDUCED_REDUNDANCY
Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9
x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD
Content-Encoding: aws-chunked
x-amz-decoded-content-length: 66560
Content-Length: 66824

`,
	one:     "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
	two:     "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
	end:     "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
	trailer: "\r\n",
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
var signedTrailer = chunkExample{
	request: `PUT /examplebucket/chunkObject.txt HTTP/1.1
Host: s3.amazonaws.com
x-amz-date: 20130524T000000Z
x-amz-storage-class: REDUCED_REDUNDANCY
Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e
x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
Content-Encoding: aws-chunked
x-amz-decoded-content-length: 66560
x-amz-trailer: x-amz-checksum-crc32c
Content-Length: 66824

`,
	one: "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
	two: "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
	end: "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
	trailer: "x-amz-checksum-crc32c:sOO8/Q==\n\r\n" +
		"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
}

var exampleContent = strings.Repeat("a", 65<<10)

func (e *chunkExample) body() string {
	var b strings.Builder
	b.WriteString("10000;chunk-signature=" + e.one + "\r\n" + exampleContent[:64<<10] + "\r\n")
	b.WriteString("400;chunk-signature=" + e.two + "\r\n" + exampleContent[64<<10:] + "\r\n")
	b.WriteString("0;chunk-signature=" + e.end + "\r\n" + e.trailer)
	return b.String()
}

// open goes the way of a server: find the signature, verify it, and only then
// turn to the body.
func open(t testing.TB, request string, body io.Reader) (sigv4.Payload, error) {
	t.Helper()
	r := sigv4.FromHTTP(received(t, request))
	s, err := sigv4.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := sigv4.ContentSHA256(r, s)
	if err != nil {
		return nil, err
	}
	if err := s.Verify(r, declared, docsSecret, docsTime, sigv4.OptionsFor("s3")); err != nil {
		t.Fatal(err)
	}
	return sigv4.NewPayload(body, r, s, declared, docsSecret, nil)
}

func (e *chunkExample) open(t testing.TB, body io.Reader) sigv4.Payload {
	t.Helper()
	p, err := open(t, e.request, body)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eachReader reads with buffers of many sizes, from bodies that come in pieces
// of many sizes.
func eachReader(t *testing.T, body string, test func(t *testing.T, body io.Reader, wrap func(io.Reader) io.Reader)) {
	same := func(r io.Reader) io.Reader { return r }
	sized := func(n int) func(io.Reader) io.Reader {
		return func(r io.Reader) io.Reader { return struct{ io.Reader }{&sizedReader{r, n}} }
	}
	for _, c := range []struct {
		name string
		from func(io.Reader) io.Reader
		wrap func(io.Reader) io.Reader
	}{
		{"whole", same, sized(1 << 20)},
		{"in chunks' size", same, sized(64 << 10)},
		{"small buffer", same, sized(100)},
		{"byte by byte", iotest.OneByteReader, sized(1 << 20)},
		{"in halves", iotest.HalfReader, sized(5000)},
		{"end with the data", iotest.DataErrReader, sized(4096)},
		{"one byte buffer", same, sized(1)},
	} {
		t.Run(c.name, func(t *testing.T) { test(t, c.from(strings.NewReader(body)), c.wrap) })
	}
}

// sizedReader asks for n bytes at a time.
type sizedReader struct {
	r io.Reader
	n int
}

func (s *sizedReader) Read(b []byte) (int, error) { return s.r.Read(b[:min(len(b), s.n)]) }

func TestSignedChunksOfTheDocumentation(t *testing.T) {
	eachReader(t, signedChunks.body(), func(t *testing.T, body io.Reader, wrap func(io.Reader) io.Reader) {
		p := signedChunks.open(t, body)
		defer p.Free()
		got, err := io.ReadAll(wrap(p))
		if err != nil || string(got) != exampleContent {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if p.Size() != 66560 || p.Announced() != nil || len(p.Trailer()) != 0 {
			t.Errorf("size %d, announced %v, trailer %v", p.Size(), p.Announced(), p.Trailer())
		}
		if n, err := p.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("after the end: %d, %v", n, err)
		}
	})
}

func TestSignedTrailerOfTheDocumentation(t *testing.T) {
	for name, e := range map[string]chunkExample{
		"as in the example": signedTrailer,
		"as clients send it": {signedTrailer.request, signedTrailer.one, signedTrailer.two, signedTrailer.end,
			strings.Replace(signedTrailer.trailer, "\n\r\n", "\r\n", 1)},
		"with spaces": {signedTrailer.request, signedTrailer.one, signedTrailer.two, signedTrailer.end,
			strings.NewReplacer("=\n\r\n", "=\r\n", ":s", ":  s", "x-amz-c", "X-Amz-C").Replace(signedTrailer.trailer)},
	} {
		t.Run(name, func(t *testing.T) {
			eachReader(t, e.body(), func(t *testing.T, body io.Reader, wrap func(io.Reader) io.Reader) {
				p := e.open(t, body)
				defer p.Free()
				if a := p.Announced(); len(a) != 1 || a[0] != "x-amz-checksum-crc32c" || p.Trailer() != nil {
					t.Errorf("announced %v, trailer %v", a, p.Trailer())
				}
				got, err := io.ReadAll(wrap(p))
				if err != nil || string(got) != exampleContent {
					t.Fatalf("%d bytes, %v", len(got), err)
				}
				if tr := p.Trailer(); len(tr) != 1 || tr["x-amz-checksum-crc32c"] != "sOO8/Q==" {
					t.Errorf("trailer is %v", tr)
				}
			})
		})
	}
}

// TestNothingUnverifiedIsReleased changes every single byte of the bodies (in
// the content, a few of them): no byte of a chunk that was touched may come out.
func TestNothingUnverifiedIsReleased(t *testing.T) {
	for name, e := range map[string]*chunkExample{"chunks": &signedChunks, "trailer": &signedTrailer} {
		t.Run(name, func(t *testing.T) {
			body := []byte(e.body())
			second := bytes.Index(body, []byte("400;"))
			for i := 0; i < len(body); i++ {
				if body[i] == 'a' && body[max(0, i-50)] == 'a' && i%9973 != 0 {
					continue
				}
				old := body[i]
				for _, c := range []byte{old ^ 1, old ^ 0x20, '\r', 0} {
					if body[i] = old; meansTheSame(body, i, c) {
						continue
					}
					body[i] = c
					p := e.open(t, bytes.NewReader(body))
					got, err := io.ReadAll(p)
					p.Free()
					limit := len(exampleContent)
					if i < second-2 {
						limit = 0
					} else if i < second+1200 && i < bytes.LastIndex(body, []byte("0;chunk")) {
						limit = 64 << 10
					}
					if _, ok := errors.AsType[*api.Error](err); !ok || len(got) > limit || !bytes.HasPrefix([]byte(exampleContent), got) {
						t.Fatalf("byte %d (%q to %q): %d bytes, %v", i, old, c, len(got), err)
					}
				}
				body[i] = old
			}
		})
	}
}

// meansTheSame finds the changes that change nothing: letters in another case
// in the name of a trailing header.
func meansTheSame(body []byte, i int, c byte) bool {
	if c == body[i] {
		return true
	}
	start := bytes.LastIndex(body, []byte("0;chunk")) + 2
	for start < len(body) && body[start] != '\n' {
		start++
	}
	if i <= start || !bytes.EqualFold([]byte{body[i]}, []byte{c}) {
		return false
	}
	line := body[bytes.LastIndexByte(body[:i], '\n')+1:]
	colon := bytes.IndexByte(line, ':')
	return colon >= 0 && i < len(body)-len(line)+colon
}
