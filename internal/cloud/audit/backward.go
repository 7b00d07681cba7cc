package audit

import (
	"bytes"
	"io"
	"iter"
)

// chunk is how much is read at once when reading backward.
const chunk = 128 << 10

// backward goes through the complete lines of the first size bytes of r, last
// line first, without their newlines. A line is valid until the next one.
func backward(r io.ReaderAt, size int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var buf []byte // what was read and not yet given, from offset size on
		for {
			i := bytes.LastIndexByte(trimNewline(buf), '\n')
			if i < 0 && size > 0 {
				var err error
				if buf, size, err = prepend(r, buf, size); err != nil {
					yield(nil, err)
					return
				}
				continue
			}
			if len(buf) == 0 || !yield(trimNewline(buf[i+1:]), nil) {
				return
			}
			buf = buf[:i+1]
		}
	}
}

func trimNewline(b []byte) []byte { return bytes.TrimSuffix(b, []byte{'\n'}) }

// prepend reads what is in front of buf. The parts double with the length of a
// line that spans them, so that long lines are not copied over and over.
func prepend(r io.ReaderAt, buf []byte, offset int64) ([]byte, int64, error) {
	n := min(max(chunk, int64(len(buf))), offset)
	b := make([]byte, n+int64(len(buf)))
	if _, err := r.ReadAt(b[:n], offset-n); err != nil {
		return nil, 0, err
	}
	copy(b[n:], buf)
	return b, offset - n, nil
}
