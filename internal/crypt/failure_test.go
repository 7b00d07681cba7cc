package crypt

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/fortlet/fortlet/esdk"
)

// Whatever is wrong with a message, nothing of it is seen, and what was there
// stays.
func TestBrokenMessages(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1000)
	damage := map[string]func(b []byte) []byte{
		"empty":         func([]byte) []byte { return nil },
		"truncated":     func(b []byte) []byte { return b[:len(b)-1] },
		"no signature":  func(b []byte) []byte { return b[:len(b)-100] },
		"half":          func(b []byte) []byte { return b[:len(b)/2] },
		"trailing":      func(b []byte) []byte { return append(b, 0) },
		"twice":         func(b []byte) []byte { return append(b, b...) },
		"header bit":    func(b []byte) []byte { b[40] ^= 1; return b },
		"frame bit":     func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"signature bit": func(b []byte) []byte { b[len(b)-5] ^= 1; return b },
		"no message":    func([]byte) []byte { return []byte("no message at all, but a text of some length") },
	}
	for name, broken := range damage {
		for _, unnamed := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				folder(t, map[string]string{"plain": content, "opened": "old"})
				if !unnamed {
					withNames(t)
				}
				newJob(t, Encrypt, "plain", "sealed").mustRun()
				write(t, "sealed", string(broken([]byte(read(t, "sealed")))))
				newJob(t, Decrypt, "sealed", "opened").mustFail("sealed: ")
				newJob(t, Decrypt, "sealed", "other").mustFail("sealed: ")
				pipe := newJob(t, Decrypt, "sealed", Stream)
				pipe.mustFail("sealed: ")
				buffered := newJob(t, Decrypt, "sealed", Stream)
				buffered.Buffer, buffered.ReleaseUnverified = true, true
				buffered.mustFail("sealed: ")
				if pipe.stdout.Len()+buffered.stdout.Len() > 0 {
					t.Error("content was released before the signature was verified")
				}
				wantContent(t, "opened", "old")
				wantFiles(t, "plain", "sealed", "opened")
			})
		}
	}
}

// withNames has files written as on systems that know none without names.
func withNames(t *testing.T) {
	t.Helper()
	openScratch = func(string, fs.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }
	t.Cleanup(func() { openScratch = openUnnamed })
}

// Where files have no unnamed form, they are hidden and their owner's until they
// are complete.
func TestNamedScratch(t *testing.T) {
	folder(t, map[string]string{"plain": "content", "kept": "old"})
	withNames(t)
	watch := newJob(t, Encrypt, Stream, "sealed")
	watch.Stdin = io.MultiReader(strings.NewReader("content"), readerFunc(func([]byte) (int, error) {
		for _, name := range list(t) {
			info, err := os.Stat(name)
			if name == "sealed" || strings.HasPrefix(name, ".sealed-") && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("while it is written, there is %s of mode %v", name, info.Mode())
			}
		}
		return 0, io.EOF
	}))
	watch.mustRun()
	d := newJob(t, Decrypt, "sealed", "opened")
	d.Existing = KeepExisting
	d.mustRun()
	wantContent(t, "opened", "content")
	wantFiles(t, "plain", "kept", "sealed", "opened")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A file that appears while another is written is not replaced, if none is to be.
func TestKeepWhatAppears(t *testing.T) {
	for _, unnamed := range []bool{true, false} {
		folder(t, nil)
		if !unnamed {
			withNames(t)
		}
		j := newJob(t, Encrypt, Stream, "sealed")
		j.Existing = KeepExisting
		j.Stdin = readerFunc(func([]byte) (int, error) {
			write(t, "sealed", "somebody else's")
			return 0, io.EOF
		})
		if err := j.mustFail("sealed"); !errors.Is(err, fs.ErrExist) {
			t.Errorf("error %v, want ErrExist", err)
		}
		wantContent(t, "sealed", "somebody else's")
		wantFiles(t, "sealed")
	}
}

func TestWrongKey(t *testing.T) {
	folder(t, map[string]string{"plain": "content"})
	newJob(t, Encrypt, "plain", "sealed").mustRun()
	j := newJob(t, Decrypt, "sealed", "opened")
	j.Manager = keys(t, "theirs")
	if err := j.mustFail(""); !errors.Is(err, esdk.ErrNoDataKey) {
		t.Errorf("error %v, want ErrNoDataKey", err)
	}
	wantFiles(t, "plain", "sealed")
}

// The first that fails ends the job; what was complete stays.
func TestFolderWithBroken(t *testing.T) {
	folder(t, map[string]string{"in/a": "1", "in/c": "3", "sealed/": "", "opened/": ""})
	e := newJob(t, Encrypt, "in", "sealed")
	e.Recursive, e.Suffix = true, new("")
	e.mustRun()
	write(t, "sealed/b", "broken")
	j := newJob(t, Decrypt, "sealed", "opened")
	j.Recursive, j.Suffix = true, new("")
	j.mustFail("sealed/b: ")
	wantFiles(t, "in/a", "in/c", "sealed/a", "sealed/b", "sealed/c", "opened/a")
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("disk is broken")
	for _, mode := range []Mode{Encrypt, Decrypt} {
		folder(t, nil)
		j := newJob(t, mode, Stream, "out")
		j.Stdin = io.MultiReader(strings.NewReader("\x02\x05\x78"), iotest.ErrReader(broken))
		if err := j.mustFail("stdin: "); !errors.Is(err, broken) {
			t.Errorf("%s: error %v", mode, err)
		}
		wantFiles(t)
	}
}

