package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/lint"
	"github.com/spf13/cobra"
)

func newIAMLint(s *streams) *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [FILE...]",
		Short: "Find what is wrong, pointless or dangerous in policies",
		Long: `Find what is wrong, pointless or dangerous in policies: in files (- is stdin), or
without a file in all policies of an account, each with where it is attached.
The findings are those of IAM Access Analyzer's ValidatePolicy, under its names,
and more: actions that act on none of the resources, conditions that exclude each
other, statements that a deny covers, decryption with every key, trust that
others can make use of (the confused deputy).

For an account it also tells which users and roles are administrators, and which
can raise their own privileges: by which known way, and by which statement of
which policy. Each grant is one that the policy evaluator gives, permissions
boundaries considered; organization policies are not.

Nothing is written and, for files, nothing is asked.

` + exitCodes,
		Example: `  fortlet iam lint policy.json
  fortlet iam lint --type trust trust.json
  fortlet iam lint --type resource --resource-type AWS::S3::Bucket bucket.json
  fortlet iam lint --profile dev
  fortlet iam lint --profile dev --severity security --exit-code --json`,
	}
	f.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		least, err := f.check(files)
		if err != nil {
			return err
		}
		var r *lintReport
		if len(files) > 0 {
			r, err = f.files(s.in, files)
		} else {
			r, err = f.account(cmd.Context(), s)
		}
		if err != nil {
			return err
		}
		r.finish(least)
		if f.json {
			err = printJSON(s.out, r)
		} else {
			err = r.print(s.out)
		}
		if err == nil && f.exitCode && !r.clean(least) {
			return errCheck
		}
		return err
	}
	return cmd
}

// lintFlags are the flags of lint.
type lintFlags struct {
	profile      *profile
	progress     *bool
	snapshot     string
	kind         string
	resourceType string
	severity     string
	onlyAWS      bool
	awsManaged   bool
	json         bool
	exitCode     bool
}

func (f *lintFlags) add(cmd *cobra.Command) {
	f.profile, f.progress = profileFlags(cmd), progressFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.snapshot, "snapshot", "", "look at the account that is saved in a `file`; nothing is read from AWS then")
	flags.StringVar(&f.kind, "type", "", "`kind` of the policies in files: identity, resource, trust, scp, rcp (default as it looks)")
	flags.StringVar(&f.resourceType, "resource-type", "", "`type` of the resource of a resource policy: AWS::S3::Bucket, AWS::DynamoDB::Table")
	flags.StringVar(&f.severity, "severity", "suggestion", "report findings of at least this `severity`: error, security, warning, suggestion")
	flags.BoolVar(&f.onlyAWS, "only-aws", false, "only the checks that IAM Access Analyzer has")
	flags.BoolVar(&f.awsManaged, "aws-managed", false, "look at the attached policies that AWS manages, too")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	flags.BoolVar(&f.exitCode, "exit-code", false, "end with exit code 3 when there is something to report")
}

// severity is a type of findings under the name that --severity gives it.
type severity struct {
	name string
	typ  lint.Type
}

// severities in order of how much they matter.
var severities = []severity{{"error", lint.Error}, {"security", lint.SecurityWarning}, {"warning", lint.Warning}, {"suggestion", lint.Suggestion}}

// check refuses flags that make no sense. It answers the rank of the least
// severity that is reported.
func (f *lintFlags) check(files []string) (least int, err error) {
	least = slices.IndexFunc(severities, func(s severity) bool { return s.name == f.severity })
	switch {
	case least < 0:
		err = fmt.Errorf("--severity is error, security, warning or suggestion, not %q", f.severity)
	case f.kind != "" && kindsOfFiles[f.kind] == nil:
		err = fmt.Errorf("--type is identity, resource, trust, scp or rcp, not %q", f.kind)
	case len(files) == 0 && (f.kind != "" || f.resourceType != ""):
		err = errors.New("--type and --resource-type are for files")
	case len(files) > 0 && (f.snapshot != "" || f.profile.name != ""):
		err = errors.New("give files, or an account by --profile or --snapshot")
	}
	if err != nil {
		return 0, hinted{usageError{err}, "see fortlet iam lint --help"}
	}
	return least, nil
}

// account looks at all policies of an account.
func (f *lintFlags) account(ctx context.Context, s *streams) (*lintReport, error) {
	p := newProgress(s, "reading", *f.progress)
	defer p.end()
	account, err := f.read(ctx, p)
	if err != nil {
		return nil, err
	}
	l := &accountLint{flags: f, account: account, progress: p}
	return l.run(), nil
}

// read takes the account from AWS, or from a file.
func (f *lintFlags) read(ctx context.Context, p *progress) (*snapshot.Account, error) {
	if f.snapshot != "" {
		file, err := os.Open(f.snapshot)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		account, err := snapshot.Load(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.snapshot, err)
		}
		return account, nil
	}
	cfg, err := f.profile.config(ctx)
	if err != nil {
		return nil, err
	}
	name := f.profile.name
	if name == "" {
		name = "account"
	}
	return readAccount(ctx, p, name, cfg, extract.Options{Users: true, Groups: true})
}

// files looks at the policies in files.
func (f *lintFlags) files(stdin io.Reader, names []string) (*lintReport, error) {
	r := new(lintReport)
	for _, name := range names {
		document, err := readFile(stdin, name)
		if err != nil {
			return nil, err
		}
		kind := f.kind
		if kind == "" {
			kind = looksLike(document)
		}
		subject := lintSubject{File: name, Kind: kind}
		r.Policies++
		r.add(subject, lint.Check(document, *kindsOfFiles[kind], lint.Options{ResourceType: f.resourceType, Own: !f.onlyAWS}))
	}
	return r, nil
}

// readFile reads a file, or stdin.
func readFile(stdin io.Reader, name string) (string, error) {
	if name == "-" {
		content, err := io.ReadAll(stdin)
		return string(content), err
	}
	content, err := os.ReadFile(name)
	return strings.TrimPrefix(string(content), "\ufeff"), err
}
