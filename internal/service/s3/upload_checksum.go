package s3

import (
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

// algorithm is that of the checksums which are kept of an upload's parts. Where
// the upload asks for none it is the default one, and nobody sees it before the
// object is there.
func (u *upload) algorithm() checksum.Algorithm {
	if u.Object.Checksum.Algorithm == "" {
		return checksum.Default
	}
	return checksum.Algorithm(u.Object.Checksum.Algorithm)
}

// checksumType is of which type the object's checksum is to be.
func (u *upload) checksumType() s3api.ChecksumType {
	if u.Object.Checksum.Type == "" {
		return s3api.ChecksumTypeFullObject
	}
	return u.Object.Checksum.Type
}

// checkClaims refuses a part that does not bring the checksum which its upload
// asked for. Where it asked for none a part may bring any; where it asked for
// that of the whole object alone a part may do without.
func (u *upload) checkClaims(c *claims) error {
	asked := u.Object.Checksum.Algorithm
	switch {
	case asked == "", c.summed() && c.algorithm == u.algorithm(), !c.summed() && u.checksumType() == s3api.ChecksumTypeFullObject:
		return nil
	}
	actual := "null"
	if c.summed() {
		actual = string(c.algorithm)
	}
	return errChecksumMismatch(string(asked), actual)
}

// summed reports whether the request claims a checksum.
func (c *claims) summed() bool { return c.sum != nil || c.trailer != "" }

func errChecksumMismatch(expected, actual string) *api.Error {
	return errInvalidRequest("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s",
		strings.ToLower(expected), strings.ToLower(actual))
}

// partChecksum is the checksum of a part as answers show it: not where the
// upload asked for none.
func (u *upload) partChecksum(p *Part) Checksum {
	if u.Object.Checksum.Algorithm == "" {
		return Checksum{}
	}
	return Checksum{Algorithm: u.Object.Checksum.Algorithm, Value: p.Checksum, Type: u.Object.Checksum.Type}
}

// alsoSum has the checksum of the upload computed of a body that brings another
// one. It is nil if there is no need to.
func (u *upload) alsoSum(body *incoming) *summed {
	if body.claims.algorithm == u.algorithm() {
		return nil
	}
	s := &summed{source: body.body, hash: checksum.New(u.algorithm())}
	if s.source == nil {
		s.source = strings.NewReader("")
	}
	body.body = s
	return s
}

// summed is a body of which a checksum is computed as it is read.
type summed struct {
	source io.Reader
	hash   hash.Hash
}

var _ api.Payload = (*summed)(nil)

// Read implements io.Reader.
func (s *summed) Read(p []byte) (int, error) {
	n, err := s.source.Read(p)
	s.hash.Write(p[:n])
	return n, err
}

// Announced implements api.Payload.
func (s *summed) Announced() []string {
	if p, ok := s.source.(api.Payload); ok {
		return p.Announced()
	}
	return nil
}

// Trailer implements api.Payload.
func (s *summed) Trailer() map[string]string {
	if p, ok := s.source.(api.Payload); ok {
		return p.Trailer()
	}
	return nil
}

func (s *summed) value() string { return checksum.Encode(s.hash.Sum(nil)) }

// sum gives the checksum of the object that is made of parts.
func (u *upload) sum(list []*Part) (Checksum, error) {
	a := u.algorithm()
	sums := make([]checksum.Part, len(list))
	for i, p := range list {
		raw, ok := a.Decode(p.Checksum)
		if !ok {
			return Checksum{}, fmt.Errorf("stored part %d of upload %s has no %s checksum", p.Number, u.ID, a)
		}
		sums[i] = checksum.Part{Sum: raw, Size: p.Size}
	}
	c := Checksum{Algorithm: s3api.ChecksumAlgorithm(a), Type: u.checksumType()}
	if c.Type == s3api.ChecksumTypeComposite {
		c.Value = checksum.Composite(a, sums)
	} else {
		c.Value = checksum.Encode(checksum.Combine(a, sums))
	}
	return c, nil
}
