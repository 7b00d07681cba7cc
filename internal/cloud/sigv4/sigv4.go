// Package sigv4 verifies AWS Signature Version 4, the proof that a request was
// made by someone who knows the secret of an access key, and makes such
// signatures for tests and our own command line.
//
// A server calls Parse, which finds the signature in the Authorization header
// or, for a presigned request, in the query; looks up the secret of its
// AccessKeyID; and calls Verify. Answer turns whatever went wrong on the way
// into the words of the service that was called.
//
// A signature covers the method, host, path, query, the headers that it names
// and the body, for one day, region and service, around one moment. Verify
// insists that it names host and every x-amz-* header of the request. It does
// not cover other headers, nor the order of equal query parameters, and within
// its time the same request can be sent again. The path is covered in its
// normal form (S3 excepted), so a server must not tell paths apart that differ
// only in dots and repeated slashes.
//
// The package knows keys and bytes only: no store, no principals, no clock.
package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

// Algorithm is the only algorithm there is here.
const Algorithm = "AWS4-HMAC-SHA256"

const (
	terminator = "aws4_request"
	basicTime  = "20060102T150405Z" // ISO 8601 basic format, as X-Amz-Date has it
	basicDate  = "20060102"
)

// EmptyPayload is the payload hash of a request without a body.
const EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// HashPayload gives the payload hash of a body.
func HashPayload(body []byte) string {
	if len(body) == 0 {
		return EmptyPayload
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Request is what a signature covers of a request, apart from its body.
type Request struct {
	Method   string
	Host     string // as sent, port included
	Path     string // as sent, still escaped
	RawQuery string // as sent, without the question mark
	Header   http.Header
	// ContentLength stands in for the header of that name where net/http keeps
	// it to itself; -1 is unknown.
	ContentLength int64
}

// FromHTTP gives the signed parts of a request that net/http has received, or
// is going to send.
func FromHTTP(r *http.Request) *Request {
	req := &Request{
		Method:        r.Method,
		Host:          r.Host,
		RawQuery:      r.URL.RawQuery,
		Header:        r.Header,
		ContentLength: r.ContentLength,
	}
	if strings.HasPrefix(r.RequestURI, "/") {
		// What the client sent. The parsed URL can be another spelling of it.
		req.Path, _, _ = strings.Cut(r.RequestURI, "?")
	} else {
		req.Path = r.URL.EscapedPath()
	}
	if req.Host == "" {
		req.Host = r.URL.Host
	}
	return req
}

// Signature is a signature as a request presents it: a claim, until Verify has
// returned nil.
type Signature struct {
	AccessKeyID   string
	Date          string // of the credential scope, yyyymmdd
	Region        string
	Service       string
	Time          time.Time
	SignedHeaders string // names in order, separated by semicolons
	SecurityToken string

	Presigned bool
	// Expires is how long a presigned request is good for, zero where it does
	// not say.
	Expires time.Duration

	terminator string
	timestamp  string // Time as it is signed
	signature  string // hex
}

// scope is the credential scope without the access key.
func (s *Signature) appendScope(b []byte) []byte {
	b = append(append(b, s.Date...), '/')
	b = append(append(b, s.Region...), '/')
	b = append(append(b, s.Service...), '/')
	return append(b, terminator...)
}
