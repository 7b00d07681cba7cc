package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
)

// ErrNewer is a log that a newer version of the program wrote.
var ErrNewer = errors.New("audit log was written by a newer version")

// Open opens the log in dir, or begins one. A last line that a crash cut short
// is removed, and a record says so: it can only be one whose Append has not
// returned. Everything else that is wrong with the end of the log is an error.
func Open(dir string, opts Options) (*Log, error) {
	opts.setDefaults()
	d := &disk{fs: opts.fs, dir: dir, max: opts.MaxFile}
	l := &Log{opts: opts, journal: d}
	if err := l.open(d); err != nil {
		if d.file != nil {
			d.file.Close()
		}
		return nil, err
	}
	return l, nil
}

func (l *Log) open(d *disk) error {
	if err := d.fs.mkdir(d.dir); err != nil {
		return err
	}
	if err := removeTemps(d.fs, d.dir); err != nil {
		return err
	}
	numbers, err := fileNumbers(d.fs, d.dir)
	if err != nil {
		return err
	}
	if len(numbers) == 0 {
		return l.begin(false)
	}
	return l.resume(d, numbers[len(numbers)-1])
}

// resume continues the chain at the end of the newest file.
func (l *Log) resume(d *disk, number int) (err error) {
	name := fileName(number)
	if d.file, err = d.fs.open(filepath.Join(d.dir, name)); err != nil {
		return err
	}
	end, err := size(d.file)
	if err != nil {
		return err
	}
	tail, err := tornTail(d.file, end)
	if err != nil {
		return err
	}
	h, length, err := readHeader(d.file, name, end-tail)
	if err != nil {
		return err
	}
	d.number, d.epoch, d.start, d.size = number, h.Epoch, length, end-tail
	if l.head, err = readHead(d.file, name, d.size); err != nil {
		return err
	}
	l.synced = l.head.Seq
	if tail == 0 {
		return nil
	}
	if err := d.repair(); err != nil {
		return err
	}
	return l.Append(l.recovered(name, tail))
}

// recovered is the record of a cut.
func (l *Log) recovered(name string, cut int64) *Record {
	details, err := json.Marshal(struct {
		File     string `json:"file"`
		BytesCut int64  `json:"bytesCut"`
	}{name, cut})
	if err != nil {
		panic(err) // a string and a number
	}
	return &Record{
		UserIdentity:        UserIdentity{Type: "AWSService", InvokedBy: "fortlet"},
		EventTime:           l.opts.Now(),
		EventSource:         "fortlet",
		EventName:           "AuditLogRecovered",
		EventType:           ServiceEvent,
		ManagementEvent:     true,
		ServiceEventDetails: details,
	}
}

// tornTail counts the bytes after the last newline: of a line that was being
// written when the machine stopped.
func tornTail(r io.ReaderAt, size int64) (int64, error) {
	var buf []byte
	for offset := size; offset > 0; {
		var err error
		if buf, offset, err = prepend(r, buf, offset); err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf, '\n'); i >= 0 {
			return int64(len(buf) - i - 1), nil
		}
	}
	return size, nil
}

// readHeader reads the first line of a file and gives its length.
func readHeader(r io.ReaderAt, name string, size int64) (h header, length int64, err error) {
	buf := make([]byte, min(size, 4<<10)) // a header has some 300 bytes
	if _, err := r.ReadAt(buf, 0); err != nil {
		return h, 0, err
	}
	line, _, _ := bytes.Cut(buf, []byte{'\n'})
	_, content, ok := open(line)
	if ok {
		h, ok = parseHeader(content)
	}
	switch {
	case !ok:
		return h, 0, &CorruptError{name, 1, "the first line is no header"}
	case h.Format > format:
		return h, 0, newer(name, h.Format)
	}
	return h, int64(len(line) + 1), nil
}

func newer(name string, found int) error {
	return fmt.Errorf("%s: %w: its format is %d, the newest known here is %d", name, ErrNewer, found, format)
}

// readHead reads the end of the chain from the last line, which is checked
// against the line before it. The whole chain is for Verify to check: it takes
// time with every byte that was ever logged.
func readHead(r io.ReaderAt, name string, size int64) (Head, error) {
	var last []byte
	for line, err := range backward(r, size) {
		if err != nil {
			return Head{}, err
		}
		if last == nil {
			last = bytes.Clone(line)
			continue
		}
		previous, _, ok := open(line)
		place, content, ok2 := open(last)
		seq, ok3 := parseSeq(content)
		if !ok || !ok2 || !ok3 || follow(previous, content) != place {
			return Head{}, &CorruptError{name, 0, "the last line does not continue the chain"}
		}
		return Head{seq, place}, nil
	}
	place, content, _ := open(last) // the header, which readHeader has checked
	h, _ := parseHeader(content)
	if follow(h.Previous, content) != place {
		return Head{}, &CorruptError{name, 1, "the header does not continue the chain"}
	}
	return Head{h.First - 1, place}, nil
}
