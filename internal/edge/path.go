package edge

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errAmbiguous says that a path could be read in two ways. Which route it takes
// decides whether it is protected, so the origin must not be able to read
// another path from it than the proxy did.
var errAmbiguous = errors.New("the path is ambiguous")

// checkPath gives the decoded path of a request by which it is routed. It
// refuses what some servers take for another path: empty and dot segments, dots
// and spaces at the end of one (Windows drops them), encoded slashes, backslashes,
// and percent signs that are still there once the path is decoded.
func checkPath(u *url.URL) (string, error) {
	escaped := strings.ToLower(u.EscapedPath())
	if strings.Contains(escaped, "%2f") || strings.Contains(escaped, "%5c") {
		return "", errAmbiguous
	}
	return matchPath(u.Path)
}

// matchPath checks a decoded path.
func matchPath(path string) (string, error) {
	if !strings.HasPrefix(path, "/") || !utf8.ValidString(path) || strings.ContainsAny(path, `\`) || strings.ContainsFunc(path, unicode.IsControl) {
		return "", errAmbiguous
	}
	if hasEscape(path) {
		return "", errAmbiguous
	}
	rest := path[1:]
	for rest != "" {
		segment, after, more := strings.Cut(rest, "/")
		// Some servers drop what follows a semicolon before they look for dots.
		plain, _, _ := strings.Cut(segment, ";")
		if plain == "" || strings.TrimRight(plain, ". ") != plain {
			return "", errAmbiguous
		}
		if !more {
			break
		}
		rest = after
	}
	return path, nil
}

// hasEscape reports whether a percent sign begins an escape.
func hasEscape(s string) bool {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' && isHex(s[i+1]) && isHex(s[i+2]) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// foldPath is a path as servers see it that know neither case nor semicolon
// parameters.
func foldPath(path string) string {
	if !strings.Contains(path, ";") {
		return strings.ToLower(path)
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i], _, _ = strings.Cut(s, ";")
	}
	return strings.ToLower(strings.Join(segments, "/"))
}

// trimSlash makes /people/ the same as /people, and / the empty path.
func trimSlash(path string) string { return strings.TrimSuffix(path, "/") }
