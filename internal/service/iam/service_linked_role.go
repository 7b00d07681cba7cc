package iam

import (
	"context"
	"fmt"
	"strings"

	iamapi "github.com/fortlet/fortlet/internal/api/iam"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/store"
)

const (
	serviceLinkedPath = "/aws-service-role/"
	serviceLinkedName = "AWSServiceRoleFor"
	serviceDomain     = ".amazonaws.com"
	maxRoleName       = 64
)

func underServiceLinkedPath(path string) bool { return strings.HasPrefix(path, serviceLinkedPath) }

// CreateServiceLinkedRole creates the role that a service uses in the account.
func (s *Service) CreateServiceLinkedRole(ctx context.Context, in *iamapi.CreateServiceLinkedRoleInput) (*iamapi.CreateServiceLinkedRoleOutput, error) {
	service := *in.AWSServiceName
	linked, known := linkedServices[strings.TrimSuffix(service, serviceDomain)]
	known = known && strings.HasSuffix(service, serviceDomain)
	r := linkedRole(ctx, service, linked, in)
	out := new(iamapi.CreateServiceLinkedRoleOutput)
	err := s.update(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, roleKind, r.Path, r.Name, nil, withKey("iam:AWSServiceName", service)); err != nil {
			return err
		}
		switch {
		case !known:
			return iamapi.ErrInvalidInput("Service name %s is not valid.", service)
		case in.CustomSuffix != nil && !linked.suffix:
			return iamapi.ErrInvalidInput("Custom suffix is not allowed for %s", service)
		case len(r.Name) > maxRoleName:
			return iamapi.ErrInvalidInput("Service role name %s is longer than %d characters.", r.Name, maxRoleName)
		case roleKind.find(tx, r.Account, r.Name) != nil:
			return iamapi.ErrInvalidInput("Service role name %s has been taken in this account, please try a different suffix.", r.Name)
		}
		if err := create(tx, r); err != nil {
			return err
		}
		out.Role = createdRole(r, requestedTrust(service), nil)
		return nil
	})
	return out, err
}

// linkedRole is the role that a service asks for. A service that is not known
// gets one too, which is never stored, for the question of permission.
func linkedRole(ctx context.Context, service string, linked linkedService, in *iamapi.CreateServiceLinkedRoleInput) *Role {
	name := serviceLinkedName + linked.role
	if in.CustomSuffix != nil {
		name += "_" + *in.CustomSuffix
	}
	path := serviceLinkedPath + service + "/"
	return &Role{
		Entity:      newEntity(ctx, roleKind, &path, name, nil),
		Permissions: Permissions{Attached: []string{linked.policyARN()}},
		Description: in.Description,
		Trust:       linkedTrust(service),
		MaxSession:  defaultMaxSession,
		ServiceName: service,
	}
}

// linkedTrust is the trust policy of a role of a service, and requestedTrust
// the way in which the service words it when it asks for the role: see the
// answers in the API reference of GetRole and of CreateServiceLinkedRole.

func linkedTrust(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":%q},"Action":"sts:AssumeRole"}]}`, service)
}

func requestedTrust(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{"Service":[%q]}}]}`, service)
}

// DeleteServiceLinkedRole deletes a service-linked role. AWS asks the service
// first whether it still needs the role; here the deletion is done when the
// answer arrives.
func (s *Service) DeleteServiceLinkedRole(ctx context.Context, in *iamapi.DeleteServiceLinkedRoleInput) (*iamapi.DeleteServiceLinkedRoleOutput, error) {
	out := new(iamapi.DeleteServiceLinkedRoleOutput)
	err := s.update(ctx, func(tx *store.Tx) error {
		r, err := needRole(ctx, tx, *in.RoleName)
		if err != nil {
			return err
		}
		if r.ServiceName == "" {
			return iamapi.ErrInvalidInput("Role %s is not a service-linked role.", r.Name)
		}
		task := "task" + r.Path + r.Name + "/" + cloud.NewID()
		deletionTasks.Put(tx, store.Key(r.Account, task), &DeletionTask{RoleARN: arnOf(r), Created: now(ctx)})
		s.removeRole(tx, r)
		out.DeletionTaskId = &task
		return nil
	})
	return out, err
}

// GetServiceLinkedRoleDeletionStatus tells how far a deletion is.
func (s *Service) GetServiceLinkedRoleDeletionStatus(ctx context.Context, in *iamapi.GetServiceLinkedRoleDeletionStatusInput) (*iamapi.GetServiceLinkedRoleDeletionStatusOutput, error) {
	err := s.view(ctx, func(tx *store.Tx) error {
		account := cloud.From(ctx).Account()
		if err := check(ctx, authz.Request{Resource: roleARNOfTask(account, *in.DeletionTaskId)}); err != nil {
			return err
		}
		if deletionTasks.Get(tx, store.Key(account, *in.DeletionTaskId)) == nil {
			return iamapi.ErrNoSuchEntity("Deletion task %s cannot be found.", *in.DeletionTaskId)
		}
		return nil
	})
	return &iamapi.GetServiceLinkedRoleDeletionStatusOutput{Status: iamapi.DeletionTaskStatusTypeSucceeded}, err
}

// roleARNOfTask is the role that a task, by its id, deletes.
func roleARNOfTask(account, task string) string {
	role := strings.TrimPrefix(task, "task")
	if i := strings.LastIndexByte(role, '/'); i > 0 {
		role = role[:i]
	}
	return roleKind.arn(account, role, "")
}
