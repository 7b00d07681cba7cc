package reach_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/fortlettest"
)

// randomCloud is a cloud with a random account, and another one.
type randomCloud struct {
	testing.TB
	*rand.Rand
	cloud   *fortlettest.Cloud
	home    *fortlettest.Account // a member of an organization
	far     *fortlettest.Account
	admin   awssdk.Config
	zoe     awssdk.Config // of the other account, and may everything there
	callers []caller
	roles   []string // ARNs
	buckets []string
	keys    []string // ARNs
	tally   map[string]int
}

// caller is somebody with credentials.
type caller struct {
	name   string // for Find
	arn    string // that a simulation can take, "" for others
	config awssdk.Config
	broad  string   // the role of a session, for Find
	scoped []string // session policies
}

const adminPolicy = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

func newRandomCloud(t testing.TB, seed uint64) *randomCloud {
	cloud := fortlettest.New(t)
	c := &randomCloud{TB: t, Rand: rand.New(rand.NewPCG(seed, 0)), cloud: cloud, home: cloud.NewAccount("home"), far: cloud.NewStandaloneAccount("far"), tally: map[string]int{}}
	c.admin = c.home.User("admin", adminPolicy)
	for i := range 4 {
		c.roles = append(c.roles, fmt.Sprintf("arn:aws:iam::%s:role/r%d", c.home.ID, i))
	}
	c.zoe = c.far.User("zoe", adminPolicy)
	c.principals()
	c.makeBuckets()
	c.makeKeys()
	c.govern()
	return c
}

