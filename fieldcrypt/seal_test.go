package fieldcrypt_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/fortlettest"
)

// An RSA key takes a second to generate: tests share one.
var localKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const kmsRSA2048 = types.KeySpecRsa2048

// kmsKey is an RSA key of a cloud.
type kmsKey struct {
	arn    string
	public *rsa.PublicKey
}

func newKMSKey(t testing.TB, cloud *fortlettest.Cloud, spec types.KeySpec) kmsKey {
	t.Helper()
	client := kms.NewFromConfig(cloud.Config())
	created, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: types.KeyUsageTypeEncryptDecrypt})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: created.KeyMetadata.Arn})
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return kmsKey{*created.KeyMetadata.Arn, public.(*rsa.PublicKey)}
}

// found is the one marker that a text must be.
func found(t *testing.T, text []byte, markers ...fieldcrypt.Marker) *fieldcrypt.Sealed {
	t.Helper()
	s, start, end := newFinder(t, markers...).Find(text)
	if s == nil || start != 0 || end != len(text) {
		t.Fatalf("%.100q is no marker", text)
	}
	return s
}

// TestRSALengths: 190 bytes are the limit of a 2048-bit key and OAEP with
// SHA-256, "Supported padding for RSA" in the AWS KMS Developer Guide, "Asymmetric
// key specs": 190, 318 and 446 bytes.
func TestRSALengths(t *testing.T) {
	opener := fieldcrypt.NewRSAOpener(localKey())
	sealer, err := fieldcrypt.NewRSASealer(ssn, &localKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 11, 189, 190} {
		value := bytes.Repeat([]byte{'x'}, n)
		marker, err := sealer.Seal(t.Context(), nil, value, fieldcrypt.JSON)
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		s := found(t, marker)
		if s.String() != "ssn.2" || s.Encoding != fieldcrypt.JSON || len(s.Ciphertext) != 256 {
			t.Errorf("%d bytes: %s %s, %d bytes of ciphertext", n, s, s.Encoding, len(s.Ciphertext))
		}
		if got, err := opener.Open(t.Context(), s); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%d bytes: %q, %v", n, got, err)
		}
	}
	dst, err := sealer.Seal(t.Context(), []byte("before"), bytes.Repeat([]byte{'x'}, 191), fieldcrypt.Plain)
	if !errors.Is(err, fieldcrypt.ErrTooLong) || !strings.Contains(err.Error(), "at most 190") || !strings.Contains(err.Error(), "envelope") {
		t.Errorf("191 bytes: %v", err)
	}
	if string(dst) != "before" {
		t.Errorf("191 bytes: %.50q was appended", dst)
	}
}

