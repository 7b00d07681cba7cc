package extract_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// wantFailure reads an account that cannot be read.
func wantFailure(t *testing.T, cfg aws.Config, kind error, call string, parts ...string) {
	t.Helper()
	a, err := extract.Account(t.Context(), cfg, extract.Options{Users: true, Groups: true})
	if a != nil {
		t.Errorf("half an account: %+v", a)
	}
	var e *extract.Error
	if !errors.Is(err, kind) || !errors.As(err, &e) {
		t.Fatalf("%v, want %v", err, kind)
	}
	if e.Call != call {
		t.Errorf("the call is %q, want %q", e.Call, call)
	}
	for _, part := range parts {
		if !strings.Contains(e.Error()+"\n"+e.Hint, part) {
			t.Errorf("%q is not in %q, hint %q", part, e.Error(), e.Hint)
		}
	}
}

const detailsCall = "iam:GetAccountAuthorizationDetails"

func throttle(code string, status int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { failure(w, status, code, "Rate exceeded") }
}

// Throttling is waited out (IAM API Reference, "Common errors": ThrottlingException;
// AWS SDKs Reference, "Retry behavior").
func TestThrottledForAWhile(t *testing.T) {
	for code, status := range map[string]int{"Throttling": 400, "RequestLimitExceeded": 503, "ServiceUnavailable": 503} {
		cloud := fortlettest.New(t)
		var seen atomic.Int64
		endpoint := between(t, cloud.Endpoint, times(4, &seen, throttle(code, status)))
		profiles(t, section(t, "p", endpoint, cloud.Config()))
		populate(t, cloud.Config())
		a := account(t, atOnce(load(t, "p")), extract.Options{})
		if a.Role("app1") == nil || seen.Load() != 5 {
			t.Errorf("%s: %d calls, %d roles", code, seen.Load(), len(a.Roles))
		}
	}
}

func TestThrottledForever(t *testing.T) {
	cloud := fortlettest.New(t)
	var seen atomic.Int64
	endpoint := between(t, cloud.Endpoint, times(1<<40, &seen, throttle("Throttling", 400)))
	profiles(t, section(t, "p", endpoint, cloud.Config())+section(t, "patient", endpoint, cloud.Config())+"max_attempts = 2\n")
	wantFailure(t, atOnce(load(t, "p")), extract.ErrThrottled, detailsCall, "10 attempts: Rate exceeded", "max_attempts")
	if n := seen.Swap(0); n != 10 {
		t.Errorf("%d attempts", n)
	}
	wantFailure(t, atOnce(load(t, "patient")), extract.ErrThrottled, detailsCall, "2 attempts")
	if n := seen.Load(); n != 2 {
		t.Errorf("%d attempts with max_attempts of 2", n)
	}
}

// Who gives up does not wait for the next attempt.
func TestCancelledWhileThrottled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cfg := answers{"GetAccountAuthorizationDetails": func(w http.ResponseWriter, _ *http.Request) {
		failure(w, 400, "Throttling", "Rate exceeded")
	}}.serve(t)
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) {
				cancel()
				return time.Hour, nil
			})
		})
	}
	a, err := extract.Account(ctx, cfg, extract.Options{})
	if a != nil || !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), detailsCall) {
		t.Errorf("%v, %v", a, err)
	}
}

func TestCancelledBefore(t *testing.T) {
	cloud := fortlettest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := extract.Account(ctx, cloud.Config(), extract.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A principal without the permission is told which one it is.
func TestDenied(t *testing.T) {
	cloud := fortlettest.New(t)
	wantFailure(t, cloud.User("nobody"), extract.ErrDenied, detailsCall,
		"user/nobody is not authorized to perform: iam:GetAccountAuthorizationDetails", "(request ", "needs the permission iam:GetAccountAuthorizationDetails")
}

// With the permission alone an account is read, without any other.
func TestLeastPrivilege(t *testing.T) {
	cloud := fortlettest.New(t)
	populate(t, cloud.Config())
	cfg := cloud.User("reader", trustless("iam:GetAccountAuthorizationDetails"))
	var last extract.Progress
	a := account(t, cfg, extract.Options{Progress: func(p extract.Progress) { last = p }})
	if a.Role("app1") == nil || last.Total != 0 || last.Items == 0 {
		t.Errorf("%d roles, %+v", len(a.Roles), last)
	}
}

// A permission that is lost half-way leaves nothing half-finished.
func TestDeniedOnPageTwo(t *testing.T) {
	cfg := answers{"GetAccountAuthorizationDetails": func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Marker") != "" {
			failure(w, http.StatusForbidden, "AccessDenied", "no longer")
			return
		}
		result(w, "GetAccountAuthorizationDetails", oneRole("a", "{}", "")+"<IsTruncated>true</IsTruncated><Marker>m</Marker>")
	}}.serve(t)
	wantFailure(t, cfg, extract.ErrDenied, detailsCall, "no longer (request 7c1f6a52)")
}

