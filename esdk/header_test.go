package esdk

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

// The header that the JavaScript implementation tests its serialization with
// (aws-encryption-sdk-javascript, modules/serialize/test/fixtures.ts,
// basicMessageHeader), byte for byte.
func TestHeaderBody(t *testing.T) {
	h := &Header{
		Version: version1, Suite: AES128, MessageID: bytes.Repeat([]byte{3}, 16),
		Context: Context{"some": "public", "information": "½ + ¼ = ¾"},
		EncryptedDataKeys: []EncryptedDataKey{
			{"½ + ¼ = ¾", []byte("firstKey"), []byte{1, 2, 3, 4, 5}},
			{"½ + ¼ = ¾", []byte("secondKey"), []byte{6, 7, 8, 9, 0}},
		},
		FrameLength: 4096,
	}
	const fractions = "\x00\x0c\xc2\xbd + \xc2\xbc = \xc2\xbe"
	want := "\x01\x80\x00\x14" + strings.Repeat("\x03", 16) +
		"\x00\x2b\x00\x02\x00\x0binformation" + fractions + "\x00\x04some\x00\x06public" +
		"\x00\x02" + fractions + "\x00\x08firstKey\x00\x05\x01\x02\x03\x04\x05" +
		fractions + "\x00\x09secondKey\x00\x05\x06\x07\x08\x09\x00" +
		"\x02\x00\x00\x00\x00\x0c\x00\x00\x10\x00"
	got, err := h.appendBody(nil, nil)
	if err != nil || string(got) != want {
		t.Errorf("header is\n%x, want\n%x (%v)", got, want, err)
	}
	parsed, err := readHeader(&source{buf: append(got, make([]byte, nonceLength+tagLength)...)}, reading())
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range parsed.EncryptedDataKeys {
		w := h.EncryptedDataKeys[i]
		if k.ProviderID != w.ProviderID || !bytes.Equal(k.ProviderInfo, w.ProviderInfo) || !bytes.Equal(k.Ciphertext, w.Ciphertext) {
			t.Errorf("encrypted data key %d is %q, want %q", i, k, w)
		}
	}
}

// edit says what a message is like whose header was changed. No key is needed
// to refuse it.
func TestMalformedHeaders(t *testing.T) {
	edits := map[string]func(b []byte, at places) []byte{
		"version 0":       set(0, 0),
		"version 3":       set(0, 3),
		"suite of no one": func(b []byte, at places) []byte { b[at.suite+1] ^= 1; return b },
		"suite of other format": func(b []byte, at places) []byte {
			other := Committed
			if b[0] == version2 {
				other = AES256Derived
			}
			binary.BigEndian.PutUint16(b[at.suite:], uint16(other))
			return b
		},
		"no data keys":         func(b []byte, at places) []byte { b[at.keys], b[at.keys+1] = 0, 0; return b },
		"provider not UTF-8":   func(b []byte, at places) []byte { b[at.keys+4] = 0xff; return b },
		"context not UTF-8":    func(b []byte, at places) []byte { b[at.context+6] = 0xff; return b },
		"context of no pairs":  func(b []byte, at places) []byte { b[at.context+3] = 0; return b },
		"context of two pairs": func(b []byte, at places) []byte { b[at.context+3] = 2; return b },
		"content type 0":       func(b []byte, at places) []byte { b[at.content] = 0; return b },
		"content type 3":       func(b []byte, at places) []byte { b[at.content] = 3; return b },
		"unframed with frames": func(b []byte, at places) []byte { b[at.content] = contentSingle; return b },
		"frames of no length":  func(b []byte, at places) []byte { copy(b[at.frame:], "\x00\x00\x00\x00"); return b },
	}
	for _, suite := range []Suite{AES256Derived, Committed} {
		o := writing(suite)
		o.Context = Context{"a": "b"}
		message := seal(t, NewManager(static{}), text(9), o)
		at := placesOf(t, message, suite)
		for name, edit := range edits {
			everyWay(t, edit(slices.Clone(message), at), NewManager(untouchable{t}), func(way string, _ []byte, err error) {
				if !errors.Is(err, ErrMalformed) {
					t.Errorf("%v: %s: %s gives error %v, want ErrMalformed", suite, name, way, err)
				}
			})
		}
	}
	message := seal(t, NewManager(static{}), text(9), writing(AES256))
	at := placesOf(t, message, AES256)
	for name, edit := range map[string]func([]byte, places) []byte{
		"type":            set(1, 0x81),
		"reserved first":  func(b []byte, at places) []byte { b[at.content+1] = 1; return b },
		"reserved last":   func(b []byte, at places) []byte { b[at.content+4] = 1; return b },
		"nonce length":    func(b []byte, at places) []byte { b[at.content+5] = 13; return b },
		"no nonce length": func(b []byte, at places) []byte { b[at.content+5] = 0; return b },
	} {
		_, _, err := Open(t.Context(), nil, NewManager(untouchable{t}), edit(slices.Clone(message), at), reading())
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: error %v, want ErrMalformed", name, err)
		}
	}
}

