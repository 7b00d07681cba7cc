package sigv4

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The query parameters of a presigned request.
const (
	paramAlgorithm = iota
	paramCredential
	paramDate
	paramSignedHeaders
	paramSignature
	paramExpires
	paramToken
	paramCount
)

var paramNames = [paramCount]string{
	"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders",
	"X-Amz-Signature", "X-Amz-Expires", "X-Amz-Security-Token",
}

const paramPrefix = "X-Amz-"

// parseQuery gives the signature of a presigned request, nil for any other.
func parseQuery(r *Request) (*Signature, *Error) {
	if !strings.Contains(r.RawQuery, paramPrefix) {
		return nil, nil
	}
	params, err := queryParams(r.RawQuery)
	if err != nil {
		return nil, err
	}
	if params[paramAlgorithm] == "" && params[paramCredential] == "" && params[paramSignature] == "" {
		return nil, nil
	}
	if err := missingParams(&params); err != nil {
		return nil, err
	}
	if params[paramAlgorithm] != Algorithm {
		return nil, unsupportedInQuery(params[paramAlgorithm])
	}
	s := &Signature{
		Presigned:     true,
		SignedHeaders: params[paramSignedHeaders],
		SecurityToken: params[paramToken],
		signature:     params[paramSignature],
	}
	if err := s.setTime(params[paramDate]); err != nil {
		return nil, err
	}
	if s.Expires, err = parseExpires(params[paramExpires]); err != nil {
		return nil, err
	}
	if err := s.headerTokenOf(r.Header); err != nil {
		return nil, err
	}
	if err := s.complete(params[paramCredential]); err != nil {
		return nil, err
	}
	return s, nil
}

func unsupportedInQuery(algorithm string) *Error {
	err := incomplete("Unsupported AWS 'algorithm': '%s'.", clip(algorithm)).
		inS3("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\"")
	if algorithm == algorithmV4A {
		return err.answeredByS3("NotImplemented", 501, notImplemented(algorithm))
	}
	return err
}

// headerTokenOf takes the token of a presigned request from the header, where
// it has none in the query.
func (s *Signature) headerTokenOf(h http.Header) *Error {
	values := h[headerToken]
	if len(values) > 1 || len(values) == 1 && s.SecurityToken != "" {
		return incomplete("X-Amz-Security-Token must be sent only once")
	}
	if len(values) == 1 {
		s.SecurityToken = values[0]
	}
	return nil
}

// queryParams reads the parameters of a presigned request from a query.
func queryParams(query string) (params [paramCount]string, _ *Error) {
	for pair := range strings.SplitSeq(query, "&") {
		if !strings.HasPrefix(pair, paramPrefix) {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		for i, n := range paramNames {
			if n != name {
				continue
			}
			if params[i] != "" {
				return params, incomplete("AWS query-string parameters must include '%s' only once. Re-examine the query-string parameters.", n)
			}
			v, err := url.QueryUnescape(value)
			if err != nil {
				return params, errQueryEscape
			}
			params[i] = v
		}
	}
	return params, nil
}

func missingParams(params *[paramCount]string) *Error {
	var missing strings.Builder
	for i := range paramExpires { // those from there on are optional
		if params[i] == "" {
			missing.WriteString("AWS query-string parameters must include '" + paramNames[i] + "'. ")
		}
	}
	if missing.Len() == 0 {
		return nil
	}
	return incomplete("%sRe-examine the query-string parameters.", missing.String()).inS3("%s", queryRequires)
}

// maxExpires is the longest that a presigned request may be good for: a week.
const maxExpires = 7 * 24 * time.Hour

func parseExpires(value string) (time.Duration, *Error) {
	if value == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	switch d := time.Duration(n) * time.Second; {
	case err != nil || value[0] == '+':
		return 0, incomplete("X-Amz-Expires should be a number")
	case n < 1:
		return 0, incomplete("X-Amz-Expires must be non-negative")
	case n > int64(maxExpires/time.Second):
		return 0, incomplete("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	default:
		return d, nil
	}
}
