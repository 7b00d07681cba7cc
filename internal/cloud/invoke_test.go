package cloud_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/audit"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/cloud/keyring"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/policy"
)

// Two services made up for the tests: one calls the other for its caller.
type (
	in  struct{ Name *string }
	out struct{ Name *string }
)

var (
	front    = api.Service{Name: "front", SigningName: "front", Protocol: api.Query}
	back     = api.Service{Name: "back", SigningName: "back", Protocol: api.JSON11}
	opAsk    = api.Define[in, out](api.Operation{Service: &front, Name: "Ask"})
	opForget = api.Define[in, out](api.Operation{Service: &front, Name: "Forget"})
	opExempt = api.Define[in, out](api.Operation{Service: &front, Name: "Exempt", ReadOnly: true})
	opPanic  = api.Define[in, out](api.Operation{Service: &front, Name: "Panic"})
	opFail   = api.Define[in, out](api.Operation{Service: &front, Name: "Fail"})
	opVia    = api.Define[in, out](api.Operation{Service: &front, Name: "Via"})
	opBack   = api.Define[in, out](api.Operation{Service: &back, Name: "Back"})
)

const account = "111122223333"

// directory knows one user, who has one policy.
type directory struct{ identity *authz.Identity }

func (d directory) User(_, name string) *authz.Identity {
	if name == "u" {
		return d.identity
	}
	return nil
}
func (directory) Role(string, string) *authz.Identity { return nil }
func (directory) ByID(string) *authz.Identity         { return nil }
func (directory) ManagedPolicy(string) *policy.Policy { return nil }

// newCloud makes a cloud of the two services whose user has a policy.
func newCloud(t *testing.T, statement string) (*cloud.Cloud, *strings.Builder) {
	t.Helper()
	p, err := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, policy.Identity)
	if err != nil {
		t.Fatal(err)
	}
	log := new(strings.Builder)
	id := &authz.Identity{Policies: []authz.Document{{Type: authz.IdentityBased, ID: "p", Policy: p}}}
	c := &cloud.Cloud{
		Store: store.Memory(), Keyring: keyring.Memory(), Audit: audit.Memory(100),
		Authorizer: &authz.Authorizer{Directory: directory{id}},
		Log:        slog.New(slog.NewTextHandler(log, nil)),
		Now:        time.Now,
	}
	check := func(ctx context.Context, action string) error {
		return authz.Check(ctx, authz.Request{Action: action, Resource: "*"})
	}
	ok := &out{new("done")}
	err = errors.Join(
		c.Register(&front,
			cloud.Handle(opAsk, func(ctx context.Context, _ *in) (*out, error) { return ok, check(ctx, "front:Ask") }),
			cloud.Handle(opForget, func(context.Context, *in) (*out, error) { return ok, nil }),
			cloud.Handle(opExempt, func(ctx context.Context, _ *in) (*out, error) {
				authz.Exempt(ctx, "a test")
				return ok, nil
			}),
			cloud.Handle(opPanic, func(context.Context, *in) (*out, error) { panic("secret detail") }),
			cloud.Handle(opFail, func(ctx context.Context, _ *in) (*out, error) {
				return nil, errors.Join(check(ctx, "front:Ask"), errors.New("secret detail"))
			}),
			cloud.Handle(opVia, func(ctx context.Context, i *in) (*out, error) {
				if err := check(ctx, "front:Ask"); err != nil {
					return nil, err
				}
				return cloud.Forward(ctx, opBack, i)
			}),
		),
		c.Register(&back, cloud.Handle(opBack, func(ctx context.Context, _ *in) (*out, error) { return ok, check(ctx, "back:Back") })),
	)
	if err != nil {
		t.Fatal(err)
	}
	return c, log
}

func invoke(t *testing.T, c *cloud.Cloud, op *api.Operation, name string) (any, *api.Error, *cloud.Call) {
	t.Helper()
	call := &cloud.Call{ID: cloud.NewID(), Cloud: c, Operation: op, Input: &in{new("x")}}
	call.Scope = authz.Scope{
		Authorizer: c.Authorizer,
		Principal: &authz.Principal{
			Principal: policy.Principal{Type: policy.User, Account: account, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA"},
			Name:      name,
		},
		Region: "us-east-1", Time: c.Now(), SourceIP: "127.0.0.1",
	}
	o, err := c.Invoke(t.Context(), call)
	var e *api.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("Invoke gave %T", err)
	}
	return o, e, call
}

const allowAsk = `{"Effect":"Allow","Action":"front:Ask","Resource":"*"}`

