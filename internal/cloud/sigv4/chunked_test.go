package sigv4_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// upload is a request to S3 with a body in chunks, made the way a client does.
type upload struct {
	request  *sigv4.Request
	declared string
	seed     string // the signature of the headers
	body     bytes.Buffer
}

func newUpload(t testing.TB, declared string, length int64, headers ...string) *upload {
	t.Helper()
	r, err := http.NewRequest("PUT", "http://127.0.0.1:4566/bucket/key", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Content-Sha256", declared)
	if length >= 0 {
		r.Header.Set("X-Amz-Decoded-Content-Length", strconv.FormatInt(length, 10))
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	s := &sigv4.Signer{AccessKeyID: testKeyID, Secret: testSecret, Region: "us-east-1", Service: "s3"}
	if err := s.Sign(r, declared, signedAt); err != nil {
		t.Fatal(err)
	}
	_, seed, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	return &upload{request: sigv4.FromHTTP(r), declared: declared, seed: seed}
}

func mac(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

// sign gives the next signature of the chain.
func (u *upload) sign(algorithm, hashes string) string {
	const scope = "20260101/us-east-1/s3/aws4_request"
	key := []byte("AWS4" + testSecret)
	for part := range strings.SplitSeq(scope, "/") {
		key = mac(key, part)
	}
	u.seed = hex.EncodeToString(mac(key, algorithm+"\n20260101T000000Z\n"+scope+"\n"+u.seed+"\n"+hashes))
	return u.seed
}

// chunk appends a chunk; the last one has no content, and no line end of it.
func (u *upload) chunk(content string) *upload {
	extension := ""
	if u.declared != sigv4.StreamingUnsignedTrailer {
		extension = ";chunk-signature=" + u.sign("AWS4-HMAC-SHA256-PAYLOAD", sigv4.EmptyPayload+"\n"+sigv4.HashPayload([]byte(content)))
	}
	fmt.Fprintf(&u.body, "%x%s\r\n%s", len(content), extension, content)
	if content != "" {
		u.body.WriteString("\r\n")
	}
	return u
}

// trailers appends trailing headers, in their order of names.
func (u *upload) trailers(lines ...string) *upload {
	canonical := ""
	for _, line := range lines {
		u.body.WriteString(line + "\r\n")
		canonical += line + "\n"
	}
	if u.declared == sigv4.StreamingPayloadTrailer {
		u.body.WriteString("x-amz-trailer-signature:" + u.sign("AWS4-HMAC-SHA256-TRAILER", sigv4.HashPayload([]byte(canonical))) + "\r\n")
	}
	return u.raw("\r\n")
}

func (u *upload) raw(s string) *upload {
	u.body.WriteString(s)
	return u
}

// open verifies the request and gives its payload.
func (u *upload) open(t testing.TB, body io.Reader) (sigv4.Payload, error) {
	t.Helper()
	s, err := sigv4.Parse(u.request)
	if err != nil {
		t.Fatal(err)
	}
	declared, err := sigv4.ContentSHA256(u.request, s)
	if err != nil {
		return nil, err
	}
	opts := sigv4.OptionsFor("s3")
	opts.Keys = new(sigv4.Keys)
	if err := s.Verify(u.request, declared, testSecret, signedAt, opts); err != nil {
		t.Fatal(err)
	}
	return sigv4.NewPayload(body, u.request, s, declared, testSecret, opts.Keys)
}

// read reads all of the body, in one go.
func (u *upload) read(t testing.TB) (string, map[string]string, error) {
	t.Helper()
	p, err := u.open(t, bytes.NewReader(u.body.Bytes()))
	if err != nil {
		return "", nil, err
	}
	defer p.Free()
	content, err := io.ReadAll(p)
	return string(content), p.Trailer(), err
}

const (
	crc32Header = "X-Amz-Trailer"
	crc32Name   = "x-amz-checksum-crc32"
	crc32Line   = "x-amz-checksum-crc32:NhCmhg==" // of "hello"
)

var big = strings.Repeat("0123456789abcdef", 1<<10) // twice the least of a chunk

func TestChunksOfEverySize(t *testing.T) {
	for _, declared := range []string{sigv4.StreamingPayload, sigv4.StreamingPayloadTrailer, sigv4.StreamingUnsignedTrailer} {
		for _, sizes := range [][]int{{}, {1}, {5}, {8192, 1}, {8192, 8192, 8193}, {1 << 20, 300 << 10}, {16 << 20}, {8191}} {
			t.Run(fmt.Sprint(declared, sizes), func(t *testing.T) {
				content := ""
				for _, n := range sizes {
					content += strings.Repeat("x", n)
				}
				u := newUpload(t, declared, int64(len(content)))
				if declared != sigv4.StreamingPayload {
					u = newUpload(t, declared, int64(len(content)), crc32Header, crc32Name)
				}
				for _, n := range sizes {
					u.chunk(strings.Repeat("x", n))
				}
				u.chunk("")
				if declared == sigv4.StreamingPayload {
					u.raw("\r\n")
				} else {
					u.trailers(crc32Line)
				}
				got, trailer, err := u.read(t)
				if err != nil || got != content {
					t.Fatalf("%d bytes, %v", len(got), err)
				}
				if declared != sigv4.StreamingPayload && trailer[crc32Name] != "NhCmhg==" {
					t.Errorf("trailer is %v", trailer)
				}
			})
		}
	}
}

// TestMalformedChunks has the codes of
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html for what
// is not an aws-chunked body.
func TestMalformedChunks(t *testing.T) {
	const (
		terminated = "IncompleteBody: The request body terminated unexpectedly"
		length     = "IncompleteBody: You did not provide the number of bytes specified by the Content-Length HTTP header"
		small      = "InvalidChunkSizeError: Only the last chunk is allowed to have a size less than 8192 bytes"
		trailer    = "MalformedTrailerError: The request contained trailing data that was not well-formed or did not conform to our published schema."
		mismatch   = "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."
	)
	signed := func(n int64) *upload { return newUpload(t, sigv4.StreamingPayload, n) }
	both := func(n int64) *upload { return newUpload(t, sigv4.StreamingPayloadTrailer, n, crc32Header, crc32Name) }
	unsigned := func(n int64) *upload {
		return newUpload(t, sigv4.StreamingUnsignedTrailer, n, crc32Header, crc32Name)
	}
	sig := strings.Repeat("0", 64)
	for _, c := range []struct {
		name   string
		upload *upload
		want   string
		out    string // what may be read before
	}{
		{"nothing", signed(5), terminated, ""},
		{"an empty line", signed(5).raw("\r\n"), terminated, ""},
		{"no last chunk", signed(5).chunk("hello"), terminated, "hello"},
		{"no line end behind the last chunk", signed(5).chunk("hello").chunk(""), terminated, "hello"},
		{"half a line end", signed(5).chunk("hello").chunk("").raw("\r"), terminated, "hello"},
		{"no signature", signed(5).raw("5\r\nhello\r\n"), terminated, ""},
		{"a short signature", signed(5).raw("5;chunk-signature=" + sig[1:] + "\r\nhello\r\n"), terminated, ""},
		{"a long signature", signed(5).raw("5;chunk-signature=" + sig + "0\r\nhello\r\n"), terminated, ""},
		{"a wrong signature", signed(5).raw("5;chunk-signature=" + sig + "\r\nhello\r\n"), mismatch, ""},
		{"another extension", signed(5).raw("5;x=y;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"an extension behind", signed(5).raw("5;chunk-signature=" + sig + ";x=y\r\nhello\r\n"), terminated, ""},
		{"upper case in the extension", signed(5).raw("5;Chunk-Signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"spaces", signed(5).raw(" 5 ;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a negative size", signed(5).raw("-5;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a signed size", signed(5).raw("+5;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a size with a prefix", signed(5).raw("0x5;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a size with an underscore", signed(100).raw("1_0;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"no size", signed(5).raw(";chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a size beyond all numbers", signed(5).raw("fffffffffffffffff;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"the largest size", signed(5).raw("7fffffffffffffff;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a size beyond the content", signed(5).raw("6;chunk-signature=" + sig + "\r\nhello!\r\n"), length, ""},
		{"a line that does not end", signed(5).raw(strings.Repeat("0", 5000)), terminated, ""},
		{"a line that is too long", signed(5).raw(strings.Repeat("0", 2000) + "5;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"a bare line feed", signed(5).raw("5;chunk-signature=" + sig + "\nhello\r\n"), terminated, ""},
		{"a chunk that is cut off", signed(5).raw("5;chunk-signature=" + sig + "\r\nhel"), terminated, ""},
		{"a chunk without its line end", signed(5).raw("5;chunk-signature=" + sig + "\r\nhello0;chunk"), terminated, ""},
		{"too little", signed(6).chunk("hello").chunk("").raw("\r\n"), length, "hello"},
		{"nothing of it", signed(6).chunk("").raw("\r\n"), length, ""},
		{"too much", signed(4).chunk("hello").chunk("").raw("\r\n"), length, ""},
		{"too much in a second chunk", signed(int64(len(big))).chunk(big).chunk("h").chunk("").raw("\r\n"), length, big},
		{"a chunk behind the last", signed(5).chunk("hello").chunk("").raw("\r\n").chunk("").raw("\r\n"), terminated, "hello"},
		{"a byte behind the last", signed(5).chunk("hello").chunk("").raw("\r\n\n"), terminated, "hello"},
		{"a trailer that was not announced", signed(5).chunk("hello").chunk("").raw(crc32Line + "\r\n\r\n"), terminated, "hello"},
		{"small chunks", signed(10).chunk("hello").chunk("hello").chunk("").raw("\r\n"), small, "hello"},
		{"a small chunk in between", signed(int64(2*len(big)) + 8191).chunk(big).chunk(big[:8191]).chunk(big).chunk("").raw("\r\n"), small, big + big[:8191]},
		{"two chunks exchanged", exchanged(signed(int64(2*len(big))), big, strings.ToUpper(big)), mismatch, ""},
		{"a chunk left out", leftOut(signed(int64(len(big))), big), mismatch, ""},
		{"the last chunk not signed", signed(5).chunk("hello").raw("0;chunk-signature=" + sig + "\r\n\r\n"), mismatch, "hello"},

		{"unsigned, with a signature", unsigned(5).raw("5;chunk-signature=" + sig + "\r\nhello\r\n"), terminated, ""},
		{"unsigned, small chunks", unsigned(10).chunk("hello").chunk("hello").chunk("").trailers(crc32Line), small, "hello"},
		{"unsigned, too little", unsigned(6).chunk("hello").chunk("").trailers(crc32Line), length, "hello"},
		{"unsigned, too much", unsigned(4).chunk("hello").chunk("").trailers(crc32Line), length, ""},
		{"unsigned, cut off", unsigned(5).raw("5\r\nhel"), terminated, "hel"},
		{"unsigned, no line end", unsigned(5).raw("5\r\nhello0\r\n"), terminated, "hello"},
		{"unsigned, no trailer", unsigned(5).chunk("hello").chunk("").raw("\r\n"), trailer, "hello"},
		{"unsigned, another trailer", unsigned(5).chunk("hello").chunk("").trailers("x-amz-checksum-sha1:qvTGHdzF6KLavt4PO0gs2a6pQ00="), trailer, "hello"},
		{"unsigned, one too many", unsigned(5).chunk("hello").chunk("").trailers(crc32Line, "x-amz-meta-a:b"), trailer, "hello"},
		{"unsigned, twice", unsigned(5).chunk("hello").chunk("").trailers(crc32Line, crc32Line), trailer, "hello"},
		{"unsigned, a trailer with a signature", unsigned(5).chunk("hello").chunk("").trailers(crc32Line, "x-amz-trailer-signature:"+sig), trailer, "hello"},
		{"unsigned, a line without a colon", unsigned(5).chunk("hello").chunk("").trailers("x-amz-checksum-crc32"), trailer, "hello"},
		{"unsigned, many lines", unsigned(5).chunk("hello").chunk("").trailers(many(1000)...), trailer, "hello"},
		{"unsigned, a long line", unsigned(5).chunk("hello").chunk("").trailers(crc32Name + ":" + big), terminated, "hello"},
		{"unsigned, no end of the trailers", unsigned(5).chunk("hello").chunk("").raw(crc32Line + "\r\n"), terminated, "hello"},
		{"unsigned, no checksum", unsigned(5).chunk("hello").chunk("").trailers("x-amz-checksum-crc32:"), "InvalidRequest: Value for x-amz-checksum-crc32 trailing header is invalid.", "hello"},
		{"unsigned, a checksum too short", unsigned(5).chunk("hello").chunk("").trailers("x-amz-checksum-crc32:aGk="), "InvalidRequest: Value for x-amz-checksum-crc32 trailing header is invalid.", "hello"},
		{"unsigned, something behind", unsigned(5).chunk("hello").chunk("").trailers(crc32Line).raw("x"), terminated, "hello"},

		{"both, no signature", both(5).chunk("hello").chunk("").raw(crc32Line + "\r\n\r\n\r\n"), trailer, "hello"},
		{"both, a wrong signature", both(5).chunk("hello").chunk("").raw(crc32Line + "\r\nx-amz-trailer-signature:" + sig + "\r\n\r\n"), mismatch, "hello"},
		{"both, a short signature", both(5).chunk("hello").chunk("").raw(crc32Line + "\r\nx-amz-trailer-signature:" + sig[1:] + "\r\n\r\n"), trailer, "hello"},
		{"both, a header behind the signature", both(5).chunk("hello").chunk("").raw("x-amz-trailer-signature:" + sig + "\r\n" + crc32Line + "\r\n\r\n"), trailer, "hello"},
		{"both, nothing at all", both(5).chunk("hello").chunk("").raw("\r\n"), terminated, "hello"},
		{"both, empty lines", both(5).chunk("hello").chunk("").raw("\r\n\r\n"), trailer, "hello"},
		{"both, signed but not announced", both(5).chunk("hello").chunk("").trailers(crc32Line, "x-amz-meta-a:b"), trailer, "hello"},
		{"both, a changed value", changed(both(5).chunk("hello").chunk("").trailers(crc32Line), "NhCm", "NhCn"), mismatch, "hello"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, trailer, err := c.upload.read(t)
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Error() != c.want || e.Status/100 != 4 {
				t.Errorf("error is %v, want %s", err, c.want)
			}
			if got != c.out || trailer != nil {
				t.Errorf("%q came out, want %q; trailer %v", clip(got), clip(c.out), trailer)
			}
			checkEnd(t, c.upload)
		})
	}
}

func clip(s string) string { return s[:min(len(s), 100)] }

// checkEnd reads once more behind an error, in small pieces: it must stay the
// same, and nothing may follow.
func checkEnd(t *testing.T, u *upload) {
	t.Helper()
	p, err := u.open(t, iotest.OneByteReader(bytes.NewReader(u.body.Bytes())))
	if err != nil {
		return
	}
	defer p.Free()
	buf := make([]byte, 7)
	for err == nil {
		_, err = p.Read(buf)
	}
	if n, again := p.Read(buf); n != 0 || again != err {
		t.Errorf("after %v: %d, %v", err, n, again)
	}
}

func exchanged(u *upload, one, two string) *upload {
	u.chunk(one)
	n := u.body.Len()
	u.chunk(two)
	b := u.body.Bytes()
	u.body = *bytes.NewBuffer(append(bytes.Clone(b[n:]), b[:n]...))
	return u.chunk("").raw("\r\n")
}

func leftOut(u *upload, content string) *upload {
	u.chunk("0" + content)
	u.body.Reset()
	return u.chunk(content).chunk("").raw("\r\n")
}

func changed(u *upload, old, new string) *upload {
	u.body = *bytes.NewBufferString(strings.Replace(u.body.String(), old, new, 1))
	return u
}

func many(n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = fmt.Sprintf("x-amz-meta-%d:x", i)
	}
	return lines
}

// TestSmallChunkIsNamed: which chunk, and of which size.
func TestSmallChunkIsNamed(t *testing.T) {
	_, _, err := newUpload(t, sigv4.StreamingPayload, 10).chunk("hello").chunk("hello").chunk("").raw("\r\n").read(t)
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Fields["Chunk"] != "2" || e.Fields["BadChunkSize"] != "5" {
		t.Errorf("fields are %v", e.Fields)
	}
}

// TestHugeSignedChunk is refused before any of it comes.
func TestHugeSignedChunk(t *testing.T) {
	u := newUpload(t, sigv4.StreamingPayload, 1<<40).raw("1000001;chunk-signature=" + strings.Repeat("0", 64) + "\r\n")
	_, _, err := u.read(t)
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != "InvalidChunkSizeError" {
		t.Errorf("error is %v", err)
	}
}

// TestPromisesAreNotBelieved: a client that announces a chunk of 16 MiB and
// sends nothing of it does not get that much memory.
func TestPromisesAreNotBelieved(t *testing.T) {
	u := newUpload(t, sigv4.StreamingPayload, 16<<20)
	head := "1000000;chunk-signature=" + strings.Repeat("0", 64) + "\r\n"
	const runs = 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		p, err := u.open(t, strings.NewReader(head))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Read(make([]byte, 100)); err == nil {
			t.Fatal("read")
		}
		p.Free()
	}
	runtime.ReadMemStats(&after)
	allocated := (after.TotalAlloc - before.TotalAlloc) / runs
	if allocated > 256<<10 {
		t.Errorf("%d bytes for a promise", allocated)
	}
}

func TestLengthsOfUploads(t *testing.T) {
	for _, c := range []struct{ length, want string }{
		{"", "MissingContentLength"}, {"-1", "InvalidArgument"}, {"+5", "InvalidArgument"}, {"five", "InvalidArgument"},
		{"5.0", "InvalidArgument"}, {"99999999999999999999", "InvalidArgument"}, {" 5", "InvalidArgument"},
	} {
		u := newUpload(t, sigv4.StreamingPayload, -1)
		if c.length != "" {
			u = newUpload(t, sigv4.StreamingPayload, -1, "X-Amz-Decoded-Content-Length", c.length)
		}
		if c.length == " 5" {
			u.request.Header["X-Amz-Decoded-Content-Length"] = []string{"5 "} // signed the same
		}
		_, _, err := u.chunk("hello").chunk("").raw("\r\n").read(t)
		if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != c.want {
			t.Errorf("%q: %v, want %s", c.length, err, c.want)
		}
	}
}

func TestAnnouncedTrailers(t *testing.T) {
	const unsupported = "InvalidRequest: The value specified in the x-amz-trailer header is not supported"
	for _, c := range []struct{ declared, announced, want string }{
		{sigv4.StreamingUnsignedTrailer, "x-amz-checksum-crc32", ""},
		{sigv4.StreamingUnsignedTrailer, " X-Amz-Checksum-CRC32 ,x-amz-checksum-sha256", ""},
		{sigv4.StreamingUnsignedTrailer, "x-amz-checksum-crc32,x-amz-checksum-crc32", unsupported},
		{sigv4.StreamingUnsignedTrailer, "x-amz-checksum-md6", unsupported},
		{sigv4.StreamingUnsignedTrailer, "x-amz-meta-a", unsupported},
		{sigv4.StreamingUnsignedTrailer, "x-amz-checksum-crc32,", unsupported},
		{sigv4.StreamingUnsignedTrailer, "content-length", unsupported},
		{sigv4.StreamingPayload, "x-amz-checksum-crc32", unsupported},
		{sigv4.UnsignedPayload, "x-amz-checksum-crc32", unsupported},
		{sigv4.EmptyPayload, "x-amz-checksum-crc32", unsupported},
	} {
		p, err := newUpload(t, c.declared, 0, "X-Amz-Trailer", c.announced).open(t, strings.NewReader(""))
		if c.want != "" {
			if err == nil || err.Error() != c.want {
				t.Errorf("%s with %q: %v", c.declared, c.announced, err)
			}
			continue
		}
		if err != nil || p.Announced()[0] != "x-amz-checksum-crc32" {
			t.Errorf("%s with %q: %v", c.declared, c.announced, err)
		}
	}
}

// TestBodiesThatFail: what goes wrong below is the client's fault, and the
// cause is kept.
func TestBodiesThatFail(t *testing.T) {
	own := api.Errorf("EntityTooLarge", 400, "too large")
	for _, c := range []struct {
		below error
		want  string
	}{
		{io.ErrUnexpectedEOF, "IncompleteBody"}, {os.ErrDeadlineExceeded, "RequestTimeout"},
		{errors.New("reset"), "IncompleteBody"}, {own, "EntityTooLarge"},
	} {
		for _, declared := range []string{sigv4.StreamingPayload, sigv4.StreamingUnsignedTrailer, sigv4.UnsignedPayload, sigv4.EmptyPayload} {
			u := newUpload(t, declared, 100)
			u.request.ContentLength = 1000
			p, err := u.open(t, io.MultiReader(strings.NewReader(""), iotest.ErrReader(c.below)))
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.ReadAll(p)
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != c.want || !errors.Is(err, c.below) {
				t.Errorf("%s, %v: %v", declared, c.below, err)
			}
		}
	}
}

func TestFreedPayload(t *testing.T) {
	p, err := newUpload(t, sigv4.StreamingPayload, 5).open(t, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	p.Free()
	p.Free()
	if n, err := p.Read(make([]byte, 1)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("Read = %d, %v", n, err)
	}
}
