package main

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"time"
)

// The lengths of what a frame has beside its content.
const (
	nonceLength = 12
	aadLength   = 32 + 28 + 4 + 8 // message id, a text, sequence number, length
	tagLength   = 16
)

// plain does the cryptography of a message's frames and nothing else: as many
// calls of AES-256-GCM, with as much additional data, of text as far apart.
func (b *bench) plain(s setting) (speed, error) {
	block, err := aes.NewCipher(make([]byte, 32))
	if err != nil {
		return speed{}, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return speed{}, err
	}
	frames := int(b.size) / s.frame
	text := make([]byte, max(chunk, s.frame))
	nonce, aad := make([]byte, nonceLength), make([]byte, aadLength)
	number := func(i int) {
		binary.BigEndian.PutUint32(nonce[nonceLength-4:], uint32(i))
		binary.BigEndian.PutUint32(aad[aadLength-12:], uint32(i))
	}
	content := func(i int) []byte {
		offset := i * s.frame % len(text)
		return text[offset : offset+s.frame]
	}
	sealed := make([]byte, 0, frames*(s.frame+tagLength))
	for i := range frames {
		number(i)
		sealed = aead.Seal(sealed, nonce, content(i), aad)
	}

	out := make([]byte, 0, s.frame+tagLength)
	start := time.Now()
	for i := range frames {
		number(i)
		out = aead.Seal(out[:0], nonce, content(i), aad)
	}
	middle := time.Now()
	for i := range frames {
		number(i)
		offset := i * (s.frame + tagLength)
		if out, err = aead.Open(out[:0], nonce, sealed[offset:offset+s.frame+tagLength], aad); err != nil {
			return speed{}, err
		}
	}
	end := time.Now()
	total := float64(frames * s.frame)
	return speed{total / middle.Sub(start).Seconds(), total / end.Sub(middle).Seconds()}, nil
}