func TestInvoke(t *testing.T) {
	for _, tt := range []struct {
		name, statement, user string
		op                    *api.Operation
		code                  string
		status                int
	}{
		{"allowed", allowAsk, "u", &opAsk.Operation, "", 0},
		{"denied", `{"Effect":"Allow","Action":"front:Other","Resource":"*"}`, "u", &opAsk.Operation, "AccessDenied", 403},
		{"a user that is gone", allowAsk, "gone", &opAsk.Operation, "AccessDenied", 403},
		{"a handler that forgot to ask", allowAsk, "u", &opForget.Operation, "ServiceFailure", 500},
		{"no permission needed", allowAsk, "gone", &opExempt.Operation, "", 0},
		{"a panic", allowAsk, "u", &opPanic.Operation, "ServiceFailure", 500},
		{"a failure of ours", allowAsk, "u", &opFail.Operation, "ServiceFailure", 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, log := newCloud(t, tt.statement)
			o, e, call := invoke(t, c, tt.op, tt.user)
			if tt.code == "" {
				if e != nil || o == nil {
					t.Fatalf("%v, %v", o, e)
				}
			} else if e == nil || e.Code != tt.code || e.Status != tt.status || o != nil {
				t.Fatalf("%v, %v, want %s %d", o, e, tt.code, tt.status)
			}
			if e != nil && strings.Contains(e.Message, "secret detail") {
				t.Errorf("the answer tells the cause: %s", e.Message)
			}
			if (tt.status == 500) != strings.Contains(log.String(), "internal failure") {
				t.Errorf("the log says %q", log)
			}
			entry, err := c.Audit.Find(call.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := entry.Record.ErrorCode; got != tt.code || entry.Record.EventName != tt.op.Name {
				t.Errorf("recorded %s with %q", entry.Record.EventName, got)
			}
			if call.Input != nil {
				t.Error("the input is remembered")
			}
		})
	}
}

// A forwarded call goes through the same door: the caller's own session, the
// chain of services, a record of its own.
func TestForward(t *testing.T) {
	const via = `{"Effect":"Allow","Action":"back:Back","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":"front.amazonaws.com"}}}`
	c, _ := newCloud(t, allowAsk+","+via)
	if _, e, _ := invoke(t, c, &opVia.Operation, "u"); e != nil {
		t.Errorf("through the service: %v", e)
	}
	if _, e, _ := invoke(t, c, &opBack.Operation, "u"); e == nil || e.Code != "AccessDeniedException" || e.Status != 400 {
		t.Errorf("directly: %v", e)
	}
	var forwarded *audit.Record
	for e, err := range c.Audit.Events(audit.Filter{EventName: "Back"}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Record.ErrorCode == "" {
			forwarded = &e.Record
		}
	}
	if forwarded == nil || forwarded.UserIdentity.InvokedBy != "front.amazonaws.com" || forwarded.SourceIPAddress != "front.amazonaws.com" ||
		forwarded.UserIdentity.ARN != "arn:aws:iam::"+account+":user/u" {
		t.Errorf("the record of the forwarded call is %+v", forwarded)
	}
	denied, _ := newCloud(t, allowAsk)
	if _, e, _ := invoke(t, denied, &opVia.Operation, "u"); e == nil || e.Code != "AccessDeniedException" {
		t.Errorf("the caller may not call the second service: %v", e)
	}
}

// A call that cannot be recorded is not answered with success.
func TestUnrecorded(t *testing.T) {
	c, _ := newCloud(t, allowAsk)
	if err := c.Audit.Close(); err != nil {
		t.Fatal(err)
	}
	if o, e, _ := invoke(t, c, &opAsk.Operation, "u"); e == nil || e.Status != 500 || o != nil {
		t.Errorf("%v, %v", o, e)
	}
}

// Every operation that a service claims to build has one handler.
func TestRegister(t *testing.T) {
	handle := func(op *api.Op[in, out]) cloud.Handler {
		return cloud.Handle(op, func(context.Context, *in) (*out, error) { return nil, nil })
	}
	for name, handlers := range map[string][]cloud.Handler{
		"none":               nil,
		"of another service": {handle(opBack), handle(opAsk)},
		"twice":              {handle(opBack), handle(opBack)},
	} {
		if err := new(cloud.Cloud).Register(&back, handlers...); err == nil {
			t.Errorf("handlers %s: no error", name)
		}
	}
}

// A denied call is explained from its record, when it is no longer remembered.
func TestExplanationSurvives(t *testing.T) {
	c, _ := newCloud(t, `{"Sid":"Never","Effect":"Deny","Action":"front:*","Resource":"*"}`)
	_, _, call := invoke(t, c, &opAsk.Operation, "u")
	for range 3000 {
		invoke(t, c, &opExempt.Operation, "u")
	}
	c.Audit = audit.Memory(10)
	if raw, _, err := c.Explanation(call.ID); raw != nil || err != nil {
		t.Errorf("of what was recorded nowhere: %s, %v", raw, err)
	}
	c, _ = newCloud(t, `{"Sid":"Never","Effect":"Deny","Action":"front:*","Resource":"*"}`)
	c.Audit = audit.Memory(5000)
	_, _, call = invoke(t, c, &opAsk.Operation, "u")
	for range 3000 {
		invoke(t, c, &opExempt.Operation, "u")
	}
	raw, owner, err := c.Explanation(call.ID)
	if err != nil || owner != account || !strings.Contains(string(raw), `"decidedByStatement":"Never"`) {
		t.Errorf("explanation of %s is %s, %v", owner, raw, err)
	}
}
