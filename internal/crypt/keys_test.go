package crypt

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/awskms"
)

const (
	keyARN   = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	aliasARN = "arn:aws:kms:us-west-2:111122223333:alias/ExampleAlias"
)

// What is allowed and what is not stands in
// https://docs.aws.amazon.com/encryption-sdk/latest/developer-guide/crypto-cli-how-to.html
func TestParseWrappingKeys(t *testing.T) {
	for _, c := range []struct {
		mode Mode
		in   string
		want WrappingKeys
		err  string
	}{
		{Encrypt, "key=" + keyARN, WrappingKeys{Keys: []string{keyARN}}, ""},
		{Encrypt, "key=alias/a key=" + aliasARN + " key=1234abcd region=us-west-2 profile=ops",
			WrappingKeys{Keys: []string{"alias/a", aliasARN, "1234abcd"}, Region: "us-west-2", Profile: "ops"}, ""},
		{Encrypt, "key=k=v provider=aws-kms", WrappingKeys{Keys: []string{"k=v"}}, ""},
		{Encrypt, "provider=aws-encryption-sdk-cli::aws-kms key=a discovery=false", WrappingKeys{Keys: []string{"a"}}, ""},
		{Decrypt, "key=" + keyARN + " discovery=No", WrappingKeys{Keys: []string{keyARN}}, ""},
		{Decrypt, "discovery=T", WrappingKeys{Discovery: true}, ""},
		{DecryptUnsigned, "discovery=1 discovery-partition=aws discovery-account=111122223333 discovery-account=444455556666",
			WrappingKeys{Discovery: true, Filter: &awskms.Filter{Partition: "aws", Accounts: []string{"111122223333", "444455556666"}}}, ""},

		{Encrypt, "region=us-west-2", WrappingKeys{}, "no wrapping key"},
		{Encrypt, "discovery=true", WrappingKeys{}, "for decryption only"},
		{Encrypt, "key=a discovery-partition=aws discovery-account=111122223333", WrappingKeys{}, "for decryption only"},
		{Encrypt, "key=a provider=pkcs11", WrappingKeys{}, `provider "pkcs11" is not known`},
		{Encrypt, "key=a provider=aws-kms provider=aws-kms", WrappingKeys{}, "provider is given 2 times"},
		{Encrypt, "key=a region=x region=y", WrappingKeys{}, "region is given 2 times"},
		{Encrypt, "key=a profile=x profile=x", WrappingKeys{}, "profile is given 2 times"},
		{Encrypt, "key=a colour=blue", WrappingKeys{}, `no attribute "colour"`},
		{Encrypt, "key=", WrappingKeys{}, "name=value"},
		{Encrypt, "=a", WrappingKeys{}, "name=value"},
		{Encrypt, keyARN, WrappingKeys{}, "name=value"},
		{Decrypt, "region=us-west-2", WrappingKeys{}, "no wrapping key"},
		{Decrypt, "discovery=false", WrappingKeys{}, "no wrapping key"},
		{Decrypt, "discovery=maybe", WrappingKeys{}, "neither true nor false"},
		{Decrypt, "discovery=true key=" + keyARN, WrappingKeys{}, "no key can be given"},
		{Decrypt, "key=alias/a", WrappingKeys{}, "no key ARN"},
		{Decrypt, "key=" + aliasARN, WrappingKeys{}, "no key ARN"},
		{Decrypt, "key=" + keyARN + " key=1234abcd", WrappingKeys{}, "no key ARN"},
		{Decrypt, "key=" + keyARN + " discovery-partition=aws discovery-account=111122223333", WrappingKeys{}, "need discovery=true"},
		{Decrypt, "discovery=true discovery-account=111122223333", WrappingKeys{}, "needs discovery-partition"},
		{Decrypt, "discovery=true discovery-partition=aws", WrappingKeys{}, "needs discovery-account"},
		{Decrypt, "discovery=true discovery-partition=aws discovery-partition=aws-cn discovery-account=111122223333", WrappingKeys{}, "given 2 times"},
		{Decrypt, "discovery=true discovery-partition=aws discovery-account=1111-2222-3333", WrappingKeys{}, "not an account id of 12 digits"},
		// Passed over, it would trust every account.
		{Decrypt, "discovery=true discovery-acount=111122223333", WrappingKeys{}, `no attribute "discovery-acount"`},
	} {
		have, err := ParseWrappingKeys(c.mode, strings.Fields(c.in))
		if c.err == "" {
			if err != nil || !reflect.DeepEqual(have, c.want) {
				t.Errorf("%s %s: %+v, %v, want %+v", c.mode, c.in, have, err, c.want)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %s: error %v, want %q", c.mode, c.in, err, c.err)
		}
	}
}

func TestParseContext(t *testing.T) {
	for _, c := range []struct {
		mode  Mode
		in    []string
		pairs map[string]string
		names []string
		err   string
	}{
		{Encrypt, nil, map[string]string{}, nil, ""},
		{Encrypt, []string{"a=b", "key 3=value with spaces", "c=d=e"}, map[string]string{"a": "b", "key 3": "value with spaces", "c": "d=e"}, nil, ""},
		{Encrypt, []string{"a"}, nil, nil, "name=value"},
		{Encrypt, []string{"a="}, nil, nil, "name=value"},
		{Encrypt, []string{"a=b", "a=c"}, nil, nil, "a is given 2 times"},
		{Encrypt, []string{"a=b", "a=b"}, nil, nil, "a is given 2 times"},
		{Decrypt, []string{"a=b", "c", "d"}, map[string]string{"a": "b"}, []string{"c", "d"}, ""},
		{DecryptUnsigned, []string{"c"}, map[string]string{}, []string{"c"}, ""},
		{Decrypt, []string{""}, nil, nil, "name=value"},
		{Decrypt, []string{"=b"}, nil, nil, "name=value"},
	} {
		pairs, names, err := ParseContext(c.mode, c.in)
		if c.err == "" {
			if err != nil || !maps.Equal(pairs, c.pairs) || !slices.Equal(names, c.names) {
				t.Errorf("%s %q: %v, %q, %v", c.mode, c.in, pairs, names, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %q: error %v, want %q", c.mode, c.in, err, c.err)
		}
	}
}

func TestParseCaching(t *testing.T) {
	for in, want := range map[string]any{
		"capacity=3 max_age=80.5": Caching{3, esdk.CachingOptions{MaxAge: 80500 * time.Millisecond}},
		"capacity=1 max_age=1 max_messages_encrypted=15 max_bytes_encrypted=1024": Caching{1, esdk.CachingOptions{MaxAge: time.Second, MaxMessages: 15, MaxBytes: 1024}},

		"capacity=3":                                    "needs capacity and max_age",
		"max_age=3":                                     "needs capacity and max_age",
		"capacity=0 max_age=1":                          "capacity=0",
		"capacity=-1 max_age=1":                         "capacity=-1",
		"capacity=1 max_age=0":                          "max_age=0",
		"capacity=1 max_age=-1":                         "max_age=-1",
		"capacity=1 max_age=NaN":                        "max_age=NaN",
		"capacity=1 max_age=Inf":                        "max_age=Inf",
		"capacity=1 max_age=1e300":                      "max_age=1e300",
		"capacity=1 max_age=1 max_bytes=1":              `no attribute "max_bytes"`,
		"capacity=1 capacity=1 max_age=1":               "capacity is given 2 times",
		"capacity=99999999999999999999 max_age":         "name=value",
		"capacity=99999999999999999999":                 "capacity=99999999999999999999",
		"capacity=1 max_age=1 max_messages_encrypted=0": "max_messages_encrypted=0",
	} {
		have, err := ParseCaching(strings.Fields(in))
		if text, ok := want.(string); ok {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: error %v, want %q", in, err, text)
			}
		} else if err != nil || *have != want {
			t.Errorf("%s: %+v, %v, want %+v", in, have, err, want)
		}
	}
}

// The names are those of the Algorithm enumeration of aws-encryption-sdk for
// Python, which the AWS Encryption CLI takes.
func TestAlgorithms(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range recordedMessages(t) {
		name := m.Metadata["header"].(map[string]any)["algorithm"].(string)
		suite, err := ParseAlgorithm(name)
		if err != nil || AlgorithmName(suite) != name {
			t.Errorf("%s: %v, %v", name, suite, err)
		}
		seen[name] = true
	}
	if len(seen) != len(AlgorithmNames()) {
		t.Errorf("%d names, want %d", len(AlgorithmNames()), len(seen))
	}
	for _, name := range []string{"", "AES", "aes_256_gcm_hkdf_sha512_commit_key", "0x0478"} {
		if _, err := ParseAlgorithm(name); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}
