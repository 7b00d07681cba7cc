package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fortlet/fortlet/internal/inspect/report"
)

// openInput opens the file that the arguments name, stdin without any or for
// "-".
func openInput(ctx context.Context, s *streams, args []string) (r *bufio.Reader, name string, closer io.Closer, err error) {
	if len(args) == 0 || args[0] == "-" {
		in := &interruptible{ctx: ctx, r: s.in, buf: make([]byte, inputBuffer)}
		return bufio.NewReaderSize(in, inputBuffer), "", io.NopCloser(nil), nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, "", nil, err
	}
	return bufio.NewReaderSize(f, inputBuffer), args[0], f, nil
}

const inputBuffer = 64 << 10

// watched tells how much of an input has been read, in MiB.
type watched struct {
	r        io.Reader
	progress *progress
	read     int64
	total    int64 // 0 is not known
}

// watch tells how much is read of r, which is the file of that name or a pipe.
func watch(r io.Reader, name string, p *progress) *watched {
	w := &watched{r: r, progress: p}
	if info, err := os.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
		w.total = info.Size()
	}
	return w
}

// Read implements io.Reader.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.read += int64(n)
	w.progress.set("MiB", int(w.read>>20), int(w.total>>20))
	return n, err
}

// interruptible reads until the context ends, from what may never answer: a
// terminal, or a pipe that nobody writes to.
type interruptible struct {
	ctx context.Context
	r   io.Reader
	buf []byte // of a read that nobody may wait for any more
	err error
}

// Read implements io.Reader.
func (i *interruptible) Read(p []byte) (int, error) {
	if i.err != nil {
		return 0, i.err
	}
	done := make(chan int, 1)
	var err error
	go func() {
		var n int
		n, err = i.r.Read(i.buf[:min(len(p), len(i.buf))])
		done <- n
	}()
	select {
	case n := <-done:
		return copy(p, i.buf[:n]), err
	case <-i.ctx.Done():
		i.err = i.ctx.Err()
		return 0, i.err
	}
}

// writeOutput writes to a file, which appears when all of it is written, or
// without one to stdout. Opened fields are not for everybody: only the user may
// read the file.
func writeOutput(s *streams, file string, write func(io.Writer) error) error {
	if file != "" && file != "-" {
		if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // it would be replaced by one, /dev/null too
			return fmt.Errorf("output %s is no regular file: without --output the text goes to stdout", file)
		}
		if _, err := os.Stat(filepath.Dir(file)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("output %s: its folder does not exist", file)
		}
		return report.WriteFile(file, 0o600, write)
	}
	w := bufio.NewWriterSize(s.out, 64<<10)
	return errors.Join(write(w), w.Flush())
}

// maxHeld is how much of an output is held back in memory.
const maxHeld = 64 << 20

// holdBack keeps what write writes until it has succeeded.
func holdBack(w io.Writer, write func(io.Writer) error) error {
	var held heldOutput
	if err := write(&held); err != nil {
		return err
	}
	_, err := held.WriteTo(w)
	return err
}

type heldOutput struct{ bytes.Buffer }

// Write implements io.Writer.
func (h *heldOutput) Write(p []byte) (int, error) {
	if h.Len()+len(p) > maxHeld {
		return 0, hinted{fmt.Errorf("the output has more than %d MiB, which are held back until all fields are open", maxHeld>>20),
			"name a file with --output"}
	}
	return h.Buffer.Write(p)
}
