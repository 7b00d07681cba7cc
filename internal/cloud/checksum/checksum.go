// Package checksum has the checksums that S3 keeps of an object's content, by
// the names that the S3 API gives to the algorithms.
//
// New computes one on the way of the bytes; Encode and Decode are the form in
// which headers, trailers and answers carry it. The checksum of an object out
// of parts is of one of two types: Composite hashes the checksums of the parts
// (ChecksumType COMPOSITE), Combine computes that of the whole content without
// reading it again (FULL_OBJECT), which only CRCs allow.
//
// A checksum finds what went wrong by accident. Who must trust the content
// needs the signature, whatever the algorithm.
package checksum

import (
	"encoding/base64"
	"strings"
)

// Algorithm is the name of an algorithm, as in the API's ChecksumAlgorithm. A
// name from outside becomes one by Parse only.
type Algorithm string

// The algorithms of S3.
const (
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	SHA512    Algorithm = "SHA512"
	MD5       Algorithm = "MD5"
	XXHASH64  Algorithm = "XXHASH64"
	XXHASH3   Algorithm = "XXHASH3"
	XXHASH128 Algorithm = "XXHASH128"
)

// Default is the algorithm that S3 computes where a client asks for none.
const Default = CRC64NVME

// Algorithms lists all of them.
func Algorithms() []Algorithm {
	return []Algorithm{CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128}
}

// Parse finds an algorithm by its name, as x-amz-checksum-algorithm and
// x-amz-sdk-checksum-algorithm have it. Clients write those in either case.
func Parse(name string) (Algorithm, bool) {
	a := Algorithm(strings.ToUpper(name))
	_, ok := kinds[a]
	return a, ok
}

const headerPrefix = "x-amz-checksum-"

// ParseHeader finds the algorithm whose value a header or trailer carries, by
// the header's name in any case: "X-Amz-Checksum-Crc32". Other headers of that
// prefix, such as x-amz-checksum-type, are of none.
func ParseHeader(name string) (Algorithm, bool) {
	if len(name) <= len(headerPrefix) || !strings.EqualFold(name[:len(headerPrefix)], headerPrefix) {
		return "", false
	}
	return Parse(name[len(headerPrefix):])
}

// Header is the name of the header that carries a value of the algorithm, in
// lower case: "x-amz-checksum-crc32".
func (a Algorithm) Header() string { return headerPrefix + strings.ToLower(string(a)) }

// Size is the length of a sum in bytes.
func (a Algorithm) Size() int { return a.kind().size }

// Combines reports whether there is a FULL_OBJECT checksum of an object out of
// parts.
func (a Algorithm) Combines() bool { return a.kind().polynomial != 0 }

// Composes reports whether there is a COMPOSITE checksum of an object out of
// parts.
func (a Algorithm) Composes() bool { return a != CRC64NVME }

// Encode gives the form of a sum in headers and answers.
func Encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// Decode reads a sum from a header. It fails for what is not base64 or not of
// the algorithm's size.
func (a Algorithm) Decode(value string) (sum []byte, ok bool) {
	if len(value) != base64.StdEncoding.EncodedLen(a.Size()) {
		return nil, false
	}
	// Strict, and line ends counted in the length: one sum has one spelling.
	sum, err := base64.StdEncoding.Strict().DecodeString(value)
	return sum, err == nil && len(sum) == a.Size()
}
