package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
)

// account makes a further account and gives its root key.
func (w *world) account(name string) key {
	w.Helper()
	_, k, err := w.Cloud.Accounts.Create(w.Context(), accounts.Spec{Name: name})
	if err != nil {
		w.Fatal(err)
	}
	return key{id: k.ID, secret: k.Secret}
}

// control sends a signed request to the control plane.
func (w *world) control(k key, method, path, body string) *answer {
	w.Helper()
	r := newRequest(method, "/_fortlet/"+path, body)
	return w.serve(w.as(k, "fortlet", r))
}

// refused checks an error of the control plane.
func (a *answer) refused(t *testing.T, status int, code, message string) {
	t.Helper()
	if a.status != status || a.code != code || !strings.Contains(a.message, message) {
		t.Errorf("%d %s, want %d %s: …%s…", a.status, a.body, status, code, message)
	}
}

// decode reads an answer of the control plane.
func decode[T any](t *testing.T, a *answer, status int) (out T) {
	t.Helper()
	if kind := a.header.Get("Content-Type"); a.status != status || kind != "application/json" || len(a.requestID) != 36 {
		t.Fatalf("%d %s %s, request %q; want %d", a.status, kind, a.body, a.requestID, status)
	}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return out
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	h := decode[struct {
		Status, Version string
		Services        []string
	}](t, w.serve(newRequest("GET", "/_fortlet/health", "")), 200)
	if h.Status != "ok" || h.Version == "" || !slices.Contains(h.Services, "iam") || len(h.Services) != len(w.Cloud.Services()) {
		t.Errorf("health is %+v", h)
	}
	if a := w.serve(newRequest("HEAD", "/_fortlet/health", "")); a.status != 200 {
		t.Errorf("HEAD: %d", a.status)
	}
}

// TestControlPaths: each path has one spelling and its methods.
func TestControlPaths(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"", "x", "Health", "health/", "health/x", "reset/", "accounts/", "accounts/111122223333", "explain", "explain/",
		"%68ealth", "./health", "../_fortlet/health", "/health", "health;x", "health%00",
	} {
		r := newRequest("GET", "/", "")
		r.RequestURI = "/_fortlet/" + path
		w.serve(r).refused(t, 404, "UnknownOperationException", "")
	}
	for path, allow := range map[string]string{"health": "GET, HEAD", "reset": "POST", "accounts": "GET, POST", "explain/x": "GET"} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} {
			if strings.Contains(allow, method) {
				continue
			}
			a := w.control(w.root(), method, path, "")
			a.refused(t, 405, "MethodNotAllowedException", "does not take "+method)
			if got := a.header.Get("Allow"); got != allow {
				t.Errorf("%s allows %q, want %q", path, got, allow)
			}
		}
	}
}

// TestControlIsForRoot: no one else gets in, however much IAM allows.
func TestControlIsForRoot(t *testing.T) {
	w := newWorld(t)
	alice := w.user("alice", everything)
	session := w.temporary(alice, "AssumeRole", "RoleArn", w.role("r"), "RoleSessionName", "one")
	rootSession := w.temporary(w.root(), "GetSessionToken")
	federated := w.temporary(w.root(), "GetFederationToken", "Name", "fred")
	id := w.serve(w.as(alice, "iam", query("iam", "ListUsers"))).requestID
	before := w.state()
	for method, paths := range map[string][]string{"POST": {"reset", "accounts"}, "GET": {"accounts", "explain/" + id}} {
		for _, path := range paths {
			w.serve(newRequest(method, "/_fortlet/"+path, "")).refused(t, 400, "MissingAuthenticationTokenException", "Missing Authentication Token")
			for who, k := range map[string]key{
				"user/alice": alice, "assumed-role/r/one": session, ":root": rootSession, "federated-user/fred": federated,
			} {
				w.control(k, method, path, `{"name":"x"}`).refused(t, 403, "AccessDeniedException", who+" is no root user. Sign with a root access key.")
			}
			w.control(key{id: "AKIAIOSFODNN7EXAMPLE", secret: "x"}, method, path, "").refused(t, 400, "UnrecognizedClientException", badToken)
			w.control(key{id: w.root().id, secret: alice.secret}, method, path, "").refused(t, 400, "InvalidSignatureException", noMatch)
			late := newRequest(method, "/_fortlet/"+path, "")
			w.serve(sign(t, late, w.root().signer("fortlet"), w.now().Add(-16*time.Minute))).refused(t, 400, "InvalidSignatureException", "Signature expired")
			moved := w.as(w.root(), "sts", newRequest(method, "/", ""))
			moved.RequestURI = "/_fortlet/" + path
			w.serve(moved).refused(t, 400, "InvalidSignatureException", noMatch)
		}
	}
	w.serve(edit(w.as(w.root(), "fortlet", newRequest("POST", "/_fortlet/accounts", `{"name":"x"}`)),
		func(r *http.Request) { setBody(r, `{"name":"y"}`) })).refused(t, 400, "InvalidSignatureException", noMatch)
	if w.state() != before {
		t.Error("the state has changed")
	}
	if list := decode[accountList](t, w.control(w.root(), "GET", "accounts", ""), 200); len(list.Accounts) != 1 {
		t.Errorf("accounts %+v", list)
	}
}

