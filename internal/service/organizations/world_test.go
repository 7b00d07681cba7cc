package organizations_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/fortlet/fortlet/fortlettest"
)

// world is a cloud whose first account manages an organization with a member.
// Calls go as JSON over HTTP, so that a test can also send what no SDK would.
type world struct {
	testing.TB
	cloud  *fortlettest.Cloud
	member *fortlettest.Account
	root   string
	org    string
}

func newWorld(t testing.TB) *world {
	w := &world{TB: t, cloud: fortlettest.New(t)}
	w.member = w.cloud.NewAccount("member")
	w.org = w.manager("DescribeOrganization", nil).text("Organization.Id")
	w.root = w.manager("ListRoots", nil).text("Roots.0.Id")
	return w
}

// in is an input or a part of one.
type in map[string]any

// answer is what came back.
type answer struct {
	testing.TB
	status        int
	code, message string
	reason        string
	body          map[string]any
	raw           string
}

// call makes a call of AWS Organizations.
func (w *world) call(cfg aws.Config, operation string, input in) *answer {
	w.Helper()
	if input == nil {
		input = in{}
	}
	body, err := json.Marshal(input)
	w.check(err)
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.cloud.Endpoint, bytes.NewReader(body))
	w.check(err)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSOrganizationsV20161128."+operation)
	credentials, err := cfg.Credentials.Retrieve(w.Context())
	w.check(err)
	sum := sha256.Sum256(body)
	w.check(v4.NewSigner().SignHTTP(w.Context(), credentials, r, hex.EncodeToString(sum[:]), "organizations", "us-east-1", time.Now()))
	resp, err := http.DefaultClient.Do(r)
	w.check(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.check(err)
	a := &answer{TB: w.TB, status: resp.StatusCode, raw: string(raw)}
	if len(raw) > 0 { // operations without an output answer nothing
		w.check(json.Unmarshal(raw, &a.body))
	}
	if a.status != http.StatusOK {
		a.code, _ = a.body["__type"].(string)
		a.reason, _ = a.body["Reason"].(string)
		for _, name := range []string{"message", "Message"} {
			if m, ok := a.body[name].(string); ok {
				a.message = m
			}
		}
	}
	return a
}

// manager makes a call as the root user of the management account, which must
// succeed.
func (w *world) manager(operation string, input in) *answer {
	w.Helper()
	return w.call(w.cloud.Config(), operation, input).ok()
}

// refused makes a call as the root user of the management account, which must
// be refused.
func (w *world) refused(operation string, input in, code, reason string) {
	w.Helper()
	w.call(w.cloud.Config(), operation, input).refused(code, reason)
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (a *answer) ok() *answer {
	a.Helper()
	if a.status != http.StatusOK {
		a.Fatalf("%d %s", a.status, a.raw)
	}
	return a
}

func (a *answer) refused(code, reason string) {
	a.Helper()
	if a.status != http.StatusBadRequest || a.code != code || a.reason != reason {
		a.Errorf("%d %s %q: %s, want %s %q", a.status, a.code, a.reason, a.message, code, reason)
	}
}

// at finds a value of the answer by its path: "Roots.0.Id".
func (a *answer) at(path string) any {
	var v any = a.body
	for part := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[part]
		case []any:
			var i int
			if json.Unmarshal([]byte(part), &i) != nil || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

func (a *answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// list is the texts of a member of all items of a list.
func (a *answer) list(path, member string) []string {
	items, _ := a.at(path).([]any)
	texts := []string{}
	for _, item := range items {
		text, _ := item.(map[string]any)[member].(string)
		texts = append(texts, text)
	}
	return texts
}

// unit makes a unit.
func (w *world) unit(parent, name string) string {
	w.Helper()
	return w.manager("CreateOrganizationalUnit", in{"ParentId": parent, "Name": name}).text("OrganizationalUnit.Id")
}

// policy makes a service control policy.
func (w *world) policy(name string) string {
	w.Helper()
	return w.manager("CreatePolicy", in{"Type": scp, "Name": name, "Description": "", "Content": denyNothing}).text("Policy.PolicySummary.Id")
}

// The types of policies, and a document that denies what there is not.
const (
	scp = "SERVICE_CONTROL_POLICY"
	rcp = "RESOURCE_CONTROL_POLICY"

	denyNothing = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"none:Nothing","Resource":"*"}]}`
)

// account makes an account by the API and gives its id.
func (w *world) account(name string) string {
	w.Helper()
	request := w.manager("CreateAccount", in{"AccountName": name, "Email": name + "@example.com"}).text("CreateAccountStatus.Id")
	status := w.manager("DescribeCreateAccountStatus", in{"CreateAccountRequestId": request})
	if status.text("CreateAccountStatus.State") != "SUCCEEDED" {
		w.Fatalf("account %s: %s", name, status.raw)
	}
	return status.text("CreateAccountStatus.AccountId")
}

const (
	anything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	day      = 24 * time.Hour
)
