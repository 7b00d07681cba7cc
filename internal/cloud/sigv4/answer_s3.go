package sigv4

import (
	"maps"

	"github.com/fortlet/fortlet/internal/api"
)

// answerS3 has the words of S3.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func answerS3(e *Error) *api.Error {
	a := wordsOfS3(e)
	if e.AccessKeyID != "" && (e.Kind == UnknownKey || e.Kind == Mismatch) {
		a.Fields = map[string]any{"AWSAccessKeyId": e.AccessKeyID}
	}
	if len(e.fields) > 0 {
		if a.Fields == nil {
			a.Fields = make(map[string]any, len(e.fields))
		}
		maps.Copy(a.Fields, e.fields)
	}
	return a
}

func wordsOfS3(e *Error) *api.Error {
	if e.s3 != nil {
		a := *e.s3
		return &a
	}
	switch e.Kind {
	case Missing:
		return api.Errorf("AccessDenied", 403, "Access Denied")
	case Incomplete, Scope:
		return malformedInS3(e)
	case Expired, NotYet:
		return untimelyInS3(e)
	case NotSigned:
		return api.Errorf("AccessDenied", 403, "There were headers present in the request which were not signed")
	case UnknownKey:
		return api.Errorf("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.")
	case InvalidToken:
		return api.Errorf("InvalidToken", 400, "The provided token is malformed or otherwise invalid.")
	case ExpiredToken:
		return api.Errorf("ExpiredToken", 400, "The provided token has expired.")
	}
	return api.Errorf("SignatureDoesNotMatch", 403, "%s", mismatchS3)
}

// mismatchS3 is how S3 says mismatch.
const mismatchS3 = "The request signature we calculated does not match the signature you provided. Check your key and signing method."

// malformedInS3 tells of the place where the malformed part stands.
func malformedInS3(e *Error) *api.Error {
	text := e.text
	if text == "" {
		text = words(e)
	}
	switch {
	case e.post:
		return api.Errorf("InvalidArgument", 400, "%s", text)
	case e.Presigned && e.credential:
		return api.Errorf("AuthorizationQueryParametersError", 400, "Error parsing the X-Amz-Credential parameter; %s", text)
	case e.Presigned:
		return api.Errorf("AuthorizationQueryParametersError", 400, "%s", text)
	}
	return api.Errorf("AuthorizationHeaderMalformed", 400, "The authorization header is malformed; %s", text)
}

func untimelyInS3(e *Error) *api.Error {
	switch {
	case e.post && e.Kind == Expired:
		return policyDenied("Policy expired.")
	case e.Presigned && e.Kind == Expired:
		return api.Errorf("AccessDenied", 403, "Request has expired")
	case e.Presigned, e.post:
		return api.Errorf("AccessDenied", 403, "Request is not valid yet")
	}
	return api.Errorf("RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.")
}
