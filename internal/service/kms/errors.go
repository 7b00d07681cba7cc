package kms

import (
	"errors"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/authz"
)

// errValidation is what AWS answers to a request whose parameters do not fit
// together, beyond what the model says of each.
func errValidation(format string, args ...any) *api.Error {
	return api.Errorf("ValidationException", 400, format, args...)
}

func errKeyNotFound(arn string) *api.Error {
	return kmsapi.ErrNotFoundException("Key '%s' does not exist", arn)
}

func errAliasNotFound(arn string) *api.Error {
	return kmsapi.ErrNotFoundException("Alias %s is not found.", arn)
}

// errIncorrectKey and errCiphertext say no more than AWS does, whatever the
// reason is.
func errIncorrectKey() *api.Error {
	return kmsapi.ErrIncorrectKeyException("The key ID in the request does not identify a CMK that can perform this operation.")
}

func errCiphertext() *api.Error { return kmsapi.ErrInvalidCiphertextException("") }

func errIncompatible(algorithm, spec any) *api.Error {
	return kmsapi.ErrInvalidKeyUsageException("Algorithm %s is incompatible with key spec %s.", algorithm, spec)
}

// notBuilt is the answer to a parameter that AWS has and Fortlet does not.
func notBuilt(parameter string) error { return cloud.NotImplemented(&kmsapi.Service, parameter) }

// dryRun is the answer to a request that would have succeeded, if it only
// asked that.
func dryRun(asked *bool) error {
	if asked != nil && *asked {
		return kmsapi.ErrDryRunOperationException("The request would have succeeded, but the DryRun option is set.")
	}
	return nil
}

// subject is how a denial names the resource that it does not want to name.
type subject string

const (
	thisResource   subject = "this resource"
	thisCiphertext subject = "the resource associated with this ciphertext"
)

// hidden turns a denial into one that does not tell whether the key exists.
// That is what callers of other accounts get, and those who hold a ciphertext
// and do not say by which key it was made. A denial by the caller's own
// policies depends on nothing of the key and stays as it is.
func hidden(err error, on subject) error {
	var denied *authz.Denied
	if err == nil || !errors.As(err, &denied) || denied.Decision.By != authz.ResourceBased {
		return err
	}
	d := denied.Decision
	return errHidden(d.Scope.Principal, d.Request.Action, on)
}

func errHidden(p *authz.Principal, action string, on subject) *api.Error {
	return api.Errorf("AccessDeniedException", 400,
		"User: %s is not authorized to perform: %s on %s because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
		p.Describe(), action, on)
}
