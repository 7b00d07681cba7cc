package sigv4

import (
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// subresources are the query parameters that a version 2 signature covers:
// those that AWS lists, and every other one that makes an operation of S3
// another one. Without the latter a request presigned for an object would be
// good for its retention as well.
var subresources = func() map[string]bool {
	m := make(map[string]bool)
	for name := range strings.FieldsSeq(`
		accelerate acl analytics attributes cors delete encryption
		intelligent-tiering inventory legal-hold lifecycle location logging
		metadataConfiguration metadataInventoryTable metadataJournalTable
		metadataTable metrics notification object-lock ownershipControls
		partNumber policy policyStatus publicAccessBlock renameObject replication
		requestPayment restore retention select select-type session storageClass
		tagging torrent uploadId uploads versionId versioning versions website abac
		defaultObjectAcl append
		response-cache-control response-content-disposition
		response-content-encoding response-content-language
		response-content-type response-expires`) {
		m[name] = true
	}
	return m
}()

// stringToSignV2 is what a version 2 signature is computed of.
func (s *Signature) stringToSignV2(r *Request) (string, *Error) {
	query, err := parseV2Covered(r.RawQuery)
	if err != nil {
		return "", err
	}
	if !s.Presigned {
		query.headers = nil // in a header's own place only
	}
	var b strings.Builder
	b.WriteString(r.Method)
	b.WriteByte('\n')
	for _, name := range [...]string{"content-md5", "content-type"} {
		b.WriteString(query.header(r.Header, name))
		b.WriteByte('\n')
	}
	switch _, dated := r.Header[headerDate]; {
	case s.Presigned:
		b.WriteString(s.until)
	case !dated:
		b.WriteString(textproto.TrimString(s.timestamp))
	}
	b.WriteByte('\n')
	if err := query.writeAmzHeaders(&b, r.Header); err != nil {
		return "", err
	}
	if r.Bucket != "" {
		b.WriteByte('/')
		b.WriteString(r.Bucket)
	}
	b.WriteString(r.Path)
	query.writeSubresources(&b)
	return b.String(), nil
}

// v2Covered is what of a query a version 2 signature covers.
type v2Covered struct {
	subresources []string // "name" or "name=value"
	// headers are those that a presigned request has in its query instead: the
	// ones of AWS, Content-MD5 and Content-Type, by name in lower case.
	headers map[string]string
}

func parseV2Covered(query string) (*v2Covered, *Error) {
	c := &v2Covered{headers: make(map[string]string)}
	seen := make(map[string]bool)
	for part := range strings.SplitSeq(query, "&") {
		rawName, rawValue, hasValue := strings.Cut(part, "=")
		name, err1 := url.QueryUnescape(rawName)
		value, err2 := url.QueryUnescape(rawValue)
		if err1 != nil || err2 != nil || strings.Contains(part, ";") {
			return nil, errQueryEscape
		}
		lower := strings.ToLower(name)
		header := isAmz(lower) || lower == "content-md5" || lower == "content-type"
		if !header && !subresources[name] {
			continue
		}
		if header {
			name = lower
		}
		switch {
		case seen[name]:
			// One would be verified and the other perhaps used.
			return nil, incomplete("AWS query-string parameters must include '%s' only once. Re-examine the query-string parameters.", clip(name))
		case header && (!isToken(name) || strings.ContainsFunc(value, unicode.IsControl)), !header && hidesSubresource(value):
			return nil, errQueryEscape
		}
		seen[name] = true
		switch {
		case header:
			c.headers[name] = value
		case hasValue:
			c.subresources = append(c.subresources, name+"="+value)
		default:
			c.subresources = append(c.subresources, name)
		}
	}
	return c, nil
}

// isToken reports a name that a header can have. A version 2 signature covers
// lines of "name:value": the line of x-amz-server-side-encryption with the value
// aws:kms is that of x-amz-server-side-encryption:aws with the value kms as
// well, which nobody would read, and a line end would make one header of two.
func isToken(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	})
}

// hidesSubresource reports a value that would be signed as several parameters:
// ?response-expires=x%26versionId%3D1 as ?response-expires=x&versionId=1.
func hidesSubresource(value string) bool {
	_, more, _ := strings.Cut(value, "&")
	for part := range strings.SplitSeq(more, "&") {
		if name, _, _ := strings.Cut(part, "="); subresources[name] {
			return true
		}
	}
	return false
}

// header gives the value of a header that is sent as such or in the query. What
// is sent as such is what S3 acts by, so that it counts.
func (c *v2Covered) header(h http.Header, name string) string {
	values := h[http.CanonicalHeaderKey(name)]
	if len(values) == 0 {
		return c.headers[name]
	}
	return textproto.TrimString(strings.Join(values, ","))
}

// writeAmzHeaders writes the x-amz-* headers by name, a line for each. Uploaders
// that are given a URL and the headers to send with it send those that are in the
// URL already once more: the same value twice is one.
func (c *v2Covered) writeAmzHeaders(b *strings.Builder, h http.Header) *Error {
	lines := make(map[string]string)
	for name, values := range h {
		lower := strings.ToLower(name)
		if !isAmz(lower) {
			continue
		}
		if _, twice := lines[lower]; twice {
			return incomplete("'%s' must be sent only once", clip(lower))
		}
		trimmed := make([]string, len(values))
		for i, v := range values {
			trimmed[i] = textproto.TrimString(v)
		}
		lines[lower] = strings.Join(trimmed, ",")
	}
	for name, value := range c.headers {
		if !isAmz(name) {
			continue
		}
		if sent, twice := lines[name]; twice && sent != value {
			return incomplete("'%s' must be sent only once", clip(name))
		}
		lines[name] = value
	}
	names := make([]string, 0, len(lines))
	for name := range lines {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(name)
		b.WriteByte(':')
		b.WriteString(lines[name])
		b.WriteByte('\n')
	}
	return nil
}

func (c *v2Covered) writeSubresources(b *strings.Builder) {
	slices.SortFunc(c.subresources, func(x, y string) int {
		x, _, _ = strings.Cut(x, "=")
		y, _, _ = strings.Cut(y, "=")
		return strings.Compare(x, y)
	})
	for i, sub := range c.subresources {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(sub)
	}
}
