package cryptography

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func TestParseBlob(t *testing.T) {
	for _, at := range []Address{regional, multiRegion, {Account: "999999999999", Region: "ap-southeast-2", KeyID: "00000000-0000-0000-0000-000000000000"}} {
		key := newSymmetric(t, at)
		blob, err := key.Encrypt([]byte("x"), nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseBlob(blob)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Address != at.normalized() || parsed.MaterialID != key.MaterialID() {
			t.Errorf("got %+v, want %+v", parsed, at)
		}
	}
}

// fixedBlob was made once with the material of 32 zero bytes. It must open for
// as long as version 1 of the format is read.
const fixedBlob = "01001234abcd12ab34cd56ef1234567890ab22f6a39f0059633c1e37a2229cc824099c6c024955f1012584341538325f23690296efa8e50975732d656173742d3184f88a8afb176cb3d7631596f7f88da18125a59d6ca9a82a2bf95c53d7a1df8467a05d44027d8e28add0f38fc2928e0213203b57bb"

func TestFixedBlobStillOpens(t *testing.T) {
	material, err := Import(SymmetricDefault, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	key, err := OpenSymmetric(material, regional)
	if err != nil {
		t.Fatal(err)
	}
	got, err := key.Decrypt(unhex(t, fixedBlob), map[string]string{"b": "2", "a": "1"})
	if err != nil || string(got) != "kept for good" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestParseBlobRefuses(t *testing.T) {
	good, err := newSymmetric(t, regional).Encrypt([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	replica, err := newSymmetric(t, multiRegion).Encrypt([]byte("x"), nil)
	if err != nil {
		t.Fatal(err)
	}
	set := func(blob []byte, at int, values ...byte) []byte {
		blob = bytes.Clone(blob)
		copy(blob[at:], values)
		return blob
	}
	for name, bad := range map[string][]byte{
		"nothing":                     nil,
		"text":                        []byte(strings.Repeat("not a blob ", 20)),
		"version 0":                   set(good, 0, 0),
		"version 2":                   set(good, 0, 2),
		"unknown flag":                set(good, 1, 2),
		"multi-Region with a Region":  set(good, 1, 1),
		"one Region without a Region": set(replica, 1, 0),
		"account of 13 digits":        set(good, blobAccountAt, 0xe8, 0xd4, 0xa5, 0x10, 0x00),
		"Region past the end":         set(good, blobRegionAt, 255),
		"Region with a capital":       set(good, blobMinHeader, 'U'),
		"Region with a zero":          set(good, blobMinHeader, 0),
		"shortest minus one":          replica[:blobMinHeader+xaesOverhead-1],
		"no room after the Region":    good[:len(good)-2],
		"too long":                    append(bytes.Clone(good), make([]byte, MaxBlobSize)...),
	} {
		if parsed, err := ParseBlob(bad); err != ErrInvalidCiphertext || parsed != (Blob{}) {
			t.Errorf("%s: %+v, %v", name, parsed, err)
		}
	}
}

// FuzzParseBlob: whatever is taken is exactly what this package would write for
// the address it names, and nothing makes ParseBlob or Decrypt panic.
func FuzzParseBlob(f *testing.F) {
	fixed, err := hex.DecodeString(fixedBlob)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(fixed)
	replica, err := newSymmetric(f, multiRegion).Encrypt(nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(replica)
	f.Add([]byte{})
	key := newSymmetric(f, regional)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := key.Decrypt(b, nil); err != ErrInvalidCiphertext {
			t.Errorf("Decrypt: %v", err)
		}
		parsed, err := ParseBlob(b)
		if err != nil {
			if err != ErrInvalidCiphertext || parsed != (Blob{}) {
				t.Errorf("%+v, %v", parsed, err)
			}
			return
		}
		header, err := blobHeader(parsed.Address, parsed.MaterialID)
		if err != nil || !bytes.HasPrefix(b, header) {
			t.Errorf("%+v is not the address of %x: %v", parsed, b, err)
		}
		if len(b) < len(header)+xaesOverhead {
			t.Errorf("blob of %d bytes has no room for its parts", len(b))
		}
	})
}
