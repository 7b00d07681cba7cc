package credentials

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/ids"
	"github.com/fortlet/fortlet/policy"
	"github.com/fxamacker/cbor/v2"
)

// Temporary is what the caller of an issuing operation is given.
type Temporary struct {
	AccessKeyID  string
	Secret       string
	SessionToken string
	Expires      time.Time
}

// Policies are session policies as they were passed: one inline document and
// the ARNs of managed policies, which count as they are at the time of use.
type Policies struct {
	Inline string   `cbor:",omitempty"`
	ARNs   []string `cbor:",omitempty"`
}

// sealed is the content of a session token.
type sealed struct {
	AccessKeyID string
	Secret      string
	Epoch       int64
	Principal   policy.Principal
	Name        string `cbor:",omitempty"`
	SessionName string `cbor:",omitempty"`
	IssuerName  string `cbor:",omitempty"`
	Policies    Policies
	Session     authz.Session
}

// session is an opened token. Its credential is made anew when a managed
// session policy has changed.
type session struct {
	token      string
	content    sealed
	credential *Credential
}

const (
	tokenPurpose = "session-token"
	// maxToken bounds what is decoded; a session with the largest policies
	// and tags that STS takes stays far below.
	maxToken = 64 << 10
)

// tokenEncoding has one spelling for every token.
var tokenEncoding = base64.StdEncoding.Strict()

// Issue makes temporary credentials for p, who carries the Session it shall
// have.
func (a *Authority) Issue(ctx context.Context, p *authz.Principal, pol Policies) (*Temporary, error) {
	account, err := a.Accounts.Get(ctx, p.Account)
	if err != nil {
		return nil, err
	}
	if account == nil {
		return nil, ErrUnknown
	}
	content := sealed{
		AccessKeyID: ids.AccessKey("ASIA", p.Account),
		Secret:      ids.Secret(),
		Epoch:       account.Epoch,
		Principal:   p.Principal,
		Name:        p.Name,
		SessionName: p.SessionName,
		IssuerName:  p.IssuerName,
		Policies:    pol,
		Session:     *p.Session,
	}
	content.Session.Policies = nil // they travel as documents
	plain, err := pack(&content)
	if err != nil {
		return nil, err
	}
	token := a.Keyring.Seal(tokenPurpose, plain, []byte(content.AccessKeyID))
	return &Temporary{
		AccessKeyID:  content.AccessKeyID,
		Secret:       content.Secret,
		SessionToken: tokenEncoding.EncodeToString(token),
		Expires:      content.Session.Expires,
	}, nil
}

func (a *Authority) findSession(ctx context.Context, id, token string, now time.Time) (*Credential, error) {
	a.mu.RLock()
	s := a.sessions[id]
	a.mu.RUnlock()
	if s == nil || subtle.ConstantTimeCompare([]byte(s.token), []byte(token)) != 1 {
		var err error
		if s, err = a.open(id, token); err != nil {
			return nil, err
		}
	}
	if !now.Before(s.content.Session.Expires) {
		return nil, ErrExpired
	}
	account, err := a.Accounts.Get(ctx, s.content.Principal.Account)
	if err != nil {
		return nil, err
	}
	if account == nil || account.Epoch != s.content.Epoch || !a.alive(&s.content) {
		return nil, ErrUnknown
	}
	return a.current(s)
}

// open opens a token and remembers it.
func (a *Authority) open(id, token string) (*session, error) {
	if len(token) > maxToken {
		return nil, ErrUnknown
	}
	raw, err := tokenEncoding.DecodeString(token)
	if err != nil || tokenEncoding.EncodedLen(len(raw)) != len(token) { // line ends are passed over
		return nil, ErrUnknown
	}
	plain, err := a.Keyring.Open(tokenPurpose, raw, []byte(id))
	if err != nil {
		return nil, ErrUnknown
	}
	s := &session{token: strings.Clone(token)} // it may be a part of a query
	if err := unpack(plain, &s.content); err != nil {
		return nil, fmt.Errorf("session token of %s: %w", id, err)
	}
	a.remember(s)
	return s, nil
}

