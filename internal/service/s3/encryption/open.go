package encryption

import (
	"context"
	"fmt"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/blob"
)

// Open gives the keys of an object back, to read it. KMS is asked in the name of
// the caller of ctx, each time.
func (k *Keys) Open(ctx context.Context, b Bucket, key string, s Sealed, c *CustomerKey) ([]blob.Key, error) {
	keys, err := s.customerKeys(b, key, c)
	if err != nil || keys != nil {
		return keys, err
	}
	return k.open(ctx, b, key, &s)
}

// Check is Open for requests that do not read the content, as HeadObject: they
// too have to bring the customer's key of an object that has one, and must not
// bring any where it has none.
func (k *Keys) Check(b Bucket, key string, s Sealed, c *CustomerKey) error {
	_, err := s.customerKeys(b, key, c)
	return err
}

// OpenUpload gives the keys of a multipart upload, which each of its parts is
// encrypted with. It is Open in the words of UploadPart.
func (k *Keys) OpenUpload(ctx context.Context, b Bucket, key string, s Sealed, c *CustomerKey) ([]blob.Key, error) {
	switch {
	case s.byCustomer() != (c != nil):
		return nil, api.Errorf("InvalidRequest", 400, "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.")
	case c == nil:
		return k.open(ctx, b, key, &s)
	case b.blocksCustomerKeys():
		return nil, errBlocked(cloud.From(ctx), b, key)
	}
	parsed, err := c.parse()
	if err != nil {
		return nil, err
	}
	if len(parsed.key) != customerKeySize {
		return nil, errCustomerKey()
	}
	keys, ok := parsed.open(&s, binding(b, key))
	if !ok {
		return nil, api.Errorf("InvalidRequest", 400, "The provided encryption parameters did not match the ones used originally.")
	}
	return keys, nil
}

// customerKeys gives the keys of an object under a customer's key, nil for any
// other.
func (s *Sealed) customerKeys(b Bucket, key string, c *CustomerKey) ([]blob.Key, error) {
	switch {
	case !s.byCustomer() && c == nil:
		return nil, nil
	case !s.byCustomer():
		if c.Algorithm != "" && c.Algorithm != customerAlgorithm {
			return nil, errCustomerAlgorithm(c.Algorithm)
		}
		return nil, errNotApplicable()
	case c == nil:
		return nil, errCustomerNeeded()
	}
	parsed, err := c.parse()
	if err != nil {
		return nil, err
	}
	keys, ok := parsed.open(s, binding(b, key))
	if !ok {
		return nil, errWrongCustomerKey()
	}
	return keys, nil
}

// open gives the keys that need nothing of the request.
func (k *Keys) open(ctx context.Context, b Bucket, key string, s *Sealed) ([]blob.Key, error) {
	switch s.Algorithm {
	case s3api.ServerSideEncryptionAes256:
		own, err := k.openKey(purpose, b, key, s)
		if err != nil {
			return nil, err
		}
		return []blob.Key{own}, nil
	case s3api.ServerSideEncryptionAwsKms, s3api.ServerSideEncryptionAwsKmsDsse:
		return k.openKMS(ctx, b, key, s)
	}
	return nil, fmt.Errorf("object %s/%s: no encryption known here: %q", b.arn(), key, s.Algorithm)
}

func (k *Keys) openKMS(ctx context.Context, b Bucket, key string, s *Sealed) ([]blob.Key, error) {
	dataKey, err := k.decrypt(ctx, b, key, s)
	if err != nil {
		return nil, err
	}
	keys := []blob.Key{dataKey}
	if s.Algorithm == s3api.ServerSideEncryptionAwsKmsDsse {
		outer, err := k.openKey(dssePurpose, b, key, s)
		if err != nil {
			return nil, err
		}
		keys = append(keys, outer)
	}
	return keys, nil
}

// openKey opens a key that the keyring has sealed.
func (k *Keys) openKey(purpose string, b Bucket, key string, s *Sealed) (own blob.Key, err error) {
	plain, err := k.cloud.Keyring.Open(purpose, s.Key, binding(b, key))
	if err == nil && len(plain) != len(own) {
		err = fmt.Errorf("%d bytes", len(plain))
	}
	if err != nil {
		return own, fmt.Errorf("key of object %s/%s: %w", b.arn(), key, err)
	}
	copy(own[:], plain)
	clear(plain)
	return own, nil
}
