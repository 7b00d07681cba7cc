package awskms

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"hash"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
)

// minModulus is the shortest modulus of an RSA key, in bits: the digest of the
// context and the data key have to fit in.
const minModulus = 2048

// An RSAKey is an RSA key in AWS KMS, of usage ENCRYPT_DECRYPT.
type RSAKey struct {
	ARN string
	// Algorithm is how data keys are encrypted; empty: RSAES_OAEP_SHA_256. It is
	// not told in the message: both sides have to know it.
	Algorithm types.EncryptionAlgorithmSpec
	// Public is the public key, as GetPublicKey gives it. Without it the keyring
	// only decrypts.
	Public *rsa.PublicKey
	// GrantTokens are sent with every call.
	GrantTokens []string
}

type rsaKeyring struct {
	key     RSAKey
	arn     arn
	newHash func() hash.Hash // of OAEP
	client  Client
}

// NewRSAKeyring makes a keyring that encrypts data keys with a public key in
// this program, and has AWS KMS decrypt them. Without a client it only encrypts;
// it needs no AWS credentials then.
//
// The encryption context is bound by a digest beside the data key; AWS KMS does
// not see it, so key policies cannot have conditions on it. Anyone with the
// public key can encrypt, and could sign with a key of his own: signing suites
// are refused, since they would promise what is not there.
// Source: framework/aws-kms/aws-kms-rsa-keyring.md.
func NewRSAKeyring(client Client, key RSAKey) (esdk.Keyring, error) {
	a, err := parseARN(key.ARN)
	if err != nil || a.kind != "key" {
		return nil, fmt.Errorf("RSA key %q: an AWS KMS key ARN is needed", key.ARN)
	}
	k := &rsaKeyring{key: key, arn: a, client: client}
	k.key.GrantTokens = slices.Clone(key.GrantTokens)
	switch key.Algorithm {
	case "":
		k.key.Algorithm, k.newHash = types.EncryptionAlgorithmSpecRsaesOaepSha256, sha256.New
	case types.EncryptionAlgorithmSpecRsaesOaepSha256:
		k.newHash = sha256.New
	case types.EncryptionAlgorithmSpecRsaesOaepSha1:
		k.newHash = sha1.New
	default:
		return nil, fmt.Errorf("RSA key %s: no RSA encryption algorithm: %q", key.ARN, key.Algorithm)
	}
	if client == nil && key.Public == nil {
		return nil, fmt.Errorf("RSA key %s: neither a client nor a public key", key.ARN)
	}
	if key.Public != nil && key.Public.N.BitLen() < minModulus {
		return nil, fmt.Errorf("RSA key %s: %d bits, fewer than %d", key.ARN, key.Public.N.BitLen(), minModulus)
	}
	return k, nil
}

var errSigns = errors.New("the AWS KMS RSA keyring takes no signing suite")

// Wrap encrypts the data key, or a new one, with the public key.
func (k *rsaKeyring) Wrap(_ context.Context, m *esdk.EncryptionMaterials) error {
	n := m.Suite.KeyLength()
	key := m.DataKey
	if key == nil {
		key = make([]byte, n)
		rand.Read(key) // never fails
	}
	switch {
	case k.key.Public == nil:
		return fmt.Errorf("RSA key %s: no public key to encrypt with", k.key.ARN)
	case m.Suite.Signs():
		return errSigns
	case len(key) != n:
		return errKeyLength
	}
	digest, err := contextDigest(m.Context)
	if err != nil {
		return err
	}
	plaintext := append(digest[:], key...)
	defer clear(plaintext)
	ciphertext, err := rsa.EncryptOAEP(k.newHash(), rand.Reader, k.key.Public, plaintext, nil)
	if err != nil {
		return fmt.Errorf("RSA key %s: %w", k.key.ARN, err)
	}
	m.DataKey = key
	m.EncryptedDataKeys = append(m.EncryptedDataKeys, esdk.EncryptedDataKey{
		ProviderID:   providerRSA,
		ProviderInfo: []byte(k.key.ARN),
		Ciphertext:   ciphertext,
	})
	return nil
}

// Unwrap has AWS KMS decrypt, and compares the digest of the context.
func (k *rsaKeyring) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	if k.client == nil {
		return &esdk.UnwrapError{Attempts: []error{fmt.Errorf("RSA key %s: %w", k.key.ARN, errNoClient)}}
	}
	if m.Suite.Signs() {
		return errSigns
	}
	digest, err := contextDigest(m.Context)
	if err != nil {
		return err
	}
	return unwrap(ctx, providerRSA, m, keys, k.arn.matches, func(_ arn, e *esdk.EncryptedDataKey) ([]byte, error) {
		key, err := k.decrypt(ctx, m.Suite, digest, e.Ciphertext)
		if err != nil {
			return nil, fmt.Errorf("decrypt data key under %s: %w", k.key.ARN, err)
		}
		return key, nil
	})
}

func (k *rsaKeyring) decrypt(ctx context.Context, s esdk.Suite, digest [sha512.Size384]byte, ciphertext []byte) ([]byte, error) {
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId:               &k.key.ARN,
		CiphertextBlob:      ciphertext,
		EncryptionAlgorithm: k.key.Algorithm,
		GrantTokens:         k.key.GrantTokens,
	})
	switch {
	case err != nil:
		return nil, err
	case out.KeyId == nil || *out.KeyId != k.key.ARN:
		return nil, errAnswerKey
	case len(out.Plaintext) != len(digest)+s.KeyLength():
		return nil, errKeyLength
	case subtle.ConstantTimeCompare(out.Plaintext[:len(digest)], digest[:]) == 0:
		return nil, errContext
	}
	return out.Plaintext[len(digest):], nil
}

var errContext = errors.New("data key belongs to another encryption context")

func contextDigest(c esdk.Context) ([sha512.Size384]byte, error) {
	b, err := c.AppendBinary(nil)
	return sha512.Sum384(b), err
}
