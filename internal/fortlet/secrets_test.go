package fortlet_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/fortlettest"
)

// TestNoSecretsOnDisk: of all that must stay secret nothing lies open in the
// data folder, in the store or in the audit log; and nobody but its owner reads
// any of its files. The root keys lie there for people, in a folder of their
// own.
func TestNoSecretsOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	secrets := map[string][]byte{}
	t.Run("fill", func(t *testing.T) { // the cloud closes with the test
		c := fortlettest.New(t, fortlettest.WithDir(dir))
		fill(t, c, secrets)
	})
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %04o", path, mode)
		}
		if !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "root-keys" {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name, secret := range secrets {
			for form, text := range map[string][]byte{
				"itself": secret,
				"base64": []byte(base64.StdEncoding.EncodeToString(secret)),
				"hex":    []byte(hex.EncodeToString(secret)),
			} {
				if bytes.Contains(content, text) {
					t.Errorf("%s holds the %s, %s", path, name, form)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fill has the cloud make, and hear, every kind of secret there is.
func fill(t *testing.T, c *fortlettest.Cloud, secrets map[string][]byte) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	users, tokens, keys := iam.NewFromConfig(c.Config()), sts.NewFromConfig(c.Config()), kms.NewFromConfig(c.Config())
	root, err := c.Config().Credentials.Retrieve(ctx)
	must(err)
	secrets["root secret key"] = []byte(root.SecretAccessKey)

	alice := c.User("alice", document(statement("Allow", "*", anyResource, "")))
	user, err := alice.Credentials.Retrieve(ctx)
	must(err)
	secrets["user's secret key"] = []byte(user.SecretAccessKey)
	role := c.Role("r", document(statement("Allow", "sts:AssumeRole", `"Principal":{"AWS":"`+c.ID+`"}`, "")))
	assumed, err := sts.NewFromConfig(alice).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: new("one")})
	must(err)
	secrets["role's secret key"] = []byte(*assumed.Credentials.SecretAccessKey)
	session, err := tokens.GetSessionToken(ctx, nil)
	must(err)
	secrets["session's secret key"] = []byte(*session.Credentials.SecretAccessKey)
	federated, err := tokens.GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: new("fred")})
	must(err)
	secrets["federated user's secret key"] = []byte(*federated.Credentials.SecretAccessKey)

	for _, password := range []string{"First-Pass-word-1", "Second-Pass-word-2", "Third-Pass-word-3", "weak-4"} {
		secrets["password "+password] = []byte(password)
	}
	_, err = users.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: new("alice"), Password: new("First-Pass-word-1")})
	must(err)
	_, err = users.UpdateLoginProfile(ctx, &iam.UpdateLoginProfileInput{UserName: new("alice"), Password: new("Second-Pass-word-2")})
	must(err)
	// Those that fail are recorded too.
	if _, err = iam.NewFromConfig(alice).ChangePassword(ctx, &iam.ChangePasswordInput{OldPassword: new("Third-Pass-word-3"), NewPassword: new("Third-Pass-word-3")}); err == nil {
		t.Error("the wrong old password was taken")
	}
	if _, err = users.UpdateLoginProfile(ctx, &iam.UpdateLoginProfileInput{UserName: new("alice"), Password: new("weak-4")}); err == nil {
		t.Error("a weak password was taken")
	}

	created, err := keys.CreateKey(ctx, nil)
	must(err)
	key := created.KeyMetadata.KeyId
	secrets["plaintext"] = []byte("the plaintext of a message")
	sealed, err := keys.Encrypt(ctx, &kms.EncryptInput{KeyId: key, Plaintext: secrets["plaintext"]})
	must(err)
	_, err = keys.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	must(err)
	data, err := keys.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: key, KeySpec: kmstypes.DataKeySpecAes256})
	must(err)
	secrets["data key"] = data.Plaintext
	pair, err := keys.GenerateDataKeyPair(ctx, &kms.GenerateDataKeyPairInput{KeyId: key, KeyPairSpec: kmstypes.DataKeyPairSpecEccNistP256})
	must(err)
	secrets["private key"] = pair.PrivateKeyPlaintext
	random, err := keys.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: new(int32(32))})
	must(err)
	secrets["random bytes"] = random.Plaintext
	if _, err = keys.Encrypt(ctx, &kms.EncryptInput{KeyId: new("alias/none"), Plaintext: secrets["plaintext"]}); err == nil {
		t.Error("encrypted under no key")
	}
	mac, err := keys.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecHmac256, KeyUsage: kmstypes.KeyUsageTypeGenerateVerifyMac})
	must(err)
	secrets["message"] = []byte("a message that is authenticated")
	code, err := keys.GenerateMac(ctx, &kms.GenerateMacInput{KeyId: mac.KeyMetadata.KeyId, Message: secrets["message"], MacAlgorithm: kmstypes.MacAlgorithmSpecHmacSha256})
	must(err)
	secrets["MAC"] = code.Mac
	agree, err := keys.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecEccNistP256, KeyUsage: kmstypes.KeyUsageTypeKeyAgreement})
	must(err)
	public, err := keys.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: agree.KeyMetadata.KeyId})
	must(err)
	shared, err := keys.DeriveSharedSecret(ctx, &kms.DeriveSharedSecretInput{KeyId: agree.KeyMetadata.KeyId, PublicKey: public.PublicKey, KeyAgreementAlgorithm: kmstypes.KeyAgreementAlgorithmSpecEcdh})
	must(err)
	secrets["shared secret"] = shared.SharedSecret

	for name, secret := range secrets {
		if len(secret) < 6 || strings.TrimSpace(string(secret)) == "" {
			t.Errorf("there is no %s", name)
		}
	}
}
