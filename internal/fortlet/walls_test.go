package fortlet_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// The tests of this file are the points at which local clouds are known to
// differ from AWS, each from the outside, with the SDK or plain HTTP.

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

func statement(effect, action, resource, condition string) string {
	s := `{"Effect":"` + effect + `","Action":"` + action + `",` + resource
	if condition != "" {
		s += `,"Condition":` + condition
	}
	return s + "}"
}

const anyResource = `"Resource":"*"`

func errorCode(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// listUsers is a call with no side effects and a single action.
func listUsers(t *testing.T, cfg aws.Config) string {
	t.Helper()
	_, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), nil)
	return errorCode(err)
}

const allowed, denied = "", "AccessDenied"

// Negated operators with several values mean "none of them", and hold when the
// key is absent:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
// Key names are compared without regard to case:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
// Null and the set operators on what is not there:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func TestConditions(t *testing.T) {
	c := fortlettest.New(t)
	for _, tt := range []struct{ name, condition, want string }{
		{"StringNotEquals, one of several values", `{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}`, denied},
		{"StringNotEquals, none of several values", `{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-2"]}}`, allowed},
		{"StringNotEquals, absent key", `{"StringNotEquals":{"aws:SourceIdentity":["a","b"]}}`, allowed},
		{"StringNotLike, one of several values", `{"StringNotLike":{"aws:RequestedRegion":["eu-*","us-*"]}}`, denied},
		{"ArnNotLike, absent key", `{"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::b"}}`, allowed},
		{"NotIpAddress, inside one of several", `{"NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","127.0.0.0/8"]}}`, denied},
		{"NumericNotEquals, absent key", `{"NumericNotEquals":{"aws:MultiFactorAuthAge":"5"}}`, allowed},
		{"DateNotEquals, another date", `{"DateNotEquals":{"aws:CurrentTime":"2001-01-01T00:00:00Z"}}`, allowed},
		{"StringEquals, absent key", `{"StringEquals":{"aws:SourceIdentity":"a"}}`, denied},
		{"StringEqualsIfExists, absent key", `{"StringEqualsIfExists":{"aws:SourceIdentity":"a"}}`, allowed},
		{"key in capitals", `{"StringEquals":{"AWS:REQUESTEDREGION":"us-east-1"}}`, allowed},
		{"key in small letters", `{"StringEquals":{"aws:requestedregion":"us-east-1"}}`, allowed},
		{"value in another case", `{"StringEquals":{"aws:RequestedRegion":"US-EAST-1"}}`, denied},
		{"Null of an absent key", `{"Null":{"aws:MultiFactorAuthPresent":"true"}}`, allowed},
		{"Null of a present key", `{"Null":{"aws:RequestedRegion":"true"}}`, denied},
		{"ForAllValues on nothing", `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}`, allowed},
		{"ForAnyValue on nothing", `{"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}}`, denied},
		{"ForAllValues on nothing, and Null false", `{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"Null":{"aws:TagKeys":"false"}}`, denied},
		{"Bool of what long-term keys have not", `{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`, denied},
		{"BoolIfExists of it", `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, allowed},
		{"SecureTransport on plain HTTP", `{"Bool":{"aws:SecureTransport":"true"}}`, denied},
		{"a variable", `{"StringEquals":{"aws:username":"${aws:username}"}}`, allowed},
		{"a variable with a default", `{"StringEquals":{"aws:RequestedRegion":"${aws:PrincipalTag/region, 'us-east-1'}"}}`, allowed},
		{"a variable without a value", `{"StringEquals":{"aws:RequestedRegion":"${aws:PrincipalTag/region}"}}`, denied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := "u" + strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
					return r
				}
				return '-'
			}, tt.name)
			user := c.User(name, document(statement("Allow", "iam:ListUsers", anyResource, tt.condition)))
			if got := listUsers(t, user); got != tt.want {
				t.Errorf("ListUsers: %q, want %q", got, tt.want)
			}
		})
	}
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
func TestDenyInSessionPolicy(t *testing.T) {
	c := fortlettest.New(t)
	role := c.Role("r", document(statement("Allow", "sts:AssumeRole", `"Principal":{"AWS":"`+c.ID+`"}`, "")), document(statement("Allow", "iam:*", anyResource, "")))
	alice := c.User("alice", document(statement("Allow", "sts:AssumeRole", anyResource, "")))
	session := document(statement("Allow", "*", anyResource, ""), statement("Deny", "iam:ListUsers", anyResource, ""))
	out, err := sts.NewFromConfig(alice).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: new("one"), Policy: &session})
	if err != nil {
		t.Fatal(err)
	}
	k := out.Credentials
	cfg := c.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken)
	if got := listUsers(t, cfg); got != denied {
		t.Errorf("ListUsers: %q", got)
	}
	if _, err := iam.NewFromConfig(cfg).ListRoles(t.Context(), nil); err != nil {
		t.Errorf("ListRoles: %v", err)
	}
}

// A Deny with NotResource denies all but what it names:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
func TestDenyNotResource(t *testing.T) {
	c := fortlettest.New(t)
	spared := "arn:aws:iam::" + c.ID + ":user/spared"
	cfg := c.User("alice", document(statement("Allow", "iam:GetUser", anyResource, ""), statement("Deny", "iam:GetUser", `"NotResource":"`+spared+`"`, "")))
	c.User("spared")
	client := iam.NewFromConfig(cfg)
	if _, err := client.GetUser(t.Context(), &iam.GetUserInput{UserName: new("spared")}); err != nil {
		t.Errorf("the spared user: %v", err)
	}
	if _, err := client.GetUser(t.Context(), &iam.GetUserInput{UserName: new("alice")}); errorCode(err) != denied {
		t.Errorf("another user: %v", err)
	}
}

func createKey(t *testing.T, cfg aws.Config, policy string) string {
	t.Helper()
	in := &kms.CreateKeyInput{}
	if policy != "" {
		in.Policy, in.BypassPolicyLockoutSafetyCheck = &policy, true
	}
	out, err := kms.NewFromConfig(cfg).CreateKey(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return *out.KeyMetadata.Arn
}

func encrypt(t *testing.T, cfg aws.Config, key string) string {
	t.Helper()
	_, err := kms.NewFromConfig(cfg).Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x")})
	return errorCode(err)
}

// An account, a role and a session are three different things:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func TestPrincipalsOfAResourcePolicy(t *testing.T) {
	c := fortlettest.New(t)
	trust := document(statement("Allow", "sts:AssumeRole", `"Principal":{"AWS":"`+c.ID+`"}`, ""))
	role := c.Role("r", trust)
	alice := c.User("alice", document(statement("Allow", "sts:AssumeRole", anyResource, "")))
	one, two := c.Assume(alice, role, "one"), c.Assume(alice, role, "two")
	session := "arn:aws:sts::" + c.ID + ":assumed-role/r/one"
	for _, tt := range []struct{ name, principal, one, two string }{
		{"account", c.ID, "AccessDeniedException", "AccessDeniedException"}, // delegates; the role has no policy
		{"role", role, "", ""},
		{"session", session, "", "AccessDeniedException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := createKey(t, c.Config(), document(
				`{"Effect":"Allow","Principal":{"AWS":"`+tt.principal+`"},"Action":"kms:Encrypt","Resource":"*"}`,
				`{"Effect":"Allow","Principal":{"AWS":"`+c.ID+`"},"Action":"kms:PutKeyPolicy","Resource":"*"}`))
			if got := encrypt(t, one, key); got != tt.one {
				t.Errorf("session one: %q, want %q", got, tt.one)
			}
			if got := encrypt(t, two, key); got != tt.two {
				t.Errorf("session two: %q, want %q", got, tt.two)
			}
		})
	}
}

// Without the statement that lets the account in, IAM policies do not reach the
// key, and neither does root:
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func TestKeyPolicyWithoutAccountRoot(t *testing.T) {
	c := fortlettest.New(t)
	alice := c.User("alice", document(statement("Allow", "kms:*", anyResource, "")))
	c.User("bob")
	closed := createKey(t, c.Config(), document(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+c.ID+`:user/bob"},"Action":"kms:*","Resource":"*"}`))
	if got := encrypt(t, alice, closed); got != "AccessDeniedException" {
		t.Errorf("an administrator: %q", got)
	}
	if got := encrypt(t, c.Config(), closed); got != "AccessDeniedException" {
		t.Errorf("root: %q", got)
	}
	if got := encrypt(t, alice, createKey(t, c.Config(), "")); got != "" {
		t.Errorf("with the default key policy: %q", got)
	}
}

// A temporary key is nothing without its token, nor with another's.
func TestTemporaryKeyWithoutItsToken(t *testing.T) {
	c := fortlettest.New(t)
	token := func() (id, secret, token string) {
		out, err := sts.NewFromConfig(c.Config()).GetSessionToken(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return *out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken
	}
	id, secret, own := token()
	_, _, other := token()
	for name, tt := range map[string]struct{ token, want string }{
		"its own":   {own, ""},
		"none":      {"", "InvalidClientTokenId"},
		"another's": {other, "InvalidClientTokenId"},
		"a changed": {own[:len(own)-8] + "AAAAAAA=", "InvalidClientTokenId"},
	} {
		_, err := sts.NewFromConfig(c.ConfigFor(id, secret, tt.token)).GetCallerIdentity(t.Context(), nil)
		if got := errorCode(err); got != tt.want {
			t.Errorf("with %s token: %q, want %q", name, got, tt.want)
		}
	}
	if _, err := kms.NewFromConfig(c.ConfigFor(id, secret, "")).ListKeys(t.Context(), nil); errorCode(err) != "UnrecognizedClientException" {
		t.Errorf("KMS: %v", err)
	}
}

// signed makes a signed CreateUser request, as a client would send it.
func signed(t *testing.T, c *fortlettest.Cloud, body string) *http.Request {
	t.Helper()
	key, err := c.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, c.Endpoint+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	s := sigv4.Signer{AccessKeyID: key.AccessKeyID, Secret: key.SecretAccessKey, Region: "us-east-1", Service: "iam"}
	if err := s.Sign(r, sigv4.HashPayload([]byte(body)), time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

func send(t *testing.T, r *http.Request) (status int, body string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestChangedAfterSigning(t *testing.T) {
	c := fortlettest.New(t)
	const body = "Action=CreateUser&Version=2010-05-08&UserName="
	tests := []struct {
		name   string
		change func(r *http.Request)
		code   string
	}{
		{"body", func(r *http.Request) {
			changed := body + "mallory"
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(changed))), int64(len(changed))
		}, "SignatureDoesNotMatch"},
		{"host", func(r *http.Request) { r.Host = "iam.amazonaws.com" }, "SignatureDoesNotMatch"},
		{"path", func(r *http.Request) { r.URL.Path = "/other" }, "SignatureDoesNotMatch"},
		{"query", func(r *http.Request) { r.URL.RawQuery = "X=1" }, "SignatureDoesNotMatch"},
		{"method", func(r *http.Request) { r.Method = http.MethodPut }, "SignatureDoesNotMatch"},
		{"signed header", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "SignatureDoesNotMatch"},
		{"nothing", func(*http.Request) {}, ""},
	}
	for _, tt := range tests {
		r := signed(t, c, body+"alice12")
		tt.change(r)
		status, answer := send(t, r)
		if tt.code == "" && status != http.StatusOK || tt.code != "" && (status != http.StatusForbidden || !strings.Contains(answer, "<Code>"+tt.code+"</Code>")) {
			t.Errorf("%s: %d %s", tt.name, status, answer)
		}
	}
	users, err := iam.NewFromConfig(c.Config()).ListUsers(t.Context(), nil)
	if err != nil || len(users.Users) != 1 || *users.Users[0].UserName != "alice12" {
		t.Errorf("users are %v, %v", users, err)
	}
}

func TestWrongSecret(t *testing.T) {
	c := fortlettest.New(t)
	key, err := c.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wrong := c.ConfigFor(key.AccessKeyID, key.SecretAccessKey[:39]+"!", "")
	if _, err := sts.NewFromConfig(wrong).GetCallerIdentity(t.Context(), nil); errorCode(err) != "SignatureDoesNotMatch" {
		t.Errorf("STS: %v", err)
	}
	if _, err := kms.NewFromConfig(wrong).ListKeys(t.Context(), nil); errorCode(err) != "InvalidSignatureException" {
		t.Errorf("KMS: %v", err)
	}
}

// Accounts are worlds of their own: the same names, nothing seen across.
func TestAccountsAreApart(t *testing.T) {
	c := fortlettest.New(t)
	other := c.NewAccount("other")
	key := createKey(t, c.Config(), "")
	c.User("alice")
	other.User("alice")
	_, err := kms.NewFromConfig(other.Config()).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key})
	if errorCode(err) != "AccessDeniedException" {
		t.Errorf("a key of another account: %v", err)
	}
	keys, err := kms.NewFromConfig(other.Config()).ListKeys(t.Context(), nil)
	if err != nil || len(keys.Keys) != 0 {
		t.Errorf("keys of the other account: %v, %v", keys, err)
	}
}

// All accounts are in one organization, and no other account is.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
func TestOrganizationKeys(t *testing.T) {
	c := fortlettest.New(t)
	other := c.NewAccount("other")
	orgOf := func(a *fortlettest.Account) string {
		_, err := iam.NewFromConfig(a.User("asks")).ListUsers(t.Context(), nil)
		_, rest, _ := strings.Cut(c.Explain(err), "aws:PrincipalOrgID = ")
		id, _, _ := strings.Cut(rest, "\n")
		return id
	}
	id := orgOf(c.Account)
	if !strings.HasPrefix(id, "o-") || len(id) != 12 || orgOf(other) != id {
		t.Fatalf("organizations %q and %q", id, orgOf(other))
	}
	allow := func(condition string) string {
		return document(statement("Allow", "iam:ListUsers", anyResource, condition))
	}
	for i, tt := range []struct{ condition, want string }{
		{`{"StringEquals":{"aws:PrincipalOrgID":"` + id + `"}}`, allowed},
		{`{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}`, denied},
		{`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"` + id + `/r-*/"}}`, allowed},
		{`{"StringEquals":{"aws:ResourceOrgID":"` + id + `"}}`, allowed},
	} {
		if got := listUsers(t, other.User("u"+string(rune('a'+i)), allow(tt.condition))); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.condition, got, tt.want)
		}
	}
}

// A ciphertext opens only with the key, account and context it was made with.
func TestEncryptionContext(t *testing.T) {
	c := fortlettest.New(t)
	client := kms.NewFromConfig(c.Config())
	key := createKey(t, c.Config(), "")
	out, err := client.Encrypt(t.Context(), &kms.EncryptInput{KeyId: &key, Plaintext: []byte("x"), EncryptionContext: map[string]string{"a": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob, EncryptionContext: map[string]string{"a": "2"}}); errorCode(err) != "InvalidCiphertextException" {
		t.Errorf("another context: %v", err)
	}
	if _, err := client.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: out.CiphertextBlob}); errorCode(err) != "InvalidCiphertextException" {
		t.Errorf("no context: %v", err)
	}
	var notFound *kmstypes.NotFoundException
	_, err = client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: new("1234abcd-12ab-34cd-56ef-1234567890ab")})
	if !errors.As(err, &notFound) {
		t.Errorf("no such key: %v", err)
	}
}
