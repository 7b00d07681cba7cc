package encryption

import (
	"context"
	"crypto/rand"
	"slices"

	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
)

// The purposes of what the keyring seals here.
const (
	purpose     = "s3"
	dssePurpose = "s3-dsse"
)

// Seal makes the keys of a new object: those to encrypt it with, and what is to
// be kept of them. KMS is asked in the name of the caller of ctx.
func (k *Keys) Seal(ctx context.Context, b Bucket, key string, how Resolved) (Sealed, []blob.Key, error) {
	switch how.Algorithm {
	case "":
		if b.blocksCustomerKeys() {
			return Sealed{}, nil, errBlocked(cloud.From(ctx), b, key)
		}
		s, keys := how.customer.seal(binding(b, key))
		return s, keys, nil
	case s3api.ServerSideEncryptionAes256:
		fresh, sealed := k.sealKey(purpose, b, key)
		return Sealed{Algorithm: how.Algorithm, Key: sealed}, []blob.Key{fresh}, nil
	}
	s, dataKey, err := k.generate(ctx, b, key, how)
	if err != nil {
		return Sealed{}, nil, err
	}
	keys := []blob.Key{dataKey}
	if how.Algorithm == s3api.ServerSideEncryptionAwsKmsDsse {
		var outer blob.Key
		outer, s.Key = k.sealKey(dssePurpose, b, key)
		keys = append(keys, outer)
	}
	return s, keys, nil
}

// sealKey makes a key that the keyring seals.
func (k *Keys) sealKey(purpose string, b Bucket, key string) (fresh blob.Key, sealed []byte) {
	rand.Read(fresh[:])
	return fresh, k.cloud.Keyring.Seal(purpose, fresh[:], binding(b, key))
}

// binding is what the keys of an object are bound to.
func binding(b Bucket, key string) []byte {
	bound := make([]byte, 0, len(b.ID)+1+len(key))
	bound = append(bound, b.ID...)
	bound = append(bound, 0)
	return append(bound, key...)
}

func (b *Bucket) blocksCustomerKeys() bool {
	return b.Default != nil && b.Default.BlockedEncryptionTypes != nil &&
		slices.Contains(b.Default.BlockedEncryptionTypes.EncryptionType, s3api.EncryptionTypeSseC)
}
