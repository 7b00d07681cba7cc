package fortlet_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/fortlettest"
)

// federate gives the session of somebody whom a user, or root, vouches for.
func federate(t *testing.T, c *fortlettest.Cloud, from aws.Config, session string) aws.Config {
	t.Helper()
	in := &sts.GetFederationTokenInput{Name: new("fred")}
	if session != "" {
		in.Policy = &session
	}
	out, err := sts.NewFromConfig(from).GetFederationToken(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	k := out.Credentials
	return c.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken)
}

// TestFederatedUserIsItsIssuer: a federated user has the permissions that both
// its issuer and the session policies have, and what a key policy says of the
// issuer it says of the session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getfederationtoken.html
func TestFederatedUserIsItsIssuer(t *testing.T) {
	c := fortlettest.New(t)
	everything := document(statement("Allow", "*", anyResource, ""))
	alice := c.User("alice", document(statement("Allow", "kms:*", anyResource, ""), statement("Allow", "sts:*", anyResource, "")))
	principal := func(name string) string {
		return `"Principal":{"AWS":"arn:aws:iam::` + c.ID + ":" + name + `"},` + anyResource
	}
	account := statement("Allow", "kms:*", principal("root"), "")
	for _, tt := range []struct {
		name, key, session, want string
	}{
		{"the account is let in", document(account), everything, ""},
		{"without session policies", document(account), "", "AccessDeniedException"},
		{"session policies that do not allow", document(account), document(statement("Allow", "sts:*", anyResource, "")), "AccessDeniedException"},
		{"the issuer is denied", document(account, statement("Deny", "kms:Encrypt", principal("user/alice"), "")), everything, "AccessDeniedException"},
		{"all but the issuer are denied", document(account, statement("Deny", "kms:Encrypt", `"NotPrincipal":{"AWS":["arn:aws:iam::`+c.ID+`:user/alice","`+c.ID+`"]},`+anyResource, "")), everything, "AccessDeniedException"},
		{"the issuer is named", document(statement("Allow", "kms:*", principal("user/alice"), "")), everything, ""},
		{"the issuer is named, without session policies", document(statement("Allow", "kms:*", principal("user/alice"), "")), "", "AccessDeniedException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			created, err := kms.NewFromConfig(c.Config()).CreateKey(t.Context(), &kms.CreateKeyInput{Policy: &tt.key, BypassPolicyLockoutSafetyCheck: true})
			if err != nil {
				t.Fatal(err)
			}
			fred := kms.NewFromConfig(federate(t, c, alice, tt.session))
			_, err = fred.Encrypt(t.Context(), &kms.EncryptInput{KeyId: created.KeyMetadata.KeyId, Plaintext: []byte("x")})
			if got := errorCode(err); got != tt.want {
				t.Errorf("Encrypt: %q, want %q\n%s", got, tt.want, c.Explain(err))
			}
		})
	}
}
