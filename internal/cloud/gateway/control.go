package gateway

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/policy"
)

// controlPrefix is where Fortlet's own control plane lives. No AWS path begins
// so.
const controlPrefix = "/_fortlet/"

// Account is an account as the control plane shows it.
type Account struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Management bool       `json:"management"`
	Created    time.Time  `json:"created"`
	Closed     *time.Time `json:"closed,omitempty"`
}

// NewAccount asks for an account. What is empty is chosen.
type NewAccount struct {
	Name       string `json:"name"`
	ID         string `json:"id,omitempty"`
	Email      string `json:"email,omitempty"`
	RoleName   string `json:"roleName,omitempty"` // in the account, for the management account
	Unit       string `json:"organizationalUnit,omitempty"`
	Standalone bool   `json:"standalone,omitempty"`
}

// Spec is the account that is asked for.
func (n *NewAccount) Spec() cloud.NewAccount {
	return cloud.NewAccount{
		Spec:  accounts.Spec{Name: n.Name, ID: n.ID, Email: n.Email},
		Alone: n.Standalone,
		Role:  n.RoleName,
		Unit:  n.Unit,
	}
}

// CreatedAccount is a new account with its root access key.
type CreatedAccount struct {
	Account
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
}

// Health is what anybody may know.
type Health struct {
	Status   string   `json:"status"`
	Version  string   `json:"version"`
	Services []string `json:"services"`
}

// methods are the handlers of a path by HTTP method.
type methods map[string]func(*exchange) (int, any, error)

// controlPlane serves health to anybody, explanations and the list of accounts
// to every root user as far as they concern the account, new accounts and the
// background jobs to the root user of the management account. A root user may
// reset the cloud, a Fortlet being one place to test in, not shared by strangers;
// only that of a member of an organization may not, since a reset takes the
// policies that bind the account.
func (g *Gateway) controlPlane() map[string]methods {
	return map[string]methods{
		"health": {http.MethodGet: g.showHealth, http.MethodHead: g.showHealth},
		"reset":  {http.MethodPost: g.rootOnly("Reset", g.unboundOnly(g.reset))},
		"accounts": {
			http.MethodGet:  g.rootOnly("ListAccounts", g.listAccounts),
			http.MethodPost: g.rootOnly("CreateAccount", managementOnly(g.createAccount)),
		},
		"explain/": {http.MethodGet: g.rootOnly("Explain", g.explain)},
		"work":     {http.MethodGet: g.rootOnly("ListJobs", managementOnly(g.listWork))},
		"work/":    {http.MethodPost: g.rootOnly("RunJob", managementOnly(g.runWork))},
	}
}

// controlService is the service that control requests are answered as.
var controlService = &api.Service{Name: "fortlet", SigningName: "fortlet", Protocol: api.JSON11}

// serveControl answers one request of the control plane. Paths are taken as
// they were sent: one spelling each, so that none is another's by dots or
// escapes.
func (g *Gateway) serveControl(x *exchange) {
	x.service = controlService
	x.w.Header().Set("X-Amzn-Requestid", x.id)
	status, out, err := g.control(x)
	if err != nil {
		writeError(x.w, g.answer(x, err))
		return
	}
	writeJSON(x.w, status, out)
}

func (g *Gateway) control(x *exchange) (status int, out any, err error) {
	defer catch(&err)
	name, argument, found := strings.Cut(x.signed.Path[len(controlPrefix):], "/")
	if found {
		name += "/"
	}
	byMethod, ok := g.controls[name]
	if !ok || found && argument == "" {
		return 0, nil, errUnknownPath()
	}
	serve, ok := byMethod[x.r.Method]
	if !ok {
		x.w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(byMethod)), ", "))
		return 0, nil, api.Errorf("MethodNotAllowedException", http.StatusMethodNotAllowed, "%s does not take %s.", x.signed.Path, x.r.Method)
	}
	return serve(x)
}

func healthOf(c *cloud.Cloud, version string) Health {
	h := Health{Status: "ok", Version: version, Services: []string{}}
	for _, s := range c.Services() {
		h.Services = append(h.Services, s.Name)
	}
	return h
}

func (g *Gateway) showHealth(*exchange) (int, any, error) { return http.StatusOK, g.health, nil }

// controlled is a request of the control plane whose root user is known.
type controlled struct {
	*exchange
	account *accounts.Account
}

// rootOnly verifies the signature, made for whatever service, and lets only
// root users through. Who has proven to be somebody else leaves a record.
func (g *Gateway) rootOnly(name string, next func(*controlled) (int, any, error)) func(*exchange) (int, any, error) {
	return func(x *exchange) (status int, out any, err error) {
		c, err := g.root(x)
		if err == nil {
			status, out, err = next(c)
		}
		var denied *api.Error
		if errors.As(err, &denied) && denied.Code == accessDenied {
			if err := g.cloud.RefuseControl(name, x.requester(), denied); err != nil {
				return 0, nil, err
			}
		}
		return status, out, err
	}
}

