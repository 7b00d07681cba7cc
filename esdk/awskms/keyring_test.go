package awskms_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

func TestStrictKeyring(t *testing.T) {
	f := newFake()
	k := f.keyring(t, &awskms.Options{Keys: []string{keyB}, GrantTokens: []string{"token"}}, keyA)
	m := wrap(t, k, esdk.Context{"who": "me"})
	for _, c := range f.calls {
		if !maps.Equal(c.context, m.Context) || !slices.Equal(c.tokens, []string{"token"}) {
			t.Errorf("call %+v: wrong context or grant tokens", c)
		}
	}
	f.expect(t, "GenerateDataKey us-west-2 "+keyA, "Encrypt eu-west-1 "+keyB)
	for i, want := range []string{keyA, keyB} {
		if e := m.EncryptedDataKeys[i]; e.ProviderID != "aws-kms" || string(e.ProviderInfo) != want {
			t.Errorf("encrypted data key %d: %s %s", i, e.ProviderID, e.ProviderInfo)
		}
	}
	opens(t, k, m)
	for _, c := range f.calls {
		if !maps.Equal(c.context, m.Context) || !slices.Equal(c.tokens, []string{"token"}) {
			t.Errorf("call %+v: wrong context or grant tokens", c)
		}
	}
	f.expect(t, "Decrypt us-west-2 "+keyA)
	// Each key alone; the other's data key is not sent to it.
	opens(t, f.keyring(t, nil, keyB), m)
	f.expect(t, "Decrypt eu-west-1 "+keyB)
}

// A key id or an alias, of the default Region, serves for encryption only.
func TestKeyringOfOtherIdentifiers(t *testing.T) {
	f := newFake()
	for _, id := range []string{"alias/test-key", aliasA, "1234abcd-12ab-34cd-56ef-1234567890ab"} {
		k := f.keyring(t, nil, id)
		m := wrap(t, k, nil)
		if got := string(m.EncryptedDataKeys[0].ProviderInfo); got != keyA {
			t.Errorf("%s: wrapped by %s", id, got)
		}
		f.took()
		refuses(t, k, m, 0)
		f.expect(t)
		opens(t, f.keyring(t, nil, keyA), m)
	}
}

