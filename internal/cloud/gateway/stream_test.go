package gateway_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
)

// zeros is a stream of a length.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// closing tells that a stream was closed, and may be one that writes itself.
type closing struct {
	io.Reader
	closed atomic.Bool
}

func (c *closing) Close() error    { c.closed.Store(true); return nil }
func (c *closing) wasClosed() bool { return c.closed.Load() }

type writing struct{ closing }

func (w *writing) WriteTo(to io.Writer) (int64, error) { return io.Copy(to, w.Reader) }

// TestStreamOut: a stream is sent whole or not at all, and closed either way.
func TestStreamOut(t *testing.T) {
	s := newBucketServer(t)
	const size = 5<<20 + 7
	failing := io.MultiReader(zeros(size-1), failing{errors.New("disk")})
	for name, test := range map[string]struct {
		stream io.Reader
		length int64
		whole  bool
	}{
		"whole":               {&closing{Reader: zeros(size)}, size, true},
		"empty":               {&closing{Reader: zeros(0)}, 0, true},
		"by itself":           {&writing{closing{Reader: zeros(size)}}, size, true},
		"broken":              {&closing{Reader: failing}, size, false},
		"broken at the start": {&closing{Reader: iotestErr{}}, size, false},
		"short":               {&closing{Reader: zeros(size - 1)}, size, false},
		"long":                {&closing{Reader: zeros(size + 1)}, size, false},
		"broken by itself":    {&writing{closing{Reader: iotestErr{}}}, size, false},
	} {
		t.Run(name, func(t *testing.T) {
			s.answerWith(test.stream, test.length)
			c := s.dial()
			if _, err := io.WriteString(c, s.text(s.signed(s.root(), bucketRequest("GET", "/private/k", "")))); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				if test.whole || test.length == 0 {
					t.Fatal(err)
				}
				return // broken off before anything was sent
			}
			n, err := io.Copy(io.Discard, resp.Body)
			if whole := err == nil && n == test.length; whole != test.whole {
				t.Errorf("%d bytes of %d, %v", n, resp.ContentLength, err)
			}
			if resp.ContentLength != test.length {
				t.Errorf("a length of %d is announced", resp.ContentLength)
			}
			// The server closes the stream before it reads the next request.
			if test.whole {
				io.WriteString(c, "GET /_fortlet/health HTTP/1.1\r\nHost: x\r\n\r\n")
				if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
					t.Errorf("the connection is not kept: %v", err)
				}
			} else if _, err := c.Read(make([]byte, 1)); err == nil {
				t.Error("the connection stays open")
			}
			closer := test.stream.(interface{ wasClosed() bool })
			if !closer.wasClosed() {
				t.Error("the stream was not closed")
			}
		})
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("disk") }

// TestHeadAndConditions: answers that have no body, with the header of the one
// that they would have.
func TestHeadAndConditions(t *testing.T) {
	s := newBucketServer(t)
	s.do(s.signed(s.root(), bucketRequest("PUT", "/private/k", "content", "Content-Type", "text/plain"))).want(t, 200, "")
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		length  int64
	}{
		"head":         {bucketRequest("HEAD", "/private/k", ""), 200, 7},
		"head nothing": {bucketRequest("HEAD", "/private/j", ""), 404, -1},
		"not modified": {bucketRequest("GET", "/private/k", "", "If-None-Match", `"x"`), 304, 0},
		"head denied":  {bucketRequest("HEAD", "/private/k?uploadId", ""), 405, -1},
	} {
		c := s.dial()
		health := "GET /_fortlet/health HTTP/1.1\r\nHost: x\r\n\r\n"
		if _, err := io.WriteString(c, s.text(s.signed(s.root(), test.request))+health); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		resp, err := http.ReadResponse(r, test.request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != test.status || resp.ContentLength != test.length || len(body) > 0 || err != nil {
			t.Errorf("%s: %d, length %d, %q, %v", name, resp.StatusCode, resp.ContentLength, body, err)
		}
		// Nothing is left behind it.
		if resp, err := http.ReadResponse(r, nil); err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: the next answer is %v, %v", name, resp, err)
		}
	}
}

