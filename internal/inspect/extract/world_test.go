package extract_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/fortlet/fortlet/fortlettest"
)

// profiles writes an AWS configuration of just the given profiles and lets the
// test, and the SDK in it, have no other.
func profiles(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "config")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // the test's end restores it
			os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", dir)
	t.Setenv("AWS_CONFIG_FILE", file)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// section is a profile of whom a configuration signs for.
func section(t *testing.T, name, endpoint string, cfg aws.Config) string {
	t.Helper()
	k, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("[profile %s]\nregion = eu-central-1\nendpoint_url = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n",
		name, endpoint, k.AccessKeyID, k.SecretAccessKey)
}

const (
	powerUser  = "arn:aws:iam::aws:policy/PowerUserAccess"
	s3Full     = "arn:aws:iam::aws:policy/AmazonS3FullAccess"
	sqsFull    = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
	trustEC2   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	allowLists = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"arn:aws:s3:::a+b/100%*"}]}`
)

// populate makes one of everything in an account.
func populate(t *testing.T, cfg aws.Config) {
	t.Helper()
	c := iam.NewFromConfig(cfg)
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	local, err := c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("local"), Path: new("/team/"), PolicyDocument: new(trustless("sqs:*"))})
	must(nil, err)
	arn := local.Policy.Arn
	must(c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: new(trustless("sns:*"))}))
	must(c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("unused"), PolicyDocument: new(trustless("sqs:*"))}))
	must(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: new("app1"), Path: new("/apps/"), AssumeRolePolicyDocument: new(trustEC2), PermissionsBoundary: new(powerUser), Tags: tags("team", "storage")}))
	must(c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: new("app1"), PolicyName: new("lists"), PolicyDocument: new(allowLists)}))
	must(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: new("app1"), PolicyArn: arn}))
	must(c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: new("app1"), PolicyArn: new(s3Full)}))
	must(c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: new("app1-profile")}))
	must(c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: new("app1-profile"), RoleName: new("app1")}))
	must(c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: new("devs")}))
	must(c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: new("devs"), PolicyName: new("lists"), PolicyDocument: new(allowLists)}))
	must(c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: new("devs"), PolicyArn: new(sqsFull)}))
	must(c.CreateUser(ctx, &iam.CreateUserInput{UserName: new("bob"), Tags: tags("Name", "Bob")}))
	must(c.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: new("bob"), PolicyName: new("own"), PolicyDocument: new(trustless("iam:GetUser"))}))
	must(c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: new("bob"), GroupName: new("devs")}))
}

func trustless(action string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"` + action + `","Resource":"*"}}`
}

// twoAccounts is a cloud with the accounts of the article, each with a profile
// for its root user.
func twoAccounts(t *testing.T) (cloud *fortlettest.Cloud, qa *fortlettest.Account) {
	t.Helper()
	cloud = fortlettest.New(t, fortlettest.WithAccount("123456789012"))
	qa = cloud.NewAccount("qa")
	profiles(t, section(t, "dev-profile", cloud.Endpoint, cloud.Config())+section(t, "qa-profile", cloud.Endpoint, qa.Config()))
	return cloud, qa
}
