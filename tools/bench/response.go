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
	body   []byte // good until reset

	buf [16 << 10]byte
	n   int // bytes of buf that are filled
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
func (r *response) reset() { r.n = 0 }

// room is where the next bytes go.
func (r *response) room() ([]byte, error) {
	if r.n == len(r.buf) {
		return nil, errTooLong
	}
	return r.buf[r.n:], nil
}

// grow takes n more bytes, which are in room, and reports whether the response
// is complete. Nearly all come at once, so nothing is remembered between
// attempts.
func (r *response) grow(n int) (done bool, err error) {
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
		return false, errTooLong
	case r.n > head+length:
		return false, errUnasked
	}
	r.status, r.body = status, r.buf[head:r.n]
	return r.n == head+length, nil
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
