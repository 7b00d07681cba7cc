package sigv4

import (
	"net/http"
	"strings"
	"time"
)

// The headers that carry a signature.
const (
	headerAuthorization = "Authorization"
	headerDate          = "X-Amz-Date"
	headerToken         = "X-Amz-Security-Token"
)

// Parse finds the signature of a request. It fails with ErrMissing if there is
// none and with ErrIncomplete if it is not well formed.
func Parse(r *Request) (*Signature, error) {
	auth := r.Header[headerAuthorization]
	presigned, err := parseQuery(r)
	if err == nil {
		var old *Signature
		if old, err = parseV2Query(r); presigned != nil && old != nil {
			return nil, errAmbiguous
		} else if old != nil {
			presigned = old
		}
	}
	switch {
	case err != nil:
		e := *err // it may be shared
		e.Presigned = true
		return nil, &e
	case len(auth) == 0 && presigned == nil:
		return nil, ErrMissing
	case len(auth) == 0:
		return presigned, nil
	case presigned != nil:
		return nil, errAmbiguous
	case len(auth) > 1:
		// One of them would be verified and the other perhaps used.
		return nil, incomplete("Authorization header must be sent only once")
	}
	return parseAuthorization(auth[0], r.Header)
}

func parseHeader(auth string, h http.Header) (*Signature, *Error) {
	algorithm, rest, _ := strings.Cut(auth, " ")
	s := new(Signature)
	var credential string
	for part := range strings.SplitSeq(rest, ",") {
		part = strings.Trim(part, " ")
		name, value, ok := strings.Cut(part, "=")
		if space := strings.LastIndexByte(part, ' '); space >= 0 {
			part, ok = part[space+1:], false // spaces separate, too
		}
		if !ok {
			return nil, incomplete("Invalid key=value pair (missing equal-sign) in Authorization header "+
				"(hashed with SHA-256 and encoded with Base64): '%s'.", hashed(part)).inS3("%s", threeComponents)
		}
		var field *string
		switch name {
		case "Credential":
			field = &credential
		case "SignedHeaders":
			field = &s.SignedHeaders
		case "Signature":
			field = &s.signature
		default:
			continue // of another algorithm; what is ours will be missing
		}
		if *field != "" {
			return nil, incomplete("Authorization header contains '%s' more than once.", name)
		}
		*field = value
	}
	if err := s.headerTime(h); err != nil {
		return nil, err
	}
	if missing := missingHeaderParts(credential, s); missing != "" {
		err := incomplete("%s (Hashed with SHA-256 and encoded with Base64) Authorization=%s", missing, hashed(auth))
		if s.timestamp == "" {
			return nil, err.answeredByS3("AccessDenied", 403, needsDate)
		}
		return nil, err.inS3("%s", threeComponents)
	}
	if algorithm != Algorithm {
		return nil, incomplete("Unsupported AWS 'algorithm': '%s'.", clip(algorithm))
	}
	if len(h[headerToken]) > 1 {
		return nil, incomplete("X-Amz-Security-Token header must be sent only once")
	}
	s.SecurityToken = first(h[headerToken])
	return s, s.complete(credential)
}

// What S3 says of an Authorization header that lacks a part, or its date.
const (
	threeComponents = "the authorization header requires three components: Credential, SignedHeaders, and Signature."
	needsDate       = "AWS authentication requires a valid Date or x-amz-date header"
)

// missingHeaderParts names everything that a signature lacks, all at once.
func missingHeaderParts(credential string, s *Signature) string {
	if credential != "" && s.signature != "" && s.SignedHeaders != "" && s.timestamp != "" {
		return ""
	}
	var missing []string
	for _, p := range [...]struct{ name, value string }{
		{"Credential", credential}, {"Signature", s.signature}, {"SignedHeaders", s.SignedHeaders},
	} {
		if p.value == "" {
			missing = append(missing, "Authorization header requires '"+p.name+"' parameter.")
		}
	}
	if s.timestamp == "" {
		missing = append(missing, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
	}
	return strings.Join(missing, " ")
}

// headerTime takes the time from X-Amz-Date or, where that is not sent, from
// Date, which a client may write as HTTP does.
func (s *Signature) headerTime(h http.Header) *Error {
	values := h[headerDate]
	if len(values) == 0 {
		values = h["Date"]
	}
	switch len(values) {
	case 0:
		return nil
	case 1:
	default:
		return incomplete("X-Amz-Date header must be sent only once")
	}
	if _, fromDate := h[headerDate]; !fromDate {
		if t, err := http.ParseTime(values[0]); err == nil {
			s.Time, s.timestamp = t, basic(t)
			return nil
		}
	}
	if err := s.setTime(values[0]); err != nil {
		return err.answeredByS3("AccessDenied", 403, needsDate)
	}
	return nil
}

func (s *Signature) setTime(value string) *Error {
	t, err := time.Parse(basicTime, value)
	if err != nil || len(value) != len(basicTime) { // Parse would take fractions of a second
		return incomplete("Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", clip(value)).
			inS3("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
	}
	s.Time, s.timestamp = t, value
	return nil
}

// complete takes the credential apart and checks the list of headers.
func (s *Signature) complete(credential string) *Error {
	if err := s.setCredential(credential); err != nil {
		return err
	}
	if !wellFormed(s.SignedHeaders) {
		return incomplete("SignedHeaders must be lower case names in order, separated by semicolons.")
	}
	return nil
}

func (s *Signature) setCredential(credential string) *Error {
	parts := [5]string{}
	rest, ok := credential, true
	for i := range 4 {
		if parts[i], rest, ok = strings.Cut(rest, "/"); !ok {
			break
		}
	}
	if !ok || strings.Contains(rest, "/") || parts[0] == "" {
		// Who mixes up access key and secret sends the secret here.
		return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "+
			"got (hashed with SHA-256 and encoded with Base64): '%s'", hashed(credential)).
			inCredential("the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
	}
	s.AccessKeyID, s.Date, s.Region, s.Service, s.terminator = parts[0], parts[1], parts[2], parts[3], rest
	return nil
}

// wellFormed reports whether a list of signed headers has names in lower case,
// each once and in order, as canonical requests have them. Only in this form
// can headers be counted against it.
func wellFormed(list string) bool {
	previous := ""
	for name := range strings.SplitSeq(list, ";") {
		if name <= previous {
			return false
		}
		for i := range len(name) {
			if c := name[i]; c <= ' ' || c >= 0x7f || 'A' <= c && c <= 'Z' || c == ':' || c == ',' {
				return false
			}
		}
		previous = name
	}
	return true
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// clip bounds a stranger's text in a message.
func clip(s string) string { return s[:min(len(s), 64)] }
