package awskms

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/fortlet/fortlet/esdk"
)

// A Filter says whose keys a discovery keyring trusts.
type Filter struct {
	Partition string   // "aws", "aws-cn", "aws-us-gov"
	Accounts  []string // account ids
}

func (f *Filter) trusts(a arn) bool {
	return f == nil || f.Partition == a.partition && slices.Contains(f.Accounts, a.account)
}

// clone checks that f filters: one without partition or accounts would trust
// nothing, and more likely was meant to be filled in.
func (f *Filter) clone() (*Filter, error) {
	if f == nil {
		return nil, nil
	}
	if f.Partition == "" || len(f.Accounts) == 0 || slices.Contains(f.Accounts, "") {
		return nil, errors.New("a discovery filter needs a partition and account ids")
	}
	return &Filter{f.Partition, slices.Clone(f.Accounts)}, nil
}

// DiscoveryOptions are the choices for a discovery keyring. Nil is the right
// one.
type DiscoveryOptions struct {
	// Regions are those whose keys are tried. Empty: all.
	Regions []string
	// GrantTokens are sent with every call.
	GrantTokens []string
}

type discovery struct {
	filter      *Filter
	regions     []string // empty: all
	clients     Clients
	grantTokens []string
}

// NewDiscovery makes a keyring that decrypts with whatever key the message
// names, if that belongs to an account of the filter. It does not encrypt.
//
// A nil filter trusts every key of every account that will answer the caller:
// then anyone who can have the caller use a key of theirs can write messages
// that decrypt. Take it for tools that only look at messages.
// Source: framework/aws-kms/aws-kms-discovery-keyring.md.
func NewDiscovery(clients Clients, f *Filter, o *DiscoveryOptions) (esdk.Keyring, error) {
	if clients == nil {
		return nil, errNoClient
	}
	f, err := f.clone()
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &DiscoveryOptions{}
	}
	return &discovery{f, slices.Clone(o.Regions), clients, slices.Clone(o.GrantTokens)}, nil
}

// Wrap fails: there is no key to encrypt under.
func (k *discovery) Wrap(context.Context, *esdk.EncryptionMaterials) error { return errOnlyReads }

// Unwrap decrypts with the keys that the message names, in their Regions.
func (k *discovery) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	trusted := func(a arn) bool {
		return k.filter.trusts(a) && (len(k.regions) == 0 || slices.Contains(k.regions, a.region))
	}
	return unwrap(ctx, provider, m, keys, trusted, func(a arn, e *esdk.EncryptedDataKey) ([]byte, error) {
		client, err := k.clients.of(a.region)
		if err != nil {
			return nil, fmt.Errorf("client for %s: %w", a, err)
		}
		return decrypt(ctx, client, a.String(), k.grantTokens, m, e)
	})
}

type multiRegionDiscovery struct {
	filter      *Filter
	region      string
	client      Client
	grantTokens []string
}

// NewMultiRegionDiscovery makes a discovery keyring that calls one Region only.
// It decrypts with that Region's keys, and with its replicas of the multi-Region
// keys that the message names. See [NewDiscovery] for the filter.
// Source: framework/aws-kms/aws-kms-mrk-discovery-keyring.md.
func NewMultiRegionDiscovery(clients Clients, region string, f *Filter, grantTokens ...string) (esdk.Keyring, error) {
	if !isLabel(region) {
		return nil, fmt.Errorf("no Region: %q", region)
	}
	f, err := f.clone()
	if err != nil {
		return nil, err
	}
	client, err := clients.of(region)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", region, err)
	}
	return &multiRegionDiscovery{f, region, client, slices.Clone(grantTokens)}, nil
}

// Wrap fails: there is no key to encrypt under.
func (k *multiRegionDiscovery) Wrap(context.Context, *esdk.EncryptionMaterials) error {
	return errOnlyReads
}

// Unwrap decrypts with the Region's replicas of the keys that the message names.
func (k *multiRegionDiscovery) Unwrap(ctx context.Context, m *esdk.DecryptionMaterials, keys []esdk.EncryptedDataKey) error {
	trusted := func(a arn) bool {
		return k.filter.trusts(a) && (a.region == k.region || a.multiRegion())
	}
	return unwrap(ctx, provider, m, keys, trusted, func(a arn, e *esdk.EncryptedDataKey) ([]byte, error) {
		a.region = k.region
		return decrypt(ctx, k.client, a.String(), k.grantTokens, m, e)
	})
}
