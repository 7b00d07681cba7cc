package read

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/policy"
)

// ofAlias are the actions that are done to an alias as well as to its key.
var ofAlias = []string{"kms:createalias", "kms:deletealias", "kms:updatealias"}

// key reads a key: its policy, its grants, tags and properties.
func key(ctx context.Context, cfg aws.Config, w *reach.World, action, name string) (*reach.Resource, error) {
	if isARN(name) {
		if err := reach.CheckResource(name); err != nil {
			return nil, err
		}
		cfg.Region = strings.Split(name, ":")[3]
	}
	if isAlias(name) && slices.Contains(ofAlias, strings.ToLower(action)) {
		r := &reach.Resource{ARN: name, Notes: []string{"the answer is about the alias: the same is needed on the key"}}
		return r, reach.CheckResource(name)
	}
	k := &keyReader{client: kms.NewFromConfig(cfg), r: &reach.Resource{ARN: name, Gate: true, Owner: w.Account(), Keys: policy.Keys{}}}
	if err := k.describe(ctx, name); err != nil {
		return nil, err
	}
	if err := reach.CheckResource(k.r.ARN); err != nil {
		return nil, err
	}
	if k.r.Owner = strings.Split(k.r.ARN, ":")[4]; k.r.Owner != w.Account() {
		k.r.Unread = "the key is of another account"
		return k.r, ctx.Err()
	}
	k.policy(ctx)
	k.grants(ctx)
	k.tags(ctx)
	k.aliases(ctx)
	return k.r, ctx.Err()
}

func isAlias(name string) bool {
	return strings.HasPrefix(name, "alias/") || strings.Contains(name, ":alias/")
}

// keyReader reads a key part by part.
type keyReader struct {
	client *kms.Client
	r      *reach.Resource
}

// describe finds the key of a name and its properties.
func (k *keyReader) describe(ctx context.Context, name string) error {
	out, err := k.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &name})
	switch {
	case code(err) == "NotFoundException":
		return &NotFoundError{"key " + name}
	case err != nil && (!isARN(name) || isAlias(name)):
		return &reach.ResourceError{Name: name, Problem: "kms:DescribeKey: " + told(err), Hint: "name the key by its ARN"}
	case err != nil:
		k.note("the properties of the key", err)
		return ctx.Err()
	}
	m := out.KeyMetadata
	k.r.ARN, k.r.AWSManaged = *m.Arn, m.KeyManager == types.KeyManagerTypeAws
	k.set("keyorigin", string(m.Origin))
	k.set("keyspec", string(m.KeySpec))
	k.set("customermasterkeyspec", string(m.KeySpec))
	k.set("keyusage", string(m.KeyUsage))
	k.set("customermasterkeyusage", string(m.KeyUsage))
	k.set("multiregion", strconv.FormatBool(aws.ToBool(m.MultiRegion)))
	if c := m.MultiRegionConfiguration; c != nil {
		k.set("multiregionkeytype", string(c.MultiRegionKeyType))
	}
	if m.KeyState != types.KeyStateEnabled && m.KeyState != "" {
		k.r.Notes = append(k.r.Notes, "the key is in state "+string(m.KeyState)+", in which it cannot be used, whatever policies say")
	}
	return nil
}

func (k *keyReader) set(name, value string) {
	if value != "" {
		k.r.Keys["kms:"+name] = []string{value}
	}
}

func (k *keyReader) note(what string, err error) {
	k.r.Notes = append(k.r.Notes, what+" could not be read: "+told(err))
}

func (k *keyReader) policy(ctx context.Context) {
	out, err := k.client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: &k.r.ARN, PolicyName: new("default")})
	if err != nil {
		k.r.Unread = "kms:GetKeyPolicy: " + told(err)
		return
	}
	k.r.Policy, k.r.Unread = parse(aws.ToString(out.Policy), policy.Resource)
}

func (k *keyReader) grants(ctx context.Context) {
	pages := kms.NewListGrantsPaginator(k.client, &kms.ListGrantsInput{KeyId: &k.r.ARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			k.note("the grants of the key", err)
			return
		}
		for _, g := range page.Grants {
			grant := reach.Grant{ID: aws.ToString(g.GrantId), Grantee: aws.ToString(g.GranteePrincipal)}
			for _, o := range g.Operations {
				grant.Operations = append(grant.Operations, string(o))
			}
			if c := g.Constraints; c != nil {
				grant.Equals, grant.Subset = c.EncryptionContextEquals, c.EncryptionContextSubset
			}
			k.r.Grants = append(k.r.Grants, grant)
		}
	}
}

func (k *keyReader) tags(ctx context.Context) {
	k.r.Tags, k.r.TagsKnown = map[string]string{}, true
	pages := kms.NewListResourceTagsPaginator(k.client, &kms.ListResourceTagsInput{KeyId: &k.r.ARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			k.r.TagsKnown = false
			k.note("the tags of the key", err)
			return
		}
		for _, t := range page.Tags {
			k.r.Tags[aws.ToString(t.TagKey)] = aws.ToString(t.TagValue)
		}
	}
}

func (k *keyReader) aliases(ctx context.Context) {
	var names []string
	pages := kms.NewListAliasesPaginator(k.client, &kms.ListAliasesInput{KeyId: &k.r.ARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			k.note("the aliases of the key", err)
			return
		}
		for _, a := range page.Aliases {
			names = append(names, aws.ToString(a.AliasName))
		}
	}
	if len(names) > 0 {
		k.r.Keys["kms:resourcealiases"] = names
	}
}
