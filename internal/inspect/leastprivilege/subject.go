package leastprivilege

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// Subject is the role or user whose policy is wanted.
type Subject struct {
	ARN  string
	User bool   // a user; otherwise a role
	Name string // without its path
	// ID is the unique id, AROA… or AIDA…, empty if it is not known. With it the
	// calls of a role that was deleted and made again are told from those of its
	// predecessor, which had the same ARN.
	ID string

	account string
	screen  []byte
}

// NewSubject makes a subject of an ARN.
func NewSubject(arn, id string) (Subject, error) {
	p := strings.SplitN(arn, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[2] != "iam" || len(p[4]) != 12 {
		return Subject{}, fmt.Errorf("%q is no ARN of a role or user", arn)
	}
	kind, name, _ := strings.Cut(p[5], "/")
	if kind != "role" && kind != "user" || name == "" {
		return Subject{}, fmt.Errorf("%q is no ARN of a role or user", arn)
	}
	s := Subject{ARN: arn, User: kind == "user", Name: name[strings.LastIndexByte(name, '/')+1:], ID: id, account: p[4]}
	// A name of these letters stands in JSON as it is. Other characters some
	// encoders escape.
	if strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == "" {
		s.screen = []byte(s.Name)
	}
	return s, nil
}

// Find finds the role or user that a name or ARN means in an account.
func Find(a *snapshot.Account, nameOrARN string) (Subject, error) {
	var found []snapshot.Entity
	for i := range a.Roles {
		found = match(found, &a.Roles[i].Entity, nameOrARN)
	}
	for i := range a.Users {
		found = match(found, &a.Users[i].Entity, nameOrARN)
	}
	switch len(found) {
	case 0:
		return Subject{}, fmt.Errorf("account %s has no role or user %s", a.ID, nameOrARN)
	case 1:
		return NewSubject(found[0].ARN, found[0].ID)
	}
	return Subject{}, fmt.Errorf("%s is a role and a user: give the ARN, %s or %s", nameOrARN, found[0].ARN, found[1].ARN)
}

func match(found []snapshot.Entity, e *snapshot.Entity, nameOrARN string) []snapshot.Entity {
	if e.ARN == nameOrARN || e.Name == nameOrARN {
		return append(found, *e)
	}
	return found
}

// relation is what a record has to do with a subject.
type relation uint8

const (
	stranger relation = iota
	own               // the subject made the call
	former            // a role or user made it that had the ARN before
)

// of tells whether the subject made a call. A session is known by the role that
// issued it, not by its name: any role can have a session of any name.
func (s *Subject) of(r *Record) relation {
	arn, id := s.issuer(&r.UserIdentity)
	switch {
	case arn != s.ARN:
		return stranger
	case s.ID != "" && id != "" && s.ID != id:
		return former
	}
	return own
}

// issuer is the role or user whose policies a caller has.
func (s *Subject) issuer(u *Identity) (arn, id string) {
	if c := u.SessionContext; c != nil && c.Issuer.ARN != "" {
		return c.Issuer.ARN, c.Issuer.PrincipalID
	}
	if u.Type == "IAMUser" {
		return u.ARN, u.PrincipalID
	}
	if u.Type != "AssumedRole" || s.User {
		return "", ""
	}
	// A record without the issuer still has the session's ARN, which names the
	// role without its path.
	id, _, _ = strings.Cut(u.PrincipalID, ":")
	if session := strings.SplitN(u.ARN, ":assumed-role/", 2); len(session) == 2 {
		if name, _, _ := strings.Cut(session[1], "/"); name == s.Name && u.AccountID == s.account {
			return s.ARN, id
		}
	}
	return "", ""
}

func containsBytes(b, sub []byte) bool { return bytes.Contains(b, sub) }
