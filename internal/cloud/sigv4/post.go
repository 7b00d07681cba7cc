package sigv4

import (
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// Form is what stands before the file in the form of a presigned POST: the
// fields by their names in lower case. Add fills it.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
type Form map[string]string

// The fields that carry a signature, of version 4 and of version 2.
const (
	fieldAlgorithm   = "x-amz-algorithm"
	fieldCredential  = "x-amz-credential"
	fieldDate        = "x-amz-date"
	fieldSignature   = "x-amz-signature"
	fieldToken       = "x-amz-security-token"
	fieldPolicy      = "policy"
	fieldV2Key       = "awsaccesskeyid"
	fieldV2Signature = "signature"
)

// Add adds a field. A form that has a name twice is refused: the policy would
// be held against one of them and the other perhaps used.
func (f Form) Add(name, value string) error {
	name = strings.ToLower(name)
	if _, twice := f[name]; twice {
		e := api.Errorf("InvalidArgument", 400, "POST requires exactly one field of a name per request.")
		e.Fields = map[string]any{"ArgumentName": clip(name)}
		return e
	}
	f[name] = value
	return nil
}

// ParsePost finds the signature of a presigned POST. It fails with ErrMissing
// if the form has none of what belongs to one, and so is that of anybody. The
// signature covers the policy alone, which ParsePostPolicy reads and which the
// form must then be held to.
func ParsePost(f Form) (*Signature, error) {
	v4 := f.has(fieldAlgorithm, fieldCredential, fieldDate, fieldSignature)
	v2 := f.has(fieldV2Key, fieldV2Signature)
	var s *Signature
	var err *Error
	switch {
	case v4 && v2:
		return nil, errAmbiguous
	case v4:
		s, err = parsePostV4(f)
	case v2:
		s, err = parsePostV2(f)
	case f.has(fieldPolicy):
		err = incomplete("the policy is not signed").answeredByS3("AccessDenied", 403, "Access Denied")
	default:
		return nil, ErrMissing
	}
	if err != nil {
		err.post = true
		return nil, err
	}
	s.SecurityToken, s.policy = f[fieldToken], f[fieldPolicy]
	return s, nil
}

func (f Form) has(names ...string) bool {
	for _, name := range names {
		if _, ok := f[name]; ok {
			return true
		}
	}
	return false
}

// need checks that the form has fields that are not empty. S3 spells their
// names so.
func (f Form) need(names ...string) *Error {
	for _, name := range names {
		if f[strings.ToLower(name)] == "" {
			message := "Bucket POST must contain a field named '" + name + "'.  If it is specified, please check the order of the fields."
			return incomplete("%s", message).with("ArgumentName", name).with("ArgumentValue", "")
		}
	}
	return nil
}

func parsePostV4(f Form) (*Signature, *Error) {
	if err := f.need(fieldPolicy, "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Algorithm"); err != nil {
		return nil, err
	}
	if algorithm := f[fieldAlgorithm]; algorithm == algorithmV4A {
		return nil, incomplete("%s", notImplemented(algorithm)).answeredByS3("NotImplemented", 501, notImplemented(algorithm))
	} else if algorithm != Algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '%s'.", clip(algorithm)).
			inS3("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
	}
	s := &Signature{signature: f[fieldSignature]}
	if err := s.setTime(f[fieldDate]); err != nil {
		return nil, err.answeredByS3("AccessDenied", 403, needsDate)
	}
	if err := s.setCredential(f[fieldCredential]); err != nil {
		return nil, err
	}
	return s, nil
}

func parsePostV2(f Form) (*Signature, *Error) {
	if err := f.need("AWSAccessKeyId", "Signature", fieldPolicy); err != nil {
		return nil, err
	}
	return &Signature{V2: true, AccessKeyID: f[fieldV2Key], signature: f[fieldV2Signature]}, nil
}

// maxPostAge is how long a signing key is good for. Within it the policy says
// itself when it expires.
const maxPostAge = 7 * 24 * time.Hour

// verifyPost proves the signature of a policy.
func (s *Signature) verifyPost(secret string, now time.Time, opts *Options) *Error {
	if s.V2 {
		if !equalV2(secret, s.policy, s.signature) {
			return s.mismatchOfPost()
		}
		return nil
	}
	if err := s.checkScope(opts); err != nil {
		return err
	}
	skew := opts.Skew
	if skew == 0 {
		skew = 15 * time.Minute
	}
	switch {
	case now.Sub(s.Time) > maxPostAge:
		return s.timed(expired(s.Time, now, maxPostAge), now, skew)
	case s.Time.Sub(now) > skew:
		return s.timed(notYet(s.Time, now, skew), now, skew)
	}
	key, fresh := opts.Keys.of(s.keyID(secret))
	want := hex.EncodeToString(key.appendMAC(nil, []byte(s.policy)))
	if subtle.ConstantTimeCompare([]byte(want), []byte(s.signature)) != 1 {
		return s.mismatchOfPost()
	}
	if fresh {
		opts.Keys.add(s.keyID(secret), key)
	}
	return nil
}

// mismatchOfPost shows the policy, unless that has to name a session token.
func (s *Signature) mismatchOfPost() *Error {
	if s.SecurityToken != "" {
		return ErrMismatch
	}
	return mismatchOf(s.policy, s.signature)
}
