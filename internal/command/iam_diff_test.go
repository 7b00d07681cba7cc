package command

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/diff"
)

const (
	ec2Trust  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	mayRead   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::app1-ENV","arn:aws:s3:::app1-ENV/*"]}]}`
	mayWrite  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:PutObject"],"Resource":["arn:aws:s3:::app1-ENV","arn:aws:s3:::app1-ENV/*"]}]}`
	reworded  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:List*","s3:Get*"],"Resource":"*"},{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`
	mayList   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"}]}`
	mayDetail = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetAccountAuthorizationDetails","Resource":"*"}]}`
)

// twoAccounts is a working directory for accounts dev and qa of a cloud, with a
// profile for each.
type twoAccounts struct {
	*testing.T
	cloud   *fortlettest.Cloud
	dev, qa *fortlettest.Account
	config  string
}

func newTwoAccounts(t *testing.T) *twoAccounts {
	t.Helper()
	a := &twoAccounts{T: t, cloud: fortlettest.New(t)}
	a.dev, a.qa = a.cloud.NewAccount("dev"), a.cloud.NewAccount("qa")
	folder := t.TempDir()
	a.config = filepath.Join(folder, "config")
	t.Chdir(folder)
	t.Setenv("HOME", folder)
	t.Setenv("AWS_CONFIG_FILE", a.config)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(folder, "none"))
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	a.profile("dev-profile", a.dev.Config(), a.cloud.Endpoint)
	a.profile("qa-profile", a.qa.Config(), a.cloud.Endpoint)
	return a
}

// profile adds a profile to the configuration.
func (a *twoAccounts) profile(name string, cfg aws.Config, endpoint string) {
	a.Helper()
	keys, err := cfg.Credentials.Retrieve(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	f, err := os.OpenFile(a.config, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		a.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintf(f, "[profile %s]\nregion = us-east-1\nendpoint_url = %s\naws_access_key_id = %s\naws_secret_access_key = %s\nmax_attempts = 2\n",
		name, endpoint, keys.AccessKeyID, keys.SecretAccessKey)
}

// app1 makes the article's role in both accounts.
func (a *twoAccounts) app1(devPolicy, qaPolicy string) {
	a.dev.Role("app1_dev", ec2Trust, strings.ReplaceAll(devPolicy, "ENV", "dev"))
	a.qa.Role("app1_qa", ec2Trust, strings.ReplaceAll(qaPolicy, "ENV", "qa"))
}

// initialize makes the two files, with the article's dictionary.
func (a *twoAccounts) initialize() {
	a.Helper()
	a.run(exitOK, "iam", "init")
	a.write("equivalency_list.json", fmt.Sprintf(`{"accountname":["dev","qa"],"000000000000":[%q,%q]}`, a.dev.ID, a.qa.ID))
}

func (a *twoAccounts) write(name, text string) {
	a.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		a.Fatal(err)
	}
}

// run runs a command line that must end with an exit code.
func (a *twoAccounts) run(want int, args ...string) (stdout, stderr string) {
	a.Helper()
	var out, err strings.Builder
	if got := Main(args, strings.NewReader(""), &out, &err); got != want {
		a.Fatalf("fortlet %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, out.String(), err.String())
	}
	return out.String(), err.String()
}

// diff runs diff over both profiles.
func (a *twoAccounts) diff(want int, flags ...string) (stdout, stderr string) {
	a.Helper()
	return a.run(want, append([]string{"iam", "diff", "dev-profile", "dev", "qa-profile", "qa", "--output", "out"}, flags...)...)
}

func (a *twoAccounts) wants(text string, patterns ...string) {
	a.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(`(?m)` + p).MatchString(text) {
			a.Errorf("no match for %q in\n%s", p, text)
		}
	}
}

func TestIAMInit(t *testing.T) {
	a := newTwoAccounts(t)
	out, _ := a.run(exitOK, "iam", "init")
	a.wants(out, `^iam\.json: `, `^equivalency_list\.json: `)
	data, err := os.ReadFile("equivalency_list.json")
	if err != nil {
		t.Fatal(err)
	}
	var dictionary map[string][]string
	if err := json.Unmarshal(data, &dictionary); err != nil || len(dictionary["accountid"]) != 2 || len(dictionary["accountprefix1"]) != 4 {
		t.Errorf("dictionary %s: %v", data, err)
	}
	var reference struct {
		ServiceMap map[string]struct {
			StringPrefix, ARNRegex string
			Actions                []string
		}
	}
	if data, err = os.ReadFile("iam.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &reference); err != nil {
		t.Fatal(err)
	}
	s3 := reference.ServiceMap["Amazon S3"]
	if s3.StringPrefix != "s3" || !slices.Contains(s3.Actions, "PutObject") || !regexp.MustCompile(s3.ARNRegex).MatchString("arn:aws:s3:::b/*") {
		t.Errorf("Amazon S3: %s %s", s3.StringPrefix, s3.ARNRegex)
	}

	// What is there is not overwritten unasked.
	a.write("equivalency_list.json", `{"mine":["x"]}`)
	_, stderr := a.run(exitFailure, "iam", "init")
	a.wants(stderr, `is there already`, `--force`)
	if data, _ := os.ReadFile("equivalency_list.json"); string(data) != `{"mine":["x"]}` {
		t.Errorf("overwritten: %s", data)
	}
	a.run(exitOK, "iam", "init", "--force")
	a.run(exitUsage, "iam", "init", "here")
}

func TestIAMDiffSession(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayRead, mayWrite)
	_, stderr := a.diff(exitFailure)
	a.wants(stderr, `^fortlet: Please initialize using "fortlet iam init"$`)
	_, stderr = a.diff(exitFailure, "--iamctl-compat")
	a.wants(stderr, `Please initialize using "iamctl init"$`)

	a.initialize()
	stdout, stderr := a.diff(exitOK)
	a.wants(stdout, `^│ Common Roles with Differences +│ +0 │ +1 │$`, `^1 deviation in what both have:$`,
		`^  role app1_accountname, inline policy policy-a: only qa: Allow s3:PutObject on arn:aws:s3:::app1-accountname/\* \(object\)$`,
		`^Detailed reports are available at this location:\nout$`)
	if stderr != "" {
		t.Errorf("stderr %q", stderr)
	}
	if files, _ := os.ReadDir("out"); len(files) != 21 {
		t.Errorf("%d files", len(files))
	}
	a.diff(exitCheck, "--exit-code")
	a.diff(exitOK, "--exit-code", "--only", "Organization*")
	a.diff(exitOK, "--exit-code", "--only", "Organization*", "--iamctl-compat")
	if _, err := os.Stat("out/roles_in_qa_but_not_in_qa.csv"); err != nil {
		t.Error(err)
	}

	// Without --output the folder tells the time, below the home directory.
	// Two runs in one second get two folders.
	folders := make(map[string]bool)
	for range 3 {
		stdout, _ = a.run(exitOK, "iam", "diff", "dev-profile", "dev", "qa-profile", "qa")
		folders[stdout[strings.LastIndex(strings.TrimSpace(stdout), "\n"):]] = true
	}
	if len(folders) != 3 {
		t.Errorf("folders %v", folders)
	}
	a.wants(stdout, regexp.QuoteMeta(os.Getenv("HOME"))+`/aws-idt/output/\d{4}/\d\d/\d\d/\d\d/\d\d/\d\d$`)
}

func TestIAMDiffJSON(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayRead, mayWrite)
	a.dev.User("ann", mayDetail)
	a.initialize()
	read := func(flags ...string) *diff.Report {
		t.Helper()
		stdout, _ := a.diff(exitOK, append(flags, "--json")...)
		r := new(diff.Report)
		if err := json.Unmarshal([]byte(stdout), r); err != nil {
			t.Fatalf("%v\n%s", err, stdout)
		}
		return r
	}
	names := func(r *diff.Report) (list []string) {
		for _, e := range r.Entities {
			list = append(list, fmt.Sprintf("%s %s %s", e.Kind, e.Name, e.Status))
		}
		return list
	}
	r := read("--semantic", "--only", "app1_*")
	if got := names(r); !slices.Equal(got, []string{"role app1_accountname different"}) || !r.Different || r.A.Account != a.dev.ID || r.B.Tag != "qa" || r.Folder != "out" {
		t.Fatalf("report of %q: %+v", got, r)
	}
	e := r.Entities[0]
	if p := e.Semantic.Permissions; len(p.OnlyA) > 0 || len(p.OnlyB) != 1 || p.OnlyB[0].Action != "s3:PutObject" || len(p.OnlyB[0].ProofA) == 0 {
		t.Errorf("effects %+v", p)
	}
	if len(e.Policies) != 2 || !e.Policies[0].Same || e.Policies[1].B[0].Text != strings.ReplaceAll(mayWrite, "ENV", "qa") {
		t.Errorf("policies %+v", e.Policies)
	}
	if got := names(read("--users", "--groups", "--only", "ann")); !slices.Equal(got, []string{"user ann only-a"}) {
		t.Errorf("users %q", got)
	}
	if got := names(read("--only", "ann")); len(got) > 0 {
		t.Errorf("users unasked: %q", got)
	}
	linked := func(flags ...string) bool {
		return slices.ContainsFunc(read(flags...).Entities, func(e *diff.Entity) bool { return e.ServiceLinked })
	}
	_, err := iam.NewFromConfig(a.dev.Config()).CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: new("access-analyzer.amazonaws.com")})
	if err != nil {
		t.Fatal(err)
	}
	if !linked() || linked("--service-linked=false") {
		t.Error("--service-linked does not decide about service-linked roles")
	}
}

func TestIAMDiffSemantic(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayList, reworded)
	a.initialize()
	stdout, _ := a.diff(exitCheck, "--exit-code")
	a.wants(stdout, `deviation`)
	stdout, _ = a.diff(exitOK, "--exit-code", "--semantic")
	a.wants(stdout, `^Worded differently, same in effect:\n  role app1_accountname$`, `^No deviation in what both have\.$`)
}

func TestIAMDiffAgainst(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayRead, mayRead)
	a.initialize()
	stdout, _ := a.run(exitOK, "iam", "harvest", "qa-profile", "qa", "--output", "rows", "--save-baseline", "qa.json")
	a.wants(stdout, `^rows/qa_qa-profile_iam_tuples\.csv: 2 roles of account \d{12}$`, `^qa\.json: baseline of `)
	if info, err := os.Stat("qa.json"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("baseline: %v %v", info, err)
	}
	past := func(want int, flags ...string) string {
		t.Helper()
		stdout, _ := a.run(want, append([]string{"iam", "diff", "qa-profile", "qa", "--against", "qa.json", "--output", "out", "--exit-code"}, flags...)...)
		return stdout
	}
	past(exitOK)
	_, err := iam.NewFromConfig(a.qa.Config()).PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: new("app1_qa"), PolicyName: new("policy-a"), PolicyDocument: new(strings.ReplaceAll(mayWrite, "ENV", "qa")),
	})
	if err != nil {
		t.Fatal(err)
	}
	// The account as it is now becomes the baseline.
	a.wants(past(exitCheck, "--save-baseline", "qa.json"), `only qa: Allow s3:PutObject`)
	past(exitOK)
	if _, err := os.Stat("out/qa_to_baseline_common_role_difference_items.csv"); err != nil {
		t.Error(err)
	}
	_, stderr := a.run(exitFailure, "iam", "diff", "qa-profile", "qa", "--against", "none.json")
	a.wants(stderr, `none\.json`, `--save-baseline`)
	a.write("qa.json", "{}")
	_, stderr = a.run(exitFailure, "iam", "diff", "qa-profile", "qa", "--against", "qa.json")
	a.wants(stderr, `qa\.json: not a snapshot`)
}

func TestIAMDiffUsage(t *testing.T) {
	a := newTwoAccounts(t)
	a.initialize()
	for _, args := range [][]string{
		{"iam", "diff"},
		{"iam", "diff", "dev-profile", "dev", "qa-profile"},
		{"iam", "diff", "dev-profile", "dev"},
		{"iam", "diff", "dev-profile", "dev", "qa-profile", "qa", "--against", "x"},
		{"iam", "diff", "dev-profile", "same", "qa-profile", "same"},
		{"iam", "diff", "dev-profile", "../dev", "qa-profile", "qa"},
		{"iam", "diff", "dev-profile", "", "qa-profile", "qa"},
		{"iam", "harvest", "dev-profile"},
		{"iam", "harvest", "dev-profile", "a/b"},
		{"iam", "suggest-equivalences", "dev-profile"},
	} {
		a.run(exitUsage, args...)
	}
	_, stderr := a.diff(exitUsage, "--only", "[")
	a.wants(stderr, `--only "\["`)
}

// TestIAMDiffBadInput: whatever goes wrong is named, and nothing is written.
func TestIAMDiffBadInput(t *testing.T) {
	a := newTwoAccounts(t)
	a.initialize()
	a.profile("denied", a.dev.User("nobody"), a.cloud.Endpoint)
	a.profile("halfway", a.dev.Config(), deniedHalfway(t, a))
	a.profile("unreachable", a.dev.Config(), "http://127.0.0.1:1")
	for profile, problem := range map[string]string{
		"denied":      `: iam:GetAccountAuthorizationDetails: access denied: `,
		"halfway":     `: iam:GetAccountAuthorizationDetails: access denied: `,
		"unreachable": `127\.0\.0\.1:1`,
		"nowhere":     `nowhere`,
	} {
		_, stderr := a.run(exitFailure, "iam", "diff", "dev-profile", "dev", profile, "qa", "--output", "out", "--save-baseline", "base.json")
		a.wants(stderr, `(?s)`+problem)
		_, stderr = a.run(exitFailure, "iam", "harvest", profile, "qa", "--output", "out", "--save-baseline", "base.json")
		a.wants(stderr, `(?s)`+problem)
	}
	for text, problem := range map[string]string{
		"{\"a\": [\"x\"],\n \"a\": []}": `^fortlet: equivalency_list\.json: line 2, column 2: "a" is here twice$`,
		"{\"a\": \"x\"}":                `line 1, column 7: `,
		"":                              `line 1, column 1: `,
	} {
		a.write("equivalency_list.json", text)
		_, stderr := a.diff(exitFailure)
		a.wants(stderr, problem)
	}
	a.write("equivalency_list.json", "{}")
	a.write("iam.json", `{"serviceMap": 1}`)
	_, stderr := a.diff(exitFailure)
	a.wants(stderr, `^fortlet: iam\.json: `)
	for _, name := range []string{"out", "base.json"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// deniedHalfway is an endpoint that answers the first page of an account and
// denies the next one.
func deniedHalfway(t *testing.T, a *twoAccounts) string {
	t.Helper()
	var pages atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "text/xml")
		switch {
		case r.Form.Get("Action") == "GetCallerIdentity":
			fmt.Fprintf(w, `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::%s:root</Arn><UserId>%[1]s</UserId><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, a.dev.ID)
		case pages.Add(1)%2 == 1:
			fmt.Fprint(w, `<GetAccountAuthorizationDetailsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountAuthorizationDetailsResult><IsTruncated>true</IsTruncated><Marker>next</Marker><RoleDetailList/></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>`)
		default:
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not any more</Message></Error></ErrorResponse>`)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestIAMSuggest(t *testing.T) {
	a := newTwoAccounts(t)
	a.app1(mayRead, mayRead)
	stdout, stderr := a.run(exitOK, "iam", "suggest-equivalences", "dev-profile", "qa-profile")
	var dictionary map[string][]string
	if err := json.Unmarshal([]byte(stdout), &dictionary); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	if got := dictionary["accountname"]; !slices.Equal(got, []string{"dev", "qa"}) {
		t.Errorf("accountname %q", got)
	}
	a.wants(stderr, `3 names differ in dev and qa alone, as app1_dev and app1_qa`, `are the accounts$`)

	// --write takes the place of the sample, and adds to what else is there.
	a.run(exitOK, "iam", "init")
	a.run(exitOK, "iam", "suggest-equivalences", "dev-profile", "qa-profile", "--write")
	if data, _ := os.ReadFile("equivalency_list.json"); string(data) != stdout {
		t.Errorf("written %s, want %s", data, stdout)
	}
	a.diff(exitOK, "--exit-code")
	a.write("equivalency_list.json", `{"mine":["x"],"accountname":["de"]}`)
	a.run(exitOK, "iam", "suggest-equivalences", "dev-profile", "qa-profile", "--write")
	data, _ := os.ReadFile("equivalency_list.json")
	var compact strings.Builder
	for _, field := range strings.Fields(string(data)) {
		compact.WriteString(field)
	}
	a.wants(compact.String(), `^\{"mine":\["x"\],"accountname":\["dev","de","qa"\],"000000000000":\["\d{12}","\d{12}"\]\}$`)
	a.write("equivalency_list.json", `{`)
	a.run(exitFailure, "iam", "suggest-equivalences", "dev-profile", "qa-profile", "--write")
}
