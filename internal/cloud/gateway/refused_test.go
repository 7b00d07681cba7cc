package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// cast is who appears in the table of refused requests.
type cast struct {
	*server
	alice, nobody       key // a user who may do everything, and one who may nothing
	session, other      key // two sessions of a role
	token, federated    key // of GetSessionToken and GetFederationToken
	inactive, recreated key // a key that is off, and a session of a role that was made anew
}

func newCast(t *testing.T) *cast {
	s := newServer(t)
	c := &cast{server: s, alice: s.user("alice", everything), nobody: s.user("nobody", "")}
	assume := func(arn, name string) key {
		return s.temporary(c.alice, "AssumeRole", "RoleArn", arn, "RoleSessionName", name)
	}
	arn := s.role("operator")
	c.session, c.other = assume(arn, "one"), assume(arn, "two")
	c.token = s.temporary(c.alice, "GetSessionToken")
	c.federated = s.temporary(c.alice, "GetFederationToken", "Name", "fred", "Policy", everything)
	c.inactive = s.user("off", everything)
	s.query(s.root(), "iam", "UpdateAccessKey", "UserName", "off", "AccessKeyId", c.inactive.id, "Status", "Inactive")
	c.recreated = assume(s.role("phoenix"), "old")
	s.query(s.root(), "iam", "DeleteRolePolicy", "RoleName", "phoenix", "PolicyName", "p")
	s.query(s.root(), "iam", "DeleteRole", "RoleName", "phoenix")
	s.role("phoenix")
	return c
}

// create is the request that none of the table gets through: it would make a
// user. createKey would make a KMS key.
func create() *http.Request    { return query("iam", "CreateUser", "UserName", "mallory") }
func createKey() *http.Request { return jsonCall("CreateKey", "{}") }

func (c *cast) create() *http.Request    { return c.as(c.alice, "iam", create()) }
func (c *cast) createKey() *http.Request { return c.as(c.alice, "kms", createKey()) }

// at is a request signed at another time than now.
func (c *cast) at(d time.Duration, service string, r *http.Request) *http.Request {
	return sign(c, r, c.alice.signer(service), c.now().Add(d))
}

// presigned is create as a URL for ten minutes.
func (c *cast) presigned(k key) *http.Request {
	form := string(payload(c, create()))
	r := newRequest(http.MethodGet, "/?"+form, "")
	if err := k.signer("iam").Presign(r, sigv4.EmptyPayload, c.now(), 10*time.Minute); err != nil {
		c.Fatal(err)
	}
	return r
}

// scoped is create with one element of its credential scope exchanged. It is
// signed with the scope that it bears.
func (c *cast) scoped(change func(*sigv4.Signer), service string, r *http.Request) *http.Request {
	s := c.alice.signer(service)
	change(s)
	return sign(c, r, s, c.now())
}

// edit changes a request that is complete.
func edit(r *http.Request, change func(*http.Request)) *http.Request {
	change(r)
	return r
}

// replaceIn replaces a part of a header, or of the query under the name "".
func replaceIn(r *http.Request, header, old, with string) *http.Request {
	before := r.Header.Get(header)
	if header == "" {
		before = r.URL.RawQuery
	}
	after := strings.Replace(before, old, with, 1)
	if after == before {
		panic("nothing to replace in " + before)
	}
	if header == "" {
		r.URL.RawQuery = after
	} else {
		r.Header.Set(header, after)
	}
	return r
}

// The messages that many refusals share.
const (
	noMatch = "The request signature we calculated does not match the signature you provided. " +
		"Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
	badToken  = "The security token included in the request is invalid."
	pastToken = "The security token included in the request is expired"
	twoWays   = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
		"Signature query string parameter or the Authorization header should be specified"
	weekMost = "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
)

// refusal is a bad request with the answer that it gets.
type refusal struct {
	name    string
	request func(c *cast) *http.Request
	kind    string // content type of the answer
	status  int
	code    string
	message string
}

const (
	asXML  = "text/xml"
	asJSON = "application/x-amz-json-1.1"
)

// refusals are answered with the codes and words of the called service: those
// of query services for IAM and STS, which are documented at
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and
// those of JSON services for KMS.
var refusals = map[string][]refusal{
	"who":       whoRefusals,
	"when":      whenRefusals,
	"what":      whatRefusals,
	"scope":     scopeRefusals,
	"operation": operationRefusals,
	"path":      pathRefusals,
	"body":      bodyRefusals,
	"rights":    rightsRefusals,
}

func TestRefusals(t *testing.T) {
	c := newCast(t)
	before := c.state()
	for group, list := range refusals {
		for _, r := range list {
			t.Run(group+"/"+r.name, func(t *testing.T) {
				request := r.request(c)
				resp, body := c.send(c.text(request), request.Method)
				if request.Method == http.MethodHead {
					if resp.StatusCode != r.status {
						t.Errorf("status %d, want %d", resp.StatusCode, r.status)
					}
					return
				}
				r.check(t, read(t, resp.StatusCode, resp.Header, body))
				if c.state() != before {
					t.Fatalf("the state has changed: %s", c.state())
				}
			})
		}
	}
}

func (r *refusal) check(t *testing.T, a *answer) {
	t.Helper()
	// AWS ends some messages with a space.
	if a.status != r.status || a.code != r.code || strings.TrimSpace(a.message) != r.message {
		t.Errorf("answer\n     %d %s %q\nwant %d %s %q", a.status, a.code, a.message, r.status, r.code, r.message)
	}
	if got := a.header.Get("Content-Type"); got != r.kind {
		t.Errorf("content type %s, want %s", got, r.kind)
	}
}
