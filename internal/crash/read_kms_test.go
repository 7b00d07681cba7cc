package crash

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// readKeys reads the keys and aliases of all writers.
func readKeys(t *testing.T, c *clients, worlds []*world) {
	t.Helper()
	names := make(map[string]string) // descriptions by id
	pages := kms.NewListKeysPaginator(c.kms, &kms.ListKeysInput{Limit: new(int32(7))})
	for pages.HasMorePages() {
		for _, entry := range must(pages.NextPage(t.Context()))(t).Keys {
			description, k := readKey(t, c, *entry.KeyId)
			keys := owner(t, worlds, description).Keys
			if _, twice := keys[description]; twice {
				t.Errorf("there are two keys %s", description)
			}
			keys[description] = k
			names[k.ID] = description
		}
	}
	all := listAliases(t, c, nil)
	for id, description := range names {
		for name, target := range listAliases(t, c, &id) {
			if target != id || all[name] != id {
				t.Errorf("alias %s of key %s is of %q in its list and of %q in that of all", name, id, target, all[name])
			}
			delete(all, name)
			owner(t, worlds, strings.TrimPrefix(name, "alias/")).Aliases[name] = description
		}
	}
	for name, id := range all {
		t.Errorf("alias %s of key %s is not in that key's list", name, id)
	}
	for _, w := range worlds {
		checkResourceAliases(t, c, w)
	}
}

// checkResourceAliases compares the aliases that the condition key
// kms:ResourceAliases has for each key with the list: a caller who may read
// whatever has a certain alias must be able to read one key and no other.
func checkResourceAliases(t *testing.T, c *clients, w *world) {
	t.Helper()
	for alias, description := range w.Aliases {
		keys := c.restricted(t, `{"Version":"2012-10-17","Statement":[{
			"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*",
			"Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"`+alias+`"}}}]}`)
		for d, k := range w.Keys {
			_, err := keys.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &k.ID})
			var denied smithy.APIError
			switch {
			case err == nil && d != description:
				t.Errorf("kms:ResourceAliases has %s for %s, it is an alias of %s", alias, d, description)
			case err != nil && d == description:
				t.Errorf("kms:ResourceAliases has not %s for %s: %v", alias, d, err)
			case err != nil && (!errors.As(err, &denied) || denied.ErrorCode() != "AccessDeniedException"):
				t.Error(err)
			}
		}
	}
}

// restricted gives a client that may do what a policy says and no more.
func (c *clients) restricted(t *testing.T, policy string) *kms.Client {
	t.Helper()
	out := must(c.sts.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: new("reader"), Policy: &policy}))(t)
	cfg := c.config.Copy()
	cfg.Credentials = credentials.NewStaticCredentialsProvider(
		*out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
	return kms.NewFromConfig(cfg)
}

// readKey reads a key by all calls that are about one, and uses it.
func readKey(t *testing.T, c *clients, id string) (description string, k key) {
	t.Helper()
	ctx := t.Context()
	metadata := must(c.kms.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &id}))(t).KeyMetadata
	if metadata.KeyState != types.KeyStateEnabled {
		t.Errorf("key %s is %s", id, metadata.KeyState)
	}
	k = key{ID: *metadata.KeyId, Tags: map[string]string{}}
	for _, tag := range must(c.kms.ListResourceTags(ctx, &kms.ListResourceTagsInput{KeyId: &id}))(t).Tags {
		k.Tags[*tag.TagKey] = *tag.TagValue
	}
	k.Rotates = must(c.kms.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: &id}))(t).KeyRotationEnabled
	k.Rotations = len(must(c.kms.ListKeyRotations(ctx, &kms.ListKeyRotationsInput{KeyId: &id}))(t).Rotations)
	must(c.kms.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &id}))(t)
	sealed := must(c.kms.Encrypt(ctx, &kms.EncryptInput{KeyId: &id, Plaintext: []byte(id)}))(t).CiphertextBlob
	checkSealed(t, c, id, sealed)
	return *metadata.Description, k
}

// checkSealed decrypts what a key has encrypted.
func checkSealed(t *testing.T, c *clients, key string, ciphertext []byte) {
	t.Helper()
	out, err := c.kms.Decrypt(t.Context(), &kms.DecryptInput{KeyId: &key, CiphertextBlob: ciphertext})
	if err != nil {
		t.Errorf("key %s: %v", key, err)
	} else if string(out.Plaintext) != key {
		t.Errorf("key %s decrypts to %q", key, out.Plaintext)
	}
}

// listAliases gives the aliases of a key, or all, with the ids of their keys;
// without those of AWS managed keys.
func listAliases(t *testing.T, c *clients, key *string) map[string]string {
	t.Helper()
	aliases := make(map[string]string)
	pages := kms.NewListAliasesPaginator(c.kms, &kms.ListAliasesInput{KeyId: key, Limit: new(int32(100))})
	for pages.HasMorePages() {
		for _, a := range must(pages.NextPage(t.Context()))(t).Aliases {
			if strings.HasPrefix(*a.AliasName, "alias/aws/") {
				continue
			}
			aliases[*a.AliasName] = *a.TargetKeyId
		}
	}
	return aliases
}
