package accessanalyzer

import (
	"context"
	"maps"
	"strings"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
	"github.com/fortlet/fortlet/policy"
)

// keys are the KMS keys of an account in a Region.
func (s *Service) keys(ctx context.Context, as cloud.As, account string) (list []target, err error) {
	in := &kmsapi.ListKeysInput{Limit: new(int32(1000))}
	for {
		out, err := cloud.Act(ctx, s.cloud, as, kmsapi.OpListKeys, in)
		if err != nil {
			return nil, err
		}
		for _, k := range out.Keys {
			list = append(list, target{kind: keyType, arn: *k.KeyArn, owner: account})
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return list, nil
		}
	}
}

// lookAtKey looks at the policy and the grants of a KMS key.
func (s *Service) lookAtKey(ctx context.Context, as cloud.As, z *exposure.Zone, t target) ([]via, error) {
	out, err := cloud.Act(ctx, s.cloud, as, kmsapi.OpGetKeyPolicy, &kmsapi.GetKeyPolicyInput{KeyId: &t.arn, PolicyName: new("default")})
	switch {
	case isCode(err, "NotFoundException"):
		return nil, errGone
	case err != nil:
		return nil, err
	}
	p, err := policy.Parse(*out.Policy, policy.Resource)
	if err != nil {
		return nil, err
	}
	list, err := exposure.External(p, z, "kms")
	if err != nil {
		return nil, err
	}
	grants, err := s.byGrants(ctx, as, z, t.arn)
	return append(by("", list), by("", grants)...), err
}

// byGrants is who from outside has a grant of a key.
func (s *Service) byGrants(ctx context.Context, as cloud.As, z *exposure.Zone, arn string) (list []exposure.Access, err error) {
	in := &kmsapi.ListGrantsInput{KeyId: &arn}
	for {
		out, err := cloud.Act(ctx, s.cloud, as, kmsapi.OpListGrants, in)
		if err != nil {
			return nil, err
		}
		for _, g := range out.Grants {
			if a := fromGrant(&g); !z.Contains(a.Principal) {
				list = append(list, a)
			}
		}
		if in.Marker = out.NextMarker; in.Marker == nil {
			return list, nil
		}
	}
}

// fromGrant is what a grant allows.
func fromGrant(g *kmsapi.GrantListEntry) exposure.Access {
	grantee := exposure.Plain(policy.PrincipalElement{Kind: "AWS", Value: *g.GranteePrincipal})
	a := exposure.Access{Principal: grantee, Conditions: map[string]string{}}
	if !strings.HasPrefix(a.Principal.Value, "arn:") && strings.Contains(a.Principal.Value, ".") {
		a.Principal.Kind = "Service"
	}
	for _, o := range g.Operations {
		a.Actions = append(a.Actions, "kms:"+string(o))
	}
	a.Actions = union(a.Actions, nil)
	if c := g.Constraints; c != nil {
		context := maps.Clone(c.EncryptionContextSubset)
		if context == nil {
			context = c.EncryptionContextEquals
		}
		for k, v := range context {
			a.Conditions["kms:EncryptionContext:"+k] = v
		}
	}
	return a
}
