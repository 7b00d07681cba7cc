package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
)

// chunkSigner verifies a chain of signatures: each covers the one before it,
// the first that of the request's headers.
type chunkSigner struct {
	key *signingKey
	of  *Signature
	// previous and expected are signatures, in hexadecimal digits.
	previous, expected [2 * sha256.Size]byte
	buf                []byte // a string to sign
}

func newChunkSigner(s *Signature, key *signingKey) *chunkSigner {
	c := &chunkSigner{key: key, of: s}
	copy(c.previous[:], s.signature)
	return c
}

// expect sets the signature that the next chunk claims.
func (c *chunkSigner) expect(signature []byte) { copy(c.expected[:], signature) }

// The algorithms of a chunk and of the trailing headers.
const (
	algorithmChunk   = "AWS4-HMAC-SHA256-PAYLOAD"
	algorithmTrailer = "AWS4-HMAC-SHA256-TRAILER"
)

// begin starts a string to sign.
func (c *chunkSigner) begin(algorithm string) {
	b := append(append(c.buf[:0], algorithm...), '\n')
	b = append(append(b, c.of.timestamp...), '\n')
	b = append(c.of.appendScope(b), '\n')
	c.buf = append(append(b, c.previous[:]...), '\n')
}

// chunk verifies a chunk.
func (c *chunkSigner) chunk(data []byte) error {
	c.begin(algorithmChunk)
	c.buf = append(append(c.buf, EmptyPayload...), '\n')
	sum := sha256.Sum256(data)
	c.buf = hex.AppendEncode(c.buf, sum[:])
	return c.verify()
}

// trailer verifies the trailing headers.
func (c *chunkSigner) trailer(headers map[string]string, signature string) error {
	if len(signature) != len(c.expected) {
		return errTrailer()
	}
	c.expect([]byte(signature))
	var lines []byte
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		lines = append(append(lines, name...), ':')
		lines = append(append(lines, headers[name]...), '\n')
	}
	c.begin(algorithmTrailer)
	sum := sha256.Sum256(lines)
	c.buf = hex.AppendEncode(c.buf, sum[:])
	return c.verify()
}

// verify compares the expected signature with that of the string to sign, which
// then is the previous one.
func (c *chunkSigner) verify() error {
	n := len(c.buf)
	c.buf = c.key.appendMAC(c.buf, c.buf)
	hex.Encode(c.previous[:], c.buf[n:])
	if subtle.ConstantTimeCompare(c.previous[:], c.expected[:]) == 1 {
		return nil
	}
	e := mismatchOf(string(c.buf[:n]), string(c.expected[:]))
	return Answer(api.RestXML, "s3", c.of.sign(e))
}
