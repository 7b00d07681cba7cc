package command

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// fileKind is a kind of file that is put in the place of an older one.
type fileKind struct {
	what string
	mark string // stands near the beginning of every one
}

var (
	baselineFile = fileKind{"baseline", "fortlet-iam-snapshot"}
	htmlFile     = fileKind{"HTML page", "<!doctype html>"}
)

// check refuses to put a file in the place of one of another kind, which a
// mistyped option would destroy. What is no regular file is refused, too: a
// device would be gone.
func (k fileKind) check(file string) error {
	if file == "" {
		return nil
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", file)
	}
	head, err := firstBytes(file, 512)
	if err != nil {
		return err
	}
	if len(head) > 0 && !bytes.Contains(head, []byte(k.mark)) {
		return hinted{fmt.Errorf("%s is there already and is no %s", file, k.what), "name another file"}
	}
	return nil
}

func firstBytes(file string, n int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}
