package gateway

import (
	"math"
	"net"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

func (g *Gateway) newCall(x *exchange, op *api.Operation) *cloud.Call {
	call := &cloud.Call{
		ID:        x.id,
		Cloud:     g.cloud,
		Operation: op,
		Host:      clip(x.r.Host, maxHost),
		Size:      len(x.wire.Body) + len(x.wire.RawQuery) + len(x.wire.Path),
	}
	call.Scope = authz.Scope{
		Authorizer:      g.cloud.Authorizer,
		Principal:       x.credential.Principal,
		Region:          g.region(x),
		Time:            x.now,
		SourceIP:        host(x.r.RemoteAddr),
		SecureTransport: x.r.TLS != nil,
		UserAgent:       clip(x.r.UserAgent(), maxHeader),
		Referer:         clip(x.r.Referer(), maxHeader),
	}
	if s := x.signature; s != nil {
		call.Signature = cloud.Signature{
			AuthType: s.AuthType(),
			Version:  s.Version(),
		}
		if declared := x.r.Header[contentSHA256]; len(declared) > 0 {
			call.Signature.Payload = clip(declared[0], maxHeader)
		}
		switch {
		case !s.Presigned:
		case s.V2:
			// Nobody knows when it was signed. Who wants addresses to be young
			// does not want those.
			call.Signature.Age = math.MaxInt64
		default:
			call.Signature.Age = g.cloud.Signed().Sub(s.Time)
		}
	}
	return call
}

const contentSHA256 = "X-Amz-Content-Sha256"

// The longest headers that a call is remembered with. A text is cut where
// CloudTrail cuts it, and no host has a name of more than 253 bytes, before its
// port.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
const (
	maxHeader = 1024
	maxHost   = 253 + len(":65535")
)

// clip cuts a header. What is left is a copy: a part of the text would keep all
// of it in memory.
func clip(s string, longest int) string {
	if len(s) <= longest {
		return s
	}
	return strings.Clone(s[:longest])
}

// globalRegion is the Region in which AWS signs and records the calls of
// global services.
const globalRegion = "us-east-1"

// region is the Region that a call is for. A request that does not name one is
// for the cloud's own.
func (g *Gateway) region(x *exchange) string {
	switch {
	case x.service.Global:
		return globalRegion
	case x.signature == nil || x.signature.Region == "":
		return g.cloud.Region
	}
	// A copy, as in clip: it is a part of the Authorization header.
	return strings.Clone(x.signature.Region)
}

func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}