const withBoundary = `<PermissionsBoundary><PermissionsBoundaryArn>` + powerUser + `</PermissionsBoundaryArn></PermissionsBoundary>`

// A boundary's document that the list does not have is asked for by itself.
func TestBoundaryByItself(t *testing.T) {
	a := answers{"GetAccountAuthorizationDetails": details(oneRole("a", "{}", withBoundary))}
	wantFailure(t, a.serve(t), extract.ErrDenied, "iam:GetPolicy", "needs the permission iam:GetPolicy")

	a["GetPolicy"] = func(w http.ResponseWriter, r *http.Request) {
		result(w, "GetPolicy", "<Policy><PolicyName>PowerUserAccess</PolicyName><Path>/</Path><DefaultVersionId>v5</DefaultVersionId></Policy>")
	}
	wantFailure(t, a.serve(t), extract.ErrDenied, "iam:GetPolicyVersion")

	a["GetPolicyVersion"] = func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("PolicyArn") != powerUser || r.FormValue("VersionId") != "v5" {
			t.Errorf("asked for %v", r.Form)
		}
		result(w, "GetPolicyVersion", "<PolicyVersion><VersionId>v5</VersionId><Document>%7B%22a%22%3A1%7D</Document></PolicyVersion>")
	}
	got := account(t, a.serve(t), extract.Options{})
	if want := (snapshot.ManagedPolicy{ARN: powerUser, Name: "PowerUserAccess", Path: "/", Version: "v5", Document: `{"a":1}`}); len(got.Policies) != 1 || got.Policies[0] != want {
		t.Errorf("policies %+v, want %+v", got.Policies, want)
	}
}

// A managed policy of which a page has no document in force is asked for by
// itself, but for those of AWS that nothing refers to.
func TestPolicyWithoutDocument(t *testing.T) {
	bare := func(arn string) string {
		return "<Policies><member><Arn>" + arn + "</Arn><PolicyVersionList><member><VersionId>v2</VersionId><IsDefaultVersion>false</IsDefaultVersion><Document>old</Document></member></PolicyVersionList></member></Policies>"
	}
	const own = "arn:aws:iam::123456789012:policy/own"
	cfg := answers{
		"GetAccountAuthorizationDetails": details(bare(own) + bare(s3Full)),
		"GetPolicy": func(w http.ResponseWriter, r *http.Request) {
			result(w, "GetPolicy", "<Policy><DefaultVersionId>v3</DefaultVersionId></Policy>")
		},
		"GetPolicyVersion": func(w http.ResponseWriter, r *http.Request) {
			result(w, "GetPolicyVersion", "<PolicyVersion><VersionId>v3</VersionId><Document>new</Document></PolicyVersion>")
		},
	}
	a := account(t, cfg.serve(t), extract.Options{})
	if len(a.Policies) != 1 || a.Policies[0].ARN != own || a.Policies[0].Document != "new" {
		t.Errorf("policies %+v", a.Policies)
	}
	cfg["GetPolicyVersion"] = func(w http.ResponseWriter, r *http.Request) {
		result(w, "GetPolicyVersion", "<PolicyVersion><VersionId>v3</VersionId></PolicyVersion>")
	}
	for _, empty := range []string{"GetPolicy", "GetPolicyVersion"} {
		broken := maps.Clone(cfg)
		broken[empty] = func(w http.ResponseWriter, _ *http.Request) { result(w, empty, "") }
		var e *extract.Error
		if a, err := extract.Account(t.Context(), broken.serve(t), extract.Options{}); a != nil || !errors.As(err, &e) || e.Call != "iam:"+empty {
			t.Errorf("an empty answer of %s: %+v, %v", empty, a, err)
		}
	}
	if a.Policies[0].Name != "own" {
		t.Errorf("the name of a policy told without one: %q", a.Policies[0].Name)
	}
	if a, err := extract.Account(t.Context(), cfg.serve(t), extract.Options{}); a != nil || err == nil {
		t.Errorf("without any document: %+v, %v", a, err)
	}
}