func (c *randomCloud) check(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func pick[T any](c *randomCloud, list ...T) T { return list[c.IntN(len(list))] }

// conditions are those that statements have: mostly none.
func (c *randomCloud) condition() string {
	if c.IntN(3) > 0 {
		return ""
	}
	return `,"Condition":` + pick(c,
		`{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}`,
		`{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`,
		`{"Bool":{"aws:SecureTransport":"false"}}`,
		`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`,
		`{"Null":{"aws:MultiFactorAuthPresent":"true"}}`,
		`{"StringEquals":{"aws:PrincipalTag/team":"a"}}`,
		`{"StringNotEquals":{"aws:PrincipalTag/team":"a"}}`,
		`{"StringEqualsIfExists":{"kms:EncryptionContext:app":"one"}}`,
		`{"StringEquals":{"kms:EncryptionContext:app":"one"}}`,
		`{"StringLike":{"s3:prefix":["a*",""]}}`,
		`{"Null":{"s3:prefix":"true"}}`,
		`{"StringEquals":{"aws:ResourceTag/env":"prod"}}`,
		`{"StringEquals":{"sts:ExternalId":"xx"}}`,
		`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}`,
		`{"StringEquals":{"aws:PrincipalAccount":"`+c.home.ID+`"}}`,
		`{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`,
		`{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}`,
		`{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`,
		`{"StringEquals":{"aws:PrincipalType":"User"},"Null":{"aws:TokenIssueTime":"true"}}`,
		`{"StringLike":{"aws:userid":"AIDA*"}}`,
		`{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}`,
		`{"Bool":{"kms:GrantIsForAWSResource":"true"}}`,
		`{"StringEquals":{"kms:CallerAccount":"`+c.home.ID+`"}}`,
		`{"StringEquals":{"kms:KeySpec":"SYMMETRIC_DEFAULT"}}`,
	)
}

func (c *randomCloud) action() string {
	return pick(c, `"*"`, `"s3:*"`, `"s3:GetObject"`, `["s3:ListBucket","kms:Encrypt"]`, `"s3:*Object"`, `"kms:*"`, `"kms:GenerateDataKey*"`, `"kms:DescribeKey"`, `"sts:*"`, `"sts:AssumeRole"`, `["iam:GetUser","sts:AssumeRole"]`)
}

func (c *randomCloud) effect() string { return pick(c, "Allow", "Allow", "Allow", "Allow", "Deny") }

func (c *randomCloud) identityPolicy() string {
	var list []string
	for range 1 + c.IntN(3) {
		action := `"Action":` + c.action()
		if c.IntN(8) == 0 {
			action = `"NotAction":` + c.action()
		}
		resource := `"Resource":` + pick(c, `"*"`, `"*"`, `"arn:aws:s3:::b*"`, `"arn:aws:s3:::b0/*"`, `"arn:aws:s3:::b*/${aws:username}"`, `"arn:aws:s3:::b*/${s3:prefix}*"`, `"arn:aws:kms:*:*:key/*"`, `"arn:aws:iam::*:role/r*"`, `"`+pick(c, c.roles...)+`"`)
		if c.IntN(8) == 0 {
			resource = `"NotResource":` + pick(c, `"arn:aws:s3:::b0/*"`, `"arn:aws:kms:*:*:key/*"`)
		}
		list = append(list, fmt.Sprintf(`{"Effect":%q,%s,%s%s}`, c.effect(), action, resource, c.condition()))
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

func (c *randomCloud) principal() string {
	home, far := "arn:aws:iam::"+c.home.ID+":", "arn:aws:iam::"+c.far.ID+":"
	return pick(c, `"*"`, `{"AWS":"*"}`, `{"AWS":"`+home+`root"}`, `{"AWS":"`+home+`root"}`, `{"AWS":["`+home+`user/u0","`+home+`user/u1"]}`, `{"AWS":"`+pick(c, c.roles...)+`"}`,
		`{"AWS":"arn:aws:sts::`+c.home.ID+`:assumed-role/r0/session"}`, `{"AWS":"`+far+`root"}`, `{"AWS":"`+far+`user/zoe"}`, `{"AWS":["`+home+`user/u2","`+far+`root"]}`)
}

// resourcePolicy adds random statements to those that are given.
func (c *randomCloud) resourcePolicy(actions func() string, resource string, more ...string) string {
	list := more
	for range 1 + c.IntN(3) {
		effect, named := c.effect(), "Principal"
		principal := c.principal()
		if c.IntN(8) == 0 && !strings.Contains(principal, `*`) && effect == "Deny" {
			named = "NotPrincipal"
		}
		s := fmt.Sprintf(`{"Effect":%q,%q:%s,"Action":%s`, effect, named, principal, actions())
		if resource != "" {
			s += `,"Resource":` + resource
		}
		list = append(list, s+c.condition()+"}")
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(list, ",") + `]}`
}

// principals makes the users and roles.
func (c *randomCloud) principals() {
	ctx := c.Context()
	client := iam.NewFromConfig(c.admin)
	boundary, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: new("boundary"), PolicyDocument: new(c.identityPolicy())})
	c.check(err)
	group := func(user string) {
		_, err = client.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: new("g-" + user)})
		c.check(err)
		_, err = client.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: new("g-" + user), PolicyName: new("p"), PolicyDocument: new(c.identityPolicy())})
		c.check(err)
		_, err = client.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: new("g-" + user), UserName: &user})
		c.check(err)
	}
	tags := []iamtypes.Tag{{Key: new("team"), Value: new("a")}}
	for i := range 4 {
		name := fmt.Sprintf("u%d", i)
		config := c.home.User(name, c.identityPolicy())
		if i%2 == 0 {
			group(name)
			_, err = client.TagUser(ctx, &iam.TagUserInput{UserName: &name, Tags: tags})
			c.check(err)
		}
		if i == 3 {
			_, err = client.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{UserName: &name, PermissionsBoundary: boundary.Policy.Arn})
			c.check(err)
		}
		c.callers = append(c.callers, caller{name: name, arn: "arn:aws:iam::" + c.home.ID + ":user/" + name, config: config})
	}
	admin := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:user/admin"},"Action":"sts:AssumeRole"}`, c.home.ID)
	for i := range c.roles {
		c.home.Role(fmt.Sprintf("r%d", i), `{"Version":"2012-10-17","Statement":[`+admin+`]}`, c.identityPolicy())
	}
	_, err = client.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: new("r1"), PermissionsBoundary: boundary.Policy.Arn})
	c.check(err)
	_, err = client.TagRole(ctx, &iam.TagRoleInput{RoleName: new("r2"), Tags: tags})
	c.check(err)
	for i, role := range c.roles {
		session := caller{
			name:   fmt.Sprintf("arn:aws:sts::%s:assumed-role/r%d/session", c.home.ID, i),
			broad:  fmt.Sprintf("role/r%d", i),
			config: c.cloud.Assume(c.admin, role, "session"),
		}
		c.callers = append(c.callers, session, c.scoped(session, role))
	}
	for i := range c.roles {
		deny := pick(c, "", fmt.Sprintf(`,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::%s:user/u1"},"Action":"sts:AssumeRole"}`, c.home.ID))
		document := c.resourcePolicy(func() string { return `"sts:AssumeRole"` }, "", admin+deny)
		_, err = client.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: new(fmt.Sprintf("r%d", i)), PolicyDocument: &document})
		c.check(err)
	}
	c.callers = append(c.callers,
		caller{name: "root", config: c.home.Config()},
		caller{name: c.far.ID, config: c.far.Config()},
		caller{name: "arn:aws:iam::" + c.far.ID + ":user/zoe", config: c.zoe},
		caller{name: "anonymous", config: awssdk.Config{Region: "us-east-1", BaseEndpoint: &c.cloud.Endpoint, Credentials: awssdk.AnonymousCredentials{}}},
	)
}

