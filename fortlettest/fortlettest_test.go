package fortlettest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/fortlettest"
)

const mayListKeys = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}}`

func TestExplain(t *testing.T) {
	cloud := fortlettest.New(t)
	alice := iam.NewFromConfig(cloud.User("alice", mayListKeys))
	_, err := alice.ListRoles(t.Context(), nil)
	text := cloud.Explain(err)
	for _, part := range []string{
		"iam:ListRoles",
		"arn:aws:iam::" + cloud.ID + ":user/alice",
		"DENIED: because no identity-based policy allows the iam:ListRoles action",
		"policy-a",             // the policy that was read
		"aws:username = alice", // a condition key
		`"Action":"iam:ListRoles"`,
	} {
		if !strings.Contains(strings.ReplaceAll(text, `": "`, `":"`), part) {
			t.Errorf("%q is not in the explanation:\n%s", part, text)
		}
	}
	_, err = sts.NewFromConfig(cloud.ConfigFor("AKIAIOSFODNN7EXAMPLE", "wrong", "")).GetCallerIdentity(t.Context(), nil)
	if text := cloud.Explain(err); !strings.Contains(text, "refused before authorization") {
		t.Errorf("of an unknown key: %s", text)
	}
	if text := cloud.Explain(errors.New("other")); !strings.Contains(text, "no answer of the cloud") {
		t.Errorf("of another error: %s", text)
	}
}

func TestClock(t *testing.T) {
	cloud := fortlettest.New(t)
	client := kms.NewFromConfig(cloud.Config())
	key, err := client.CreateKey(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	id := key.KeyMetadata.KeyId
	if _, err := client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: new(int32(7))}); err != nil {
		t.Fatal(err)
	}
	cloud.Advance(8 * 24 * time.Hour)
	_, err = client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: id})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "NotFoundException" {
		t.Errorf("after its waiting period: %v", err)
	}
}

func TestResetKeepsAccounts(t *testing.T) {
	cloud := fortlettest.New(t, fortlettest.WithAccount("123456789012"))
	other := cloud.NewAccount("other")
	alice := cloud.User("alice")
	session, err := sts.NewFromConfig(other.Config()).GetSessionToken(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Reset()
	for name, account := range map[string]*fortlettest.Account{"123456789012": cloud.Account, other.ID: other} {
		out, err := sts.NewFromConfig(account.Config()).GetCallerIdentity(t.Context(), nil)
		if err != nil || *out.Account != name {
			t.Errorf("account %s: %v", name, err)
		}
	}
	k := session.Credentials
	for who, cfg := range map[string]*sts.Client{
		"a user":    sts.NewFromConfig(alice),
		"a session": sts.NewFromConfig(cloud.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken)),
	} {
		var e smithy.APIError
		_, err := cfg.GetCallerIdentity(t.Context(), nil)
		if !errors.As(err, &e) || e.ErrorCode() != "InvalidClientTokenId" {
			t.Errorf("%s after the reset: %v", who, err)
		}
	}
}

// BenchmarkFirstAnswer is from nothing to the first answered call.
func BenchmarkFirstAnswer(b *testing.B) {
	for b.Loop() {
		cloud := fortlettest.New(b)
		if _, err := sts.NewFromConfig(cloud.Config()).GetCallerIdentity(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
