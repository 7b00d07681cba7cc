package sigv4

import "strings"

// appendPath appends the path as every service but S3 signs it: normalized,
// then encoded once more on top of how it was sent.
func appendPath(b []byte, path string) []byte {
	if path == "" || path == "/" {
		return append(b, '/')
	}
	if !isNormal(path) {
		path = normalize(path)
	}
	for i := range len(path) {
		if path[i] == '/' {
			b = append(b, '/')
		} else {
			b = appendEncoded(b, path[i])
		}
	}
	return b
}

// isNormal reports whether nothing in path can need normalizing.
func isNormal(path string) bool {
	return path[0] == '/' && !strings.Contains(path, "//") && !strings.Contains(path, "/.")
}

// normalize removes dot segments (RFC 3986, section 5.2.4) and repeated
// slashes.
func normalize(path string) string {
	segments := make([]string, 0, strings.Count(path, "/")+1)
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			segments = segments[:max(0, len(segments)-1)]
		default:
			segments = append(segments, segment)
		}
	}
	normal := "/" + strings.Join(segments, "/")
	if strings.HasSuffix(path, "/") && len(segments) > 0 {
		normal += "/"
	}
	return normal
}

// appendS3Path appends the path as S3 signs it: as the key has it, dots and
// repeated slashes included, encoded once.
func appendS3Path(b []byte, path string) ([]byte, *Error) {
	if path == "" {
		return append(b, '/'), nil
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' {
			var ok bool
			if c, ok = unhexAt(path, i+1); !ok {
				return b, incomplete("The path has a '%%' that is not followed by two hexadecimal digits.")
			}
			i += 2
		}
		if c == '/' {
			b = append(b, '/')
		} else {
			b = appendEncoded(b, c)
		}
	}
	return b, nil
}

// unhexAt reads the byte whose two digits are at s[i:].
func unhexAt(s string, i int) (c byte, ok bool) {
	if i+2 > len(s) {
		return 0, false
	}
	hi, ok1 := unhex(s[i])
	lo, ok2 := unhex(s[i+1])
	return hi<<4 | lo, ok1 && ok2
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
