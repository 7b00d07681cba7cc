package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/api/sts"
)

func TestAppendTrail(t *testing.T) {
	when := time.Date(2022, 8, 10, 22, 38, 27, 0, time.UTC)
	for _, test := range []struct {
		v    any
		want string
	}{
		{nil, `null`},
		{(*kms.EncryptInput)(nil), `null`},
		{&kms.EncryptInput{}, `null`},
		{&kms.CreateAliasOutput{}, `null`},
		// https://docs.aws.amazon.com/kms/latest/developerguide/ct-encrypt.html
		{&kms.EncryptInput{KeyId: new("k"), Plaintext: []byte("secret"), EncryptionAlgorithm: "SYMMETRIC_DEFAULT", EncryptionContext: map[string]string{"Department": "Engineering", "A": "<1>"}},
			`{"keyId":"k","encryptionContext":{"A":"<1>","Department":"Engineering"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`},
		// https://docs.aws.amazon.com/kms/latest/developerguide/ct-reencrypt.html
		{&kms.ReEncryptInput{CiphertextBlob: []byte{1}, DestinationKeyId: new("k")}, `{"destinationKeyId":"k"}`},
		{&kms.CreateKeyOutput{KeyMetadata: &kms.KeyMetadata{AWSAccountId: new("111122223333"), CreationDate: &when, Enabled: new(true)}},
			`{"keyMetadata":{"aWSAccountId":"111122223333","creationDate":"Aug 10, 2022, 10:38:27 PM","enabled":true}}`},
		{&iam.CreateUserInput{UserName: new("a"), Tags: []iam.Tag{{Key: new("k"), Value: new("v")}}}, `{"userName":"a","tags":[{"key":"k","value":"v"}]}`},
		{&iam.ChangePasswordInput{OldPassword: new("o"), NewPassword: new("n")},
			`{"oldPassword":"HIDDEN_DUE_TO_SECURITY_REASONS","newPassword":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{&sts.AssumeRoleOutput{Credentials: &sts.Credentials{AccessKeyId: new("ASIA"), SecretAccessKey: new("s"), SessionToken: new("t"), Expiration: &when}},
			`{"credentials":{"accessKeyId":"ASIA","secretAccessKey":"HIDDEN_DUE_TO_SECURITY_REASONS","sessionToken":"t","expiration":"Aug 10, 2022, 10:38:27 PM"}}`},
		{&everything{Color: emptyEnum, Big: new(int64(5)), Texts: []string{}}, `{"color":"","big":5,"texts":[]}`},
		{&everything{Secrets: []string{"s"}, FlatMap: map[string]int32{"b": 1, "a": 2}},
			`{"secrets":["HIDDEN_DUE_TO_SECURITY_REASONS"],"flatMap":{"a":2,"b":1}}`},
	} {
		if got := string(AppendTrail([]byte("x"), test.v)); got != "x"+test.want {
			t.Errorf("got  %s\nwant x%s", got, test.want)
		}
	}
	all := AppendTrail(nil, full())
	if !json.Valid(all) {
		t.Errorf("not JSON: %s", all)
	}
	for _, secret := range []string{`"pw"`, `"p1"`, "blob", `"key"`} {
		if strings.Contains(string(all), secret) {
			t.Errorf("%s is in %s", secret, all)
		}
	}
}
