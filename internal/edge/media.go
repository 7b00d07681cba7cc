package edge

import (
	"mime"
	"net/http"
	"strings"
)

// mediaType is the media type of a body, in lower case without parameters. A
// second Content-Type is refused: the origin may go by the other.
func mediaType(h http.Header) (full, bare string, err error) {
	values := h.Values("Content-Type")
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return "", "", refuse(reasonMediaType, "a body needs a Content-Type")
	case len(values) > 1:
		return "", "", refuse(reasonMediaType, "there is more than one Content-Type")
	}
	bare, _, err = mime.ParseMediaType(values[0])
	if err != nil || !strings.Contains(bare, "/") {
		return "", "", refuse(reasonMediaType, "the Content-Type is not well-formed")
	}
	return values[0], bare, nil
}

// validRange reports whether s is type/subtype, type/* or */*.
func validRange(s string) bool {
	major, minor, ok := strings.Cut(s, "/")
	if !ok || major == "*" && minor != "*" {
		return false
	}
	plain := strings.NewReplacer("*", "x").Replace(s)
	t, p, err := mime.ParseMediaType(plain)
	return err == nil && len(p) == 0 && t == plain && (major == "*" || !strings.Contains(major, "*")) && (minor == "*" || !strings.Contains(minor, "*"))
}

// inRanges reports whether a media type is in one of the ranges.
func inRanges(ranges []string, bare string) bool {
	major, _, _ := strings.Cut(bare, "/")
	for _, r := range ranges {
		if r == bare || r == "*/*" || r == major+"/*" {
			return true
		}
	}
	return false
}
