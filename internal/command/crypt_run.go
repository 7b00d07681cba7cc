package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/internal/crypt"
)

func (r *cryptRequest) run(ctx context.Context, s *streams, o *cryptOptions) error {
	p := newProgress(s, string(o.mode)+"ing", *o.progress)
	defer p.end()
	say := func(format string, args ...any) {
		p.beside(func() { fmt.Fprintln(s.err, plainLine("fortlet: "+fmt.Sprintf(format, args...))) })
	}
	manager, err := crypt.NewManager(ctx, loadKeyProfile, r.keys, r.caching)
	if err != nil {
		return err
	}
	j := r.job
	j.Manager, j.Stdin, j.Stdout = manager, s.in, s.out
	if !o.quiet {
		j.Warn = say
	}
	if o.verbose > 0 {
		j.Done = func(from, to string) { say("%s → %s", from, to) }
	}
	answers := bufio.NewReader(s.in)
	j.Ask = func(file string) (yes bool, err error) {
		p.beside(func() { yes, err = askOverwrite(answers, s.err, file) })
		return yes, err
	}
	j.Progress = func(now crypt.Progress) { showCrypt(p, now) }
	err = j.Run(ctx)
	p.end()
	return cryptError(ctx, s, err)
}

// showCrypt shows how much is done, in MiB: more is told by nobody's eye.
func showCrypt(p *progress, now crypt.Progress) {
	if now.TotalFiles > 1 {
		p.set("files", int(now.Files), int(now.TotalFiles))
	}
	p.set("MiB", int(now.Bytes>>20), int(now.TotalBytes>>20))
}

// askOverwrite asks in the words of aws-encryption-cli. No answer is no.
func askOverwrite(in *bufio.Reader, out io.Writer, file string) (bool, error) {
	fmt.Fprintf(out, "Overwrite existing output file %q with new contents? [y/N]: ", file)
	answer, err := in.ReadString('\n')
	if err == io.EOF {
		fmt.Fprintln(out)
		err = nil
	}
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y"), err
}

// cryptHints say what to do about errors that have a way out.
var cryptHints = []struct {
	err  error
	hint string
}{
	{esdk.ErrBase64, "--decode decodes base64"},
	{esdk.ErrMalformed, "what can be decrypted is what fortlet crypt encrypt, or an AWS Encryption SDK, has written"},
	{esdk.ErrCommitmentPolicy, "--commitment-policy require-encrypt-allow-decrypt reads messages without key commitment too, forbid-encrypt-allow-decrypt writes them"},
	{esdk.ErrHoldLimit, "write to a file, or give --buffer to hold any length until the signature is verified"},
	{esdk.ErrFrameTooLong, "--max-length allows longer ones"},
	{esdk.ErrTooManyKeys, "--max-encrypted-data-keys allows more"},
	{esdk.ErrSignedRefused, "without --decrypt-unsigned the signature is verified"},
}

// cryptError adds a hint. What was refused for its encryption context is told
// here: the command has worked.
func cryptError(ctx context.Context, s *streams, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return errors.New("interrupted: of what was not complete nothing is left")
	}
	if refused, ok := errors.AsType[*crypt.ContextError](err); ok {
		for _, input := range refused.Inputs {
			fmt.Fprintln(s.err, plainLine("fortlet: "+input+": not decrypted: its encryption context has not what is required"))
		}
		return errCheck
	}
	for _, h := range cryptHints {
		if errors.Is(err, h.err) {
			return hinted{err, h.hint}
		}
	}
	return hintOfKMS(err)
}

// beside takes the line off the terminal while something else is written.
func (p *progress) beside(write func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn > 0 {
		p.redraw("")
		fmt.Fprint(p.w, "\r")
		p.drawn = 0
	}
	write()
}
