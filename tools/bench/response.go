package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// response is an HTTP/1.1 response, as far as it has come. It understands no
// more than a measurement needs, the status and where the body ends: what
// net/http does besides would cost the client more than the server.
type response struct {
	status int
	body   []byte // good until reset; the beginning of a long one
	length int    // of the body

	buf  [16 << 10]byte
	n    int    // bytes of buf that are filled
	left int    // bytes of a long body that are still to come
	skip []byte // where they go
}

// The ways in which a response can be one that is not understood. Each ends
// the measurement: the servers measured here send none of them.
var (
	errTooLong   = errors.New("response is larger than the buffer")
	errNoLength  = errors.New("response has no content length")
	errNotHTTP   = errors.New("response is not HTTP/1.1")
	errUnasked   = errors.New("more bytes than the response")
	errTruncated = errors.New("connection closed within a response")
)

var (
	endOfHead     = []byte("\r\n\r\n")
	lengthHeader  = []byte("\r\ncontent-length:")
	statusPrefix  = []byte("HTTP/1.1 ")
	statusLineMin = len("HTTP/1.1 200")
)

// reset makes ready for the next response.
func (r *response) reset() { r.n, r.left = 0, 0 }

// room is where the next bytes go.
func (r *response) room() ([]byte, error) {
	if r.left > 0 {
		return r.skip[:min(len(r.skip), r.left)], nil
	}
	if r.n == len(r.buf) {
		return nil, errTooLong
	}
	return r.buf[r.n:], nil
}

// grow takes n more bytes, which are in room, and reports whether the response
// is complete. Nearly all come at once, so nothing is remembered between
// attempts.
func (r *response) grow(n int) (done bool, err error) {
	if r.left > 0 {
		r.left -= n
		return r.left == 0, nil
	}
	r.n += n
	end := bytes.Index(r.buf[:r.n], endOfHead)
	if end < 0 {
		return false, nil
	}
	head := end + len(endOfHead)
	status, length, err := parseHead(r.buf[:head])
	switch {
	case err != nil:
		return false, err
	case length > len(r.buf)-head:
		r.long(length - (r.n - head))
	case r.n > head+length:
		return false, errUnasked
	}
	r.status, r.body, r.length = status, r.buf[head:r.n], length
	return r.n == head+length, nil
}

// long makes ready for the rest of a body that is longer than the buffer, which
// nobody looks at.
func (r *response) long(left int) {
	if r.skip == nil {
		r.skip = make([]byte, 256<<10)
	}
	r.left = left
}

// parseHead reads the status and content length of a response's head.
func parseHead(head []byte) (status, length int, err error) {
	if len(head) < statusLineMin || !bytes.HasPrefix(head, statusPrefix) {
		return 0, 0, errNotHTTP
	}
	code := head[len(statusPrefix):statusLineMin]
	if status, err = strconv.Atoi(string(code)); err != nil || status < 100 {
		return 0, 0, fmt.Errorf("%w: status %q", errNotHTTP, code)
	}
	value, ok := findLength(head)
	if !ok {
		return 0, 0, errNoLength
	}
	if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
		return 0, 0, fmt.Errorf("%w: %q", errNoLength, value)
	}
	return status, length, nil
}

// findLength finds the value of the Content-Length header, in any spelling.
func findLength(head []byte) ([]byte, bool) {
	for rest := head; ; {
		i := bytes.IndexByte(rest, '\r')
		if i < 0 || len(rest)-i <= len(lengthHeader) {
			return nil, false
		}
		rest = rest[i:]
		if bytes.EqualFold(rest[:len(lengthHeader)], lengthHeader) {
			value, _, _ := bytes.Cut(rest[len(lengthHeader):], []byte("\r"))
			return bytes.TrimSpace(value), true
		}
		rest = rest[1:]
	}
}
