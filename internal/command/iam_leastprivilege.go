package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"github.com/fortlet/fortlet/internal/inspect/extract"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
	"github.com/fortlet/fortlet/policy/catalogue"
	"github.com/spf13/cobra"
)

// leastPrivilege is one command line of fortlet iam least-privilege.
type leastPrivilege struct {
	*streams
	profile *profile
	records recordSource

	since, until, resources string
	snapshot                string
	offline                 bool
	ignoreCurrent           bool
	includeDenied           bool
	asJSON, exitCode        bool
	output                  string
	progress                *bool
}

func newIAMLeastPrivilege(s *streams) *cobra.Command {
	l := &leastPrivilege{streams: s}
	cmd := &cobra.Command{
		Use:   "least-privilege ROLE",
		Short: "Write the smallest policy that the recorded calls needed",
		Long: `Write the smallest identity policy under which a role or user, given by name or
ARN, could have made the calls that CloudTrail has recorded of it, and prove it:
every record is replayed through the policy evaluator.

Records come from the account's event history (LookupEvents: management events of
the last 90 days), from the log files of a trail, or from the audit log of a
Fortlet data folder. The policy is never wider than the current policies, whose
conditions and denials it keeps. What cannot be mapped to an action is told, not
guessed. The policy is written to stdout, what there is to say about it to stderr.

Exit codes: 0 success, 1 failure, 2 wrong usage, 3 with --exit-code, if the
current policies allow actions that were not used or records were left out.`,
		Example: `  fortlet iam least-privilege app --since 7d > policy.json
  fortlet iam least-privilege app --trail-logs s3://my-trail/AWSLogs/111122223333/
  fortlet iam least-privilege arn:aws:iam::111122223333:role/app --trail-logs ./logs --offline
  fortlet iam least-privilege app --data ./cloud --resources prefix --json`,
		Args: cobra.ExactArgs(1),
	}
	l.profile = profileFlags(cmd)
	l.progress = progressFlag(cmd)
	l.records.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&l.since, "since", "7d", "take records from this `time` on: 7d, 36h, 2026-11-22, 2026-11-22T08:00:00Z")
	f.StringVar(&l.until, "until", "", "take records up to this `time` (default now)")
	f.StringVar(&l.resources, "resources", "exact", "write resources `how`: exact, prefix (folders of S3 objects), star (as the current policies have them)")
	f.StringVar(&l.snapshot, "snapshot", "", "take the current policies from this `file`, which fortlet iam diff --save-baseline wrote")
	f.BoolVar(&l.offline, "offline", false, "do not read the account: its current policies are then not known")
	f.BoolVar(&l.ignoreCurrent, "ignore-current", false, "let the policy be wider than the current ones")
	f.BoolVar(&l.includeDenied, "include-denied", false, "take calls that were denied for needed, too")
	f.StringVarP(&l.output, "output", "o", "", "write policies into this `folder`, a file each, instead of stdout")
	f.BoolVar(&l.asJSON, "json", false, "print the whole report as JSON")
	f.BoolVar(&l.exitCode, "exit-code", false, "end with exit code 3 if the current policies can be made smaller")
	cmd.MarkFlagsMutuallyExclusive("snapshot", "offline")
	cmd.MarkFlagsMutuallyExclusive("output", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return l.run(cmd.Context(), args[0]) }
	return cmd
}

func (l *leastPrivilege) run(ctx context.Context, principal string) error {
	o, err := l.options(time.Now())
	if err != nil {
		return usageError{err}
	}
	p := newProgress(l.streams, "reading", *l.progress)
	defer p.end()
	o.Progress = func(n int) { p.set("records", n, 0) }
	if o.Account, err = l.account(ctx, p); err != nil {
		return err
	}
	if o.Subject, err = l.subject(o.Account, principal); err != nil {
		return err
	}
	source, err := l.records.source(ctx, l.profile)
	if err != nil {
		return err
	}
	report, err := leastprivilege.Analyse(ctx, source, o)
	p.end()
	return l.print(report, unreadable(err))
}

// unreadable tells what it takes to read records, where that was denied.
func unreadable(err error) error {
	var e smithy.APIError
	if errors.As(err, &e) && strings.HasPrefix(e.ErrorCode(), "AccessDenied") {
		return hinted{err, "reading the event history takes cloudtrail:LookupEvents; log files take s3:ListBucket and s3:GetObject, and kms:Decrypt where they are encrypted"}
	}
	return err
}

func (l *leastPrivilege) options(now time.Time) (o leastprivilege.Options, err error) {
	o = leastprivilege.Options{Catalogue: catalogue.Default(), IgnoreCurrent: l.ignoreCurrent, IncludeDenied: l.includeDenied}
	if o.Resources, err = leastprivilege.ParseGenerality(l.resources); err != nil {
		return o, fmt.Errorf("--resources: %w", err)
	}
	if o.Since, err = parseMoment(l.since, now, false); err != nil {
		return o, fmt.Errorf("--since: %w", err)
	}
	o.Until, err = parseMoment(l.until, now, true)
	if err != nil {
		return o, fmt.Errorf("--until: %w", err)
	}
	if !o.Until.IsZero() && o.Until.Before(o.Since) {
		return o, errors.New("--until is before --since")
	}
	return o, nil
}

// account is the IAM in which the principal is, nil if it shall not be read.
func (l *leastPrivilege) account(ctx context.Context, p *progress) (*snapshot.Account, error) {
	if l.offline {
		return nil, nil
	}
	if l.snapshot != "" {
		f, err := os.Open(l.snapshot)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		a, err := snapshot.Load(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.snapshot, err)
		}
		return a, nil
	}
	cfg, err := l.profile.config(ctx)
	if err != nil {
		return nil, err
	}
	return readAccount(ctx, p, "account", cfg, extract.Options{Users: true, Groups: true})
}

func (l *leastPrivilege) subject(a *snapshot.Account, principal string) (leastprivilege.Subject, error) {
	if a != nil {
		return leastprivilege.Find(a, principal)
	}
	s, err := leastprivilege.NewSubject(principal, "")
	if err != nil {
		return s, hinted{err, "with --offline give the ARN: a name does not tell the account"}
	}
	return s, nil
}

// print writes what was found, also if the analysis failed half-way.
func (l *leastPrivilege) print(report *leastprivilege.Report, failed error) error {
	if report == nil {
		return failed
	}
	if l.asJSON && failed == nil {
		if err := printJSON(l.out, report); err != nil {
			return err
		}
	} else if err := report.WriteText(l.err); err != nil {
		return err
	}
	if errors.Is(failed, leastprivilege.ErrNoCalls) {
		return hinted{failed, "a longer window (--since), a trail with data events (--trail-logs), or another Region (--regions) may have some"}
	}
	if failed != nil {
		return failed
	}
	if !l.asJSON {
		if err := l.write(report); err != nil {
			return err
		}
	}
	if l.exitCode && report.Smaller() {
		return errCheck
	}
	return nil
}

// write writes the policies.
func (l *leastPrivilege) write(report *leastprivilege.Report) error {
	for i, p := range report.Policies {
		var b bytes.Buffer
		if err := json.Indent(&b, p.Document, "", "  "); err != nil {
			return err
		}
		b.WriteByte('\n')
		if l.output == "" {
			if _, err := io.Copy(l.out, &b); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(l.output, 0o755); err != nil {
			return err
		}
		file := filepath.Join(l.output, fmt.Sprintf("policy-%d.json", i+1))
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(l.out, file)
	}
	return nil
}