// A role that is made anew while the account is read is told twice, and is in
// the snapshot once, as it is now.
func TestToldTwice(t *testing.T) {
	cfg := answers{"GetAccountAuthorizationDetails": func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Marker") == "" {
			result(w, "GetAccountAuthorizationDetails", oneRole("a", "old", "")+localPolicy("p", "old")+"<IsTruncated>true</IsTruncated><Marker>m</Marker>")
			return
		}
		result(w, "GetAccountAuthorizationDetails", oneRole("a", "new", "")+localPolicy("p", "new")+"<IsTruncated>false</IsTruncated>")
	}}.serve(t)
	a := account(t, cfg, extract.Options{})
	if len(a.Roles) != 1 || a.Roles[0].Trust != "new" || len(a.Policies) != 1 || a.Policies[0].Document != "new" {
		t.Errorf("%+v", a)
	}
}

func TestNobody(t *testing.T) {
	cfg := answers{"GetCallerIdentity": func(w http.ResponseWriter, _ *http.Request) { result(w, "GetCallerIdentity", "") }}.serve(t)
	var e *extract.Error
	if a, err := extract.Account(t.Context(), cfg, extract.Options{}); a != nil || !errors.As(err, &e) || e.Call != "sts:GetCallerIdentity" {
		t.Errorf("%+v, %v", a, err)
	}
}

// A policy that is deleted while the account is read is not attached to
// anything any more.
func TestPolicyDeletedMeanwhile(t *testing.T) {
	attached := `<AttachedManagedPolicies><member><PolicyArn>arn:aws:iam::123456789012:policy/gone</PolicyArn></member></AttachedManagedPolicies>`
	a := account(t, answers{
		"GetAccountAuthorizationDetails": details(oneRole("a", "{}", withBoundary+attached)),
		"GetPolicy": func(w http.ResponseWriter, r *http.Request) {
			failure(w, http.StatusNotFound, "NoSuchEntity", "Policy "+r.FormValue("PolicyArn")+" does not exist.")
		},
	}.serve(t), extract.Options{})
	if role := a.Role("a"); len(role.Attached) != 0 || role.Boundary != "" || len(a.Policies) != 0 {
		t.Errorf("%+v, policies %+v", role, a.Policies)
	}
}

func TestTooLarge(t *testing.T) {
	huge := strings.Repeat(" ", snapshot.MaxDocument+1)
	inline := `<RolePolicyList><member><PolicyName>p</PolicyName><PolicyDocument>` + huge + `</PolicyDocument></member></RolePolicyList>`
	for of, element := range map[string]string{
		"trust policy of role a":                        oneRole("a", huge, ""),
		"inline policy p of role a":                     oneRole("a", "{}", inline),
		"policy arn:aws:iam::123456789012:policy/p":     localPolicy("p", huge),
		"policy arn:aws:iam::123456789012:policy/q":     localPolicy("q", strings.Repeat("%20", snapshot.MaxDocument+1)),
		"policy arn:aws:iam::123456789012:policy/plain": localPolicy("plain", strings.Repeat(" ", 3*snapshot.MaxDocument+1)),
	} {
		cfg := answers{"GetAccountAuthorizationDetails": details(element)}.serve(t)
		wantFailure(t, cfg, snapshot.ErrTooLarge, detailsCall, of+": policy document too large")
	}
	limit := strings.Repeat("%20", snapshot.MaxDocument)
	a := account(t, answers{"GetAccountAuthorizationDetails": details(localPolicy("p", limit))}.serve(t), extract.Options{})
	if n := len(a.Policies[0].Document); n != snapshot.MaxDocument {
		t.Errorf("a document of just the limit has %d bytes", n)
	}
}

// What we do not understand is kept to the letter.
func TestDocumentsVerbatim(t *testing.T) {
	for _, document := range []string{
		`{"Version":"2031-01-01","Statement":[{"Effect":"Maybe","Unless":{"a":[1,2.50]},"Action":"*"}],"Extra":null}`,
		"{\n\t\"Version\" : \"2012-10-17\",\r\n  \"Statement\":[ ] }\n",
		"{\"Sid\":\"é 漢 \\u0000 + % <&>\"}",
		"no JSON", "", "[]",
	} {
		encoded := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
		a := account(t, answers{"GetAccountAuthorizationDetails": details(oneRole("a", encoded, ""), localPolicy("p", encoded))}.serve(t), extract.Options{})
		if got := a.Role("a").Trust; got != document {
			t.Errorf("trust %q, want %q", got, document)
		}
		if got := a.Policies[0].Document; got != document {
			t.Errorf("policy %q, want %q", got, document)
		}
	}
	a := account(t, answers{"GetAccountAuthorizationDetails": details(oneRole("a", "100% plain+", ""))}.serve(t), extract.Options{})
	if got := a.Role("a").Trust; got != "100% plain+" {
		t.Errorf("what is not encoded: %q", got)
	}
}

