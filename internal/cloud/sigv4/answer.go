package sigv4

import (
	"errors"

	"github.com/fortlet/fortlet/internal/api"
)

// Answer turns a failure into the error that the called service gives for it.
// An error that is none of this package's becomes the service's internal
// error, with err as its cause.
func Answer(p api.Protocol, service string, err error) *api.Error {
	var e *Error
	if !errors.As(err, &e) {
		return internal(service).WithCause(err)
	}
	a := tableFor(p, service)(e)
	if a.Message == "" {
		a.Message = words(e)
	}
	return a.WithCause(err)
}

// words are those of the failure itself, or the least that can be said of it.
func words(e *Error) string {
	switch {
	case e.Message != "":
		return e.Message
	case e.Kind == Incomplete:
		return "The request signature does not conform to AWS standards."
	}
	return mismatch
}

// internal is the answer for what is not the caller's fault.
func internal(service string) *api.Error {
	if service == "s3" {
		return api.Errorf("InternalError", 500, "We encountered an internal error. Please try again.")
	}
	return api.Errorf("InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure.")
}

// tableFor chooses the words of a service.
func tableFor(p api.Protocol, service string) func(*Error) *api.Error {
	switch {
	case service == "s3":
		return answerS3
	case p == api.EC2:
		return answerEC2
	case p == api.JSON10, p == api.JSON11:
		return func(e *Error) *api.Error { return answerJSON(e, 400) }
	case p == api.RestJSON:
		return func(e *Error) *api.Error { return answerJSON(e, 403) }
	}
	return answerQuery // the rest-xml services other than S3 speak like them
}

// What a session token or an unknown key is told by most services.
const (
	tokenInvalid = "The security token included in the request is invalid."
	tokenExpired = "The security token included in the request is expired"
)

// answerQuery has the words of the query services, such as IAM and STS. A
// signature out of time is a signature that does not match:
// https://github.com/aws/aws-cli/issues/6676. The other codes and their status:
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
func answerQuery(e *Error) *api.Error {
	switch e.Kind {
	case Missing:
		return api.Errorf("MissingAuthenticationToken", 403, "Request is missing Authentication Token")
	case Incomplete:
		return &api.Error{Code: "IncompleteSignature", Status: 400}
	case UnknownKey, InvalidToken:
		return api.Errorf("InvalidClientTokenId", 403, tokenInvalid)
	case ExpiredToken:
		return api.Errorf("ExpiredToken", 403, tokenExpired)
	}
	return &api.Error{Code: "SignatureDoesNotMatch", Status: 403}
}

// answerJSON has the words of the JSON services, such as KMS.
func answerJSON(e *Error, status int) *api.Error {
	switch e.Kind {
	case Missing:
		return api.Errorf("MissingAuthenticationTokenException", status, "Missing Authentication Token")
	case Incomplete:
		return &api.Error{Code: "IncompleteSignatureException", Status: status}
	case UnknownKey, InvalidToken:
		return api.Errorf("UnrecognizedClientException", status, tokenInvalid)
	case ExpiredToken:
		return api.Errorf("ExpiredTokenException", status, tokenExpired)
	}
	return &api.Error{Code: "InvalidSignatureException", Status: status}
}

// answerEC2 has the words of EC2.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func answerEC2(e *Error) *api.Error {
	switch e.Kind {
	case Missing:
		return api.Errorf("MissingAuthenticationToken", 403, "Request is missing Authentication Token")
	case Expired, NotYet:
		return api.Errorf("RequestExpired", 400, "Request has expired.")
	case ExpiredToken:
		return api.Errorf("RequestExpired", 400, "Request has expired.")
	case Mismatch, UnknownKey, InvalidToken:
		return api.Errorf("AuthFailure", 401, "AWS was not able to validate the provided access credentials")
	}
	return &api.Error{Code: "AuthFailure", Status: 401}
}
