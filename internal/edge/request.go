package edge

import (
	"net/http"
	"strings"
)

// checkRequest refuses what a proxy that must understand everything cannot
// forward.
func checkRequest(r *http.Request) error {
	switch {
	case r.Method == http.MethodConnect:
		return refuse(reasonMethod, "CONNECT is not supported")
	case r.Method == http.MethodTrace || r.Method == "TRACK":
		// The origin would send back what it was sent.
		return refuse(reasonMethod, r.Method+" is not supported")
	case r.URL.User != nil || r.URL.Opaque != "" || r.URL.Fragment != "":
		return refuse(reasonTarget, "the request target is not a path")
	case r.URL.Scheme != "" && r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return refuse(reasonTarget, "the request target is not a path")
	case len(r.Trailer) > 0:
		// They come after the body, when it is too late to refuse it.
		return refuse(reasonTrailer, "trailers of requests are not supported")
	}
	removeAliases(r.Header)
	// Also where requests pass: an origin that goes by them would find a protected
	// path in a request that was let through on the way to another.
	for _, name := range targets {
		delete(r.Header, name)
	}
	return checkUpgrade(r.Header)
}

// removeAliases removes what CGI and its descendants take for a header field of
// the proxy's own: to them X_Forwarded_For is X-Forwarded-For.
func removeAliases(h http.Header) {
	for name := range h {
		if strings.Contains(name, "_") && ours(name) {
			delete(h, name)
		}
	}
}

// checkUpgrade refuses to switch to a protocol that nobody here can read. An
// offer of HTTP/2 without TLS may be ignored, RFC 9110 section 7.8.
func checkUpgrade(h http.Header) error {
	if len(h["Upgrade"]) == 0 {
		return nil
	}
	for _, protocol := range h["Upgrade"] {
		if !strings.EqualFold(strings.TrimSpace(protocol), "h2c") {
			return refuse(reasonUpgrade, "protocol upgrades are not supported")
		}
	}
	delete(h, "Upgrade")
	delete(h, "Http2-Settings")
	return nil
}

// digests are the header fields, and the beginning of others, that hold a hash
// of the body as the client sent it. Of a body with few unknown digits it tells
// them; and it is no longer right.
var digests = []string{"Content-Md5", "Digest", "Content-Digest", "Repr-Digest", "X-Amz-Content-Sha256", "X-Amz-Sdk-Checksum-Algorithm"}

const digestPrefix = "X-Amz-Checksum-"

func removeDigests(h http.Header) {
	for _, name := range digests {
		delete(h, name)
	}
	for name := range h {
		if strings.HasPrefix(name, digestPrefix) {
			delete(h, name)
		}
	}
}

// targets are header fields in which the target of a request, query included,
// travels a second time; some servers even go by them.
var targets = []string{
	"X-Original-Url", "X-Original-Uri", "X-Rewrite-Url", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Envoy-Original-Path",
	"X-Host", "X-Original-Host", "X-Http-Host-Override",
}

// scrub removes from the header of a request that is protected what would tell
// its fields by another way.
func scrub(h http.Header) {
	for i, referer := range h["Referer"] {
		// A form that was sent by GET has its fields there.
		h["Referer"][i], _, _ = strings.Cut(referer, "?")
	}
}

// requestIDHeader is set in requests and answers.
const requestIDHeader = "X-Request-Id"

// forwarding are the header fields in which proxies tell of the client. They
// are believed only if they come from a trusted proxy.
var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Real-Ip", "True-Client-Ip"}

// ours reports whether the proxy itself writes or goes by a header field, so
// that no rule can seal it.
func ours(name string) bool {
	name = http.CanonicalHeaderKey(strings.ReplaceAll(name, "_", "-"))
	for _, list := range [][]string{forwarding, digests, targets, {requestIDHeader, "Referer", "Content-Type", "Content-Encoding", "Content-Length", "Expect", "Host", "Range", "If-Range", "Accept-Encoding"}} {
		for _, one := range list {
			if one == name {
				return true
			}
		}
	}
	return strings.HasPrefix(name, digestPrefix)
}
