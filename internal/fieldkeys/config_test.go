package fieldkeys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fortlet/fortlet/fieldcrypt"
	"github.com/fortlet/fortlet/internal/fieldkeys"
)

const someARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

// TestValidate: every problem is told, and of which key.
func TestValidate(t *testing.T) {
	keys := []fieldkeys.Key{
		{Name: "good", KMS: someARN},
		{Name: "Bad", KMS: someARN},
		{Name: "good", Version: 1, KMS: someARN},
		{Name: "alias", KMS: "arn:aws:kms:eu-west-1:111122223333:alias/ssn"},
		{Name: "id", KMS: "1234abcd-12ab-34cd-56ef-1234567890ab"},
		{Name: "s3", KMS: "arn:aws:s3:::bucket"},
		{Name: "none"},
		{Name: "pem", PEM: "p.pem", Cipher: fieldkeys.Envelope},
		{Name: "cipher", KMS: someARN, Cipher: "aes"},
		{Name: "literal", KMS: someARN, Prefix: "#01#", Suffix: "#10#"},
		{Name: "taken", KMS: someARN, Prefix: "#10#", Suffix: "#11#"},
		{Name: "half", KMS: someARN, Prefix: "#02#"},
		{Name: "reuse", KMS: someARN, Reuse: fieldkeys.Reuse{Age: -time.Second}},
		{Name: "twice", Version: -1, Cipher: "aes"},
	}
	var got []string
	for _, err := range fieldkeys.Validate(keys) {
		var problem *fieldkeys.KeyError
		if !errors.As(err, &problem) {
			t.Fatalf("%T: %v", err, err)
		}
		if problem.Index < 0 || !strings.HasPrefix(problem.Key, keys[problem.Index].Name+".") {
			t.Errorf("%v is at %d", err, problem.Index)
		}
		got = append(got, err.Error())
	}
	want := []string{
		`key Bad.1: marker not allowed: key name "Bad"`,
		`key good.1: the key is there twice`,
		`key alias.1: kms "arn:aws:kms:eu-west-1:111122223333:alias/ssn" is not the ARN of a key`,
		`key id.1: kms "1234abcd-12ab-34cd-56ef-1234567890ab" is not the ARN of a key`,
		`key s3.1: kms "arn:aws:s3:::bucket" is not the ARN of a key`,
		`key none.1: neither kms nor pem is given`,
		`key pem.1: the envelope cipher needs kms`,
		`key cipher.1: cipher "aes" is neither rsa nor envelope`,
		`key taken.1: marker not allowed: keys literal.1 and taken.1 both have #10#`,
		`key half.1: marker not allowed: "" is not`,
		`key reuse.1: a limit of reuse is negative`,
		`key twice.-1: marker not allowed: version -1`,
		`key twice.-1: cipher "aes" is neither`,
		`key twice.-1: neither kms nor pem is given`,
	}
	if len(got) != len(want) {
		t.Errorf("%d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range min(len(got), len(want)) {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("%s, want %s", got[i], want[i])
		}
	}
	if set, err := fieldkeys.New(keys, fieldkeys.Options{}); err == nil || set != nil || !errors.Is(err, fieldcrypt.ErrMarker) {
		t.Errorf("New: %v", err)
	}
}

func TestReadFile(t *testing.T) {
	read := func(text string) (*fieldkeys.File, error) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "fields.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return fieldkeys.ReadFile(file)
	}
	f, err := read(`
listen: [{address: "127.0.0.1:8080"}]
keys:
  - name: ssn
    version: 3
    kms: ` + someARN + `
    cipher: envelope
    reuse: {messages: 100, bytes: 1MiB, age: 90s}
  - {name: pii, pem: pii.pem, prefix: "#01#", suffix: "#10#"}
rules:
  - {name: numbers, key: ssn, fields: [ssn, "json:$..social"]}
  - {name: rest, key: pii, fields: [email]}
  - {name: more, key: ssn, fields: [tax]}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := fieldkeys.Key{Name: "ssn", Version: 3, KMS: someARN, Cipher: fieldkeys.Envelope,
		Reuse: fieldkeys.Reuse{Messages: 100, Bytes: 1 << 20, Age: 90 * time.Second}}
	if len(f.Keys) != 2 || f.Keys[0] != want || f.Keys[1].Marker().Prefix != "#01#" || f.Keys[1].Marker().Version != 1 {
		t.Errorf("keys: %+v", f.Keys)
	}
	if len(f.Rules) != 3 || f.Rules[0].Fields[1] != "json:$..social" {
		t.Errorf("rules: %+v", f.Rules)
	}
	if got := strings.Join(fieldkeys.KeysOf(f.Rules), " "); got != "ssn pii" {
		t.Errorf("keys of the rules: %s", got)
	}
	for text, want := range map[string]string{
		"":                              "no documents",
		"keys: []":                      "no keys in it",
		"keys: [":                       "yaml",
		"keys: {}":                      "yaml",
		"secrets: []":                   "line 1: there is no setting secrets",
		"keys: [{name: a, arn: b}]":     "arn",
		"keys: [{name: a, version: x}]": "yaml",
		"keys: [{name: a, pem: b, reuse: {bytes: 1MB}}]": `"1MB" is not a number of bytes`,
		"keys: [{name: a, pem: b, reuse: {bytes: -1}}]":  "not a number of bytes",
		"keys: [{name: a}, {name: B, pem: c}]":           `key B.1: marker not allowed`,
		"keys: [{name: a}]\nrules: [{title: x}]":         "title",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "fields.yaml") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	// Neither what is too long nor what has no end is read into memory.
	if _, err := read(strings.Repeat("#", 4<<20+1)); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("too long: %v", err)
	}
	if _, err := os.Stat("/dev/zero"); err == nil {
		if _, err := fieldkeys.ReadFile("/dev/zero"); err == nil || !strings.Contains(err.Error(), "longer than") {
			t.Errorf("without an end: %v", err)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]fieldkeys.Size{"0": 0, "4096": 4096, "1KiB": 1 << 10, "64MiB": 64 << 20, "2GiB": 2 << 30, "2Gi": 2 << 30} {
		var s fieldkeys.Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%s: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "x", "1MB", "-1", "1.5MiB", "9223372036854775807GiB", "KiB", "1 TiB"} {
		if err := new(fieldkeys.Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is a size", text)
		}
	}
}
