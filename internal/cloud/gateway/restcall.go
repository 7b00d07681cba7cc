package gateway

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/internal/cloud/wire"
	"github.com/fortlet/fortlet/policy"
)

// restCall is what more is known of a request to a REST service.
type restCall struct {
	target
	body     *requestBody
	declared string        // what x-amz-content-sha256 says of the body, S3
	payload  sigv4.Payload // of an operation that takes a stream
	form     *postForm     // of a browser's upload
}

// The labels by which buckets and what is in them are named in paths.
const (
	bucketLabel = "Bucket"
	keyLabel    = "Key"
)

// isREST reports whether a service has its parameters all over a request.
func isREST(s *api.Service) bool { return s.Protocol == api.RestXML || s.Protocol == api.RestJSON }

// serveREST is serve for REST services. What these say of a body stands in the
// signed header, so a request is verified before any of its body is read; who
// it came from decides whether it is worth reading.
func (g *Gateway) serveREST(x *exchange) (out any, err error) {
	if x.signature != nil && x.signature.V2 && !x.signature.Presigned {
		x.wire.RawQuery = withoutHeaders(x.wire.RawQuery)
	}
	found, routeErr := g.services.tables[x.service].find(x.r.Method, g.pathOf(x), x.wire.RawQuery, x.r.Header)
	x.rest.target, x.wire.Labels = found, found.labels
	if routeErr != nil && x.isForm() {
		return g.servePost(x)
	}
	if err := g.authenticateREST(x); err != nil {
		return nil, err
	}
	switch {
	case routeErr != nil && x.service.Protocol == api.RestJSON:
		return nil, errUnknownRoute(routeErr)
	case routeErr != nil:
		return nil, routeErr
	}
	op, err := found.operation()
	return g.invokeREST(x, op, err)
}

// errUnknownRoute is what the services of rest-json were seen to answer on a
// request that is none of their operations: they ask who may call it before
// they look for it. (https://github.com/aws-amplify/aws-sdk-ios/issues/2341,
// https://github.com/aws-samples/service-screener-v2/issues/47.)
func errUnknownRoute(cause error) error {
	return api.Errorf("AccessDeniedException", http.StatusForbidden,
		"Unable to determine service/operation name to be authorized").WithCause(cause)
}

// invokeREST makes the call of an authenticated request, or records why not.
func (g *Gateway) invokeREST(x *exchange, op *api.Operation, err error) (any, error) {
	x.call = g.newCall(x, op)
	if err == nil {
		err = x.mayCall(op)
	}
	if err == nil {
		err = g.readREST(x)
	}
	if x.rest.payload != nil {
		defer x.rest.payload.Free()
	}
	if err == nil {
		x.call.Input, err = wire.For(x.service.Protocol).Decode(op, &x.wire)
	}
	if err != nil {
		return nil, g.cloud.Refuse(x.r.Context(), x.call, g.answer(x, err))
	}
	return g.cloud.Invoke(x.r.Context(), x.call)
}

// pathOf is the path of a request in the style that begins with the bucket.
func (g *Gateway) pathOf(x *exchange) string {
	path := x.signed.Path
	if x.service != g.services.public {
		return path
	}
	bucket := g.services.bucketIn(x.r.Host)
	if bucket == "" {
		return path
	}
	x.signed.Bucket = bucket
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return "/" + url.PathEscape(bucket) + path
}

// authenticateREST finds out who signed the request, by its header alone.
// Services that are open to the public take one that nobody has signed.
func (g *Gateway) authenticateREST(x *exchange) error {
	if x.signature == nil && !x.service.Public {
		return sigv4.ErrMissing
	}
	if x.signature != nil {
		if err := g.identify(x); err != nil {
			return err
		}
	}
	if err := x.declare(); err != nil {
		return err
	}
	if x.signature == nil {
		x.credential = anonymous
		return nil
	}
	return g.verify(x)
}

// anonymous are the credentials of who has none.
var anonymous = &credentials.Credential{Principal: &authz.Principal{Principal: policy.Principal{Type: policy.Anonymous}}}

// isForm reports whether the request is a browser's upload: whatever is posted
// to a bucket.
func (x *exchange) isForm() bool {
	return x.service.Public && x.r.Method == http.MethodPost && x.rest.labels[bucketLabel] != "" &&
		x.rest.labels[keyLabel] == "" && x.signature == nil && x.wire.RawQuery == ""
}

// withoutHeaders takes the parameters out of a query that are named like headers
// of AWS's, which may stand there in an address that is presigned. A version 2
// signature of a header does not cover them.
func withoutHeaders(query string) string {
	if query == "" {
		return ""
	}
	left := make([]string, 0, 8)
	for pair := range strings.SplitSeq(query, "&") {
		escaped, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escaped)
		if err != nil || !strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			left = append(left, pair)
		}
	}
	return strings.Join(left, "&")
}
