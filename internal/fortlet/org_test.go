package fortlet_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/fortlettest"
)

// org is the organization of a cloud, seen by its management account.
type org struct {
	*organizations.Client
	*testing.T
	cloud *fortlettest.Cloud
	root  string
}

func newOrg(t *testing.T, c *fortlettest.Cloud) *org {
	o := &org{Client: organizations.NewFromConfig(c.Config()), T: t, cloud: c}
	if _, err := o.DescribeOrganization(o.ctx(), nil); errorCode(err) == "AWSOrganizationsNotInUseException" {
		_, err := o.CreateOrganization(o.ctx(), &organizations.CreateOrganizationInput{})
		o.check(err)
	}
	roots, err := o.ListRoots(o.ctx(), nil)
	o.check(err)
	o.root = *roots.Roots[0].Id
	if len(roots.Roots[0].PolicyTypes) == 0 {
		_, err := o.EnablePolicyType(o.ctx(), &organizations.EnablePolicyTypeInput{RootId: &o.root, PolicyType: orgtypes.PolicyTypeServiceControlPolicy})
		o.check(err)
	}
	return o
}

func (o *org) ctx() context.Context { return o.Context() }

func (o *org) check(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// policy makes a policy and attaches it.
func (o *org) policy(kind orgtypes.PolicyType, name, target string, statements ...string) string {
	o.Helper()
	p, err := o.CreatePolicy(o.ctx(), &organizations.CreatePolicyInput{
		Type: kind, Name: &name, Description: new(""), Content: new(document(statements...)),
	})
	o.check(err)
	id := *p.Policy.PolicySummary.Id
	_, err = o.AttachPolicy(o.ctx(), &organizations.AttachPolicyInput{PolicyId: &id, TargetId: &target})
	o.check(err)
	return id
}

func (o *org) scp(name, target string, statements ...string) string {
	o.Helper()
	return o.policy(orgtypes.PolicyTypeServiceControlPolicy, name, target, statements...)
}

// TestSCPBindsEveryPrincipal: the root user, an administrator and a role of a
// member account; not the management account.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func TestSCPBindsEveryPrincipal(t *testing.T) {
	c := fortlettest.New(t)
	member := c.NewAccount("member")
	o := newOrg(t, c)
	admin := member.User("admin", document(statement("Allow", "*", anyResource, "")))
	id := o.scp("no-users", o.root, statement("Deny", "iam:ListUsers", anyResource, ""))
	for name, cfg := range map[string]aws.Config{"root": member.Config(), "admin": admin} {
		_, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), nil)
		if errorCode(err) != "AccessDenied" || !strings.Contains(err.Error(), "with an explicit deny in a service control policy: arn:aws:organizations::"+c.ID+":policy/o-") ||
			!strings.Contains(err.Error(), "/service_control_policy/"+id) {
			t.Errorf("%s: %v", name, err)
		}
		if why := c.Explain(err); !strings.Contains(why, "attached to "+o.root) || !strings.Contains(why, id) {
			t.Errorf("%s: %s", name, why)
		}
	}
	if got := listUsers(t, c.Config()); got != allowed {
		t.Errorf("the management account: %s", got)
	}
	_, err := o.DetachPolicy(t.Context(), &organizations.DetachPolicyInput{PolicyId: &id, TargetId: &o.root})
	o.check(err)
	if got := listUsers(t, admin); got != allowed {
		t.Errorf("after the policy was detached: %s", got)
	}
}

