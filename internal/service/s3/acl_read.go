package s3

import (
	"context"

	"github.com/fortlet/fortlet/internal/api"
	s3api "github.com/fortlet/fortlet/internal/api/s3"
	"github.com/fortlet/fortlet/internal/service/s3/access"
)

// maxGrants is how many grants an access control list can have.
const maxGrants = 100

// readList reads a list given as XML. It cannot change the owner.
func (s *Service) readList(ctx context.Context, owner *s3api.Owner, list *s3api.AccessControlPolicy) (*s3api.AccessControlPolicy, error) {
	switch {
	case list.Owner == nil || list.Owner.ID == nil || len(list.Grants) > maxGrants:
		return nil, errMalformedACL()
	case *list.Owner.ID != *owner.ID:
		if err := s.checkAccount(ctx, *list.Owner.ID, "CanonicalUser/ID"); err != nil {
			return nil, err
		}
		return nil, errAccessDenied()
	}
	acl := &s3api.AccessControlPolicy{Owner: owner}
	for _, g := range list.Grants {
		if g.Grantee == nil || g.Permission == "" {
			return nil, errMalformedACL()
		}
		if err := s.checkGrantee(ctx, g.Grantee, "CanonicalUser/ID", "Group/URI"); err != nil {
			return nil, err
		}
		acl.Grants = append(acl.Grants, grantTo(*g.Grantee, g.Permission))
	}
	return acl, nil
}

func errMalformedACL() *api.Error {
	return api.Errorf("MalformedACLError", 400, "The XML you provided was not well-formed or did not validate against our published schema")
}

// readHeaders reads a list given by the x-amz-grant headers.
func (s *Service) readHeaders(ctx context.Context, h *grantHeaders) ([]s3api.Grant, error) {
	var grants []s3api.Grant
	for _, header := range []struct {
		name       string
		value      *string
		permission s3api.Permission
	}{
		{"x-amz-grant-full-control", h.fullControl, s3api.PermissionFullControl},
		{"x-amz-grant-read", h.read, s3api.PermissionRead},
		{"x-amz-grant-read-acp", h.readACP, s3api.PermissionReadAcp},
		{"x-amz-grant-write", h.write, s3api.PermissionWrite},
		{"x-amz-grant-write-acp", h.writeACP, s3api.PermissionWriteAcp},
	} {
		if header.value == nil {
			continue
		}
		grantees, ok := access.ParseGrantees(*header.value)
		if !ok || len(grants)+len(grantees) > maxGrants {
			return nil, errInvalidArgument("Argument format not recognized", header.name, *header.value)
		}
		for _, g := range grantees {
			if err := s.checkGrantee(ctx, &g, "id", "uri"); err != nil {
				return nil, err
			}
			grants = append(grants, grantTo(g, header.permission))
		}
	}
	return grants, nil
}

// checkGrantee checks that a grantee exists. Where the request has them, an id
// is called idName and a group uriName.
func (s *Service) checkGrantee(ctx context.Context, g *s3api.Grantee, idName, uriName string) error {
	switch {
	case g.EmailAddress != nil:
		// Accounts of a Fortlet have no addresses.
		return with(api.Errorf("UnresolvableGrantByEmailAddress", 400, "The email address you provided does not match any account on record."),
			"EmailAddress", *g.EmailAddress)
	case g.Type == s3api.TypeGroup && g.URI != nil:
		if !access.Group(*g.URI) {
			return errInvalidArgument("Invalid group uri", uriName, *g.URI)
		}
		return nil
	case g.Type != s3api.TypeCanonicalUser || g.ID == nil:
		return errMalformedACL()
	case *g.ID == anonymousID:
		return nil
	}
	return s.checkAccount(ctx, *g.ID, idName)
}

// checkAccount checks that there is an account of a canonical id.
func (s *Service) checkAccount(ctx context.Context, id, name string) error {
	account, err := s.cloud.Accounts.ByCanonicalID(ctx, id)
	if err != nil {
		return err
	}
	if account == nil {
		return errInvalidArgument("Invalid id", name, id)
	}
	return nil
}

// grantTo is a grant with no more than what says to whom it is made.
func grantTo(g s3api.Grantee, p s3api.Permission) s3api.Grant {
	to := s3api.Grantee{Type: g.Type, URI: g.URI}
	if g.Type == s3api.TypeCanonicalUser {
		to = s3api.Grantee{Type: g.Type, ID: g.ID}
	}
	return s3api.Grant{Grantee: &to, Permission: p}
}
