package accessanalyzer

import (
	"context"
	"net/url"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/service/accessanalyzer/exposure"
	"github.com/fortlet/fortlet/policy"
)

// roles are the roles of an account, but for those of services, which nobody
// else can assume.
func (s *Service) roles(ctx context.Context, as cloud.As, account string) (list []target, err error) {
	in := &iamapi.ListRolesInput{MaxItems: new(int32(1000))}
	for {
		out, err := cloud.Act(ctx, s.cloud, as, iamapi.OpListRoles, in)
		if err != nil {
			return nil, err
		}
		for _, r := range out.Roles {
			if !strings.HasPrefix(*r.Path, "/aws-service-role/") {
				list = append(list, target{kind: roleType, arn: *r.Arn, owner: account, trust: r.AssumeRolePolicyDocument})
			}
		}
		if in.Marker = out.Marker; in.Marker == nil {
			return list, nil
		}
	}
}

// lookAtRole looks at the trust policy of a role.
func (s *Service) lookAtRole(ctx context.Context, as cloud.As, z *exposure.Zone, t target) ([]via, error) {
	trust := t.trust
	if trust == nil {
		out, err := cloud.Act(ctx, s.cloud, as, iamapi.OpGetRole, &iamapi.GetRoleInput{RoleName: new(t.name())})
		switch {
		case isCode(err, "NoSuchEntity"):
			return nil, errGone
		case err != nil:
			return nil, err
		case *out.Role.Arn != t.arn: // of another path
			return nil, errGone
		}
		trust = out.Role.AssumeRolePolicyDocument
	}
	text, err := url.QueryUnescape(*trust)
	if err != nil {
		return nil, err
	}
	p, err := policy.Parse(text, policy.Trust)
	if err != nil {
		return nil, err
	}
	list, err := exposure.External(p, z, "sts")
	return by("", list), err
}