// TestOrganizationRole: principals of the management account get into a new
// account by its role.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_create-cross-account-role.html
func TestOrganizationRole(t *testing.T) {
	c := fortlettest.New(t)
	o := newOrg(t, c)
	made, err := o.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: new("Production & more"), Email: new("prod@example.com")})
	o.check(err)
	if s := made.CreateAccountStatus; s.State != orgtypes.CreateAccountStateInProgress || s.AccountId != nil {
		t.Errorf("the request is %+v", s)
	}
	done, err := o.DescribeCreateAccountStatus(t.Context(), &organizations.DescribeCreateAccountStatusInput{CreateAccountRequestId: made.CreateAccountStatus.Id})
	o.check(err)
	if done.CreateAccountStatus.State != orgtypes.CreateAccountStateSucceeded {
		t.Fatalf("the request came to %+v", done.CreateAccountStatus)
	}
	id := *done.CreateAccountStatus.AccountId
	ops := c.User("ops", document(statement("Allow", "sts:AssumeRole", anyResource, "")))
	inside := c.Assume(ops, "arn:aws:iam::"+id+":role/OrganizationAccountAccessRole", "ops")
	who, err := sts.NewFromConfig(inside).GetCallerIdentity(t.Context(), nil)
	if err != nil || *who.Account != id {
		t.Fatalf("inside: %v, %v", who, err)
	}
	if got := listUsers(t, inside); got != allowed {
		t.Errorf("inside: %s", got)
	}

	// Closed, nothing of the account works any more, and nobody gets in.
	_, err = o.CloseAccount(t.Context(), &organizations.CloseAccountInput{AccountId: &id})
	o.check(err)
	if _, err := sts.NewFromConfig(inside).GetCallerIdentity(t.Context(), nil); errorCode(err) != "InvalidClientTokenId" {
		t.Errorf("inside of a closed account: %v", err)
	}
	_, err = sts.NewFromConfig(ops).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: new("arn:aws:iam::" + id + ":role/OrganizationAccountAccessRole"), RoleSessionName: new("ops")})
	if errorCode(err) != "AccessDenied" {
		t.Errorf("the role of a closed account: %v", err)
	}
}

