package crypt

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An item is one message to be written or read.
type item struct {
	from   string // a file, or Stream
	to     string // a file, or Stream
	stream bool   // from is no regular file: its size is not known
	size   int64
	perm   fs.FileMode // of the file that is made
}

// String is what the item is called in messages.
func (i item) String() string {
	if i.from == Stream {
		return "stdin"
	}
	return i.from
}

// suffixes are what an output in a folder is called by, if nothing else is said.
var suffixes = map[Mode]string{Encrypt: ".encrypted", Decrypt: ".decrypted", DecryptUnsigned: ".decrypted"}

// newFile are the permissions of a file that has no model.
const newFile fs.FileMode = 0o666

// plan lists what is to be done, before anything is written, so that outputs
// never are inputs.
func (j *Job) plan() ([]item, error) {
	if j.Input == Stream {
		return []item{{from: Stream, to: j.Output, stream: true, perm: newFile}}, nil
	}
	inputs, err := expand(j.Input)
	if err != nil {
		return nil, err
	}
	toFolder := j.Output != Stream && isDir(j.Output)
	if len(inputs) > 1 && !toFolder {
		return nil, fmt.Errorf("%s names %d inputs: output %s must be a folder that exists", j.Input, len(inputs), j.Output)
	}
	var items []item
	for _, input := range inputs {
		more, err := j.planInput(input, toFolder)
		if err != nil {
			return nil, err
		}
		items = append(items, more...)
	}
	return j.apart(items)
}

// expand gives the files that a pattern names. A file whose name looks like a
// pattern is meant itself.
func expand(pattern string) ([]string, error) {
	if _, err := os.Lstat(pattern); err == nil {
		return []string{pattern}, nil
	}
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("input %s: %w", pattern, fs.ErrNotExist)
	}
	return names, nil
}

func (j *Job) planInput(input string, toFolder bool) ([]item, error) {
	info, err := os.Stat(input)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		it := itemOf(input, j.Output, info)
		if toFolder {
			it.to = j.inFolder(j.Output, filepath.Base(input))
		}
		return []item{it}, nil
	case !toFolder:
		return nil, fmt.Errorf("input %s is a folder: output %s must be one that exists", input, j.Output)
	case !j.Recursive:
		j.warn("%s is a folder, skipped: see --recursive", input)
		return nil, nil
	case realPath(input) == realPath(j.Output):
		return nil, fmt.Errorf("%s is input and output", j.Output)
	}
	return j.planFolder(input)
}

// planFolder lists the regular files below a folder. It follows links to files,
// not to folders, which could lead back.
func (j *Job) planFolder(folder string) ([]item, error) {
	root := folder + string(filepath.Separator) // also a link that was named is followed
	output := realPath(j.Output)
	var items []item
	return items, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && realPath(path) == output {
				j.warn("%s is the output, skipped", path)
				return filepath.SkipDir
			}
			return nil
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			j.warn("%s is no regular file, skipped", path)
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		items = append(items, itemOf(path, j.inFolder(j.Output, rel), info))
		return nil
	})
}

func itemOf(from, to string, info fs.FileInfo) item {
	it := item{from: from, to: to, stream: !info.Mode().IsRegular(), perm: newFile}
	if !it.stream {
		it.size = info.Size()
		it.perm = info.Mode().Perm() & newFile
	}
	return it
}

// inFolder is the name of an output in a folder.
func (j *Job) inFolder(folder, name string) string {
	suffix := suffixes[j.Mode]
	if j.Suffix != nil {
		suffix = *j.Suffix
	}
	return filepath.Join(folder, name) + suffix
}

// apart refuses two inputs for one output, of which one would be lost, and
// outputs that are inputs themselves. An input that would be its own output is
// left out.
func (j *Job) apart(items []item) ([]item, error) {
	inputs := map[string]bool{}
	for _, it := range items {
		inputs[realPath(it.from)] = true
		if err := j.apartFromStdout(it); err != nil {
			return nil, err
		}
		if err := j.apartFromMetadata(it); err != nil {
			return nil, err
		}
	}
	from := map[string]string{}
	kept := items[:0]
	for _, it := range items {
		to := realPath(it.to)
		switch other, twice := from[to]; {
		case it.to == Stream:
		case to == realPath(it.from):
			j.warn("%s is input and output, skipped", it.from)
			continue
		case twice:
			return nil, fmt.Errorf("%s and %s would both be written to %s", other, it.from, it.to)
		case inputs[to]:
			return nil, fmt.Errorf("%s is an input, and the output of %s", it.to, it.from)
		}
		from[to] = it.from
		kept = append(kept, it)
	}
	return kept, nil
}
