package accessanalyzer

import (
	"context"
	"errors"

	"github.com/fortlet/fortlet/internal/api"
	analyzerapi "github.com/fortlet/fortlet/internal/api/accessanalyzer"
	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

const (
	// principal is the service in policies and in AWS Organizations.
	principal = "access-analyzer.amazonaws.com"
	roleName  = "AWSServiceRoleForAccessAnalyzer"
	// session is the name of the role's sessions.
	session = "access-analyzer"
)

// needRole creates the service-linked role in the caller's account if there is
// none yet, as the caller.
func (s *Service) needRole(ctx context.Context) error {
	if s.cloud.Authorizer.Directory.Role(cloud.From(ctx).Account(), roleName) != nil {
		return nil
	}
	_, err := cloud.Forward(ctx, iamapi.OpCreateServiceLinkedRole, &iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new(principal)})
	var e *api.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Code == "InvalidInput":
		return nil // another request was quicker
	case e.Code == "AccessDenied":
		return analyzerapi.ErrAccessDeniedException("%s", e.Message).WithCause(err)
	}
	return err
}

// lendRole creates the role in a member account of an organization. Trusted
// access to the organization, which its management account has given, is the
// permission for it: on AWS the service-linked role of Organizations has that.
func (s *Service) lendRole(ctx context.Context, account, region string) error {
	if s.cloud.Authorizer.Directory.Role(account, roleName) != nil {
		return nil
	}
	a, err := s.cloud.Accounts.Get(ctx, account)
	if err != nil {
		return err
	}
	as := cloud.As{Service: principal, Region: region, Principal: cloud.RootOf(a)}
	_, err = cloud.Act(ctx, s.cloud, as, iamapi.OpCreateServiceLinkedRole, &iamapi.CreateServiceLinkedRoleInput{AWSServiceName: new(principal)})
	return err
}

// errNoRole is that an account has no service-linked role, so that nothing of it
// can be read.
var errNoRole = errors.New("no service-linked role")

// as is the service as its role in an account.
func (s *Service) as(account, region string) (cloud.As, error) {
	role := s.cloud.Authorizer.Directory.Role(account, roleName)
	if role == nil {
		return cloud.As{}, errNoRole
	}
	p := &authz.Principal{
		Principal: policy.Principal{
			Type:    policy.AssumedRole,
			Account: account,
			ARN:     cloud.ARN("sts", "", account, "assumed-role/"+roleName+"/"+session),
			RoleARN: role.ARN,
			ID:      role.ID + ":" + session,
		},
		Name:        roleName,
		SessionName: session,
		Session:     &authz.Session{Issued: s.cloud.Now()},
	}
	return cloud.As{Service: principal, Region: region, Principal: p}, nil
}
