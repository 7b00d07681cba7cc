package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/internal/cloud/authz"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/reach"
	"github.com/fortlet/fortlet/internal/inspect/reach/read"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/spf13/cobra"
)

// questionFlags are those that can and who-can have in common.
type questionFlags struct {
	cmd        *cobra.Command
	streams    *streams
	profile    *profile
	progress   *bool
	snapshot   string
	orgProfile string
	policy     string
	context    []string
	absent     []string
	json       bool
	exitCode   bool
}

func newQuestionFlags(s *streams, cmd *cobra.Command) *questionFlags {
	f := &questionFlags{cmd: cmd, streams: s, profile: profileFlags(cmd), progress: progressFlag(cmd)}
	flags := cmd.Flags()
	flags.StringVar(&f.snapshot, "snapshot", "", "ask the account that is saved in a `file`; nothing is read from AWS then, unless --profile is given as well")
	flags.StringVar(&f.orgProfile, "org-profile", "", "`name` of a profile that may read the organization's policies (default the account's own)")
	flags.StringVar(&f.policy, "resource-policy", "", "`file` with the policy of the resource, in place of the one that it has")
	flags.StringArrayVar(&f.context, "context", nil, "condition `key=value` of the request; may be repeated, for one key with several values too")
	flags.StringArrayVar(&f.absent, "absent", nil, "condition `key` that the request does not have; may be repeated")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	return f
}

// asked is a question with the account that it is put to.
type asked struct {
	world    *reach.World
	question *reach.Question
	notes    []string
}

// ask reads everything that decides about an action and a resource.
func (f *questionFlags) ask(ctx context.Context, action, resource string) (*asked, error) {
	q, known, err := f.question(action)
	if err != nil {
		return nil, err
	}
	cfg, err := f.config(ctx)
	if err != nil {
		return nil, err
	}
	account, err := f.account(ctx, cfg)
	if err != nil {
		return nil, err
	}
	var notes []string
	if !known {
		notes = append(notes, q.Action+" is not among the known actions ("+catalogue.Version()+"): asked all the same")
	}
	o := reach.Options{Time: time.Now(), Region: "us-east-1"}
	if cfg != nil {
		var more []string
		if o.Organization, more, err = f.organization(ctx, *cfg, account.ID); err != nil {
			return nil, err
		}
		notes = append(notes, more...)
		if cfg.Region != "" {
			o.Region = cfg.Region
		}
	} else {
		notes = append(notes, "the organization was not considered: only the snapshot was read")
	}
	if f.profile.region != "" {
		o.Region = f.profile.region
	}
	world := reach.New(account, o)
	if q.Resource, err = f.resource(ctx, cfg, world, q.Action, resource); err != nil {
		return nil, hintOfReach(err)
	}
	if about := reach.AboutResource(q.Action, q.Resource.ARN); about != "" {
		notes = append(notes, about)
	}
	return &asked{world, q, append(notes, q.Resource.Notes...)}, nil
}

// question reads what the command line says.
func (f *questionFlags) question(action string) (q *reach.Question, known bool, err error) {
	q = new(reach.Question)
	if q.Action, known, err = reach.ParseAction(action); err != nil {
		return nil, false, hintOfReach(err)
	}
	if q.Given, err = reach.ParseContext(f.context); err != nil {
		return nil, false, usageError{fmt.Errorf("--context: %w", err)}
	}
	if q.Absent, err = reach.ParseKeys(f.absent); err != nil {
		return nil, false, usageError{fmt.Errorf("--absent: %w", err)}
	}
	for _, key := range q.Absent {
		if _, given := q.Given[key]; given {
			return nil, false, usageError{fmt.Errorf("%s is given and absent", key)}
		}
	}
	return q, known, nil
}

// config is the configuration of the account's profile, nil where nothing is
// to be read from AWS.
func (f *questionFlags) config(ctx context.Context) (*aws.Config, error) {
	if f.snapshot != "" && !f.cmd.Flags().Changed("profile") {
		return nil, nil
	}
	cfg, err := f.profile.config(ctx)
	return &cfg, err
}

func (f *questionFlags) account(ctx context.Context, cfg *aws.Config) (*snapshot.Account, error) {
	if f.snapshot != "" {
		return loadSnapshot(f.snapshot)
	}
	p := newProgress(f.streams, "reading", *f.progress)
	defer p.end()
	return readAccount(ctx, p, cmp.Or(f.profile.name, "the account"), *cfg, extract.Options{Users: true, Groups: true})
}

func loadSnapshot(file string) (*snapshot.Account, error) {
	r, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	a, err := snapshot.Load(r)
	if err != nil {
		return nil, hinted{fmt.Errorf("%s: %w", file, err), "fortlet iam diff --save-baseline writes snapshots"}
	}
	return a, nil
}

func (f *questionFlags) organization(ctx context.Context, cfg aws.Config, account string) (*reach.Organization, []string, error) {
	if f.orgProfile != "" {
		var err error
		if cfg, err = loadProfile(ctx, f.orgProfile, f.profile.region); err != nil {
			return nil, nil, err
		}
	}
	o, notes := read.Organization(ctx, cfg, account)
	return o, notes, ctx.Err()
}

// resource reads the resource, and puts the policy of a file in the place of
// its own.
func (f *questionFlags) resource(ctx context.Context, cfg *aws.Config, w *reach.World, action, name string) (*reach.Resource, error) {
	var r *reach.Resource
	var err error
	if cfg != nil {
		r, err = read.Resource(ctx, *cfg, w, action, name)
	} else {
		name = reach.Spelled(action, name)
		if err = reach.CheckResource(name); err == nil {
			r = w.Resource(action, name)
		}
	}
	if err != nil || f.policy == "" {
		return r, err
	}
	document, err := readLimited(f.policy)
	if err != nil {
		return nil, err
	}
	kind := policy.Resource
	if r.Trusted() {
		kind = policy.Trust
	}
	if r.Policy, err = policy.Parse(document, kind); err != nil {
		return nil, fmt.Errorf("%s: %w", f.policy, err)
	}
	r.Replaced()
	return r, nil
}

// readLimited reads a policy document, which no file of any size is.
func readLimited(file string) (string, error) {
	r, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, snapshot.MaxDocument+1))
	if err == nil && len(data) > snapshot.MaxDocument {
		err = fmt.Errorf("%s: %w", file, snapshot.ErrTooLarge)
	}
	return string(data), err
}

// sessionPolicy reads a session policy from a file.
func sessionPolicy(file string) (authz.Document, error) {
	document, err := readLimited(file)
	if err != nil {
		return authz.Document{}, err
	}
	p, err := policy.Parse(document, policy.Session)
	if err != nil {
		return authz.Document{}, fmt.Errorf("%s: %w", file, err)
	}
	return authz.Document{Type: authz.SessionPolicy, ID: file, Policy: p}, nil
}

// hintOfReach shows the hints of package reach as those of commands are shown.
// What is misspelled is wrong usage.
func hintOfReach(err error) error {
	hint := ""
	var action *reach.ActionError
	var resource *reach.ResourceError
	var principal *reach.UnknownPrincipalError
	switch {
	case errors.As(err, &action):
		hint, err = action.Hint, usageError{err}
	case errors.As(err, &resource):
		hint, err = resource.Hint, usageError{err}
	case errors.As(err, &principal):
		hint = principal.Hint
	}
	if hint == "" {
		return err
	}
	return hinted{err, hint}
}
