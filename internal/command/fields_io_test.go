package command

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

// TestInterruptedInput: a command that waits for a pipe ends with its context.
func TestInterruptedInput(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	in, _, _, err := openInput(ctx, &streams{in: r}, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(w, "beginning"); cancel() }()
	got, err := io.ReadAll(in)
	if !errors.Is(err, context.Canceled) || !strings.HasPrefix("beginning", string(got)) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := in.ReadByte(); err == nil {
		t.Error("it goes on after that")
	}
}

func TestInput(t *testing.T) {
	const text = "some text"
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "bytes": iotest.OneByteReader(strings.NewReader(text)), "data and EOF": iotest.DataErrReader(strings.NewReader(text)),
	} {
		in, _, closer, err := openInput(t.Context(), &streams{in: r}, []string{"-"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(in); err != nil || string(got) != text || closer.Close() != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	broken := errors.New("broken")
	in, _, _, err := openInput(t.Context(), &streams{in: iotest.ErrReader(broken)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(in); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

// TestHeldOutput: nothing is written before all is, and no more is held than
// the limit.
func TestHeldOutput(t *testing.T) {
	var out strings.Builder
	refused := errors.New("refused")
	err := holdBack(&out, func(w io.Writer) error {
		_, _ = io.WriteString(w, "secret")
		return refused
	})
	if !errors.Is(err, refused) || out.Len() > 0 {
		t.Errorf("%q, %v", &out, err)
	}
	err = holdBack(&out, func(w io.Writer) error {
		_, err := w.Write(make([]byte, maxHeld+1))
		return err
	})
	var hint hinted
	if !errors.As(err, &hint) || out.Len() > 0 {
		t.Errorf("too long: %v", err)
	}
	if err := holdBack(&out, func(w io.Writer) error { _, err := io.WriteString(w, "open"); return err }); err != nil || out.String() != "open" {
		t.Errorf("%q, %v", &out, err)
	}
}

// TestOutputFile: a file that was there stays as it was until the new one is
// whole, and nothing else is left behind.
func TestOutputFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "out")
	if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	err := writeOutput(nil, file, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return refused
	})
	if got, readErr := os.ReadFile(file); !errors.Is(err, refused) || string(got) != "old" || readErr != nil {
		t.Errorf("%q, %v", got, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// TestOutputIsDevice: what is no file is not replaced by one.
func TestOutputIsDevice(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{link, dir} {
		err := writeOutput(nil, file, func(io.Writer) error { return errors.New("it was written to") })
		if err == nil || !strings.Contains(err.Error(), "is no regular file") {
			t.Errorf("%s: %v", file, err)
		}
	}
	if target, err := os.Readlink(link); target != os.DevNull {
		t.Errorf("the link is %q, %v", target, err)
	}
}
