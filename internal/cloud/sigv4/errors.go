package sigv4

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/fortlet/fortlet/internal/api"
)

// Kind is one way in which a signature, or what stands behind it, fails.
type Kind uint8

// The kinds of failure. The last three are for the caller, who knows the keys.
const (
	Missing      Kind = iota + 1 // the request is not signed
	Incomplete                   // the signature lacks a part, or is not well formed
	Expired                      // the signature is too old
	NotYet                       // the signature is of the future
	Scope                        // the signature is for another date, region or service
	NotSigned                    // a header that must be signed is not
	Mismatch                     // the signature is not that of this request and secret
	UnknownKey                   // no such active access key, or not with this token
	InvalidToken                 // the session token is not one of ours
	ExpiredToken                 // the session is over
)

// Error is a failure, told in AWS's words. Errors of one kind match each other
// under errors.Is, whatever their words.
type Error struct {
	Kind      Kind
	Message   string // empty where each service has its own words
	Presigned bool
	// AccessKeyID is whose signature it was, where that is known: S3 repeats it.
	AccessKeyID string

	post   bool           // of the form of a presigned POST
	fields map[string]any // what S3 says besides
	// S3's words for what is malformed, and whether that is in the credential.
	text       string
	credential bool
	s3         *api.Error // the answer of S3, where the kind does not give it
}

// Fail makes the failure of a signature for which the caller knows the reason:
// UnknownKey, InvalidToken or ExpiredToken.
func (s *Signature) Fail(k Kind) error { return s.sign(&Error{Kind: k}) }

// sign copies a failure, which may be shared, and says whose signature it is.
func (s *Signature) sign(err *Error) *Error {
	e := *err
	e.Presigned, e.post, e.AccessKeyID = s.Presigned, s.policy != "", s.AccessKeyID
	return &e
}

// inS3 sets the words that S3 has for a malformed signature.
func (e *Error) inS3(format string, args ...any) *Error {
	e.text = fmt.Sprintf(format, args...)
	return e
}

// inCredential does so for what is wrong with the credential's parts.
func (e *Error) inCredential(format string, args ...any) *Error {
	e.credential = true
	return e.inS3(format, args...)
}

// with adds something that S3 says besides.
func (e *Error) with(field string, value any) *Error {
	if e.fields == nil {
		e.fields = make(map[string]any)
	}
	e.fields[field] = value
	return e
}

// answeredByS3 sets an answer of S3 that says something else.
func (e *Error) answeredByS3(code string, status int, message string) *Error {
	e.s3 = api.Errorf(code, status, "%s", message)
	return e
}

func (e *Error) Error() string {
	if e.Message == "" {
		return kindNames[e.Kind]
	}
	return e.Message
}

// Is reports whether target is an *Error of the same kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind
}

var kindNames = map[Kind]string{
	Missing:      "request is not signed",
	Incomplete:   "signature is incomplete",
	Expired:      "signature has expired",
	NotYet:       "signature is not yet current",
	Scope:        "signature is for another scope",
	NotSigned:    "a header is not signed",
	Mismatch:     "signature does not match",
	UnknownKey:   "access key is unknown",
	InvalidToken: "session token is invalid",
	ExpiredToken: "session token has expired",
}

// One error of each kind, for errors.Is and for callers who have no more to
// say.
var (
	ErrMissing      = &Error{Kind: Missing}
	ErrIncomplete   = &Error{Kind: Incomplete}
	ErrExpired      = &Error{Kind: Expired}
	ErrNotYet       = &Error{Kind: NotYet}
	ErrScope        = &Error{Kind: Scope}
	ErrNotSigned    = &Error{Kind: NotSigned}
	ErrMismatch     = &Error{Kind: Mismatch, Message: mismatch}
	ErrUnknownKey   = &Error{Kind: UnknownKey}
	ErrInvalidToken = &Error{Kind: InvalidToken}
	ErrExpiredToken = &Error{Kind: ExpiredToken}
)

const mismatch = "The request signature we calculated does not match the signature you provided. " +
	"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."

func incomplete(format string, args ...any) *Error {
	return &Error{Kind: Incomplete, Message: fmt.Sprintf(format, args...)}
}

func badScope(format string, args ...any) *Error {
	return &Error{Kind: Scope, Message: fmt.Sprintf(format, args...)}
}

// hashed stands for a text that may hold a secret, such as another scheme's
// token, in the way in which AWS's messages let a caller recognize it.
func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func expired(signed, now time.Time, window time.Duration) *Error {
	return &Error{Kind: Expired, Message: fmt.Sprintf("Signature expired: %s is now earlier than %s (%s - %s)",
		basic(signed), basic(now.Add(-window)), basic(now), minutes(window))}
}

func notYet(signed, now time.Time, window time.Duration) *Error {
	return &Error{Kind: NotYet, Message: fmt.Sprintf("Signature not yet current: %s is still later than %s (%s + %s)",
		basic(signed), basic(now.Add(window)), basic(now), minutes(window))}
}

func basic(t time.Time) string { return t.UTC().Format(basicTime) }

func minutes(d time.Duration) string {
	if d%time.Minute != 0 {
		return fmt.Sprintf("%d sec.", d/time.Second)
	}
	return fmt.Sprintf("%d min.", d/time.Minute)
}
