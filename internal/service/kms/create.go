package kms

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// CreateKey creates a customer managed key.
func (s *Service) CreateKey(ctx context.Context, in *kmsapi.CreateKeyInput) (*kmsapi.CreateKeyOutput, error) {
	k := newKey(cloud.From(ctx), in)
	if err := s.authorizeCreate(ctx, k, in.Tags, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	if err := checkCreate(k, in); err != nil {
		return nil, err
	}
	if err := s.setTags(k, in.Tags); err != nil {
		return nil, err
	}
	if err := s.setPolicy(ctx, k, in.Policy, in.BypassPolicyLockoutSafetyCheck); err != nil {
		return nil, err
	}
	if k.Origin == kmsapi.OriginTypeAwsKms {
		if err := s.addMaterial(k); err != nil {
			return nil, err
		}
	}
	if err := s.store(ctx, k); err != nil {
		return nil, err
	}
	return &kmsapi.CreateKeyOutput{KeyMetadata: k.metadata(cloud.From(ctx).Time, []*Key{k})}, nil
}

// newKey is the key that a request describes, with AWS's defaults.
func newKey(call *cloud.Call, in *kmsapi.CreateKeyInput) *Key {
	spec := cryptography.Spec(in.KeySpec)
	if spec == "" {
		spec = cryptography.Spec(in.CustomerMasterKeySpec)
	}
	if spec == "" {
		spec = cryptography.SymmetricDefault
	}
	usage := cryptography.Usage(in.KeyUsage)
	if usage == "" && spec == cryptography.SymmetricDefault {
		usage = cryptography.EncryptDecrypt
	}
	origin := in.Origin
	if origin == "" {
		origin = kmsapi.OriginTypeAwsKms
	}
	multiRegion := deref(in.MultiRegion)
	return &Key{
		Account:     call.Account(),
		Region:      call.Region,
		ID:          newKeyID(multiRegion),
		Manager:     kmsapi.KeyManagerTypeCustomer,
		Created:     seconds(call.Time),
		Description: deref(in.Description),
		Spec:        spec,
		Usage:       usage,
		Origin:      origin,
		MultiRegion: multiRegion,
		Primary:     multiRegion,
		Tags:        map[string]string{},
	}
}

func newKeyID(multiRegion bool) string {
	id := cloud.NewID()
	if !multiRegion {
		return id
	}
	var b [16]byte
	rand.Read(b[:])
	return "mrk-" + hex.EncodeToString(b[:])
}

// authorizeCreate asks for permission to create a key in its Region, which for
// a replica is not that of the call, and to tag it where it is to have tags.
func (s *Service) authorizeCreate(ctx context.Context, k *Key, tags []kmsapi.Tag, bypass *bool) error {
	call := cloud.From(ctx)
	a := &access{keys: []conditionKey{bypassCondition(bypass)}}
	c := &conditions{service: s, ctx: ctx, call: call, key: k, access: a}
	r := authz.Request{Action: "kms:CreateKey", Resource: "*", Region: k.Region, RequestTags: tagMap(tags), Keys: c}
	if err := authz.Check(ctx, r); err != nil || len(tags) == 0 {
		return err
	}
	r.Action, r.Resource = "kms:TagResource", k.ARN()
	return authz.Check(ctx, r)
}

// bypassCondition is absent when the request does not speak of it: policies ask
// for that with Null.
func bypassCondition(bypass *bool) conditionKey {
	if bypass == nil {
		return conditionKey{name: "bypasspolicylockoutsafetycheck"}
	}
	return condition("bypasspolicylockoutsafetycheck", strconv.FormatBool(*bypass))
}

func checkCreate(k *Key, in *kmsapi.CreateKeyInput) error {
	switch {
	case in.CustomKeyStoreId != nil:
		return kmsapi.ErrCustomKeyStoreNotFoundException("No custom key store exists with the ID %s.", *in.CustomKeyStoreId)
	case k.Origin == kmsapi.OriginTypeAwsCloudhsm || k.Origin == kmsapi.OriginTypeExternalKeyStore:
		return errValidation("A CustomKeyStoreId is required when the Origin is %s.", k.Origin)
	case in.XksKeyId != nil:
		return errValidation("The XksKeyId parameter is valid only when the Origin is EXTERNAL_KEY_STORE.")
	case in.KeySpec != "" && in.CustomerMasterKeySpec != "":
		return errValidation("You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.")
	case !k.Spec.Valid():
		return kmsapi.ErrUnsupportedOperationException("KeySpec %s is not supported in this Region.", k.Spec)
	case k.Usage == "":
		return errValidation("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.")
	case !k.Spec.Allows(k.Usage):
		return errValidation("KeyUsage %s is not compatible with KeySpec %s", k.Usage, k.Spec)
	}
	return nil
}

func (s *Service) addMaterial(k *Key) error {
	material, err := generate(k.Spec)
	if err != nil {
		return err
	}
	defer material.Zero()
	k.Materials = []Material{seal(s.cloud.Keyring, k, material)}
	return nil
}

// store puts a new key.
func (s *Service) store(ctx context.Context, k *Key) error {
	now := cloud.From(ctx).Time
	return s.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		if err := s.sweep(tx, now); err != nil {
			return err
		}
		keys.Put(tx, k.row(), k)
		return nil
	})
}
