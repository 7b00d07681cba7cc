package crypt

import (
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/esdk"
)

// algorithms are the suites by the names that the AWS Encryption CLI gives them.
var algorithms = []struct {
	name  string
	suite esdk.Suite
}{
	{"AES_128_GCM_IV12_TAG16", esdk.AES128},
	{"AES_192_GCM_IV12_TAG16", esdk.AES192},
	{"AES_256_GCM_IV12_TAG16", esdk.AES256},
	{"AES_128_GCM_IV12_TAG16_HKDF_SHA256", esdk.AES128Derived},
	{"AES_192_GCM_IV12_TAG16_HKDF_SHA256", esdk.AES192Derived},
	{"AES_256_GCM_IV12_TAG16_HKDF_SHA256", esdk.AES256Derived},
	{"AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256", esdk.AES128Signed},
	{"AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", esdk.AES192Signed},
	{"AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384", esdk.AES256Signed},
	{"AES_256_GCM_HKDF_SHA512_COMMIT_KEY", esdk.Committed},
	{"AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384", esdk.CommittedSigned},
}

// ParseAlgorithm finds the suite of a name.
func ParseAlgorithm(name string) (esdk.Suite, error) {
	for _, a := range algorithms {
		if a.name == name {
			return a.suite, nil
		}
	}
	return 0, fmt.Errorf("algorithm %q is none of %s", name, strings.Join(AlgorithmNames(), ", "))
}

// AlgorithmName is the name of a suite.
func AlgorithmName(s esdk.Suite) string {
	for _, a := range algorithms {
		if a.suite == s {
			return a.name
		}
	}
	return s.String()
}

// AlgorithmNames are the names of all suites.
func AlgorithmNames() []string {
	var names []string
	for _, a := range algorithms {
		names = append(names, a.name)
	}
	return names
}