// scoped is a session with a session policy.
func (c *randomCloud) scoped(session caller, role string) caller {
	document := c.identityPolicy()
	out, err := sts.NewFromConfig(c.admin).AssumeRole(c.Context(), &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: new("session"), Policy: &document})
	c.check(err)
	k := out.Credentials
	session.config = c.cloud.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken)
	session.scoped = []string{document}
	session.broad = ""
	return session
}

func (c *randomCloud) makeBuckets() {
	ctx, client := c.Context(), s3.NewFromConfig(c.admin, func(o *s3.Options) { o.UsePathStyle = true })
	for i := range 3 {
		name := fmt.Sprintf("b%d-%s", i, c.home.ID)
		c.buckets = append(c.buckets, name)
		in := &s3.CreateBucketInput{Bucket: &name}
		if i == 2 {
			in.ObjectOwnership = s3types.ObjectOwnershipBucketOwnerPreferred
		}
		_, err := client.CreateBucket(ctx, in)
		c.check(err)
		_, err = client.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: &name})
		c.check(err)
		for _, key := range []string{"key", "u0"} {
			put := &s3.PutObjectInput{Bucket: &name, Key: &key, Body: strings.NewReader("x")}
			if i == 2 {
				put.ACL = pick(c, s3types.ObjectCannedACLPublicRead, s3types.ObjectCannedACLAuthenticatedRead, s3types.ObjectCannedACLPrivate)
			}
			_, err = client.PutObject(ctx, put)
			c.check(err)
		}
		if i == 2 {
			_, err = client.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: &name, ACL: pick(c, s3types.BucketCannedACLPublicRead, s3types.BucketCannedACLAuthenticatedRead)})
			c.check(err)
		}
		actions := func() string {
			return pick(c, `"s3:GetObject"`, `["s3:GetObject","s3:ListBucket"]`, `"s3:ListBucket"`, `"s3:PutObject"`)
		}
		document := c.resourcePolicy(actions, fmt.Sprintf(`["arn:aws:s3:::%s","arn:aws:s3:::%s/*"]`, name, name))
		// Conditions that are not S3's are refused in a bucket policy.
		for err = errors.New("first"); err != nil; {
			if _, err = client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &name, Policy: &document}); err != nil {
				document = c.resourcePolicy(actions, fmt.Sprintf(`["arn:aws:s3:::%s","arn:aws:s3:::%s/*"]`, name, name))
			}
		}
		_, err = client.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: &name, PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{
			RestrictPublicBuckets: new(c.IntN(2) == 0), IgnorePublicAcls: new(c.IntN(3) == 0),
		}})
		c.check(err)
	}
}

func (c *randomCloud) makeKeys() {
	ctx, client := c.Context(), kms.NewFromConfig(c.admin)
	admin := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:user/admin"},"Action":"kms:*","Resource":"*"}`, c.home.ID)
	actions := func() string { return pick(c, `"kms:*"`, `"kms:Encrypt"`, `["kms:DescribeKey","kms:GenerateDataKey"]`) }
	for i := range 3 {
		more := []string{admin}
		if i == 0 {
			more = append(more, fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":%q},"Action":"kms:*","Resource":"*"}`, c.home.ID))
		}
		// Denials that would lock the administrator out are not for here.
		var arn string
		for arn == "" {
			document := c.resourcePolicy(actions, `"*"`, more...)
			if strings.Contains(document, `"Deny"`) && strings.Contains(document, `"kms:*"`) {
				document = strings.ReplaceAll(document, `"Effect":"Deny"`, `"Effect":"Allow"`)
			}
			if strings.Contains(document, "NotPrincipal") {
				continue
			}
			out, err := client.CreateKey(ctx, &kms.CreateKeyInput{Policy: &document})
			if err == nil {
				arn = *out.KeyMetadata.Arn
			}
		}
		if i == 1 {
			_, err := client.TagResource(ctx, &kms.TagResourceInput{KeyId: &arn, Tags: tagged("env", "prod")})
			c.check(err)
		}
		for _, grantee := range []string{c.roles[0], "arn:aws:iam::" + c.home.ID + ":user/u1", "arn:aws:iam::" + c.home.ID + ":root"} {
			if c.IntN(3) > 0 {
				continue
			}
			_, err := client.CreateGrant(ctx, constrained(c, &kms.CreateGrantInput{KeyId: &arn, GranteePrincipal: &grantee}))
			c.check(err)
		}
		c.keys = append(c.keys, arn)
	}
}
