package kms

import (
	"context"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/paging"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// DescribeKey tells everything about a key but its policy, tags and aliases.
// Asked for a predefined alias, it makes the AWS managed key.
func (s *Service) DescribeKey(ctx context.Context, in *kmsapi.DescribeKeyInput) (*kmsapi.DescribeKeyOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:DescribeKey", alias: true, shared: true, tokens: in.GrantTokens})
	if err != nil {
		return nil, err
	}
	m, err := s.describe(ctx, o.Key)
	return &kmsapi.DescribeKeyOutput{KeyMetadata: m}, err
}

// describe gives the metadata of a key as it is now.
func (s *Service) describe(ctx context.Context, k *Key) (m *kmsapi.KeyMetadata, err error) {
	now := cloud.From(ctx).Time
	if !k.MultiRegion {
		return k.metadata(now, nil), nil
	}
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		m = k.metadata(now, k.set(tx))
		return nil
	})
	return m, err
}

// metadata describes a key. set is the multi-Region set that it is of.
func (k *Key) metadata(now time.Time, set []*Key) *kmsapi.KeyMetadata {
	state := k.state(now)
	m := &kmsapi.KeyMetadata{
		AWSAccountId:          new(k.Account),
		KeyId:                 new(k.ID),
		Arn:                   new(k.ARN()),
		CreationDate:          new(k.Created),
		Enabled:               new(state == kmsapi.KeyStateEnabled),
		Description:           new(k.Description),
		KeyUsage:              kmsapi.KeyUsageType(k.Usage),
		KeyState:              state,
		Origin:                k.Origin,
		KeyManager:            k.Manager,
		CustomerMasterKeySpec: kmsapi.CustomerMasterKeySpec(k.Spec),
		KeySpec:               kmsapi.KeySpec(k.Spec),
		MultiRegion:           new(k.MultiRegion),
	}
	k.describeAlgorithms(m)
	k.describeMaterial(m, now)
	switch state {
	case kmsapi.KeyStatePendingDeletion:
		m.DeletionDate = new(k.Deletion.Date)
	case kmsapi.KeyStatePendingReplicaDeletion:
		m.PendingDeletionWindowInDays = new(k.Deletion.WindowDays)
	}
	if k.MultiRegion {
		m.MultiRegionConfiguration = k.configuration(now, set)
	}
	return m
}

// describeAlgorithms tells what the key's usage leaves of what its spec can do.
func (k *Key) describeAlgorithms(m *kmsapi.KeyMetadata) {
	switch k.Usage {
	case cryptography.EncryptDecrypt:
		m.EncryptionAlgorithms = named[kmsapi.EncryptionAlgorithmSpec](k.Spec.EncryptionAlgorithms())
	case cryptography.SignVerify:
		m.SigningAlgorithms = named[kmsapi.SigningAlgorithmSpec](k.Spec.SigningAlgorithms())
	case cryptography.GenerateVerifyMAC:
		m.MacAlgorithms = named[kmsapi.MacAlgorithmSpec](k.Spec.MACAlgorithms())
	case cryptography.KeyAgreement:
		m.KeyAgreementAlgorithms = named[kmsapi.KeyAgreementAlgorithmSpec](k.Spec.KeyAgreementAlgorithms())
	}
}

// named turns names into the API's type of the same names.
func named[To, From ~string](names []From) []To {
	list := make([]To, len(names))
	for i, n := range names {
		list[i] = To(n)
	}
	return list
}

func (k *Key) describeMaterial(m *kmsapi.KeyMetadata, now time.Time) {
	current := k.current()
	if current < 0 {
		return
	}
	if k.symmetric() {
		m.CurrentKeyMaterialId = new(k.Materials[current].ID.String())
	}
	if k.Origin != kmsapi.OriginTypeExternal || k.pendingImport(now) {
		return
	}
	m.ExpirationModel = kmsapi.ExpirationModelTypeKeyMaterialDoesNotExpire
	if first := k.firstExpiry(); !first.IsZero() {
		m.ExpirationModel = kmsapi.ExpirationModelTypeKeyMaterialExpires
		m.ValidTo = new(first)
	}
}

// firstExpiry is the first time at which material that belongs to the key
// expires.
func (k *Key) firstExpiry() time.Time {
	var first time.Time
	for i := range k.Materials {
		m := &k.Materials[i]
		if !m.Pending && !m.ValidTo.IsZero() && (first.IsZero() || m.ValidTo.Before(first)) {
			first = m.ValidTo
		}
	}
	return first
}

// configuration lists a multi-Region set.
func (k *Key) configuration(now time.Time, set []*Key) *kmsapi.MultiRegionConfiguration {
	c := &kmsapi.MultiRegionConfiguration{
		MultiRegionKeyType: k.multiRegionType(),
		ReplicaKeys:        []kmsapi.MultiRegionKey{},
	}
	for _, other := range set {
		if other.gone(now) {
			continue
		}
		key := kmsapi.MultiRegionKey{Arn: new(other.ARN()), Region: new(other.Region)}
		if other.Primary {
			c.PrimaryKey = &key
		} else {
			c.ReplicaKeys = append(c.ReplicaKeys, key)
		}
	}
	return c
}

// GetPublicKey gives the public key of an asymmetric key.
func (s *Service) GetPublicKey(ctx context.Context, in *kmsapi.GetPublicKeyInput) (*kmsapi.GetPublicKeyOutput, error) {
	o, err := s.use(ctx, *in.KeyId, access{action: "kms:GetPublicKey", alias: true, shared: true, tokens: in.GrantTokens})
	if err != nil {
		return nil, err
	}
	if err := o.requireUsable(cloud.From(ctx).Time); err != nil {
		return nil, err
	}
	if !o.Spec.IsAsymmetric() {
		return nil, kmsapi.ErrUnsupportedOperationException("%s key spec is %s which is not valid for GetPublicKey.", o.arn, o.Spec)
	}
	pair, err := o.keyPair()
	if err != nil {
		return nil, err
	}
	m := o.metadata(cloud.From(ctx).Time, nil)
	return &kmsapi.GetPublicKeyOutput{
		KeyId:                  new(o.arn),
		PublicKey:              pair.PublicKey(),
		CustomerMasterKeySpec:  m.CustomerMasterKeySpec,
		KeySpec:                m.KeySpec,
		KeyUsage:               m.KeyUsage,
		EncryptionAlgorithms:   m.EncryptionAlgorithms,
		SigningAlgorithms:      m.SigningAlgorithms,
		KeyAgreementAlgorithms: m.KeyAgreementAlgorithms,
	}, nil
}

// ListKeys lists the keys of the caller's account in the Region.
func (s *Service) ListKeys(ctx context.Context, in *kmsapi.ListKeysInput) (*kmsapi.ListKeysOutput, error) {
	if err := s.checkAccount(ctx, "kms:ListKeys"); err != nil {
		return nil, err
	}
	p, err := newPage("keys", in.Limit, in.Marker, 100, 1000)
	if err != nil {
		return nil, err
	}
	call := cloud.From(ctx)
	out := new(kmsapi.ListKeysOutput)
	err = s.cloud.Store.View(ctx, func(tx *store.Tx) error {
		rows := keys.Scan(tx, store.Prefix(call.Account(), call.Region), p.After)
		out.Keys, out.NextMarker = paging.Take(p, rows, func(k *Key) (kmsapi.KeyListEntry, bool) {
			return kmsapi.KeyListEntry{KeyId: new(k.ID), KeyArn: new(k.ARN())}, !k.gone(call.Time)
		})
		return nil
	})
	out.Truncated = new(out.NextMarker != nil)
	return out, err
}
