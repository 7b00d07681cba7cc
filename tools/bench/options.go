package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options say what to measure.
type options struct {
	fortlet  string
	json     string
	dir      string
	duration time.Duration
	conns    []int
	ops      []string
	starts   int
	million  int
	idle     time.Duration
	objects  int
	huge     int64
	peer     string
	match    *regexp.Regexp
}

// s3Name stands for all operations of S3.
const s3Name = "S3"

var operationNames = []string{"GetCallerIdentity", "Encrypt", "Sign", s3Name}

func (o *options) measures(operation string) bool { return slices.Contains(o.ops, operation) }

func parseOptions(args []string, stderr io.Writer) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.fortlet, "fortlet", "bin/fortlet", "the `binary` to measure")
	f.StringVar(&o.json, "json", "", "write the numbers to this `file` as well")
	f.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the data folders; its disk is measured too")
	f.DurationVar(&o.duration, "duration", 5*time.Second, "`time` of each throughput measurement")
	conns := f.String("conns", "1,16,64", "`numbers` of connections")
	ops := f.String("ops", strings.Join(operationNames, ","), "`operations` to measure")
	f.IntVar(&o.starts, "starts", 10, "`number` of starts to measure; 0 for none")
	f.IntVar(&o.million, "million", 1_000_000, "`number` of requests before memory is read; 0 for none")
	f.DurationVar(&o.idle, "idle", 30*time.Second, "`time` to wait after them")
	f.IntVar(&o.objects, "objects", 1_000_000, "`number` of objects in the bucket whose listing is measured; 0 for none")
	f.Int64Var(&o.huge, "huge", 5<<30, "`size` of the object whose way through memory is measured; 0 for none")
	f.Func("match", "of the S3 operations only those whose name matches this `expression`", func(s string) (err error) {
		o.match, err = regexp.Compile(s)
		return err
	})
	f.StringVar(&o.peer, "peer", "", "a versitygw `binary` to measure beside, on the S3 operations")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return o, errors.Join(o.setConns(*conns), o.setOps(*ops), o.setBinary(), o.check())
}

func (o *options) setConns(list string) error {
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > distinct {
			return fmt.Errorf("-conns: %q is not a number from 1 to %d", s, distinct)
		}
		o.conns = append(o.conns, n)
	}
	return nil
}

func (o *options) setOps(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		if !slices.Contains(operationNames, name) {
			return fmt.Errorf("-ops: %q is none of %s", name, strings.Join(operationNames, ", "))
		}
		o.ops = append(o.ops, name)
	}
	return nil
}

// setBinary makes the path good for exec, which would look for a bare name in
// the PATH.
func (o *options) setBinary() (err error) {
	if o.fortlet, err = filepath.Abs(o.fortlet); err == nil {
		_, err = os.Stat(o.fortlet)
	}
	return err
}

func (o *options) check() error {
	if o.duration <= 0 || o.idle < 0 || o.starts < 0 || o.million < 0 || o.objects < 0 || o.huge < 0 {
		return errors.New("-duration, -idle, -starts, -million, -objects and -huge cannot be negative, and -duration not zero")
	}
	return nil
}