// The article's first attack: an untrusted key in a message. Each of these is
// refused before any call is made.
func TestUntrustedKeysAreNotSent(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, nil, attacker), nil)
	honest := wrap(t, f.keyring(t, nil, keyA), nil)
	f.took()
	strict := f.keyring(t, &awskms.Options{Keys: []string{keyB}}, keyA)
	aware := f.keyring(t, &awskms.Options{Keys: []string{keyB}, MultiRegion: true}, keyA)
	discovery := func(partition string, accounts ...string) esdk.Keyring {
		k, err := awskms.NewDiscovery(f.clients, &awskms.Filter{Partition: partition, Accounts: accounts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	regionDiscovery, err := awskms.NewMultiRegionDiscovery(f.clients, "us-west-2", &awskms.Filter{Partition: "aws", Accounts: []string{"111122223333"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]esdk.Keyring{
		"strict": strict, "multi-Region aware": aware,
		"discovery": discovery("aws", "111122223333", "777788889999"), "multi-Region discovery": regionDiscovery,
	} {
		t.Run(name, func(t *testing.T) {
			for _, info := range []string{
				attacker,
				strings.Replace(keyA, "arn:aws:", "arn:aws-cn:", 1),
				strings.Replace(attacker, "key/", "key/mrk-", 1),
			} {
				m.EncryptedDataKeys[0].ProviderInfo = []byte(info)
				refuses(t, k, m, 0)
			}
			for _, provider := range []string{"aws-kms-rsa", "AWS-KMS", "aws-kms ", "", "aws-kms-hierarchy"} {
				e := honest.EncryptedDataKeys[0]
				e.ProviderID = provider
				refuses(t, k, &esdk.EncryptionMaterials{Suite: honest.Suite, EncryptedDataKeys: []esdk.EncryptedDataKey{e}}, 0)
			}
			f.expect(t)
			opens(t, k, honest)
			f.expect(t, "Decrypt us-west-2 "+keyA)
		})
	}
	for name, k := range map[string]esdk.Keyring{
		"another partition": discovery("aws-us-gov", "111122223333"),
		"another account":   discovery("aws", "11112222333", "1111222233334"),
	} {
		refuses(t, k, honest, 0)
		if calls := f.took(); calls != nil {
			t.Errorf("%s: calls %v", name, calls)
		}
	}
	for name, info := range map[string]string{
		"another Region": strings.Replace(keyA, "us-west-2", "us-west-1", 1),
		"another id":     keyA + "c",
		"case":           strings.Replace(keyA, "1234abcd", "1234ABCD", 1),
	} {
		e := honest.EncryptedDataKeys[0]
		e.ProviderInfo = []byte(info)
		refuses(t, strict, &esdk.EncryptionMaterials{Suite: honest.Suite, EncryptedDataKeys: []esdk.EncryptedDataKey{e}}, 0)
		if calls := f.took(); calls != nil {
			t.Errorf("%s: calls %v", name, calls)
		}
	}
}

// A data key under an untrusted key that claims to be under a trusted one is
// sent with the trusted KeyId, which does not open it.
func TestRelabelledDataKey(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, nil, attacker), nil)
	m.EncryptedDataKeys[0].ProviderInfo = []byte(keyA)
	f.took()
	if err := refuses(t, f.keyring(t, nil, keyA), m, 1); !errors.Is(err, errRefused) || !strings.Contains(err.Error(), keyA) {
		t.Errorf("error %v", err)
	}
	f.expect(t, "Decrypt us-west-2 "+keyA)
}

// framework/aws-kms/aws-kms-keyring.md, "OnDecrypt": provider information that
// is no key ARN fails, whatever stands beside it.
func TestMalformedProviderInfo(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, nil, keyA), nil)
	f.took()
	for _, info := range []string{
		"", "x", aliasA, "alias/test-key", "1234abcd-12ab-34cd-56ef-1234567890ab", keyA[:20],
		"arn:aws:kms:us-west-2:111122223333:key/", "arn:aws:kms:us-west-2:111122223333:key", "arn:aws:kms:us-west-2::key/x",
		"arn:aws:kms::111122223333:key/x", "arn::kms:us-west-2:111122223333:key/x", "arn:aws:sqs:us-west-2:111122223333:key/x",
		"arn:aws:kms:us-west-2.example.com/:111122223333:key/x", "arn:aws:kms:-:111122223333:key/x", "\xff",
	} {
		bad := m.EncryptedDataKeys[0]
		bad.ProviderInfo = []byte(info)
		keys := []esdk.EncryptedDataKey{m.EncryptedDataKeys[0], bad}
		any, err := awskms.NewDiscovery(f.clients, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range []esdk.Keyring{f.keyring(t, nil, keyA), any} {
			refuses(t, k, &esdk.EncryptionMaterials{Suite: m.Suite, EncryptedDataKeys: keys}, 1)
		}
		f.expect(t)
		// It is no business of a keyring that another provider's says what it likes.
		keys[1].ProviderID = "other"
		opens(t, any, &esdk.EncryptionMaterials{Suite: m.Suite, DataKey: m.DataKey, EncryptedDataKeys: keys})
		f.took()
	}
}

func TestWrongAnswersToDecrypt(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, &awskms.Options{Keys: []string{keyB}}, keyA), nil)
	discovery, err := awskms.NewDiscovery(f.clients, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*kms.DecryptOutput){
		"no KeyId":            func(o *kms.DecryptOutput) { o.KeyId = nil },
		"another KeyId":       func(o *kms.DecryptOutput) { o.KeyId = new(attacker) },
		"KeyId of less":       func(o *kms.DecryptOutput) { o.KeyId = new("1234abcd-12ab-34cd-56ef-1234567890ab") },
		"short plaintext":     func(o *kms.DecryptOutput) { o.Plaintext = o.Plaintext[:31] },
		"long plaintext":      func(o *kms.DecryptOutput) { o.Plaintext = append(o.Plaintext, 0) },
		"no plaintext at all": func(o *kms.DecryptOutput) { o.Plaintext = nil },
	} {
		f.change = change
		refuses(t, f.keyring(t, nil, keyA), m, 1)
		refuses(t, discovery, m, 2)
		// The next data key is tried.
		f.change = func(o *kms.DecryptOutput) {
			if *o.KeyId == keyA {
				change(o)
			}
		}
		opens(t, discovery, m)
		opens(t, f.keyring(t, &awskms.Options{Keys: []string{keyB}}, keyA), m)
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestWrongAnswersToWrap(t *testing.T) {
	f := newFake()
	for name, change := range map[string]func(keyID **string, plaintext, ciphertext *[]byte){
		"no KeyId":       func(k **string, _, _ *[]byte) { *k = nil },
		"another KeyId":  func(k **string, _, _ *[]byte) { *k = new(attacker) },
		"alias":          func(k **string, _, _ *[]byte) { *k = new(aliasA) },
		"no ARN":         func(k **string, _, _ *[]byte) { *k = new("key") },
		"no ciphertext":  func(_ **string, _, c *[]byte) { *c = nil },
		"short data key": func(_ **string, p, _ *[]byte) { *p = append(*p, 0) },
	} {
		f.changeNew = change
		for _, given := range [][]byte{nil, make([]byte, 32)} {
			if given != nil && name == "short data key" {
				continue // Encrypt answers without one
			}
			for _, id := range []string{keyA, aliasA} {
				if id == aliasA && name == "another KeyId" {
					continue // an alias may be of any key
				}
				m := &esdk.EncryptionMaterials{Suite: esdk.Committed, DataKey: given}
				if err := f.keyring(t, nil, id).Wrap(t.Context(), m); err == nil {
					t.Errorf("%s: wrapped by %s", name, id)
				}
				if string(m.DataKey) != string(given) || m.EncryptedDataKeys != nil {
					t.Errorf("%s: materials changed to %+v", name, m)
				}
			}
		}
	}
}

func TestWrapPassesErrorsOn(t *testing.T) {
	f := newFake()
	k := f.keyring(t, nil, "alias/nobody")
	for _, given := range [][]byte{nil, make([]byte, 32)} {
		m := &esdk.EncryptionMaterials{Suite: esdk.Committed, DataKey: given}
		err := k.Wrap(t.Context(), m)
		if _, ok := errors.AsType[*types.NotFoundException](err); !ok || m.EncryptedDataKeys != nil {
			t.Errorf("error %v, materials %+v", err, m)
		}
	}
}

// framework/aws-kms/aws-kms-mrk-match-for-decrypt.md.
func TestMultiRegionKeyring(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, nil, mrkWest), nil)
	f.took()
	aware := f.keyring(t, &awskms.Options{MultiRegion: true}, mrkEU)
	opens(t, aware, m)
	f.expect(t, "Decrypt eu-west-1 "+mrkEU)
	// Back, too.
	opens(t, f.keyring(t, &awskms.Options{MultiRegion: true}, mrkWest), wrap(t, aware, nil))
	f.expect(t, "GenerateDataKey eu-west-1 "+mrkEU, "Decrypt us-west-2 "+mrkWest)
	// Who is not aware takes replicas for different keys.
	refuses(t, f.keyring(t, nil, mrkEU), m, 0)
	f.expect(t)
	// Everything but the Region has to be the same.
	for _, info := range []string{
		strings.Replace(mrkWest, "111122223333", "444455556666", 1), strings.Replace(mrkWest, "arn:aws:", "arn:aws-cn:", 1), mrkWest + "0",
	} {
		e := m.EncryptedDataKeys[0]
		e.ProviderInfo = []byte(info)
		refuses(t, aware, &esdk.EncryptionMaterials{Suite: m.Suite, EncryptedDataKeys: []esdk.EncryptedDataKey{e}}, 0)
	}
	// A key of one Region has no replicas.
	refuses(t, f.keyring(t, &awskms.Options{MultiRegion: true}, strings.Replace(keyA, "us-west-2", "eu-west-1", 1)), wrap(t, f.keyring(t, nil, keyA), nil), 0)
}