// places says where the header's fields begin.
type places struct{ suite, context, keys, content, frame int }

func set(i int, v byte) func([]byte, places) []byte {
	return func(b []byte, _ places) []byte { b[i] = v; return b }
}

func placesOf(t *testing.T, message []byte, suite Suite) places {
	t.Helper()
	h, err := readHeader(&source{buf: message}, reading())
	if err != nil {
		t.Fatal(err)
	}
	var p places
	p.suite = bytes.Index(message, binary.BigEndian.AppendUint16(nil, uint16(suite)))
	p.context = bytes.Index(message, h.MessageID) + len(h.MessageID)
	p.keys = p.context + 2 + int(binary.BigEndian.Uint16(message[p.context:]))
	p.frame = len(h.body) - len(h.Commitment) - 4
	p.content = p.frame - 1
	if h.Version == version1 {
		p.content -= 5
	}
	return p
}

func TestBase64(t *testing.T) {
	for _, suite := range Suites() {
		message, _, _ := small(t, suite)
		encoded := []byte(base64.StdEncoding.EncodeToString(message))
		everyWay(t, encoded, NewManager(untouchable{t}), func(way string, _ []byte, err error) {
			if !errors.Is(err, ErrBase64) {
				t.Errorf("%v: %s: error %v, want ErrBase64", suite, way, err)
			}
		})
	}
	for _, s := range []string{"Ab", "AAAA", "A message", "{}", "\x00\x01"} {
		_, _, err := Open(t.Context(), nil, NewManager(untouchable{t}), []byte(s), nil)
		wantIs(t, err, ErrMalformed)
	}
}

// unframed makes a message as writers before frames made them. The package only
// reads these.
func unframed(t testing.TB, suite Suite, plaintext []byte) []byte {
	m, err := NewManager(static{}).EncryptionMaterials(t.Context(), &EncryptionRequest{Suite: suite})
	if err != nil {
		t.Fatal(err)
	}
	traits, _ := suite.traits()
	h, aead, err := newHeader(traits, m, 0)
	if err != nil {
		t.Fatal(err)
	}
	body, err := h.appendBody(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	contentAt := len(body) - len(h.Commitment) - 5
	if h.Version == version1 {
		contentAt -= 5
	}
	body[contentAt] = contentSingle
	iv := make([]byte, nonceLength)
	tag := aead.Seal(nil, iv, nil, body)
	message := body
	if h.Version == version1 {
		message = append(message, iv...)
	}
	message = append(message, tag...)
	iv[nonceLength-1] = 1
	message = append(message, iv...)
	message = binary.BigEndian.AppendUint64(message, uint64(len(plaintext)))
	return aead.Seal(message, iv, plaintext, newFrames(aead, h).finalAAD(len(plaintext)))
}
