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
// # S3
//
// S3 signs in the place of the body's hash what the request says of its body
// in x-amz-content-sha256, so that the body can be read afterwards, as a
// stream. A server goes in this order:
//
//	s, err := sigv4.Parse(r)                    // ErrMissing: of anybody; s is nil from here on
//	declared, err := sigv4.ContentSHA256(r, s)
//	err = s.Verify(r, declared, secret, now, opts)
//	payload, err := sigv4.NewPayload(body, r, s, declared, secret, keys)
//	defer payload.Free()
//	headers := sigv4.Hoisted(r, s)              // of a presigned request, to be taken as sent
//
// What Read then gives of the payload is verified as far as declared lets it
// be, and nothing that was read may be kept unless Read ends with io.EOF. The
// errors of ContentSHA256, NewPayload and Read are answers already.
//
// Where the host names the bucket, Request.Bucket must be set. Options.V2 lets
// Signature Version 2 in, which covers less; see AlgorithmV2. The form of a
// presigned POST goes another way: ParsePost, Verify (without a request), and
// then Policy, to which PostPolicy.Check holds the form and CheckSize the file.
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

// Algorithm is the algorithm of Signature Version 4.
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
	// Bucket is the bucket that the host names, for a request in virtual-hosted
	// style: version 2 signatures cover it as a part of the path.
	Bucket string
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
	// V2 is set for a Signature Version 2 of S3, which has no scope; presigned
	// it has no Time, either.
	V2 bool

	terminator string
	timestamp  string // Time as it is signed
	signature  string // hex; base64 in version 2
	until      string // when a presigned version 2 expires, in seconds since 1970
	policy     string // what a presigned POST has signed
}

// Version is the algorithm of the signature, as the condition key
// s3:signatureversion has it.
func (s *Signature) Version() string {
	if s.V2 {
		return AlgorithmV2
	}
	return Algorithm
}

// AuthType is where the signature was found, as the condition key s3:authType
// has it.
func (s *Signature) AuthType() string {
	switch {
	case s.policy != "":
		return "POST"
	case s.Presigned:
		return "REST-QUERY-STRING"
	}
	return "REST-HEADER"
}

// scope is the credential scope without the access key.
func (s *Signature) appendScope(b []byte) []byte {
	b = append(append(b, s.Date...), '/')
	b = append(append(b, s.Region...), '/')
	b = append(append(b, s.Service...), '/')
	return append(b, terminator...)
}
