package organizations

import (
	"context"
	"errors"
	"fmt"

	"github.com/fortlet/fortlet/internal/api"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

// defaultRole is the name of the role that new accounts have for the
// management account.
const defaultRole = "OrganizationAccountAccessRole"

const administrator = "arn:" + cloud.Partition + ":iam::aws:policy/AdministratorAccess"

// furnish makes the role of a new account by which principals of the management
// account administer it.
func (s *Service) furnish(ctx context.Context, a *accounts.Account, management, role string) error {
	as := cloud.As{Service: principal, Region: s.cloud.Region, Principal: cloud.RootOf(a)}
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:%s:iam::%s:root"},"Action":"sts:AssumeRole"}]}`,
		cloud.Partition, management)
	_, err := cloud.Act(ctx, s.cloud, as, iamapi.OpCreateRole, &iamapi.CreateRoleInput{RoleName: &role, AssumeRolePolicyDocument: &trust})
	if err != nil && !errors.Is(err, &api.Error{Code: "EntityAlreadyExists"}) {
		return err
	}
	_, err = cloud.Act(ctx, s.cloud, as, iamapi.OpAttachRolePolicy, &iamapi.AttachRolePolicyInput{RoleName: &role, PolicyArn: new(administrator)})
	return err
}

// furnishAll gives every account back the role that it was made with, which a
// reset has taken with all that is IAM's.
func (s *Service) furnishAll(ctx context.Context) {
	type furniture struct {
		account          *accounts.Account
		management, role string
	}
	var missing []furniture
	err := s.view(ctx, func(tx *store.Tx) error {
		for _, m := range members.Scan(tx, "", "") {
			if a := accounts.In(tx, m.Account); m.Role != "" && a.Closed.IsZero() {
				missing = append(missing, furniture{a, organizations.Get(tx, m.Org).Management, m.Role})
			}
		}
		return nil
	})
	for _, f := range missing {
		err = errors.Join(err, s.furnish(ctx, f.account, f.management, f.role))
	}
	if err != nil {
		s.log.Error("role of the management account not made again", "cause", err)
	}
}
