package crypt

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/esdk"
)

// recorded has messages by the AWS Encryption SDK for Python, and what the AWS
// Encryption CLI tells of them: see testdata/metadata.py.
//
//go:embed testdata/metadata.jsonl
var recorded []byte

type recordedMessage struct {
	Message  []byte         `json:"message"`
	Metadata map[string]any `json:"metadata"`
}

func recordedMessages(t *testing.T) []recordedMessage {
	t.Helper()
	var all []recordedMessage
	for line := range bytes.Lines(recorded) {
		var m recordedMessage
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	if len(all) != 22 { // every suite twice
		t.Fatalf("%d messages", len(all))
	}
	return all
}

// metadataLines parses the lines of a metadata file.
func metadataLines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines = append(lines, m)
	}
	return lines
}

// The header is told in the words of the AWS Encryption CLI.
func TestMetadataOfOthers(t *testing.T) {
	for _, m := range recordedMessages(t) {
		folder(t, nil)
		write(t, "sealed", string(m.Message))
		j := newJob(t, Decrypt, "sealed", "opened")
		j.Commitment, j.Metadata = esdk.RequireEncryptAllowDecrypt, "lines"
		j.mustRun()
		wantContent(t, "opened", strings.Repeat("content of a message ", 10))
		have := metadataLines(t, read(t, "lines"))[0]
		for _, name := range []string{"header", "header_auth"} {
			if !reflect.DeepEqual(have[name], m.Metadata[name]) {
				t.Errorf("%s\n%v, want\n%v", name, have[name], m.Metadata[name])
			}
		}
		full, err := filepath.Abs("sealed")
		if err != nil {
			t.Fatal(err)
		}
		if have["mode"] != "decrypt" || have["input"] != full || have["output"] != filepath.Join(filepath.Dir(full), "opened") {
			t.Errorf("line %v", have)
		}
		if len(have) != 5 {
			t.Errorf("%d members: %v", len(have), have)
		}
	}
}

// Content without frames has to have the length that a frame may have.
func TestMaxLengthWithoutFrames(t *testing.T) {
	for _, m := range recordedMessages(t) {
		header := m.Metadata["header"].(map[string]any)
		if header["frame_length"] != float64(0) {
			continue
		}
		for length, ok := range map[uint32]bool{209: false, 210: true} {
			for _, output := range []string{"opened", Stream} {
				folder(t, nil)
				write(t, "sealed", string(m.Message))
				j := newJob(t, Decrypt, "sealed", output)
				j.Commitment, j.MaxLength = esdk.RequireEncryptAllowDecrypt, length
				if err := j.run(); (err == nil) != ok || !ok && !errors.Is(err, esdk.ErrFrameTooLong) {
					t.Errorf("%s, at most %d bytes to %s: %v", header["algorithm"], length, output, err)
				}
			}
		}
	}
}

func TestMetadataFile(t *testing.T) {
	folder(t, map[string]string{"a": "1", "lines": "{\"old\":true}\n"})
	run := func(mode Mode, input, output string, overwrite bool) {
		j := newJob(t, mode, input, output)
		j.Metadata, j.OverwriteMetadata = "lines", overwrite
		j.mustRun()
	}
	run(Encrypt, "a", "b", false)
	lines := metadataLines(t, read(t, "lines"))
	if len(lines) != 2 || lines[1]["mode"] != "encrypt" || lines[1]["header_auth"] != nil {
		t.Errorf("appended %v", lines)
	}
	run(Decrypt, "b", "c", true)
	lines = metadataLines(t, read(t, "lines"))
	if len(lines) != 1 || lines[0]["mode"] != "decrypt" {
		t.Errorf("overwritten %v", lines)
	}
	// A failure neither tells of a message nor drops what was told before.
	write(t, "b", "broken")
	j := newJob(t, Decrypt, "b", "d")
	j.Metadata, j.OverwriteMetadata = "lines", true
	j.mustFail("b: ")
	if again := metadataLines(t, read(t, "lines")); !reflect.DeepEqual(again, lines) {
		t.Errorf("after a failure %v", again)
	}
}

func TestMetadataToStdout(t *testing.T) {
	folder(t, nil)
	j := newJob(t, Encrypt, Stream, "sealed")
	j.Metadata = Stream
	j.mustRun()
	lines := metadataLines(t, j.stdout.String())
	if len(lines) != 1 || lines[0]["input"] != "<stdin>" {
		t.Errorf("lines %v", lines)
	}
	j = newJob(t, DecryptUnsigned, "sealed", Stream)
	j.Metadata = "lines"
	j.mustFail("signed")
	j = newJob(t, Decrypt, "sealed", Stream)
	j.Metadata = "lines"
	j.mustRun()
	if lines := metadataLines(t, read(t, "lines")); len(lines) != 1 || lines[0]["output"] != "<stdout>" {
		t.Errorf("lines %v", lines)
	}
}

// A context in a message steers no terminal, and is told unchanged all the same.
func TestMetadataIsASCII(t *testing.T) {
	odd := esdk.Context{"\x1b[2J": "\u009b31m é \u202e 𝛑 \x7f \"<&>"}
	sealed(t, "content", 0, odd)
	j := newJob(t, Decrypt, "sealed", "opened")
	j.Metadata = Stream
	j.mustRun()
	text := j.stdout.String()
	if i := strings.IndexFunc(strings.TrimSuffix(text, "\n"), func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
		t.Errorf("byte %d of %q", i, text)
	}
	header := metadataLines(t, text)[0]["header"].(map[string]any)
	for k, v := range odd {
		if got := header["encryption_context"].(map[string]any)[k]; got != v {
			t.Errorf("context %q", got)
		}
	}
}

// https://aws-encryption-sdk-cli.readthedocs.io/en/latest/ "Skipped Files"
func TestMetadataOfRefused(t *testing.T) {
	sealed(t, "content", 0, esdk.Context{"year": "2026"})
	j := newJob(t, Decrypt, "sealed", "opened")
	j.Metadata, j.RequiredKeys, j.Context = "lines", []string{"owner", "year"}, esdk.Context{"year": "2025", "a": "b"}
	if _, ok := errors.AsType[*ContextError](j.run()); !ok {
		t.Fatal("not refused")
	}
	line := metadataLines(t, read(t, "lines"))[0]
	delete(line, "header")
	delete(line, "header_auth")
	want := map[string]any{
		"mode": "decrypt", "input": line["input"], "output": line["output"], "skipped": true,
		"reason":                           "Missing encryption context key or value",
		"missing_encryption_context_keys":  []any{"owner"},
		"missing_encryption_context_pairs": []any{[]any{"a", "b"}, []any{"year", "2025"}},
	}
	if !reflect.DeepEqual(line, want) {
		t.Errorf("line %v, want %v", line, want)
	}
	wantFiles(t, "sealed", "lines")
}

// A message of which nothing can be told is not let out.
func TestMetadataFails(t *testing.T) {
	folder(t, map[string]string{"a": "1"})
	full := errors.New("no space")
	j := newJob(t, Encrypt, "a", "b")
	j.Metadata = Stream
	j.Stdout = writerFunc(func([]byte) (int, error) { return 0, full })
	if err := j.mustFail("a: "); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	wantFiles(t, "a")
}
