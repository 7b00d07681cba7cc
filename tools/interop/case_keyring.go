package main

import (
	"fmt"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// keyringCases are every suite under every keyring that wraps its data key.
func keyringCases(r *rings) []testCase {
	text := []byte("every suite under every keyring")
	context := map[string]string{"purpose": "interop", "kind": "keyrings"}
	const most = 3 // data keys of a message here, and so no reason to refuse it
	var all []testCase
	add := func(row string, write, read *peer.Keyring) {
		for _, s := range esdk.Suites() {
			if write.Type == peer.KMSRSA && s.Signs() {
				continue // the specification forbids it
			}
			c := newCase(row, row, write, s, text).withContext(context).readBy(read)
			c.write.MaxKeys, c.read.MaxKeys = most, most
			all = append(all, c)
		}
	}
	for _, bits := range []int{128, 192, 256} {
		add(fmt.Sprintf("raw AES-%d", bits), r.aes[bits], r.aes[bits])
	}
	for _, padding := range rsaPaddings {
		add("raw RSA "+padding, r.rsa[padding], r.rsa[padding])
	}
	add("KMS strict", r.strict, r.strict)
	add("KMS strict, two keys in two Regions, read with the second", r.farther, &peer.Keyring{Type: peer.KMS, Generator: r.farther.Keys[0]})
	add("KMS strict, read by discovery", r.strict, r.discovery)
	add("KMS multi-Region key, read with its replica", r.primary, r.replica)
	add("KMS multi-Region key, read by discovery abroad", r.primary, r.discovers)
	for _, algorithm := range []string{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"} {
		add("KMS RSA "+algorithm, r.kmsRSA[algorithm], r.kmsRSA[algorithm])
	}
	multi := &peer.Keyring{Type: peer.Multi, Children: []*peer.Keyring{r.strict, r.aes[192], r.rsa["OAEP-SHA512"]}}
	for _, child := range multi.Children {
		add("multi-keyring of KMS, raw AES, raw RSA; read with each", multi, child)
	}
	return all
}
