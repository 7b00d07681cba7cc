package gateway_test

import (
	"testing"
	"time"
)

// ended checks that a session is told so by a query service and a JSON one.
func (w *world) ended(k key, code, jsonCode, message string) {
	w.Helper()
	for _, a := range []struct {
		*answer
		status int
		code   string
	}{
		{w.serve(w.as(k, "sts", query("sts", "GetCallerIdentity"))), 403, code},
		{w.serve(w.as(k, "iam", create())), 403, code},
		{w.serve(w.as(k, "kms", createKey())), 400, jsonCode},
	} {
		if a.answer.status != a.status || a.answer.code != a.code || a.message != message {
			w.Errorf("%d %s, want %d %s %s", a.answer.status, a.body, a.status, a.code, message)
		}
	}
}

// TestExpiredSession: a session is good until its end and no longer.
func TestExpiredSession(t *testing.T) {
	w := newWorld(t)
	session := w.temporary(w.user("alice", everything), "AssumeRole", "RoleArn", w.role("r"), "RoleSessionName", "one", "DurationSeconds", "900")
	before := w.state()
	w.advance(15*time.Minute - time.Nanosecond)
	w.query(session, "iam", "ListUsers")
	w.advance(time.Nanosecond)
	w.ended(session, "ExpiredToken", "ExpiredTokenException", pastToken)
	if w.state() != before {
		t.Error("the state has changed")
	}
}

// TestUnprovenSession: a token without its secret is worth nothing.
func TestUnprovenSession(t *testing.T) {
	w := newWorld(t)
	session := w.temporary(w.user("alice", everything), "AssumeRole", "RoleArn", w.role("r"), "RoleSessionName", "one")
	session.secret = "guessed"
	w.ended(session, "SignatureDoesNotMatch", "InvalidSignatureException", noMatch)
}

// TestSessionsEndWithTheirUser: what stands behind a session is looked at on
// each use, and so is an access key.
func TestSessionsEndWithTheirUser(t *testing.T) {
	w := newWorld(t)
	alice := w.user("alice", "")
	token := w.temporary(alice, "GetSessionToken")
	identity := func(k key) *answer { return w.serve(w.as(k, "sts", query("sts", "GetCallerIdentity"))) }
	status := func(to string) {
		w.query(w.root(), "iam", "UpdateAccessKey", "UserName", "alice", "AccessKeyId", alice.id, "Status", to)
	}

	status("Inactive")
	w.ended(alice, "InvalidClientTokenId", "UnrecognizedClientException", badToken)
	if a := identity(token); a.status != 200 {
		t.Errorf("a session outlives its access key: %s", a.body)
	}
	status("Active")
	if a := identity(alice); a.status != 200 {
		t.Errorf("the key is active again: %s", a.body)
	}

	w.query(w.root(), "iam", "DeleteAccessKey", "UserName", "alice", "AccessKeyId", alice.id)
	w.query(w.root(), "iam", "DeleteUser", "UserName", "alice")
	w.ended(alice, "InvalidClientTokenId", "UnrecognizedClientException", badToken)
	w.ended(token, "InvalidClientTokenId", "UnrecognizedClientException", badToken)
	again := w.user("alice", everything)
	w.ended(token, "InvalidClientTokenId", "UnrecognizedClientException", badToken)
	if a := identity(again); a.status != 200 {
		t.Errorf("the new user: %s", a.body)
	}
}
