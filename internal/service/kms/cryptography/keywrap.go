package cryptography

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
)

// AES key wrap with padding (RFC 5649, NIST SP 800-38F's KWP), of which the
// service needs only the opening half.
const (
	wrapChunk = 8 // the algorithm works on halves of AES blocks
	// wrapPaddedIV is the constant half of the alternative initial value; the
	// other half is the length of the plaintext.
	wrapPaddedIV = 0xA65959A6
	wrapRounds   = 6
)

// unwrapPadded opens what was wrapped under the key. Any failure is
// ErrInvalidCiphertext.
func unwrapPadded(key, wrapped []byte) ([]byte, error) {
	if len(wrapped) < 2*wrapChunk || len(wrapped)%wrapChunk != 0 || len(wrapped) > MaxBlobSize {
		return nil, ErrInvalidCiphertext
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, ErrInvalidCiphertext
	}
	buffer := make([]byte, len(wrapped))
	copy(buffer, wrapped)
	if len(buffer) == aes.BlockSize {
		block.Decrypt(buffer, buffer)
	} else {
		unwrapChunks(block.Decrypt, buffer)
	}
	padded := buffer[wrapChunk:]
	size, ok := checkPadding(buffer[:wrapChunk], padded)
	if !ok {
		clear(buffer)
		return nil, ErrInvalidCiphertext
	}
	return padded[:size], nil
}

// unwrapChunks is the unwrapping process of RFC 3394, section 2.2.2, in place:
// the first chunk is the register A, the others R[1] to R[n].
func unwrapChunks(decrypt func(dst, src []byte), buffer []byte) {
	register, chunks := buffer[:wrapChunk], buffer[wrapChunk:]
	n := len(chunks) / wrapChunk
	var block [aes.BlockSize]byte
	for step := uint64(wrapRounds * n); step > 0; step-- {
		at := int((step-1)%uint64(n)) * wrapChunk
		chunk := chunks[at : at+wrapChunk]
		binary.BigEndian.PutUint64(block[:], binary.BigEndian.Uint64(register)^step)
		copy(block[wrapChunk:], chunk)
		decrypt(block[:], block[:])
		copy(register, block[:])
		copy(chunk, block[wrapChunk:])
	}
	clear(block[:])
}

// checkPadding verifies the initial value and the padding (RFC 5649, section 3)
// without telling by its time which of them is wrong.
func checkPadding(iv, padded []byte) (size int, ok bool) {
	good := subtle.ConstantTimeEq(int32(binary.BigEndian.Uint32(iv)), wrapPaddedIV-1<<32)
	claimed := uint64(binary.BigEndian.Uint32(iv[4:]))
	// Both are small enough for int32 once the claim is below 2^31.
	good &= subtle.ConstantTimeEq(int32(claimed>>31), 0)
	size = int(claimed & (1<<31 - 1))
	longest := len(padded)
	good &= subtle.ConstantTimeLessOrEq(size, longest)
	good &= subtle.ConstantTimeLessOrEq(longest-wrapChunk+1, size)
	var stray byte
	for i := longest - wrapChunk; i < longest; i++ {
		isPadding := byte(subtle.ConstantTimeLessOrEq(size, i))
		stray |= padded[i] & -isPadding
	}
	good &= subtle.ConstantTimeByteEq(stray, 0)
	return size, good == 1
}
