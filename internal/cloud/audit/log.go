// Package audit keeps the record of every call: what CloudTrail's LookupEvents
// and trails read, and what explains a decision afterwards.
//
// Open a Log on a folder, or use Memory for one that lives with the process.
// Append writes a record before it returns, so a record survives the death of
// the process; Sync makes it survive the death of the machine and is for calls
// that changed something. Events and Find read, newest first.
//
// The log is a chain of lines in append-only files. Each line carries the
// SHA-256 of the line before it and of its own content, so that Verify finds
// any line that was changed, removed, inserted or moved. The chain has no key:
// who can write the files can make up a whole new chain, or cut lines off the
// end. Against that, keep a Head elsewhere (a signed digest, say) and give it
// to Verify.
//
// Reset begins a new epoch: lookups show nothing of what was before, while the
// files and the chain stay. The log never rewrites or deletes what it holds.
package audit

import (
	"errors"
	"iter"
	"strconv"
	"sync"
	"time"
)

// ErrClosed is the answer of a log after Close.
var ErrClosed = errors.New("audit log is closed")

// Options say how a log is kept. The zero value is good.
type Options struct {
	Now func() time.Time // time.Now when nil
	// MaxFile is the size after which a new file is begun, 64 MiB when zero.
	MaxFile int64
	// SyncEvery is how long a record that nobody syncs may wait, 1 s when zero.
	SyncEvery time.Duration

	fs fileSystem
}

func (o *Options) setDefaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxFile == 0 {
		o.MaxFile = 64 << 20
	}
	if o.SyncEvery == 0 {
		o.SyncEvery = time.Second
	}
	if o.fs == nil {
		o.fs = osFS{}
	}
}

// Log is an append-only, hash-chained log. It may be used by several
// goroutines at once, but its folder by one process only.
type Log struct {
	opts    Options
	journal journal

	// syncing is held while the journal syncs or changes files, so that
	// neither pulls the file from under the other. It is taken before mu.
	syncing sync.Mutex

	mu      sync.Mutex // guards what follows, and the journal's end
	head    Head
	synced  uint64 // the newest record that is on disk
	failed  error  // set once the log cannot go on
	next    *round // collects callers of Sync until the next one starts
	flusher bool   // a goroutine serves rounds
	timer   *time.Timer
	armed   bool // the timer runs
}

// Head is the end of the chain at some moment: the number of the newest record
// and the place of the last line. Whoever keeps one can prove later that
// nothing up to there has changed.
type Head struct {
	Seq   uint64
	Chain Chain
}

// journal is where lines are kept. Its methods except for view are called with
// Log.mu held; sync and begin also with Log.syncing held, sync without mu.
type journal interface {
	// write appends a line or, if it fails, leaves everything as it was.
	write(seq uint64, line []byte) error
	// full reports whether a line of this length belongs into a new file.
	full(length int) bool
	// begin starts a new file; line makes its first line.
	begin(line func(h header) []byte, reset bool) error
	// sync makes durable what was written. durable says if that means anything.
	sync() error
	durable() bool
	view() view
	close() error
}

// view is the content of a journal at one moment.
type view interface {
	// newestFirst gives the lines of the epoch, headers among them. It may
	// leave out lines that were written before a time.
	newestFirst(since time.Time) iter.Seq2[[]byte, error]
	// oldestFirst gives the lines of the epoch that are behind a position,
	// and maybe some before it.
	oldestFirst(p Position) iter.Seq2[placed, error]
}

// Memory makes a log that keeps the newest max records in memory.
func Memory(max int) *Log {
	l := &Log{journal: newMemory(max)}
	l.opts.setDefaults()
	return l
}

// lines holds buffers for one line each.
var lines = sync.Pool{New: func() any { return new(make([]byte, 0, 2<<10)) }}

// maxPooled keeps a rare huge line from occupying memory for good.
const maxPooled = 64 << 10

// Append writes a record. When it returns nil, the record is with the
// operating system; when it returns an error, the log is as it was before.
func (l *Log) Append(r *Record) error {
	buf := lines.Get().(*[]byte)
	b := appendBody(newLine(*buf), r)
	err := l.appendLine(&b)
	if cap(b) <= maxPooled {
		*buf = b
		lines.Put(buf)
	}
	return err
}

// appendBody appends the content of a record's line up to its number, which is
// known only under the lock.
func appendBody(b []byte, r *Record) []byte {
	b = append(b, `"event":`...)
	b = appendEvent(b, r)
	if len(r.Explanation) > 0 && len(r.Explanation) <= maxParameters {
		b = append(b, `,"explanation":`...)
		b = appendRaw(b, r.Explanation)
	}
	return append(b, `,"seq":`...)
}

func (l *Log) appendLine(line *[]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.failed == nil && l.journal.full(len(*line)+maxEnding) {
		l.mu.Unlock()
		err := l.nextFile(len(*line) + maxEnding)
		l.mu.Lock()
		if err != nil {
			return err
		}
	}
	if l.failed != nil {
		return l.failed
	}
	seq := l.head.Seq + 1
	b := strconv.AppendUint(*line, seq, 10)
	b = append(b, '}', '\n')
	*line = b
	chain := seal(b, &l.head.Chain)
	if err := l.journal.write(seq, b); err != nil {
		return l.fail(err)
	}
	l.head = Head{seq, chain}
	l.arm()
	return nil
}

// maxEnding is the longest end of a line: its number, brace and newline.
const maxEnding = 22

// Head gives the end of the chain.
func (l *Log) Head() Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head
}

// Reset begins a new epoch with r, the record of the call that asked for it,
// as its first record. Records from before stay in the files and in the chain
// and are no longer found by Events and Find.
func (l *Log) Reset(r *Record) error {
	l.syncing.Lock()
	l.mu.Lock()
	err := l.begin(true)
	l.mu.Unlock()
	l.syncing.Unlock()
	if err != nil {
		return err
	}
	return l.Append(r)
}

// nextFile begins a new file if a line still needs one.
func (l *Log) nextFile(length int) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.journal.full(length) {
		return nil // another goroutine was faster
	}
	return l.begin(false)
}

// begin starts a new file. Both locks are held.
func (l *Log) begin(reset bool) error {
	if l.failed != nil {
		return l.failed
	}
	chain := l.head.Chain
	err := l.journal.begin(func(h header) []byte {
		h.First, h.Previous, h.Created = l.head.Seq+1, l.head.Chain, l.opts.Now()
		line := h.line()
		chain = seal(line, &l.head.Chain)
		return line
	}, reset)
	if err != nil {
		return l.fail(err)
	}
	l.head.Chain = chain
	l.synced = l.head.Seq // a file is synced before the next one begins
	return nil
}

// Close syncs and closes the log.
func (l *Log) Close() error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.failed, ErrClosed) {
		return nil
	}
	if l.timer != nil {
		l.timer.Stop()
	}
	err := l.failed
	if err == nil {
		err = l.journal.sync()
	}
	if err == nil {
		l.synced = l.head.Seq
	}
	l.failed = ErrClosed
	return errors.Join(err, l.journal.close())
}
