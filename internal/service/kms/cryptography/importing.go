package cryptography

// WrappingAlgorithm is the algorithm under which a customer wraps key material
// for import, under AWS's name (AlgorithmSpec).
type WrappingAlgorithm string

// The wrapping algorithms. RSAES_PKCS1_V1_5, which AWS ended in October 2023,
// and SM2PKE are not offered.
const (
	WrapOAEPSHA1     WrappingAlgorithm = "RSAES_OAEP_SHA_1"
	WrapOAEPSHA256   WrappingAlgorithm = "RSAES_OAEP_SHA_256"
	WrapRSAAESSHA1   WrappingAlgorithm = "RSA_AES_KEY_WRAP_SHA_1"
	WrapRSAAESSHA256 WrappingAlgorithm = "RSA_AES_KEY_WRAP_SHA_256"
)

// wrappingAESKeySize is the length of the AES key of the RSA_AES algorithms,
// which AWS wants to have 256 bits.
const wrappingAESKeySize = 32

// oaep is the algorithm of the part that the RSA key decrypts.
func (a WrappingAlgorithm) oaep() (algorithm EncryptionAlgorithm, hybrid, ok bool) {
	switch a {
	case WrapOAEPSHA1:
		return OAEPSHA1, false, true
	case WrapOAEPSHA256:
		return OAEPSHA256, false, true
	case WrapRSAAESSHA1:
		return OAEPSHA1, true, true
	case WrapRSAAESSHA256:
		return OAEPSHA256, true, true
	}
	return "", false, false
}

// Wraps reports whether AWS lets material of the given spec be imported under
// the algorithm with a wrapping key of the given spec: RSA keys only under the
// RSA_AES algorithms, P-521 keys not directly under RSA_2048.
func (a WrappingAlgorithm) Wraps(material, wrappingKey Spec) bool {
	_, hybrid, ok := a.oaep()
	if !ok || !material.Valid() || specs[wrappingKey].family != familyRSA {
		return false
	}
	switch {
	case hybrid:
		return true
	case specs[material].family == familyRSA:
		return false
	default:
		return material != NISTP521 || wrappingKey != RSA2048
	}
}

// Unwrap opens key material that was wrapped under the wrapping key's public
// key. Give the result to [Import] and wipe it. The error is
// ErrInvalidCiphertext whatever is wrong with the bytes.
func Unwrap(wrappingKey *Opened, algorithm WrappingAlgorithm, wrapped []byte) ([]byte, error) {
	oaep, hybrid, ok := algorithm.oaep()
	key, isRSA := wrappingKey.key.(*rsaKey)
	if !ok || !isRSA {
		return nil, ErrUnsupportedAlgorithm
	}
	if !hybrid {
		return key.decrypt(oaep, wrapped)
	}
	// PKCS #11's CKM_RSA_AES_KEY_WRAP: the wrapped AES key, then the material.
	modulus := key.private.Size()
	if len(wrapped) <= modulus {
		return nil, ErrInvalidCiphertext
	}
	aesKey, err := key.decrypt(oaep, wrapped[:modulus])
	if err != nil {
		return nil, err
	}
	defer clear(aesKey)
	if len(aesKey) != wrappingAESKeySize {
		return nil, ErrInvalidCiphertext
	}
	return unwrapPadded(aesKey, wrapped[modulus:])
}

// Import takes key material from a customer: 32 bytes for SYMMETRIC_DEFAULT, as
// many bytes as the spec says for HMAC, a PKCS #8 private key in DER otherwise.
// What does not fit the spec, or is not sound, gives ErrIncorrectKeyMaterial.
func Import(spec Spec, plaintext []byte) (*Material, error) {
	return parseMaterial(spec, plaintext)
}
