package esdk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func FuzzOpen(f *testing.F) {
	m := NewManager(static{})
	for _, suite := range Suites() {
		message, _, _ := small(f, suite)
		f.Add(message)
	}
	f.Add(unframed(f, AES256, text(30)))
	f.Fuzz(func(t *testing.T, message []byte) {
		got, h, err := Open(t.Context(), nil, m, message, reading())
		streamed, streamErr := readAll(t, message, m, reading())
		if (err == nil) != (streamErr == nil) || err == nil && !bytes.Equal(got, streamed) {
			t.Fatalf("Open gives %q, %v; a Reader %q, %v", got, err, streamed, streamErr)
		}
		if err == nil && !h.Suite.Known() {
			t.Errorf("opened a message of suite %v", h.Suite)
		}
	})
}

// credulous is a cipher that finds everything authentic, so that fuzzing comes
// further than to the first tag.
type credulous struct{}

func (credulous) NonceSize() int { return nonceLength }
func (credulous) Overhead() int  { return tagLength }

func (credulous) Seal(dst, _, plaintext, _ []byte) []byte {
	return append(append(dst, plaintext...), make([]byte, tagLength)...)
}

func (credulous) Open(dst, nonce, sealed, aad []byte) ([]byte, error) {
	if len(nonce) != nonceLength || binary.BigEndian.Uint64(aad[len(aad)-8:]) != uint64(len(sealed)-tagLength) {
		return nil, errors.New("the frame's length is not what is authenticated")
	}
	return append(dst, sealed[:len(sealed)-tagLength]...), nil
}

func credulousDecryption(src *source, frame uint32) decryption {
	h := &Header{MessageID: make([]byte, idLength2), FrameLength: frame}
	return decryption{
		src: src, header: h, frames: newFrames(credulous{}, h), batch: 100,
		maxHeld: 1 << 20, maxFrame: 1 << 20,
	}
}

// Whatever the body is: reading it whole, and as a stream, say the same of it,
// and writing what was read gives it again but for the nonces.
func FuzzBody(f *testing.F) {
	for _, frame := range []uint32{0, 1, 4, 100} {
		h := &Header{MessageID: make([]byte, idLength2), FrameLength: frame}
		body := newFrames(credulous{}, h)
		var b []byte
		for range 2 {
			b, _ = body.sealRegular(b, text(int(frame)))
		}
		f.Add(frame, body.sealFinal(b, text(int(frame/2))))
	}
	f.Add(uint32(0), make([]byte, singlePrefix+tagLength))
	f.Fuzz(func(t *testing.T, frame uint32, body []byte) {
		whole := credulousDecryption(&source{buf: body}, frame)
		got, err := whole.appendAll(nil)
		for _, src := range []io.Reader{bytes.NewReader(body), iotest.OneByteReader(bytes.NewReader(body))} {
			r := &Reader{decryption: credulousDecryption(&source{r: src}, frame)}
			streamed, streamErr := io.ReadAll(r)
			if (err == nil) != (streamErr == nil) || err == nil && !bytes.Equal(got, streamed) {
				t.Fatalf("frames of %d: %q, %v as a whole; %q, %v as a stream", frame, got, err, streamed, streamErr)
			}
		}
		if err != nil || frame == 0 {
			return
		}
		again := newFrames(credulous{}, whole.header)
		var b []byte
		rest := got
		for n := again.sequence; n < whole.frames.sequence; n++ {
			b, _ = again.sealRegular(b, rest[:frame])
			rest = rest[frame:]
		}
		if b = again.sealFinal(b, rest); len(b) != len(body) {
			t.Errorf("%d bytes of frames are written as %d", len(body), len(b))
		}
	})
}
