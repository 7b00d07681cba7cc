package esdk

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// Source: framework/algorithm-suites.md, supported algorithm suites.
func TestSuites(t *testing.T) {
	for _, c := range []struct {
		suite                   Suite
		number                  uint16
		name                    string
		key                     int
		derives, signs, commits bool
	}{
		{AES128, 0x0014, "ALG_AES_128_GCM_IV12_TAG16_NO_KDF", 16, false, false, false},
		{AES192, 0x0046, "ALG_AES_192_GCM_IV12_TAG16_NO_KDF", 24, false, false, false},
		{AES256, 0x0078, "ALG_AES_256_GCM_IV12_TAG16_NO_KDF", 32, false, false, false},
		{AES128Derived, 0x0114, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256", 16, true, false, false},
		{AES192Derived, 0x0146, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA256", 24, true, false, false},
		{AES256Derived, 0x0178, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256", 32, true, false, false},
		{AES128Signed, 0x0214, "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", 16, true, true, false},
		{AES192Signed, 0x0346, "ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 24, true, true, false},
		{AES256Signed, 0x0378, "ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 32, true, true, false},
		{Committed, 0x0478, "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY", 32, true, false, true},
		{CommittedSigned, 0x0578, "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", 32, true, true, true},
	} {
		s := c.suite
		if uint16(s) != c.number || s.KeyLength() != c.key || !s.Known() ||
			s.Derives() != c.derives || s.Signs() != c.signs || s.Commits() != c.commits {
			t.Errorf("%v: number %#x, key of %d bytes, derives %t, signs %t, commits %t", s, uint16(s), s.KeyLength(), s.Derives(), s.Signs(), s.Commits())
		}
		for _, name := range []string{c.name, s.String()} {
			if got, err := ParseSuite(name); err != nil || got != s {
				t.Errorf("%q is suite %v, %v; want %v", name, got, err, s)
			}
		}
	}
	for _, s := range []Suite{0, 0x0015, 0x0479, 0xffff} {
		if s.Known() || s.KeyLength() != 0 || s.Derives() || s.Signs() || s.Commits() {
			t.Errorf("suite %v is known", s)
		}
	}
	if s := Suite(0x0479).String(); s != "0x0479" {
		t.Errorf("a suite that there is not is called %q", s)
	}
	for _, name := range []string{"", "ALG_", "AES", "aes_256_gcm_iv12_tag16", "0x0478"} {
		if s, err := ParseSuite(name); err == nil {
			t.Errorf("%q is suite %v", name, s)
		}
	}
}

// The key and the commitment that the published vectors tell.
func TestDerivation(t *testing.T) {
	b, err := os.ReadFile("testdata/commitment.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Tests []struct {
			Comment    string
			Ciphertext []byte
			DataKey    []byte `json:"decrypted-dek"`
			Key        []byte `json:"content-encryption-key"`
			MessageID  []byte `json:"message-id"`
			Commitment []byte
			Status     bool // false: the message commits to another key than its data key
		}
	}
	if err := json.Unmarshal(b, &vectors); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, v := range vectors.Tests {
		if v.Key == nil || !v.Status {
			continue
		}
		seen++
		traits, _ := Suite(uint16(v.Ciphertext[1])<<8 | uint16(v.Ciphertext[2])).traits()
		key, commitment, err := traits.deriveKeys(v.DataKey, v.MessageID)
		if err != nil || !bytes.Equal(key, v.Key) || !bytes.Equal(commitment, v.Commitment) {
			t.Errorf("%s: key %x and commitment %x, want %x and %x (%v)", v.Comment, key, commitment, v.Key, v.Commitment, err)
		}
	}
	if seen < 15 {
		t.Errorf("only %d vectors tell the key", seen)
	}
}
