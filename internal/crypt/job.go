package crypt

import (
	"context"
	"fmt"
	"io"

	"github.com/fortlet/fortlet/esdk"
)

// Mode is what is done to the inputs. Its name stands in the metadata.
type Mode string

// The modes.
const (
	Encrypt         Mode = "encrypt"
	Decrypt         Mode = "decrypt"
	DecryptUnsigned Mode = "decrypt-unsigned" // refuses signed messages
)

// Stream is the name of stdin as an input and of stdout as an output.
const Stream = "-"

// A Job is what a command line asks for.
type Job struct {
	Mode    Mode
	Manager esdk.Manager

	Input     string  // a file, a folder, a pattern of names, or Stream
	Output    string  // a file, a folder that exists, or Stream
	Recursive bool    // folders too
	Suffix    *string // of files in an output folder; nil: the mode's own
	Decode    bool    // the input is base64
	Encode    bool    // the output is base64
	Existing  Existing

	// Context is what a new message is bound to. For decryption it has pairs
	// that the message must have, and RequiredKeys names further ones.
	Context      esdk.Context
	RequiredKeys []string

	Commitment           esdk.CommitmentPolicy
	Suite                esdk.Suite // zero: the policy's default
	FrameLength          uint32     // zero: the default
	MaxLength            uint32     // of a frame, or of unframed content; zero: the default
	MaxEncryptedDataKeys int        // zero: any number

	// Buffer holds everything in memory until it is complete. Without it a pipe
	// gets each frame once that is authentic, and signed content, which is held
	// up to a limit, once its signature is verified.
	Buffer bool
	// ReleaseUnverified lets a pipe have signed content before its signature
	// is verified. DANGER: whoever may decrypt the message could have written it.
	// The reader of the pipe must discard everything if the job fails.
	ReleaseUnverified bool

	Metadata          string // a file for a line of JSON each message, or Stream; empty: none
	OverwriteMetadata bool

	Stdin  io.Reader
	Stdout io.Writer
	// Warn tells of what was skipped or replaced.
	Warn func(format string, args ...any)
	// Done tells of a message that is complete.
	Done func(from, to string)
	// Ask answers whether a file may be replaced, for AskExisting.
	Ask func(file string) (bool, error)
	// Progress is told how far the job has got.
	Progress func(Progress)

	current  guard
	metadata metadataFile
	progress Progress
}

// Existing says what becomes of an output that is there already.
type Existing int

// What may become of it.
const (
	ReplaceExisting Existing = iota
	AskExisting
	KeepExisting
)

// Progress is how much of a job is done. Totals that nobody knows are zero.
type Progress struct{ Files, TotalFiles, Bytes, TotalBytes int64 }

// ContextError says that messages were not decrypted because they are not bound
// to what was required.
type ContextError struct{ Inputs []string }

func (e *ContextError) Error() string {
	if len(e.Inputs) == 1 {
		return e.Inputs[0] + ": encryption context has not what is required"
	}
	return fmt.Sprintf("%s and %d more: encryption context has not what is required", e.Inputs[0], len(e.Inputs)-1)
}

// Run does the job. It stops at the first input that fails. The end of the
// context ends it at once, even while it waits for an input that never comes.
func (j *Job) Run(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- j.run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		j.current.abort()
		return ctx.Err()
	}
}

func (j *Job) run(ctx context.Context) (err error) {
	if err := j.checkPaths(); err != nil {
		return err
	}
	items, err := j.plan()
	if err != nil {
		return err
	}
	if err := j.metadata.open(j); err != nil {
		return err
	}
	defer func() {
		if closing := j.metadata.close(); err == nil {
			err = closing
		}
	}()
	return j.each(ctx, items)
}

func (j *Job) each(ctx context.Context, items []item) error {
	refused := new(ContextError)
	j.progress = total(items)
	for _, it := range items {
		ok, err := j.one(ctx, it)
		if err != nil {
			return fmt.Errorf("%s: %w", it, err)
		}
		if !ok {
			refused.Inputs = append(refused.Inputs, it.String())
		}
		j.progress.Files++
		j.tell()
	}
	if len(refused.Inputs) > 0 {
		return refused
	}
	return nil
}

func total(items []item) Progress {
	p := Progress{TotalFiles: int64(len(items))}
	for _, it := range items {
		if it.size == 0 && it.stream {
			p.TotalBytes = 0
			break
		}
		p.TotalBytes += it.size
	}
	return p
}

func (j *Job) tell() {
	if j.Progress != nil {
		j.Progress(j.progress)
	}
}

func (j *Job) warn(format string, args ...any) {
	if j.Warn != nil {
		j.Warn(format, args...)
	}
}
