package gateway

import (
	"net"
	"net/netip"
	"strings"
)

// virtualHost gives the bucket that a host names, in the virtual-hosted style
// of addresses:
//
//	BUCKET.s3.localhost:4566
//	BUCKET.s3.eu-west-1.amazonaws.com
//	BUCKET.s3-eu-west-1.amazonaws.com
//	BUCKET.localhost:4566
//
// and "" for one that names none, where the path begins with the bucket. The
// first label after the bucket is the service's name; below localhost it may be
// left out. Names of buckets may have dots of their own, so the last such label
// counts.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func virtualHost(host, service string) string {
	host = hostname(host)
	if i := strings.LastIndex(host, "."+service+"."); i >= 0 {
		return host[:i]
	}
	if strings.HasSuffix(host, ".amazonaws.com") {
		i := strings.LastIndex(host, "."+service+"-")
		return host[:max(i, 0)]
	}
	bucket, ok := strings.CutSuffix(host, ".localhost")
	if !ok || isEndpoint(bucket, service) {
		return ""
	}
	return bucket
}

// isEndpoint reports whether a name below localhost, or any other, is that of a
// service itself: s3, or s3.eu-west-1.
func isEndpoint(name, service string) bool {
	first, _, _ := strings.Cut(name, ".")
	return first == service
}

// hostname is a host without its port, in lower case. An address is no name.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if isAddress(host) {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// isAddress tells an address from a name, most of the time by its last letter.
func isAddress(host string) bool {
	if n := len(host) - 1; n < 0 || host[n] > '9' && !strings.Contains(host, ":") {
		return false
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