// An endpoint is not trusted to come to an end, or to be IAM at all.
func TestStrangeEndpoints(t *testing.T) {
	calls := 0
	for name, answer := range map[string]http.HandlerFunc{
		"the same marker": func(w http.ResponseWriter, _ *http.Request) {
			calls++
			result(w, "GetAccountAuthorizationDetails", oneRole("a", "{}", "")+"<IsTruncated>true</IsTruncated><Marker>m</Marker>")
		},
		"two markers in turn": func(w http.ResponseWriter, r *http.Request) {
			next := map[string]string{"": "m", "m": "n", "n": "m"}[r.FormValue("Marker")]
			result(w, "GetAccountAuthorizationDetails", "<IsTruncated>true</IsTruncated><Marker>"+next+"</Marker>")
		},
		"no marker": func(w http.ResponseWriter, _ *http.Request) {
			result(w, "GetAccountAuthorizationDetails", "<IsTruncated>true</IsTruncated>")
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>" + oneRole("a", "{}", "")))
		},
		"a web page": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html><p>Hello</html>")) },
		"not found":  func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
	} {
		a, err := extract.Account(t.Context(), answers{"GetAccountAuthorizationDetails": answer}.serve(t), extract.Options{})
		var e *extract.Error
		if a != nil || !errors.As(err, &e) || e.Call != detailsCall {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
	if calls != 2 {
		t.Errorf("the same marker was followed %d times", calls)
	}
}

func TestUnreachable(t *testing.T) {
	cloud := fortlettest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := "http://" + l.Addr().String()
	l.Close()
	profiles(t, section(t, "p", endpoint, cloud.Config()))
	wantFailure(t, atOnce(load(t, "p")), extract.ErrUnreachable, "sts:GetCallerIdentity", endpoint, "connection refused", "endpoint_url")
}

func TestExpired(t *testing.T) {
	cloud := fortlettest.New(t)
	trust := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + cloud.ID + `"},"Action":"sts:AssumeRole"}}`
	role := cloud.Role("reader", trust, trustless("iam:*"))
	session := cloud.Assume(cloud.User("alice", trustless("sts:AssumeRole")), role, "session")
	if a := account(t, session, extract.Options{}); a.Role("reader") == nil {
		t.Errorf("by a session: %+v", a)
	}
	cloud.Advance(2 * time.Hour)
	wantFailure(t, session, extract.ErrCredentials, "sts:GetCallerIdentity", "expired", "renew")
}

func TestUnknownKey(t *testing.T) {
	cloud := fortlettest.New(t)
	wantFailure(t, cloud.ConfigFor("AKIAIOSFODNN7EXAMPLE", "wrong", ""), extract.ErrCredentials, "sts:GetCallerIdentity")
	k, err := cloud.Config().Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantFailure(t, cloud.ConfigFor(k.AccessKeyID, "wrong", ""), extract.ErrCredentials, "sts:GetCallerIdentity")
}

// The policy in the guide is enough, the boundary's document included.
func TestGuidePolicy(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/guide/iam-profiles.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(guide), "```json\n")
	document, _, ok := strings.Cut(text, "```")
	if !ok {
		t.Fatal("the guide has no policy")
	}
	cloud := fortlettest.New(t)
	populate(t, cloud.Config())
	reader := cloud.User("reader", document)
	var last extract.Progress
	a := account(t, reader, extract.Options{Users: true, Groups: true, Progress: func(p extract.Progress) { last = p }})
	if a.Role("app1") == nil || last.Total == 0 {
		t.Errorf("%d roles, %+v", len(a.Roles), last)
	}
	client := iam.NewFromConfig(reader)
	policy, err := client.GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: new(powerUser)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{PolicyArn: new(powerUser), VersionId: policy.Policy.DefaultVersionId}); err != nil {
		t.Error(err)
	}
	if _, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: new("app1")}); err == nil {
		t.Error("the policy in the guide allows more than it says")
	}
}
