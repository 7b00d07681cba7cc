package cryptography

import (
	"bytes"
	"encoding/hex"
	"sync"
	"testing"
)

// RFC 4231, sections 4.2 and 4.3. HMAC pads a key with zeros to the block of its
// hash, so the vectors' short keys are padded here to the length of the spec.
func TestHMACVectors(t *testing.T) {
	for _, vector := range []struct {
		key, message string
		macs         map[Spec]string
	}{
		{
			key:     "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b",
			message: "Hi There",
			macs: map[Spec]string{
				HMAC224: "896fb1128abbdf196832107cd49df33f47b4b1169912ba4f53684b22",
				HMAC256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
				HMAC384: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c" +
					"faea9ea9076ede7f4af152e8b2fa9cb6",
				HMAC512: "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde" +
					"daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
			},
		},
		{
			key: "Jefe", message: "what do ya want for nothing?",
			macs: map[Spec]string{
				HMAC224: "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
				HMAC256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
				HMAC384: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e" +
					"8e2240ca5e69e2c78b3239ecfab21649",
				HMAC512: "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" +
					"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
			},
		},
	} {
		for spec, want := range vector.macs {
			padded := make([]byte, specs[spec].size)
			copy(padded, vector.key)
			key := importOpened(t, spec, padded)
			algorithm := spec.MACAlgorithms()[0]
			mac, err := key.GenerateMAC(algorithm, []byte(vector.message))
			if err != nil || hex.EncodeToString(mac) != want {
				t.Errorf("%s: %x, %v", spec, mac, err)
			}
			if err := key.VerifyMAC(algorithm, []byte(vector.message), mac); err != nil {
				t.Errorf("%s: %v", spec, err)
			}
		}
	}
}

func TestVerifyMACRefuses(t *testing.T) {
	key := newOpened(t, HMAC384)
	mac, err := key.GenerateMAC(HMACSHA384, []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range mac {
		bad := bytes.Clone(mac)
		bad[i] ^= 0x80
		if err := key.VerifyMAC(HMACSHA384, []byte("message"), bad); err != ErrInvalidMAC {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for name, bad := range map[string][]byte{"none": nil, "cut": mac[:24], "extended": append(bytes.Clone(mac), 0)} {
		if err := key.VerifyMAC(HMACSHA384, []byte("message"), bad); err != ErrInvalidMAC {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := key.VerifyMAC(HMACSHA384, []byte("Message"), mac); err != ErrInvalidMAC {
		t.Errorf("another message: %v", err)
	}
}

// TestHMACConcurrently makes sure that no two callers share a hash state.
func TestHMACConcurrently(t *testing.T) {
	key := newOpened(t, HMAC256)
	var group sync.WaitGroup
	for worker := range 8 {
		message := bytes.Repeat([]byte{byte(worker)}, 100*worker)
		want, err := key.GenerateMAC(HMACSHA256, message)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			for range 200 {
				if err := key.VerifyMAC(HMACSHA256, message, want); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}
