package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/spf13/cobra"
)

// fieldsDecrypt is one run of fortlet fields decrypt.
type fieldsDecrypt struct {
	keys           fieldKeys
	format, output string
	strict         bool
	concurrent     int
	progress       *bool
}

func newFieldsDecrypt(s *streams) *cobra.Command {
	d := new(fieldsDecrypt)
	cmd := &cobra.Command{
		Use:   "decrypt [FILE]",
		Short: "Open the fields that you may open",
		Long: `Open the sealed fields of a text, from a file or stdin, and write it to stdout.
KMS is asked as you, so its key policies decide, field by field: what you may not
open stays sealed, and stderr says which keys that were and why.

A value is written as the format wants it, whatever is in it: a quote does not
end its JSON string. In text without a format it is written as it is; where
quotes, line ends or tags have a meaning to whoever reads the result, say the
format.

With --strict nothing is written unless everything opens.

` + exitCodes + ` With
--strict, that is a field that stays sealed; without, that is success, unless KMS
could not be asked.`,
		Example: `  fortlet fields decrypt --key ssn=$SSN_ARN --key email=$EMAIL_ARN people.json
  aws s3 cp s3://archive/people.json - | fortlet fields decrypt --config edge.yaml --strict
  fortlet fields decrypt --key "pii=$KEY_ARN,prefix=#01#,suffix=#10#" people.json
  fortlet fields decrypt --key card=$CARD_ARN,cipher=envelope --format text support.log -o opened.log`,
		Args: cobra.MaximumNArgs(1),
	}
	d.keys.flags(cmd)
	d.keys.profileFlag(cmd)
	f := cmd.Flags()
	formatFlag(cmd, &d.format)
	f.StringVarP(&d.output, "output", "o", "", "write to a `file`, which appears when it is whole (default stdout)")
	f.BoolVar(&d.strict, "strict", false, "refuse a text of which a field does not open")
	f.IntVar(&d.concurrent, "concurrency", 8, "how `many` fields are opened at a time")
	d.progress = progressFlag(cmd)
	cmd.MarkFlagsOneRequired("config", "key")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if d.concurrent < 1 {
			return usageError{fmt.Errorf("--concurrency %d is less than 1", d.concurrent)}
		}
		return d.run(cmd.Context(), s, args)
	}
	return cmd
}

func (d *fieldsDecrypt) run(ctx context.Context, s *streams, args []string) error {
	file, err := d.keys.read()
	if err != nil {
		return err
	}
	set, err := d.keys.set(ctx, file)
	if err != nil {
		return err
	}
	in, name, closer, err := openInput(ctx, s, args)
	if err != nil {
		return err
	}
	defer closer.Close()
	media, err := contentType(d.format, name, in)
	if err != nil {
		return err
	}
	p := newProgress(s, "opening", *d.progress)
	defer p.end()
	u := fieldcrypt.NewUnsealer(set.Finder(), newPoliteOpener(set.Opener(), p), fieldcrypt.UnsealOptions{
		Strict: d.strict, Concurrent: d.concurrent,
	})
	var report fieldcrypt.Report
	err = writeOutput(s, d.output, func(w io.Writer) error {
		report, err = d.open(ctx, u, w, in, media)
		return err
	})
	p.end()
	return finishDecrypt(ctx, s, report, err)
}

// open opens a text. What is refused for the sake of one field is held back
// until the last has opened; a file is that anyway.
func (d *fieldsDecrypt) open(ctx context.Context, u *fieldcrypt.Unsealer, w io.Writer, r io.Reader, media string) (report fieldcrypt.Report, err error) {
	open := func(w io.Writer) error {
		if media == textFormat {
			report, err = u.Text(ctx, w, r)
		} else {
			report, err = u.Body(ctx, w, r, media)
		}
		return err
	}
	if d.strict && d.output == "" {
		return report, holdBack(w, open)
	}
	return report, open(w)
}

// finishDecrypt tells what stayed sealed. That is an error where it was refused,
// or where KMS could not be asked.
func finishDecrypt(ctx context.Context, s *streams, report fieldcrypt.Report, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fieldcrypt.ErrSealed):
		fmt.Fprintf(s.err, "fortlet: nothing was written: %s\n", plain(err.Error()))
		return errCheck
	case err != nil:
		return hintOfFields(err)
	}
	printReport(s.err, report)
	if unavailable(report) {
		return unavailableError(report)
	}
	return nil
}

// unavailableError says that KMS did not answer, and what to do about it. Why
// it did not is in the report.
func unavailableError(report fieldcrypt.Report) error {
	err := errors.New("KMS could not be asked for every field")
	for _, l := range report.Left {
		if h, ok := errors.AsType[hinted](hintOfKMS(l.Err)); ok {
			return hinted{err, h.hint}
		}
	}
	return err
}

// hintOfFields says what to do about a text that is not of its format, or about a
// KMS that does not answer.
func hintOfFields(err error) error {
	if errors.Is(err, fieldcrypt.ErrSyntax) || errors.Is(err, fieldcrypt.ErrUnsupported) {
		return hinted{err, "say what it is with --format"}
	}
	return hintOfKMS(err)
}
