package gateway

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/wire"
)

// The headers of a browser that asks for a page of another origin.
const (
	originHeader           = "Origin"
	requestedMethodHeader  = "Access-Control-Request-Method"
	requestedHeadersHeader = "Access-Control-Request-Headers"
)

// preflight answers a browser that asks whether a page may make a request to a
// bucket, and reports whether the request was such. It is signed by nobody, but
// may go to an address that is presigned for another method.
func (g *Gateway) preflight(x *exchange) bool {
	svc := g.services.public
	if svc == nil || x.r.URL.Path == "*" || g.services.unsigned(x) != svc {
		return false
	}
	x.service, x.rest = svc, &restCall{body: newRequestBody(x.w, x.r)}
	fields, err := g.preflighted(x)
	if err != nil {
		g.fail(x, err)
		return true
	}
	resp := wire.For(svc.Protocol).EncodeOutput(nil, &api.Operation{Service: svc, Output: nothing}, &struct{}{}, x.id)
	resp.Header = append(resp.Header, fields...)
	g.write(x, resp)
	g.logRequest(x, nil)
	return true
}

// nothing is what a preflight has for output.
var nothing = reflect.TypeFor[struct{}]()

func (g *Gateway) preflighted(x *exchange) (fields []cloud.HeaderField, err error) {
	defer catch(&err)
	if x.r.Header.Get(originHeader) == "" {
		return nil, api.Errorf("BadRequest", http.StatusBadRequest, "Insufficient information. Origin request header needed.")
	}
	if err := checkPreflight(x.r.Header); err != nil {
		return nil, err
	}
	// The labels of the path do not depend on the method; that it has no route
	// is no matter.
	found, _ := g.services.tables[x.service].find(http.MethodOptions, g.pathOf(x), "", x.r.Header)
	x.rest.target = found
	if g.cloud.CORS == nil || found.labels[bucketLabel] == "" {
		e := api.Errorf("AccessForbidden", http.StatusForbidden, "CORSResponse: Bucket not found")
		e.Fields = map[string]any{"Method": x.corsRequest().Method, "ResourceType": "BUCKET"}
		return nil, e
	}
	return g.askCORS(x)
}

// checkPreflight refuses a preflight for what no rule can allow: another method
// than the five that S3 has, and what is no name of a header. (versitygw,
// PreflightOPTIONS_invalid_request_method, PreflightOPTIONS_invalid_request_headers.)
func checkPreflight(h http.Header) error {
	switch method := h.Get(requestedMethodHeader); method {
	case "", http.MethodGet, http.MethodPut, http.MethodHead, http.MethodPost, http.MethodDelete:
	default:
		return api.Errorf("BadRequest", http.StatusBadRequest, "Invalid Access-Control-Request-Method: %s", method)
	}
	for _, list := range h[requestedHeadersHeader] {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); strings.ContainsFunc(name, notOfToken) {
				return api.Errorf("BadRequest", http.StatusBadRequest, `Access-Control-Request-Headers "%s" contains invalid character.`, name)
			}
		}
	}
	return nil
}

// notOfToken reports a character that no name of a header has (RFC 9110, 5.6.2).
func notOfToken(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

func (g *Gateway) askCORS(x *exchange) ([]cloud.HeaderField, error) {
	return g.cloud.CORS.CORS(x.r.Context(), x.rest.labels[bucketLabel], x.corsRequest())
}

// crossOrigin gives the fields by which a page may use the answer to its
// request.
func (g *Gateway) crossOrigin(x *exchange) []cloud.HeaderField {
	if g.cloud.CORS == nil || x.rest == nil || len(x.r.Header[originHeader]) == 0 {
		return nil
	}
	if x.rest.labels[bucketLabel] == "" || x.r.Method == http.MethodOptions {
		return nil
	}
	fields, err := g.askCORS(x)
	if err != nil {
		return nil // the page is not told; the request is served all the same
	}
	return fields
}

// corsRequest is what the headers say. Those of a preflight count on an actual
// request too.
func (x *exchange) corsRequest() cloud.CORSRequest {
	h := x.r.Header
	r := cloud.CORSRequest{
		Origin:    h.Get(originHeader),
		Method:    x.r.Method,
		Preflight: x.r.Method == http.MethodOptions,
		Key:       x.rest.labels[keyLabel] != "",
	}
	if method := h.Get(requestedMethodHeader); method != "" {
		r.Method = method
	}
	for _, list := range h[requestedHeadersHeader] {
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				r.Headers = append(r.Headers, strings.ToLower(name))
			}
		}
	}
	return r
}