// accessDenied is the code for who has proven who it is and may not.
const accessDenied = "AccessDeniedException"

// requester is who has sent a control request, once that is proven.
func (x *exchange) requester() cloud.Requester {
	return cloud.Requester{
		Principal: x.credential.Principal,
		RequestID: x.id,
		SourceIP:  host(x.r.RemoteAddr),
		UserAgent: x.r.UserAgent(),
	}
}

func (g *Gateway) root(x *exchange) (*controlled, error) {
	var err error
	if x.signature, err = sigv4.Parse(x.signed); err != nil {
		return nil, err
	}
	if err := g.authenticate(x); err != nil {
		return nil, err
	}
	p := x.credential.Principal
	if p.Type != policy.Root || p.Session != nil {
		return nil, api.Errorf(accessDenied, http.StatusForbidden, "%s is no root user. Sign with a root access key.", p.Describe())
	}
	account, err := g.cloud.Accounts.Get(x.r.Context(), p.Account)
	if err != nil {
		return nil, err
	}
	return &controlled{x, account}, nil
}

func managementOnly(next func(*controlled) (int, any, error)) func(*controlled) (int, any, error) {
	return func(c *controlled) (int, any, error) {
		if !c.account.Management {
			return 0, nil, api.Errorf(accessDenied, http.StatusForbidden, "%s is not the management account.", c.account.ID)
		}
		return next(c)
	}
}

// unboundOnly keeps out the members of organizations, whose policies bind them.
func (g *Gateway) unboundOnly(next func(*controlled) (int, any, error)) func(*controlled) (int, any, error) {
	return func(c *controlled) (int, any, error) {
		if org := g.cloud.Authorizer.Organization; org != nil {
			if m := org.Of(c.account.ID); m != nil && !m.Management {
				return 0, nil, api.Errorf(accessDenied, http.StatusForbidden, "%s is a member account of an organization. Sign with a root access key of its management account.", c.account.ID)
			}
		}
		return next(c)
	}
}

func (g *Gateway) reset(c *controlled) (int, any, error) {
	start := time.Now()
	if err := g.cloud.Reset(c.r.Context(), c.requester()); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"reset": true, "tookMilliseconds": time.Since(start).Milliseconds()}, nil
}

func (g *Gateway) listAccounts(c *controlled) (int, any, error) {
	list, err := g.cloud.Accounts.List(c.r.Context())
	if err != nil {
		return 0, nil, err
	}
	shown := []Account{}
	for _, a := range list {
		if c.account.Management || a.ID == c.account.ID {
			shown = append(shown, Show(a))
		}
	}
	return http.StatusOK, map[string]any{"accounts": shown}, nil
}

// Show is the account as the control plane shows it.
func Show(a *accounts.Account) Account {
	shown := Account{ID: a.ID, Name: a.Name, Email: a.Email(), Management: a.Management, Created: a.Created}
	if !a.Closed.IsZero() {
		shown.Closed = &a.Closed
	}
	return shown
}

func (g *Gateway) createAccount(c *controlled) (int, any, error) {
	var in NewAccount
	if err := json.Unmarshal(c.wire.Body, &in); err != nil {
		return 0, nil, api.Errorf("SerializationException", http.StatusBadRequest, "The body is no JSON object of name, id, email, roleName, organizationalUnit and standalone.").WithCause(err)
	}
	a, key, err := g.cloud.CreateAccount(c.r.Context(), in.Spec(), c.requester())
	switch {
	case errors.Is(err, accounts.ErrExists), errors.Is(err, accounts.ErrEmail):
		return 0, nil, api.Errorf("AlreadyExistsException", http.StatusConflict, "%s", err)
	case errors.Is(err, accounts.ErrInvalid):
		return 0, nil, api.Errorf("ValidationException", http.StatusBadRequest, "%s", err)
	case err != nil:
		return 0, nil, err
	}
	return http.StatusCreated, CreatedAccount{Show(a), key.ID, key.Secret}, nil
}

func (g *Gateway) explain(c *controlled) (int, any, error) {
	id := strings.TrimPrefix(c.signed.Path, controlPrefix+"explain/")
	explanation := g.cloud.CallersExplanation
	if c.account.Management {
		explanation = g.cloud.Explanation
	}
	raw, account, err := explanation(id)
	if err != nil {
		return 0, nil, err
	}
	if raw == nil || account != c.account.ID && !c.account.Management {
		return 0, nil, api.Errorf("NotFoundException", http.StatusNotFound,
			"Request %s is not remembered: denials are kept, of allowed calls only the last ones.", id)
	}
	return http.StatusOK, raw, nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// An error here is a client that has gone away.
	_ = json.NewEncoder(w).Encode(v)
}

func writeError(w http.ResponseWriter, e *api.Error) {
	writeJSON(w, e.Status, map[string]string{"__type": e.Code, "message": e.Message})
}
