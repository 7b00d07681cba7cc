package awskms_test

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

// Keys of the fake. The multi-Region key has a replica in every Region.
const (
	keyA     = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	keyB     = "arn:aws:kms:eu-west-1:111122223333:key/4321abcd-12ab-34cd-56ef-1234567890ab"
	aliasA   = "arn:aws:kms:us-west-2:111122223333:alias/test-key"
	mrkWest  = "arn:aws:kms:us-west-2:111122223333:key/mrk-4321abcd12ab34cd56ef1234567890ab"
	mrkEU    = "arn:aws:kms:eu-west-1:111122223333:key/mrk-4321abcd12ab34cd56ef1234567890ab"
	attacker = "arn:aws:kms:us-west-2:444455556666:key/ffffabcd-12ab-34cd-56ef-1234567890ab"
)

// A fake is AWS KMS as seen from all Regions: it opens what it sealed, and
// records what it was asked.
type fake struct {
	mu    sync.Mutex
	calls []call
	blobs map[string]blob
	// change, if set, changes an answer to decrypt before it is given.
	change func(*kms.DecryptOutput)
	// changeNew does so with an answer to generate or encrypt.
	changeNew func(keyID **string, plaintext, ciphertext *[]byte)
}

type call struct {
	operation, region, key string
	context                map[string]string
	tokens                 []string
}

type blob struct {
	key       string // resource of the ARN
	plaintext string
	context   map[string]string
}

var errRefused = &types.IncorrectKeyException{}

func newFake() *fake { return &fake{blobs: make(map[string]blob)} }

// clients is the awskms.Clients of the fake.
func (f *fake) clients(region string) (awskms.Client, error) { return regional{f, region}, nil }

// took gives the calls and forgets them.
func (f *fake) took() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

// expect compares the calls, each "operation Region key", with those recorded.
func (f *fake) expect(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, c := range f.took() {
		got = append(got, c.operation+" "+c.region+" "+c.key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

type regional struct {
	*fake
	region string
}

func (f regional) record(operation string, key *string, c map[string]string, tokens []string) {
	f.calls = append(f.calls, call{operation, f.region, *key, maps.Clone(c), tokens})
}

// resolve finds the key that an identifier means in the Region.
func (f regional) resolve(id *string) (string, error) {
	switch *id {
	case "alias/test-key", aliasA, "1234abcd-12ab-34cd-56ef-1234567890ab":
		return keyA, nil
	}
	if !strings.HasPrefix(*id, "arn:") || f.region != "" && !strings.Contains(*id, ":"+f.region+":") {
		return "", &types.NotFoundException{}
	}
	return *id, nil
}

func resource(key string) string { return key[strings.LastIndex(key, ":")+1:] }

func (f regional) seal(key string, plaintext []byte, c map[string]string) []byte {
	name := rand.Text()
	f.blobs[name] = blob{resource(key), string(plaintext), maps.Clone(c)}
	return []byte(name)
}

func (f regional) GenerateDataKey(ctx context.Context, in *kms.GenerateDataKeyInput, _ ...func(*kms.Options)) (*kms.GenerateDataKeyOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.record("GenerateDataKey", in.KeyId, in.EncryptionContext, in.GrantTokens)
	key, err := f.resolve(in.KeyId)
	if err != nil {
		return nil, err
	}
	plaintext := make([]byte, *in.NumberOfBytes)
	rand.Read(plaintext)
	out := &kms.GenerateDataKeyOutput{KeyId: &key, Plaintext: plaintext, CiphertextBlob: f.seal(key, plaintext, in.EncryptionContext)}
	if f.changeNew != nil {
		f.changeNew(&out.KeyId, &out.Plaintext, &out.CiphertextBlob)
	}
	return out, ctx.Err()
}

func (f regional) Encrypt(ctx context.Context, in *kms.EncryptInput, _ ...func(*kms.Options)) (*kms.EncryptOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.record("Encrypt", in.KeyId, in.EncryptionContext, in.GrantTokens)
	key, err := f.resolve(in.KeyId)
	if err != nil {
		return nil, err
	}
	out := &kms.EncryptOutput{KeyId: &key, CiphertextBlob: f.seal(key, in.Plaintext, in.EncryptionContext)}
	if f.changeNew != nil {
		f.changeNew(&out.KeyId, new([]byte), &out.CiphertextBlob)
	}
	return out, ctx.Err()
}

func (f regional) Decrypt(ctx context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if in.KeyId == nil {
		return nil, errors.New("a call without KeyId")
	}
	f.record("Decrypt", in.KeyId, in.EncryptionContext, in.GrantTokens)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	key, err := f.resolve(in.KeyId)
	if err != nil {
		return nil, err
	}
	b, ok := f.blobs[string(in.CiphertextBlob)]
	if !ok || !maps.Equal(b.context, in.EncryptionContext) {
		return nil, &types.InvalidCiphertextException{}
	}
	if b.key != resource(key) {
		return nil, errRefused
	}
	out := &kms.DecryptOutput{KeyId: &key, Plaintext: []byte(b.plaintext)}
	if f.change != nil {
		f.change(out)
	}
	return out, nil
}

// keyring makes a strict keyring.
func (f *fake) keyring(t *testing.T, o *awskms.Options, generator string) esdk.Keyring {
	t.Helper()
	k, err := awskms.NewKeyring(f.clients, generator, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wrap makes materials with a keyring.
func wrap(t *testing.T, k esdk.Keyring, c esdk.Context) *esdk.EncryptionMaterials {
	t.Helper()
	m := &esdk.EncryptionMaterials{Suite: esdk.Committed, Context: c}
	if err := k.Wrap(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// opens unwraps what wrap made, and compares.
func opens(t *testing.T, k esdk.Keyring, m *esdk.EncryptionMaterials) {
	t.Helper()
	d := &esdk.DecryptionMaterials{Suite: m.Suite, Context: m.Context}
	if err := k.Unwrap(t.Context(), d, m.EncryptedDataKeys); err != nil || string(d.DataKey) != string(m.DataKey) {
		t.Errorf("data key %x, %v; want %x", d.DataKey, err, m.DataKey)
	}
}

// refuses unwraps what wrap made, and expects an error of as many attempts.
func refuses(t *testing.T, k esdk.Keyring, m *esdk.EncryptionMaterials, tried int) error {
	t.Helper()
	d := &esdk.DecryptionMaterials{Suite: m.Suite, Context: m.Context}
	err := k.Unwrap(t.Context(), d, m.EncryptedDataKeys)
	u, ok := errors.AsType[*esdk.UnwrapError](err)
	if !ok || !errors.Is(err, esdk.ErrNoDataKey) || len(u.Attempts) != tried || d.DataKey != nil {
		t.Errorf("error %v, data key %x; want %d attempts", err, d.DataKey, tried)
	}
	return err
}
