// Package kms is the Key Management Service: its keys, their policies, grants,
// aliases and states, and who may do what with them. The cryptography itself
// is in the package below, cryptography, which knows none of that.
//
// # How an operation runs
//
// Every operation that names a key goes the same way. find reads the key
// identifier in any of its forms and looks the key up; authorize asks for
// permission, with the key policy as the gate and the key's grants beside it;
// then the key's state is checked, and only then does anything happen. Nobody
// learns whether a key exists, or in what state it is, who may not use it.
//
// What needs the passing of time is done when somebody comes by: a key whose
// waiting period is over is gone, material that has expired is wiped, a key
// that is due is rotated (see settle). Nothing runs in the background.
//
// # What is kept
//
// A key is one row (see Key), with its material sealed by the keyring and bound
// to the key's ARN. Rows are immutable, so what was made of one, the compiled
// policy and the opened key material, is kept in memory for as long as the row
// is current (see opened).
package kms

import (
	"sync"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
)

// Service is the Key Management Service of a cloud.
type Service struct {
	cloud *cloud.Cloud
	keys  cache
	usage sync.Map // of *tracker by the key of the Key's row
}

// New makes the service.
func New(c *cloud.Cloud) *Service {
	s := &Service{cloud: c}
	c.OnReset(s.forget)
	return s
}

// forget drops what is in memory of keys that a reset has removed.
func (s *Service) forget() {
	s.keys.clear()
	s.usage.Clear()
}

// Handlers are the service's operations.
func (s *Service) Handlers() []cloud.Handler {
	return []cloud.Handler{
		cloud.Handle(kmsapi.OpCancelKeyDeletion, s.CancelKeyDeletion),
		cloud.Handle(kmsapi.OpCreateAlias, s.CreateAlias),
		cloud.Handle(kmsapi.OpCreateGrant, s.CreateGrant),
		cloud.Handle(kmsapi.OpCreateKey, s.CreateKey),
		cloud.Handle(kmsapi.OpDecrypt, s.Decrypt),
		cloud.Handle(kmsapi.OpDeleteAlias, s.DeleteAlias),
		cloud.Handle(kmsapi.OpDeleteImportedKeyMaterial, s.DeleteImportedKeyMaterial),
		cloud.Handle(kmsapi.OpDeriveSharedSecret, s.DeriveSharedSecret),
		cloud.Handle(kmsapi.OpDescribeKey, s.DescribeKey),
		cloud.Handle(kmsapi.OpDisableKey, s.DisableKey),
		cloud.Handle(kmsapi.OpDisableKeyRotation, s.DisableKeyRotation),
		cloud.Handle(kmsapi.OpEnableKey, s.EnableKey),
		cloud.Handle(kmsapi.OpEnableKeyRotation, s.EnableKeyRotation),
		cloud.Handle(kmsapi.OpEncrypt, s.Encrypt),
		cloud.Handle(kmsapi.OpGenerateDataKey, s.GenerateDataKey),
		cloud.Handle(kmsapi.OpGenerateDataKeyPair, s.GenerateDataKeyPair),
		cloud.Handle(kmsapi.OpGenerateDataKeyPairWithoutPlaintext, s.GenerateDataKeyPairWithoutPlaintext),
		cloud.Handle(kmsapi.OpGenerateDataKeyWithoutPlaintext, s.GenerateDataKeyWithoutPlaintext),
		cloud.Handle(kmsapi.OpGenerateMac, s.GenerateMac),
		cloud.Handle(kmsapi.OpGenerateRandom, s.GenerateRandom),
		cloud.Handle(kmsapi.OpGetKeyLastUsage, s.GetKeyLastUsage),
		cloud.Handle(kmsapi.OpGetKeyPolicy, s.GetKeyPolicy),
		cloud.Handle(kmsapi.OpGetKeyRotationStatus, s.GetKeyRotationStatus),
		cloud.Handle(kmsapi.OpGetParametersForImport, s.GetParametersForImport),
		cloud.Handle(kmsapi.OpGetPublicKey, s.GetPublicKey),
		cloud.Handle(kmsapi.OpImportKeyMaterial, s.ImportKeyMaterial),
		cloud.Handle(kmsapi.OpListAliases, s.ListAliases),
		cloud.Handle(kmsapi.OpListGrants, s.ListGrants),
		cloud.Handle(kmsapi.OpListKeyPolicies, s.ListKeyPolicies),
		cloud.Handle(kmsapi.OpListKeyRotations, s.ListKeyRotations),
		cloud.Handle(kmsapi.OpListKeys, s.ListKeys),
		cloud.Handle(kmsapi.OpListResourceTags, s.ListResourceTags),
		cloud.Handle(kmsapi.OpListRetirableGrants, s.ListRetirableGrants),
		cloud.Handle(kmsapi.OpPutKeyPolicy, s.PutKeyPolicy),
		cloud.Handle(kmsapi.OpReEncrypt, s.ReEncrypt),
		cloud.Handle(kmsapi.OpReplicateKey, s.ReplicateKey),
		cloud.Handle(kmsapi.OpRetireGrant, s.RetireGrant),
		cloud.Handle(kmsapi.OpRevokeGrant, s.RevokeGrant),
		cloud.Handle(kmsapi.OpRotateKeyOnDemand, s.RotateKeyOnDemand),
		cloud.Handle(kmsapi.OpScheduleKeyDeletion, s.ScheduleKeyDeletion),
		cloud.Handle(kmsapi.OpSign, s.Sign),
		cloud.Handle(kmsapi.OpTagResource, s.TagResource),
		cloud.Handle(kmsapi.OpUntagResource, s.UntagResource),
		cloud.Handle(kmsapi.OpUpdateAlias, s.UpdateAlias),
		cloud.Handle(kmsapi.OpUpdateKeyDescription, s.UpdateKeyDescription),
		cloud.Handle(kmsapi.OpUpdatePrimaryRegion, s.UpdatePrimaryRegion),
		cloud.Handle(kmsapi.OpVerify, s.Verify),
		cloud.Handle(kmsapi.OpVerifyMac, s.VerifyMac),
	}
}
