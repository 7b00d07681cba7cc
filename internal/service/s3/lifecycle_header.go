package s3

import (
	"net/url"
	"strings"
)

// expiration is the x-amz-expiration header of an answer about the newest version
// of a key: when it expires and by which rule, whose name is escaped as in a URL.
// It is empty where no rule says so.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html#API_HeadObject_ResponseSyntax
func (b *Bucket) expiration(o *Object, key string) string {
	at, by := b.expiry(key, o)
	if by == nil {
		return ""
	}
	rule := strings.ReplaceAll(url.QueryEscape(value(by.ID)), "+", "%20")
	return `expiry-date="` + httpTime(at) + `", rule-id="` + rule + `"`
}
