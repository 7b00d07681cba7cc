package esdk

import (
	"crypto/aes"
	"encoding/binary"
	"slices"
)

// element is of the field GF(2^128) as GCM writes it: the first bit is that of
// x^0. It is here for an attack; the package itself computes with crypto/cipher.
type element struct{ hi, lo uint64 }

func elementOf(b []byte) element {
	var block [16]byte
	copy(block[:], b)
	return element{binary.BigEndian.Uint64(block[:8]), binary.BigEndian.Uint64(block[8:])}
}

func (e element) bytes() []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, e.hi), e.lo)
}

func (e element) add(f element) element { return element{e.hi ^ f.hi, e.lo ^ f.lo} }

func (e element) mul(f element) element {
	var z element
	for i := range 128 {
		word := e.hi
		if i >= 64 {
			word = e.lo
		}
		if word>>(63-i%64)&1 == 1 {
			z = z.add(f)
		}
		odd := f.lo & 1
		f = element{f.hi >> 1, f.lo>>1 | f.hi<<63}
		f.hi ^= odd * (0xe1 << 56)
	}
	return z
}

func (e element) pow(n int) element {
	z := element{hi: 1 << 63}
	for range n {
		z = z.mul(e)
	}
	return z
}

// inverse is e to the power of 2^128-2.
func (e element) inverse() element {
	z := element{hi: 1 << 63}
	for range 127 {
		e = e.mul(e)
		z = z.mul(e)
	}
	return z
}

// gcmKey is an AES key as an attacker sees it who holds it.
type gcmKey struct {
	encrypt func(block []byte) []byte
	h       element
}

func newGCMKey(key []byte) gcmKey {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	encrypt := func(in []byte) []byte {
		out := make([]byte, 16)
		block.Encrypt(out, in)
		return out
	}
	return gcmKey{encrypt, elementOf(encrypt(make([]byte, 16)))}
}

// counter is the cipher's output for the block of that number: 1 masks the tag,
// 2 and on the content.
func (k gcmKey) counter(iv []byte, n uint32) []byte {
	return k.encrypt(binary.BigEndian.AppendUint32(slices.Clone(iv), n))
}

func (k gcmKey) tag(iv []byte, blocks []element) element {
	var y element
	for _, b := range blocks {
		y = y.add(b).mul(k.h)
	}
	return y.add(elementOf(k.counter(iv, 1)))
}

// ghashBlocks is what GCM authenticates, in blocks.
func ghashBlocks(aad, ciphertext []byte) []element {
	var blocks []element
	for _, part := range [][]byte{aad, ciphertext} {
		for piece := range slices.Chunk(part, 16) {
			blocks = append(blocks, elementOf(piece))
		}
	}
	return append(blocks, element{uint64(len(aad)) * 8, uint64(len(ciphertext)) * 8})
}

// collide returns the value of the block numbered free for which both keys give
// the same tag: the tags differ by what is linear in that block, so it is one
// division.
func collide(a, b gcmKey, iv, aad, ciphertext []byte, free int) []byte {
	blocks := ghashBlocks(aad, ciphertext)
	blocks[free] = element{}
	difference := a.tag(iv, blocks).add(b.tag(iv, blocks))
	n := len(blocks) - free
	return difference.mul(a.h.pow(n).add(b.h.pow(n)).inverse()).bytes()
}
