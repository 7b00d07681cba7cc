package leastprivilege_test

import (
	"bufio"
	stdcontext "context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/fortlettest"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
	"github.com/fortlet/fortlet/policy/catalogue"
)

// recorded is a cloud whose records a test can read: the Source of all of them,
// as its audit log has them.
type recorded struct {
	*fortlettest.Cloud
	t     *testing.T
	dir   string
	admin aws.Config // who assumes roles
}

func newRecorded(t *testing.T) *recorded {
	dir := t.TempDir()
	c := &recorded{Cloud: fortlettest.New(t, fortlettest.WithDir(dir)), t: t, dir: dir}
	c.admin = c.User("admin", everything)
	return c
}

func (c *recorded) Records(_ context, q leastprivilege.Query) iter.Seq2[*leastprivilege.Record, error] {
	return func(yield func(*leastprivilege.Record, error) bool) {
		files, err := filepath.Glob(filepath.Join(c.dir, "audit", "*.jsonl"))
		if err != nil || len(files) == 0 {
			c.t.Fatalf("no audit log in %s: %v", c.dir, err)
		}
		slices.Sort(files)
		for _, file := range files {
			f, err := os.Open(file)
			if err != nil {
				c.t.Fatal(err)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 16<<20)
			for lines.Scan() {
				var entry struct{ Event json.RawMessage }
				if err := json.Unmarshal(lines.Bytes(), &entry); err != nil {
					c.t.Fatal(err)
				}
				if entry.Event == nil {
					continue
				}
				r, err := q.Decode(entry.Event)
				if r == nil && err == nil {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

func (c *recorded) About() []string { return []string{"the audit log"} }

// analyse makes the policy of a role or user.
func (c *recorded) analyse(principal string, change ...func(*leastprivilege.Options)) (*leastprivilege.Report, error) {
	c.t.Helper()
	account, err := extract.Account(c.t.Context(), c.Config(), extract.Options{Users: true, Groups: true})
	if err != nil {
		c.t.Fatal(err)
	}
	subject, err := leastprivilege.Find(account, principal)
	if err != nil {
		c.t.Fatal(err)
	}
	o := leastprivilege.Options{Subject: subject, Account: account, Catalogue: catalogue.Default(), Resources: leastprivilege.Exact}
	for _, f := range change {
		f(&o)
	}
	report, err := leastprivilege.Analyse(c.t.Context(), c, o)
	if report != nil {
		var b strings.Builder
		if err := report.WriteText(&b); err != nil {
			c.t.Fatal(err)
		}
		c.t.Logf("%s%s", b.String(), documents(report))
	}
	return report, err
}

func documents(r *leastprivilege.Report) string {
	var list []string
	for _, p := range r.Policies {
		list = append(list, string(p.Document))
	}
	return strings.Join(list, "\n")
}

// replace attaches the new policies to a role in the place of its own.
func (c *recorded) replace(role string, r *leastprivilege.Report) {
	c.t.Helper()
	client, ctx := iam.NewFromConfig(c.Config()), c.t.Context()
	old, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, name := range old.PolicyNames {
		if _, err := client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name}); err != nil {
			c.t.Fatal(err)
		}
	}
	for i, p := range r.Policies {
		made, err := client.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName: aws.String(role + "-" + string(rune('a'+i))), PolicyDocument: new(string(p.Document)),
		})
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := client.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: made.Policy.Arn}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func trustOf(account string) string {
	return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`
}

const everything = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`

// session is a session of a role, assumed by an administrator.
func (c *recorded) session(arn, name string) aws.Config {
	return c.Assume(c.admin, arn, name)
}

type context = stdcontext.Context

func denied(err error) bool {
	var e smithy.APIError
	return errors.As(err, &e) && (e.ErrorCode() == "AccessDenied" || e.ErrorCode() == "AccessDeniedException")
}

// work is a program that a role runs, call by call.
type work struct {
	name string
	call func(ctx context) error
}

func call[I, O, F any](f func(context, *I, ...F) (*O, error), in *I) func(context) error {
	return func(ctx context) error {
		_, err := f(ctx, in)
		return err
	}
}

// missing wants a call to find that something is not there.
func missing(f func(context) error) func(context) error {
	return func(ctx context) error {
		var e smithy.APIError
		if err := f(ctx); !errors.As(err, &e) || e.ErrorCode() != "NoSuchKey" {
			return fmt.Errorf("want NoSuchKey: %w", err)
		}
		return nil
	}
}
