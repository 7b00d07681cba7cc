package rawkey_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

func ExampleNewAES() {
	ctx := context.Background()
	key := make([]byte, 32)
	rand.Read(key) // in a program, from where it keeps its secrets

	keyring, err := rawkey.NewAES("example.com", "backups-2026", key)
	if err != nil {
		log.Fatal(err)
	}
	m := esdk.NewManager(keyring)
	message, err := esdk.Seal(ctx, nil, m, []byte("hello"), &esdk.EncryptOptions{
		Context: esdk.Context{"purpose": "backup"},
	})
	if err != nil {
		log.Fatal(err)
	}
	plaintext, header, err := esdk.Open(ctx, nil, m, message, &esdk.DecryptOptions{
		Context: esdk.Context{"purpose": "backup"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, for %s\n", plaintext, header.Context["purpose"])
	// Output: hello, for backup
}

// Whoever has the public key writes, and only the holder of the private key
// reads.
func ExampleNewRSA() {
	ctx := context.Background()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	sender, err := rawkey.NewRSA("example.com", "inbox", rawkey.OAEPSHA256, &private.PublicKey, nil)
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := rawkey.NewRSA("example.com", "inbox", rawkey.OAEPSHA256, nil, private)
	if err != nil {
		log.Fatal(err)
	}

	message, err := esdk.Seal(ctx, nil, esdk.NewManager(sender), []byte("for your eyes only"), nil)
	if err != nil {
		log.Fatal(err)
	}
	plaintext, _, err := esdk.Open(ctx, nil, esdk.NewManager(receiver), message, nil)
	fmt.Printf("receiver: %s %v\n", plaintext, err)
	_, _, err = esdk.Open(ctx, nil, esdk.NewManager(sender), message, nil)
	fmt.Println("sender:", errors.Is(err, esdk.ErrNoDataKey))
	// Output:
	// receiver: for your eyes only <nil>
	// sender: true
}
