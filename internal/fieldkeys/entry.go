package fieldkeys

import (
	"context"
	"crypto/rsa"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
	"github.com/fortlet/fortlet/fieldcrypt"
)

// entry is one version of one key.
type entry struct {
	key     Key
	client  KMS // nil: KMS is not asked
	current atomic.Pointer[loaded]

	mu     sync.Mutex // guards what follows
	at     time.Time  // of the last load that succeeded
	failed error      // what the last load came to
}

// loaded is a public half and what seals with it.
type loaded struct {
	public *rsa.PublicKey
	sealer fieldcrypt.Sealer
}

// load loads the public half. Where that fails the last one stays.
func (e *entry) load(ctx context.Context, dir string, now func() time.Time) error {
	err := e.replace(ctx, dir)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed = err; err == nil {
		e.at = now()
	}
	return err
}

func (e *entry) replace(ctx context.Context, dir string) error {
	public, err := e.fetch(ctx, dir)
	if err != nil {
		return err
	}
	// The same key again keeps its sealer, and that its data key.
	if old := e.current.Load(); old != nil && old.public.Equal(public) {
		return nil
	}
	sealer, err := e.newSealer(public)
	if err != nil {
		return err
	}
	e.current.Store(&loaded{public, sealer})
	return nil
}

func (e *entry) fetch(ctx context.Context, dir string) (*rsa.PublicKey, error) {
	if e.key.PEM != "" {
		return readPEM(dir, e.key.PEM)
	}
	return fetchPublic(ctx, e.client, e.key.KMS)
}

func (e *entry) newSealer(public *rsa.PublicKey) (fieldcrypt.Sealer, error) {
	if e.key.Cipher == RSA {
		return fieldcrypt.NewRSASealer(e.key.Marker(), public)
	}
	manager, err := e.manager(public, esdk.NewCache(sealEntries))
	if err != nil {
		return nil, err
	}
	return fieldcrypt.NewEnvelopeSealer(e.key.Marker(), manager)
}

// sealEntries is how many data keys one key seals with: one for each encoding.
const sealEntries = 4

// opener opens with KMS, in the caller's name; nil for a key without KMS.
func (e *entry) opener(cache *esdk.Cache) (fieldcrypt.Opener, error) {
	if e.client == nil {
		return nil, nil
	}
	if e.key.Cipher == RSA {
		return fieldcrypt.NewKMSOpener(e.client, e.key.KMS), nil
	}
	manager, err := e.manager(nil, cache)
	if err != nil {
		return nil, err
	}
	return fieldcrypt.NewEnvelopeOpener(manager), nil
}

// manager gives data keys that are wrapped with the public half, and unwrapped
// by KMS, each for as long as the limits of reuse allow.
func (e *entry) manager(public *rsa.PublicKey, cache *esdk.Cache) (esdk.Manager, error) {
	keyring, err := awskms.NewRSAKeyring(e.client, awskms.RSAKey{ARN: e.key.KMS, Public: public})
	if err != nil {
		return nil, err
	}
	return esdk.NewCachingManager(esdk.NewManager(keyring), cache, esdk.CachingOptions{
		MaxAge: e.key.Reuse.Age, MaxMessages: uint64(e.key.Reuse.Messages), MaxBytes: int64(e.key.Reuse.Bytes),
	})
}

// status tells of the last load.
func (e *entry) status() Status {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Status{Key: e.key.Marker().String(), Loaded: e.at, Err: e.failed}
}

// following is a Sealer that seals with what was loaded last.
type following struct{ *entry }

// Seal implements fieldcrypt.Sealer.
func (f following) Seal(ctx context.Context, dst, plaintext []byte, e fieldcrypt.Encoding) ([]byte, error) {
	return f.current.Load().sealer.Seal(ctx, dst, plaintext, e)
}

// PlainOnly says whether the markers can name no encoding.
func (f following) PlainOnly() bool { return f.key.Marker().Literal() }
