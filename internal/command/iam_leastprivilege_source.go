package command

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/internal/fortlet"
	"github.com/fortlet/fortlet/internal/inspect/leastprivilege"
	"github.com/spf13/cobra"
)

// recordSource says where records of calls come from: LookupEvents unless flags
// say otherwise.
type recordSource struct {
	logs    []string
	data    string
	regions []string
}

func (r *recordSource) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&r.logs, "trail-logs", nil, "read a trail's log `files`: a folder, a file or s3://bucket/prefix; may be given again")
	f.StringVar(&r.data, "data", "", "read the audit log of this Fortlet data `folder`, whether or not it runs")
	f.StringSliceVar(&r.regions, "regions", nil, "read the event history of these `Regions` (default the profile's; IAM and STS are in us-east-1)")
	cmd.MarkFlagsMutuallyExclusive("trail-logs", "data", "regions")
}

func (r *recordSource) source(ctx context.Context, p *profile) (leastprivilege.Source, error) {
	switch {
	case r.data != "":
		return &auditSource{dir: fortlet.Folder(r.data).Audit()}, nil
	case len(r.logs) > 0:
		return r.logSources(ctx, p)
	}
	return r.lookup(ctx, p)
}

func (r *recordSource) logSources(ctx context.Context, p *profile) (leastprivilege.Source, error) {
	var list leastprivilege.Sources
	for _, place := range r.logs {
		if !strings.HasPrefix(place, "s3://") {
			list = append(list, &leastprivilege.Files{Path: place})
			continue
		}
		cfg, err := p.config(ctx)
		if err != nil {
			return nil, err
		}
		bucket, err := leastprivilege.NewBucket(cfg, place)
		if err != nil {
			return nil, usageError{err}
		}
		list = append(list, bucket)
	}
	return list, nil
}

func (r *recordSource) lookup(ctx context.Context, p *profile) (leastprivilege.Source, error) {
	cfg, err := p.config(ctx)
	if err != nil {
		return nil, err
	}
	if len(r.regions) == 0 {
		return &leastprivilege.Lookup{Configs: []aws.Config{cfg}}, nil
	}
	l := &leastprivilege.Lookup{}
	for _, region := range r.regions {
		there := cfg.Copy()
		there.Region = region
		l.Configs = append(l.Configs, there)
	}
	return l, nil
}

// parseMoment reads a time: so long ago, a day, or a time of RFC 3339. As an
// end a day is its last moment.
func parseMoment(s string, now time.Time, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if ago, err := parseAge(s); err == nil {
		return now.Add(-ago), nil
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			day = day.AddDate(0, 0, 1).Add(-time.Nanosecond)
		}
		return day, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%q is no time such as 7d, 36h, 2026-11-22 or 2026-11-22T08:00:00Z", s)
	}
	return t, nil
}

var errAge = errors.New("no age")

// maxAge keeps ages from overflowing.
const maxAge = 100 * 365 * 24 * time.Hour

// parseAge reads a duration, in which d is a day and w a week.
func parseAge(s string) (time.Duration, error) {
	if unit, ok := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[s[len(s)-1]]; ok {
		n, err := strconv.Atoi(s[:len(s)-1])
		if err != nil || n <= 0 || time.Duration(n) > maxAge/unit {
			return 0, errAge
		}
		return time.Duration(n) * unit, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, errAge
	}
	return d, nil
}
