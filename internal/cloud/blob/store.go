package blob

import (
	"cmp"
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// Options say how a Store is to work.
type Options struct {
	Now func() time.Time // for the order of ids; time.Now when nil
	Log *slog.Logger     // told of files that cannot be removed; nil discards
}

// Store keeps blobs. Its methods may be called by many goroutines at once.
type Store struct {
	db  *store.DB
	fs  fileSystem
	dir string
	now func() time.Time
	log *slog.Logger

	background context.Context // ends with Close
	stop       context.CancelFunc
	running    sync.WaitGroup
	sweep      chan struct{} // asks for a sweep

	taken atomic.Int64 // bytes that are about to be written

	mu       sync.Mutex
	closed   bool
	pending  map[string]*pending
	held     map[string]*held
	folders  map[string]bool // those that are there, durably
	doomed   []string        // ids of files to remove
	removing bool            // a goroutine is at it
}

// content is the row of a blob that is kept. A file without one is an orphan.
type content struct {
	Sealed []byte // of inline content
}

var contents = store.NewTable[content]("blob.content")

// Open opens the blobs in a folder, which it makes when there is none, and
// begins to sweep it. The folder belongs to db, which must be closed after the
// Store.
func Open(dir string, db *store.DB, opts Options) (*Store, error) {
	return open(dir, db, opts, osFS{})
}

// Memory makes a store that keeps everything in memory.
func Memory(db *store.DB) *Store {
	s, err := open("memory", db, Options{}, newMemoryFS())
	if err != nil {
		panic(err) // memory does not fail
	}
	return s
}

func open(dir string, db *store.DB, opts Options, fs fileSystem) (*Store, error) {
	s := &Store{
		db: db, fs: fs, dir: dir,
		now:     opts.Now,
		log:     cmp.Or(opts.Log, slog.New(slog.DiscardHandler)),
		sweep:   make(chan struct{}, 1),
		pending: make(map[string]*pending),
		held:    make(map[string]*held),
		folders: make(map[string]bool),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.openFolders(); err != nil {
		return nil, err
	}
	s.background, s.stop = context.WithCancel(context.Background())
	s.SweepSoon()
	s.running.Go(s.sweepRegularly)
	return s, nil
}

// openFolders makes the folder and looks which of those in it are there.
func (s *Store) openFolders() error {
	if err := s.fs.mkdir(s.dir); err != nil {
		return err
	}
	if err := s.fs.syncDir(filepath.Dir(s.dir)); err != nil {
		return err
	}
	names, err := s.fs.list(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		s.folders[name] = true
	}
	// Who made them may have died before it came to this.
	return s.fs.syncDir(s.dir)
}

// folder sees to it that a folder is there, durably.
func (s *Store) folder(name string) error {
	s.mu.Lock()
	there := s.folders[name]
	s.mu.Unlock()
	if there {
		return nil
	}
	if err := s.fs.mkdir(filepath.Join(s.dir, name)); err != nil {
		return err
	}
	if err := s.fs.syncDir(s.dir); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.folders[name] = true
	return nil
}

// Close ends what runs in the background. What was to be removed is left to
// the next Open.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	return nil
}

// A file is called after its blob, with the version of the format. Its folder is
// one of 256, by the random end of the id.
const (
	suffix       = ".v1"
	folderLength = 2
)

func folderOf(id string) string { return id[idLength-folderLength:] }

func (s *Store) path(id string) string { return filepath.Join(s.dir, folderOf(id), id+suffix) }
