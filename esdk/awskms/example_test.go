package awskms_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

// A message under two keys in two Regions is readable with either.
func ExampleNewKeyring() {
	ctx := context.Background()
	clients := awskms.Clients(newFake().clients) // in a program: awskms.FromConfig(cfg)
	west := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	ireland := "arn:aws:kms:eu-west-1:111122223333:key/4321abcd-12ab-34cd-56ef-1234567890ab"

	writer, err := awskms.NewKeyring(clients, west, &awskms.Options{Keys: []string{ireland}})
	if err != nil {
		log.Fatal(err)
	}
	message, err := esdk.Seal(ctx, nil, esdk.NewManager(writer), []byte("hello"), nil)
	if err != nil {
		log.Fatal(err)
	}

	reader, err := awskms.NewKeyring(clients, ireland, nil)
	if err != nil {
		log.Fatal(err)
	}
	plaintext, header, err := esdk.Open(ctx, nil, esdk.NewManager(reader), message, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", plaintext)
	for _, k := range header.EncryptedDataKeys {
		fmt.Printf("%s\n", k.ProviderInfo)
	}
	// Output:
	// hello
	// arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab
	// arn:aws:kms:eu-west-1:111122223333:key/4321abcd-12ab-34cd-56ef-1234567890ab
}

// A reader who knows the accounts that he trusts, but not the keys.
func ExampleNewDiscovery() {
	ctx := context.Background()
	clients := awskms.Clients(newFake().clients) // in a program: awskms.FromConfig(cfg)
	writer, err := awskms.NewKeyring(clients, "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", nil)
	if err != nil {
		log.Fatal(err)
	}
	message, err := esdk.Seal(ctx, nil, esdk.NewManager(writer), []byte("hello"), nil)
	if err != nil {
		log.Fatal(err)
	}

	for _, account := range []string{"111122223333", "444455556666"} {
		reader, err := awskms.NewDiscovery(clients, &awskms.Filter{Partition: "aws", Accounts: []string{account}}, nil)
		if err != nil {
			log.Fatal(err)
		}
		plaintext, _, err := esdk.Open(ctx, nil, esdk.NewManager(reader), message, nil)
		fmt.Printf("who trusts %s: %q %v\n", account, plaintext, errors.Is(err, esdk.ErrNoDataKey))
	}
	// Output:
	// who trusts 111122223333: "hello" false
	// who trusts 444455556666: "" true
}

// The public key is enough to write; AWS KMS decrypts for who is allowed to.
func ExampleNewRSAKeyring() {
	ctx := context.Background()
	private := rsaKeys()[0]
	client := &rsaFake{private: private} // in a program: kms.NewFromConfig(cfg)
	arn := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

	writer, err := awskms.NewRSAKeyring(nil, awskms.RSAKey{ARN: arn, Public: &private.PublicKey})
	if err != nil {
		log.Fatal(err)
	}
	message, err := esdk.Seal(ctx, nil, esdk.NewManager(writer), []byte("hello"), &esdk.EncryptOptions{
		Suite: esdk.Committed, // not signed: anyone could sign
	})
	if err != nil {
		log.Fatal(err)
	}

	reader, err := awskms.NewRSAKeyring(client, awskms.RSAKey{ARN: arn})
	if err != nil {
		log.Fatal(err)
	}
	plaintext, _, err := esdk.Open(ctx, nil, esdk.NewManager(reader), message, nil)
	fmt.Printf("%s %v\n", plaintext, err)
	// Output: hello <nil>
}
