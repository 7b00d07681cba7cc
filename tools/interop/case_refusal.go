package main

import (
	"fmt"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// refusalCases are messages that nobody may read.
func refusalCases(r *rings) []testCase {
	var all []testCase
	context := map[string]string{"key": "value"}
	refuse := func(row string, c testCase, change func(*testCase)) {
		c.row, c.refuse = "refused: "+row, true
		c.name += ", " + row
		change(&c)
		all = append(all, c)
	}
	for _, s := range someSuites {
		c := newCase("", "", r.aes[256], s, pattern(5000)).withContext(context)
		spoilt := c
		spoilt.row, spoilt.spoil = "refused: one bit flipped", flips
		all = append(all, spoilt)
		spoilt.row, spoilt.spoil = "refused: cut off", cuts
		all = append(all, spoilt)

		refuse("another wrapping key", c, func(c *testCase) { c.read.Keyring = r.other })
		refuse("a required pair that is not brought", c, func(c *testCase) {
			c.write.Required, c.read.Context = []string{"key"}, nil
		})
		refuse("a required pair with another value", c, func(c *testCase) {
			c.write.Required, c.read.Context = []string{"key"}, map[string]string{"key": "Value"}
		})

		k := newCase("", "KMS", r.strict, s, []byte("refused")).withContext(context)
		for _, c := range []testCase{c, k} {
			refuse("a wrong value of the context", c, func(c *testCase) { c.read.Context = map[string]string{"key": "Value"} })
			refuse("a pair that is not in the context", c, func(c *testCase) { c.read.Context = map[string]string{"other": "value"} })
		}
		refuse("a KMS key that is not trusted", k, func(c *testCase) { c.read.Keyring = r.foreign })
		refuse("a KMS key of an account that is not trusted", k, func(c *testCase) { c.read.Keyring = r.wrongAccount })
		refuse("more encrypted data keys than allowed", k, func(c *testCase) { c.write.Keyring, c.read.MaxKeys = r.farther, 1 })
	}
	for _, s := range []esdk.Suite{esdk.AES256, esdk.AES256Derived, esdk.AES256Signed} {
		for _, k := range []*peer.Keyring{r.aes[256], r.strict} {
			c := newCase("", k.Type, k, s, []byte("not committed"))
			refuse("no commitment, where the policy requires it", c, func(c *testCase) { c.read.Commitment = peer.Require })
		}
	}
	return all
}

// flips are copies of a message with one bit changed: in every byte of its first
// 24 and last 24, and in some between.
func flips(message []byte) (all [][]byte) {
	const edge = 24
	for i := 0; i < len(message); i++ {
		if edge <= i && i < len(message)-edge && i%211 != 0 {
			continue
		}
		changed := append([]byte(nil), message...)
		changed[i] ^= 1 << (i % 8)
		all = append(all, changed)
	}
	return all
}

// cuts are messages that end too early.
func cuts(message []byte) (all [][]byte) {
	for i := range message {
		if i%499 == 0 || i == len(message)-1 {
			all = append(all, message[:i])
		}
	}
	return all
}

// String names a case in an error.
func (c *testCase) String() string { return fmt.Sprintf("%s: %s", c.row, c.name) }
