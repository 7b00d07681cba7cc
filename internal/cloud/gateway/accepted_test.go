package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/sigv4"
)

// TestAccepted sends what the refused requests were made from, up to the
// limits that they cross: a gateway that refuses everything would pass the
// other table.
func TestAccepted(t *testing.T) {
	c := newCast(t)
	identity := func() *http.Request { return query("sts", "GetCallerIdentity") }
	list := func() *http.Request { return jsonCall("ListKeys", "{}") }
	for name, r := range map[string]*http.Request{
		"IAM":                    c.as(c.alice, "iam", query("iam", "ListUsers")),
		"KMS":                    c.as(c.alice, "kms", list()),
		"STS":                    c.as(c.nobody, "sts", identity()),
		"late at STS":            c.at(-15*time.Minute, "sts", identity()),
		"early at STS":           c.at(15*time.Minute, "sts", identity()),
		"late at KMS":            c.at(-5*time.Minute, "kms", list()),
		"early at KMS":           c.at(5*time.Minute, "kms", list()),
		"role session":           c.as(c.session, "iam", query("iam", "ListUsers")),
		"role session at KMS":    c.as(c.session, "kms", list()),
		"session token":          c.as(c.token, "sts", identity()),
		"session token at KMS":   c.as(c.token, "kms", list()),
		"session token, a role":  c.as(c.token, "sts", query("sts", "AssumeRole", "RoleArn", "arn:aws:iam::111122223333:role/operator", "RoleSessionName", "x1")),
		"federated user":         c.as(c.federated, "sts", identity()),
		"federated user at KMS":  c.as(c.federated, "kms", list()),
		"GET":                    c.as(c.alice, "sts", newRequest(http.MethodGet, "/?Action=GetCallerIdentity&Version=2011-06-15", "")),
		"POST with a query":      c.as(c.alice, "sts", newRequest(http.MethodPost, "/?Action=GetCallerIdentity&Version=2011-06-15", "")),
		"absolute URL":           c.as(c.alice, "sts", edit(identity(), func(r *http.Request) { r.RequestURI = "http://" + r.Host + "/" })),
		"presigned, last second": c.presignedIdentity(c.alice, -time.Minute),
		"presigned by a session": c.presignedIdentity(c.session, 0),
		"query in other spelling": edit(c.presignedIdentity(c.alice, 0), func(r *http.Request) {
			r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "Get", "%47et", 1)
		}),
		"unsigned header": edit(c.as(c.alice, "sts", identity()), func(r *http.Request) { r.Header.Set("User-Agent", "x") }),
	} {
		t.Run(name, func(t *testing.T) {
			if resp, body := c.send(c.text(r), r.Method); resp.StatusCode != http.StatusOK {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
		})
	}
}

// presignedIdentity is GetCallerIdentity as a URL for a minute.
func (c *cast) presignedIdentity(k key, at time.Duration) *http.Request {
	r := newRequest(http.MethodGet, "/?Action=GetCallerIdentity&Version=2011-06-15", "")
	if err := k.signer("sts").Presign(r, sigv4.EmptyPayload, c.now().Add(at), time.Minute); err != nil {
		c.Fatal(err)
	}
	return r
}

// TestRegions: the Region is in the scope; there are no others than those with
// the form of one. https://docs.aws.amazon.com/general/latest/gr/rande.html
func TestRegions(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]int{
		"us-east-1": 200, "ap-southeast-7": 200, "us-gov-west-1": 200, "us-iso-east-1": 200, "eu-isoe-west-1": 200, "cn-north-1": 200, "eusc-de-east-1": 200,
		"": 403, "us": 403, "us-1": 403, "us-east": 403, "us-east-": 403, "us-east-x": 403, "us--1": 403, "-us-east-1": 403, "us-east--1": 403,
		"u-east-1": 403, "north-east-1": 403, "us-east-11": 403, "USA-east-1": 403, "us-East-1": 403, "us-east1-1": 403, "us-a-b-c-d-1": 403, "us-east-1\n": 403, "us-" + strings.Repeat("a", 60) + "-1": 403,
	} {
		s := w.root().signer("sts")
		s.Region = name
		r := query("sts", "GetCallerIdentity")
		if a := w.serve(sign(t, r, s, w.now())); a.status != want {
			t.Errorf("Region %q: %d %s, want %d", name, a.status, a.body, want)
		}
	}
}

// TestRequestIDs: every answer has one, and no two the same.
func TestRequestIDs(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for range 50 {
		for _, r := range []*http.Request{create(), w.as(w.root(), "sts", query("sts", "GetCallerIdentity")), newRequest("GET", "/_fortlet/health", "")} {
			id := w.serve(r).requestID
			if len(id) != 36 || seen[id] {
				t.Fatalf("request id %q", id)
			}
			seen[id] = true
		}
	}
}
