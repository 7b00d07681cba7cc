package esdk_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// exampleKeyring makes a keyring of a key that is no secret.
func exampleKeyring(name string) esdk.Keyring {
	key := sha256.Sum256([]byte(name))
	k, err := rawkey.NewAES("example.com", name, key[:])
	if err != nil {
		log.Fatal(err)
	}
	return k
}

// Everybody on the team can read with a key of their own, and so can the one in
// the safe.
func ExampleNewMulti() {
	ctx := context.Background()
	team := esdk.NewMulti(exampleKeyring("alice"), exampleKeyring("bob"), exampleKeyring("safe"))
	message, err := esdk.Seal(ctx, nil, esdk.NewManager(team), []byte("hello"), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"alice", "safe", "mallory"} {
		plaintext, _, err := esdk.Open(ctx, nil, esdk.NewManager(exampleKeyring(name)), message, nil)
		fmt.Printf("%s: %q %t\n", name, plaintext, errors.Is(err, esdk.ErrNoDataKey))
	}
	// Output:
	// alice: "hello" false
	// safe: "hello" false
	// mallory: "" true
}

// Up to a thousand messages, within five minutes, share a data key.
func ExampleNewCachingManager() {
	ctx := context.Background()
	caching, err := esdk.NewCachingManager(esdk.NewManager(exampleKeyring("key")), esdk.NewCache(100), esdk.CachingOptions{
		MaxAge:      5 * time.Minute,
		MaxMessages: 1000,
	})
	if err != nil {
		log.Fatal(err)
	}
	var wrapped [2]string
	for i := range wrapped {
		message, err := esdk.Seal(ctx, nil, caching, []byte("hello"), nil)
		if err != nil {
			log.Fatal(err)
		}
		_, header, err := esdk.Open(ctx, nil, caching, message, nil)
		if err != nil {
			log.Fatal(err)
		}
		wrapped[i] = string(header.EncryptedDataKeys[0].Ciphertext)
	}
	fmt.Println("same data key:", wrapped[0] == wrapped[1])
	// Output: same data key: true
}

// The tenant is not stored: who opens a message has to know whose it is.
func ExampleNewRequiredContext() {
	ctx := context.Background()
	m := esdk.NewRequiredContext(esdk.NewManager(exampleKeyring("key")), "tenant")
	message, err := esdk.Seal(ctx, nil, m, []byte("hello"), &esdk.EncryptOptions{
		Context: esdk.Context{"tenant": "blue"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, tenant := range []string{"blue", "red"} {
		plaintext, _, err := esdk.Open(ctx, nil, m, message, &esdk.DecryptOptions{
			Context: esdk.Context{"tenant": tenant},
		})
		fmt.Printf("%s: %q %t\n", tenant, plaintext, errors.Is(err, esdk.ErrContext))
	}
	// Output:
	// blue: "hello" false
	// red: "" true
}
