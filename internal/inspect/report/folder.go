// Package report writes what a comparison found: the summary for the screen,
// and the CSV files of IAMCTL. Files come whole or not at all.
package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// DefaultFolder is where IAMCTL puts its files: a folder below the home
// directory for each second.
func DefaultFolder(home string, at time.Time) string {
	return filepath.Join(home, "aws-idt", "output", at.Format("2006/01/02/15/04/05"))
}

// CheckTag refuses what cannot be part of a file's name.
func CheckTag(tag string) error {
	if tag == "" || strings.ContainsAny(tag, `/\`+"\x00") || strings.TrimSpace(tag) != tag {
		return fmt.Errorf("tag %q cannot be part of a file's name", tag)
	}
	return nil
}

// Write writes the files of a comparison to a folder, which it makes.
func Write(folder string, c *diff.Comparison, compat bool) error {
	return writeFiles(folder, files(c, compat))
}

// WriteHarvest writes the tuples file of one account.
func WriteHarvest(folder string, s diff.Side, account *snapshot.Account, reference *diff.Reference) (path string, err error) {
	f := tuplesFile(s, diff.Harvest(account, reference))
	return filepath.Join(folder, f.name), writeFiles(folder, []file{f})
}

// writeFiles writes files to a folder beside the place where they belong, and
// moves them when all of them are there.
func writeFiles(folder string, list []file) (err error) {
	if err := checkNames(list); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	unfinished, err := os.MkdirTemp(folder, ".unfinished-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(unfinished)) }()
	for _, f := range list {
		if err := f.write(filepath.Join(unfinished, f.name)); err != nil {
			return err
		}
	}
	for _, f := range list {
		if err := os.Rename(filepath.Join(unfinished, f.name), filepath.Join(folder, f.name)); err != nil {
			return err
		}
	}
	return nil
}

// checkNames refuses tags that make two files of one name, as "common" does.
func checkNames(list []file) error {
	seen := make(map[string]bool)
	for _, f := range list {
		if seen[f.name] {
			return fmt.Errorf("with these tags two files would be %s", f.name)
		}
		seen[f.name] = true
	}
	return nil
}

func (f *file) write(path string) (err error) {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return f.encode(w)
}

func (f *file) encode(w io.Writer) error {
	out := newCSVWriter(w)
	out.write(f.columns...)
	f.rows(out.write)
	return out.flush()
}

// WriteFile writes a file whole: whoever reads it sees the old one or the new
// one.
func WriteFile(path string, perm os.FileMode, write func(io.Writer) error) (err error) {
	w, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(w.Name())
		}
	}()
	if err := errors.Join(write(w), w.Chmod(perm), w.Close()); err != nil {
		return err
	}
	return os.Rename(w.Name(), path)
}
