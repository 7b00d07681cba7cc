package gateway

import (
	"encoding/xml"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// plainFields are the fields that are headers of the upload under their own
// name, besides those of AWS.
var plainFields = map[string]bool{
	"cache-control": true, "content-disposition": true, "content-encoding": true, "content-language": true,
	"content-md5": true, "content-type": true, "expires": true,
}

// signingFields are fields of AWS that say how the form is signed.
var signingFields = map[string]bool{
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-signature": true, "x-amz-security-token": true,
}

// header gives the fields as the headers that a PUT of the file would have.
func (f *postForm) header() (http.Header, error) {
	h := http.Header{}
	for name, value := range f.fields {
		switch {
		case plainFields[name], strings.HasPrefix(name, "x-amz-") && !signingFields[name]:
		case name == "acl":
			name = "x-amz-acl"
		case name == postTagging:
			tags, err := taggingHeader(value)
			if err != nil {
				return nil, err
			}
			name, value = "x-amz-tagging", tags
		default:
			continue
		}
		h.Set(name, headerValue(name, value))
	}
	return h, nil
}

// headerValue writes a value, which in a form is of any characters, the way it
// is sent in a header.
func headerValue(name, value string) string {
	if strings.HasPrefix(name, "x-amz-meta-") && !isASCII(value) {
		return mime.BEncoding.Encode("UTF-8", value)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' ' // as net/http writes a header that has a line end
		}
		return r
	}, value)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// taggingHeader turns the XML of a form's tags into the header of a PUT.
func taggingHeader(text string) (string, error) {
	var tagging struct {
		Tags []struct{ Key, Value string } `xml:"TagSet>Tag"`
	}
	if err := xml.Unmarshal([]byte(text), &tagging); err != nil {
		return "", api.Errorf("MalformedXML", http.StatusBadRequest,
			"The XML you provided was not well-formed or did not validate against our published schema").WithCause(err)
	}
	var b strings.Builder
	for i, t := range tagging.Tags {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(t.Key) + "=" + url.QueryEscape(t.Value))
	}
	return b.String(), nil
}
