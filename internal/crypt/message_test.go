package crypt

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
)

// sealed is a message of content in the file "sealed" of a new folder.
func sealed(t *testing.T, content string, suite esdk.Suite, context esdk.Context) {
	t.Helper()
	folder(t, nil)
	j := newJob(t, Encrypt, Stream, "sealed")
	j.Stdin = strings.NewReader(content)
	j.Suite, j.Context, j.FrameLength = suite, context, 16
	if !suite.Commits() && suite != 0 {
		j.Commitment = esdk.ForbidEncryptAllowDecrypt
	}
	j.mustRun()
}

// A pipe gets unsigned content as it is authenticated, and signed content once
// the signature is.
func TestPipeOfBrokenMessage(t *testing.T) {
	for _, c := range []struct {
		suite    esdk.Suite
		release  bool
		released bool
	}{
		{esdk.Committed, false, true},
		{esdk.CommittedSigned, false, false},
		{esdk.CommittedSigned, true, true},
	} {
		sealed(t, strings.Repeat("x", 100_000), c.suite, nil)
		message := []byte(read(t, "sealed"))
		message[len(message)-1] ^= 1
		j := newJob(t, Decrypt, Stream, Stream)
		j.Stdin, j.ReleaseUnverified = bytes.NewReader(message), c.release
		j.mustFail("stdin: ")
		if released := j.stdout.Len() > 0; released != c.released {
			t.Errorf("%v, release %t: released %d bytes", c.suite, c.release, j.stdout.Len())
		}
	}
}

