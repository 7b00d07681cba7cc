package esdk

import (
	"crypto/cipher"
	"encoding/binary"
	"math"
)

// What tells the kinds of content apart where they are authenticated.
// Source: data-format/message-body-aad.md.
const (
	labelRegular = "AWSKMSEncryptionClient Frame"
	labelFinal   = "AWSKMSEncryptionClient Final Frame"
	labelSingle  = "AWSKMSEncryptionClient Single Block"
)

// The lengths of a frame around its content: sequence number and nonce, before a
// final frame's the end mark, after them its content's length.
// Source: data-format/message-body.md.
const (
	regularPrefix = 4 + nonceLength
	finalPrefix   = 4 + 4 + nonceLength + 4
	singlePrefix  = nonceLength + 8 // of unframed content

	endMark   = math.MaxUint32 // and so the number of no regular frame
	maxSingle = 1<<36 - 32     // what AES-GCM can encrypt
)

// frames seals or opens the frames of one message, one after the other, without
// allocating.
type frames struct {
	aead     cipher.AEAD
	length   uint32
	sequence uint32 // of the next frame
	nonce    [nonceLength]byte
	regular  []byte // the AAD of regular frames; the sequence number changes
	final    []byte // the AAD of the final frame, or of unframed content
}

func newFrames(aead cipher.AEAD, h *Header) *frames {
	f := &frames{aead: aead, length: h.FrameLength, sequence: 1}
	room := make([]byte, 0, 2*(len(h.MessageID)+len(labelSingle)+12))
	f.regular = appendAAD(room, h.MessageID, labelRegular)
	binary.BigEndian.PutUint64(f.regular[len(f.regular)-8:], uint64(h.FrameLength))
	label := labelFinal
	if h.FrameLength == 0 {
		label = labelSingle
	}
	f.final = appendAAD(f.regular[len(f.regular):], h.MessageID, label)
	return f
}

// appendAAD appends the AAD of a frame, with room for its sequence number and
// its content's length at the end.
func appendAAD(b, messageID []byte, label string) []byte {
	b = append(b, messageID...)
	b = append(b, label...)
	return append(b, make([]byte, 12)...)
}

// size is the length of a regular frame.
func (f *frames) size() int {
	return int(min(regularPrefix+int64(f.length)+tagLength, math.MaxInt))
}

// regularAAD and finalAAD return the AAD of the frame whose turn it is.
func (f *frames) regularAAD() []byte {
	binary.BigEndian.PutUint32(f.regular[len(f.regular)-12:], f.sequence)
	return f.regular
}

func (f *frames) finalAAD(length int) []byte {
	binary.BigEndian.PutUint32(f.final[len(f.final)-12:], f.sequence)
	binary.BigEndian.PutUint64(f.final[len(f.final)-8:], uint64(length))
	return f.final
}

// sealRegular appends a frame of plaintext to dst. The plaintext may stand where
// its ciphertext will: regularPrefix bytes after dst.
func (f *frames) sealRegular(dst, plaintext []byte) ([]byte, error) {
	if f.sequence == endMark {
		return nil, ErrPlaintextLength
	}
	aad := f.regularAAD()
	binary.BigEndian.PutUint32(f.nonce[nonceLength-4:], f.sequence)
	dst = binary.BigEndian.AppendUint32(dst, f.sequence)
	dst = append(dst, f.nonce[:]...)
	f.sequence++
	return f.aead.Seal(dst, f.nonce[:], plaintext, aad), nil
}

// sealFinal appends the final frame to dst. The plaintext may stand where its
// ciphertext will: finalPrefix bytes after dst.
func (f *frames) sealFinal(dst, plaintext []byte) []byte {
	aad := f.finalAAD(len(plaintext))
	binary.BigEndian.PutUint32(f.nonce[nonceLength-4:], f.sequence)
	dst = binary.BigEndian.AppendUint32(dst, endMark)
	dst = binary.BigEndian.AppendUint32(dst, f.sequence)
	dst = append(dst, f.nonce[:]...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(plaintext)))
	return f.aead.Seal(dst, f.nonce[:], plaintext, aad)
}

// A frame is sealed content as it stands in a message.
type frame struct {
	iv, sealed, aad []byte
	final           bool
}

// regularFrame reads raw as the next frame.
func (f *frames) regularFrame(raw []byte) frame {
	aad := f.regularAAD()
	f.sequence++
	return frame{iv: raw[4:regularPrefix], sealed: raw[regularPrefix:], aad: aad}
}

// finalFrame reads raw as the last frame.
func (f *frames) finalFrame(raw []byte) frame {
	sealed := raw[finalPrefix:]
	return frame{
		iv:     raw[8 : 8+nonceLength],
		sealed: sealed,
		aad:    f.finalAAD(len(sealed) - tagLength),
		final:  true,
	}
}

// singleFrame reads raw as unframed content.
func (f *frames) singleFrame(raw []byte) frame {
	sealed := raw[singlePrefix:]
	return frame{
		iv:     raw[:nonceLength],
		sealed: sealed,
		aad:    f.finalAAD(len(sealed) - tagLength),
		final:  true,
	}
}

// open appends the frame's plaintext to dst, which may be the frame's own room.
// It clears what it wrote if that is not authentic.
func (f *frames) open(dst []byte, c frame) ([]byte, error) {
	out, err := f.aead.Open(dst, c.iv, c.sealed, c.aad)
	if err != nil {
		return nil, ErrFrameAuth
	}
	return out, nil
}
