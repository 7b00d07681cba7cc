package cryptography_test

import (
	"crypto/rand"
	"fmt"

	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// A key is made, sealed by the caller, unsealed and opened; then its blobs say
// which key they need.
func Example() {
	material, err := cryptography.Generate(cryptography.SymmetricDefault, rand.Reader)
	if err != nil {
		panic(err)
	}
	secret := material.Marshal() // to be sealed before it is stored
	material.Zero()

	material, err = cryptography.Unmarshal(cryptography.SymmetricDefault, secret)
	if err != nil {
		panic(err)
	}
	key, err := cryptography.OpenSymmetric(material, cryptography.Address{
		Account: "111122223333",
		Region:  "us-east-1",
		KeyID:   "1234abcd-12ab-34cd-56ef-1234567890ab",
	})
	if err != nil {
		panic(err)
	}
	context := map[string]string{"purpose": "example"}
	blob, err := key.Encrypt([]byte("hello"), context)
	if err != nil {
		panic(err)
	}

	made, err := cryptography.ParseBlob(blob)
	if err != nil {
		panic(err)
	}
	fmt.Println(made.Region, made.KeyID, made.MaterialID == key.MaterialID())

	_, err = key.Decrypt(blob, nil)
	fmt.Println(err)
	plaintext, err := key.Decrypt(blob, context)
	fmt.Println(string(plaintext), err)
	// Output:
	// us-east-1 1234abcd-12ab-34cd-56ef-1234567890ab true
	// invalid ciphertext
	// hello <nil>
}