type accountList struct {
	Accounts []struct {
		ID, Name   string
		Management bool
	}
}

func TestAccounts(t *testing.T) {
	w := newWorld(t)
	created := decode[struct{ ID, Name, AccessKeyID, SecretAccessKey string }](t,
		w.control(w.root(), "POST", "accounts", `{"name":"verifier","id":"444455556666"}`), 201)
	if created.ID != "444455556666" || created.Name != "verifier" {
		t.Errorf("created %+v", created)
	}
	verifier := key{id: created.AccessKeyID, secret: created.SecretAccessKey}
	if account := w.query(verifier, "sts", "GetCallerIdentity")("Account"); account != created.ID {
		t.Errorf("the new key is of account %s", account)
	}
	w.control(verifier, "POST", "accounts", `{"name":"more"}`).refused(t, 403, "AccessDeniedException", "444455556666 is not the management account.")

	for body, want := range map[string]struct {
		status int
		code   string
	}{
		`{"name":"verifier"}`:              {409, "AlreadyExistsException"},
		`{"name":"x","id":"444455556666"}`: {409, "AlreadyExistsException"},
		`{"name":""}`:                      {400, "ValidationException"},
		`{"name":"a b"}`:                   {400, "ValidationException"},
		`{"name":"x","id":"1"}`:            {400, "ValidationException"},
		`{"name":"x","id":"../../../etc"}`: {400, "ValidationException"},
		`{"name":1}`:                       {400, "SerializationException"},
		`[]`:                               {400, "SerializationException"},
		`{`:                                {400, "SerializationException"},
		``:                                 {400, "SerializationException"},
	} {
		w.control(w.root(), "POST", "accounts", body).refused(t, want.status, want.code, "")
	}

	all := decode[accountList](t, w.control(w.root(), "GET", "accounts", ""), 200).Accounts
	if len(all) != 2 || !all[0].Management || all[1].Management || all[1].ID != created.ID {
		t.Errorf("the management account sees %+v", all)
	}
	own := decode[accountList](t, w.control(verifier, "GET", "accounts", ""), 200).Accounts
	if len(own) != 1 || own[0].ID != created.ID {
		t.Errorf("another account sees %+v", own)
	}
}

