package main

import (
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// contextCases are encryption contexts of every kind.
func contextCases(r *rings) []testCase {
	large := map[string]string{"large": strings.Repeat("x", 60_000)}
	many := make(map[string]string)
	// More would take the official Go implementation minutes: its time grows with
	// the third power of their number.
	for i := range 100 {
		many[fmt.Sprintf("key %d", i*79%100)] = fmt.Sprint(i)
	}
	contexts := []struct {
		name  string
		pairs map[string]string
		kms   bool // small enough for KMS
	}{
		{"empty", nil, true},
		{"one pair", map[string]string{"key": "value"}, true},
		{"empty value", map[string]string{"key": ""}, false},
		{"Unicode", map[string]string{"ключ": "値", "naïve": "e\u0301 is not é", "tab\tand\nline": "\u0001\u2028"}, true},
		// In UTF-16, whose order is not the specification's, the surrogates of
		// U+1F511 sort before U+FB03.
		{"order of UTF-8", map[string]string{"\U0001F511": "1", "\uFB03": "2", "z": "3", "Z": "4", "é": "5", "zz": "6"}, true},
		{"60,000 bytes", large, false},
		{"100 pairs", many, false},
	}
	var all []testCase
	for _, s := range someSuites {
		for _, c := range contexts {
			row := "encryption context: " + c.name
			keyrings := []*peer.Keyring{r.aes[256], r.rsa["OAEP-SHA256"]}
			if c.kms {
				keyrings = append(keyrings, r.strict)
			}
			if !s.Signs() {
				keyrings = append(keyrings, r.kmsRSA["RSAES_OAEP_SHA_256"])
			}
			for _, k := range keyrings {
				all = append(all, newCase(row, k.Type, k, s, []byte(c.name)).withContext(c.pairs))
			}
		}
	}
	return all
}
