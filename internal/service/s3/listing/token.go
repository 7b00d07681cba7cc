package listing

import (
	"encoding/base64"
	"strings"
)

// tokenVersion begins every token, so that its form may change.
const tokenVersion = "1"

// Token makes the continuation token of a page that ends with last.
func Token(last string) string {
	return base64.StdEncoding.EncodeToString([]byte(tokenVersion + last))
}

// ParseToken reads a continuation token. It is false for what Token has not
// made.
func ParseToken(token string) (last string, ok bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(token)
	last, ok = strings.CutPrefix(string(raw), tokenVersion)
	return last, ok && err == nil && last != ""
}
