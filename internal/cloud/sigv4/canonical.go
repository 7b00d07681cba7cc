package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
)

// canonicalizer writes canonical requests. Its memory is used again.
type canonicalizer struct {
	buf   []byte // the canonical request
	query queryEncoder
	key   []byte // a header's name as net/http spells it
}

var canonicalizers = sync.Pool{New: func() any { return new(canonicalizer) }}

// maxPooled keeps a rare huge request from occupying memory for good.
const maxPooled = 64 << 10

func (c *canonicalizer) free() {
	if cap(c.buf)+cap(c.query.buf)+cap(c.query.pairs) <= maxPooled {
		canonicalizers.Put(c)
	}
}

// request is what of a request its canonical form shows.
type canonicalRequest struct {
	*Request
	signedHeaders string
	payloadHash   string
	presigned     bool // the signature itself is in the query, and not covered
	s3            bool
}

// hash gives the SHA-256 of a canonical request.
func (c *canonicalizer) hash(r *canonicalRequest) (sum [sha256.Size]byte, err *Error) {
	b := append(c.buf[:0], r.Method...)
	b = append(b, '\n')
	if r.s3 {
		b, err = appendS3Path(b, r.Path)
	} else {
		b = appendPath(b, r.Path)
	}
	if err != nil {
		return sum, err
	}
	b = append(b, '\n')
	if b, err = c.query.append(b, r.RawQuery, r.presigned); err != nil {
		return sum, err
	}
	b = append(b, '\n')
	for name := range strings.SplitSeq(r.signedHeaders, ";") {
		if b, err = c.appendHeader(b, r.Request, name); err != nil {
			return sum, err
		}
	}
	b = append(b, '\n')
	b = append(b, r.signedHeaders...)
	b = append(b, '\n')
	b = append(b, r.payloadHash...)
	c.buf = b
	return sha256.Sum256(b), nil
}

// appendHeader appends a header with its line end.
func (c *canonicalizer) appendHeader(b []byte, r *Request, name string) ([]byte, *Error) {
	b = append(b, name...)
	b = append(b, ':')
	if name == "host" {
		b = append(b, r.Host...)
		return append(b, '\n'), nil
	}
	c.key = appendHeaderKey(c.key[:0], name)
	values := r.Header[string(c.key)]
	switch {
	case len(values) > 0:
		for i, v := range values {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendTrimmed(b, v)
		}
	case name == "content-length" && r.ContentLength >= 0:
		b = strconv.AppendInt(b, r.ContentLength, 10)
	default:
		// S3 does not tell this from any other difference:
		// https://repost.aws/knowledge-center/s3-presigned-url-signature-mismatch
		return b, incomplete("'%s' is named as a SignedHeader, but it does not exist in the HTTP request.", clip(name)).
			answeredByS3("SignatureDoesNotMatch", 403, mismatchS3)
	}
	return append(b, '\n'), nil
}

// appendHeaderKey spells a header as http.Header does, without the allocation
// of textproto.CanonicalMIMEHeaderKey.
func appendHeaderKey(b []byte, name string) []byte {
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		b = append(b, c)
		upper = c == '-'
	}
	return b
}

// appendTrimmed appends a header's value without outer spaces and with inner
// runs of spaces as one.
func appendTrimmed(b []byte, v string) []byte {
	v = textproto.TrimString(v)
	for {
		i := strings.Index(v, "  ")
		if i < 0 {
			return append(b, v...)
		}
		b = append(b, v[:i+1]...)
		v = strings.TrimLeft(v[i:], " ")
	}
}

// unreserved marks the bytes that URI encoding leaves as they are.
var unreserved = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") {
		t[c] = true
	}
	return t
}()

func appendEncoded(b []byte, c byte) []byte {
	if unreserved[c] {
		return append(b, c)
	}
	const digits = "0123456789ABCDEF"
	return append(b, '%', digits[c>>4], digits[c&15])
}

// appendString appends the string to sign.
func (s *Signature) appendStringToSign(b []byte, requestHash *[sha256.Size]byte) []byte {
	b = append(append(b, Algorithm...), '\n')
	b = append(append(b, s.timestamp...), '\n')
	b = append(s.appendScope(b), '\n')
	return hex.AppendEncode(b, requestHash[:])
}
