package s3

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
)

// maxObjectTags is how many tags an object can have.
const maxObjectTags = 10

// The lengths of a tag, in characters.
const (
	maxTagKey   = 128
	maxTagValue = 256
)

// checkObjectTag refuses what cannot be a tag of an object.
func checkObjectTag(key, value string) error {
	switch {
	case key == "" || utf8.RuneCountInString(key) > maxTagKey || !ofTag(key):
		return errInvalidTag("The TagKey you have provided is invalid", key)
	case utf8.RuneCountInString(value) > maxTagValue || !ofTag(value):
		return with(errInvalidTag("The TagValue you have provided is invalid", key), "TagKey", key, "TagValue", value)
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return errInvalidTag("Your TagKey cannot be prefixed with aws:", key)
	}
	return nil
}

// ofTag reports whether a text has only the characters that tags may have:
// letters, numbers and spaces of any script and a few signs.
func ofTag(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) && !strings.ContainsRune("_.:/=+-@", r)
	}) < 0
}

// objectTags are the tags of a request's body.
func objectTags(set []s3api.Tag) (map[string]string, error) {
	if len(set) > maxObjectTags {
		return nil, errTooManyTags()
	}
	tags := make(map[string]string, len(set))
	for _, t := range set {
		key, v := value(t.Key), value(t.Value)
		if err := checkObjectTag(key, v); err != nil {
			return nil, err
		}
		if _, ok := tags[key]; ok {
			return nil, errInvalidTag("Cannot provide multiple Tags with the same key", key)
		}
		tags[key] = v
	}
	return tags, nil
}

// parseTagging reads the tags of the x-amz-tagging header, which are written as
// a query.
func parseTagging(header string) (map[string]string, error) {
	malformed := errInvalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
		"x-amz-tagging", header)
	var set []s3api.Tag
	seen := make(map[string]bool)
	for pair := range strings.SplitSeq(header, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(k)
		if err != nil || key == "" || seen[key] || strings.Contains(v, "=") {
			return nil, malformed
		}
		v, err = url.QueryUnescape(v)
		if err != nil {
			return nil, malformed
		}
		seen[key] = true
		set = append(set, s3api.Tag{Key: new(key), Value: new(v)})
	}
	return objectTags(set)
}

func errTooManyTags() *api.Error {
	return api.Errorf("BadRequest", 400, "Object tags cannot be greater than 10")
}
