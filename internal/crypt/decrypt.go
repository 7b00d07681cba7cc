package crypt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/fortlet/fortlet/esdk"
)

// decrypt reads a message. It reports false if that was refused for its
// encryption context.
func (j *Job) decrypt(ctx context.Context, it item, src io.Reader) (ok bool, err error) {
	defer j.current.discard()
	hidden := j.hides(it)
	r, err := esdk.NewReader(ctx, src, j.Manager, j.decryptOptions(hidden))
	if err != nil {
		return false, err
	}
	line := j.line(it, r.Header())
	if keys, pairs := j.missing(r.Header().Context); len(keys)+len(pairs) > 0 {
		return false, j.metadata.write(refusal(line, keys, pairs))
	}
	dst, finish, err := j.openResult(it)
	if err != nil {
		return false, err
	}
	if hidden && !j.current.hidden() { // or it would show what is not verified
		return false, fmt.Errorf("output %s was a file, and is a pipe or device by now", it.to)
	}
	if err := j.copyContent(dst, r); err != nil {
		return false, err
	}
	if err := finish(); err != nil {
		return false, err
	}
	return true, j.settle(it, line)
}

// hides reports whether nobody sees an item's output before it is complete: it
// is in a file that has no name yet, or in memory.
func (j *Job) hides(it item) bool {
	return j.Buffer || it.to != Stream && (isFile(it.to) || !exists(it.to))
}

// decryptOptions has signed content released where nobody sees it before it is
// verified.
func (j *Job) decryptOptions(hidden bool) *esdk.DecryptOptions {
	o := &esdk.DecryptOptions{
		Commitment:           j.Commitment,
		MaxEncryptedDataKeys: j.MaxEncryptedDataKeys,
		MaxFrameLength:       j.MaxLength,
	}
	if j.MaxLength > defaultHold {
		o.HoldLimit = int64(j.MaxLength)
	}
	if j.Buffer {
		o.HoldLimit = math.MaxInt64
	}
	switch {
	case j.Mode == DecryptUnsigned:
		o.Signed = esdk.RefuseSigned
	case hidden || j.ReleaseUnverified:
		o.Signed = esdk.ReleaseUnverified
	}
	return o
}

// defaultHold is how much the library holds in memory if nothing else is said.
const defaultHold = 64 << 20

// copyContent copies the content, all of which is authentic if there is no
// error. Content without frames has to have the length that a frame may have.
func (j *Job) copyContent(dst io.Writer, r *esdk.Reader) error {
	if j.MaxLength == 0 || r.Header().FrameLength > 0 {
		_, err := io.Copy(dst, r)
		return err
	}
	n, err := io.Copy(dst, io.LimitReader(r, int64(j.MaxLength)+1))
	if err == nil && n > int64(j.MaxLength) {
		err = esdk.ErrFrameTooLong
	}
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// missing is what the message's context has not of what is required.
func (j *Job) missing(have esdk.Context) (keys []string, pairs [][2]string) {
	keys, pairs = []string{}, [][2]string{}
	for _, key := range j.RequiredKeys {
		if _, ok := have[key]; !ok {
			keys = append(keys, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(j.Context)) {
		if value, ok := have[key]; !ok || value != j.Context[key] {
			pairs = append(pairs, [2]string{key, j.Context[key]})
		}
	}
	return keys, pairs
}