func TestNewKeyringRefuses(t *testing.T) {
	f := newFake()
	for _, c := range []struct {
		what      string
		clients   awskms.Clients
		generator string
		o         *awskms.Options
	}{
		{"no clients", nil, keyA, nil},
		{"no client", func(string) (awskms.Client, error) { return nil, nil }, keyA, nil},
		{"clients that fail", func(string) (awskms.Client, error) { return nil, errors.New("no") }, keyA, nil},
		{"no key", f.clients, "", nil},
		{"no key among others", f.clients, keyA, &awskms.Options{Keys: []string{""}}},
		{"half an ARN", f.clients, "arn:aws:kms:us-west-2", nil},
		{"another service's ARN", f.clients, "arn:aws:iam:us-west-2:111122223333:key/x", nil},
		{"no Region", f.clients, "arn:aws:kms::111122223333:key/x", nil},
		{"another resource", f.clients, "arn:aws:kms:us-west-2:111122223333:grant/x", nil},
		{"empty alias", f.clients, "alias/", nil},
		{"colon in an alias", f.clients, "alias/a:b", nil},
		{"slash in a key id", f.clients, "key/x", nil},
		{"white space", f.clients, keyA, &awskms.Options{Keys: []string{"a b"}}},
		{"replicas of one key", f.clients, mrkWest, &awskms.Options{Keys: []string{keyA, mrkEU}, MultiRegion: true}},
		{"replicas of one key, one by its id", f.clients, mrkWest, &awskms.Options{Keys: []string{"mrk-4321abcd12ab34cd56ef1234567890ab"}, MultiRegion: true}},
		{"one key twice", f.clients, mrkWest, &awskms.Options{Keys: []string{mrkWest}, MultiRegion: true}},
	} {
		if _, err := awskms.NewKeyring(c.clients, c.generator, c.o); err == nil {
			t.Errorf("%s: no error", c.what)
		}
	}
	// framework/aws-kms/aws-kms-mrk-are-unique.md: all of them are named.
	_, err := awskms.NewKeyring(f.clients, mrkWest, &awskms.Options{Keys: []string{mrkEU}, MultiRegion: true})
	if err == nil || !strings.Contains(err.Error(), mrkWest) || !strings.Contains(err.Error(), mrkEU) {
		t.Errorf("error %v does not name the replicas", err)
	}
	// An alias may begin like a multi-Region key.
	alias := "arn:aws:kms:us-west-2:111122223333:alias/mrk-x"
	if _, err := awskms.NewKeyring(f.clients, alias, &awskms.Options{Keys: []string{strings.Replace(alias, "west", "east", 1), "alias/mrk-x"}, MultiRegion: true}); err != nil {
		t.Errorf("two aliases: %v", err)
	}
	f.expect(t)
}

// Who has gone away does not want the other keys tried.
func TestUnwrapEndsWithItsContext(t *testing.T) {
	f := newFake()
	k := f.keyring(t, &awskms.Options{Keys: []string{keyB}}, keyA)
	m := wrap(t, k, nil)
	f.took()
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	d := &esdk.DecryptionMaterials{Suite: m.Suite}
	if err := k.Unwrap(ctx, d, m.EncryptedDataKeys); !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
	f.expect(t, "Decrypt us-west-2 "+keyA)
	discovery, err := awskms.NewDiscovery(f.clients, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := discovery.Unwrap(ctx, d, m.EncryptedDataKeys); !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
	f.expect(t, "Decrypt us-west-2 "+keyA)
}

func TestUnwrapLeavesADataKeyAlone(t *testing.T) {
	f := newFake()
	m := wrap(t, f.keyring(t, nil, keyA), nil)
	d := &esdk.DecryptionMaterials{Suite: m.Suite, DataKey: []byte("there")}
	if err := f.keyring(t, nil, keyA).Unwrap(t.Context(), d, m.EncryptedDataKeys); err == nil || string(d.DataKey) != "there" {
		t.Errorf("data key %q, error %v", d.DataKey, err)
	}
}
