package esdk

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"testing"
)

// zeros is an endless source that costs as little as one can.
type zeros struct{ left int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), z.left))
	z.left -= int64(n)
	return n, nil
}

const benchLength = 16 << 20

func BenchmarkStream(b *testing.B) {
	for _, frame := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("gcm/seal/%d", frame), func(b *testing.B) { benchPlain(b, frame, true) })
		b.Run(fmt.Sprintf("gcm/open/%d", frame), func(b *testing.B) { benchPlain(b, frame, false) })
		for _, suite := range []Suite{Committed, CommittedSigned} {
			o := &EncryptOptions{Suite: suite, FrameLength: uint32(frame)}
			b.Run(fmt.Sprintf("%v/write/%d", suite, frame), func(b *testing.B) {
				b.SetBytes(benchLength)
				chunk := make([]byte, 64<<10)
				for b.Loop() {
					w, _ := NewWriter(b.Context(), io.Discard, NewManager(static{}), o)
					for range benchLength / len(chunk) {
						w.Write(chunk)
					}
					w.Close()
				}
			})
			b.Run(fmt.Sprintf("%v/readfrom/%d", suite, frame), func(b *testing.B) {
				b.SetBytes(benchLength)
				for b.Loop() {
					w, _ := NewWriter(b.Context(), io.Discard, NewManager(static{}), o)
					io.Copy(w, &zeros{benchLength})
					w.Close()
				}
			})
			message := seal(b, NewManager(static{}), make([]byte, benchLength), o)
			b.Run(fmt.Sprintf("%v/read/%d", suite, frame), func(b *testing.B) {
				b.SetBytes(benchLength)
				chunk := make([]byte, 64<<10)
				for b.Loop() {
					r, _ := NewReader(b.Context(), bytes.NewReader(message), NewManager(static{}), &DecryptOptions{Signed: ReleaseUnverified})
					for {
						if _, err := r.Read(chunk); err != nil {
							if err != io.EOF {
								b.Fatal(err)
							}
							break
						}
					}
				}
			})
			b.Run(fmt.Sprintf("%v/writeto/%d", suite, frame), func(b *testing.B) {
				b.SetBytes(benchLength)
				for b.Loop() {
					r, _ := NewReader(b.Context(), bytes.NewReader(message), NewManager(static{}), &DecryptOptions{Signed: ReleaseUnverified})
					if _, err := io.Copy(io.Discard, r); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func benchPlain(b *testing.B, frame int, seal bool) {
	block, _ := aes.NewCipher(make([]byte, 32))
	aead, _ := cipher.NewGCM(block)
	nonce, aad := make([]byte, 12), make([]byte, 72)
	plaintext := make([]byte, frame)
	out := make([]byte, 0, frame+16)
	sealed := aead.Seal(nil, nonce, plaintext, aad)
	b.SetBytes(benchLength)
	for b.Loop() {
		for range benchLength / frame {
			if seal {
				aead.Seal(out, nonce, plaintext, aad)
			} else {
				aead.Open(out, nonce, sealed, aad)
			}
		}
	}
}

// shared gives the same materials for every message, as a cache does.
type shared struct {
	encryption EncryptionMaterials
	decryption DecryptionMaterials
}

func newShared(b testing.TB, s Suite, c Context) *shared {
	m := NewManager(static{})
	e, err := m.EncryptionMaterials(b.Context(), &EncryptionRequest{Suite: s, Context: c})
	if err != nil {
		b.Fatal(err)
	}
	d, err := m.DecryptionMaterials(b.Context(), &DecryptionRequest{Suite: s, Context: e.Context, EncryptedDataKeys: e.EncryptedDataKeys})
	if err != nil {
		b.Fatal(err)
	}
	return &shared{*e, *d}
}

func (s *shared) EncryptionMaterials(context.Context, *EncryptionRequest) (*EncryptionMaterials, error) {
	m := s.encryption
	m.DataKey = bytes.Clone(m.DataKey)
	return &m, nil
}

func (s *shared) DecryptionMaterials(context.Context, *DecryptionRequest) (*DecryptionMaterials, error) {
	m := s.decryption
	m.DataKey = bytes.Clone(m.DataKey)
	return &m, nil
}

func BenchmarkSmall(b *testing.B) {
	c := Context{"fieldcrypt-key": "ssn.1", "fieldcrypt-encoding": "json"}
	plaintext := text(30)
	for _, suite := range []Suite{AES256Derived, Committed, CommittedSigned} {
		m := newShared(b, suite, c)
		o := writing(suite)
		o.Context = c
		b.Run(fmt.Sprintf("%v/seal", suite), func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				buf, _ = Seal(b.Context(), buf[:0], m, plaintext, o)
			}
		})
		message := seal(b, m, plaintext, o)
		b.Run(fmt.Sprintf("%v/open", suite), func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				buf, _, _ = Open(b.Context(), buf[:0], m, message, reading())
			}
		})
	}
}
