package awskms

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk"
)

// Options are the choices for a keyring of named keys. Nil is the right one for
// a single key.
type Options struct {
	// Keys are further keys that the data key is encrypted under. Any one of them
	// suffices to decrypt.
	Keys []string
	// GrantTokens are sent with every call, for grants that are so new that they
	// may not have taken effect everywhere.
	GrantTokens []string
	// MultiRegion has replicas of one multi-Region key taken for the same key: a
	// message encrypted in one Region is decrypted with the replica named here,
	// in its own Region.
	MultiRegion bool
}

// NewKeyring makes a strict keyring: it trusts the keys that it names, and no
// others. The generator makes the data keys.
//
// Name keys by their ARNs. A key id or an alias, in the default Region, serves
// for encryption only: messages name keys by ARN, so it never matches one.
// Source: framework/aws-kms/aws-kms-keyring.md and aws-kms-mrk-keyring.md.
func NewKeyring(clients Clients, generator string, o *Options) (esdk.Keyring, error) {
	if o == nil {
		o = &Options{}
	}
	names := append([]string{generator}, o.Keys...)
	if o.MultiRegion {
		if err := uniqueReplicas(names); err != nil {
			return nil, err
		}
	}
	all := make([]esdk.Keyring, len(names))
	for i, name := range names {
		k, err := newKeyring(clients, name, o)
		if err != nil {
			return nil, err
		}
		all[i] = k
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return esdk.NewMulti(all[0], all[1:]...), nil
}

// A keyring has one key.
type keyring struct {
	key         identifier
	client      Client
	grantTokens []string
	multiRegion bool
}

func newKeyring(clients Clients, name string, o *Options) (*keyring, error) {
	key, err := parseIdentifier(name)
	if err != nil {
		return nil, err
	}
	client, err := clients.of(key.arn.region)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", name, err)
	}
	return &keyring{key, client, slices.Clone(o.GrantTokens), o.MultiRegion}, nil
}

// Wrap generates a data key, or encrypts the one there is.
func (k *keyring) Wrap(ctx context.Context, m *esdk.EncryptionMaterials) error {
	if m.DataKey == nil {
		return k.generate(ctx, m)
	}
	out, err := k.client.Encrypt(ctx, &kms.EncryptInput{
		KeyId:             &k.key.name,
		Plaintext:         m.DataKey,
		EncryptionContext: m.Context,
		GrantTokens:       k.grantTokens,
	})
	if err != nil {
		return fmt.Errorf("encrypt data key under %s: %w", k.key.name, err)
	}
	return k.add(m, out.KeyId, out.CiphertextBlob)
}

func (k *keyring) generate(ctx context.Context, m *esdk.EncryptionMaterials) error {
	n := m.Suite.KeyLength()
	out, err := k.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId:             &k.key.name,
		NumberOfBytes:     new(int32(n)),
		EncryptionContext: m.Context,
		GrantTokens:       k.grantTokens,
	})
	if err != nil {
		return fmt.Errorf("generate data key under %s: %w", k.key.name, err)
	}
	if len(out.Plaintext) != n {
		return fmt.Errorf("generate data key under %s: %w", k.key.name, errKeyLength)
	}
	if err := k.add(m, out.KeyId, out.CiphertextBlob); err != nil {
		return err
	}
	m.DataKey = out.Plaintext
	return nil
}

// add appends an encrypted data key, if the answer is for the key asked for.
func (k *keyring) add(m *esdk.EncryptionMaterials, answered *string, ciphertext []byte) error {
	if answered == nil {
		return fmt.Errorf("key %s: %w", k.key.name, errAnswerKey)
	}
	a, err := parseARN(*answered)
	if err != nil || a.kind != "key" || k.key.isKey() && a != k.key.arn {
		return fmt.Errorf("key %s: %w", k.key.name, errAnswerKey)
	}
	if len(ciphertext) == 0 {
		return fmt.Errorf("key %s: %w", k.key.name, errCiphertext)
	}
	m.EncryptedDataKeys = append(m.EncryptedDataKeys, esdk.EncryptedDataKey{
		ProviderID:   provider,
		ProviderInfo: []byte(*answered),
		Ciphertext:   ciphertext,
	})
	return nil
}

// Unwrap decrypts with the keyring's key, if a data key is encrypted under it.
func (k *keyring) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	return unwrap(ctx, provider, m, keys, k.trusts, func(_ arn, e *esdk.EncryptedDataKey) ([]byte, error) {
		return decrypt(ctx, k.client, k.key.name, k.grantTokens, m, e)
	})
}

// trusts reports whether a is the keyring's key. What is not configured as the
// ARN of a key never is.
func (k *keyring) trusts(a arn) bool {
	return k.key.arn == a || k.multiRegion && k.key.arn.matches(a)
}

// uniqueReplicas refuses several replicas of one multi-Region key: each of them
// would open the same data keys, and which Region is to be called would be
// anybody's guess.
// Source: framework/aws-kms/aws-kms-mrk-are-unique.md.
func uniqueReplicas(names []string) error {
	byID := make(map[string][]string)
	for _, name := range names {
		key, err := parseIdentifier(name)
		if err != nil {
			return err
		}
		id := key.arn.id
		if key.arn == (arn{}) {
			id = name
		}
		if strings.HasPrefix(id, "mrk-") && key.arn.kind != "alias" {
			byID[id] = append(byID[id], name)
		}
	}
	var twice []string
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		if len(byID[id]) > 1 {
			twice = append(twice, byID[id]...)
		}
	}
	if len(twice) > 0 {
		return errors.New("replicas of the same multi-Region key: " + strings.Join(twice, ", "))
	}
	return nil
}