// TestReset: resources and sessions of every account go, accounts and their
// root keys stay. Any root key will do.
func TestReset(t *testing.T) {
	w := newWorld(t)
	empty := w.state()
	second := w.account("second")
	alice := w.user("alice", everything)
	session := w.temporary(alice, "AssumeRole", "RoleArn", w.role("r"), "RoleSessionName", "one")
	void := []key{
		alice, session, w.temporary(alice, "GetSessionToken"), w.temporary(w.root(), "GetSessionToken"),
		w.temporary(second, "GetSessionToken"), w.temporary(second, "GetFederationToken", "Name", "fred"),
	}
	w.query(second, "iam", "CreateUser", "UserName", "bob")
	if a := w.serve(w.as(second, "kms", createKey())); a.status != 200 {
		t.Fatal(a.body)
	}
	for _, k := range void { // some are known already when they end
		w.query(k, "sts", "GetCallerIdentity")
	}
	id := w.serve(w.as(alice, "iam", query("iam", "ListUsers"))).requestID

	done := decode[struct {
		Reset            bool
		TookMilliseconds int
	}](t, w.control(second, "POST", "reset", ""), 200)
	if !done.Reset {
		t.Errorf("reset is %+v", done)
	}
	if got := w.state(); got != empty {
		t.Errorf("after the reset there is %s", got)
	}
	for name, r := range map[string]*http.Request{"IAM": query("iam", "ListUsers"), "KMS": jsonCall("ListKeys", "{}")} {
		a := w.serve(w.as(second, strings.ToLower(name), r))
		if a.status != 200 || strings.Contains(a.body, "bob") || strings.Contains(a.body, "KeyArn") {
			t.Errorf("the second account has in %s %s", name, a.body)
		}
	}
	for i, k := range void {
		a := w.serve(w.as(k, "sts", query("sts", "GetCallerIdentity")))
		if a.status != 403 || a.code != "InvalidClientTokenId" || a.message != badToken {
			t.Errorf("credentials %d: %d %s", i, a.status, a.body)
		}
	}
	w.control(w.root(), "GET", "explain/"+id, "").refused(t, 404, "NotFoundException", id)
	if list := decode[accountList](t, w.control(w.root(), "GET", "accounts", ""), 200).Accounts; len(list) != 2 {
		t.Errorf("accounts after the reset: %+v", list)
	}
	w.query(w.user("alice", ""), "sts", "GetCallerIdentity") // and life goes on
}

// TestExplainIsPrivate: an account's calls are explained to its root user and
// to that of the management account.
func TestExplainIsPrivate(t *testing.T) {
	w := newWorld(t)
	second, third := w.account("second"), w.account("third")
	w.query(second, "iam", "CreateUser", "UserName", "bob")
	get := w.query(second, "iam", "CreateAccessKey", "UserName", "bob")
	bob := key{id: get("AccessKeyId"), secret: get("SecretAccessKey")}
	allowed := w.serve(w.as(bob, "sts", query("sts", "GetCallerIdentity"))).requestID
	denied := w.serve(w.as(bob, "iam", create()))
	denied.refused(t, 403, "AccessDenied", "no identity-based policy allows")

	for _, id := range []string{allowed, denied.requestID} {
		for name, k := range map[string]key{"its own": second, "the management account": w.root()} {
			e := decode[struct{ RequestID, Principal, Text string }](t, w.control(k, "GET", "explain/"+id, ""), 200)
			if e.RequestID != id || !strings.HasSuffix(e.Principal, ":user/bob") || !strings.Contains(e.Text, id) {
				t.Errorf("%s: %+v", name, e)
			}
		}
		w.control(third, "GET", "explain/"+id, "").refused(t, 404, "NotFoundException", "Request "+id+" is not remembered")
	}
	for _, id := range []string{"x", "../reset", "%2e%2e", strings.Repeat("x", 5000)} {
		if a := w.control(w.root(), "GET", "explain/"+id, ""); a.status != 404 {
			t.Errorf("explain %s: %d %s", id, a.status, a.body)
		}
	}
}

// BenchmarkReset reports how long a reset of a cloud with a few hundred
// resources takes; it shall be less than 50 ms.
func BenchmarkReset(b *testing.B) {
	w := newWorld(b)
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		for i := range 300 {
			w.query(w.root(), "iam", "CreateUser", "UserName", fmt.Sprintf("user-%d", i))
		}
		b.StartTimer()
		begin := time.Now()
		if a := w.control(w.root(), "POST", "reset", ""); a.status != 200 {
			b.Fatal(a.body)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.Logf("of %d resets: median %v, 99th percentile %v, slowest %v", len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}