// TestRCPKeepsStrangersOut whatever the bucket's own policy says.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
func TestRCPKeepsStrangersOut(t *testing.T) {
	c := fortlettest.New(t)
	member, stranger := c.NewAccount("member"), c.NewStandaloneAccount("stranger")
	o := newOrg(t, c)
	owner := s3.NewFromConfig(member.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	_, err := owner.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: new("open-to-all")})
	o.check(err)
	_, err = owner.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: new("open-to-all")})
	o.check(err)
	_, err = owner.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: new("open-to-all"), Policy: new(document(
		`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::open-to-all","arn:aws:s3:::open-to-all/*"]}`))})
	o.check(err)
	list := func(cfg aws.Config) error {
		_, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: new("open-to-all")})
		return err
	}
	anonymous := c.Config()
	anonymous.Credentials = aws.AnonymousCredentials{}
	callers := map[string]aws.Config{"stranger": stranger.Config(), "anonymous": anonymous}
	for name, cfg := range callers {
		o.check(list(cfg))
		_ = name
	}
	_, err = o.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: &o.root, PolicyType: orgtypes.PolicyTypeResourceControlPolicy})
	o.check(err)
	org, err := o.DescribeOrganization(t.Context(), nil)
	o.check(err)
	o.policy(orgtypes.PolicyTypeResourceControlPolicy, "perimeter", o.root,
		`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"`+*org.Organization.Id+`"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`)
	for name, cfg := range callers {
		if err := list(cfg); errorCode(err) != "AccessDenied" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, cfg := range map[string]aws.Config{"the owner": member.Config(), "the management account": c.Config()} {
		if err := list(cfg); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSCPLevels: the root, every unit and the account must allow; where one does
// not, nothing is allowed below.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
func TestSCPLevels(t *testing.T) {
	c := fortlettest.New(t)
	member := c.NewAccount("member")
	o := newOrg(t, c)
	admin := member.User("admin", document(statement("Allow", "*", anyResource, "")))
	unit, err := o.CreateOrganizationalUnit(t.Context(), &organizations.CreateOrganizationalUnitInput{ParentId: &o.root, Name: new("u")})
	o.check(err)
	id := unit.OrganizationalUnit.Id
	full := "p-FullAWSAccess"
	_, err = o.MoveAccount(t.Context(), &organizations.MoveAccountInput{AccountId: &member.ID, SourceParentId: &o.root, DestinationParentId: id})
	o.check(err)
	// An allow list: only S3, at one level.
	for _, level := range []string{o.root, *id, member.ID} {
		only := o.scp("only-s3-"+level, level, statement("Allow", "s3:*", anyResource, ""))
		if got := listUsers(t, admin); got != allowed {
			t.Errorf("%s allows everything beside: %s", level, got)
		}
		_, err = o.DetachPolicy(t.Context(), &organizations.DetachPolicyInput{PolicyId: &full, TargetId: &level})
		o.check(err)
		_, err = iam.NewFromConfig(admin).ListUsers(t.Context(), nil)
		if errorCode(err) != denied || !strings.Contains(err.Error(), "because no service control policy allows the iam:ListUsers action") {
			t.Errorf("%s allows S3 only: %v", level, err)
		}
		if why := c.Explain(err); !strings.Contains(why, "decided by the policies, attached to "+level) || !strings.Contains(why, "add to the service control policies of "+level) {
			t.Errorf("%s allows S3 only: %s", level, why)
		}
		if _, err := s3.NewFromConfig(admin, func(o *s3.Options) { o.UsePathStyle = true }).ListBuckets(t.Context(), nil); err != nil {
			t.Errorf("%s allows S3: %v", level, err)
		}
		_, err = o.AttachPolicy(t.Context(), &organizations.AttachPolicyInput{PolicyId: &full, TargetId: &level})
		o.check(err)
		_, err = o.DetachPolicy(t.Context(), &organizations.DetachPolicyInput{PolicyId: &only, TargetId: &level})
		o.check(err)
	}

	// Where the account is, counts from the moment it is moved; and what is
	// disabled binds nobody.
	o.scp("no-iam", *id, statement("Deny", "iam:*", anyResource, ""))
	if got := listUsers(t, admin); got != denied {
		t.Errorf("in the unit: %q", got)
	}
	_, err = o.MoveAccount(t.Context(), &organizations.MoveAccountInput{AccountId: &member.ID, SourceParentId: id, DestinationParentId: &o.root})
	o.check(err)
	if got := listUsers(t, admin); got != allowed {
		t.Errorf("out of the unit: %q", got)
	}
	_, err = o.MoveAccount(t.Context(), &organizations.MoveAccountInput{AccountId: &member.ID, SourceParentId: &o.root, DestinationParentId: id})
	o.check(err)
	_, err = o.DisablePolicyType(t.Context(), &organizations.DisablePolicyTypeInput{RootId: &o.root, PolicyType: orgtypes.PolicyTypeServiceControlPolicy})
	o.check(err)
	if got := listUsers(t, admin); got != allowed {
		t.Errorf("with service control policies disabled: %q", got)
	}
}

// TestOrganizationPaths: a condition can ask for the place of an account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgpaths
func TestOrganizationPaths(t *testing.T) {
	c := fortlettest.New(t)
	member, alone := c.NewAccount("member"), c.NewStandaloneAccount("alone")
	o := newOrg(t, c)
	unit, err := o.CreateOrganizationalUnit(t.Context(), &organizations.CreateOrganizationalUnitInput{ParentId: &o.root, Name: new("u")})
	o.check(err)
	id := *unit.OrganizationalUnit.Id
	_, err = o.MoveAccount(t.Context(), &organizations.MoveAccountInput{AccountId: &member.ID, SourceParentId: &o.root, DestinationParentId: &id})
	o.check(err)
	org, err := o.DescribeOrganization(t.Context(), nil)
	o.check(err)
	path := *org.Organization.Id + "/" + o.root + "/"
	for i, tt := range []struct {
		account         *fortlettest.Account
		condition, want string
	}{
		{member, `{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"` + path + id + `/"}}`, allowed},
		{member, `{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"` + path + `*"}}`, allowed},
		{member, `{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"` + path + `"}}`, denied},
		{member, `{"ForAnyValue:StringEquals":{"aws:ResourceOrgPaths":"` + path + id + `/"}}`, allowed},
		{c.Account, `{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"` + path + `"}}`, allowed},
		{c.Account, `{"StringEquals":{"aws:ResourceOrgID":"` + *org.Organization.Id + `"}}`, allowed},
		{alone, `{"StringLike":{"aws:PrincipalOrgID":"*"}}`, denied},
		{alone, `{"Null":{"aws:PrincipalOrgID":"true","aws:PrincipalOrgPaths":"true","aws:ResourceOrgID":"true","aws:ResourceOrgPaths":"true"}}`, allowed},
	} {
		user := tt.account.User("u"+string(rune('a'+i)), document(statement("Allow", "iam:ListUsers", anyResource, tt.condition)))
		if got := listUsers(t, user); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.condition, got, tt.want)
		}
	}
}

