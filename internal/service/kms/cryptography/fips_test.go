package cryptography

import (
	"crypto/rand"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestFIPSStatusInWords(t *testing.T) {
	for status, want := range map[FIPSStatus]string{
		{Module: "latest"}:                                 "off (module latest)",
		{Module: "v1.0.0", Enabled: true}:                  "on (module v1.0.0)",
		{Module: "v1.0.0", Enabled: true, Enforced: true}:  "only (module v1.0.0)",
		{Module: "v1.0.0", Enabled: false, Enforced: true}: "only (module v1.0.0)",
	} {
		if got := status.String(); got != want {
			t.Errorf("%+v: %q, want %q", status, got, want)
		}
	}
}

// TestFIPSModes runs the tests of this package again in processes that are in
// FIPS 140-3 mode, since the mode cannot change while a process runs.
func TestFIPSModes(t *testing.T) {
	if os.Getenv("GODEBUG") != "" {
		t.Skip("already a process with its own mode")
	}
	for mode, run := range map[string]string{
		"on":   "^Test(Sign|Encrypt|TamperedBlob|XAES|RSAEnc|HMAC|ECDH|Import)",
		"only": "^TestFIPSOnly$",
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+run, "-test.v")
			command.Env = append(os.Environ(), "GODEBUG=fips140="+mode)
			output, err := command.CombinedOutput()
			if err != nil || !strings.Contains(string(output), "--- PASS") {
				t.Errorf("%v\n%s", err, output)
			}
		})
	}
}

// TestFIPSOnly checks, in a process in "only" mode, that what is approved works
// and that what is not is refused with our error rather than a panic.
func TestFIPSOnly(t *testing.T) {
	if !FIPS().Enforced {
		t.Skip("run by TestFIPSModes in a process of its own")
	}
	for _, spec := range allSpecs {
		if spec == Secp256k1 || specs[spec].family == familyMLDSA {
			if _, err := Generate(spec, rand.Reader); err != ErrNotApproved {
				t.Errorf("Generate(%s): %v", spec, err)
			}
			if _, err := Import(spec, []byte{0x30, 0}); err != ErrNotApproved {
				t.Errorf("Import(%s): %v", spec, err)
			}
			continue
		}
		if spec == SymmetricDefault {
			key := newSymmetric(t, regional)
			blob, err := key.Encrypt([]byte("x"), map[string]string{"a": "b"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := key.Decrypt(blob, map[string]string{"a": "b"}); err != nil || string(got) != "x" {
				t.Errorf("%q, %v", got, err)
			}
			continue
		}
		key := newOpened(t, spec)
		for _, algorithm := range spec.SigningAlgorithms() {
			kind, message := messageFor(algorithm)
			signature, err := key.Sign(algorithm, kind, message)
			if err != nil {
				t.Errorf("%s %s: %v", spec, algorithm, err)
				continue
			}
			if err := key.Verify(algorithm, kind, message, signature); err != nil {
				t.Errorf("%s %s: %v", spec, algorithm, err)
			}
		}
		for _, algorithm := range spec.MACAlgorithms() {
			mac, err := key.GenerateMAC(algorithm, []byte("m"))
			if err != nil || key.VerifyMAC(algorithm, []byte("m"), mac) != nil {
				t.Errorf("%s: %v", spec, err)
			}
		}
		for _, algorithm := range spec.EncryptionAlgorithms() {
			ciphertext, err := key.Encrypt(algorithm, []byte("m"))
			if algorithm == OAEPSHA1 {
				_, decryptErr := key.Decrypt(algorithm, make([]byte, specs[spec].size/8))
				if err != ErrNotApproved || decryptErr != ErrNotApproved {
					t.Errorf("%s %s: %v, %v", spec, algorithm, err, decryptErr)
				}
				continue
			}
			if got, decryptErr := key.Decrypt(algorithm, ciphertext); err != nil || decryptErr != nil || string(got) != "m" {
				t.Errorf("%s %s: %v, %v", spec, algorithm, err, decryptErr)
			}
		}
		for range spec.KeyAgreementAlgorithms() {
			if _, err := key.DeriveSharedSecret(ECDH, key.PublicKey()); err != nil {
				t.Errorf("%s ECDH: %v", spec, err)
			}
		}
	}
}
