package kms

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

func TestCreateKeyDefaults(t *testing.T) {
	w := newWorld(t)
	m := w.key(func(in *kmsapi.CreateKeyInput) { in.Description = new("test key 123") })
	if *m.AWSAccountId != accountA || !isKeyID(*m.KeyId) || *m.Arn != "arn:aws:kms:us-east-1:111122223333:key/"+*m.KeyId ||
		!m.CreationDate.Equal(w.now) || !*m.Enabled || *m.Description != "test key 123" || m.KeyUsage != "ENCRYPT_DECRYPT" ||
		m.KeyState != "Enabled" || m.Origin != "AWS_KMS" || m.KeyManager != "CUSTOMER" || m.KeySpec != "SYMMETRIC_DEFAULT" ||
		m.CustomerMasterKeySpec != "SYMMETRIC_DEFAULT" || *m.MultiRegion || m.MultiRegionConfiguration != nil ||
		!slices.Equal(m.EncryptionAlgorithms, []kmsapi.EncryptionAlgorithmSpec{"SYMMETRIC_DEFAULT"}) ||
		m.SigningAlgorithms != nil || m.MacAlgorithms != nil || m.KeyAgreementAlgorithms != nil ||
		m.DeletionDate != nil || m.ValidTo != nil || m.ExpirationModel != "" || len(*m.CurrentKeyMaterialId) != 64 {
		t.Errorf("CreateKey: %+v", m)
	}
	d := must(w, w.admin(accountA), kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: m.KeyId}).KeyMetadata
	if fmt.Sprint(*d.Arn, d.KeyState, *d.CurrentKeyMaterialId) != fmt.Sprint(*m.Arn, m.KeyState, *m.CurrentKeyMaterialId) {
		t.Errorf("DescribeKey: %+v", d)
	}
}

// TestKeySpecs: every spec of the model with every usage: created, or refused
// in AWS's words.
func TestKeySpecs(t *testing.T) {
	w := newWorld(t)
	allowed := map[kmsapi.KeyUsageType]string{
		"ENCRYPT_DECRYPT":     "SYMMETRIC_DEFAULT RSA_2048 RSA_3072 RSA_4096",
		"SIGN_VERIFY":         "RSA_2048 RSA_3072 RSA_4096 ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1 ECC_NIST_EDWARDS25519 ML_DSA_44 ML_DSA_65 ML_DSA_87",
		"GENERATE_VERIFY_MAC": "HMAC_224 HMAC_256 HMAC_384 HMAC_512",
		"KEY_AGREEMENT":       "ECC_NIST_P256 ECC_NIST_P384 ECC_NIST_P521",
	}
	for _, keySpec := range (kmsapi.KeySpec("")).Values() {
		for usage, specs := range allowed {
			in := &kmsapi.CreateKeyInput{KeySpec: kmsapi.KeySpec(keySpec), KeyUsage: usage}
			switch {
			case keySpec == "SM2":
				fails(w, w.admin(accountA), kmsapi.OpCreateKey, in, "UnsupportedOperationException", "")
			case !slices.Contains(strings.Fields(specs), keySpec):
				fails(w, w.admin(accountA), kmsapi.OpCreateKey, in, "ValidationException", "")
			case strings.HasPrefix(keySpec, "RSA") && keySpec != "RSA_2048":
				in.Origin = "EXTERNAL" // or else every run would make large RSA keys
				fallthrough
			default:
				m := must(w, w.admin(accountA), kmsapi.OpCreateKey, in).KeyMetadata
				algorithms := len(m.EncryptionAlgorithms) + len(m.SigningAlgorithms) + len(m.MacAlgorithms) + len(m.KeyAgreementAlgorithms)
				if string(m.KeySpec) != keySpec || string(m.CustomerMasterKeySpec) != keySpec || m.KeyUsage != usage || algorithms == 0 {
					t.Errorf("%s %s: %+v", keySpec, usage, m)
				}
			}
		}
	}
}

