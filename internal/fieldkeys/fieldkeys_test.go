package fieldkeys_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/fieldkeys"
	"golang.org/x/sync/errgroup"
)

// newKey makes a key in KMS and gives its ARN.
func newKey(t *testing.T, cloud *fortlettest.Cloud, spec types.KeySpec, usage types.KeyUsageType) string {
	t.Helper()
	out, err := kms.NewFromConfig(cloud.Config()).CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage})
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

func newRSAKey(t *testing.T, cloud *fortlettest.Cloud) string {
	return newKey(t, cloud, types.KeySpecRsa2048, types.KeyUsageTypeEncryptDecrypt)
}

// writePublic writes a public key as KMS and OpenSSL do.
func writePublic(t *testing.T, file string, key *rsa.PublicKey) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func newSet(t *testing.T, o fieldkeys.Options, keys ...fieldkeys.Key) *fieldkeys.Set {
	t.Helper()
	set, err := fieldkeys.New(keys, o)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func seal(t *testing.T, s *fieldkeys.Set, name, value string) *fieldcrypt.Sealed {
	t.Helper()
	sealer, err := s.Sealer(name)
	if err != nil {
		t.Fatal(err)
	}
	marker, err := sealer.Seal(t.Context(), nil, []byte(value), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	sealed, start, end := s.Finder().Find(marker)
	if sealed == nil || start != 0 || end != len(marker) {
		t.Fatalf("%s is not found", marker)
	}
	return sealed
}

// TestSealAndOpen: every cipher and kind of marker, with the public halves from
// KMS, and keys that rotate: the highest version seals, all versions open.
func TestSealAndOpen(t *testing.T) {
	cloud := fortlettest.New(t)
	ssn1, ssn2, email, pii := newRSAKey(t, cloud), newRSAKey(t, cloud), newRSAKey(t, cloud), newRSAKey(t, cloud)
	set := newSet(t, fieldkeys.Options{AWS: cloud.Config()},
		fieldkeys.Key{Name: "ssn", Version: 2, KMS: ssn2},
		fieldkeys.Key{Name: "ssn", Version: 1, KMS: ssn1, Cipher: fieldkeys.Envelope},
		fieldkeys.Key{Name: "email", KMS: email, Cipher: fieldkeys.Envelope},
		fieldkeys.Key{Name: "pii", KMS: pii, Prefix: "#01#", Suffix: "#10#"},
	)
	names := map[string]string{"ssn": "ssn.2", "ssn.1": "ssn.1", "ssn.2": "ssn.2", "email": "email.1", "pii": "pii.1"}
	if _, err := set.Sealer("ssn"); err == nil {
		t.Error("sealing goes before loading")
	}
	for name := range names {
		if err := set.Load(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range names {
		sealed := seal(t, set, name, "value of "+name)
		if sealed.String() != want {
			t.Errorf("%s sealed with %s", name, sealed)
		}
		if got, err := set.Opener().Open(t.Context(), sealed); err != nil || string(got) != "value of "+name {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if sealer, err := set.Sealer("pii"); err != nil || !fieldcrypt.PlainOnly(sealer) {
		t.Error("the literal marker is not told of")
	}
	if sealer, err := set.Sealer("ssn"); err != nil || fieldcrypt.PlainOnly(sealer) {
		t.Error("a marker of the grammar passes for a literal one")
	}
	for _, name := range []string{"tel", "ssn.3", "", "SSN"} {
		if _, err := set.Sealer(name); !errors.Is(err, fieldkeys.ErrNoKey) {
			t.Errorf("key %q: %v", name, err)
		}
		if err := set.Load(t.Context(), name); !errors.Is(err, fieldkeys.ErrNoKey) {
			t.Errorf("load %q: %v", name, err)
		}
	}
}

// TestOpeningNeedsNoPublicKey: who may decrypt and nothing else can open.
func TestOpeningNeedsNoPublicKey(t *testing.T) {
	cloud := fortlettest.New(t)
	for _, cipher := range []fieldkeys.Cipher{fieldkeys.RSA, fieldkeys.Envelope} {
		key := fieldkeys.Key{Name: "email", KMS: newRSAKey(t, cloud), Cipher: cipher}
		all := newSet(t, fieldkeys.Options{AWS: cloud.Config()}, key)
		if err := all.Load(t.Context(), "email"); err != nil {
			t.Fatal(err)
		}
		sealed := seal(t, all, "email", "a@example.com")
		analyst := newSet(t, fieldkeys.Options{AWS: cloud.User("analyst-"+string(cipher), `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}}`)}, key)
		if got, err := analyst.Opener().Open(t.Context(), sealed); err != nil || string(got) != "a@example.com" {
			t.Errorf("%s: %q, %v", cipher, got, err)
		}
		err := analyst.Load(t.Context(), "email")
		var problem *fieldkeys.KeyError
		if !errors.As(err, &problem) || problem.Key != "email" || !strings.Contains(err.Error(), "AccessDeniedException") {
			t.Errorf("load: %v", err)
		}
		intern := newSet(t, fieldkeys.Options{AWS: cloud.User("intern-" + string(cipher))}, key)
		if got, err := intern.Opener().Open(t.Context(), sealed); !errors.Is(err, fieldcrypt.ErrDenied) || got != nil {
			t.Errorf("%s: intern: %q, %v", cipher, got, err)
		}
	}
}

// TestLoadKeepsTheLastGood: while KMS is away sealing goes on, and the status
// tells.
func TestLoadKeepsTheLastGood(t *testing.T) {
	cloud := fortlettest.New(t)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	away := &awayKMS{KMS: kms.NewFromConfig(cloud.Config())}
	set := newSet(t, fieldkeys.Options{
		Client: func(string, string) fieldkeys.KMS { return away },
		Now:    func() time.Time { return now },
	}, fieldkeys.Key{Name: "ssn", KMS: newRSAKey(t, cloud)}, fieldkeys.Key{Name: "unused", KMS: newRSAKey(t, cloud)})
	away.err = errAway
	if err := set.Load(t.Context(), "ssn"); !errors.Is(err, errAway) {
		t.Errorf("first load: %v", err)
	}
	if _, err := set.Sealer("ssn"); err == nil {
		t.Error("a sealer without a key")
	}
	away.err = nil
	if err := set.Load(t.Context(), "ssn"); err != nil {
		t.Fatal(err)
	}
	sealer, err := set.Sealer("ssn")
	if err != nil {
		t.Fatal(err)
	}
	loaded := now
	now = now.Add(time.Hour)
	away.err = errAway
	if err := set.Load(t.Context(), "ssn"); !errors.Is(err, errAway) {
		t.Errorf("second load: %v", err)
	}
	if _, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain); err != nil {
		t.Errorf("while KMS is away: %v", err)
	}
	status := set.Status()
	if len(status) != 1 || status[0].Key != "ssn.1" || !status[0].Loaded.Equal(loaded) || !errors.Is(status[0].Err, errAway) {
		t.Errorf("status: %+v", status)
	}
	away.err = nil
	if err := set.Load(t.Context(), "ssn"); err != nil || set.Status()[0].Err != nil || !set.Status()[0].Loaded.Equal(now) {
		t.Errorf("when it is back: %v, %+v", err, set.Status())
	}
}

var errAway = errors.New("KMS is away")

type awayKMS struct {
	fieldkeys.KMS
	err error
}

func (a *awayKMS) GetPublicKey(ctx context.Context, in *kms.GetPublicKeyInput, o ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error) {
	if a.err != nil {
		return nil, a.err
	}
	return a.KMS.GetPublicKey(ctx, in, o...)
}

// TestPEMNeedsNoKMS: with the public half in a file sealing never asks anybody,
// and a new file is taken at the next load.
func TestPEMNeedsNoKMS(t *testing.T) {
	dir := t.TempDir()
	first, second := generate(t), generate(t)
	writePublic(t, filepath.Join(dir, "ssn.pem"), &first.PublicKey)
	nobody := func(string, string) fieldkeys.KMS { return nil }
	const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	set := newSet(t, fieldkeys.Options{Dir: dir, Client: nobody},
		fieldkeys.Key{Name: "ssn", PEM: "ssn.pem"}, fieldkeys.Key{Name: "email", PEM: "ssn.pem", KMS: arn, Cipher: fieldkeys.Envelope})
	if err := set.Load(t.Context(), "ssn", "email"); err != nil {
		t.Fatal(err)
	}
	sealer, err := set.Sealer("ssn")
	if err != nil {
		t.Fatal(err)
	}
	seal(t, set, "email", strings.Repeat("x", 1000))
	sealed := seal(t, set, "ssn", "123-45-6789")
	if got, err := fieldcrypt.NewRSAOpener(first).Open(t.Context(), sealed); err != nil || string(got) != "123-45-6789" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := set.Opener().Open(t.Context(), sealed); !errors.Is(err, fieldcrypt.ErrUnknownKey) {
		t.Errorf("open without KMS: %v", err)
	}
	writePublic(t, filepath.Join(dir, "ssn.pem"), &second.PublicKey)
	if err := set.Load(t.Context(), "ssn"); err != nil {
		t.Fatal(err)
	}
	marker, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	sealed, _, _ = set.Finder().Find(marker)
	if _, err := fieldcrypt.NewRSAOpener(second).Open(t.Context(), sealed); err != nil {
		t.Errorf("after the new file: %v", err)
	}
	// A broken file changes nothing.
	if err := os.WriteFile(filepath.Join(dir, "ssn.pem"), []byte("half a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := set.Load(t.Context(), "ssn"); err == nil {
		t.Error("a broken file was taken")
	}
	if _, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain); err != nil {
		t.Errorf("after the broken file: %v", err)
	}
}

// TestLoadWhileSealing: keys change under the hands of those who seal.
func TestLoadWhileSealing(t *testing.T) {
	dir := t.TempDir()
	first, second := generate(t), generate(t)
	file := filepath.Join(dir, "ssn.pem")
	writePublic(t, file, &first.PublicKey)
	set := newSet(t, fieldkeys.Options{Dir: dir}, fieldkeys.Key{Name: "ssn", PEM: "ssn.pem"})
	if err := set.Load(t.Context(), "ssn"); err != nil {
		t.Fatal(err)
	}
	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			sealer, err := set.Sealer("ssn")
			if err != nil {
				return err
			}
			for range 50 {
				marker, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
				if err != nil {
					return err
				}
				sealed, _, _ := set.Finder().Find(marker)
				_, err1 := fieldcrypt.NewRSAOpener(first).Open(t.Context(), sealed)
				_, err2 := fieldcrypt.NewRSAOpener(second).Open(t.Context(), sealed)
				if (err1 == nil) == (err2 == nil) {
					return fmt.Errorf("%w, %w", err1, err2)
				}
			}
			return nil
		})
	}
	for i := range 20 {
		writePublic(t, file, &[]*rsa.PrivateKey{second, first}[i%2].PublicKey)
		if err := set.Load(t.Context(), "ssn"); err != nil {
			t.Error(err)
		}
		_ = set.Status()
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func generate(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestLoadRefuses: what KMS or a file has must be the public half of an RSA key
// for encryption.
func TestLoadRefuses(t *testing.T) {
	cloud := fortlettest.New(t)
	dir := t.TempDir()
	private := generate(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	good := block("PUBLIC KEY", spki)
	files := map[string][]byte{
		"private.pem": block("PRIVATE KEY", pkcs8), "rsa-private.pem": block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private)),
		"two.pem": bytes.Repeat(good, 2), "empty.pem": nil, "garbage.pem": block("PUBLIC KEY", []byte("garbage")),
		"small.pem": block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&small.PublicKey)), "other.pem": block("CERTIFICATE", spki),
		"public.pem": good, "pkcs1.pem": block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&private.PublicKey)),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	disabled := newRSAKey(t, cloud)
	if _, err := kms.NewFromConfig(cloud.Config()).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &disabled}); err != nil {
		t.Fatal(err)
	}
	for want, key := range map[string]fieldkeys.Key{
		"it has a private key":      {PEM: "private.pem"},
		"it has a private key: ":    {PEM: "rsa-private.pem"},
		"several PEM blocks":        {PEM: "two.pem"},
		"no PEM block":              {PEM: "empty.pem"},
		"no public key in it":       {PEM: "garbage.pem"},
		"1024 bits":                 {PEM: "small.pem"},
		"it has a CERTIFICATE":      {PEM: "other.pem"},
		"no such file":              {PEM: "missing.pem"},
		"not an RSA key":            {KMS: newKey(t, cloud, types.KeySpecRsa2048, types.KeyUsageTypeSignVerify)},
		"it is a ECC_NIST_P256 key": {KMS: newKey(t, cloud, types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify)},
		"UnsupportedOperation":      {KMS: newKey(t, cloud, types.KeySpecSymmetricDefault, types.KeyUsageTypeEncryptDecrypt)},
		"DisabledException":         {KMS: disabled},
		"NotFoundException":         {KMS: disabled[:strings.LastIndexByte(disabled, '/')] + "/00000000-0000-4000-8000-000000000000"},
		"":                          {PEM: "public.pem"},
		" ":                         {PEM: "pkcs1.pem"},
	} {
		key.Name = "ssn"
		set := newSet(t, fieldkeys.Options{Dir: dir, AWS: cloud.Config()}, key)
		err := set.Load(t.Context(), "ssn")
		if good := strings.TrimSpace(want) == ""; good != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", key, err, want)
		}
		if _, sealerErr := set.Sealer("ssn"); (sealerErr == nil) != (err == nil) {
			t.Errorf("%+v: sealer: %v", key, sealerErr)
		}
	}
}

