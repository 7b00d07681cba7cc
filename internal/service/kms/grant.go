package kms

import (
	"maps"
	"slices"
	"strings"
	"time"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/service/kms/cryptography"
)

// Grant lets a principal use a key outside of its policy.
type Grant struct {
	Account, Region, Key string // the key's

	ID      string
	Name    string
	Created time.Time
	Issuer  string // the account that made the grant

	Grantee    Principal
	Retiring   Principal
	Operations []kmsapi.GrantOperation
	Equals     map[string]string // EncryptionContextEquals
	Subset     map[string]string // EncryptionContextSubset
}

var (
	grants = store.NewTable[Grant]("kms.grants")
	// byGrantee finds the grants of a key that may let a caller in.
	byGrantee = grants.Index("grantee", func(g *Grant) []string {
		return []string{store.Key(g.Account, g.Region, g.Key, g.Grantee.name())}
	})
	// byRetiring finds the grants of a Region that a principal may retire.
	byRetiring = grants.Index("retiring", func(g *Grant) []string {
		if g.Retiring == (Principal{}) {
			return nil
		}
		return []string{store.Key(g.Region, g.Retiring.ARN)}
	})
)

// grantCount is how many grants a key has: counting them would take too long.
type grantCount struct{ Grants int }

var grantCounts = store.NewTable[grantCount]("kms.grantcounts")

const (
	// maxGrants is the quota of grants of a key.
	maxGrants = 50_000
	// maxConstraintPairs and maxConstraintValue are the quotas of one grant
	// constraint.
	maxConstraintPairs = 8
	maxConstraintValue = 384
)

func (g *Grant) row() string { return store.Key(g.Account, g.Region, g.Key, g.ID) }

// same reports whether two grants are the same but for their ids, so that one
// is a retry of the other.
func (g *Grant) same(other *Grant) bool {
	return g.Name == other.Name && g.Issuer == other.Issuer &&
		g.Grantee == other.Grantee && g.Retiring == other.Retiring &&
		slices.Equal(g.Operations, other.Operations) &&
		maps.Equal(g.Equals, other.Equals) && maps.Equal(g.Subset, other.Subset)
}

// permits reports whether the grant lets its grantee do what a says.
func (g *Grant) permits(a *access) bool {
	operation := kmsapi.GrantOperation(strings.TrimPrefix(a.action, "kms:"))
	if !slices.Contains(g.Operations, operation) {
		return false
	}
	switch operation {
	case kmsapi.GrantOperationDescribeKey, kmsapi.GrantOperationRetireGrant:
		return true // without encryption context, and so without constraint
	case kmsapi.GrantOperationCreateGrant:
		return a.grant != nil && g.covers(a.grant)
	}
	return g.admits(a.context)
}

// admits reports whether an encryption context satisfies the constraints.
func (g *Grant) admits(context map[string]string) bool {
	return (len(g.Equals) == 0 || maps.Equal(g.Equals, context)) && contains(context, g.Subset)
}

// covers reports whether a grant that the grantee makes stays within this one:
// the same operations or fewer, constraints as strict or stricter.
func (g *Grant) covers(child *Grant) bool {
	for _, operation := range child.Operations {
		if !slices.Contains(g.Operations, operation) {
			return false
		}
	}
	if len(g.Equals) > 0 && !maps.Equal(g.Equals, child.Equals) {
		return false
	}
	return len(g.Subset) == 0 || contains(child.Equals, g.Subset) || contains(child.Subset, g.Subset)
}

// contains reports whether all pairs of part are in whole.
func contains(whole, part map[string]string) bool {
	for k, v := range part {
		if got, ok := whole[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// grantOperations are the operations that a grant for the key can allow. See
// "Grant operations" in the KMS Developer Guide.
func (k *Key) grantOperations() []kmsapi.GrantOperation {
	common := []kmsapi.GrantOperation{
		kmsapi.GrantOperationCreateGrant, kmsapi.GrantOperationRetireGrant, kmsapi.GrantOperationDescribeKey,
	}
	if k.Spec.IsAsymmetric() {
		common = append(common, kmsapi.GrantOperationGetPublicKey)
	}
	switch k.Usage {
	case cryptography.SignVerify:
		return append(common, kmsapi.GrantOperationSign, kmsapi.GrantOperationVerify)
	case cryptography.GenerateVerifyMAC:
		return append(common, kmsapi.GrantOperationGenerateMac, kmsapi.GrantOperationVerifyMac)
	case cryptography.KeyAgreement:
		return append(common, kmsapi.GrantOperationDeriveSharedSecret)
	}
	common = append(common,
		kmsapi.GrantOperationEncrypt, kmsapi.GrantOperationDecrypt,
		kmsapi.GrantOperationReEncryptFrom, kmsapi.GrantOperationReEncryptTo)
	if k.symmetric() {
		common = append(common,
			kmsapi.GrantOperationGenerateDataKey, kmsapi.GrantOperationGenerateDataKeyWithoutPlaintext,
			kmsapi.GrantOperationGenerateDataKeyPair, kmsapi.GrantOperationGenerateDataKeyPairWithoutPlaintext)
	}
	return common
}