// TestInvalidKeys: the first message was recorded from AWS.
func TestInvalidKeys(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	tag := func(k, v string) kmsapi.Tag { return kmsapi.Tag{TagKey: &k, TagValue: &v} }
	var many []kmsapi.Tag
	for i := range 51 {
		many = append(many, tag(fmt.Sprint("k", i), ""))
	}
	tests := []struct {
		in            kmsapi.CreateKeyInput
		code, message string
	}{
		{kmsapi.CreateKeyInput{KeySpec: "HMAC_256"}, "ValidationException", "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."},
		{kmsapi.CreateKeyInput{KeySpec: "RSA_2048"}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{KeySpec: "RSA_1024", KeyUsage: "SIGN_VERIFY"}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{KeySpec: "HMAC_256", CustomerMasterKeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC"}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{CustomKeyStoreId: new("cks-1")}, "CustomKeyStoreNotFoundException", ""},
		{kmsapi.CreateKeyInput{Origin: "AWS_CLOUDHSM"}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{Origin: "EXTERNAL_KEY_STORE", XksKeyId: new("x")}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{XksKeyId: new("x")}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{Description: new(strings.Repeat("x", 8193))}, "ValidationException", ""},
		{kmsapi.CreateKeyInput{Tags: []kmsapi.Tag{tag("aws:x", "")}}, "TagException", ""},
		{kmsapi.CreateKeyInput{Tags: []kmsapi.Tag{tag("x", ""), tag("x", "2")}}, "TagException", ""},
		{kmsapi.CreateKeyInput{Tags: []kmsapi.Tag{tag("x!", "")}}, "TagException", ""},
		{kmsapi.CreateKeyInput{Tags: many}, "TagException", "Too many tags"},
	}
	for _, tt := range tests {
		fails(w, a, kmsapi.OpCreateKey, &tt.in, tt.code, tt.message)
	}
	if list := must(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{}).Keys; len(list) != 0 {
		t.Errorf("keys were made: %+v", list)
	}
}

// TestKeyIdentifiers: "Key identifiers (KeyId)" in the KMS Developer Guide. The
// messages were recorded from AWS.
func TestKeyIdentifiers(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpCreateAlias, &kmsapi.CreateAliasInput{AliasName: new("alias/x"), TargetKeyId: k.KeyId})
	const missing = "1234abcd-12ab-34cd-56ef-1234567890ab"
	base := "arn:aws:kms:us-east-1:111122223333:"
	for _, id := range []string{*k.KeyId, *k.Arn, "alias/x", base + "alias/x"} {
		w.check(w.encryptAs(a, &id))
	}
	tests := []struct{ id, code, message string }{
		{missing, "NotFoundException", "Key '" + base + "key/" + missing + "' does not exist"},
		{base + "key/" + missing, "NotFoundException", "Key '" + base + "key/" + missing + "' does not exist"},
		{"mrk-d3b95762d3b95762d3b95762d3b95762", "NotFoundException", "Key '" + base + "key/mrk-d3b95762d3b95762d3b95762d3b95762' does not exist"},
		{"fake-key-id", "NotFoundException", "Invalid keyId 'fake-key-id'"},
		{"134f2428cec14b25a1ae9048164dba47", "NotFoundException", "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"},
		{"mrk-fake-key-id", "NotFoundException", "Invalid keyId 'mrk-fake-key-id'"},
		{"alias/none", "NotFoundException", "Alias " + base + "alias/none is not found."},
		{base + "alias/none", "NotFoundException", "Alias " + base + "alias/none is not found."},
		{"arn:aws:kms:ap-southeast-1:111122223333:key/" + missing, "NotFoundException", "Invalid arn ap-southeast-1"},
		{"arn:aws:iam::111122223333:user/x", "InvalidArnException", ""},
		{base + "key/x", "InvalidArnException", ""},
		{base + "grant/x", "InvalidArnException", ""},
		{"arn:aws:kms:us-east-1:1:key/" + missing, "InvalidArnException", ""},
		{"arn:aws-cn:kms:us-east-1:111122223333:key/" + missing, "InvalidArnException", ""},
		{"arn:", "InvalidArnException", ""},
		{"alias/", "NotFoundException", "Invalid keyId 'alias/'"},
	}
	for _, tt := range tests {
		fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: &tt.id}, tt.code, tt.message)
	}
	// Operations that manage keys take no aliases and say nothing of them.
	for _, id := range []string{"alias/x", base + "alias/x", "alias/none"} {
		fails(w, a, kmsapi.OpDisableKey, &kmsapi.DisableKeyInput{KeyId: &id}, "InvalidArnException", "Key Aliases are not supported for this operation.")
	}
	// Keys are of their Region.
	fails(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}, "NotFoundException",
		"Key 'arn:aws:kms:eu-west-1:111122223333:key/"+*k.KeyId+"' does not exist", via{region: region2})
}

