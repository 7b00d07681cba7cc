package organizations

import (
	"github.com/fortlet/fortlet/internal/api"
	orgapi "github.com/fortlet/fortlet/internal/api/organizations"
)

// The answers that several operations give, in AWS's words.

func errNotInUse() *api.Error {
	return orgapi.ErrAWSOrganizationsNotInUseException("Your account is not a member of an organization.")
}

// errNotYours is the answer to a member of an organization for what only others
// of it may do.
func errNotYours() *api.Error {
	return orgapi.ErrAccessDeniedException("You don't have permissions to access this resource.")
}

func errAccountNotFound() *api.Error {
	return orgapi.ErrAccountNotFoundException("You specified an account that doesn't exist.")
}

func errParentNotFound() *api.Error {
	return orgapi.ErrParentNotFoundException("You specified parent that doesn't exist.")
}

func errTargetNotFound() *api.Error {
	return orgapi.ErrTargetNotFoundException("You specified a target that doesn't exist.")
}

func errUnitNotFound() *api.Error {
	return orgapi.ErrOrganizationalUnitNotFoundException("You specified an organizational unit that doesn't exist.")
}

func errPolicyNotFound() *api.Error {
	return orgapi.ErrPolicyNotFoundException("You specified a policy that doesn't exist.")
}

func errRootNotFound() *api.Error {
	return orgapi.ErrRootNotFoundException("You specified a root that doesn't exist.")
}

func errHandshakeNotFound() *api.Error {
	return orgapi.ErrHandshakeNotFoundException("You specified a handshake that doesn't exist.")
}

// errConstraint is a ConstraintViolationException for a reason of the model.
func errConstraint(reason, format string, args ...any) *api.Error {
	return because(orgapi.ErrConstraintViolationException(format, args...), reason)
}

// errInput is an InvalidInputException for a reason of the model.
func errInput(reason, format string, args ...any) *api.Error {
	return because(orgapi.ErrInvalidInputException(format, args...), reason)
}

// errHandshakeConstraint is a HandshakeConstraintViolationException for a
// reason of the model.
func errHandshakeConstraint(reason, format string, args ...any) *api.Error {
	return because(orgapi.ErrHandshakeConstraintViolationException(format, args...), reason)
}

func because(e *api.Error, reason string) *api.Error {
	e.Fields = map[string]any{"Reason": reason}
	return e
}

func errNotAllFeatures() *api.Error {
	return errConstraint("ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
		"This operation requires the organization to have all features enabled.")
}
