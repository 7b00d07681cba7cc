package gateway

import (
	"errors"
	"net/http"
	"slices"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/credentials"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/policy"
)

// authenticate finds out who signed the request. The body is read between the
// two halves: a stranger's is not worth the memory, and the signature covers
// it.
func (g *Gateway) authenticate(x *exchange) error {
	if x.signature == nil {
		return x.unsigned()
	}
	if err := g.identify(x); err != nil {
		return err
	}
	if err := x.readBody(); err != nil {
		return err
	}
	return g.verify(x)
}

// unsigned answers a request without a signature. The operations that AWS takes
// from anyone are not built; who calls one is told so, and not to sign.
func (x *exchange) unsigned() error {
	if n := x.r.ContentLength; len(x.service.Anonymous) == 0 || n <= 0 || n > promised {
		return sigv4.ErrMissing
	}
	if err := x.readBody(); err != nil {
		return err
	}
	form, err := x.wire.Form()
	if err != nil {
		return sigv4.ErrMissing
	}
	if name := form.Get("Action"); slices.Contains(x.service.Anonymous, name) {
		return cloud.NotImplemented(x.service, name)
	}
	return sigv4.ErrMissing
}

// identify finds who the request claims to be from.
func (g *Gateway) identify(x *exchange) (err error) {
	if !x.signature.V2 && !isRegion(x.signature.Region) {
		return &sigv4.Error{Kind: sigv4.Scope, Message: "Credential should be scoped to a valid region. "}
	}
	x.credential, err = g.cloud.Credentials.Find(x.r.Context(), x.signature.AccessKeyID, x.signature.SecurityToken, x.now)
	switch {
	case errors.Is(err, credentials.ErrUnknown) && x.signature.SecurityToken != "":
		return x.signature.Fail(sigv4.InvalidToken)
	case errors.Is(err, credentials.ErrUnknown):
		return x.signature.Fail(sigv4.UnknownKey)
	case errors.Is(err, credentials.ErrExpired):
		return x.signature.Fail(sigv4.ExpiredToken)
	}
	return err
}

// verify proves the claim. Of S3's requests it proves what they say of their
// bodies, which are yet to be read.
func (g *Gateway) verify(x *exchange) error {
	opts := sigv4.OptionsFor(x.service.SigningName)
	opts.Keys, opts.V2 = &g.keys, g.v2
	if x.service == controlService {
		opts.Service = "" // nobody but us has the path, whatever it was signed for
	}
	var payload string
	if x.rest != nil {
		payload = x.rest.declared
	}
	if payload == "" {
		payload = sigv4.HashPayload(x.wire.Body)
	}
	if err := x.signature.Verify(x.signed, payload, x.credential.Secret, g.cloud.Signed(), opts); err != nil {
		return err
	}
	if !x.stay.move(g.callers) {
		return x.errBusy()
	}
	if id := lastUsed(x.credential); id != "" {
		g.cloud.Credentials.Users.Used(id, x.service.SigningName, g.region(x), x.now)
	}
	return nil
}

// lastUsed is what IAM keeps the last use of: a user's key, by its id, or the
// role behind a session, by its unique id.
func lastUsed(c *credentials.Credential) string {
	p := c.Principal
	switch {
	case c.LongTerm:
		return p.AccessKeyID
	case p.Type == policy.AssumedRole:
		return p.ID[:len(p.ID)-len(p.SessionName)-1]
	}
	return ""
}

// isRegion reports whether name has the form of a Region's: two to four
// letters, one to three words and a digit, as us-gov-west-1. One endpoint
// serves all of them.
func isRegion(name string) bool {
	if len(name) > 32 {
		return false
	}
	words, letters := 0, 0
	for i, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z':
			letters++
		case c == '-' && letters > 0 && (words > 0 || letters >= 2 && letters <= 4):
			words, letters = words+1, 0
		case '0' <= c && c <= '9' && letters == 0 && i == len(name)-1:
			return 2 <= words && words <= 4
		default:
			return false
		}
	}
	return false
}

// mayCall refuses what the credentials of GetSessionToken and
// GetFederationToken cannot do whatever the policies say: call IAM, and call
// STS for more than their identity or a role.
func (x *exchange) mayCall(op *api.Operation) error {
	p := x.credential.Principal
	if p.Session == nil || p.Type == policy.AssumedRole {
		return nil
	}
	federated := p.Type == policy.FederatedUser
	switch op.Service.Name {
	case "iam":
		if federated || !p.Session.MFA {
			return sigv4.ErrUnknownKey
		}
	case "sts":
		if op.Name == "GetCallerIdentity" || op.Name == "AssumeRole" && !federated {
			return nil
		}
		return api.Errorf("AccessDenied", http.StatusForbidden, "Cannot call %s with session credentials", op.Name)
	}
	return nil
}
