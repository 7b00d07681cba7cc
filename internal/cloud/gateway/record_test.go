package gateway_test

import (
	"net/http"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/audit"
)

// records gives what the log holds of a request.
func (w *world) records(requestID string) (list []audit.Record) {
	w.Helper()
	for e, err := range w.Cloud.Audit.Events(audit.Filter{RequestID: requestID}) {
		if err != nil {
			w.Fatal(err)
		}
		list = append(list, e.Record)
	}
	return list
}

// TestRefusalsAreRecorded: whoever has proven who it is leaves a record, also
// where it is refused before any policy is asked.
func TestRefusalsAreRecorded(t *testing.T) {
	w := newWorld(t)
	second := w.account("second")
	alice := w.user("alice", everything)
	session := w.temporary(alice, "GetSessionToken")
	federated := w.temporary(alice, "GetFederationToken", "Name", "fred")
	control := func(method, path, body string) *http.Request {
		return newRequest(method, "/_fortlet/"+path, body)
	}
	for name, tt := range map[string]struct {
		who                        key
		service                    string
		request                    *http.Request
		source, event, arn, failed string
	}{
		"session credentials at IAM": {session, "iam", query("iam", "ListUsers"), "iam.amazonaws.com", "ListUsers", ":user/alice", "InvalidClientTokenId"},
		"session credentials at STS": {session, "sts", query("sts", "GetFederationToken", "Name", "x"), "sts.amazonaws.com", "GetFederationToken", ":user/alice", "AccessDenied"},
		"federated at STS":           {federated, "sts", query("sts", "AssumeRole", "RoleArn", "x"), "sts.amazonaws.com", "AssumeRole", ":federated-user/fred", "AccessDenied"},
		"broken input":               {alice, "kms", jsonCall("Encrypt", `{"KeyId":`), "kms.amazonaws.com", "Encrypt", ":user/alice", "SerializationException"},
		"invalid input":              {alice, "kms", jsonCall("Encrypt", `{}`), "kms.amazonaws.com", "Encrypt", ":user/alice", "ValidationException"},
		"what is not built":          {alice, "kms", jsonCall("CreateCustomKeyStore", `{}`), "kms.amazonaws.com", "CreateCustomKeyStore", ":user/alice", "NotImplemented"},
		"a user resets":              {alice, "fortlet", control("POST", "reset", ""), "fortlet", "Reset", ":user/alice", "AccessDenied"},
		"a user makes an account":    {alice, "fortlet", control("POST", "accounts", `{"name":"x"}`), "fortlet", "CreateAccount", ":user/alice", "AccessDenied"},
		"a session asks why":         {session, "fortlet", control("GET", "explain/x", ""), "fortlet", "Explain", ":user/alice", "AccessDenied"},
		"another account makes one":  {second, "fortlet", control("POST", "accounts", `{"name":"x"}`), "fortlet", "CreateAccount", ":root", "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.serve(w.as(tt.who, tt.service, tt.request))
			list := w.records(a.requestID)
			if a.status < 400 || len(list) != 1 {
				t.Fatalf("%d %s has %d records", a.status, a.body, len(list))
			}
			r, id := list[0], list[0].UserIdentity
			if r.EventSource != tt.source || r.EventName != tt.event || r.ErrorCode != tt.failed || r.ErrorMessage != a.message {
				t.Errorf("recorded %s of %s with %s: %s", r.EventName, r.EventSource, r.ErrorCode, r.ErrorMessage)
			}
			if id.AccessKeyID != tt.who.id || len(id.ARN) < len(tt.arn) || id.ARN[len(id.ARN)-len(tt.arn):] != tt.arn {
				t.Errorf("recorded for %+v", id)
			}
		})
	}

	// A stranger may claim to be anybody.
	before := w.Cloud.Audit.Head().Seq
	w.serve(w.as(key{id: alice.id, secret: "wrong"}, "iam", query("iam", "ListUsers")))
	w.serve(w.as(key{id: alice.id, secret: "wrong"}, "fortlet", control("POST", "reset", "")))
	w.serve(query("iam", "ListUsers"))
	if after := w.Cloud.Audit.Head().Seq; after != before {
		t.Errorf("%d records of requests that prove nothing", after-before)
	}
}

