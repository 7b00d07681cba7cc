package checksum

import (
	"encoding/binary"
	"strconv"
)

// Part is one part of an object: its checksum and its length.
type Part struct {
	Sum  []byte
	Size int64
}

// Composite gives the COMPOSITE checksum of an object: that of the parts'
// checksums, with the number of parts behind it, as it is answered.
func Composite(a Algorithm, parts []Part) string {
	h := New(a)
	for _, p := range parts {
		h.Write(p.Sum)
	}
	return Encode(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

// Combine gives the FULL_OBJECT checksum of an object: that of the contents of
// the parts, one behind the other. The algorithm must be one that Combines,
// and every sum of its size.
func Combine(a Algorithm, parts []Part) []byte {
	k := a.kind()
	if k.polynomial == 0 {
		panic("checksum: " + string(a) + " does not combine")
	}
	f := field{k.polynomial, uint(8 * k.size)}
	var crc, shift uint64
	length := int64(-1) // that shift is for
	for _, p := range parts {
		// Parts are mostly of one size.
		if p.Size != length {
			length, shift = p.Size, f.power(p.Size)
		}
		crc = f.multiply(crc, shift) ^ load(p.Sum)
	}
	return store(crc, k.size)
}

// field computes with polynomials over GF(2) modulo that of a CRC, the bits of
// which are reversed: the highest bit is x^0. A CRC of data that is followed by
// n more bytes is the CRC times x^8n; that of the bytes is added to it. The
// inversions at the start and end of a CRC cancel each other out on the way.
type field struct {
	polynomial uint64
	width      uint
}

func (f field) multiply(a, b uint64) (product uint64) {
	for bit := uint64(1) << (f.width - 1); a != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
			a ^= bit
		}
		carry := b & 1
		b >>= 1
		if carry != 0 {
			b ^= f.polynomial
		}
	}
	return product
}

// power gives x^8n.
func (f field) power(n int64) uint64 {
	result := uint64(1) << (f.width - 1)     // x^0
	square := uint64(1) << (f.width - 1 - 8) // x^8
	for ; n > 0; n, square = n>>1, f.multiply(square, square) {
		if n&1 != 0 {
			result = f.multiply(result, square)
		}
	}
	return result
}

func load(sum []byte) (crc uint64) {
	for _, b := range sum {
		crc = crc<<8 | uint64(b)
	}
	return crc
}

func store(crc uint64, size int) []byte {
	return binary.BigEndian.AppendUint64(nil, crc)[8-size:]
}
