package leastprivilege

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// Files is a Source: one log file, or all that are in a folder and below it.
type Files struct {
	Path string

	count logCount
}

// Records implements Source.
func (f *Files) Records(ctx context.Context, q Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		f.count = logCount{}
		err := filepath.WalkDir(f.Path, func(path string, d fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || d.IsDir() {
				return err
			}
			if !f.wants(path, &q) {
				return nil
			}
			return readLog(path, &q, func(r *Record) bool { return yield(r, nil) })
		})
		if err != nil && err != fs.SkipAll {
			yield(nil, err)
		}
	}
}

// wants takes a file that was named by itself whatever its name is.
func (f *Files) wants(path string, q *Query) bool {
	if path == f.Path {
		f.count.read++
		return true
	}
	below, err := filepath.Rel(f.Path, path)
	return err == nil && f.count.wants(filepath.ToSlash(below), q)
}

func readLog(path string, q *Query, yield func(*Record) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	more, err := decodeLog(path, f, q, yield)
	if err == nil && !more {
		return fs.SkipAll
	}
	return err
}

// About implements Source.
func (f *Files) About() []string { return f.count.about(f.Path) }

var _ Source = (*Files)(nil)
