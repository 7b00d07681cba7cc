package esdk

import (
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// A Suite is an algorithm suite: which cipher, key derivation, signature and
// commitment a message uses. The numbers stand in the message.
// Source: aws-encryption-sdk-specification, framework/algorithm-suites.md.
type Suite uint16

// The suites. Only the committing two are written unless a policy other than
// RequireEncryptRequireDecrypt is asked for.
const (
	AES128 Suite = 0x0014 // AES-GCM with the data key itself
	AES192 Suite = 0x0046
	AES256 Suite = 0x0078

	AES128Derived Suite = 0x0114 // the key of each message is derived by HKDF-SHA256
	AES192Derived Suite = 0x0146
	AES256Derived Suite = 0x0178

	AES128Signed Suite = 0x0214 // derived, and signed with ECDSA P-256
	AES192Signed Suite = 0x0346 // derived, and signed with ECDSA P-384
	AES256Signed Suite = 0x0378

	Committed       Suite = 0x0478 // AES-256, HKDF-SHA512, key commitment
	CommittedSigned Suite = 0x0578 // the same, signed with ECDSA P-384; the default
)

// suiteTraits is a row of the specification's table of suites.
type suiteTraits struct {
	suite     Suite
	name      string
	keyLength int              // of the data key and of the message's key
	kdf       func() hash.Hash // of HKDF; nil: the data key is the message's key
	curve     elliptic.Curve   // of the signature; nil: none
	digest    func() hash.Hash // of the signature
	commits   bool             // and so has the message format 2
}

var suites = []suiteTraits{
	{AES128, "AES_128_GCM_IV12_TAG16", 16, nil, nil, nil, false},
	{AES192, "AES_192_GCM_IV12_TAG16", 24, nil, nil, nil, false},
	{AES256, "AES_256_GCM_IV12_TAG16", 32, nil, nil, nil, false},
	{AES128Derived, "AES_128_GCM_IV12_TAG16_HKDF_SHA256", 16, sha256.New, nil, nil, false},
	{AES192Derived, "AES_192_GCM_IV12_TAG16_HKDF_SHA256", 24, sha256.New, nil, nil, false},
	{AES256Derived, "AES_256_GCM_IV12_TAG16_HKDF_SHA256", 32, sha256.New, nil, nil, false},
	{AES128Signed, "AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", 16, sha256.New, elliptic.P256(), sha256.New, false},
	{AES192Signed, "AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 24, sha512.New384, elliptic.P384(), sha512.New384, false},
	{AES256Signed, "AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", 32, sha512.New384, elliptic.P384(), sha512.New384, false},
	{Committed, "AES_256_GCM_HKDF_SHA512_COMMIT_KEY", 32, sha512.New, nil, nil, true},
	{CommittedSigned, "AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", 32, sha512.New, elliptic.P384(), sha512.New384, true},
}

// traits returns the row of s; that there is one says whether s is known.
func (s Suite) traits() (*suiteTraits, bool) {
	i, found := slices.BinarySearchFunc(suites, s, func(t suiteTraits, s Suite) int {
		return int(t.suite) - int(s)
	})
	if !found {
		return &suiteTraits{}, false
	}
	return &suites[i], true
}

// Suites returns every suite of the specification, in the order of their
// numbers.
func Suites() []Suite {
	all := make([]Suite, len(suites))
	for i, t := range suites {
		all[i] = t.suite
	}
	return all
}

// ParseSuite finds a suite by its name, with or without the specification's
// prefix ALG_ and suffix _NO_KDF.
func ParseSuite(name string) (Suite, error) {
	short := strings.TrimSuffix(strings.TrimPrefix(name, "ALG_"), "_NO_KDF")
	for _, t := range suites {
		if t.name == short {
			return t.suite, nil
		}
	}
	return 0, fmt.Errorf("no algorithm suite is named %q", name)
}

// String returns the suite's name in the specification, or its number if there
// is no such suite.
func (s Suite) String() string {
	if t, ok := s.traits(); ok {
		return t.name
	}
	return fmt.Sprintf("%#04x", uint16(s))
}

// Known reports whether s is a suite of the specification.
func (s Suite) Known() bool {
	_, ok := s.traits()
	return ok
}

// KeyLength is the length of the suite's data key in bytes; zero if s is not
// known.
func (s Suite) KeyLength() int {
	t, _ := s.traits()
	return t.keyLength
}

// Derives reports whether each message has its own key, derived from the data
// key. Only then may messages share a data key.
func (s Suite) Derives() bool {
	t, _ := s.traits()
	return t.kdf != nil
}

// Signs reports whether messages are signed.
func (s Suite) Signs() bool {
	t, _ := s.traits()
	return t.curve != nil
}

// Commits reports whether messages commit to their data key, so that no second
// key opens them.
func (s Suite) Commits() bool {
	t, _ := s.traits()
	return t.commits
}
