package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// claims are what a request says that its body is. Every one of them is
// compared with what came.
type claims struct {
	md5       []byte // of Content-MD5; nil without one
	given     bool   // the request brings a checksum
	algorithm checksum.Algorithm
	sum       []byte // nil while it is to come behind the body
	trailer   string // name of the trailer that brings it, "" without one
}

// any reports whether the request claims anything.
func (c *claims) any() bool { return c.md5 != nil || c.given }

// claimsOf reads what an input claims of its body. in is the input, which has
// the checksums as members. Where it claims none the default is computed.
func claimsOf(in any, body any, contentMD5 *string, requested s3api.ChecksumAlgorithm) (claims, error) {
	c := claims{algorithm: checksum.Default}
	if contentMD5 != nil {
		raw, err := base64.StdEncoding.Strict().DecodeString(*contentMD5)
		if err != nil || len(raw) != md5.Size {
			return c, errInvalidDigest(*contentMD5)
		}
		c.md5 = raw
	}
	given := sumsOf(in)
	if p, ok := body.(api.Payload); ok {
		for _, name := range p.Announced() {
			if a, ok := checksum.ParseHeader(name); ok {
				given = append(given, sum{a, ""})
				c.trailer = name
			}
		}
	}
	return c, c.settle(given, requested)
}

// settle takes over the one checksum that is given.
func (c *claims) settle(given []sum, requested s3api.ChecksumAlgorithm) error {
	switch {
	case len(given) > 1:
		return errInvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(given) == 0 && requested != "":
		return errInvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	case len(given) == 0:
		return nil
	}
	c.given, c.algorithm = true, given[0].algorithm
	if requested != "" {
		if a, ok := checksum.Parse(string(requested)); !ok || a != c.algorithm {
			return errInvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
		}
	}
	if c.trailer != "" {
		return nil
	}
	return c.expect(given[0].value)
}

// expect sets the value that the checksum must have.
func (c *claims) expect(value string) (err error) {
	var ok bool
	if c.sum, ok = c.algorithm.Decode(value); !ok {
		return errInvalidRequest("Value for %s header is invalid.", c.algorithm.Header())
	}
	return nil
}

// verify compares what came with what was claimed. body is where it came from.
func (c *claims) verify(body any, d digest) error {
	if c.md5 != nil && string(c.md5) != string(d.md5) {
		return with(api.Errorf("BadDigest", 400, "The Content-MD5 you specified did not match what we received."),
			"ExpectedDigest", hex.EncodeToString(c.md5), "CalculatedDigest", base64.StdEncoding.EncodeToString(d.md5))
	}
	if c.trailer != "" {
		value, ok := body.(api.Payload).Trailer()[c.trailer]
		if !ok {
			return errInvalidRequest("Value for %s trailing header is invalid.", c.trailer)
		}
		if err := c.expect(value); err != nil {
			return errInvalidRequest("Value for %s trailing header is invalid.", c.trailer)
		}
	}
	if c.sum != nil && string(c.sum) != string(d.sum) {
		return api.Errorf("BadDigest", 400, "The %s you specified did not match the calculated checksum.", c.algorithm)
	}
	return nil
}

func errInvalidDigest(given string) *api.Error {
	return with(api.Errorf("InvalidDigest", 400, "The Content-MD5 you specified was invalid."), "Content-MD5", given)
}
