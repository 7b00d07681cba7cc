package access

import (
	"net/netip"
	"slices"
	"strings"
)

// BucketName reports a name that a new bucket may have, by the User Guide's
// "General purpose bucket naming rules".
func BucketName(name string) bool {
	switch {
	case len(name) < 3 || len(name) > 63,
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "",
		!alphanumeric(name[0]) || !alphanumeric(name[len(name)-1]),
		strings.Contains(name, ".."), strings.Contains(name, ".-"), strings.Contains(name, "-."):
		return false
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return false // formatted as an IP address
	}
	return !slices.ContainsFunc(reservedPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }) &&
		!slices.ContainsFunc(reservedSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}

// What S3 keeps for itself: names of punycode, of its own and of other kinds of
// buckets and access points.
var (
	reservedPrefixes = []string{"xn--", "sthree-", "amzn-s3-demo-"}
	reservedSuffixes = []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}
)

func alphanumeric(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
