package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// rolesPerAccount is IAM's default quota (IAM User Guide, "IAM and AWS STS
// quotas"), which Fortlet has, too.
const rolesPerAccount = 1000

var (
	dev = stage{name: "dev", account: "123456789012", region: "us-east-1"}
	qa  = stage{name: "qa", account: "987654321098", region: "eu-central-1", second: true}
)

// equivalences make the stages equal but for the drift.
const equivalences = `{
  "accountid": ["123456789012", "987654321098"],
  "stage": ["_dev", "_qa", "-dev", "-qa", "/dev/", "/qa/"],
  "region": ["us-east-1", "eu-central-1"]
}
`

func run(ctx context.Context, o options) (err error) {
	if o.fortlet, err = filepath.Abs(o.fortlet); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "iambench")
	if err != nil {
		return err
	}
	if o.keep {
		fmt.Fprintln(os.Stderr, "iambench: working in", dir)
	} else {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	fmt.Println("| tool | roles per account | where | wall | CPU of the tool | peak memory |\n| --- | ---: | --- | ---: | ---: | ---: |")
	for _, n := range o.sizes {
		at := filepath.Join(dir, fmt.Sprint(n))
		if n <= rolesPerAccount {
			if err := onFortlet(ctx, o, filepath.Join(at, "fortlet"), n); err != nil {
				return err
			}
		}
		if err := onStandIn(ctx, o, filepath.Join(at, "stand-in"), n); err != nil {
			return err
		}
	}
	return nil
}

// onFortlet measures on two accounts of a Fortlet. One of their roles is
// OrganizationAccountAccessRole, which they come with.
func onFortlet(ctx context.Context, o options, dir string, roles int) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	c, err := startCloud(ctx, o.fortlet, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	var profiles []string
	begun := time.Now()
	for _, s := range []stage{dev, qa} {
		profile, err := c.account(ctx, s.name, s.account)
		if err != nil {
			return err
		}
		profiles = append(profiles, profile)
		if err := load(ctx, configOf(profile), world(s, roles-1)); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "iambench: two accounts of %d roles loaded in %.1f s\n", roles, time.Since(begun).Seconds())
	if err := measureAll(ctx, o, dir, "Fortlet", roles, profiles); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "iambench: Fortlet itself took %s\n", c.memory())
	return nil
}

func onStandIn(ctx context.Context, o options, dir string, roles int) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	endpoint, stop, err := serveStandIn(world(dev, roles), world(qa, roles))
	if err != nil {
		return err
	}
	defer stop()
	profiles := []string{standInProfile(dev, endpoint), standInProfile(qa, endpoint)}
	return measureAll(ctx, o, dir, "stand-in", roles, profiles)
}

// measureAll prints a line for each tool. A tool that fails is told and does
// not keep the others from being measured.
func measureAll(ctx context.Context, o options, dir, where string, roles int, profiles []string) error {
	env, err := writeConfig(dir, profiles...)
	if err != nil {
		return err
	}
	for _, t := range []tool{{"init", []string{"fortlet", "iam", "init"}}, harvest} {
		if _, err := t.once(ctx, o, env, dir); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "equivalency_list.json"), []byte(equivalences), 0o600); err != nil {
		return err
	}
	for _, t := range tools {
		if !strings.Contains(t.name, o.only) {
			continue
		}
		r, err := t.measure(ctx, o, env, dir)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "iambench: %v\n", err)
			continue
		}
		fmt.Printf("| %s | %d | %s | %.2f s | %.2f s | %d MB |\n", t.name, roles, where, r.Wall.Seconds(), r.CPU.Seconds(), r.RSS>>20)
	}
	return nil
}
