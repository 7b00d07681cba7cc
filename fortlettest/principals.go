package fortlettest

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// User makes an IAM user with an access key and the identity-based policies,
// and gives its configuration.
func (a *Account) User(name string, policies ...string) aws.Config {
	t := a.cloud.t
	t.Helper()
	ctx := context.Background()
	client := iam.NewFromConfig(a.Config())
	if _, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatalf("fortlettest: user %s: %v", name, err)
	}
	for i, document := range policies {
		_, err := client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: new(policyName(i)), PolicyDocument: &document,
		})
		if err != nil {
			t.Fatalf("fortlettest: policy of user %s: %v", name, err)
		}
	}
	key, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatalf("fortlettest: access key of user %s: %v", name, err)
	}
	return a.cloud.ConfigFor(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
}

// Role makes an IAM role with a trust policy and the identity-based policies,
// and gives its ARN.
func (a *Account) Role(name, trust string, policies ...string) string {
	t := a.cloud.t
	t.Helper()
	ctx := context.Background()
	client := iam.NewFromConfig(a.Config())
	role, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatalf("fortlettest: role %s: %v", name, err)
	}
	for i, document := range policies {
		_, err := client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
			RoleName: &name, PolicyName: new(policyName(i)), PolicyDocument: &document,
		})
		if err != nil {
			t.Fatalf("fortlettest: policy of role %s: %v", name, err)
		}
	}
	return *role.Role.Arn
}

// Assume gives the configuration of a session of a role, assumed by whom from
// is the configuration of.
func (c *Cloud) Assume(from aws.Config, roleARN, session string) aws.Config {
	c.t.Helper()
	out, err := sts.NewFromConfig(from).AssumeRole(context.Background(), &sts.AssumeRoleInput{
		RoleArn: &roleARN, RoleSessionName: &session,
	})
	if err != nil {
		c.t.Fatalf("fortlettest: assume %s: %v\n%s", roleARN, err, c.Explain(err))
	}
	k := out.Credentials
	return c.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken)
}

func policyName(i int) string { return "policy-" + string(rune('a'+i)) }
