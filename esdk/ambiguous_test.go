package esdk

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"testing"
)

// holder is a reader's keyring: it knows one data key.
type holder []byte

func (holder) Wrap(context.Context, *EncryptionMaterials) error { panic("only unwraps") }

func (k holder) Unwrap(_ context.Context, m *DecryptionMaterials, _ []EncryptedDataKey) error {
	m.DataKey = bytes.Clone(k)
	return nil
}

// The attack: whoever makes a message with two data keys of his choice can have
// it say two things. Without commitment both readers find it authentic.
func TestOneCiphertextTwoPlaintexts(t *testing.T) {
	plaintexts := [2]string{"sell", "hold"}
	iv := make([]byte, nonceLength)
	iv[nonceLength-1] = 1
	keys, ciphertext := keysFor(iv, plaintexts)
	a, b := newGCMKey(keys[0]), newGCMKey(keys[1])

	h := forgedHeader(AES256)
	// The message id is the first block of what the frame authenticates, and free.
	aad := bytes.Clone(newFrames(nil, h).finalAAD(len(ciphertext)))
	h.MessageID = collide(a, b, iv, aad, ciphertext, 0)
	copy(aad, h.MessageID)
	message := forge(t, h, a, b, aad, ciphertext)

	for i, want := range plaintexts {
		m := NewManager(holder(keys[i]))
		got, _, err := Open(t.Context(), nil, m, message, reading())
		if err != nil || string(got) != want {
			t.Errorf("reader %d: Open gives %q, %v; the attack gives %q", i, got, err, want)
		}
		got, err = readAll(t, message, m, reading())
		if err != nil || string(got) != want {
			t.Errorf("reader %d: Reader gives %q, %v; the attack gives %q", i, got, err, want)
		}
		// Whoever does not ask for old messages is safe.
		_, _, err = Open(t.Context(), nil, m, message, nil)
		wantIs(t, err, ErrCommitmentPolicy)
	}
}

// The same against a committing suite: the message is authentic under both keys
// to its last tag, and opens under the one it commits to alone.
func TestCommitmentStopsTheAttack(t *testing.T) {
	for committed := range 2 {
		h := forgedHeader(Committed)
		h.MessageID = make([]byte, idLength2)
		rand.Read(h.MessageID)
		traits, _ := Committed.traits()
		var dataKeys, keys, commitments [2][]byte
		for i := range dataKeys {
			dataKeys[i] = make([]byte, 32)
			rand.Read(dataKeys[i])
			var err error
			if keys[i], commitments[i], err = traits.deriveKeys(dataKeys[i], h.MessageID); err != nil {
				t.Fatal(err)
			}
		}
		h.Commitment = commitments[committed]
		a, b := newGCMKey(keys[0]), newGCMKey(keys[1])
		ciphertext := make([]byte, 16) // one free block; what it says does not matter
		iv := make([]byte, nonceLength)
		iv[nonceLength-1] = 1
		aad := bytes.Clone(newFrames(nil, h).finalAAD(len(ciphertext)))
		ciphertext = collide(a, b, iv, aad, ciphertext, (len(aad)+15)/16)
		message := forge(t, h, a, b, aad, ciphertext)

		for i := range dataKeys {
			got, _, err := Open(t.Context(), nil, NewManager(holder(dataKeys[i])), message, nil)
			_, streamErr := readAll(t, message, NewManager(holder(dataKeys[i])), nil)
			if i == committed {
				if err != nil || streamErr != nil || len(got) != 16 {
					t.Errorf("the reader whose key is committed to: %v, %v", err, streamErr)
				}
				continue
			}
			wantIs(t, err, ErrCommitment)
			wantIs(t, streamErr, ErrCommitment)
		}
	}
}

// keysFor finds two keys under which one ciphertext is one plaintext each: among
// 2^17 keys on each side there is a pair for any four bytes.
func keysFor(iv []byte, plaintexts [2]string) (keys [2][]byte, ciphertext []byte) {
	const tries = 1 << 17
	n := len(plaintexts[0])
	seal := func(i uint32, side byte) (key, ciphertext []byte) {
		key = bytes.Repeat([]byte{side}, 32)
		binary.BigEndian.PutUint32(key, i)
		stream := newGCMKey(key).counter(iv, 2)
		for j := range n {
			stream[j] ^= plaintexts[side][j]
		}
		return key, stream[:n]
	}
	first := make(map[string]uint32, tries)
	for i := range uint32(tries) {
		_, c := seal(i, 0)
		first[string(c)] = i
	}
	for i := uint32(0); ; i++ {
		key, c := seal(i, 1)
		if j, ok := first[string(c)]; ok {
			keys[0], _ = seal(j, 0)
			keys[1] = key
			return keys, c
		}
	}
}

// forgedHeader has an encrypted data key whose ciphertext nobody reads: the room
// that the attack on the header needs.
func forgedHeader(s Suite) *Header {
	t, _ := s.traits()
	return &Header{
		Version: t.version(), Suite: s, MessageID: make([]byte, t.idLength()), FrameLength: 4096,
		EncryptedDataKeys: []EncryptedDataKey{{ProviderID: "nobody", Ciphertext: make([]byte, 31)}},
	}
}

// forge makes the message of one final frame. Its header and its frame are
// authentic under both keys.
func forge(t *testing.T, h *Header, a, b gcmKey, aad, ciphertext []byte) []byte {
	room := h.EncryptedDataKeys[0].Ciphertext
	body, err := h.appendBody(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(body, room)
	free := (at + 15) / 16 // the first block that lies within
	zero := make([]byte, nonceLength)
	copy(body[16*free:], collide(a, b, zero, body, nil, free))
	headerTag := a.tag(zero, ghashBlocks(body, nil))

	iv := zero[: nonceLength-1 : nonceLength-1]
	iv = append(iv, 1)
	tag := a.tag(iv, ghashBlocks(aad, ciphertext))
	if headerTag != b.tag(make([]byte, nonceLength), ghashBlocks(body, nil)) || tag != b.tag(iv, ghashBlocks(aad, ciphertext)) {
		t.Fatal("the keys do not collide: the attack is wrong")
	}
	message := body
	if h.Version == version1 {
		message = append(message, make([]byte, nonceLength)...)
	}
	message = append(message, headerTag.bytes()...)
	message = append(message, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1)
	message = append(message, iv...)
	message = binary.BigEndian.AppendUint32(message, uint32(len(ciphertext)))
	return append(append(message, ciphertext...), tag.bytes()...)
}

// A message that commits to one key is refused under another by the whole suite
// table, even where an attacker could make its tags agree.
func TestWrongDataKey(t *testing.T) {
	for _, suite := range Suites() {
		message, _, _ := small(t, suite)
		wrong := make([]byte, suite.KeyLength())
		want := ErrHeaderAuth
		if suite.Commits() {
			want = ErrCommitment
		}
		_, _, err := Open(t.Context(), nil, NewManager(holder(wrong)), message, reading())
		wantIs(t, err, want)
		_, _, err = Open(t.Context(), nil, NewManager(holder(append(wrong, 0))), message, reading())
		wantIs(t, err, ErrMaterials)
	}
}
