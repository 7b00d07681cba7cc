package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Options are the rules of the service that was called.
type Options struct {
	// Service and Region, when set, are what the credential must be scoped to.
	Service, Region string
	// Skew is how far the clocks may differ, 15 minutes when zero.
	Skew time.Duration
	// S3 signs the path as it is, requires that a presigned request says how
	// long it is good for, and lets that be up to a week.
	S3 bool
	// V2 accepts Signature Version 2, for S3 only.
	V2 bool
	// Keys remembers signing keys, if set.
	Keys *Keys
}

// OptionsFor gives the rules of a service, by its name in credential scopes.
func OptionsFor(service string) Options {
	skew := 15 * time.Minute
	if fiveMinutes[service] {
		skew = 5 * time.Minute
	}
	return Options{Service: service, Skew: skew, S3: service == "s3"}
}

// fiveMinutes are the services whose "Signature expired" names 5 minutes; AWS
// documents no list. Where this was seen:
//
//	kms             https://github.com/aws/aws-sdk-js-v3/issues/6400
//	lambda          https://repost.aws/knowledge-center/lambda-sdk-signature
//	secretsmanager  https://github.com/boto/botocore/issues/3587
//	kinesis         https://github.com/aws/aws-sdk-go/issues/2194
//	dynamodb        https://github.com/hassy/artillery-dino/issues/2
//	cloudformation  https://github.com/boto/botocore/issues/149
//	execute-api     https://github.com/jlevers/selling-partner-api/issues/32
//	rekognition     https://github.com/m0ngr31/kanzi/issues/270
//	ssm             https://github.com/aws/aws-sdk-js-v3/issues/5192
//
// And 15 minutes for sts (https://github.com/aws/aws-cli/issues/6676), sns
// (https://github.com/aws/aws-sdk-js/issues/265) and ecr
// (https://github.com/upmc-enterprises/registry-creds/issues/24).
var fiveMinutes = map[string]bool{
	"kms": true, "lambda": true, "secretsmanager": true, "kinesis": true, "dynamodb": true,
	"cloudformation": true, "execute-api": true, "rekognition": true, "ssm": true,
}

// Verify proves that the signature was made for this request, by someone who
// knows the secret, within the time that it is good for. The payload hash is
// that of the body which was received, not one that the request claims; but for
// S3 it is the claim, ContentSHA256, which NewPayload then holds the body to.
//
// A presigned POST signs its form's policy alone: there r and payloadHash count
// for nothing.
func (s *Signature) Verify(r *Request, payloadHash, secret string, now time.Time, opts Options) error {
	err := s.verify(r, payloadHash, secret, now, &opts)
	if err == nil {
		return nil
	}
	return s.sign(err)
}

func (s *Signature) verify(r *Request, payloadHash, secret string, now time.Time, opts *Options) *Error {
	switch {
	case s.V2 && !(opts.V2 && opts.S3):
		return errVersion
	case s.policy != "":
		return s.verifyPost(secret, now, opts)
	case s.V2:
		return s.verifyV2(r, secret, now, opts)
	}
	if err := s.checkScope(opts); err != nil {
		return err
	}
	if err := s.checkTime(now, opts); err != nil {
		return err
	}
	if err := s.checkSigned(r.Header); err != nil {
		return err
	}
	want, err := s.compute(r, payloadHash, secret, opts)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(want.hex[:], []byte(s.signature)) != 1 {
		if opts.S3 {
			return s.mismatchInS3(r, payloadHash)
		}
		return ErrMismatch
	}
	if want.fresh {
		opts.Keys.add(s.keyID(secret), want.key)
	}
	return nil
}