// TestRegionAndEndpoint: a key's KMS is in the Region of its ARN, at the
// endpoint that it names.
func TestRegionAndEndpoint(t *testing.T) {
	var asked []string
	key := func(name, region, endpoint string) fieldkeys.Key {
		return fieldkeys.Key{Name: name, KMS: "arn:aws:kms:" + region + ":111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", Endpoint: endpoint}
	}
	newSet(t, fieldkeys.Options{Client: func(region, endpoint string) fieldkeys.KMS {
		asked = append(asked, region+" "+endpoint)
		return &awayKMS{err: errAway}
	}}, key("a", "eu-west-1", ""), key("b", "us-east-1", ""), key("c", "eu-west-1", ""), key("d", "eu-west-1", "http://127.0.0.1:4570"))
	if got := strings.Join(asked, ","); got != "eu-west-1 ,us-east-1 ,eu-west-1 http://127.0.0.1:4570" {
		t.Errorf("clients: %s", got)
	}
}

// confused is a KMS that answers with a good public key, of another key.
type confused struct {
	fieldkeys.KMS
	answer *kms.GetPublicKeyOutput
}

func (c confused) GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error) {
	return c.answer, nil
}

// TestLoadComparesTheKey: what is sealed with another key's public half would
// open for others than the key's policy says.
func TestLoadComparesTheKey(t *testing.T) {
	der, err := x509.MarshalPKIXPublicKey(&generate(t).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	const ours = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	for _, id := range []*string{new(ours), new(ours + "0"), new("1234abcd-12ab-34cd-56ef-1234567890ab"), nil} {
		client := confused{answer: &kms.GetPublicKeyOutput{KeyId: id, PublicKey: der, KeyUsage: types.KeyUsageTypeEncryptDecrypt,
			EncryptionAlgorithms: []types.EncryptionAlgorithmSpec{types.EncryptionAlgorithmSpecRsaesOaepSha256}}}
		set := newSet(t, fieldkeys.Options{Client: func(string, string) fieldkeys.KMS { return client }}, fieldkeys.Key{Name: "ssn", KMS: ours})
		err := set.Load(t.Context(), "ssn")
		if good := id != nil && *id == ours; good != (err == nil) {
			t.Errorf("answer for %v: %v", id, err)
		}
	}
}
