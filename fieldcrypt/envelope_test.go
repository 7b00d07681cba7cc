package fieldcrypt_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fortlettest"
)

// recorder counts what a KMS is asked.
type recorder struct {
	awskms.Client
	mu    sync.Mutex
	calls int
}

func (r *recorder) Decrypt(ctx context.Context, in *kms.DecryptInput, o ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	r.mu.Lock()
	r.calls++
	r.mu.Unlock()
	return r.Client.Decrypt(ctx, in, o...)
}

func keyringManager(t testing.TB, client awskms.Client, key kmsKey) esdk.Manager {
	t.Helper()
	keyring, err := awskms.NewRSAKeyring(client, awskms.RSAKey{ARN: key.arn, Public: key.public})
	if err != nil {
		t.Fatal(err)
	}
	return esdk.NewManager(keyring)
}

func cachingManager(t testing.TB, m esdk.Manager, messages uint64) esdk.Manager {
	t.Helper()
	caching, err := esdk.NewCachingManager(m, esdk.NewCache(10), esdk.CachingOptions{MaxAge: time.Hour, MaxMessages: messages})
	if err != nil {
		t.Fatal(err)
	}
	return caching
}

func envelopeSealer(t testing.TB, m fieldcrypt.Marker, manager esdk.Manager) fieldcrypt.Sealer {
	t.Helper()
	sealer, err := fieldcrypt.NewEnvelopeSealer(m, manager)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// TestEnvelope: values of any length and encoding come back, and 30 of them
// cost as many calls of KMS as there were data keys.
func TestEnvelope(t *testing.T) {
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	client := &recorder{Client: kms.NewFromConfig(cloud.Config())}
	// The sealing side has the public key alone: it never asks.
	sealer := envelopeSealer(t, ssn, cachingManager(t, keyringManager(t, nil, key), 10))
	opener := fieldcrypt.NewEnvelopeOpener(cachingManager(t, keyringManager(t, client, key), 0))
	for i, n := range []int{0, 1, 11, 191, 4095, 4096, 4097, 100_000, 700_000} {
		for _, e := range []fieldcrypt.Encoding{fieldcrypt.Plain, fieldcrypt.JSON, fieldcrypt.XML, fieldcrypt.Form} {
			value := make([]byte, n)
			rand.Read(value)
			marker, err := sealer.Seal(t.Context(), nil, value, e)
			if err != nil {
				t.Fatalf("%d: %d bytes: %v", i, n, err)
			}
			s := found(t, marker)
			if s.Encoding != e {
				t.Errorf("%d bytes: encoding %q", n, s.Encoding)
			}
			if got, err := opener.Open(t.Context(), s); err != nil || !bytes.Equal(got, value) {
				t.Errorf("%d bytes: %d bytes, %v", n, len(got), err)
			}
		}
	}
	if client.calls != 4 {
		t.Errorf("%d calls of KMS for 36 values of 4 contexts under one data key each", client.calls)
	}
}

// TestEnvelopeReuseLimit: a data key seals as many values as the limit says.
func TestEnvelopeReuseLimit(t *testing.T) {
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	sealer := envelopeSealer(t, ssn, cachingManager(t, keyringManager(t, nil, key), 10))
	dataKeys := map[string]int{}
	for range 25 {
		marker, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
		if err != nil {
			t.Fatal(err)
		}
		dataKeys[dataKeyOf(t, found(t, marker).Ciphertext)]++
	}
	var counts []int
	for _, n := range dataKeys {
		counts = append(counts, n)
	}
	if len(dataKeys) != 3 {
		t.Errorf("data keys of 25 values, 10 each: %v", counts)
	}
}

// dataKeyOf is a message's encrypted data key.
func dataKeyOf(t *testing.T, message []byte) string {
	t.Helper()
	spy := &spyManager{}
	_, _, _ = esdk.Open(t.Context(), nil, spy, message, nil)
	if len(spy.keys) != 1 {
		t.Fatalf("%d encrypted data keys", len(spy.keys))
	}
	return string(spy.keys[0].Ciphertext)
}

type spyManager struct {
	esdk.Manager
	keys []esdk.EncryptedDataKey
}

func (s *spyManager) DecryptionMaterials(_ context.Context, r *esdk.DecryptionRequest) (*esdk.DecryptionMaterials, error) {
	s.keys = r.EncryptedDataKeys
	return nil, errors.New("not here")
}

// TestEnvelopeCannotBeRelabelled: a ciphertext opens under the marker that it
// was sealed with and no other: not as another key's, another version's, or as
// source where it was text.
func TestEnvelopeCannotBeRelabelled(t *testing.T) {
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	manager := keyringManager(t, kms.NewFromConfig(cloud.Config()), key)
	opener := fieldcrypt.NewEnvelopeOpener(manager)
	for _, e := range []fieldcrypt.Encoding{fieldcrypt.Plain, fieldcrypt.JSON} {
		marker, err := envelopeSealer(t, ssn, manager).Seal(t.Context(), nil, []byte("42"), e)
		if err != nil {
			t.Fatal(err)
		}
		good := found(t, marker)
		if _, err := opener.Open(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(s *fieldcrypt.Sealed){
			"key":     func(s *fieldcrypt.Sealed) { s.Key = "tel" },
			"version": func(s *fieldcrypt.Sealed) { s.Version = 1 },
			"to XML":  func(s *fieldcrypt.Sealed) { s.Encoding = fieldcrypt.XML },
			"JSON or plain": func(s *fieldcrypt.Sealed) {
				s.Encoding = map[fieldcrypt.Encoding]fieldcrypt.Encoding{"": "json", "json": ""}[e]
			},
		} {
			bad := *good
			change(&bad)
			if got, err := opener.Open(t.Context(), &bad); !errors.Is(err, fieldcrypt.ErrInvalid) || got != nil {
				t.Errorf("%s of %q changed: %q, %v", name, e, got, err)
			}
		}
	}
}

// TestEnvelopeRefusesOtherMessages: what opens is of the suite, the context and
// the one wrapping key that the sealer writes.
func TestEnvelopeRefusesOtherMessages(t *testing.T) {
	cloud := fortlettest.New(t)
	key, other := newKMSKey(t, cloud, kmsRSA2048), newKMSKey(t, cloud, kmsRSA2048)
	client := &recorder{Client: kms.NewFromConfig(cloud.Config())}
	manager, others := keyringManager(t, client, key), keyringManager(t, client, other)
	opener := fieldcrypt.NewEnvelopeOpener(manager)
	both := esdk.NewManager(esdk.NewMulti(must(awskms.NewRSAKeyring(client, awskms.RSAKey{ARN: key.arn, Public: key.public})),
		must(awskms.NewRSAKeyring(client, awskms.RSAKey{ARN: other.arn, Public: other.public}))))
	of := func(m esdk.Manager, o esdk.EncryptOptions) []byte {
		message, err := esdk.Seal(t.Context(), nil, m, []byte("42"), &o)
		if err != nil {
			t.Fatal(err)
		}
		return message
	}
	bound := esdk.Context{"fieldcrypt-key": "ssn.2"}
	good := of(manager, esdk.EncryptOptions{Suite: esdk.Committed, Context: bound})
	for name, c := range map[string]struct {
		message []byte
		want    error
	}{
		"as it is":          {good, nil},
		"no context":        {of(manager, esdk.EncryptOptions{Suite: esdk.Committed}), fieldcrypt.ErrInvalid},
		"more context":      {of(manager, esdk.EncryptOptions{Suite: esdk.Committed, Context: esdk.Context{"fieldcrypt-key": "ssn.2", "a": "b"}}), fieldcrypt.ErrInvalid},
		"no commitment":     {of(manager, esdk.EncryptOptions{Suite: esdk.AES256Derived, Commitment: esdk.ForbidEncryptAllowDecrypt, Context: bound}), fieldcrypt.ErrInvalid},
		"two data keys":     {of(both, esdk.EncryptOptions{Suite: esdk.Committed, Context: bound}), fieldcrypt.ErrInvalid},
		"another key's":     {of(others, esdk.EncryptOptions{Suite: esdk.Committed, Context: bound}), fieldcrypt.ErrUnknownKey},
		"cut off":           {good[:len(good)-1], fieldcrypt.ErrInvalid},
		"with more after":   {append(bytes.Clone(good), 0), fieldcrypt.ErrInvalid},
		"empty":             {nil, fieldcrypt.ErrInvalid},
		"an rsa ciphertext": {bytes.Repeat([]byte{2}, 256), fieldcrypt.ErrInvalid},
	} {
		client.calls = 0
		got, err := opener.Open(t.Context(), &fieldcrypt.Sealed{Key: "ssn", Version: 2, Ciphertext: c.message})
		if !errors.Is(err, c.want) || c.want != nil && got != nil {
			t.Errorf("%s: %q, %v, want %v", name, got, err, c.want)
		}
		if errors.Is(c.want, fieldcrypt.ErrUnknownKey) && client.calls > 0 {
			t.Errorf("%s: KMS was asked", name)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if got, err := opener.Open(t.Context(), &fieldcrypt.Sealed{Key: "ssn", Version: 2, Ciphertext: bad}); err == nil {
			t.Fatalf("byte %d changed: %q", i, got)
		}
	}
}

func TestEnvelopeDenied(t *testing.T) {
	cloud := fortlettest.New(t)
	key := newKMSKey(t, cloud, kmsRSA2048)
	marker, err := envelopeSealer(t, ssn, keyringManager(t, nil, key)).Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	allow := fmt.Sprintf(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":%q}}`, key.arn)
	for name, c := range map[string]struct {
		policies []string
		want     error
	}{"clerk": {[]string{allow}, nil}, "intern": {nil, fieldcrypt.ErrDenied}} {
		client := kms.NewFromConfig(cloud.User(name, c.policies...))
		opener := fieldcrypt.NewEnvelopeOpener(keyringManager(t, client, key))
		if got, err := opener.Open(t.Context(), found(t, marker)); !errors.Is(err, c.want) || (err == nil) != (string(got) == "123-45-6789") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestEnvelopeSealErrors: errors say which key and never the value.
func TestEnvelopeSealErrors(t *testing.T) {
	broken := envelopeSealer(t, ssn, brokenManager{})
	dst, err := broken.Seal(t.Context(), []byte("x"), []byte("123-45-6789"), fieldcrypt.Plain)
	if !errors.Is(err, fieldcrypt.ErrSeal) || !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "ssn.2") || strings.Contains(err.Error(), "6789") || string(dst) != "x" {
		t.Errorf("%q, %v", dst, err)
	}
	if _, err := broken.Seal(t.Context(), nil, make([]byte, fieldcrypt.MaxMarker+1), fieldcrypt.Plain); !errors.Is(err, fieldcrypt.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	literal := envelopeSealer(t, article, brokenManager{})
	if _, err := literal.Seal(t.Context(), nil, []byte("42"), fieldcrypt.JSON); !errors.Is(err, fieldcrypt.ErrEncoding) || !fieldcrypt.PlainOnly(literal) {
		t.Errorf("a number in a literal marker: %v", err)
	}
	if _, err := fieldcrypt.NewEnvelopeSealer(fieldcrypt.Marker{}, brokenManager{}); !errors.Is(err, fieldcrypt.ErrMarker) {
		t.Errorf("no marker: %v", err)
	}
}

var errBroken = errors.New("broken")

type brokenManager struct{ esdk.Manager }

func (brokenManager) EncryptionMaterials(context.Context, *esdk.EncryptionRequest) (*esdk.EncryptionMaterials, error) {
	return nil, errBroken
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
