package reach_test

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// govern puts the account under random policies of its organization, which
// leave enough to read the account.
func (c *randomCloud) govern() {
	ctx, client := c.Context(), organizations.NewFromConfig(c.cloud.Config())
	roots, err := client.ListRoots(ctx, &organizations.ListRootsInput{})
	c.check(err)
	root := roots.Roots[0].Id
	unit, err := client.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{Name: new("unit"), ParentId: root})
	c.check(err)
	_, err = client.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: &c.home.ID, SourceParentId: root, DestinationParentId: unit.OrganizationalUnit.Id})
	c.check(err)
	actions := []string{`"s3:GetObject"`, `["s3:PutObject","kms:Encrypt"]`, `"sts:AssumeRole"`, `"kms:Generate*"`}
	for _, t := range []orgtypes.PolicyType{orgtypes.PolicyTypeServiceControlPolicy, orgtypes.PolicyTypeResourceControlPolicy} {
		if _, err = client.EnablePolicyType(ctx, &organizations.EnablePolicyTypeInput{RootId: root, PolicyType: t}); err != nil && !strings.Contains(err.Error(), "PolicyTypeAlreadyEnabled") {
			c.Fatal(err)
		}
		principal := ""
		if t == orgtypes.PolicyTypeResourceControlPolicy {
			principal = `"Principal":"*",`
		}
		for i, target := range []*string{&c.home.ID, unit.OrganizationalUnit.Id, root} {
			if c.IntN(3) > 0 {
				continue
			}
			document := `{"Version":"2012-10-17","Statement":{"Effect":"Deny",` + principal + `"Action":` + pick(c, actions...) + `,"Resource":"*"` + c.condition() + `}}`
			p, err := client.CreatePolicy(ctx, &organizations.CreatePolicyInput{Name: new(fmt.Sprint("p", i)), Description: new(""), Type: t, Content: &document})
			c.check(err)
			_, err = client.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: target})
			c.check(err)
		}
	}
	if c.IntN(4) > 0 {
		return
	}
	// Without FullAWSAccess the account may do no more than a policy of its own
	// says.
	document := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["s3:*","kms:*","iam:*"],"Resource":"*"}}`
	p, err := client.CreatePolicy(ctx, &organizations.CreatePolicyInput{Name: new("some"), Description: new(""), Type: orgtypes.PolicyTypeServiceControlPolicy, Content: &document})
	c.check(err)
	_, err = client.AttachPolicy(ctx, &organizations.AttachPolicyInput{PolicyId: p.Policy.PolicySummary.Id, TargetId: &c.home.ID})
	c.check(err)
	_, err = client.DetachPolicy(ctx, &organizations.DetachPolicyInput{PolicyId: new("p-FullAWSAccess"), TargetId: &c.home.ID})
	c.check(err)
}
