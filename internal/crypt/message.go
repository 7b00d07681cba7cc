package crypt

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os"

	"github.com/fortlet/fortlet/esdk"
)

// one does an item. It reports false if the message was refused for its
// encryption context.
func (j *Job) one(ctx context.Context, it item) (ok bool, err error) {
	if ok, err := j.mayWrite(it); err != nil || !ok {
		j.progress.Bytes += it.size
		return true, err
	}
	src, closer, err := j.openInput(ctx, it)
	if err != nil {
		return false, err
	}
	defer closer.Close()
	if j.Mode == Encrypt {
		return true, j.encrypt(ctx, it, src)
	}
	return j.decrypt(ctx, it, src)
}

// mayWrite asks, where it has to, whether what is there may be replaced.
func (j *Job) mayWrite(it item) (bool, error) {
	if it.to == Stream || !isFile(it.to) {
		return true, nil
	}
	switch j.Existing {
	case KeepExisting:
		j.warn("%s exists, skipped", it.to)
		return false, nil
	case AskExisting:
		ok, err := j.Ask(it.to)
		if err == nil && !ok {
			j.warn("%s exists, skipped", it.to)
		}
		return ok, err
	}
	return true, nil
}

// openInput opens an item's input, with what has to be taken off it.
func (j *Job) openInput(ctx context.Context, it item) (io.Reader, io.Closer, error) {
	in := &input{ctx: ctx, r: j.Stdin, read: func(n int) {
		j.progress.Bytes += int64(n)
		j.tell()
	}}
	closer := io.NopCloser(nil)
	if it.from != Stream {
		f, err := os.Open(it.from)
		if err != nil {
			return nil, nil, err
		}
		in.r, closer = f, f
	}
	var src io.Reader = in
	if j.Decode {
		src = base64.NewDecoder(base64.StdEncoding, &noSpace{bufio.NewReaderSize(in, bufferSize)})
	}
	return src, closer, nil
}

// openResult opens where an item goes. close ends the encoding.
func (j *Job) openResult(it item) (w io.Writer, close func() error, err error) {
	out, err := j.openOutput(it)
	if err != nil {
		return nil, nil, err
	}
	if err := j.current.hold(out); err != nil {
		return nil, nil, err
	}
	if !j.Encode {
		return out, out.finish, nil
	}
	e := base64.NewEncoder(base64.StdEncoding, out)
	return e, func() error { return errors.Join(e.Close(), out.finish()) }, nil
}

// encrypt writes a message of an input.
func (j *Job) encrypt(ctx context.Context, it item, src io.Reader) error {
	defer j.current.discard()
	dst, finish, err := j.openResult(it)
	if err != nil {
		return err
	}
	o := &esdk.EncryptOptions{
		Context:              j.Context,
		Suite:                j.Suite,
		Commitment:           j.Commitment,
		FrameLength:          j.FrameLength,
		MaxEncryptedDataKeys: j.MaxEncryptedDataKeys,
		PlaintextLength:      -1,
	}
	if !j.Decode && !it.stream {
		o.PlaintextLength = it.size // caching counts it
	}
	w, err := esdk.NewWriter(ctx, dst, j.Manager, o)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, src); err != nil {
		return err
	}
	if err := errors.Join(w.Close(), finish()); err != nil {
		return err
	}
	return j.settle(it, j.line(it, w.Header()))
}

// settle tells of a message that is complete, and lets it be seen.
func (j *Job) settle(it item, line map[string]any) error {
	if err := j.metadata.write(line); err != nil {
		return err
	}
	replaces := j.Existing == ReplaceExisting && it.to != Stream && isFile(it.to)
	if err := j.current.commit(); err != nil {
		return err
	}
	if replaces {
		j.warn("%s was replaced", it.to)
	}
	if j.Done != nil {
		j.Done(it.String(), it.to)
	}
	return nil
}