// Signed content longer than what is held is refused on a pipe and goes to a
// file, or to a pipe if it may be held.
func TestHoldLimit(t *testing.T) {
	folder(t, nil)
	const length = defaultHold + 1
	j := newJob(t, Encrypt, Stream, "sealed")
	j.Stdin, j.FrameLength = io.LimitReader(zeros{}, length), 1<<20
	j.mustRun()
	d := newJob(t, Decrypt, "sealed", Stream)
	if err := d.mustFail("sealed: "); !errors.Is(err, esdk.ErrHoldLimit) || d.stdout.Len() > 0 {
		t.Errorf("error %v, %d bytes released", err, d.stdout.Len())
	}
	newJob(t, Decrypt, "sealed", "opened").mustRun()
	if n := len(read(t, "opened")); n != length {
		t.Errorf("the file has %d bytes", n)
	}
	d = newJob(t, Decrypt, "sealed", Stream)
	d.Buffer = true
	if d.mustRun(); d.stdout.Len() != length {
		t.Errorf("the pipe got %d bytes", d.stdout.Len())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestDecryptUnsigned(t *testing.T) {
	sealed(t, "content", esdk.Committed, nil)
	newJob(t, DecryptUnsigned, "sealed", "opened").mustRun()
	wantContent(t, "opened", "content")
	sealed(t, "content", esdk.CommittedSigned, nil)
	if err := newJob(t, DecryptUnsigned, "sealed", "opened").mustFail(""); !errors.Is(err, esdk.ErrSignedRefused) {
		t.Errorf("error %v", err)
	}
	wantFiles(t, "sealed")
}

func TestCommitmentPolicy(t *testing.T) {
	sealed(t, "content", esdk.AES256Signed, nil)
	if err := newJob(t, Decrypt, "sealed", "opened").mustFail(""); !errors.Is(err, esdk.ErrCommitmentPolicy) {
		t.Errorf("error %v", err)
	}
	j := newJob(t, Encrypt, "sealed", "again")
	j.Suite = esdk.AES256Signed
	if err := j.mustFail(""); !errors.Is(err, esdk.ErrCommitmentPolicy) {
		t.Errorf("error %v", err)
	}
	wantFiles(t, "sealed")
	d := newJob(t, Decrypt, "sealed", "opened")
	d.Commitment = esdk.RequireEncryptAllowDecrypt
	d.mustRun()
	wantContent(t, "opened", "content")
}

func TestLimits(t *testing.T) {
	sealed(t, "longer than one frame of sixteen", 0, nil)
	d := newJob(t, Decrypt, "sealed", "opened")
	d.MaxLength = 15
	if err := d.mustFail(""); !errors.Is(err, esdk.ErrFrameTooLong) {
		t.Errorf("error %v", err)
	}
	d.MaxLength = 16
	d.mustRun()
	two := esdk.NewManager(esdk.NewMulti(keyring(t, "ours"), keyring(t, "theirs")))
	j := newJob(t, Encrypt, "opened", "doubly")
	j.Manager, j.MaxEncryptedDataKeys = two, 1
	if err := j.mustFail(""); !errors.Is(err, esdk.ErrTooManyKeys) {
		t.Errorf("error %v", err)
	}
	j.MaxEncryptedDataKeys = 2
	j.mustRun()
	d = newJob(t, Decrypt, "doubly", "again")
	d.MaxEncryptedDataKeys = 1
	if err := d.mustFail(""); !errors.Is(err, esdk.ErrTooManyKeys) {
		t.Errorf("error %v", err)
	}
	wantFiles(t, "sealed", "opened", "doubly")
}

func TestContextRequired(t *testing.T) {
	context := esdk.Context{"purpose": "audit", "year": "2026"}
	for _, c := range []struct {
		keys  []string
		pairs esdk.Context
		ok    bool
	}{
		{nil, nil, true},
		{[]string{"purpose"}, nil, true},
		{nil, esdk.Context{"year": "2026"}, true},
		{[]string{"purpose", "year"}, context, true},
		{[]string{"owner"}, nil, false},
		{nil, esdk.Context{"year": "2025"}, false},
		{nil, esdk.Context{"Year": "2026"}, false},
		{[]string{"purpose"}, esdk.Context{"owner": "me"}, false},
	} {
		sealed(t, "content", 0, context)
		write(t, "opened", "old")
		j := newJob(t, Decrypt, "sealed", "opened")
		j.RequiredKeys, j.Context = c.keys, c.pairs
		err := j.run()
		_, refused := errors.AsType[*ContextError](err)
		if refused == c.ok || err != nil && c.ok {
			t.Errorf("required %q and %q: error %v", c.keys, c.pairs, err)
		}
		if want := map[bool]string{true: "content", false: "old"}[c.ok]; read(t, "opened") != want {
			t.Errorf("required %q and %q: the output has %q", c.keys, c.pairs, read(t, "opened"))
		}
	}
}

// What is refused for its context does not keep the others from being opened.
func TestContextInFolder(t *testing.T) {
	folder(t, map[string]string{"a": "1", "b": "2", "c": "3", "sealed/": "", "opened/": ""})
	for name, year := range map[string]string{"a": "2025", "b": "2026", "c": "2025"} {
		j := newJob(t, Encrypt, name, "sealed")
		j.Context = esdk.Context{"year": year}
		j.mustRun()
	}
	j := newJob(t, Decrypt, "sealed/*", "opened")
	j.Context = esdk.Context{"year": "2026"}
	refused, ok := errors.AsType[*ContextError](j.run())
	if !ok || strings.Join(refused.Inputs, " ") != "sealed/a.encrypted sealed/c.encrypted" {
		t.Errorf("refused %+v", refused)
	}
	wantContent(t, "opened/b.encrypted.decrypted", "2")
	if n := len(list(t)); n != 3+3+1 {
		t.Errorf("files %q", list(t))
	}
}

func TestProgress(t *testing.T) {
	folder(t, map[string]string{"in/a": strings.Repeat("x", 1000), "in/b": strings.Repeat("x", 500), "out/": ""})
	j := newJob(t, Encrypt, "in", "out")
	j.Recursive = true
	var last Progress
	j.Progress = func(p Progress) {
		if p.Bytes < last.Bytes || p.Files < last.Files {
			t.Errorf("%+v after %+v", p, last)
		}
		last = p
	}
	j.mustRun()
	if want := (Progress{2, 2, 1500, 1500}); last != want {
		t.Errorf("at the end %+v, want %+v", last, want)
	}
}
