package crypt

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

// Configs loads the configuration of a profile and a Region; empty ones are the
// environment's.
type Configs func(ctx context.Context, profile, region string) (aws.Config, error)

// NewManager makes the materials manager of wrapping keys. The first key
// generates the data keys, all others encrypt them as well. Replicas of a
// multi-Region key stand for one another.
func NewManager(ctx context.Context, load Configs, groups []WrappingKeys, c *Caching) (esdk.Manager, error) {
	var keyrings []esdk.Keyring
	for _, g := range groups {
		cfg, err := load(ctx, g.Profile, g.Region)
		if err != nil {
			return nil, err
		}
		more, err := g.keyrings(cfg)
		if err != nil {
			return nil, err
		}
		keyrings = append(keyrings, more...)
	}
	manager := esdk.NewManager(esdk.NewMulti(keyrings[0], keyrings[1:]...))
	if c == nil {
		return manager, nil
	}
	return esdk.NewCachingManager(manager, esdk.NewCache(c.Capacity), c.Limits)
}

// keyrings gives a keyring for each key. They are not combined here, because one
// that is has a generator of its own, and only the first of all may generate.
func (g WrappingKeys) keyrings(cfg aws.Config) ([]esdk.Keyring, error) {
	clients := awskms.FromConfig(cfg)
	if g.Discovery {
		return g.discovery(clients, cfg.Region)
	}
	// Together they are checked: a key and its replica are one too many.
	if _, err := awskms.NewKeyring(clients, g.Keys[0], &awskms.Options{Keys: g.Keys[1:], MultiRegion: true}); err != nil {
		return nil, err
	}
	var keyrings []esdk.Keyring
	for _, key := range g.Keys {
		k, err := awskms.NewKeyring(clients, key, &awskms.Options{MultiRegion: true})
		if err != nil {
			return nil, err
		}
		keyrings = append(keyrings, k)
	}
	return keyrings, nil
}

// discovery opens messages of multi-Region keys with the replica in our Region,
// and those of other keys in the Region that they name. Each is tried once.
func (g WrappingKeys) discovery(clients awskms.Clients, region string) ([]esdk.Keyring, error) {
	near, err := awskms.NewMultiRegionDiscovery(clients, region, g.Filter)
	if err != nil {
		return nil, err
	}
	far, err := awskms.NewDiscovery(clients, g.Filter, nil)
	if err != nil {
		return nil, err
	}
	return []esdk.Keyring{part{near, isMultiRegion}, part{far, func(k esdk.EncryptedDataKey) bool { return !isMultiRegion(k) }}}, nil
}

func isMultiRegion(k esdk.EncryptedDataKey) bool {
	return strings.Contains(string(k.ProviderInfo), ":key/mrk-")
}

// part is a keyring that unwraps some keys only.
type part struct {
	esdk.Keyring
	is func(esdk.EncryptedDataKey) bool
}

func (p part) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	var some []esdk.EncryptedDataKey
	for _, k := range keys {
		if p.is(k) {
			some = append(some, k)
		}
	}
	return p.Keyring.Unwrap(ctx, m, some)
}
