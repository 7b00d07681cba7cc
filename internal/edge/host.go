package edge

import (
	"net"
	"strings"
)

// canonicalHost is a Host without port, trailing dot and upper case.
func canonicalHost(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		host = strings.TrimSuffix(inner, "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// plainHost reports whether a canonical host is a name, an address, or nothing. In
// what is none of these the origin may find another host, and another route, than
// the proxy did.
func plainHost(h string) bool {
	return strings.Trim(h, hostCharacters) == "" && !strings.HasSuffix(h, ".") || net.ParseIP(h) != nil
}

const hostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_."

// validHost reports whether a route may name that host: a name in its canonical
// form, whose first label may be "*", or an IP address.
func validHost(h string) bool {
	if h == "" || canonicalHost(h) != h {
		return false
	}
	if net.ParseIP(h) != nil {
		return true
	}
	for i, label := range strings.Split(h, ".") {
		if i == 0 && label == "*" {
			continue
		}
		if label == "" || strings.Trim(label, hostCharacters) != "" {
			return false
		}
	}
	return h != "*"
}

// wildcard is the pattern that stands for a host and its siblings.
func wildcard(host string) string {
	_, parent, ok := strings.Cut(host, ".")
	if !ok {
		return ""
	}
	return "*." + parent
}