// TestWhoMayKnow: that a key does not exist is told in the account to those who
// may do what they ask; nothing is told in other accounts.
func TestWhoMayKnow(t *testing.T) {
	w := newWorld(t)
	k := w.key()
	const missing = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	nobody, b := w.user(accountA, "nobody"), w.admin(accountB)
	elsewhere := w.user(accountA, "elsewhere", allow("kms:*", *k.Arn))
	for _, id := range []string{missing, "alias/none"} {
		fails(w, nobody, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: &id}, denied, "")
		fails(w, elsewhere, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: &id}, denied, "")
	}
	hidden := "User: " + b.ARN + " is not authorized to perform: kms:Encrypt on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
	for _, id := range []string{missing, *k.Arn, "arn:aws:kms:us-east-1:111122223333:alias/none"} {
		fails(w, b, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: &id, Plaintext: []byte("x")}, denied, hidden)
	}
}

func TestListKeys(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	var want []string
	for range 5 {
		want = append(want, *w.key().Arn)
	}
	must(w, w.admin(accountB), kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{})
	must(w, a, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{}, via{region: region2})
	slices.Sort(want)
	for limit := int32(1); limit <= 6; limit++ {
		var got []string
		in := &kmsapi.ListKeysInput{Limit: &limit}
		for {
			out := must(w, a, kmsapi.OpListKeys, in)
			for _, k := range out.Keys {
				got = append(got, *k.KeyArn)
			}
			if len(out.Keys) > int(limit) || *out.Truncated != (out.NextMarker != nil) {
				t.Errorf("limit %d: %+v", limit, out)
			}
			if in.Marker = out.NextMarker; in.Marker == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
	marker := must(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{Limit: new(int32(1))}).NextMarker
	fails(w, a, kmsapi.OpListAliases, &kmsapi.ListAliasesInput{Marker: marker}, "InvalidMarkerException", "")
	for _, bad := range []string{"x", "!", "a2V5cwA"} {
		fails(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{Marker: &bad}, "InvalidMarkerException", "")
	}
	fails(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{Limit: new(int32(1001))}, "ValidationException", "")
	fails(w, a, kmsapi.OpListKeys, &kmsapi.ListKeysInput{Limit: new(int32(0))}, "ValidationException", "")
	// A marker of one account shows nothing of it to another.
	for _, k := range must(w, w.admin(accountB), kmsapi.OpListKeys, &kmsapi.ListKeysInput{Marker: marker}).Keys {
		if !strings.Contains(*k.KeyArn, accountB) {
			t.Errorf("key of another account: %s", *k.KeyArn)
		}
	}
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	tag := func(k, v string) kmsapi.Tag { return kmsapi.Tag{TagKey: &k, TagValue: &v} }
	list := func(limit int32) string {
		var all []string
		in := &kmsapi.ListResourceTagsInput{KeyId: k.KeyId, Limit: &limit}
		for {
			out := must(w, a, kmsapi.OpListResourceTags, in)
			for _, t := range out.Tags {
				all = append(all, *t.TagKey+"="+*t.TagValue)
			}
			if in.Marker = out.NextMarker; in.Marker == nil {
				return strings.Join(all, " ")
			}
		}
	}
	must(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{tag("b", "2"), tag("a", "1"), tag("c", "")}})
	must(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{tag("b", "3")}})
	if got := list(2); got != "a=1 b=3 c=" {
		t.Errorf("tags %s", got)
	}
	must(w, a, kmsapi.OpUntagResource, &kmsapi.UntagResourceInput{KeyId: k.KeyId, TagKeys: []string{"a", "none"}})
	if got := list(50); got != "b=3 c=" {
		t.Errorf("tags %s", got)
	}
	fails(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{tag("AWS:x", "")}}, "TagException", "")
	fails(w, a, kmsapi.OpUntagResource, &kmsapi.UntagResourceInput{KeyId: k.KeyId, TagKeys: []string{"aws:x"}}, "TagException", "")
	for i := range 48 {
		must(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{tag(fmt.Sprint("k", i), "")}})
	}
	fails(w, a, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: []kmsapi.Tag{tag("more", "")}}, "TagException", "Too many tags")
	fails(w, a, kmsapi.OpListResourceTags, &kmsapi.ListResourceTagsInput{KeyId: k.KeyId, Limit: new(int32(51))}, "ValidationException", "")
}