func TestFullPipe(t *testing.T) {
	folder(t, map[string]string{"plain": strings.Repeat("x", 1<<20)})
	full := errors.New("no space")
	j := newJob(t, Encrypt, "plain", Stream)
	j.Stdout = writerFunc(func([]byte) (int, error) { return 0, full })
	if err := j.mustFail("plain: "); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// What may not be written may not be replaced, although the folder would allow
// it.
func TestReadOnlyOutput(t *testing.T) {
	folder(t, map[string]string{"plain": "content", "old": "old"})
	if err := os.Chmod("old", 0o444); err != nil {
		t.Fatal(err)
	}
	j := newJob(t, Encrypt, "plain", "old")
	beNobody(t)
	// Not Run, which would leave this thread.
	if err := j.Job.run(t.Context()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
	wantContent(t, "old", "old")
}

// An interrupt ends the job although its input never comes, and leaves nothing.
func TestInterrupt(t *testing.T) {
	for _, unnamed := range []bool{true, false} {
		folder(t, nil)
		if !unnamed {
			withNames(t)
		}
		ctx, cancel := context.WithCancel(t.Context())
		in, feed := io.Pipe()
		j := newJob(t, Encrypt, Stream, "sealed")
		j.Stdin = in
		done := make(chan error)
		go func() { done <- j.Run(ctx) }()
		if _, err := feed.Write([]byte("some of it")); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want canceled", err)
		}
		wantFiles(t)
		// The rest comes too late.
		feed.Close()
		j.current.mu.Lock()
		late := j.current.out
		j.current.mu.Unlock()
		if late != nil {
			t.Error("an output is still being written")
		}
		wantFiles(t)
	}
}

// A named pipe and a device are written to, not replaced: as root, decrypting to
// /dev/null must not remove it.
func TestOutputIsDevice(t *testing.T) {
	folder(t, map[string]string{"plain": strings.Repeat("content", 1000)})
	newJob(t, Encrypt, "plain", "sealed").mustRun()
	mkfifo(t, "pipe")
	got := make(chan string)
	go func() {
		b, err := os.ReadFile("pipe")
		if err != nil {
			t.Error(err)
		}
		got <- string(b)
	}()
	newJob(t, Decrypt, "sealed", "pipe").mustRun()
	if <-got != read(t, "plain") {
		t.Error("the pipe got other content")
	}
	wantFiles(t, "plain", "sealed", "pipe")
	if info, err := os.Stat("pipe"); err != nil || info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("the pipe was replaced: %v", err)
	}
	mkdevice(t, "null", 3)
	newJob(t, Encrypt, "plain", "null").mustRun()
	if info, err := os.Stat("null"); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		t.Errorf("the device was replaced: %v", err)
	}
}

// A file that becomes a pipe or device after it was found fit for content that
// is not verified yet gets nothing.
func TestOutputChanges(t *testing.T) {
	sealed(t, "content", esdk.CommittedSigned, nil)
	mkfifo(t, "pipe")
	pipe, err := os.OpenFile("pipe", os.O_RDWR, 0) // so that nobody waits for a reader
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	j := newJob(t, Decrypt, "sealed", "opened")
	j.Progress = func(Progress) {
		j.Progress = nil
		if err := os.Symlink("pipe", "opened"); err != nil {
			t.Error(err)
		}
	}
	j.mustFail("is a pipe or device by now")
	if err := pipe.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if n, _ := pipe.Read(make([]byte, 10)); n > 0 {
		t.Errorf("the pipe got %d bytes", n)
	}
}

// A disk that is full is told, and nothing is left.
func TestFullDisk(t *testing.T) {
	folder(t, map[string]string{"plain": "content"})
	mkdevice(t, "full", 7)
	newJob(t, Encrypt, "plain", "full").mustFail("full: no space left on device")
	wantFiles(t, "plain", "full")
}

// A pipe that is named as the input is read to its end, as stdin is.
func TestInputIsPipe(t *testing.T) {
	folder(t, nil)
	mkfifo(t, "pipe")
	go func() {
		if err := os.WriteFile("pipe", []byte("from a pipe"), 0); err != nil {
			t.Error(err)
		}
	}()
	newJob(t, Encrypt, "pipe", "sealed").mustRun()
	newJob(t, Decrypt, "sealed", "opened").mustRun()
	wantContent(t, "opened", "from a pipe")
}

// A file that grows while it is read is refused: what was announced to the
// caching manager would not hold.
func TestGrowingFile(t *testing.T) {
	folder(t, map[string]string{"log": "one line\n"})
	j := newJob(t, Encrypt, "log", "sealed")
	j.Progress = func(Progress) {
		f, err := os.OpenFile("log", os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("another line\n")
			f.Close()
		}
		if err != nil {
			t.Error(err)
		}
		j.Progress = nil
	}
	if err := j.mustFail("log: "); !errors.Is(err, esdk.ErrPlaintextLength) {
		t.Errorf("error %v", err)
	}
	wantFiles(t, "log")
}
