// Package awskms has keyrings whose wrapping keys are in AWS KMS, or in any
// service that speaks its API.
//
// Take [NewKeyring] with the ARNs of the keys that you trust. It encrypts under
// all of them, and decrypts nothing that was not encrypted under one of them:
//
//	clients := awskms.FromConfig(cfg) // an aws.Config
//	keyring, err := awskms.NewKeyring(clients, "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", nil)
//
// A reader who does not know the keys beforehand takes [NewDiscovery], with a
// [Filter] of the accounts that he trusts. Both have ways to know multi-Region
// keys across Regions: [Options].MultiRegion and [NewMultiRegionDiscovery].
// [NewRSAKeyring] encrypts with the public key of an RSA key without asking AWS
// KMS at all.
//
// # What is checked, and where
//
// A message names the keys it was encrypted under, and a forger writes there
// what he likes. So every keyring compares the names with what it trusts before
// it makes any call: a data key under another key or account never leaves the
// program. What is sent always carries the KeyId, so that AWS KMS uses that key
// or none, and the answer's KeyId is compared with it.
//
// A forger can still name a trusted key many times over, and each costs a call:
// who reads strangers' messages sets [esdk.DecryptOptions].MaxEncryptedDataKeys.
package awskms

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk"
)

// Provider ids, as they stand in messages.
const (
	provider    = "aws-kms"
	providerRSA = "aws-kms-rsa"
)

// A Client is what the keyrings call of AWS KMS; *kms.Client is one.
type Client interface {
	GenerateDataKey(context.Context, *kms.GenerateDataKeyInput, ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error)
	Encrypt(context.Context, *kms.EncryptInput, ...func(*kms.Options)) (*kms.EncryptOutput, error)
	Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error)
}

var _ Client = (*kms.Client)(nil)

// Clients gives the client of a Region; of the default Region for the empty
// string. It may be called from many goroutines at once. [FromConfig] makes the
// usual one.
type Clients func(region string) (Client, error)

var (
	errHasKey     = errors.New("materials have a data key already")
	errMalformed  = errors.New("data key names a malformed AWS KMS key ARN")
	errAnswerKey  = errors.New("AWS KMS answered for another key than was asked for")
	errKeyLength  = errors.New("data key has not the length that the algorithm suite takes")
	errOnlyReads  = errors.New("a discovery keyring only decrypts: it names no key to encrypt under")
	errNoClient   = errors.New("no AWS KMS client")
	errCiphertext = errors.New("AWS KMS answered without an encrypted data key")
)

// decrypt asks AWS KMS to open e with key and nothing else, which the caller has
// found to be trusted.
func decrypt(ctx context.Context, client Client, key string, grantTokens []string, m *esdk.DecryptionMaterials, e *esdk.EncryptedDataKey) ([]byte, error) {
	out, err := client.Decrypt(ctx, &kms.DecryptInput{
		KeyId:             &key,
		CiphertextBlob:    e.Ciphertext,
		EncryptionContext: m.Context,
		GrantTokens:       grantTokens,
	})
	switch {
	case err != nil:
	case out.KeyId == nil || *out.KeyId != key:
		err = errAnswerKey
	case len(out.Plaintext) != m.Suite.KeyLength():
		err = errKeyLength
	default:
		return out.Plaintext, nil
	}
	return nil, fmt.Errorf("decrypt data key under %s: %w", key, err)
}

// unwrap opens the first of keys, wrapped by provider, that is trusted and that
// open gets a data key from.
func unwrap(ctx context.Context, provider string, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey, trusted func(arn) bool, open func(arn, *esdk.EncryptedDataKey) ([]byte, error)) error {
	if m.DataKey != nil {
		return errHasKey
	}
	candidates, err := filter(provider, keys, trusted)
	if err != nil {
		return err
	}
	var attempts []error
	for _, c := range candidates {
		key, err := open(c.arn, c.key)
		if err == nil {
			m.DataKey = key
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		attempts = append(attempts, err)
	}
	return &esdk.UnwrapError{Attempts: attempts}
}

// A candidate is an encrypted data key that is worth a call.
type candidate struct {
	arn arn
	key *esdk.EncryptedDataKey
}

// filter keeps what provider wrapped under a trusted key. It looks at all before
// any call is made: a malformed name, which no implementation writes, fails them
// all, as the specification has it.
func filter(provider string, keys []esdk.EncryptedDataKey, trusted func(arn) bool) ([]candidate, error) {
	var kept []candidate
	for i := range keys {
		if keys[i].ProviderID != provider {
			continue
		}
		a, err := parseARN(string(keys[i].ProviderInfo))
		if err != nil || a.kind != "key" {
			return nil, &esdk.UnwrapError{Attempts: []error{errMalformed}}
		}
		if trusted(a) {
			kept = append(kept, candidate{a, &keys[i]})
		}
	}
	return kept, nil
}
