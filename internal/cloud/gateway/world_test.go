package gateway_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/sigv4"
	"github.com/fortlet/fortlet/internal/fortlet"
)

const region = "us-east-1"

// start is when every world begins.
var start = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// world is a cloud in memory whose clock the test moves.
type world struct {
	testing.TB
	*fortlet.Fortlet
	clock atomic.Int64 // since start
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	return openWorld(tb, accounts.RootKey{})
}

// fixedWorld is a world whose root key is always the same.
func fixedWorld(tb testing.TB) *world {
	tb.Helper()
	return openWorld(tb, accounts.RootKey{ID: "AKIAIOSFODNN7EXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})
}

func openWorld(tb testing.TB, root accounts.RootKey) *world {
	tb.Helper()
	w := &world{TB: tb}
	f, err := fortlet.Open(context.Background(), fortlet.Config{Now: w.now, RootKey: root})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	w.Fortlet = f
	return w
}

func (w *world) now() time.Time          { return start.Add(time.Duration(w.clock.Load())) }
func (w *world) advance(d time.Duration) { w.clock.Add(int64(d)) }

// key is an access key.
type key struct{ id, secret, token string }

func (w *world) root() key { return key{id: w.RootKey.ID, secret: w.RootKey.Secret} }

func (k key) signer(service string) *sigv4.Signer {
	return &sigv4.Signer{AccessKeyID: k.id, Secret: k.secret, SessionToken: k.token, Region: region, Service: service}
}

// answer is what came back.
type answer struct {
	status    int
	header    http.Header
	body      string
	code      string
	message   string
	requestID string
}

// serve answers a request without a connection.
func (w *world) serve(r *http.Request) *answer {
	w.Helper()
	rec := httptest.NewRecorder()
	w.Handler.ServeHTTP(rec, r)
	return read(w, rec.Code, rec.Header(), rec.Body.Bytes())
}

// failure is the body of an error in XML; its JSON forms have other names.
type failure struct {
	XMLName   xml.Name `xml:"ErrorResponse"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// read takes an answer apart, and fails the test if an error is not in the
// form of its content type or bears no request id.
func read(tb testing.TB, status int, h http.Header, body []byte) *answer {
	tb.Helper()
	a := &answer{status: status, header: h, body: string(body), requestID: h.Get("X-Amzn-Requestid")}
	if status < 300 {
		return a
	}
	switch kind := h.Get("Content-Type"); kind {
	case "text/xml":
		var f failure
		if err := xml.Unmarshal(body, &f); err != nil {
			tb.Errorf("answer %q: %v", body, err)
		}
		if f.RequestID != a.requestID {
			tb.Errorf("request id is %q in the body, %q in the header", f.RequestID, a.requestID)
		}
		a.code, a.message = f.Code, f.Message
	case "application/xml":
		f := readS3(tb, "", status, h, body)
		a.code, a.message, a.requestID = f.Code, f.Message, f.RequestId
	case "application/x-amz-json-1.1", "application/json":
		var f struct {
			Type    string `json:"__type"`
			Message string `json:"message"` // in any letter case
		}
		if err := json.Unmarshal(body, &f); err != nil {
			tb.Errorf("answer %q: %v", body, err)
		}
		// Services of rest-json have the code in the header.
		a.code, a.message = cmp.Or(f.Type, h.Get("X-Amzn-Errortype")), f.Message
	default:
		tb.Errorf("content type %q of %q", kind, body)
	}
	if len(a.requestID) != 36 {
		tb.Errorf("request id %q", a.requestID)
	}
	return a
}

// versions are those of the query services.
var versions = map[string]string{"iam": "2010-05-08", "sts": "2011-06-15"}

func newRequest(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:4566"
	return r
}

// query is an unsigned request to a query service; params are names and values
// in turns.
func query(service, action string, params ...string) *http.Request {
	form := url.Values{"Action": {action}, "Version": {versions[service]}}
	for i := 0; i+1 < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	r := newRequest(http.MethodPost, "/", form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r
}

// jsonCall is an unsigned request to KMS.
func jsonCall(operation, body string) *http.Request {
	r := newRequest(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "TrentService."+operation)
	return r
}

// payload reads the body of a request and puts it back.
func payload(tb testing.TB, r *http.Request) []byte {
	tb.Helper()
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(r.Body); err != nil {
		tb.Fatal(err)
	}
	setBody(r, buf.String())
	return buf.Bytes()
}

// setBody exchanges the body and leaves the rest, the signature too, as it is.
func setBody(r *http.Request, body string) {
	fresh := httptest.NewRequest(r.Method, "/", strings.NewReader(body))
	r.Body, r.ContentLength = fresh.Body, fresh.ContentLength
}

// sign signs a request at a time.
func sign(tb testing.TB, r *http.Request, s *sigv4.Signer, at time.Time) *http.Request {
	tb.Helper()
	if err := s.Sign(r, sigv4.HashPayload(payload(tb, r)), at); err != nil {
		tb.Fatal(err)
	}
	return r
}

// as signs a request with a key now.
func (w *world) as(k key, service string, r *http.Request) *http.Request {
	w.Helper()
	return sign(w, r, k.signer(service), w.now())
}

// query makes a call that must succeed, and gives the text of elements of the
// answer.
func (w *world) query(k key, service, action string, params ...string) func(element string) string {
	w.Helper()
	a := w.serve(w.as(k, service, query(service, action, params...)))
	if a.status != http.StatusOK {
		w.Fatalf("%s: %d %s", action, a.status, a.body)
	}
	return func(element string) string {
		_, rest, _ := strings.Cut(a.body, "<"+element+">")
		text, _, found := strings.Cut(rest, "</"+element+">")
		if !found {
			w.Fatalf("no %s in %s", element, a.body)
		}
		return text
	}
}

const (
	everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`
	trustAll   = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}`
)

// user makes a user who may do everything, or nothing without a policy.
func (w *world) user(name, policy string) key {
	w.Helper()
	w.query(w.root(), "iam", "CreateUser", "UserName", name)
	if policy != "" {
		w.query(w.root(), "iam", "PutUserPolicy", "UserName", name, "PolicyName", "p", "PolicyDocument", policy)
	}
	get := w.query(w.root(), "iam", "CreateAccessKey", "UserName", name)
	return key{id: get("AccessKeyId"), secret: get("SecretAccessKey")}
}

// role makes a role that may do everything and that everybody may assume.
func (w *world) role(name string) (arn string) {
	w.Helper()
	get := w.query(w.root(), "iam", "CreateRole", "RoleName", name, "AssumeRolePolicyDocument", trustAll)
	w.query(w.root(), "iam", "PutRolePolicy", "RoleName", name, "PolicyName", "p", "PolicyDocument", everything)
	return get("Arn")
}

// temporary makes a call of STS that gives credentials.
func (w *world) temporary(k key, action string, params ...string) key {
	w.Helper()
	get := w.query(k, "sts", action, params...)
	return key{get("AccessKeyId"), get("SecretAccessKey"), get("SessionToken")}
}

// state tells everything that the requests of the tests could have changed.
func (w *world) state() string {
	w.Helper()
	users := w.serve(w.as(w.root(), "iam", query("iam", "ListUsers")))
	keys := w.serve(w.as(w.root(), "kms", jsonCall("ListKeys", "{}")))
	if users.status != http.StatusOK || keys.status != http.StatusOK {
		w.Fatalf("state: %s %s", users.body, keys.body)
	}
	listed, _, _ := strings.Cut(users.body, "<ResponseMetadata>")
	return listed + keys.body
}
