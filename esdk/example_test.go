package esdk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// wrappingKey stands for one that is random and kept secret.
var wrappingKey = []byte("0123456789abcdef0123456789abcdef")

func manager() esdk.Manager {
	keyring, err := rawkey.NewAES("my application", "key of 2024", wrappingKey)
	if err != nil {
		log.Fatal(err)
	}
	return esdk.NewManager(keyring)
}

func Example() {
	ctx := context.Background()
	m := manager()

	message, err := esdk.Seal(ctx, nil, m, []byte("attack at dawn"), &esdk.EncryptOptions{
		Context: esdk.Context{"purpose": "orders", "regiment": "7"},
	})
	if err != nil {
		log.Fatal(err)
	}

	// Say what you expect: a message for another regiment is refused.
	plaintext, header, err := esdk.Open(ctx, nil, m, message, &esdk.DecryptOptions{
		Context: esdk.Context{"regiment": "7"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n%v\npurpose: %s\n", plaintext, header.Suite, header.Context["purpose"])

	_, _, err = esdk.Open(ctx, nil, m, message, &esdk.DecryptOptions{
		Context: esdk.Context{"regiment": "8"},
	})
	fmt.Println(errors.Is(err, esdk.ErrContext))
	// Output:
	// attack at dawn
	// AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
	// purpose: orders
	// true
}

func ExampleNewWriter() {
	ctx := context.Background()
	var file bytes.Buffer // or an *os.File

	w, err := esdk.NewWriter(ctx, &file, manager(), nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(w, strings.NewReader("a stream of any length")); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil { // without Close the message has no end
		log.Fatal(err)
	}

	r, err := esdk.NewReader(ctx, &file, manager(), nil)
	if err != nil {
		log.Fatal(err)
	}
	plaintext, err := io.ReadAll(r) // any error: discard what was read
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", plaintext)
	// Output: a stream of any length
}

// A signed message is held in memory until its signature is verified. Where that
// is too much, frames can be released before; then nothing may be done with them
// until the end is reached.
func ExampleNewReader_releaseUnverified() {
	ctx := context.Background()
	message, err := esdk.Seal(ctx, nil, manager(), []byte("a very long message"), nil)
	if err != nil {
		log.Fatal(err)
	}
	message[len(message)-1] ^= 1 // somebody meddles with the signature

	r, err := esdk.NewReader(ctx, bytes.NewReader(message), manager(), &esdk.DecryptOptions{
		Signed: esdk.ReleaseUnverified,
	})
	if err != nil {
		log.Fatal(err)
	}
	var quarantine bytes.Buffer
	if _, err := io.Copy(&quarantine, r); err != nil {
		quarantine.Reset()
		fmt.Println(err)
	}
	// Output: message signature is not valid
}

// Messages of older writers do not commit to their data key. Reading them has to
// be asked for; new messages commit all the same.
func ExampleCommitmentPolicy() {
	ctx := context.Background()
	old, err := esdk.Seal(ctx, nil, manager(), []byte("from long ago"), &esdk.EncryptOptions{
		Commitment: esdk.ForbidEncryptAllowDecrypt,
	})
	if err != nil {
		log.Fatal(err)
	}
	_, _, err = esdk.Open(ctx, nil, manager(), old, nil)
	fmt.Println(err)

	plaintext, _, err := esdk.Open(ctx, nil, manager(), old, &esdk.DecryptOptions{
		Commitment: esdk.RequireEncryptAllowDecrypt,
	})
	fmt.Printf("%s %v\n", plaintext, err)
	// Output:
	// commitment policy does not allow the algorithm suite: AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
	// from long ago <nil>
}

func ExampleUnwrapError() {
	ctx := context.Background()
	message, err := esdk.Seal(ctx, nil, manager(), []byte("not for everybody"), nil)
	if err != nil {
		log.Fatal(err)
	}
	other, err := rawkey.NewAES("another application", "its key", make([]byte, 32))
	if err != nil {
		log.Fatal(err)
	}
	_, _, err = esdk.Open(ctx, nil, esdk.NewManager(other), message, nil)
	fmt.Println(errors.Is(err, esdk.ErrNoDataKey))
	fmt.Println(err)
	// Output:
	// true
	// no encrypted data key could be decrypted: none is of a trusted wrapping key
}
