package cloud

import (
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/policy"
)

// identity is who made a call, as its record has it.
//
// See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
func identity(call *Call) audit.UserIdentity {
	p := call.Principal
	switch p.Type {
	case policy.Anonymous:
		return audit.UserIdentity{Type: "AWSAccount", AccountID: audit.Anonymous}
	case policy.ServicePrincipal:
		return audit.UserIdentity{Type: "AWSService", InvokedBy: p.Service}
	}
	u := audit.UserIdentity{
		Type:        identityType(p.Type),
		PrincipalID: p.ID,
		ARN:         p.ARN,
		AccountID:   p.Account,
		AccessKeyID: p.AccessKeyID,
		InvokedBy:   call.InvokedBy,
	}
	if p.Type == policy.User {
		u.UserName = p.Name
	}
	if p.Session != nil {
		u.SessionContext = sessionContext(p)
	}
	return u
}

// foreignIdentity is what the owner of a resource is told of a caller from
// another account: enough to ask there.
func foreignIdentity(u audit.UserIdentity) audit.UserIdentity {
	return audit.UserIdentity{Type: "AWSAccount", PrincipalID: u.PrincipalID, AccountID: u.AccountID, InvokedBy: u.InvokedBy}
}

func identityType(t policy.PrincipalType) string {
	switch t {
	case policy.Root:
		return "Root"
	case policy.User:
		return "IAMUser"
	case policy.AssumedRole:
		return "AssumedRole"
	case policy.FederatedUser:
		return "FederatedUser"
	case policy.ServicePrincipal:
		return "AWSService"
	}
	return "AWSAccount"
}

func sessionContext(p *authz.Principal) *audit.SessionContext {
	s := &audit.SessionContext{
		Attributes: audit.SessionAttributes{
			CreationDate:     p.Session.Issued,
			MFAAuthenticated: p.Session.MFA,
		},
		SourceIdentity: p.Session.SourceIdentity,
	}
	s.Issuer = sessionIssuer(p)
	return s
}

// sessionIssuer is what the session was made from: a role, or who vouched for a
// federated user. The session of a user is its own.
func sessionIssuer(p *authz.Principal) *audit.SessionIssuer {
	switch {
	case p.Type == policy.AssumedRole:
		roleID := p.ID[:len(p.ID)-len(p.SessionName)-1]
		return &audit.SessionIssuer{Type: "Role", PrincipalID: roleID, ARN: p.RoleARN, AccountID: p.Account, UserName: p.Name}
	case p.Type != policy.FederatedUser:
		return nil
	case p.IssuerName == "":
		return &audit.SessionIssuer{Type: "Root", PrincipalID: p.Account, ARN: p.UserARN, AccountID: p.Account}
	}
	return &audit.SessionIssuer{Type: "IAMUser", PrincipalID: p.UserID, ARN: p.UserARN, AccountID: p.Account, UserName: p.IssuerName}
}
