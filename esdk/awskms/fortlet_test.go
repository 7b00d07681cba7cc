package awskms_test

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cttypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
	"github.com/fortlet/fortlet/fortlettest"
)

// createKey makes a key and gives its metadata.
func createKey(t *testing.T, cfg aws.Config, in *kms.CreateKeyInput) *types.KeyMetadata {
	t.Helper()
	out, err := kms.NewFromConfig(cfg).CreateKey(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.KeyMetadata
}

// manager is the usual manager of a keyring, which must have been made.
func manager(t *testing.T) func(esdk.Keyring, error) esdk.Manager {
	return func(k esdk.Keyring, err error) esdk.Manager {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return esdk.NewManager(k)
	}
}

func seal(t *testing.T, m esdk.Manager, o *esdk.EncryptOptions) []byte {
	t.Helper()
	message, err := esdk.Seal(t.Context(), nil, m, []byte("hello"), o)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func openMessage(ctx context.Context, m esdk.Manager, message []byte) error {
	got, _, err := esdk.Open(ctx, nil, m, message, &esdk.DecryptOptions{Commitment: esdk.RequireEncryptAllowDecrypt})
	if err == nil && string(got) != "hello" {
		return fmt.Errorf("plaintext %q", got)
	}
	return err
}

// denied tells whether err holds AWS KMS's refusal.
func denied(err error) bool {
	e, ok := errors.AsType[smithy.APIError](err)
	return ok && e.ErrorCode() == "AccessDeniedException" && errors.Is(err, esdk.ErrNoDataKey)
}

func TestFortletStrictAndDiscovery(t *testing.T) {
	cloud := fortlettest.New(t)
	cfg := cloud.Config()
	one, two := *createKey(t, cfg, nil).Arn, *createKey(t, cfg, nil).Arn
	clients := awskms.FromConfig(cfg)
	filter := &awskms.Filter{Partition: "aws", Accounts: []string{cloud.ID}}
	for _, suite := range esdk.Suites() {
		o := &esdk.EncryptOptions{Suite: suite, Commitment: esdk.RequireEncryptAllowDecrypt}
		if !suite.Commits() {
			o.Commitment = esdk.ForbidEncryptAllowDecrypt
		}
		for _, o.Context = range []esdk.Context{nil, {"who": "me", "Ω": "ω"}} {
			message := seal(t, manager(t)(awskms.NewKeyring(clients, one, &awskms.Options{Keys: []string{two}})), o)
			for name, m := range map[string]esdk.Manager{
				"strict, first":          manager(t)(awskms.NewKeyring(clients, one, nil)),
				"strict, second":         manager(t)(awskms.NewKeyring(clients, two, nil)),
				"discovery":              manager(t)(awskms.NewDiscovery(clients, filter, nil)),
				"multi-Region discovery": manager(t)(awskms.NewMultiRegionDiscovery(clients, cfg.Region, filter)),
			} {
				if err := openMessage(t.Context(), m, message); err != nil {
					t.Errorf("%v, context %v: %s: %v", suite, o.Context, name, err)
				}
			}
		}
	}
}

// The article's first attack, against a real cloud: the audit trail has no
// Decrypt of the message under the attacker's key, though the victim may use it.
func TestFortletSubstitution(t *testing.T) {
	cloud := fortlettest.New(t)
	attacking := cloud.NewAccount("attacker")
	trusted := *createKey(t, cloud.Config(), nil).Arn
	open := createKey(t, attacking.Config(), &kms.CreateKeyInput{Policy: new(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + attacking.ID + `:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*"}]}`)})
	untrusted := *open.Arn
	message := seal(t, manager(t)(awskms.NewKeyring(awskms.FromConfig(attacking.Config()), untrusted, nil)), nil)

	victim := awskms.FromConfig(cloud.Config())
	err := openMessage(t.Context(), manager(t)(awskms.NewKeyring(victim, trusted, nil)), message)
	if u, ok := errors.AsType[*esdk.UnwrapError](err); !ok || len(u.Attempts) != 0 {
		t.Errorf("strict: %v", err)
	}
	filter := &awskms.Filter{Partition: "aws", Accounts: []string{cloud.ID}}
	err = openMessage(t.Context(), manager(t)(awskms.NewDiscovery(victim, filter, nil)), message)
	if u, ok := errors.AsType[*esdk.UnwrapError](err); !ok || len(u.Attempts) != 0 {
		t.Errorf("discovery: %v", err)
	}
	if n := count(t, cloud.Config(), "Decrypt"); n != 0 {
		t.Errorf("%d calls of Decrypt in the audit trail", n)
	}
	// Without a filter the substitution works: nothing else stood in its way.
	if err := openMessage(t.Context(), manager(t)(awskms.NewDiscovery(victim, nil, nil)), message); err != nil {
		t.Errorf("discovery without a filter: %v", err)
	}
	if n := count(t, cloud.Config(), "Decrypt"); n != 1 {
		t.Errorf("%d calls of Decrypt in the audit trail, want 1", n)
	}
}

// count counts the calls of an operation that the account made.
func count(t *testing.T, cfg aws.Config, operation string) int {
	t.Helper()
	out, err := cloudtrail.NewFromConfig(cfg).LookupEvents(t.Context(), &cloudtrail.LookupEventsInput{
		LookupAttributes: []cttypes.LookupAttribute{{AttributeKey: cttypes.LookupAttributeKeyEventName, AttributeValue: &operation}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Events)
}

func TestFortletMultiRegion(t *testing.T) {
	cloud := fortlettest.New(t)
	cfg := cloud.Config()
	here := createKey(t, cfg, &kms.CreateKeyInput{MultiRegion: new(true)})
	elsewhere := "eu-west-1"
	if cfg.Region == elsewhere {
		elsewhere = "us-west-2"
	}
	replica, err := kms.NewFromConfig(cfg).ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: here.KeyId, ReplicaRegion: &elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	there := *replica.ReplicaKeyMetadata.Arn
	clients := awskms.FromConfig(cfg)
	aware := &awskms.Options{MultiRegion: true}
	message := seal(t, manager(t)(awskms.NewKeyring(clients, *here.Arn, nil)), nil)
	if err := openMessage(t.Context(), manager(t)(awskms.NewKeyring(clients, there, aware)), message); err != nil {
		t.Errorf("replica: %v", err)
	}
	if err := openMessage(t.Context(), manager(t)(awskms.NewMultiRegionDiscovery(clients, elsewhere, nil)), message); err != nil {
		t.Errorf("multi-Region discovery: %v", err)
	}
	if err := openMessage(t.Context(), manager(t)(awskms.NewKeyring(clients, there, nil)), message); !errors.Is(err, esdk.ErrNoDataKey) {
		t.Errorf("replica, not aware: %v", err)
	}
	back := seal(t, manager(t)(awskms.NewKeyring(clients, there, aware)), nil)
	if err := openMessage(t.Context(), manager(t)(awskms.NewKeyring(clients, *here.Arn, aware)), back); err != nil {
		t.Errorf("back: %v", err)
	}
	// A Region without a replica has nothing to open it with.
	if err := openMessage(t.Context(), manager(t)(awskms.NewMultiRegionDiscovery(clients, "ap-south-1", nil)), message); !errors.Is(err, esdk.ErrNoDataKey) {
		t.Errorf("Region without a replica: %v", err)
	}
}

func TestFortletRSA(t *testing.T) {
	cloud := fortlettest.New(t)
	cfg := cloud.Config()
	arn := createKey(t, cfg, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}).Arn
	client := kms.NewFromConfig(cfg)
	out, err := client.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: arn})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	key := awskms.RSAKey{ARN: *arn, Public: parsed.(*rsa.PublicKey)}
	o := &esdk.EncryptOptions{Suite: esdk.Committed, Context: esdk.Context{"who": "me"}}
	for _, algorithm := range []types.EncryptionAlgorithmSpec{"", types.EncryptionAlgorithmSpecRsaesOaepSha1, types.EncryptionAlgorithmSpecRsaesOaepSha256} {
		key.Algorithm = algorithm
		message := seal(t, manager(t)(awskms.NewRSAKeyring(nil, key)), o)
		if err := openMessage(t.Context(), manager(t)(awskms.NewRSAKeyring(client, key)), message); err != nil {
			t.Errorf("%s: %v", algorithm, err)
		}
		stranger := kms.NewFromConfig(cloud.User("stranger-" + strings.ToLower(string(algorithm)) + "x"))
		if err := openMessage(t.Context(), manager(t)(awskms.NewRSAKeyring(stranger, key)), message); !denied(err) {
			t.Errorf("%s: who may not decrypt: %v", algorithm, err)
		}
	}
	message := seal(t, manager(t)(awskms.NewRSAKeyring(nil, awskms.RSAKey{ARN: *arn, Public: key.Public})), o)
	key.Algorithm = types.EncryptionAlgorithmSpecRsaesOaepSha1
	if err := openMessage(t.Context(), manager(t)(awskms.NewRSAKeyring(client, key)), message); !errors.Is(err, esdk.ErrNoDataKey) {
		t.Errorf("another algorithm: %v", err)
	}
}

// Key policies can have conditions on the message's encryption context.
// Source: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
// kms:EncryptionContext:context-key.
func TestFortletContextConditions(t *testing.T) {
	cloud := fortlettest.New(t)
	arn := *createKey(t, cloud.Config(), nil).Arn
	allow := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"` + arn + `"` + condition + `}}`
	}
	blue := cloud.User("blue", allow(`,"Condition":{"StringEquals":{"kms:EncryptionContext:tenant":"blue"}}`))
	anyone := cloud.User("anyone", allow(""))
	nobody := cloud.User("nobody")
	keyring := func(cfg aws.Config) esdk.Manager {
		return manager(t)(awskms.NewKeyring(awskms.FromConfig(cfg), arn, nil))
	}
	for _, c := range []struct {
		who    string
		cfg    aws.Config
		tenant string
		may    bool
	}{
		{"blue", blue, "blue", true}, {"blue", blue, "red", false}, {"anyone", anyone, "blue", true}, {"anyone", anyone, "red", true}, {"nobody", nobody, "blue", false},
	} {
		o := &esdk.EncryptOptions{Context: esdk.Context{"tenant": c.tenant}}
		err := openMessage(t.Context(), keyring(c.cfg), seal(t, keyring(cloud.Config()), o))
		if (err == nil) != c.may || err != nil && !denied(err) {
			t.Errorf("%s opens a message of %s: %v", c.who, c.tenant, err)
		}
		if _, err = esdk.Seal(t.Context(), nil, keyring(c.cfg), nil, o); (err == nil) != c.may {
			t.Errorf("%s writes a message of %s: %v", c.who, c.tenant, err)
		}
		// A pair that the message does not store counts all the same.
		required := esdk.NewRequiredContext(keyring(c.cfg), "tenant")
		message := seal(t, esdk.NewRequiredContext(keyring(cloud.Config()), "tenant"), o)
		if _, _, err = esdk.Open(t.Context(), nil, required, message, &esdk.DecryptOptions{Context: o.Context}); (err == nil) != c.may {
			t.Errorf("%s opens a message with a required context of %s: %v", c.who, c.tenant, err)
		}
	}
}

// A grant lets its principal decrypt, and its token passes through.
func TestFortletGrants(t *testing.T) {
	cloud := fortlettest.New(t)
	arn := *createKey(t, cloud.Config(), nil).Arn
	message := seal(t, manager(t)(awskms.NewKeyring(awskms.FromConfig(cloud.Config()), arn, nil)), nil)
	reader := cloud.User("reader")
	open := func(tokens ...string) error {
		return openMessage(t.Context(), manager(t)(awskms.NewKeyring(awskms.FromConfig(reader), arn, &awskms.Options{GrantTokens: tokens})), message)
	}
	if err := open(); !denied(err) {
		t.Errorf("without a grant: %v", err)
	}
	grant, err := kms.NewFromConfig(cloud.Config()).CreateGrant(t.Context(), &kms.CreateGrantInput{
		KeyId: &arn, GranteePrincipal: new("arn:aws:iam::" + cloud.ID + ":user/reader"), Operations: []types.GrantOperation{types.GrantOperationDecrypt},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := open(*grant.GrantToken); err != nil {
		t.Errorf("with its token: %v", err)
	}
	if err := open("no token"); err == nil {
		t.Error("opened with a token that is none: tokens are not sent")
	}
	if _, err := esdk.Seal(t.Context(), nil, manager(t)(awskms.NewKeyring(awskms.FromConfig(reader), arn, &awskms.Options{GrantTokens: []string{*grant.GrantToken}})), nil, nil); err == nil {
		t.Error("a grant to decrypt let its principal encrypt")
	}
}

// With a caching manager the audit trail has one call for many messages; what is
// revoked takes effect when the cache has forgotten.
func TestFortletCaching(t *testing.T) {
	cloud := fortlettest.New(t)
	arn := *createKey(t, cloud.Config(), nil).Arn
	plain := manager(t)(awskms.NewKeyring(awskms.FromConfig(cloud.Config()), arn, nil))
	cache := esdk.NewCache(0)
	m, err := esdk.NewCachingManager(plain, cache, esdk.CachingOptions{MaxAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var message []byte
	for range 10 {
		message = seal(t, m, nil)
		if err := openMessage(t.Context(), m, message); err != nil {
			t.Fatal(err)
		}
	}
	if g, d := count(t, cloud.Config(), "GenerateDataKey"), count(t, cloud.Config(), "Decrypt"); g != 1 || d != 1 {
		t.Errorf("%d calls of GenerateDataKey, %d of Decrypt; want 1, 1", g, d)
	}
	if _, err := kms.NewFromConfig(cloud.Config()).DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &arn}); err != nil {
		t.Fatal(err)
	}
	if err := openMessage(t.Context(), m, message); err != nil {
		t.Errorf("from the cache: %v", err)
	}
	cache.Clear()
	for name, m := range map[string]esdk.Manager{"caching": m, "plain": plain} {
		err := openMessage(t.Context(), m, message)
		if _, ok := errors.AsType[*types.DisabledException](err); !ok {
			t.Errorf("%s: error %v, want a DisabledException", name, err)
		}
		_, err = esdk.Seal(t.Context(), nil, m, nil, nil)
		if _, ok := errors.AsType[*types.DisabledException](err); !ok {
			t.Errorf("%s: error %v, want a DisabledException", name, err)
		}
	}
}