func TestRSASealerRefuses(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fieldcrypt.NewRSASealer(ssn, &small.PublicKey); err == nil {
		t.Error("a key of 1024 bits was taken")
	}
	if _, err := fieldcrypt.NewRSASealer(fieldcrypt.Marker{Key: "SSN", Version: 1}, &localKey().PublicKey); !errors.Is(err, fieldcrypt.ErrMarker) {
		t.Errorf("bad marker: %v", err)
	}
	literal, err := fieldcrypt.NewRSASealer(article, &localKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := literal.Seal(t.Context(), nil, []byte("42"), fieldcrypt.JSON); !errors.Is(err, fieldcrypt.ErrEncoding) || out != nil {
		t.Errorf("a number in a literal marker: %q, %v", out, err)
	}
	grammar, err := fieldcrypt.NewRSASealer(ssn, &localKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if !fieldcrypt.PlainOnly(literal) || fieldcrypt.PlainOnly(grammar) {
		t.Error("PlainOnly is wrong")
	}
}

// TestRSAOpenerRefuses: every change of the ciphertext gives the same error.
func TestRSAOpenerRefuses(t *testing.T) {
	sealer, err := fieldcrypt.NewRSASealer(ssn, &localKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	marker, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	good := found(t, marker).Ciphertext
	flipped := bytes.Clone(good)
	flipped[100] ^= 1
	opener := fieldcrypt.NewRSAOpener(localKey())
	for name, bad := range map[string][]byte{
		"empty": {}, "short": good[1:], "long": append(bytes.Clone(good), 0), "flipped": flipped,
		"zeros": make([]byte, 256), "not below the modulus": bytes.Repeat([]byte{0xff}, 256),
	} {
		_, err := opener.Open(t.Context(), &fieldcrypt.Sealed{Key: "ssn", Version: 2, Ciphertext: bad})
		if !errors.Is(err, fieldcrypt.ErrInvalid) || err.Error() != "ssn.2: ciphertext not valid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestKMSOpenerSendsCiphertextsOnly: KMS is not asked about what is no RSA
// ciphertext, and its answer is taken for the key that was asked for alone.
func TestKMSOpenerSendsCiphertextsOnly(t *testing.T) {
	kms := &otherKMS{}
	opener := fieldcrypt.NewKMSOpener(kms, "arn:aws:kms:us-east-1:111122223333:key/1")
	for _, n := range []int{0, 1, 255, 257, 1024, 700_000} {
		_, err := opener.Open(t.Context(), &fieldcrypt.Sealed{Key: "ssn", Version: 2, Ciphertext: make([]byte, n)})
		if !errors.Is(err, fieldcrypt.ErrInvalid) || kms.calls > 0 {
			t.Errorf("%d bytes: %v, %d calls", n, err, kms.calls)
		}
	}
	got, err := opener.Open(t.Context(), &fieldcrypt.Sealed{Key: "ssn", Version: 2, Ciphertext: make([]byte, 256)})
	if !errors.Is(err, fieldcrypt.ErrInvalid) || got != nil || kms.calls != 1 {
		t.Errorf("answer of another key: %q, %v, %d calls", got, err, kms.calls)
	}
}

// otherKMS answers with another key than the one it was asked for.
type otherKMS struct{ calls int }

func (k *otherKMS) Decrypt(context.Context, *kms.DecryptInput, ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	k.calls++
	return &kms.DecryptOutput{KeyId: new("arn:aws:kms:us-east-1:111122223333:key/2"), Plaintext: []byte("secret")}, nil
}

// TestKMSOpens: KMS opens the rsa cipher of every key spec, for whom the key's
// policy allows, and tells from the rest why not.
func TestKMSOpens(t *testing.T) {
	cloud := fortlettest.New(t)
	root := kms.NewFromConfig(cloud.Config())
	for spec, longest := range map[types.KeySpec]int{types.KeySpecRsa2048: 190, types.KeySpecRsa3072: 318, types.KeySpecRsa4096: 446} {
		key := newKMSKey(t, cloud, spec)
		sealer, err := fieldcrypt.NewRSASealer(ssn, key.public)
		if err != nil {
			t.Fatal(err)
		}
		value := bytes.Repeat([]byte("é"), longest/2)
		marker, err := sealer.Seal(t.Context(), nil, value, fieldcrypt.Plain)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sealer.Seal(t.Context(), nil, make([]byte, longest+1), fieldcrypt.Plain); !errors.Is(err, fieldcrypt.ErrTooLong) {
			t.Errorf("%s: %d bytes: %v", spec, longest+1, err)
		}
		s := found(t, marker)
		if got, err := fieldcrypt.NewKMSOpener(root, key.arn).Open(t.Context(), s); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%s: %q, %v", spec, got, err)
		}
	}
}

func TestKMSOpenerTellsWhy(t *testing.T) {
	cloud := fortlettest.New(t)
	root := kms.NewFromConfig(cloud.Config())
	key, other := newKMSKey(t, cloud, kmsRSA2048), newKMSKey(t, cloud, kmsRSA2048)
	sealer, err := fieldcrypt.NewRSASealer(ssn, key.public)
	if err != nil {
		t.Fatal(err)
	}
	marker, err := sealer.Seal(t.Context(), nil, []byte("123-45-6789"), fieldcrypt.Plain)
	if err != nil {
		t.Fatal(err)
	}
	s := found(t, marker)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	disabled := newKMSKey(t, cloud, kmsRSA2048)
	if _, err := root.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &disabled.arn}); err != nil {
		t.Fatal(err)
	}
	noSuchKey := key.arn[:strings.LastIndexByte(key.arn, '/')] + "/00000000-0000-4000-8000-000000000000"
	down := kms.NewFromConfig(cloud.Config(), func(o *kms.Options) { o.BaseEndpoint = new("http://127.0.0.1:1") })
	for name, c := range map[string]struct {
		ctx    context.Context
		opener fieldcrypt.Opener
		want   error
		code   string
	}{
		"denied":         {t.Context(), fieldcrypt.NewKMSOpener(kms.NewFromConfig(cloud.User("intern")), key.arn), fieldcrypt.ErrDenied, "AccessDeniedException"},
		"another key":    {t.Context(), fieldcrypt.NewKMSOpener(root, other.arn), fieldcrypt.ErrInvalid, "InvalidCiphertextException"},
		"a disabled key": {t.Context(), fieldcrypt.NewKMSOpener(root, disabled.arn), fieldcrypt.ErrUnavailable, "DisabledException"},
		"no such key":    {t.Context(), fieldcrypt.NewKMSOpener(root, noSuchKey), fieldcrypt.ErrUnavailable, "NotFoundException"},
		"no KMS":         {t.Context(), fieldcrypt.NewKMSOpener(down, key.arn), fieldcrypt.ErrUnavailable, ""},
		"canceled":       {canceled, fieldcrypt.NewKMSOpener(root, key.arn), fieldcrypt.ErrUnavailable, ""},
		"unknown key":    {t.Context(), fieldcrypt.Openers{"ssn.1": fieldcrypt.NewKMSOpener(root, key.arn)}, fieldcrypt.ErrUnknownKey, ""},
	} {
		got, err := c.opener.Open(c.ctx, s)
		var open *fieldcrypt.OpenError
		if got != nil || !errors.Is(err, c.want) || !errors.As(err, &open) || open.Reason != c.want || open.Marker != "ssn.2" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		var api smithy.APIError
		if c.code != "" && (!errors.As(err, &api) || api.ErrorCode() != c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}