// TestRefusedUpload: who sends much that nobody wants sees why, even if it
// reads only when it has sent all; and one that asks before it sends is not
// asked for it.
func TestRefusedUpload(t *testing.T) {
	s := newBucketServer(t)
	nobody := s.user("nobody", "")
	const size = 20 << 20
	put := func(more string) string {
		r := bucketRequest("PUT", "/private/k", "", "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		r.Header.Del("Content-Length")
		return head(s.signed(nobody, r)) + fmt.Sprintf("%sContent-Length: %d\r\n\r\n", more, size)
	}
	c := s.dial()
	if _, err := io.Copy(c, io.MultiReader(strings.NewReader(put("")), zeros(size))); err != nil {
		t.Fatal(err)
	}
	resp, body := s.receive(c, "PUT")
	readS3(t, "PUT", resp.StatusCode, resp.Header, body).want(t, 403, "AccessDenied")
	if resp.Close {
		t.Error("the connection is not kept")
	}

	// So does who reads at once, and has too much to be waited for.
	c = s.dial()
	sent := make(chan error)
	go func() {
		_, err := io.Copy(c, io.MultiReader(strings.NewReader(strings.Replace(put(""), fmt.Sprint(size), "99999999999", 1)), zeros(99999999999)))
		sent <- err
	}()
	resp, body = s.receive(c, "PUT")
	readS3(t, "PUT", resp.StatusCode, resp.Header, body).want(t, 403, "AccessDenied")
	if err := <-sent; err == nil || errors.Is(err, os.ErrDeadlineExceeded) || !resp.Close {
		t.Errorf("the server goes on reading: %v", err)
	}

	resp, body = s.send(put("Expect: 100-continue\r\n"), "PUT")
	readS3(t, "PUT", resp.StatusCode, resp.Header, body).want(t, 403, "AccessDenied")

	// A short body is read, and the connection kept.
	short := s.signed(nobody, bucketRequest("PUT", "/private/k", "content"))
	if resp, _ := s.send(s.text(short), "PUT"); resp.StatusCode != 403 || resp.Close {
		t.Errorf("%d, close %v", resp.StatusCode, resp.Close)
	}
}

// TestExpect: who may send is asked for it.
func TestExpect(t *testing.T) {
	s := newBucketServer(t)
	r := s.signed(s.root(), bucketRequest("PUT", "/private/k", "content", "Expect", "100-continue"))
	c := s.dial()
	if _, err := io.WriteString(c, head(r)+"\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(c)
	resp, err := http.ReadResponse(reader, r)
	if err != nil || resp.StatusCode != 100 {
		t.Fatalf("%v, %v", resp, err)
	}
	if _, err := io.WriteString(c, "content"); err != nil {
		t.Fatal(err)
	}
	if resp, err = http.ReadResponse(reader, r); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v, %v", resp, err)
	}
}

// TestExpectNothing: who waits to be asked for an empty body is asked as well,
// whatever the answer. botocore (awsrequest.AWSConnection) otherwise reads the
// next answer on the connection with the status of this one, and waits for ever.
func TestExpectNothing(t *testing.T) {
	s := newBucketServer(t)
	nobody := s.user("nobody", "")
	c := s.dial()
	reader := bufio.NewReader(c)
	for _, test := range []struct {
		keys   key
		status int
	}{{s.root(), 200}, {nobody, 403}, {s.root(), 200}} {
		r := s.signed(test.keys, bucketRequest("PUT", "/private/k", "", "Expect", "100-continue", "Content-Length", "0"))
		if _, err := io.WriteString(c, head(r)+"\r\n"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{100, test.status} {
			resp, err := http.ReadResponse(reader, r)
			if err != nil || resp.StatusCode != want || want == 100 && len(resp.Header) > 0 {
				t.Fatalf("%v, %v", resp, err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
		}
	}
}

// TestBrokenUpload: of a body that does not come to its end nothing is kept.
func TestBrokenUpload(t *testing.T) {
	s := newBucketServer(t)
	whole := s.text(s.signed(s.root(), bucketRequest("PUT", "/private/k", strings.Repeat("content", 1000))))
	chunks := s.chunked("/private/k", strings.Repeat("content", 10000))
	for name, text := range map[string]string{
		"plain": whole[:len(whole)-1], "none of it": whole[:len(whole)-7000], "amid a chunk": chunks[:len(chunks)/2], "without its last chunk": chunks[:len(chunks)-2],
	} {
		c := s.dial()
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		resp, body := s.receive(c, "PUT")
		readS3(t, "PUT", resp.StatusCode, resp.Header, body).want(t, 400, "IncompleteBody")
		if s.object("private/k") != nil {
			t.Errorf("%s: it was kept", name)
		}
	}
}

// TestForgedUpload: what is not as it was signed is not kept, however good the
// signature of the request.
func TestForgedUpload(t *testing.T) {
	b := newBucketWorld(t)
	zeros := strings.Repeat("0", 64)
	trailer := func(body string) *http.Request {
		return bucketRequest("PUT", "/private/k", body, "X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", "7", "X-Amz-Trailer", "x-amz-checksum-crc32")
	}
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		code    string
	}{
		"chunk signature": {bucketRequest("PUT", "/private/k", "7;chunk-signature="+zeros+"\r\ncontent\r\n0;chunk-signature="+zeros+"\r\n\r\n",
			"X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "X-Amz-Decoded-Content-Length", "7"), 403, "SignatureDoesNotMatch"},
		"no chunks":         {trailer("content"), 400, "IncompleteBody"},
		"more than it says": {trailer("8\r\ncontents\r\n0\r\nx-amz-checksum-crc32:" + sumOf("CRC32", "contents") + "\r\n\r\n"), 400, "IncompleteBody"},
		"less than it says": {trailer("6\r\nconten\r\n0\r\nx-amz-checksum-crc32:" + sumOf("CRC32", "conten") + "\r\n\r\n"), 400, "IncompleteBody"},
		"hash":              {bucketRequest("PUT", "/private/k", "content", "X-Amz-Content-Sha256", zeros), 400, "XAmzContentSHA256Mismatch"},
	} {
		a := b.do(b.signed(b.root(), test.request))
		if a.status != test.status || a.Code != test.code || len(b.objects) > 0 {
			t.Errorf("%s: %d %s, %d objects", name, a.status, a.body, len(b.objects))
		}
	}
}

// chunked is a request with a body in chunks that are not signed.
func (s *bucketServer) chunked(target, body string) string {
	r := bucketRequest("PUT", target, "", "X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length", fmt.Sprint(len(body)),
		"X-Amz-Trailer", "x-amz-checksum-crc32", "Content-Encoding", "gzip, aws-chunked", "X-Amz-Sdk-Checksum-Algorithm", "CRC32")
	r.Header.Del("Content-Length")
	text := fmt.Sprintf("%x\r\n%s\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n", len(body), body, sumOf("CRC32", body))
	return head(s.signed(s.root(), r)) + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text)
}

// TestChunkedUpload: the operation gets the content, and the header that the
// content has.
func TestChunkedUpload(t *testing.T) {
	s := newBucketServer(t)
	content := strings.Repeat("content", 100000)
	if resp, body := s.send(s.chunked("/private/k", content), "PUT"); resp.StatusCode != 200 {
		t.Fatalf("%s", body)
	}
	o := s.object("private/k")
	if string(o.body) != content || *o.input.ContentLength != int64(len(content)) || *o.input.ContentEncoding != "gzip" {
		t.Errorf("%d bytes, length %d, encoding %s", len(o.body), *o.input.ContentLength, *o.input.ContentEncoding)
	}
	p, ok := o.input.Body.(api.Payload)
	if !ok || len(p.Announced()) != 1 || p.Trailer()["x-amz-checksum-crc32"] != sumOf("CRC32", content) {
		t.Errorf("%T, trailer %v", o.input.Body, p.Trailer())
	}
}

// TestSmuggledUpload: of a request with two lengths, or two of another kind,
// neither counts.
func TestSmuggledUpload(t *testing.T) {
	s := newBucketServer(t)
	r := s.signed(s.root(), bucketRequest("PUT", "/private/k", "content"))
	r.Header.Del("Content-Length")
	const next = "GET /_fortlet/health HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, lengths := range map[string]string{
		"both":            "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ncontent\r\n0\r\n\r\n",
		"both, other way": "Transfer-Encoding: chunked\r\nContent-Length: 7\r\n\r\n7\r\ncontent\r\n0\r\n\r\n",
		"two":             "Content-Length: 7\r\nContent-Length: 3\r\n\r\ncontent",
		"odd coding":      "Transfer-Encoding: xchunked\r\n\r\n7\r\ncontent\r\n0\r\n\r\n",
		"signed number":   "Content-Length: +7\r\n\r\ncontent",
	} {
		c := s.dial()
		go io.WriteString(c, head(r)+lengths+next)
		resp, body := s.receive(c, "PUT")
		if resp.StatusCode < 400 || s.object("private/k") != nil {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
}

// listener is a network of one machine, in the time of a synctest bubble.
type listener struct{ conns chan net.Conn }

func (l *listener) Accept() (net.Conn, error) {
	c, ok := <-l.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (l *listener) Close() error   { close(l.conns); return nil }
func (l *listener) Addr() net.Addr { return &net.TCPAddr{} }

// TestPatience: a body, or an answer, may take hours, if only it goes on. One
// that does not ends its connection.
func TestPatience(t *testing.T) {
	b := newBucketWorld(t) // it has goroutines of its own, so it is not in the bubble
	synctest.Test(t, func(t *testing.T) {
		server := gateway.NewServer(b.Handler, b.Cloud.Log)
		l := &listener{make(chan net.Conn)}
		go server.Serve(l)
		defer server.Close()
		dial := func() net.Conn {
			client, conn := net.Pipe()
			l.conns <- conn
			return client
		}
		const size = 100
		r := bucketRequest("PUT", "/private/k", "", "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		r.Header.Del("Content-Length")
		put := head(b.signed(b.root(), r)) + fmt.Sprintf("Content-Length: %d\r\n\r\n", size)
		// What is not a stream has a minute in all.
		r = bucketRequest("PUT", "/private?policy", "", "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
		r.Header.Del("Content-Length")
		document := head(b.signed(b.root(), r)) + fmt.Sprintf("Content-Length: %d\r\n\r\n", size)
		upload := func(head string, pause time.Duration) (net.Conn, *http.Response, error) {
			c := dial()
			go func() {
				io.WriteString(c, head)
				for range size {
					time.Sleep(pause)
					if _, err := c.Write([]byte{'x'}); err != nil {
						return
					}
				}
			}()
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			return c, resp, err
		}
		start := time.Now()
		c, resp, err := upload(put, gateway.StallTime-2*time.Second)
		if err != nil || resp.StatusCode != 200 || time.Since(start) < time.Hour {
			t.Errorf("after %v: %v, %v", time.Since(start), resp, err)
		}
		c.Close()
		for _, slow := range []struct {
			head  string
			pause time.Duration
		}{{put, gateway.StallTime + 2*time.Second}, {document, 10 * time.Second}} {
			start := time.Now()
			c, resp, err = upload(slow.head, slow.pause)
			if err != nil || resp.StatusCode != 400 || !resp.Close || time.Since(start) > 2*time.Minute {
				t.Errorf("after %v: %v, %v", time.Since(start), resp, err)
			} else if body, _ := io.ReadAll(resp.Body); !bytes.Contains(body, []byte("<Code>RequestTimeout</Code>")) {
				t.Errorf("%s", body)
			}
			c.Close()
		}

		const large = 10 << 20
		download := func(pause time.Duration) (int64, error) {
			b.answerWith(zeros(large), large)
			c := dial()
			defer c.Close()
			go io.WriteString(c, head(b.signed(b.root(), bucketRequest("GET", "/private/k", "")))+"\r\n")
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			var n int64
			for buf := make([]byte, 1<<20); ; {
				time.Sleep(pause)
				m, err := io.ReadFull(resp.Body, buf)
				if n += int64(m); err != nil {
					return n, err
				}
			}
		}
		start = time.Now()
		if n, err := download(gateway.StallTime / 2); n != large || time.Since(start) < 4*time.Minute {
			t.Errorf("%d bytes after %v, %v", n, time.Since(start), err)
		}
		if n, _ := download(2 * gateway.StallTime); n == large {
			t.Error("a client that does not read is waited for")
		}
	})
}
