package sigv4

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// timed adds what S3 says of a request that came at the wrong time.
func (s *Signature) timed(err *Error, now time.Time, skew time.Duration) *Error {
	err.with("ServerTime", extended(now))
	switch {
	case s.policy != "":
		return err
	case s.until != "":
		return err.with("Expires", extended(s.expiry()))
	case s.Presigned && err.Kind == Expired:
		return err.with("X-Amz-Expires", itoa(s.Expires/time.Second)).with("Expires", extended(s.Time.Add(s.Expires)))
	case s.Presigned:
		return err
	}
	return err.with("RequestTime", s.timestamp).with("MaxAllowedSkewMilliseconds", itoa(skew/time.Millisecond))
}

// extended writes a time as S3's answers do, in the extended format of ISO
// 8601.
func extended(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// mismatchInS3 is a mismatch with what S3 shows for comparison: what it has
// computed the signature of. A canonical request can hold a session token,
// which is not repeated.
func (s *Signature) mismatchInS3(r *Request, payloadHash string) *Error {
	c := canonicalizers.Get().(*canonicalizer)
	defer c.free()
	hash, err := c.hash(&canonicalRequest{r, s.SignedHeaders, payloadHash, s.Presigned, true})
	if err != nil {
		return err
	}
	canonical := string(c.buf)
	if s.SecurityToken != "" {
		var encoded []byte
		for i := range len(s.SecurityToken) {
			encoded = appendEncoded(encoded, s.SecurityToken[i])
		}
		canonical = strings.NewReplacer(s.SecurityToken, withheld, string(encoded), withheld).Replace(canonical)
	}
	return mismatchOf(string(s.appendStringToSign(nil, &hash)), s.signature).
		with("CanonicalRequest", canonical).with("CanonicalRequestBytes", spelled(canonical))
}

const withheld = "[withheld]"

// mismatchOf is a mismatch with the string that was to be signed.
func mismatchOf(stringToSign, provided string) *Error {
	err := &Error{Kind: Mismatch, Message: mismatch}
	return err.with("StringToSign", stringToSign).with("StringToSignBytes", spelled(stringToSign)).
		with("SignatureProvided", provided[:min(len(provided), 2*len(EmptyPayload))])
}

// spelled writes every byte in hexadecimal digits.
func spelled(s string) string {
	b := make([]byte, 0, 3*len(s))
	for i := range len(s) {
		if i > 0 {
			b = append(b, ' ')
		}
		b = hex.AppendEncode(b, []byte{s[i]})
	}
	return string(b)
}

func itoa[T ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }
