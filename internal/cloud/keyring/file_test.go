package keyring

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormat1 opens what another implementation has made, and what every
// later version must still open.
func TestFormat1(t *testing.T) {
	content, err := os.ReadFile("testdata/format1.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Plain, Passphrase json.RawMessage
		Sealed            []struct {
			Purpose                string
			Plaintext, AAD, Sealed []byte
		}
		MACs []struct {
			Purpose   string
			Data, MAC []byte
		}
	}
	if err := json.Unmarshal(content, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Sealed) == 0 || len(golden.MACs) == 0 {
		t.Fatal("nothing to open")
	}
	for _, c := range []struct {
		name string
		file []byte
		opts Options
	}{
		{"plain", golden.Plain, Options{}},
		{"passphrase", golden.Passphrase, Options{Passphrase: []byte("correct horse battery staple")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, c.file, 0o600)
			k, err := Open(dir, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range golden.Sealed {
				got, err := k.Open(s.Purpose, s.Sealed, s.AAD)
				if err != nil || !bytes.Equal(got, s.Plaintext) {
					t.Errorf("%s: %v", s.Purpose, err)
				}
			}
			for _, m := range golden.MACs {
				if got := k.MAC(m.Purpose, m.Data); !bytes.Equal(got[:], m.MAC) {
					t.Errorf("%s: MAC is %x", m.Purpose, got)
				}
			}
		})
	}
}

func put(t *testing.T, dir string, content []byte, mode fs.FileMode) {
	t.Helper()
	path := filepath.Join(dir, FileName)
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
}

func get(t *testing.T, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cheap makes passphrases quick for a test. What they really cost is in
// TestFormat1.
func cheap(t *testing.T) {
	cost := newCost
	newCost = argonCost{Time: 1, Memory: 8 << 10, Threads: 1}
	t.Cleanup(func() { newCost = cost })
}

func TestCreateAndOpen(t *testing.T) {
	cheap(t)
	for name, opts := range map[string]Options{"plain": {}, "passphrase": {Passphrase: []byte("secret words")}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			k, err := Create(dir, opts)
			if err != nil {
				t.Fatal(err)
			}
			sealed := k.Seal("p", []byte("plaintext"), nil)
			k, err = Open(dir, opts)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := k.Open("p", sealed, nil); err != nil || string(got) != "plaintext" {
				t.Errorf("%q, %v", got, err)
			}
			info, err := os.Stat(filepath.Join(dir, FileName))
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if bytes.Contains(get(t, dir), []byte("secret words")) {
				t.Error("the passphrase is in the file")
			}
			expectOneFile(t, dir)
		})
	}
}

// expectOneFile makes sure that no copy of a key is left lying about.
func expectOneFile(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestCreateReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, []byte("something dear"), 0o600)
	if _, err := Create(dir, Options{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v", err)
	}
	if string(get(t, dir)) != "something dear" {
		t.Error("it was replaced")
	}
	expectOneFile(t, dir)
}

func TestCreateNeedsAFolder(t *testing.T) {
	if _, err := Create(filepath.Join(t.TempDir(), "missing"), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

// TestLeftoversOfACrash: what was being written may hold the key, plain, long
// after it was put under a passphrase.
func TestLeftoversOfACrash(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, FileName), filepath.Join(dir, ".keyring-123.tmp")); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(dir, FileName+".bak")
	if err := os.WriteFile(backup, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(backup); err != nil {
		t.Errorf("somebody's own file was removed: %v", err)
	}
	expectOneFile(t, dir)
}

func TestNoKeyring(t *testing.T) {
	if _, err := Open(t.TempDir(), Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func TestOthersMayNotRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o620, 0o602, 0o644, 0o610, 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, Options{})
		if !errors.Is(err, ErrPermissions) || !strings.Contains(err.Error(), path) {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	for _, mode := range []fs.FileMode{0o600, 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{}); err != nil {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	const key = `"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="`
	cheap(t)
	pass := func(argon, salt string) string {
		return `{"format":1,"rootKey":{"wrap":"passphrase","argon2id":` + argon + `,"salt":` + salt + `,"sealed":` + key + `}}`
	}
	const salt = `"MDEyMzQ1Njc4OWFiY2RlZg=="`
	for _, c := range []struct {
		name, content string
		pass          string
		want          error
	}{
		{"empty", ``, "", ErrMalformed},
		{"no JSON", `AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=`, "", ErrMalformed},
		{"another JSON", `[]`, "", ErrMalformed},
		{"no format", `{"rootKey":{"wrap":"none","key":` + key + `}}`, "", ErrMalformed},
		{"format 0", `{"format":0,"rootKey":{"wrap":"none","key":` + key + `}}`, "", ErrMalformed},
		{"format 2", `{"format":2,"rootKey":"as it will be then"}`, "", ErrNewer},
		{"no key", `{"format":1,"rootKey":{"wrap":"none"}}`, "", ErrMalformed},
		{"short key", `{"format":1,"rootKey":{"wrap":"none","key":"AAEC"}}`, "", ErrMalformed},
		{"unknown wrap", `{"format":1,"rootKey":{"wrap":"pkcs11","key":` + key + `}}`, "", ErrMalformed},
		{"unknown wrap with a passphrase", `{"format":1,"rootKey":{"wrap":"pkcs11","key":` + key + `}}`, "words", ErrMalformed},
		{"passphrase for a plain key", `{"format":1,"rootKey":{"wrap":"none","key":` + key + `}}`, "words", ErrPassphrase},
		{"no passphrase for a sealed key", pass(`{"time":1,"memoryKiB":8192,"threads":1}`, salt), "", ErrPassphrase},
		{"wrong passphrase", pass(`{"time":1,"memoryKiB":8192,"threads":1}`, salt), "words", ErrPassphrase},
		{"no cost", pass(`null`, salt), "words", ErrMalformed},
		{"no time", pass(`{"time":0,"memoryKiB":8192,"threads":1}`, salt), "words", ErrMalformed},
		{"too much time", pass(`{"time":1000,"memoryKiB":8192,"threads":1}`, salt), "words", ErrMalformed},
		{"no memory", pass(`{"time":1,"memoryKiB":8,"threads":1}`, salt), "words", ErrMalformed},
		{"too much memory", pass(`{"time":1,"memoryKiB":4294967295,"threads":1}`, salt), "words", ErrMalformed},
		{"no threads", pass(`{"time":1,"memoryKiB":8192,"threads":0}`, salt), "words", ErrMalformed},
		{"too many threads", pass(`{"time":1,"memoryKiB":8192,"threads":1000}`, salt), "words", ErrMalformed},
		{"short salt", pass(`{"time":1,"memoryKiB":8192,"threads":1}`, `"MDEy"`), "words", ErrMalformed},
		{"too large", `{"format":1,"rootKey":{"wrap":"none","key":` + key + `}}` + strings.Repeat(" ", maxFile), "", ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, []byte(c.content), 0o600)
			_, err := Open(dir, Options{Passphrase: []byte(c.pass)})
			if file, ok := errors.AsType[*FileError](err); !errors.Is(err, c.want) || !ok || file.Reason == "" {
				t.Errorf("error is %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "AAEC") || c.pass != "" && strings.Contains(err.Error(), c.pass+"\"")) {
				t.Errorf("the error shows a key: %v", err)
			}
		})
	}
}

func TestAFolderIsNoKeyring(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, FileName), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrMalformed) {
		t.Errorf("error is %v", err)
	}
}

func TestChangePassphrase(t *testing.T) {
	cheap(t)
	dir := t.TempDir()
	k, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal("p", []byte("plaintext"), nil)
	before := []byte(nil)
	for _, pass := range []string{"first words", "second words", "", "third words", "third words"} {
		if err := k.ChangePassphrase([]byte(pass)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{Passphrase: before}); !bytes.Equal(before, []byte(pass)) && !errors.Is(err, ErrPassphrase) {
			t.Errorf("the passphrase before %q still opens: %v", pass, err)
		}
		before = []byte(pass)
		opened, err := Open(dir, Options{Passphrase: before})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := opened.Open("p", sealed, nil); err != nil || string(got) != "plaintext" {
			t.Errorf("%q, %v", got, err)
		}
		k = opened
		expectOneFile(t, dir)
	}
	if bytes.Contains(get(t, dir), []byte(`"key"`)) {
		t.Error("the plain key is still in the file")
	}
	if err := Memory().ChangePassphrase(nil); err == nil {
		t.Error("a keyring in memory has changed its file")
	}
}

// TestAFailedChangeKeepsTheFile takes the folder's permission away.
func TestAFailedChangeKeepsTheFile(t *testing.T) {
	cheap(t)
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	k, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	moved := dir + ".moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	if err := k.ChangePassphrase([]byte("words")); err == nil {
		t.Error("changed a file that is not there")
	}
	if _, err := Open(moved, Options{}); err != nil {
		t.Error(err)
	}
	expectOneFile(t, moved)
}

// BenchmarkOpenPassphrase is what a passphrase adds to a start.
func BenchmarkOpenPassphrase(b *testing.B) {
	dir := b.TempDir()
	opts := Options{Passphrase: []byte("words")}
	if _, err := Create(dir, opts); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Open(dir, opts); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzOpenFile(f *testing.F) {
	f.Add([]byte(`{"format":1,"rootKey":{"wrap":"none","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}`))
	f.Add([]byte(`{"format":1,"rootKey":{"wrap":"passphrase","salt":"MDEy"}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		env, err := parse("path", content)
		if err != nil {
			return
		}
		root, err := plain{}.unwrap(env)
		if (err == nil) != (root != rootKey{}) && !bytes.Equal(env.Key, make([]byte, keySize)) {
			t.Errorf("unwrapped %v", err)
		}
	})
}

func FuzzOpenSealed(f *testing.F) {
	k := Memory()
	f.Add(k.Seal("p", []byte("plaintext"), nil), []byte(nil))
	f.Fuzz(func(t *testing.T, sealed, aad []byte) {
		fresh := newKeyring(rootKey{1}, "") // never the key of the corpus
		if _, err := fresh.Open("p", sealed, aad); err != ErrSealed {
			t.Errorf("opened: %v", err)
		}
	})
}