func (s *Signature) checkScope(opts *Options) *Error {
	switch day := s.timestamp[:len(basicDate)]; {
	case s.terminator != terminator:
		return badScope("Credential should be scoped with a valid terminator: 'aws4_request'.").
			inCredential("incorrect terminal %q. This endpoint uses %q.", clip(s.terminator), terminator)
	case s.Date != day:
		err := badScope("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '%s' != '%s', from '%s'.",
			clip(s.Date), day, s.timestamp)
		if _, bad := time.Parse(basicDate, s.Date); bad != nil {
			return err.inCredential(`incorrect date format %q. This date in the credential must be in the format "yyyyMMdd".`, clip(s.Date))
		}
		return err.inS3("Invalid credential date %q. This date is not the same as X-Amz-Date: %q.", clip(s.Date), day)
	case opts.Service != "" && s.Service != opts.Service:
		return badScope("Credential should be scoped to correct service: '%s'.", opts.Service).
			inCredential("incorrect service %q. This endpoint belongs to %q.", clip(s.Service), opts.Service)
	case s.Region == "":
		return badScope("Credential should be scoped to a valid region.")
	case opts.Region != "" && s.Region != opts.Region:
		return badScope("Credential should be scoped to a valid region.").
			inCredential("the region '%s' is wrong; expecting '%s'", clip(s.Region), opts.Region).
			with("Region", opts.Region)
	}
	return nil
}

// checkTime checks that a signature is current. A presigned request is never
// good for longer than it says; and only S3 honors more than the skew, as the
// other services of AWS, which treat a presigned request like any other.
func (s *Signature) checkTime(now time.Time, opts *Options) *Error {
	skew := opts.Skew
	if skew == 0 {
		skew = 15 * time.Minute
	}
	window := skew
	switch {
	case !s.Presigned:
	case s.Expires == 0 && opts.S3:
		return incomplete("%s", queryRequires)
	case s.Expires != 0 && (opts.S3 || s.Expires < skew):
		window = s.Expires
	}
	switch {
	case now.Sub(s.Time) > window:
		return s.timed(expired(s.Time, now, window), now, skew)
	case s.Time.Sub(now) > skew:
		return s.timed(notYet(s.Time, now, skew), now, skew)
	}
	return nil
}

// queryRequires is what S3 says of a presigned request that lacks a parameter.
const queryRequires = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, " +
	"X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."

// checkSigned checks that host and all x-amz-* headers are signed. Every name
// in the list must exist in the request, which compute sees to, and none is
// there twice: so it is enough to count.
func (s *Signature) checkSigned(h http.Header) *Error {
	signed, host := 0, false
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		if strings.HasPrefix(name, "x-amz-") {
			signed++
		}
		host = host || name == "host"
	}
	if !host {
		err := &Error{Kind: NotSigned, Message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."}
		return err.with("HeadersNotSigned", "host")
	}
	present := 0
	for name := range h {
		if isAmz(name) {
			present++
		}
	}
	if present > signed {
		return s.notSigned(h)
	}
	return nil
}

func isAmz(name string) bool {
	return len(name) > len(paramPrefix) && strings.EqualFold(name[:len(paramPrefix)], paramPrefix)
}

// notSigned names the headers that are not signed but must be.
func (s *Signature) notSigned(h http.Header) *Error {
	signed := make(map[string]bool)
	for name := range strings.SplitSeq(s.SignedHeaders, ";") {
		signed[name] = true
	}
	var names []string
	for name := range h {
		if isAmz(name) && !signed[strings.ToLower(name)] {
			names = append(names, clip(name))
		}
	}
	if len(names) == 0 { // the list itself names headers that do not exist
		names = []string{"X-Amz-*"}
	}
	slices.Sort(names)
	err := &Error{Kind: NotSigned, Message: "'" + names[0] + "' must be a 'SignedHeader' in the AWS Authorization."}
	return err.with("HeadersNotSigned", strings.ToLower(strings.Join(names[:min(len(names), 32)], ", ")))
}

// computed is the signature that a request should have.
type computed struct {
	hex   [2 * sha256.Size]byte
	key   *signingKey
	fresh bool // the key was not known before
}

func (s *Signature) compute(r *Request, payloadHash, secret string, opts *Options) (out computed, _ *Error) {
	c := canonicalizers.Get().(*canonicalizer)
	defer c.free()
	hash, err := c.hash(&canonicalRequest{r, s.SignedHeaders, payloadHash, s.Presigned, opts.S3})
	if err != nil {
		return out, err
	}
	out.key, out.fresh = opts.Keys.of(s.keyID(secret))
	c.buf = s.appendStringToSign(c.buf[:0], &hash)
	n := len(c.buf)
	c.buf = out.key.appendMAC(c.buf, c.buf)
	hex.Encode(out.hex[:], c.buf[n:])
	return out, nil
}
