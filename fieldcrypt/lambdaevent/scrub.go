package lambdaevent

import (
	"net/http"
	"strings"
)

// removeDigests removes the hashes of the body as the client sent it: of a body
// with few unknown digits they tell them, and they are no longer right.
func removeDigests(h http.Header) {
	for name := range h {
		switch name {
		case "Content-Md5", "Digest", "Content-Digest", "Repr-Digest", "X-Amz-Content-Sha256":
			delete(h, name)
		}
		if strings.HasPrefix(name, "X-Amz-Checksum-") {
			delete(h, name)
		}
	}
}

// cutReferer removes the query from Referer: a form that was sent by GET has its
// fields there.
func cutReferer(h http.Header) {
	for i, referer := range h["Referer"] {
		h["Referer"][i], _, _ = strings.Cut(referer, "?")
	}
}