func (a *Authority) remember(s *session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sessions == nil {
		a.sessions = make(map[string]*session)
	}
	id := s.content.AccessKeyID
	a.drop(id)
	for old := range a.sessions {
		if len(a.sessions) < maxSessions && a.held+s.size() <= maxHeld {
			break
		}
		a.drop(old)
	}
	a.sessions[id] = s
	a.held += s.size()
}

func (a *Authority) drop(id string) {
	if s := a.sessions[id]; s != nil {
		a.held -= s.size()
		delete(a.sessions, id)
	}
}

// size is about what the session takes of memory. A policy takes the more when
// it is compiled, and the less in the token, the more it repeats itself.
func (s *session) size() int {
	const compiled = 16 // times the length of a policy of many short values
	return len(s.token) + compiled*len(s.content.Policies.Inline)
}

// alive reports whether the role or user behind the session still is the one
// it was issued for. One that was deleted and made again under the same name
// is another.
func (a *Authority) alive(c *sealed) bool {
	switch c.Principal.Type {
	case policy.AssumedRole:
		role := a.Directory.Role(c.Principal.Account, c.Name)
		roleID, _, _ := strings.Cut(c.Principal.ID, ":")
		return role != nil && role.ID == roleID
	case policy.User:
		user := a.Directory.User(c.Principal.Account, c.Name)
		return user != nil && user.ID == c.Principal.ID
	case policy.FederatedUser:
		if c.IssuerName == "" {
			return true
		}
		user := a.Directory.User(c.Principal.Account, c.IssuerName)
		return user != nil && user.ID == c.Principal.UserID
	}
	return true
}

// current gives the session's credential with its session policies as they
// are now.
func (a *Authority) current(s *session) (*Credential, error) {
	a.mu.RLock()
	c := s.credential
	a.mu.RUnlock()
	if c != nil && a.upToDate(s, c) {
		return c, nil
	}
	c, err := a.build(s)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s.credential = c
	return c, nil
}

func (a *Authority) upToDate(s *session, c *Credential) bool {
	docs := c.Principal.Session.Policies
	for i, arn := range s.content.Policies.ARNs {
		if docs[i].Policy != a.managed(arn) {
			return false
		}
	}
	return true
}

// managed is a managed session policy as it is now. One that was deleted
// allows nothing.
func (a *Authority) managed(arn string) *policy.Policy {
	if p := a.Directory.ManagedPolicy(arn); p != nil {
		return p
	}
	return nothing
}

var nothing = func() *policy.Policy {
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"none:Nothing","Resource":"*"}}`, policy.Session)
	if err != nil {
		panic(err)
	}
	return p
}()

func (a *Authority) build(s *session) (*Credential, error) {
	c := &s.content
	carried := c.Session
	for _, arn := range c.Policies.ARNs {
		carried.Policies = append(carried.Policies, authz.Document{Type: authz.SessionPolicy, ID: arn, Policy: a.managed(arn)})
	}
	if c.Policies.Inline != "" {
		p, err := policy.Parse(c.Policies.Inline, policy.Session)
		if err != nil {
			return nil, fmt.Errorf("session policy of %s: %w", c.AccessKeyID, err)
		}
		carried.Policies = append(carried.Policies, authz.Document{Type: authz.SessionPolicy, ID: "inline", Policy: p})
	}
	return &Credential{
		Principal: &authz.Principal{
			Principal:   c.Principal,
			Name:        c.Name,
			SessionName: c.SessionName,
			IssuerName:  c.IssuerName,
			AccessKeyID: c.AccessKeyID,
			Session:     &carried,
		},
		Secret: c.Secret,
	}, nil
}

// pack and unpack compress, because policies and tags make a token long and a
// token travels with every request.
func pack(c *sealed) ([]byte, error) {
	var buf bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&buf)
	if err := cbor.NewEncoder(w).Encode(c); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func unpack(data []byte, c *sealed) error {
	r := io.LimitReader(flate.NewReader(bytes.NewReader(data)), 1<<20)
	if err := cbor.NewDecoder(r).Decode(c); err != nil {
		return err
	}
	for _, t := range []*time.Time{&c.Session.MFATime, &c.Session.Issued, &c.Session.Expires} {
		*t = t.UTC() // they come back in the zone of this machine
	}
	return nil
}

// deflaters are used again: each takes more than a megabyte.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is one
	}
	return w
}}
