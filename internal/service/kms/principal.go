package kms

import (
	"context"
	"strings"

	"github.com/fortlet/fortlet/internal/api"
	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// Principal is who a grant names. A user or role is known by its unique id, so
// that the grant is not for another who takes over the name.
type Principal struct {
	ARN string // or the name of an AWS service
	ID  string // AIDA…, AROA… of a user or role
}

// name is what the grantee index holds.
func (p Principal) name() string {
	if p.ID != "" {
		return p.ID
	}
	return p.ARN
}

// account is the account whose root ARN the principal is: everybody in it, as
// far as its policies let them.
func (p Principal) account() (id string, ok bool) {
	rest, ok := strings.CutPrefix(p.ARN, "arn:aws:iam::")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(rest, ":root")
}

// callerNames are the names by which grants can mean a caller, but for its
// account.
func callerNames(p *authz.Principal) []string {
	id, _, _ := strings.Cut(p.ID, ":")
	switch p.Type {
	case policy.User:
		return []string{id, p.ARN}
	case policy.AssumedRole:
		return []string{id, p.RoleARN, p.ARN}
	case policy.ServicePrincipal:
		return []string{p.Service}
	}
	return []string{p.ARN}
}

// principal reads the principal that a grant shall name, who must exist if it
// is of this cloud.
func (s *Service) principal(ctx context.Context, text string) (Principal, error) {
	if isServiceName(text) {
		return Principal{ARN: text}, nil
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[3] != "" || !isAccountID(parts[4]) {
		return Principal{}, errPrincipal(text)
	}
	account, err := s.cloud.Accounts.Get(ctx, parts[4])
	if err != nil {
		return Principal{}, err
	}
	p := Principal{ARN: text}
	ref := reference{service: parts[2], account: parts[4]}
	ref.kind, ref.name, _ = strings.Cut(parts[5], "/")
	identity, ok := s.identity(ref)
	switch {
	case !ok:
		return Principal{}, errPrincipal(text)
	case account == nil || ref.kind == "root" || ref.kind == "federated-user":
		return p, nil
	case identity == nil || ref.service == "iam" && identity.ARN != text:
		return Principal{}, errPrincipal(text)
	case ref.service == "iam":
		p.ID = identity.ID
	}
	return p, nil
}

func errPrincipal(text string) *api.Error {
	return kmsapi.ErrInvalidArnException("ARN does not refer to a valid principal: %s", text)
}

// reference is the ARN of a principal in its parts.
type reference struct{ service, account, kind, name string }

// identity finds the user or role that is, or is behind, a principal. ok is
// false when the reference is to no kind of principal.
func (s *Service) identity(r reference) (id *authz.Identity, ok bool) {
	directory := s.cloud.Authorizer.Directory
	name := r.name[strings.LastIndexByte(r.name, '/')+1:]
	switch r.service + " " + r.kind {
	case "iam root":
		return nil, r.name == ""
	case "iam user":
		return directory.User(r.account, name), name != ""
	case "iam role":
		return directory.Role(r.account, name), name != ""
	case "sts assumed-role":
		role, session, _ := strings.Cut(r.name, "/")
		return directory.Role(r.account, role), role != "" && session != ""
	case "sts federated-user":
		return nil, name != ""
	}
	return nil, false
}

// isServiceName reports a service principal: "dynamodb.amazonaws.com", or with
// its Region "dynamodb.us-east-1.amazonaws.com".
func isServiceName(text string) bool {
	name, ok := strings.CutSuffix(text, ".amazonaws.com")
	return ok && name != "" && !strings.ContainsAny(name, ":/@,=+")
}

// shown is the principal as lists show it: by its ARN as long as it exists,
// then by its id.
func (s *Service) shown(p Principal) *string {
	switch {
	case p == Principal{}:
		return nil
	case p.ID == "":
		return new(p.ARN)
	}
	if identity := s.cloud.Authorizer.Directory.ByID(p.ID); identity != nil {
		return new(identity.ARN)
	}
	return new(p.ID)
}
