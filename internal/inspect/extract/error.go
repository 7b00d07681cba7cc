package extract

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Why an account could not be read, for errors.Is.
var (
	ErrUnknownProfile = errors.New("no such profile")
	ErrConfiguration  = errors.New("AWS configuration")
	ErrCredentials    = errors.New("no valid credentials")
	ErrDenied         = errors.New("access denied")
	ErrThrottled      = errors.New("throttled")
	ErrUnreachable    = errors.New("unreachable")
)

// errNoProvider is a configuration without a source of credentials.
var errNoProvider = errors.New("the configuration has none")

// Error is why an account could not be read.
type Error struct {
	// Call is the call that failed, "iam:GetAccountAuthorizationDetails";
	// empty when it did not come to one.
	Call string
	// Hint is what to do next; may be empty.
	Hint string
	Err  error
}

func (e *Error) Error() string {
	if e.Call == "" {
		return e.Err.Error()
	}
	return e.Call + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// cause is a reason of ours with what the SDK said, in words of ours.
type cause struct {
	reason error
	text   string
	sdk    error
}

func (c *cause) Error() string {
	if c.text == "" {
		return c.reason.Error()
	}
	return c.reason.Error() + ": " + c.text
}

func (c *cause) Unwrap() []error { return []error{c.reason, c.sdk} }

// noCredentials is an error of a source of credentials.
func noCredentials(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return &Error{
		Hint: "see fortlet iam listprofiles; of a profile with SSO, sign in with aws sso login --profile NAME",
		Err:  &cause{ErrCredentials, err.Error(), err},
	}
}

// failed is what we make of an error of the SDK.
func failed(ctx context.Context, call string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", call, ctx.Err())
	}
	var api smithy.APIError
	var send *smithyhttp.RequestSendError
	switch {
	case errors.As(err, &api):
		return answered(call, api, err)
	case errors.As(err, &send):
		return &Error{
			Call: call,
			Hint: "the endpoint is the profile's endpoint_url, or AWS_ENDPOINT_URL, or else AWS's own for the Region",
			Err:  &cause{ErrUnreachable, unreachable(err), err},
		}
	}
	return &Error{Call: call, Err: err}
}

// answered is an error that the service answered with.
func answered(call string, api smithy.APIError, err error) error {
	e := &Error{Call: call}
	text := said(api, err)
	switch code := api.ErrorCode(); {
	case throttling(api):
		e.Err = &cause{ErrThrottled, attempts(err) + text, err}
		e.Hint = "try later, or raise max_attempts of the profile"
	case denied[code]:
		e.Err = &cause{ErrDenied, text, err}
		e.Hint = fmt.Sprintf("the principal needs the permission %s, see docs/guide/iam-profiles.md", call)
	case invalid[code]:
		e.Err = &cause{ErrCredentials, text, err}
		e.Hint = "renew the credentials of the profile, see fortlet iam listprofiles --check"
	default:
		e.Err = &cause{errors.New(code), text, err}
	}
	return e
}

// The codes of the query protocol's services (IAM User Guide, "Troubleshoot
// access denied error messages"; IAM API Reference, "Common errors").
var (
	denied = map[string]bool{"AccessDenied": true, "AccessDeniedException": true, "UnauthorizedOperation": true}

	invalid = map[string]bool{
		"ExpiredToken": true, "ExpiredTokenException": true, "RequestExpired": true,
		"InvalidClientTokenId": true, "UnrecognizedClientException": true, "InvalidAccessKeyId": true,
		"SignatureDoesNotMatch": true, "IncompleteSignature": true, "MissingAuthenticationToken": true,
		"AuthFailure": true, "OptInRequired": true,
	}
)

func throttling(api smithy.APIError) bool {
	return retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}.IsErrorThrottle(api).Bool()
}

// attempts tells how often was tried.
func attempts(err error) string {
	var max *retry.MaxAttemptsError
	if errors.As(err, &max) {
		return fmt.Sprintf("%d attempts: ", max.Attempt)
	}
	var quota ratelimit.QuotaExceededError
	if errors.As(err, &quota) {
		return "too many attempts: "
	}
	return ""
}

// said is a service's own message, with the request id, by which AWS's support
// and fortlet explain know the call.
func said(api smithy.APIError, err error) string {
	text := api.ErrorMessage()
	var response *awshttp.ResponseError
	if errors.As(err, &response) && response.RequestID != "" {
		text += " (request " + response.RequestID + ")"
	}
	return strings.TrimSpace(text)
}

// unreachable tells the endpoint and what is wrong with it.
func unreachable(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		return at.URL + ": " + at.Err.Error()
	}
	return err.Error()
}