// TestControlIsRecorded: the record of a reset, which is the first of those that
// follow, and of a new account tell with which request and from where.
func TestControlIsRecorded(t *testing.T) {
	w := newWorld(t)
	for event, r := range map[string]*http.Request{
		"CreateAccount": newRequest("POST", "/_fortlet/accounts", `{"name":"x"}`),
		"Reset":         newRequest("POST", "/_fortlet/reset", ""),
	} {
		r.Header.Set("User-Agent", "somebody/1.0")
		r.RemoteAddr = "192.0.2.7:1234"
		a := w.serve(w.as(w.root(), "fortlet", r))
		list := w.records(a.requestID)
		if a.status >= 300 || len(list) != 1 {
			t.Fatalf("%s: %d %s has %d records", event, a.status, a.body, len(list))
		}
		if r := list[0]; r.EventName != event || r.SourceIPAddress != "192.0.2.7" || r.UserAgent != "somebody/1.0" || r.UserIdentity.AccessKeyID != w.root().id {
			t.Errorf("%s is recorded as %+v", event, r)
		}
	}
}

// TestFederatedUserInRecords: the name of a federated user is whatever its
// issuer says, so the record tells who that was.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
func TestFederatedUserInRecords(t *testing.T) {
	w := newWorld(t)
	alice := w.user("alice", everything)
	id := w.query(alice, "sts", "GetCallerIdentity")("UserId")
	for name, tt := range map[string]struct {
		from key
		want audit.SessionIssuer
	}{
		"of a user": {alice, audit.SessionIssuer{Type: "IAMUser", PrincipalID: id, ARN: "arn:aws:iam::111122223333:user/alice", AccountID: "111122223333", UserName: "alice"}},
		"of root":   {w.root(), audit.SessionIssuer{Type: "Root", PrincipalID: "111122223333", ARN: "arn:aws:iam::111122223333:root", AccountID: "111122223333"}},
	} {
		fred := w.temporary(tt.from, "GetFederationToken", "Name", "bob")
		a := w.serve(w.as(fred, "sts", query("sts", "GetCallerIdentity")))
		list := w.records(a.requestID)
		if len(list) != 1 || list[0].UserIdentity.SessionContext == nil || list[0].UserIdentity.SessionContext.Issuer == nil {
			t.Fatalf("%s: %s: %+v", name, a.body, list)
		}
		if got := *list[0].UserIdentity.SessionContext.Issuer; got != tt.want {
			t.Errorf("%s: issuer is %+v, want %+v", name, got, tt.want)
		}
	}
}

// TestRefusedFormsAreRecorded: who signed a form is known, and what it was
// wanted for.
func TestRefusedFormsAreRecorded(t *testing.T) {
	b := newBucketWorld(t)
	for name, tt := range map[string]struct {
		conditions, code string
		fields           []string
	}{
		"another bucket":  {`{"bucket":"another"},["starts-with","$key",""]`, "AccessDenied", nil},
		"no policy":       {`{"bucket":`, "InvalidPolicyDocument", nil},
		"malformed field": {anyKey + `,["starts-with","$tagging",""]`, "MalformedXML", []string{"tagging", "<"}},
	} {
		before := b.Cloud.Audit.Head().Seq
		fields := append(b.signForm(b.root(), tt.conditions), append([]string{"key", "k"}, tt.fields...)...)
		a := b.do(upload{fields: fields}.request(t, "/private"))
		if a.Code != tt.code {
			t.Errorf("%s: %s, want %s", name, a.Code, tt.code)
		}
		if who, code := b.recorded("PutObject"); who != "Root 111122223333" || code != tt.code || b.Cloud.Audit.Head().Seq != before+1 {
			t.Errorf("%s: recorded %s, %s", name, who, code)
		}
	}
}
