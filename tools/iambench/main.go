// Command iambench measures the tools of fortlet iam on accounts of realistic
// size: it generates a world of roles with five policies each, loads it into
// two accounts of a running Fortlet through the API, and runs each tool as a
// process of its own, taking its wall time and its peak memory.
//
// Where a world does not fit into an account (IAM's default quota is 1,000
// roles), a stand-in answers GetAccountAuthorizationDetails from the generated
// world, page by page as IAM does; the tools notice no difference.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

type options struct {
	fortlet string // the binary
	sizes   []int  // roles per account
	runs    int    // of which the fastest is reported
	only    string // part of the names of the tools to run
	keep    bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case extractCommand:
			exit(extractAccount(ctx, os.Args[2:]))
		case measureCommand:
			exit(measureProcess(ctx, os.Args[2:]))
		}
	}
	var o options
	sizes := flag.String("roles", "100,1000,10000", "`numbers` of roles per account")
	flag.StringVar(&o.fortlet, "fortlet", "bin/fortlet", "the `binary`")
	flag.IntVar(&o.runs, "runs", 3, "`times` that each tool runs; the fastest is reported")
	flag.StringVar(&o.only, "only", "", "run tools whose names have this `text`")
	flag.BoolVar(&o.keep, "keep", false, "keep the working folder")
	flag.Parse()
	for text := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			exit(fmt.Errorf("-roles %s: not a number of roles", text))
		}
		o.sizes = append(o.sizes, n)
	}
	exit(run(ctx, o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "iambench: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}
