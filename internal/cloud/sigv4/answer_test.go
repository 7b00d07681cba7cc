package sigv4_test

import (
	"errors"
	"io"
	"testing"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

func TestAnswers(t *testing.T) {
	const (
		mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
		invalid  = "The security token included in the request is invalid."
		expired  = "The security token included in the request is expired"
		words    = "what was wrong"
	)
	fail := func(k sigv4.Kind) error { return &sigv4.Error{Kind: k, Message: words} }
	asPresigned := func(k sigv4.Kind) error { return &sigv4.Error{Kind: k, Message: words, Presigned: true} }
	wrong := attempt(header(t), "another body", signedAt, sigv4.OptionsFor("sts"))
	for _, c := range []struct {
		protocol api.Protocol
		service  string
		err      error
		code     string
		status   int
		message  string
	}{
		{api.Query, "sts", sigv4.ErrMissing, "MissingAuthenticationToken", 403, "Request is missing Authentication Token"},
		{api.Query, "sts", fail(sigv4.Incomplete), "IncompleteSignature", 400, words},
		{api.Query, "iam", wrong, "SignatureDoesNotMatch", 403, mismatch},
		{api.Query, "iam", fail(sigv4.Expired), "SignatureDoesNotMatch", 403, words},
		{api.Query, "iam", fail(sigv4.NotYet), "SignatureDoesNotMatch", 403, words},
		{api.Query, "iam", fail(sigv4.Scope), "SignatureDoesNotMatch", 403, words},
		{api.Query, "iam", fail(sigv4.NotSigned), "SignatureDoesNotMatch", 403, words},
		{api.Query, "iam", sigv4.ErrUnknownKey, "InvalidClientTokenId", 403, invalid},
		{api.Query, "iam", sigv4.ErrInvalidToken, "InvalidClientTokenId", 403, invalid},
		{api.Query, "iam", sigv4.ErrExpiredToken, "ExpiredToken", 403, expired},

		{api.JSON11, "kms", sigv4.ErrMissing, "MissingAuthenticationTokenException", 400, "Missing Authentication Token"},
		{api.JSON11, "kms", fail(sigv4.Incomplete), "IncompleteSignatureException", 400, words},
		{api.JSON11, "kms", wrong, "InvalidSignatureException", 400, mismatch},
		{api.JSON10, "dynamodb", fail(sigv4.Expired), "InvalidSignatureException", 400, words},
		{api.JSON11, "kms", sigv4.ErrUnknownKey, "UnrecognizedClientException", 400, invalid},
		{api.JSON11, "kms", sigv4.ErrExpiredToken, "ExpiredTokenException", 400, expired},
		{api.RestJSON, "lambda", sigv4.ErrUnknownKey, "UnrecognizedClientException", 403, invalid},
		{api.RestJSON, "lambda", wrong, "InvalidSignatureException", 403, mismatch},

		{api.EC2, "ec2", sigv4.ErrUnknownKey, "AuthFailure", 401, "AWS was not able to validate the provided access credentials"},
		{api.EC2, "ec2", fail(sigv4.Expired), "RequestExpired", 400, "Request has expired."},
		{api.EC2, "ec2", fail(sigv4.Incomplete), "AuthFailure", 401, words},

		{api.RestXML, "s3", sigv4.ErrMissing, "AccessDenied", 403, "Access Denied"},
		{api.RestXML, "s3", fail(sigv4.Incomplete), "AuthorizationHeaderMalformed", 400, "The authorization header is malformed; " + words},
		{api.RestXML, "s3", asPresigned(sigv4.Incomplete), "AuthorizationQueryParametersError", 400, words},
		{api.RestXML, "s3", fail(sigv4.Expired), "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."},
		{api.RestXML, "s3", asPresigned(sigv4.Expired), "AccessDenied", 403, "Request has expired"},
		{api.RestXML, "s3", fail(sigv4.NotSigned), "AccessDenied", 403, "There were headers present in the request which were not signed"},
		{api.RestXML, "s3", wrong, "SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		{api.RestXML, "s3", sigv4.ErrUnknownKey, "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."},
		{api.RestXML, "s3", sigv4.ErrInvalidToken, "InvalidToken", 400, "The provided token is malformed or otherwise invalid."},
		{api.RestXML, "s3", sigv4.ErrExpiredToken, "ExpiredToken", 400, "The provided token has expired."},
		{api.RestXML, "route53", sigv4.ErrUnknownKey, "InvalidClientTokenId", 403, invalid},

		// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
		{api.RestXML, "s3", io.ErrUnexpectedEOF, "InternalError", 500, "We encountered an internal error. Please try again."},
		{api.Query, "iam", io.ErrUnexpectedEOF, "InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure."},
	} {
		got := sigv4.Answer(c.protocol, c.service, c.err)
		if got.Code != c.code || got.Status != c.status || got.Message != c.message || !errors.Is(got, c.err) {
			t.Errorf("%s, %v:\ngot  %+v\nwant %s %d %s", c.service, c.err, got, c.code, c.status, c.message)
		}
	}
}

// TestEveryKindHasWords goes through all kinds at all services: no answer may
// be empty, and none may be the server's fault.
func TestEveryKindHasWords(t *testing.T) {
	for p := api.JSON10; p <= api.RestXML; p++ {
		for k := sigv4.Missing; k <= sigv4.ExpiredToken; k++ {
			for _, service := range []string{"s3", "any"} {
				a := sigv4.Answer(p, service, &sigv4.Error{Kind: k})
				if a.Code == "" || a.Message == "" || a.Status < 400 || a.Status >= 500 {
					t.Errorf("protocol %d, %s, kind %d: %+v", p, service, k, a)
				}
			}
		}
	}
}
