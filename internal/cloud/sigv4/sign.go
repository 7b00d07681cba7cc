package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Signer signs requests with an access key, for a region and service. It is
// the other side of Verify, for tests and for our own command line.
type Signer struct {
	AccessKeyID  string
	Secret       string
	SessionToken string // of temporary credentials
	Region       string
	Service      string
}

// Sign puts a signature into the Authorization header of a request. It covers
// every header that the request has by then, but for those that proxies and
// HTTP clients change on the way.
func (s *Signer) Sign(r *http.Request, payloadHash string, now time.Time) error {
	r.Header.Set(headerDate, basic(now))
	r.Header.Del(headerAuthorization)
	if s.SessionToken != "" {
		r.Header.Set(headerToken, s.SessionToken)
	}
	sig := s.signature(r, now)
	hex, err := sig.make(r, payloadHash, s)
	if err != nil {
		return err
	}
	r.Header.Set(headerAuthorization, Algorithm+" Credential="+sig.credential()+
		", SignedHeaders="+sig.SignedHeaders+", Signature="+hex)
	return nil
}

// Presign puts a signature into the query of a request, which is then good for
// anyone until it expires.
func (s *Signer) Presign(r *http.Request, payloadHash string, now time.Time, expires time.Duration) error {
	if expires < time.Second || expires > maxExpires {
		return incomplete("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds")
	}
	sig := s.signature(r, now)
	sig.Presigned = true
	params := url.Values{
		paramNames[paramAlgorithm]:     {Algorithm},
		paramNames[paramCredential]:    {sig.credential()},
		paramNames[paramDate]:          {sig.timestamp},
		paramNames[paramExpires]:       {strconv.Itoa(int(expires / time.Second))},
		paramNames[paramSignedHeaders]: {sig.SignedHeaders},
	}
	if s.SessionToken != "" {
		params.Set(paramNames[paramToken], s.SessionToken)
	}
	r.URL.RawQuery = strings.TrimPrefix(r.URL.RawQuery+"&"+params.Encode(), "&")
	hex, err := sig.make(r, payloadHash, s)
	if err != nil {
		return err
	}
	r.URL.RawQuery += "&" + paramNames[paramSignature] + "=" + hex
	return nil
}

func (s *Signer) signature(r *http.Request, now time.Time) *Signature {
	timestamp := basic(now)
	return &Signature{
		AccessKeyID:   s.AccessKeyID,
		Date:          timestamp[:len(basicDate)],
		Region:        s.Region,
		Service:       s.Service,
		SignedHeaders: signedHeaders(r),
		terminator:    terminator,
		timestamp:     timestamp,
	}
}

func (s *Signature) credential() string { return string(s.appendScope([]byte(s.AccessKeyID + "/"))) }

func (s *Signature) make(r *http.Request, payloadHash string, by *Signer) (string, error) {
	c, err := s.compute(FromHTTP(r), payloadHash, by.Secret, new(OptionsFor(by.Service)))
	if err != nil {
		return "", err
	}
	return string(c.hex[:]), nil
}

// unsigned are the headers that a signature leaves out, since they change on
// the way or are the signature itself.
var unsigned = map[string]bool{
	"authorization": true, "connection": true, "expect": true, "keep-alive": true,
	"proxy-authenticate": true, "proxy-authorization": true, "te": true, "trailer": true,
	"transfer-encoding": true, "upgrade": true, "user-agent": true, "x-amzn-trace-id": true,
}

func signedHeaders(r *http.Request) string {
	names := []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); !unsigned[name] {
			names = append(names, name)
		}
	}
	if r.ContentLength > 0 {
		names = append(names, "content-length")
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ";")
}
