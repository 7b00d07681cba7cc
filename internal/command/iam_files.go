package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fortlet/fortlet/internal/inspect/diff"
	"github.com/fortlet/fortlet/internal/inspect/equivalence"
	"github.com/fortlet/fortlet/internal/inspect/report"
	"github.com/fortlet/fortlet/internal/inspect/snapshot"
)

// iamFiles are the files that fortlet iam init writes.
type iamFiles struct {
	reference  *diff.Reference
	dictionary *equivalence.Dictionary
}

// readIAMFiles reads them from the working directory.
func readIAMFiles(compat bool) (*iamFiles, error) {
	reference, err1 := os.ReadFile(diff.ReferenceFile)
	dictionary, err2 := os.ReadFile(equivalence.File)
	if err := errors.Join(err1, err2); errors.Is(err, fs.ErrNotExist) {
		return nil, uninitialized{compat}
	} else if err != nil {
		return nil, err
	}
	f := new(iamFiles)
	var err error
	if f.reference, err = diff.ReadReference(reference); err != nil {
		return nil, hinted{fmt.Errorf("%s: %w", diff.ReferenceFile, err), "fortlet iam init --force writes both files anew"}
	}
	if f.dictionary, err = equivalence.Parse(dictionary); err != nil {
		return nil, fmt.Errorf("%s: %w", equivalence.File, err)
	}
	return f, nil
}

// uninitialized says that the files are not there, in IAMCTL's words.
type uninitialized struct{ compat bool }

func (u uninitialized) Error() string {
	if u.compat {
		return `Please initialize using "iamctl init"`
	}
	return `Please initialize using "fortlet iam init"`
}

// outputFolder is where CSV files go: the given folder, or else IAMCTL's, which
// it makes. A second in which another run has made one is passed over, so that
// no two runs write to the same.
func outputFolder(given string, now time.Time) (string, error) {
	if given != "" {
		return filepath.Clean(given), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", hinted{err, "name a folder with --output"}
	}
	for {
		folder := report.DefaultFolder(home, now)
		if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
			return "", hinted{err, "name a folder with --output"}
		}
		if err := os.Mkdir(folder, 0o755); !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
		now = now.Add(time.Second)
	}
}

// saveBaseline keeps a snapshot. It says who may do what, which is not for
// everybody to read.
func saveBaseline(file string, account *snapshot.Account) error {
	return report.WriteFile(file, 0o600, func(w io.Writer) error { return account.Save(w) })
}

func loadBaseline(file string) (*snapshot.Account, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, hinted{err, "fortlet iam harvest --save-baseline makes a baseline"}
	}
	defer f.Close()
	account, err := snapshot.Load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return account, nil
}