// TestABAC: tags of the key and of the request decide. See "ABAC for AWS KMS".
func TestABAC(t *testing.T) {
	w := newWorld(t)
	k := w.key(func(in *kmsapi.CreateKeyInput) {
		in.Tags = []kmsapi.Tag{{TagKey: new("Project"), TagValue: new("Alpha")}}
	})
	alpha := w.user(accountA, "alpha", allow("kms:*", "*", `{"StringEquals":{"aws:ResourceTag/Project":"Alpha"}}`))
	w.check(w.encryptAs(alpha, k.KeyId))
	if err := w.encryptAs(alpha, w.key().KeyId); !isDenied(err) {
		t.Errorf("a key without the tag: %v", err)
	}
	tagger := w.user(accountA, "tagger", allow("kms:*", "*", `{"StringEquals":{"aws:RequestTag/Project":"Alpha"},"ForAllValues:StringEquals":{"aws:TagKeys":["Project"]}}`))
	tags := func(pairs ...string) []kmsapi.Tag {
		var list []kmsapi.Tag
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, kmsapi.Tag{TagKey: &pairs[i], TagValue: &pairs[i+1]})
		}
		return list
	}
	must(w, tagger, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: tags("Project", "Alpha")})
	fails(w, tagger, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: tags("Project", "Beta")}, denied, "")
	fails(w, tagger, kmsapi.OpTagResource, &kmsapi.TagResourceInput{KeyId: k.KeyId, Tags: tags("Project", "Alpha", "x", "y")}, denied, "")
	must(w, tagger, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{Tags: tags("Project", "Alpha")})
	fails(w, tagger, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{Tags: tags("Project", "Beta")}, denied, "")
	fails(w, tagger, kmsapi.OpCreateKey, &kmsapi.CreateKeyInput{}, denied, "")
}

func TestDescription(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	must(w, a, kmsapi.OpUpdateKeyDescription, &kmsapi.UpdateKeyDescriptionInput{KeyId: k.Arn, Description: new("new")})
	if d := must(w, a, kmsapi.OpDescribeKey, &kmsapi.DescribeKeyInput{KeyId: k.KeyId}).KeyMetadata; *d.Description != "new" {
		t.Errorf("description %q", *d.Description)
	}
	fails(w, a, kmsapi.OpUpdateKeyDescription, &kmsapi.UpdateKeyDescriptionInput{KeyId: k.Arn}, "ValidationException", "")
}

// TestMaterialIsSealed: no row shows key material, and the sealed material of
// one key is of no use to another.
func TestMaterialIsSealed(t *testing.T) {
	w := newWorld(t)
	a := w.admin(accountA)
	k, other := w.key(external), w.key()
	secret := []byte("0123456789abcdef0123456789abcdef")
	must(w, a, kmsapi.OpImportKeyMaterial, w.wrapped(k.KeyId, secret))
	w.check(w.cloud.Store.Update(t.Context(), func(tx *store.Tx) error {
		from := keys.Get(tx, store.Key(accountA, region, *k.KeyId))
		if bytes.Contains(from.Materials[0].Sealed, secret) {
			t.Error("the row holds the secret")
		}
		to := keys.Get(tx, store.Key(accountA, region, *other.KeyId)).clone()
		to.Materials = from.Materials
		keys.Put(tx, to.row(), to)
		return nil
	}))
	fails(w, a, kmsapi.OpEncrypt, &kmsapi.EncryptInput{KeyId: other.KeyId, Plaintext: []byte("x")}, "KMSInternalException", "")
}

func TestLastUsage(t *testing.T) {
	w := newWorld(t)
	a, k := w.admin(accountA), w.key()
	get := func() *kmsapi.GetKeyLastUsageOutput {
		return must(w, a, kmsapi.OpGetKeyLastUsage, &kmsapi.GetKeyLastUsageInput{KeyId: k.KeyId})
	}
	if u := get(); u.KeyLastUsage != nil || !u.KeyCreationDate.Equal(*k.CreationDate) || !u.TrackingStartDate.Equal(*k.CreationDate) || *u.KeyId != *k.KeyId {
		t.Errorf("unused: %+v", u)
	}
	w.pass(day)
	w.check(w.encryptAs(a, k.KeyId))
	fails(w, a, kmsapi.OpSign, &kmsapi.SignInput{KeyId: k.KeyId, Message: []byte("x"), SigningAlgorithm: "ECDSA_SHA_256"}, "InvalidKeyUsageException", "")
	if u := get().KeyLastUsage; u == nil || u.Operation != "Encrypt" || !u.Timestamp.Equal(w.now) || *u.KmsRequestId == "" {
		t.Errorf("used: %+v", u)
	}
	w.service.forget() // as a restart does
	if u := get().KeyLastUsage; u == nil || u.Operation != "Encrypt" {
		t.Errorf("after a restart: %+v", u)
	}
}
