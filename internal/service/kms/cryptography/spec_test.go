package cryptography

import (
	"slices"
	"testing"
)

// The names and lists are those of the KMS API model (KeySpec) and of the
// DescribeKey, CreateKey and GetPublicKey examples in the API reference:
// https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html
func TestSpecsAreAWSs(t *testing.T) {
	rsaSigning := []SigningAlgorithm{
		"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
		"RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
	}
	oaep := []EncryptionAlgorithm{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}
	type traits struct {
		usages     []Usage
		encryption []EncryptionAlgorithm
		signing    []SigningAlgorithm
		mac        []MACAlgorithm
		agreement  []KeyAgreementAlgorithm
	}
	rsa := traits{usages: []Usage{"ENCRYPT_DECRYPT", "SIGN_VERIFY"}, encryption: oaep, signing: rsaSigning}
	nist := func(a SigningAlgorithm) traits {
		return traits{
			usages: []Usage{"SIGN_VERIFY", "KEY_AGREEMENT"}, signing: []SigningAlgorithm{a},
			agreement: []KeyAgreementAlgorithm{"ECDH"},
		}
	}
	sign := func(a ...SigningAlgorithm) traits {
		return traits{usages: []Usage{"SIGN_VERIFY"}, signing: a}
	}
	mac := func(a MACAlgorithm) traits {
		return traits{usages: []Usage{"GENERATE_VERIFY_MAC"}, mac: []MACAlgorithm{a}}
	}
	want := map[Spec]traits{
		"RSA_2048": rsa, "RSA_3072": rsa, "RSA_4096": rsa,
		"ECC_NIST_P256":         nist("ECDSA_SHA_256"),
		"ECC_NIST_P384":         nist("ECDSA_SHA_384"),
		"ECC_NIST_P521":         nist("ECDSA_SHA_512"),
		"ECC_SECG_P256K1":       sign("ECDSA_SHA_256"),
		"ECC_NIST_EDWARDS25519": sign("ED25519_SHA_512", "ED25519_PH_SHA_512"),
		"SYMMETRIC_DEFAULT":     {usages: []Usage{"ENCRYPT_DECRYPT"}, encryption: []EncryptionAlgorithm{"SYMMETRIC_DEFAULT"}},
		"HMAC_224":              mac("HMAC_SHA_224"),
		"HMAC_256":              mac("HMAC_SHA_256"),
		"HMAC_384":              mac("HMAC_SHA_384"),
		"HMAC_512":              mac("HMAC_SHA_512"),
		"ML_DSA_44":             sign("ML_DSA_SHAKE_256"),
		"ML_DSA_65":             sign("ML_DSA_SHAKE_256"),
		"ML_DSA_87":             sign("ML_DSA_SHAKE_256"),
	}
	if len(specs) != len(want) || len(allSpecs) != len(want) {
		t.Errorf("%d specs, %d under test, want %d", len(specs), len(allSpecs), len(want))
	}
	for spec, w := range want {
		got := traits{
			spec.Usages(), spec.EncryptionAlgorithms(), spec.SigningAlgorithms(),
			spec.MACAlgorithms(), spec.KeyAgreementAlgorithms(),
		}
		if !spec.Valid() || !slices.Equal(got.usages, w.usages) || !slices.Equal(got.encryption, w.encryption) ||
			!slices.Equal(got.signing, w.signing) || !slices.Equal(got.mac, w.mac) || !slices.Equal(got.agreement, w.agreement) {
			t.Errorf("%s: got %+v, want %+v", spec, got, w)
		}
	}
}

func TestUnknownSpec(t *testing.T) {
	for _, spec := range []Spec{"", "SM2", "rsa_2048", "RSA_1024"} {
		if spec.Valid() || spec.IsAsymmetric() || spec.Allows(SignVerify) || spec.IsDataKeyPair() {
			t.Errorf("%q is taken for a spec", spec)
		}
		if _, err := Generate(spec, nil); err != ErrUnsupportedSpec {
			t.Errorf("Generate(%q): %v", spec, err)
		}
		if _, err := Import(spec, make([]byte, 32)); err != ErrUnsupportedSpec {
			t.Errorf("Import(%q): %v", spec, err)
		}
	}
}

func TestListsAreCopies(t *testing.T) {
	RSA2048.SigningAlgorithms()[0] = "changed"
	if RSA2048.SigningAlgorithms()[0] != PKCS1v15SHA256 {
		t.Error("a caller changed the table")
	}
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
func TestMaxPlaintext(t *testing.T) {
	for _, test := range []struct {
		spec      Spec
		algorithm EncryptionAlgorithm
		want      int
	}{
		{SymmetricDefault, EncryptionSymmetricDefault, 4096},
		{RSA2048, OAEPSHA1, 214}, {RSA2048, OAEPSHA256, 190},
		{RSA3072, OAEPSHA1, 342}, {RSA3072, OAEPSHA256, 318},
		{RSA4096, OAEPSHA1, 470}, {RSA4096, OAEPSHA256, 446},
		{RSA2048, EncryptionSymmetricDefault, 0}, {NISTP256, OAEPSHA256, 0}, {"SM2", OAEPSHA1, 0},
	} {
		if got := test.spec.MaxPlaintext(test.algorithm); got != test.want {
			t.Errorf("%s %s: %d, want %d", test.spec, test.algorithm, got, test.want)
		}
	}
}
