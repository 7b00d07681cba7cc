package keyring

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is the name of the keyring in its folder.
const FileName = "keyring.json"

// fileFormat is the version of the file that this package writes and the
// newest that it reads.
const fileFormat = 1

// maxFile is the largest file that is read. A keyring has a few hundred bytes.
const maxFile = 64 << 10

// file is the content of keyring.json.
type file struct {
	Format  int      `json:"format"`
	RootKey envelope `json:"rootKey"`
}

// tempPattern names files that are being written.
const tempPattern = ".keyring-*.tmp"

// removeTemps removes what a crash has left of them. Each may hold a key that
// nobody watches anymore.
func removeTemps(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if temp, _ := filepath.Match(tempPattern, e.Name()); temp {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeTemp puts the root key into a file of its own in dir, complete and on
// disk, and returns its path.
func writeTemp(dir string, env *envelope) (path string, err error) {
	f, err := os.CreateTemp(dir, tempPattern) // mode 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	content, err := json.MarshalIndent(file{fileFormat, *env}, "", "  ")
	if err != nil {
		return "", err
	}
	if _, err = f.Write(append(content, '\n')); err != nil {
		return "", err
	}
	if err = f.Sync(); err != nil {
		return "", err
	}
	return f.Name(), f.Close()
}

// create writes the keyring of dir and refuses to replace one: a link, unlike
// a rename, fails when its target exists.
func create(dir string, env *envelope) error {
	temp, err := writeTemp(dir, env)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, filepath.Join(dir, FileName)); err != nil {
		return err
	}
	return syncDir(dir)
}

// replace writes the keyring of dir in place of the one that is there. A crash
// leaves the one or the other.
func replace(dir string, env *envelope) error {
	temp, err := writeTemp(dir, env)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, FileName)); err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// read reads and checks the file at path.
func read(path string) (*envelope, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The opened file is asked, not the path, so that nothing can be put in
	// its place between the check and the reading.
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkMode(path, info.Mode()); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, &FileError{path, ErrMalformed, "it is too large"}
	}
	return parse(path, content)
}

func checkMode(path string, mode fs.FileMode) error {
	if !mode.IsRegular() {
		return &FileError{path, ErrMalformed, "it is no regular file"}
	}
	if mode.Perm()&0o077 != 0 {
		return &FileError{path, ErrPermissions, fmt.Sprintf("its mode is %04o, want 0600", mode.Perm())}
	}
	return nil
}

func parse(path string, content []byte) (*envelope, error) {
	var version struct{ Format int }
	if err := json.Unmarshal(content, &version); err != nil {
		// The error of the decoder can quote the file, and the file is a key.
		return nil, &FileError{path, ErrMalformed, "it is no JSON"}
	}
	if version.Format > fileFormat {
		return nil, &FileError{path, ErrNewer, fmt.Sprintf("its format is %d, the newest known here is %d", version.Format, fileFormat)}
	}
	var whole file
	if err := json.Unmarshal(content, &whole); err != nil || whole.Format != fileFormat {
		return nil, &FileError{path, ErrMalformed, "it does not hold what its format says"}
	}
	return &whole.RootKey, nil
}
