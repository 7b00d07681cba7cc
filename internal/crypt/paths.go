package crypt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// checkPaths refuses inputs, outputs and metadata files that do not go
// together, before anything is done.
func (j *Job) checkPaths() error {
	if j.Input == "" || j.Output == "" {
		return errors.New("input and output have no empty names")
	}
	if j.Output != Stream && !isDir(j.Output) && !isDir(filepath.Dir(realPath(j.Output))) {
		return fmt.Errorf("output %s: its folder does not exist", j.Output)
	}
	if j.Input == Stream && j.Output != Stream && isDir(j.Output) {
		return fmt.Errorf("output %s is a folder: what comes from stdin has no name in it", j.Output)
	}
	if j.Input != Stream && j.Output != Stream && realPath(j.Input) == realPath(j.Output) {
		return fmt.Errorf("%s is input and output", j.Output)
	}
	if j.Input == Stream && j.Existing == AskExisting && isFile(j.Output) {
		return errors.New("stdin is the input and cannot answer whether to replace " + j.Output)
	}
	return j.checkMetadataPath()
}

func (j *Job) checkMetadataPath() error {
	if j.Metadata == "" {
		return nil
	}
	if j.Metadata == Stream {
		if j.Output == Stream {
			return errors.New("stdout cannot be output and metadata output")
		}
		return nil
	}
	file := realPath(j.Metadata)
	if isDir(file) {
		return fmt.Errorf("metadata output %s is a folder", j.Metadata)
	}
	for _, side := range []string{j.Input, j.Output} {
		switch {
		case side == Stream:
		case file == realPath(side):
			return fmt.Errorf("metadata output %s is input or output", j.Metadata)
		case isDir(side) && within(file, realPath(side)):
			return fmt.Errorf("metadata output %s is in the folder %s", j.Metadata, side)
		}
	}
	return nil
}

// apartFromStdout refuses an input that stdout is appended to: it would have its
// own message behind it.
func (j *Job) apartFromStdout(it item) error {
	f, ok := j.Stdout.(*os.File)
	if !ok || it.stream || it.to != Stream && j.Metadata != Stream {
		return nil
	}
	out, err := f.Stat()
	if err != nil || !out.Mode().IsRegular() {
		return nil
	}
	if in, err := os.Stat(it.from); err == nil && os.SameFile(in, out) {
		return fmt.Errorf("input %s is stdout", it.from)
	}
	return nil
}

// apartFromMetadata refuses a file that the lines of metadata would be written
// into, by whatever name it goes: a pattern or a link may lead to it.
func (j *Job) apartFromMetadata(it item) error {
	if j.Metadata == "" || j.Metadata == Stream {
		return nil
	}
	for _, side := range []string{it.from, it.to} {
		if side != Stream && (realPath(side) == realPath(j.Metadata) || sameFile(side, j.Metadata)) {
			return fmt.Errorf("metadata output %s is input or output: %s", j.Metadata, side)
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// realPath is a path without symbolic links, of a file that need not exist.
func realPath(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if link, err := os.Readlink(path); err == nil { // to what does not exist yet
		if !filepath.IsAbs(link) {
			link = filepath.Join(filepath.Dir(path), link)
		}
		path = link
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(folder, filepath.Base(path))
	}
	return path
}

// within reports whether a path is a folder or in it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