// TestRCPExemptions: the management account's resources, AWS's own keys, and
// services that RCPs do not know.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func TestRCPExemptions(t *testing.T) {
	c := fortlettest.New(t)
	member := c.NewAccount("member")
	o := newOrg(t, c)
	_, err := o.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: &o.root, PolicyType: orgtypes.PolicyTypeResourceControlPolicy})
	o.check(err)
	deny := func(action string) string {
		return `{"Effect":"Deny","Principal":"*","Action":"` + action + `","Resource":"*"}`
	}
	id := o.policy(orgtypes.PolicyTypeResourceControlPolicy, "nothing", o.root, deny("kms:*"), deny("s3:*"))
	key := createKey(t, c.Config(), "") // of the management account
	if _, err := kms.NewFromConfig(c.Config()).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key}); err != nil {
		t.Errorf("a key of the management account: %v", err)
	}
	_, err = kms.NewFromConfig(member.Config()).CreateKey(t.Context(), nil)
	if errorCode(err) != "AccessDeniedException" || !strings.Contains(err.Error(), "with an explicit deny in a resource control policy: arn:aws:organizations::") || !strings.Contains(err.Error(), id) {
		t.Errorf("of the member: %v", err)
	}
	if _, err := kms.NewFromConfig(member.Config()).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: new("alias/aws/s3")}); err != nil {
		t.Errorf("AWS's key of the member: %v", err)
	}
	if got := listUsers(t, member.Config()); got != allowed {
		t.Errorf("IAM: %q", got)
	}
	_, err = o.CreatePolicy(t.Context(), &organizations.CreatePolicyInput{
		Type: orgtypes.PolicyTypeResourceControlPolicy, Name: new("all"), Description: new(""), Content: new(document(deny("*"))),
	})
	o.check(err)
}

// TestOrganizationSurvives a restart, with all that it binds.
func TestOrganizationSurvives(t *testing.T) {
	dir := t.TempDir()
	var member, admin string
	var userKey aws.Config
	t.Run("before", func(t *testing.T) {
		c := fortlettest.New(t, fortlettest.WithDir(dir))
		a := c.NewAccount("member")
		o := newOrg(t, c)
		userKey = a.User("admin", document(statement("Allow", "*", anyResource, "")))
		o.scp("no-users", a.ID, statement("Deny", "iam:ListUsers", anyResource, ""))
		member, admin = a.ID, o.root
	})
	t.Run("after", func(t *testing.T) {
		c := fortlettest.New(t, fortlettest.WithDir(dir))
		o := newOrg(t, c)
		if o.root != admin {
			t.Errorf("the root is %s, was %s", o.root, admin)
		}
		key, err := userKey.Credentials.Retrieve(t.Context())
		o.check(err)
		if got := listUsers(t, c.ConfigFor(key.AccessKeyID, key.SecretAccessKey, "")); got != denied {
			t.Errorf("the policy of account %s: %q", member, got)
		}
		// A reset takes the policies, and not the membership.
		c.Reset()
		list, err := o.ListPoliciesForTarget(t.Context(), &organizations.ListPoliciesForTargetInput{TargetId: &member, Filter: orgtypes.PolicyTypeServiceControlPolicy})
		if err != nil || len(list.Policies) != 1 || *list.Policies[0].Id != "p-FullAWSAccess" {
			t.Errorf("after a reset: %+v, %v", list, err)
		}
		ops := c.User("ops", document(statement("Allow", "sts:AssumeRole", anyResource, "")))
		inside := c.Assume(ops, "arn:aws:iam::"+member+":role/OrganizationAccountAccessRole", "ops")
		if got := listUsers(t, inside); got != allowed {
			t.Errorf("inside after a reset: %q", got)
		}
	})
}

// TestOrganizationRecords: the calls and what comes of them are in the trail of
// the management account, addresses and names of accounts left out.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
func TestOrganizationRecords(t *testing.T) {
	c := fortlettest.New(t)
	o := newOrg(t, c)
	_, err := o.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: new("A Secret Name"), Email: new("secret@example.com")})
	o.check(err)
	list, err := o.ListAccounts(t.Context(), nil)
	o.check(err)
	var id string
	for _, a := range list.Accounts {
		if *a.Id != c.ID {
			id = *a.Id
		}
	}
	_, err = o.CloseAccount(t.Context(), &organizations.CloseAccountInput{AccountId: &id})
	o.check(err)
	trail, err := cloudtrail.NewFromConfig(c.Config()).LookupEvents(t.Context(), nil)
	o.check(err)
	seen := make(map[string]string)
	for _, e := range trail.Events {
		seen[*e.EventName] = *e.CloudTrailEvent
	}
	for name, parts := range map[string][]string{
		"CreateOrganization":  {`"eventSource":"organizations.amazonaws.com"`, `"readOnly":false`, `"o-`},
		"CreateAccount":       {`"state":"IN_PROGRESS"`, `"HIDDEN_DUE_TO_SECURITY_REASONS"`},
		"CreateAccountResult": {`"eventType":"AwsServiceEvent"`, `"state":"SUCCEEDED"`, id},
		"CloseAccount":        {`"accountId":"` + id},
		"CloseAccountResult":  {`"closeAccountStatus"`, id},
		"ListAccounts":        {`"readOnly":true`},
	} {
		for _, part := range parts {
			if !strings.Contains(seen[name], part) {
				t.Errorf("%s has no %s: %s", name, part, seen[name])
			}
		}
		if strings.Contains(seen[name], "A Secret Name") || strings.Contains(seen[name], "secret@example.com") {
			t.Errorf("%s tells who: %s", name, seen[name])
		}
	}
}

