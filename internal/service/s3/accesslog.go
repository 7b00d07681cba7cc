package s3

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/fortlet/fortlet/internal/cloud"
	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/cloud/work"
)

// accessLogs are the server access logs: a line for each request to a bucket that
// has logging on, delivered every few minutes to the bucket that its
// configuration names.
//
// Lines wait in memory, and in the store from the next run of the job until they
// are delivered; an orderly stop puts them there, too. A crash loses the lines
// of the last minutes. What the target bucket does not take waits, up to a limit.
// All that is what AWS promises: server access logs are delivered on a best-effort
// basis. Who needs a complete record has CloudTrail.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
type accessLogs struct {
	service *Service
	wake    func() // has the job run

	mu      sync.Mutex         // guards what follows
	watched map[string]*Bucket // by name, those that have logging on
	lines   map[logPart][]byte // that wait
	size    int                // of lines
	lost    int                // lines for which there was no room
}

// logPart is what may go into one log file: lines of a bucket, of one day. Where
// the configuration wants files by the time of events, a file is of one day.
type logPart struct {
	bucket, id string // the name and the id of the bucket
	day        string // 2006-01-02
}

const (
	accessLogJob      = "s3.accesslog"
	accessLogInterval = 5 * time.Minute
	// maxLines bounds the lines in memory. The job is woken when half of that is
	// there, so that only a store which takes none lets it fill.
	maxLines = 8 << 20
)

// newAccessLogs begins to watch if there is a bucket that has logging on.
func newAccessLogs(s *Service, jobs *work.Scheduler) (*accessLogs, error) {
	l := &accessLogs{
		service: s,
		wake:    func() { jobs.Wake(accessLogJob) },
		watched: map[string]*Bucket{},
		lines:   map[logPart][]byte{},
	}
	s.cloud.OnReset(l.clear)
	return l, s.cloud.Store.View(context.Background(), func(tx *store.Tx) error {
		for name, b := range buckets.Scan(tx, "", "") {
			if b.Logging != nil {
				l.watched[name] = b
			}
		}
		l.watch()
		return nil
	})
}

// watch watches requests as long as some bucket has logging on. mu is held, or
// nobody else knows of l.
func (l *accessLogs) watch() {
	if len(l.watched) == 0 {
		l.service.cloud.Watch(nil)
		return
	}
	l.service.cloud.Watch(l.observe)
}

// refresh looks whether a bucket has logging on by now. There may be no logs at
// all, in a service without background work.
func (l *accessLogs) refresh(ctx context.Context, name string) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.service.cloud.Store.View(ctx, func(tx *store.Tx) error {
		if b := buckets.Get(tx, name); b != nil && b.Logging != nil {
			l.watched[name] = b
		} else {
			delete(l.watched, name)
		}
		l.watch()
		return nil
	})
}

// clear forgets everything, as the cloud has.
func (l *accessLogs) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.watched)
	clear(l.lines)
	l.size, l.lost = 0, 0
	l.watch()
}

// bucket is the bucket of a name if it has logging on, else nil.
func (l *accessLogs) bucket(name string) *Bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.watched[name]
}

// add adds lines about a request that came at a time.
func (l *accessLogs) add(b *Bucket, at time.Time, lines []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.size
	if l.size += len(lines); l.size > maxLines {
		l.size = before
		l.lost += bytes.Count(lines, newline)
		return
	}
	part := logPart{b.Name, b.ID, at.UTC().Format(time.DateOnly)}
	l.lines[part] = append(l.lines[part], lines...)
	if before < maxLines/2 && l.size >= maxLines/2 {
		l.wake()
	}
}

var newline = []byte{'\n'}

// keep puts the lines that wait in memory into the store.
func (l *accessLogs) keep(ctx context.Context) error {
	lines := l.take()
	if len(lines) == 0 {
		return nil
	}
	run := fmt.Sprintf("%016x", l.service.cloud.Now().UnixNano()) + cloud.NewID()
	err := l.service.cloud.Store.Update(ctx, func(tx *store.Tx) error {
		for _, part := range slices.SortedFunc(maps.Keys(lines), logPart.compare) {
			text := lines[part]
			for i := 0; len(text) > 0; i++ {
				n := cutLog(text)
				waitingLines.Put(tx, waitingKey(part, run, i), &loggedLines{part.bucket, part.day, text[:n]})
				text = text[n:]
			}
		}
		return nil
	})
	if err != nil {
		l.putBack(lines)
	}
	return err
}

// take takes out all lines that wait in memory.
func (l *accessLogs) take() map[logPart][]byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost > 0 {
		l.service.cloud.Log.Warn("access log lines were dropped: there are more than can be kept", "lines", l.lost)
	}
	lines := l.lines
	l.lines, l.size, l.lost = map[logPart][]byte{}, 0, 0
	return lines
}

// putBack puts lines back that could not be kept, before those that have come
// since.
func (l *accessLogs) putBack(lines map[logPart][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for part, text := range lines {
		l.lines[part] = append(text, l.lines[part]...)
		l.size += len(text)
	}
}

// cutLog is how much of some lines goes into one row: whole lines, unless one is
// longer than that.
func cutLog(text []byte) int {
	if len(text) <= maxLogRow {
		return len(text)
	}
	if n := bytes.LastIndexByte(text[:maxLogRow], '\n') + 1; n > 0 {
		return n
	}
	return maxLogRow
}

// loggedLines are lines that wait in the store.
type loggedLines struct {
	Bucket string // its name
	Day    string
	Lines  []byte
}

// waitingLines holds them by the bucket's id, the day and the run of the job that
// put them there.
var waitingLines = store.NewTable[loggedLines]("s3.accesslog")
