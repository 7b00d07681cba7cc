package main

import (
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// botocoreVersion is the one release of botocore whose models we generate from.
const botocoreVersion = "1.43.11"

// openFolder opens the data folder of an unpacked botocore.
func openFolder(dir string) (fs.FS, error) {
	if err := checkVersion(os.DirFS(filepath.Dir(filepath.Clean(dir))), "__init__.py"); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return os.DirFS(dir), nil
}

// openWheel opens the data folder within a botocore wheel, which is a zip
// archive. It stays open until the program ends.
func openWheel(file string) (fs.FS, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(z, "botocore/__init__.py"); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return fs.Sub(z, "botocore/data")
}

// checkVersion refuses every botocore but the pinned one: a model of another
// release would change the API without a change in this tree.
func checkVersion(fsys fs.FS, initFile string) error {
	text, err := fs.ReadFile(fsys, initFile)
	if err != nil {
		return fmt.Errorf("not a botocore: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "__version__ = "); ok {
			if v = strings.Trim(v, `'"`); v != botocoreVersion {
				return fmt.Errorf("botocore %s, want %s", v, botocoreVersion)
			}
			return nil
		}
	}
	return errors.New("not a botocore: no version in " + initFile)
}

// readJSON reads a file that may be there as it is or with .gz after its name.
func readJSON(fsys fs.FS, name string) ([]byte, error) {
	text, err := fs.ReadFile(fsys, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return text, err
	}
	f, err := fsys.Open(name + ".gz")
	if err != nil {
		return nil, fmt.Errorf("%s, with or without .gz: %w", path.Base(name), err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
