package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// receiveParts feeds a response in pieces of a size, as a connection might.
func receiveParts(r *response, text string, size int) (done bool, err error) {
	for len(text) > 0 && err == nil {
		var room []byte
		if room, err = r.room(); err != nil {
			return false, err
		}
		n := copy(room, text[:min(size, len(text))])
		text = text[n:]
		if done, err = r.grow(n); done && len(text) > 0 {
			return false, errUnasked
		}
	}
	return done, err
}

func TestResponse(t *testing.T) {
	for text, want := range map[string]struct {
		status int
		body   string
	}{
		"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello": {200, "hello"},
		"HTTP/1.1 403 Forbidden\r\ncontent-length:0\r\n\r\n":                                     {403, ""},
		"HTTP/1.1 200 OK\r\nCONTENT-LENGTH:  4 \r\n\r\n\r\n\r\n":                                 {200, "\r\n\r\n"},
	} {
		var r response // used again, as on a connection
		for _, size := range []int{1, 2, 7, len(text)} {
			r.reset()
			done, err := receiveParts(&r, text, size)
			if !done || err != nil || r.status != want.status || string(r.body) != want.body {
				t.Errorf("%q by %d bytes: %v, %v, %d, %q", text, size, done, err, r.status, r.body)
			}
		}
		for n := range len(text) {
			r.reset()
			if done, err := receiveParts(&r, text[:n], n); done || err != nil {
				t.Errorf("%q: %v, %v; it has not come whole", text[:n], done, err)
			}
		}
	}
}

func TestBadResponse(t *testing.T) {
	for text, want := range map[string]error{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1":      errUnasked,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": errNoLength,
		"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n":                errNoLength,
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n":                  errNoLength,
		"HTTP/1.1 200 OK\r\nX-Content-Length: 1\r\n\r\na":                errNoLength,
		"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 16<<10):           errTooLong,
		"HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n":                   errNotHTTP,
		"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n":                   errNotHTTP,
		"HTTP/1.1\r\n\r\n": errNotHTTP,
	} {
		for _, size := range []int{1, 1000} {
			if done, err := receiveParts(new(response), text, size); done || !errors.Is(err, want) {
				t.Errorf("%.60q by %d bytes: %v, %v; want %v", text, size, done, err, want)
			}
		}
	}
}

// TestLongResponse: of a body that is longer than the buffer the beginning is
// kept and the rest counted.
func TestLongResponse(t *testing.T) {
	const length = 3 << 20
	text := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", length) + strings.Repeat("x", length)
	var r response
	for range 2 {
		for _, size := range []int{1000, 1 << 20} {
			r.reset()
			if done, err := receiveParts(&r, text, size); !done || err != nil {
				t.Fatalf("%v, %v", done, err)
			}
			if r.status != 200 || r.length != length || len(r.body) == 0 || len(r.body) >= len(r.buf) {
				t.Errorf("status %d, length %d, %d bytes kept", r.status, r.length, len(r.body))
			}
		}
		r.reset()
		if done, _ := receiveParts(&r, text[:len(text)-1], 1000); done {
			t.Error("done before the last byte")
		}
	}
}
