package reach_test

import (
	"fmt"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/reach/read"
	"github.com/fortlet/fortlet/policy"
)

// compareChains has every user try every chain of roles, and compares with what
// WhoCan says: who certainly can did, and who is not listed did not.
func (c *randomCloud) compareChains() {
	const depth = 2
	ctx := c.Context()
	account, err := extract.Account(ctx, c.admin, extract.Options{Users: true, Groups: true})
	c.check(err)
	organization, _ := read.Organization(ctx, c.cloud.Config(), account.ID)
	w := reach.New(account, reach.Options{Time: c.cloud.Now(), Region: "us-east-1", Organization: organization})
	for _, bucket := range c.buckets {
		arn := "arn:aws:s3:::" + bucket + "/key"
		r, err := read.Resource(ctx, c.admin, w, "s3:GetObject", arn)
		c.check(err)
		q := &reach.Question{Action: "s3:GetObject", Resource: r,
			Given: policy.Keys{"aws:securetransport": {"false"}, "aws:sourceip": {"127.0.0.1"}}, Absent: []string{"aws:sourcevpc", "sts:externalid"}}
		said := make(map[string]*reach.Finding)
		for _, f := range w.WhoCan(q, depth).Findings {
			said[f.Principal.Label()] = f
		}
		for _, by := range c.callers {
			if by.arn == "" {
				continue
			}
			did := c.tryChains(by.config, bucket, depth)
			f := said["user/"+by.name]
			c.tally[fmt.Sprint("chains: ", did)]++
			switch {
			case f == nil && did != "":
				c.Errorf("%s reads %s %s, and is not listed", by.name, arn, did)
			case f != nil && f.Verdict == reach.Yes && did == "":
				c.Errorf("%s cannot read %s, and is listed with %d roles: %s", by.name, arn, len(f.Path), f.Answer.Reason.Text)
			}
		}
	}
}

// tryChains reads an object as somebody, then as each role that this one can
// become; it tells how it got there, "" when it did not.
func (c *randomCloud) tryChains(as awssdk.Config, bucket string, depth int) string {
	out, err := s3.NewFromConfig(as, func(o *s3.Options) { o.UsePathStyle = true }).GetObject(c.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: new("key")})
	if err == nil {
		c.check(out.Body.Close())
		return "directly"
	}
	if depth == 0 {
		return ""
	}
	for _, role := range c.roles {
		for _, name := range []string{"whoever", "session"} { // of which policies name the second
			out, err := sts.NewFromConfig(as).AssumeRole(c.Context(), &sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: &name})
			if err != nil {
				continue
			}
			k := out.Credentials
			if way := c.tryChains(c.cloud.ConfigFor(*k.AccessKeyId, *k.SecretAccessKey, *k.SessionToken), bucket, depth-1); way != "" {
				return "as " + role[strings.LastIndexByte(role, '/')+1:] + " " + way
			}
		}
	}
	return ""
}
