package sigv4

import (
	"net/http"
	"strings"
)

const oneMechanism = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
	"Signature query string parameter or the Authorization header should be specified"

var errAmbiguous = incomplete(oneMechanism).answeredByS3("InvalidArgument", 400, oneMechanism).with("ArgumentName", "Authorization")

// parseAuthorization tells the schemes apart. Which is accepted is Verify's
// affair.
func parseAuthorization(auth string, h http.Header) (*Signature, error) {
	var s *Signature
	var err *Error
	if strings.HasPrefix(auth, AlgorithmV2+" ") {
		s, err = parseV2Header(auth, h)
	} else if s, err = parseHeader(auth, h); err != nil {
		err = notOurScheme(auth, err)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// notOurScheme has S3's answers for a scheme that is not implemented or not
// known, whatever else is wrong.
func notOurScheme(auth string, err *Error) *Error {
	scheme, _, _ := strings.Cut(auth, " ")
	switch {
	case scheme == Algorithm:
		return err
	case scheme == algorithmV4A:
		return err.answeredByS3("NotImplemented", 501, notImplemented(scheme))
	}
	return err.answeredByS3("InvalidArgument", 400, "Unsupported Authorization Type").with("ArgumentName", "Authorization")
}

// algorithmV4A is the asymmetric Signature Version 4A, of multi-Region access
// points.
const algorithmV4A = "AWS4-ECDSA-P256-SHA256"

func notImplemented(algorithm string) string {
	return "The signing algorithm " + algorithm + " is not implemented."
}