// TestSimulatedOrganization: IAM's simulator reads the service control policies
// of the simulated user's account.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_OrganizationsDecisionDetail.html
func TestSimulatedOrganization(t *testing.T) {
	c := fortlettest.New(t)
	member, alone := c.NewAccount("member"), c.NewStandaloneAccount("alone")
	o := newOrg(t, c)
	o.scp("no-users", o.root, statement("Deny", "iam:ListUsers", anyResource, ""))
	simulate := func(a *fortlettest.Account) (string, *iamtypes.OrganizationsDecisionDetail) {
		a.User("u", document(statement("Allow", "*", anyResource, "")))
		out, err := iam.NewFromConfig(a.Config()).SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: new("arn:aws:iam::" + a.ID + ":user/u"), ActionNames: []string{"iam:ListUsers"},
		})
		o.check(err)
		return string(out.EvaluationResults[0].EvalDecision), out.EvaluationResults[0].OrganizationsDecisionDetail
	}
	if decision, detail := simulate(member); decision != "explicitDeny" || detail == nil || detail.AllowedByOrganizations {
		t.Errorf("member: %s %+v", decision, detail)
	}
	if decision, detail := simulate(c.Account); decision != "allowed" || detail == nil || !detail.AllowedByOrganizations {
		t.Errorf("management account: %s %+v", decision, detail)
	}
	if decision, detail := simulate(alone); decision != "allowed" || detail != nil {
		t.Errorf("an account that stands alone: %s %+v", decision, detail)
	}
}

// TestRCPOverTrust: a role that trusts everybody is assumed by nobody from
// outside.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
func TestRCPOverTrust(t *testing.T) {
	c := fortlettest.New(t)
	member, stranger := c.NewAccount("member"), c.NewStandaloneAccount("stranger")
	o := newOrg(t, c)
	arn := member.Role("open", document(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`))
	assume := func(a *fortlettest.Account) error {
		cfg := a.User("caller-"+c.Now().Format("150405.000000000"), document(statement("Allow", "sts:*", anyResource, "")))
		_, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: new("session")})
		return err
	}
	o.check(assume(stranger))
	org, err := o.DescribeOrganization(t.Context(), nil)
	o.check(err)
	_, err = o.EnablePolicyType(t.Context(), &organizations.EnablePolicyTypeInput{RootId: &o.root, PolicyType: orgtypes.PolicyTypeResourceControlPolicy})
	o.check(err)
	o.policy(orgtypes.PolicyTypeResourceControlPolicy, "members-only", member.ID,
		`{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"`+*org.Organization.Id+`"}}}`)
	if err := assume(stranger); errorCode(err) != denied {
		t.Errorf("the stranger: %v", err)
	}
	o.check(assume(c.Account))
	o.check(assume(member))
}

// TestCreateAccountsConcurrently: many at once are made once each, and all bound
// by what binds the root.
func TestCreateAccountsConcurrently(t *testing.T) {
	c := fortlettest.New(t)
	o := newOrg(t, c)
	o.scp("no-users", o.root, statement("Deny", "iam:ListUsers", anyResource, ""))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			_, err := o.CreateAccount(t.Context(), &organizations.CreateAccountInput{AccountName: new("same"), Email: new("same" + string(rune('a'+i/2)) + "@example.com")})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	made, err := o.ListCreateAccountStatus(t.Context(), nil)
	o.check(err)
	states := make(map[string]int)
	ops := c.User("ops", document(statement("Allow", "sts:AssumeRole", anyResource, "")))
	for _, s := range made.CreateAccountStatuses {
		states[string(s.State)+string(s.FailureReason)]++
		if s.AccountId != nil {
			if got := listUsers(t, c.Assume(ops, "arn:aws:iam::"+*s.AccountId+":role/OrganizationAccountAccessRole", "ops")); got != denied {
				t.Errorf("account %s: %q", *s.AccountId, got)
			}
		}
	}
	if states["SUCCEEDED"] != 4 || states["FAILEDEMAIL_ALREADY_EXISTS"] != 4 {
		t.Errorf("requests came to %v", states)
	}
}
