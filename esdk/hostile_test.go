package esdk

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// counterfeit makes a message of a data key that the forger knows, whose header is as
// he likes, and authentic.
func counterfeit(t *testing.T, m *EncryptionMaterials, change func(*Header)) []byte {
	t.Helper()
	traits, _ := m.Suite.traits()
	h, aead, err := newHeader(traits, m, 16)
	if err != nil {
		t.Fatal(err)
	}
	change(h)
	message, err := h.appendTo(nil, aead, nil)
	if err != nil {
		t.Fatal(err)
	}
	return newFrames(aead, h).sealFinal(message, []byte("forged"))
}

func knownKey(t *testing.T, s Suite, c Context) *EncryptionMaterials {
	t.Helper()
	m := &EncryptionMaterials{Suite: s, Context: c}
	if err := (static{}).Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// refuses wants every way of reading to give the error, and no plaintext.
func refuses(t *testing.T, message []byte, want error, what string) {
	t.Helper()
	everyWay(t, message, NewManager(static{}), func(way string, got []byte, err error) {
		if !errors.Is(err, want) || len(got) > 0 {
			t.Errorf("%s: %s gives %d bytes, %v", what, way, len(got), err)
		}
	})
}

// Every byte of the commitment is compared, also where all else is authentic.
func TestEveryByteOfCommitment(t *testing.T) {
	for i := range commitmentLength {
		message := counterfeit(t, knownKey(t, Committed, nil), func(h *Header) { h.Commitment[i] ^= 1 })
		refuses(t, message, ErrCommitment, fmt.Sprint("byte ", i))
	}
	whole := counterfeit(t, knownKey(t, Committed, nil), func(*Header) {})
	if got, _, err := Open(t.Context(), nil, NewManager(static{}), whole, nil); err != nil || string(got) != "forged" {
		t.Errorf("without a change: %q, %v", got, err)
	}
}

// A signed message cannot be passed off as one that is not, and the other way
// round, by somebody who knows the data key.
func TestSignatureStripped(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := encodePublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	signers := Context{publicKeyName: public}
	refuses(t, counterfeit(t, knownKey(t, Committed, signers), func(*Header) {}), ErrSignature, "no signature, but a key")
	everyLimit(t, counterfeit(t, knownKey(t, CommittedSigned, signers), func(*Header) {}), NewManager(static{}), &DecryptOptions{}, ErrTruncated)
	refuses(t, counterfeit(t, knownKey(t, CommittedSigned, nil), func(*Header) {}), ErrSignature, "no key")
	message := seal(t, NewManager(static{}), text(5), nil)
	binary.BigEndian.PutUint16(message[1:], uint16(Committed))
	refuses(t, message, ErrSignature, "another suite")
	message = seal(t, NewManager(static{}), text(5), writing(AES256Signed))
	binary.BigEndian.PutUint16(message[2:], uint16(AES256Derived))
	refuses(t, message, ErrSignature, "another suite of format 1")
}

// Frames, even of the same data key and the same number, stay with their
// message.
func TestFramesOfOtherMessages(t *testing.T) {
	for _, suite := range []Suite{AES256, AES256Derived, Committed} {
		one, other := knownKey(t, suite, nil), knownKey(t, suite, nil)
		other.DataKey = slices.Clone(one.DataKey)
		other.EncryptedDataKeys = one.EncryptedDataKeys
		a, b := counterfeit(t, one, func(*Header) {}), counterfeit(t, other, func(*Header) {})
		body := finalPrefix + len("forged") + tagLength
		refuses(t, slices.Concat(a[:len(a)-body], b[len(b)-body:]), ErrFrameAuth, suite.String())
	}
}

// Contexts that no writer makes are refused, however authentic.
func TestHostileContexts(t *testing.T) {
	pair := func(k, v string) string {
		return string(binary.BigEndian.AppendUint16(nil, uint16(len(k)))) + k + string(binary.BigEndian.AppendUint16(nil, uint16(len(v)))) + v
	}
	for name, c := range map[string]string{
		"a key twice":           "\x00\x02" + pair("a", "b") + pair("a", "c"),
		"a pair twice":          "\x00\x02" + pair("a", "b") + pair("a", "b"),
		"no UTF-8 in a key":     "\x00\x01" + pair("\xff", "b"),
		"no UTF-8 in a value":   "\x00\x01" + pair("a", "\xed\xa0\x80"),
		"too few pairs":         "\x00\x02" + pair("a", "b"),
		"too many pairs":        "\x00\x01" + pair("a", "b") + pair("c", "d"),
		"no pairs":              "\x00\x00",
		"one byte":              "\x00",
		"65535 pairs":           "\xff\xff" + pair("a", "b"),
		"a key without an end":  "\x00\x01\xff\xffa",
		"a value without begin": "\x00\x01\x00\x01a",
	} {
		message := append([]byte{version2, 4, 0x78}, make([]byte, idLength2)...)
		message = binary.BigEndian.AppendUint16(message, uint16(len(c)))
		message = append(message, c...)
		message = append(message, "\x00\x01\x00\x00\x00\x00\x00\x00\x02\x00\x00\x10\x00"...)
		message = append(message, make([]byte, commitmentLength+tagLength)...)
		if _, _, err := Open(t.Context(), nil, NewManager(untouchable{t}), message, nil); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// As many pairs and data keys as fit cost memory in proportion to their bytes.
func TestHostileHeaders(t *testing.T) {
	header := append([]byte{version2, 4, 0x78}, make([]byte, idLength2)...)
	var pairs []byte
	for i := 0; len(pairs) < maxField-2-7; i++ {
		pairs = append(pairs, 0, 3)
		pairs = append(pairs, fmt.Sprintf("%03s", strings.ToLower(fmt.Sprintf("%X", i%4096)))...)
		pairs = append(pairs, 0, 0)
		if i == 4095 {
			break
		}
	}
	header = binary.BigEndian.AppendUint16(header, uint16(len(pairs)+2))
	header = binary.BigEndian.AppendUint16(header, uint16(len(pairs)/7))
	header = append(header, pairs...)
	header = append(header, 0xff, 0xff)
	header = append(header, make([]byte, 6*maxField)...) // data keys without a byte in them
	header = append(header, contentFramed, 0, 0, 0x10, 0)
	header = append(header, make([]byte, commitmentLength+tagLength)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := NewReader(t.Context(), bytes.NewReader(header), NewManager(static{}), nil)
	runtime.ReadMemStats(&after)
	wantIs(t, err, ErrNoDataKey)
	if took, limit := after.TotalAlloc-before.TotalAlloc, uint64(32*len(header)); took > limit {
		t.Errorf("a header of %d bytes took %d bytes of memory", len(header), took)
	}
}

// What Open could not verify is not left in the memory behind dst.
func TestOpenLeavesNothingBehind(t *testing.T) {
	m := NewManager(static{})
	secret := bytes.Repeat([]byte("secret"), 1000)
	for name, message := range map[string][]byte{
		"frame":     seal(t, m, secret, &EncryptOptions{Suite: Committed, FrameLength: 100}),
		"signature": seal(t, m, secret, nil),
	} {
		message[len(message)-1] ^= 1
		dst := make([]byte, 3, 2*len(message))
		if got, _, err := Open(t.Context(), dst, m, message, nil); err == nil || got != nil {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if bytes.Contains(dst[:cap(dst)], []byte("secret")) {
			t.Errorf("%s: plaintext is behind dst", name)
		}
	}
}

// unsuitable gives materials of another suite, and keeps the data key in sight.
type unsuitable struct {
	Manager
	key []byte
}

func (u *unsuitable) DecryptionMaterials(ctx context.Context, r *DecryptionRequest) (*DecryptionMaterials, error) {
	m, err := u.Manager.DecryptionMaterials(ctx, r)
	if err == nil {
		u.key, m.Suite = m.DataKey, AES256
	}
	return m, err
}

func TestRefusedDataKeysAreCleared(t *testing.T) {
	m := &unsuitable{Manager: NewManager(static{})}
	_, _, err := Open(t.Context(), nil, m, seal(t, m, nil, nil), nil)
	wantIs(t, err, ErrMaterials)
	if !bytes.Equal(m.key, make([]byte, 32)) {
		t.Error("the data key of unsuitable materials is not cleared")
	}
}

// A Reader that is left behind half-way leaves no goroutine, and one whose
// reader or writer panics gives nothing that is not authentic.
func TestReadersLeftBehind(t *testing.T) {
	m := NewManager(static{})
	message := seal(t, m, text(1<<20), &EncryptOptions{Suite: Committed})
	before := runtime.NumGoroutine()
	for range 20 {
		r, err := NewReader(t.Context(), bytes.NewReader(message), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.CopyN(io.Discard, r, 5000)
		func() {
			defer func() { recover() }()
			r.WriteTo(panicking{})
		}()
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, there were %d", after, before)
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("not today") }
