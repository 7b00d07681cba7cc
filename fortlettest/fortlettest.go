// Package fortlettest gives a test a whole cloud of its own: in process, in
// memory, on a free port, for as long as the test runs.
//
//	func TestSigner(t *testing.T) {
//		cloud := fortlettest.New(t)
//		client := kms.NewFromConfig(cloud.Config())
//		...
//	}
//
// Config signs as the root user of the first account; Account makes further
// accounts, and Account.User and Account.Role make principals with just the
// permissions that a test is about. The walls are those of the real thing: what
// is denied here is denied on AWS, and Explain tells why.
//
// The cloud's clock is the test's: Advance moves it, so that sessions expire
// and keys are deleted without waiting. Signatures are still checked against
// the real clock, which the SDK signs with.
package fortlettest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/accounts"
	"github.com/fortlet/fortlet/internal/cloud/gateway"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// Cloud is a cloud that a test owns.
type Cloud struct {
	*Account        // the first account, which manages the organization
	Endpoint string // "http://127.0.0.1:PORT"

	t       testing.TB
	fortlet *fortlet.Fortlet
	offset  atomic.Int64 // of the cloud's clock from the real one
}

// Account is an account of a Cloud.
type Account struct {
	ID   string
	Name string

	cloud *Cloud
	root  accounts.RootKey
}

// Option changes what New makes.
type Option func(*fortlet.Config)

// WithAccount chooses the id of the first account.
func WithAccount(id string) Option { return func(c *fortlet.Config) { c.Account = id } }

// WithDir keeps the cloud in a data folder instead of in memory.
func WithDir(dir string) Option { return func(c *fortlet.Config) { c.Dir = dir } }

// New starts a cloud that ends with the test.
func New(t testing.TB, options ...Option) *Cloud {
	t.Helper()
	c := &Cloud{t: t}
	cfg := fortlet.Config{Now: c.Now, Signed: time.Now}
	for _, o := range options {
		o(&cfg)
	}
	f, err := fortlet.Open(context.Background(), cfg)
	if err != nil {
		t.Fatalf("fortlettest: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("fortlettest: %v", err)
	}
	server := gateway.NewServer(f.Handler, f.Cloud.Log)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("fortlettest: %v", err)
		}
	}()
	t.Cleanup(func() {
		if err := errors.Join(server.Close(), f.Close()); err != nil {
			t.Errorf("fortlettest: %v", err)
		}
	})
	c.fortlet = f
	c.Endpoint = "http://" + listener.Addr().String()
	c.Account = &Account{ID: f.Account.ID, Name: f.Account.Name, cloud: c, root: f.RootKey}
	return c
}

// Now is the cloud's time.
func (c *Cloud) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// Advance moves the cloud's clock, and waits until the background work that has
// become due is done: lifecycle rules, deliveries.
func (c *Cloud) Advance(d time.Duration) {
	c.t.Helper()
	c.offset.Add(int64(d))
	if err := c.fortlet.Work.Settle(c.t.Context()); err != nil {
		c.t.Fatalf("fortlettest: %v", err)
	}
}

// NewAccount makes a further account of the organization, which the first call
// makes too.
func (c *Cloud) NewAccount(name string) *Account {
	c.t.Helper()
	return c.account(cloud.NewAccount{Spec: accounts.Spec{Name: name}})
}

// NewStandaloneAccount makes an account that is in no organization.
func (c *Cloud) NewStandaloneAccount(name string) *Account {
	c.t.Helper()
	return c.account(cloud.NewAccount{Spec: accounts.Spec{Name: name}, Alone: true})
}

func (c *Cloud) account(n cloud.NewAccount) *Account {
	c.t.Helper()
	a, key, err := c.fortlet.Cloud.CreateAccount(context.Background(), n, c.self())
	if err != nil {
		c.t.Fatalf("fortlettest: account %s: %v", n.Name, err)
	}
	return &Account{ID: a.ID, Name: a.Name, cloud: c, root: key}
}

// self is the root user of the first account, as whom the test runs the cloud.
func (c *Cloud) self() cloud.Requester {
	return cloud.Requester{Principal: cloud.RootOf(c.fortlet.Account)}
}

// Reset forgets every resource of every account.
func (c *Cloud) Reset() {
	c.t.Helper()
	if err := c.fortlet.Cloud.Reset(context.Background(), c.self()); err != nil {
		c.t.Fatalf("fortlettest: reset: %v", err)
	}
}

// Config is a configuration of the AWS SDK for the account's root user.
func (a *Account) Config() aws.Config { return a.cloud.ConfigFor(a.root.ID, a.root.Secret, "") }

// httpClient sends bodies from memory, in one piece. The SDK's own body is read
// once more after its last byte, to see its end; a cloud in the same process
// can be faster, then the SDK has closed the body and net/http breaks off the
// connection amid the answer.
var httpClient = &http.Client{Transport: wholeBodies{&http.Transport{MaxIdleConnsPerHost: 64, ExpectContinueTimeout: time.Second}}}

type wholeBodies struct{ next http.RoundTripper }

func (w wholeBodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err := errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return w.next.RoundTrip(r)
}

// ConfigFor is a configuration of the AWS SDK for an access key; token is
// empty but for temporary credentials.
func (c *Cloud) ConfigFor(accessKeyID, secret, token string) aws.Config {
	return aws.Config{
		Region:       c.fortlet.Region,
		BaseEndpoint: &c.Endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider(accessKeyID, secret, token),
		HTTPClient:   httpClient,
		// A test wants to see the first answer.
		RetryMaxAttempts: 1,
		// As LoadDefaultConfig has it: S3 gets a checksum of every body.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
}

// Explain tells why a call was denied, by the error that the SDK returned.
func (c *Cloud) Explain(err error) string {
	var e struct{ Text string }
	if problem := c.explanation(err, &e); problem != "" {
		return problem
	}
	return e.Text
}

// EncodedMessage is the encoded authorization message of a denied call, which
// sts:DecodeAuthorizationMessage decodes; empty when there is none.
func (c *Cloud) EncodedMessage(err error) string {
	var e struct {
		Decisions []struct{ EncodedMessage string }
	}
	if c.explanation(err, &e) != "" || len(e.Decisions) == 0 {
		return ""
	}
	return e.Decisions[len(e.Decisions)-1].EncodedMessage
}

// explanation finds the explanation of a failed call, or says why there is
// none.
func (c *Cloud) explanation(err error, into any) (problem string) {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) {
		return fmt.Sprintf("no answer of the cloud: %v", err)
	}
	id := response.ServiceRequestID()
	raw, _, explainErr := c.fortlet.Cloud.Explanation(id)
	if explainErr != nil {
		return fmt.Sprintf("request %s: %v", id, explainErr)
	}
	if raw == nil {
		return fmt.Sprintf("request %s was refused before authorization: %v", id, response.Err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Sprintf("request %s: %v", id, err)
	}
	return ""
}

// Environment is what programs need to use the cloud as the root user of the
// first account: the variables of the AWS CLI and SDKs, and those that
// walkthroughs read.
func (c *Cloud) Environment() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL":      c.Endpoint,
		"AWS_ACCESS_KEY_ID":     c.root.ID,
		"AWS_SECRET_ACCESS_KEY": c.root.Secret,
		"AWS_REGION":            c.fortlet.Region,
		"AWS_DEFAULT_REGION":    c.fortlet.Region,
		"ACCOUNT":               c.ID,
		"FORTLET_ENDPOINT":      c.Endpoint,
		"MANAGEMENT_KEY_ID":     c.root.ID,
		"MANAGEMENT_KEY":        c.root.Secret,
	}
}
