package sigv4

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Hoisted gives the headers that the signer of a presigned request to S3 has
// put into the query instead, for clients that send none: x-amz-* headers and,
// in version 2, Content-MD5 and Content-Type. They count as if they had been
// sent. For any other request there are none.
func Hoisted(r *Request, s *Signature) http.Header {
	if s == nil || !s.Presigned {
		return nil
	}
	var h http.Header
	for part := range strings.SplitSeq(r.RawQuery, "&") {
		rawName, rawValue, _ := strings.Cut(part, "=")
		name, err1 := url.QueryUnescape(rawName)
		value, err2 := url.QueryUnescape(rawValue)
		if err1 != nil || err2 != nil || !s.hoists(name) {
			continue
		}
		if h == nil {
			h = make(http.Header)
		}
		h.Add(name, value)
	}
	return h
}

// hoists reports whether a parameter is a header, and none of the signature's
// own parts.
func (s *Signature) hoists(name string) bool {
	if s.V2 && (strings.EqualFold(name, "content-md5") || strings.EqualFold(name, "content-type")) {
		return true
	}
	return isAmz(name) && !slices.ContainsFunc(paramNames[:], func(own string) bool { return strings.EqualFold(own, name) })
}
