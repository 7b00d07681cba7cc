package fieldcrypt_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
	"github.com/fortlet/fortlet/fieldcrypt"
)

// The edge seals two fields with a public key, and whoever has the private key
// opens them. With a key in KMS the opener is NewKMSOpener.
func Example() {
	ctx := context.Background()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	marker := fieldcrypt.Marker{Key: "pii", Version: 1}
	sealer, err := fieldcrypt.NewRSASealer(marker, &private.PublicKey)
	if err != nil {
		log.Fatal(err)
	}
	ssn, err := fieldcrypt.ParseSelector("ssn")
	if err != nil {
		log.Fatal(err)
	}
	salary, err := fieldcrypt.ParseSelector("json:$.salary")
	if err != nil {
		log.Fatal(err)
	}
	protector, err := fieldcrypt.NewProtector([]fieldcrypt.Rule{
		{Name: "person", Selectors: []fieldcrypt.Selector{ssn, salary}, Sealer: sealer},
	}, fieldcrypt.Limits{})
	if err != nil {
		log.Fatal(err)
	}

	const person = `{"name": "Alejandro Rosalez", "ssn": "123-45-6789", "salary": 4711.50}`
	var sealed bytes.Buffer
	if _, err := protector.Body(ctx, &sealed, strings.NewReader(person), "application/json"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sealed.String()[:44])

	finder, err := fieldcrypt.NewFinder(marker)
	if err != nil {
		log.Fatal(err)
	}
	opener := fieldcrypt.Openers{"pii.1": fieldcrypt.NewRSAOpener(private)}
	unsealer := fieldcrypt.NewUnsealer(finder, opener, fieldcrypt.UnsealOptions{Strict: true})
	var opened bytes.Buffer
	report, err := unsealer.Body(ctx, &opened, &sealed, "application/json")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(opened.String())
	fmt.Println(report.Opened, "opened")
	// Output:
	// {"name": "Alejandro Rosalez", "ssn": "#pii.1
	// {"name": "Alejandro Rosalez", "ssn": "123-45-6789", "salary": 4711.50}
	// 2 opened
}

// Markers are found in any text.
func ExampleFinder_Split() {
	finder, err := fieldcrypt.NewFinder()
	if err != nil {
		log.Fatal(err)
	}
	const line = "2026-11-23 card #card.2#3q2+7w==#2.card# refused, order #1234"
	for piece, err := range finder.Split(strings.NewReader(line)) {
		if err != nil {
			log.Fatal(err)
		}
		if piece.Sealed != nil {
			fmt.Printf("<%d bytes of %s>", len(piece.Sealed.Ciphertext), piece.Sealed)
		} else {
			fmt.Printf("%s", piece.Text)
		}
	}
	// Output: 2026-11-23 card <4 bytes of card.2> refused, order #1234
}

// The envelope cipher takes data keys from any keyring of package esdk, behind a
// caching manager that uses each of them for many values. For a key in KMS the
// keyring is awskms.NewRSAKeyring.
func ExampleNewEnvelopeSealer() {
	ctx := context.Background()
	wrapping := make([]byte, 32)
	if _, err := rand.Read(wrapping); err != nil {
		log.Fatal(err)
	}
	keyring, err := rawkey.NewAES("example", "notes", wrapping)
	if err != nil {
		log.Fatal(err)
	}
	manager, err := esdk.NewCachingManager(esdk.NewManager(keyring), esdk.NewCache(10), esdk.CachingOptions{
		MaxAge: 5 * time.Minute, MaxMessages: 10_000,
	})
	if err != nil {
		log.Fatal(err)
	}
	sealer, err := fieldcrypt.NewEnvelopeSealer(fieldcrypt.Marker{Key: "notes", Version: 1}, manager)
	if err != nil {
		log.Fatal(err)
	}
	marker, err := sealer.Seal(ctx, nil, []byte(strings.Repeat("confidential ", 100)), fieldcrypt.Plain)
	if err != nil {
		log.Fatal(err)
	}
	finder, err := fieldcrypt.NewFinder()
	if err != nil {
		log.Fatal(err)
	}
	sealed, _, _ := finder.Find(marker)
	plaintext, err := fieldcrypt.NewEnvelopeOpener(manager).Open(ctx, sealed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sealed, len(plaintext))
	// Output: notes.1 1300
}
