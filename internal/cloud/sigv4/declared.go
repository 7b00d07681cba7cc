package sigv4

import (
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
)

// What x-amz-content-sha256 can say of a body other than its hash.
const (
	UnsignedPayload          = "UNSIGNED-PAYLOAD"
	StreamingPayload         = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	StreamingPayloadTrailer  = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	StreamingUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

	streamingV4A        = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"
	streamingV4ATrailer = "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"
)

const headerContentSHA256 = "X-Amz-Content-Sha256"

// ContentSHA256 gives what a request to S3 says of its body in
// x-amz-content-sha256: the hash of it, in hexadecimal digits, or one of the
// words above. S3 signs this value in the place of the body's hash. The
// signature is nil for a request that nobody has signed.
func ContentSHA256(r *Request, s *Signature) (string, error) {
	declared, err := declaredBy(r, s)
	if err != nil {
		return "", err
	}
	signed := false
	switch declared {
	case UnsignedPayload, StreamingUnsignedTrailer:
	case StreamingPayload, StreamingPayloadTrailer:
		signed = true
	case streamingV4A, streamingV4ATrailer:
		return "", api.Errorf("NotImplemented", 501, "The chunk encoding algorithm %s is not implemented.", declared)
	default:
		if !isHash(declared) {
			return "", errContentSHA256(declared)
		}
	}
	if signed && (s == nil || s.V2) {
		return "", api.Errorf("InvalidRequest", 400, "Anonymous requests don't support this x-amz-content-sha256 value. "+
			"Please use UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER.")
	}
	return declared, nil
}

// declaredBy finds the value. Only a version 4 signature in the header must
// have one.
func declaredBy(r *Request, s *Signature) (string, error) {
	values := r.Header[headerContentSHA256]
	switch {
	case len(values) == 1:
		return values[0], nil
	case len(values) > 1:
		return "", errContentSHA256(strings.Join(values, ","))
	case s == nil, s.V2:
		return UnsignedPayload, nil
	case !s.Presigned:
		return "", api.Errorf("InvalidRequest", 400, "Missing required header for this request: x-amz-content-sha256")
	}
	for part := range strings.SplitSeq(r.RawQuery, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == headerContentSHA256 { // once only, as the canonical request sees to
			return url.QueryUnescape(value)
		}
	}
	return UnsignedPayload, nil
}

func isHash(value string) bool {
	sum, err := hex.DecodeString(value)
	return err == nil && len(value) == len(EmptyPayload) && len(sum) == len(EmptyPayload)/2
}

func errContentSHA256(value string) error {
	e := api.Errorf("InvalidArgument", 400, "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "+
		"STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "+
		"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
	e.Fields = map[string]any{"ArgumentName": "x-amz-content-sha256", "ArgumentValue": clip(value)}
	return e
}

// IsStreaming reports whether a body comes in the aws-chunked encoding, by what
// ContentSHA256 gave: its Content-Length is not that of the content.
func IsStreaming(declared string) bool {
	return declared == StreamingPayload || declared == StreamingPayloadTrailer || declared == StreamingUnsignedTrailer
}
