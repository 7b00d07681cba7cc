package sigv4

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// AlgorithmV2 is the scheme of S3's Signature Version 2, HMAC-SHA1 over some
// parts of a request: its method, bucket, path, subresources, x-amz-* headers,
// date, type and MD5. It covers neither the host nor the rest of the query nor,
// but for Content-MD5, the body. boto3 presigns with it in us-east-1.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
const AlgorithmV2 = "AWS"

// errVersion refuses version 2 where it is switched off, or not known at all.
var errVersion = incomplete("Unsupported AWS 'algorithm': '%s'.", AlgorithmV2).answeredByS3("InvalidRequest", 400,
	"The authorization mechanism you have provided is not supported. Please use "+Algorithm+".")

// parseV2Header reads "AWS AKIDEXAMPLE:signature".
func parseV2Header(auth string, h http.Header) (*Signature, *Error) {
	id, signature, ok := strings.Cut(strings.TrimPrefix(auth, AlgorithmV2+" "), ":")
	if !ok || id == "" || signature == "" || strings.ContainsAny(id+signature, " ,\t") {
		return nil, incomplete("Authorization header requires an access key and a signature (hashed with SHA-256 and encoded with Base64): '%s'.", hashed(auth)).
			answeredByS3("InvalidArgument", 400, "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature").
			with("ArgumentName", headerAuthorization)
	}
	if len(h[headerToken]) > 1 {
		return nil, incomplete("X-Amz-Security-Token header must be sent only once")
	}
	s := &Signature{V2: true, AccessKeyID: id, SecurityToken: first(h[headerToken]), signature: signature}
	return s, s.headerTimeV2(h)
}

// headerTimeV2 takes the time from X-Amz-Date or Date, in any form in which
// HTTP has it.
func (s *Signature) headerTimeV2(h http.Header) *Error {
	values := h[headerDate]
	if len(values) == 0 {
		values = h["Date"]
	}
	if len(values) == 1 {
		if t, err := parseHTTPTime(values[0]); err == nil {
			s.Time, s.timestamp = t, values[0]
			return nil
		}
	}
	return incomplete("X-Amz-Date or Date header must be sent once, as a date of HTTP.").answeredByS3("AccessDenied", 403, needsDate)
}

func parseHTTPTime(value string) (t time.Time, err error) {
	for _, layout := range [...]string{http.TimeFormat, time.RFC1123Z, time.RFC850, time.ANSIC, basicTime} {
		if t, err = time.Parse(layout, value); err == nil {
			return t, nil
		}
	}
	return t, err
}

// The parameters of a presigned version 2, with the ones of the query services'
// own version 2, which is none of this.
const (
	paramV2Key       = "AWSAccessKeyId"
	paramV2Signature = "Signature"
	paramV2Expires   = "Expires"
	paramV2Token     = "x-amz-security-token"
	paramNotS3       = "SignatureVersion"
)

// parseV2Query gives the version 2 signature of a presigned request, nil for
// any other.
func parseV2Query(r *Request) (*Signature, *Error) {
	if !strings.Contains(r.RawQuery, paramV2Key) {
		return nil, nil
	}
	params, err := v2Params(r.RawQuery)
	switch {
	case err != nil:
		return nil, err
	case params[paramV2Key] == "" || params[paramNotS3] != "":
		return nil, nil
	case params[paramV2Signature] == "" || params[paramV2Expires] == "":
		return nil, errV2Query("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
	}
	s := &Signature{
		V2:            true,
		Presigned:     true,
		AccessKeyID:   params[paramV2Key],
		SecurityToken: params[paramV2Token],
		signature:     params[paramV2Signature],
		until:         params[paramV2Expires],
	}
	if n, err := strconv.ParseInt(s.until, 10, 64); err != nil || n < 0 || n > maxExpiry {
		return nil, errV2Query("Invalid date (should be seconds since epoch): " + clip(s.until))
	}
	return s, s.headerTokenOf(r.Header)
}

// maxExpiry is the last second of the year 9999.
const maxExpiry = 253402300799

func errV2Query(message string) *Error {
	return incomplete("%s", message).answeredByS3("AccessDenied", 403, message)
}

// expiry is when a presigned version 2 expires.
func (s *Signature) expiry() time.Time {
	n, _ := strconv.ParseInt(s.until, 10, 64) // as parseV2Query has checked
	return time.Unix(n, 0)
}

func v2Params(query string) (map[string]string, *Error) {
	params := make(map[string]string, 4)
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case paramV2Key, paramV2Signature, paramV2Expires, paramV2Token, paramNotS3:
		default:
			continue
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return nil, errQueryEscape
		}
		if params[name] != "" {
			return nil, incomplete("AWS query-string parameters must include '%s' only once. Re-examine the query-string parameters.", name)
		}
		params[name] = v
	}
	return params, nil
}

// verifyV2 proves a version 2 signature.
func (s *Signature) verifyV2(r *Request, secret string, now time.Time, opts *Options) *Error {
	if err := s.checkTimeV2(now, opts); err != nil {
		return err
	}
	text, err := s.stringToSignV2(r)
	if err != nil {
		return err
	}
	if equalV2(secret, text, s.signature) {
		return nil
	}
	if namesBucket(r) {
		// Clients disagree whether the path of a bucket ends with a slash, however
		// they send it. Both name the same.
		r := *r
		r.Path += "/"
		if other, err := s.stringToSignV2(&r); err == nil && equalV2(secret, other, s.signature) {
			return nil
		}
	}
	shown := text
	if s.SecurityToken != "" {
		shown = strings.ReplaceAll(text, s.SecurityToken, withheld)
	}
	return mismatchOf(shown, s.signature)
}

// namesBucket reports whether the path is a bucket's and no more: "/bucket".
func namesBucket(r *Request) bool {
	return r.Bucket == "" && len(r.Path) > 1 && strings.LastIndexByte(r.Path, '/') == 0
}

func (s *Signature) checkTimeV2(now time.Time, opts *Options) *Error {
	skew := opts.Skew
	if skew == 0 {
		skew = 15 * time.Minute
	}
	switch {
	case s.Presigned && now.After(s.expiry()):
		return s.timed(&Error{Kind: Expired}, now, skew)
	case s.Presigned:
		return nil
	case now.Sub(s.Time) > skew:
		return s.timed(expired(s.Time, now, skew), now, skew)
	case s.Time.Sub(now) > skew:
		return s.timed(notYet(s.Time, now, skew), now, skew)
	}
	return nil
}

// equalV2 compares a signature with the one that the text should have. What is
// not base64 in its one form matches nothing.
func equalV2(secret, text, signature string) bool {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(text))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(signature))
}
