package access

import (
	"strings"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// ParseGrantees reads the grantees of a header such as x-amz-grant-read:
//
//	id="79a5…", uri="http://acs.amazonaws.com/groups/global/AllUsers"
//
// Who they are is not looked up. ok is false when the header is not of that
// form.
func ParseGrantees(header string) (grantees []s3api.Grantee, ok bool) {
	for entry := range strings.SplitSeq(header, ",") {
		kind, value, found := strings.Cut(strings.TrimSpace(entry), "=")
		value, quoted := unquote(strings.TrimSpace(value))
		if !found || !quoted {
			return nil, false
		}
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "id":
			grantees = append(grantees, s3api.Grantee{Type: s3api.TypeCanonicalUser, ID: new(value)})
		case "uri":
			grantees = append(grantees, s3api.Grantee{Type: s3api.TypeGroup, URI: new(value)})
		case "emailaddress":
			grantees = append(grantees, s3api.Grantee{Type: s3api.TypeAmazonCustomerByEmail, EmailAddress: new(value)})
		default:
			return nil, false
		}
	}
	return grantees, true
}

// unquote takes the quotes off a value, which needs none.
func unquote(value string) (string, bool) {
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		value, ok = strings.CutSuffix(inner, `"`)
		return value, ok && value != "" && !strings.Contains(value, `"`)
	}
	return value, value != "" && !strings.Contains(value, `"`)
}
